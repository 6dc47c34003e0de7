#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench lab build, on a source that stands in for a kernel: the cache, what is built again
# and what is not, variants that do not apply, every way to end.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
. "${srcdir:-.}/tests/lab/lab-tools.sh"
need spatch patch diff python3 flock

real=$(command -v "$exitbench") || real=$exitbench
case $real in
/*) ;;
*) real=$PWD/$real ;;
esac
exitbench=$real
data=$(cd "${srcdir:-.}/tests/data/lab" && pwd)
variants=$(cd "${srcdir:-.}/lab/variants" && pwd)
mini=$tmp/mini
cache=$tmp/cache
cp -r "$data/mini" "$mini"
chmod -R u+w "$mini"
cp -r "$mini" "$tmp/as-it-was"

# build ARGS...: quietly, from the stand-in.
build() {
	run lab build -q --source "$mini" --cache "$cache" "$@"
}

builds() {
	what=$1
	shift
	build "$@"
	ok "$status" "$what"
}

refuses() {
	want=$1 pattern=$2 what=$3
	shift 3
	fails "$want" "$pattern" "$what" lab build -q --source "$mini" --cache "$cache" "$@"
}

# entries: how many kernels are in the cache.
entries() {
	find "$cache/kernels" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l
}

# image VARIANT: the path that the last build printed for it.
image() {
	sed -n "s/^$1 .* \//\//p" "$tmp/out"
}

build stock
ok "$status" "a kernel builds"

# What is shipped: the files of lab/variants, in the order of tables.
works "the variants" lab variants --json
cp "$tmp/out" "$tmp/json"
shipped=$(python3 -c 'import json, sys; print(*[v["name"] for v in json.load(sys.stdin)])' <"$tmp/json")
nshipped=$(echo $shipped | wc -w)
check '[ "$nshipped" -gt 1 ] && [ "$(printf "%s\n" $shipped | LC_ALL=C sort)" = "$(cd "$variants" &&
	LC_ALL=C ls ./*.cocci | sed "s/..\(.*\).cocci/\1/")" ]' "are the files of lab/variants"
check '(for v in $shipped; do
	python3 -c "import json, sys
v = [v for v in json.load(sys.stdin) if v[\"name\"] == sys.argv[1]][0]
assert v[\"text\"] == open(sys.argv[2]).read() and v[\"summary\"]
assert (v[\"no_reaper\"] is not None) == (\"\n// no reaper: \" in v[\"text\"])" \
		"$v" "$variants/$v.cocci" <"$tmp/json" || exit 1
done)' "with their texts, and refuse reapers where they say so"
works "as text" lab variants
check '[ "$(sed -n "s/^\([a-z0-9-]\{1,\}\) .*/\1/p" "$tmp/out" | tr "\n" " ")" = "$shipped " ]' "has the same"
works "one of them" lab variants v1
check 'grep -q "^// Does not restore" "$tmp/out"' "has its notes"
fails 2 'did you mean nolock' "a variant that is none" lab variants nolok

# What may be shipped.
table() {
	status=0
	awk -f "$variants/../variants.awk" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
}
mkdir "$tmp/variants"
printf '// summary: last\n' >"$tmp/variants/a.cocci"
printf '// order: 9\n// summary: second\n' >"$tmp/variants/b.cocci"
printf '// summary: first\n// order: 8\n' >"$tmp/variants/c.cocci"
table "$tmp"/variants/*.cocci
check '[ $status -eq 0 ] && [ "$(sed -n "s/^VARIANT([^\"]*\"\([^\"]*\).*/\1/p" "$tmp/out" |
	tr "\n" " ")" = "c b a " ]' "are in their order"
printf '@@\n@@\n// summary: not in the first comment\n' >"$tmp/variants/b.cocci"
table "$tmp"/variants/*.cocci
check '[ $status -ne 0 ] && grep -q "b.cocci: its first comment has no line .// summary" "$tmp/err"' \
	"a variant without a summary is none"
rm "$tmp/variants/b.cocci"
printf '// summary: fine\n' >"$tmp/variants/It is.cocci"
table "$tmp"/variants/*.cocci
check '[ $status -ne 0 ] && grep -q "It is.cocci: a variant is named with" "$tmp/err"' "nor is one with such a name"

# All of them, then again.
builds "all variants"
check '[ "$(wc -l <"$tmp/out")" -eq $nshipped ] && [ "$(entries)" -eq $nshipped ]' "are as many kernels"
check '[ "$(sha256sum $(sed "s/.* //" "$tmp/out") | cut -c1-64 | sort -u | wc -l)" -eq $nshipped ]' \
	"that differ"
check 'diff -r "$mini" "$tmp/as-it-was" >/dev/null' "the source is as it was"
cp "$tmp/out" "$tmp/first"
builds "again"
check '[ "$(grep -c " cached " "$tmp/out")" -eq $nshipped ]' "nothing is built again"
builds "as JSON" --json v2 stock
check 'python3 -c "import json, sys; k = json.load(sys.stdin)
assert [x[\"variant\"] for x in k] == [\"v2\", \"stock\"] and all(x[\"cached\"] for x in k)
assert k[0][\"release\"] == \"6.1.0-mini\" and len(k[0][\"id\"]) == 64" <"$tmp/out"' "is JSON"

# Elsewhere, in another order, at another time: the same bytes.
other=$tmp/other/place/for/kernels
reversed=$(printf '%s\n' $shipped | tac | tr '\n' ' ')
run lab build -q -S "$mini" --cache "$other" ${reversed%% *} -V "$(echo ${reversed#* } | tr " " ,)"
ok "$status" "in another cache"
check '(for v in $shipped; do
	a=$(image $v)
	b=$(sed -n "s/^$v .* \//\//p" "$tmp/first")
	[ -n "$b" ] && cmp "$a" "$b" || exit 1
done)' "the images are byte for byte the same"
rm -rf "$tmp/other"

# What a variant changes.
builds "the change as a patch" --diff v2
cp "$tmp/out" "$tmp/v2.patch"
check 'grep -q "^+.mmap_write_lock(mm);" "$tmp/out" && grep -q "^--- a/mm/mmap.c" "$tmp/out"' "is one"
builds "an ordinary patch" "$tmp/v2.patch"
check 'cmp "$(sed -n "s/^v2 .* \//\//p" "$tmp/out")" "$(sed -n "s/^v2 .* \//\//p" "$tmp/first")"' \
	"gives the same image as the semantic one"
builds "stock changes" --diff stock
check '[ ! -s "$tmp/out" ]' "nothing"

# A change of one's own.
cat >"$tmp/planted.cocci" <<'END'
@@
@@
 exit_mmap(struct mm_struct *mm)
 {
 ... when any
 free_pgtables(...);
+ set_bit(7, &mm->flags);
 ... when any
 }
END
builds "a semantic patch of one's own" "$tmp/planted.cocci"
check '! cmp -s "$(image planted)" "$(sed -n "s/^stock .* \//\//p" "$tmp/first")"' "changes the image"
builds "a new file, by a patch" --diff v1
printf -- '--- /dev/null\n+++ b/mm/extra.h\n@@ -0,0 +1 @@\n+/* new */\n' >"$tmp/new.patch"
builds "is made" "$tmp/new.patch"
check '[ -e "$cache"/trees/*/src/mm/extra.h ]' "in the working copy"
builds "and is gone" --pad 3 stock
check '[ ! -e "$cache"/trees/*/src/mm/extra.h ]' "with the next variant"

# Other distances.
builds "padded builds" --pad 0,1,2 v2
check '[ "$(sha256sum $(sed "s/.* //" "$tmp/out") | cut -c1-64 | sort -u | wc -l)" -eq 3 ]' "differ"
check 'grep -q "^v2 " "$tmp/out" && grep -q "^v2+2 " "$tmp/out"' "and say which they are"

# What does not apply says where.
n=$(entries)
refuses 2 'did you mean before' "a name that is none" befor
refuses 2 'nofile.cocci' "a file that is not there" "$tmp/nofile.cocci"
refuses 2 'neither .cocci nor .patch' "a file of another kind" "$tmp/first"
sed 's/free_pgtables/free_tables/' "$tmp/planted.cocci" >"$tmp/stray.cocci"
refuses 2 'stray.cocci, line 1: does not apply to Linux 6.1.0-mini: .* mm/mmap.c' \
	"a semantic patch that finds nothing" "$tmp/stray.cocci"
printf '@@\n@@\n- a(\n' >"$tmp/broken.cocci"
refuses 2 'broken.cocci, line [0-9]*: spatch fails on it: .*error around' "a semantic patch that is none" "$tmp/broken.cocci"
printf '// step mm/none.c: x\n@@\n@@\n- a();\n' >"$tmp/none.cocci"
refuses 2 'there is no mm/none.c' "a file that the source does not have" "$tmp/none.cocci"
sed 's/unmap_vmas/unmap_all/' "$tmp/v2.patch" >"$tmp/stray.patch"
refuses 2 'stray.patch: does not apply .* mm/mmap.c: Hunk #1 FAILED at' "a patch that does not fit" \
	"$tmp/stray.patch"
: >"$tmp/empty.patch"
refuses 2 'no line like' "an empty patch" "$tmp/empty.patch"
ln -s /dev/zero "$tmp/endless.patch"
refuses 2 'endless.patch: cannot read it: File too large' "a patch without an end" "$tmp/endless.patch"
printf -- '--- a/../x\n+++ b/../x\n' >"$tmp/escape.patch"
refuses 2 'outside of the source' "a patch that leaves the source" "$tmp/escape.patch"
sed -i 's/set_bit(MMF_OOM_SKIP/set_bits(MMF_OOM_SKIP/' "$mini/mm/mmap.c"
refuses 2 'v2.cocci, line [0-9]* (and kept after unmap_vmas): does not apply' \
	"a shipped variant, on a source that is otherwise" v2
check '[ "$(entries)" -eq "$n" ]' "none of this is in the cache"
cp "$tmp/as-it-was/mm/mmap.c" "$mini/mm/mmap.c"
builds "the source as it was" v2
check 'grep -q " cached " "$tmp/out"' "is known again"

# A source that does not compile.
sed -i 's/^	void \*vma;/	void *vma = nonsense;/' "$mini/mm/mmap.c"
refuses 2 "mm/mmap.c:7:[0-9]*: error: 'nonsense' undeclared" "the compiler's first error" stock
check '[ "$(entries)" -eq "$n" ] && [ -s "$cache"/trees/*/build.log ]' "no kernel, but a log"
cp "$tmp/as-it-was/mm/mmap.c" "$mini/mm/mmap.c"
echo '/* more */' >>"$mini/mm/oom_kill.c"
builds "repaired, and changed elsewhere" stock
check 'grep -q " s  *\//*" "$tmp/out" && [ "$(entries)" -eq $((n + 1)) ]' "is built"

# Sources.
(cd "$tmp" && tar -cJf mini.tar.xz mini)
run lab build -q -S "$tmp/mini.tar.xz" --cache "$cache" v2
ok "$status" "a tarball"
fails 2 'no kernel source' "a directory without a Makefile" lab build -S "$tmp" --cache "$cache"
fails 2 'No such file' "no source" lab build -S "$tmp/nowhere" --cache "$cache"
fails 3 'apt-get install linux-source-99.1' "a package that is not installed" lab build -S 99.1 \
	--cache "$cache"
fails 2 'no tarball of a kernel' "another file" lab build -S "$tmp/first" --cache "$cache"
refuses 2 'arch vax' "an architecture that the lab does not know" --arch vax
refuses 2 'pad x' "a pad that is no number" --pad x
refuses 2 'jobs 0' "no compilers" --jobs 0
fails 3 'cannot make that directory' "a cache that cannot be" lab build -S "$mini" --cache "$tmp/first/x"
printf 'CONFIG_NOT_THERE=y\nnonsense\n' >"$tmp/own.config"
builds "a fragment" --config "$tmp/own.config" stock
check '! grep -q nothing "$tmp/err"' "is taken"

# A tool that is missing.
mkdir "$tmp/few"
for tool in sh tar sha256sum make gcc ld as bison bc gzip find cmp awk xz spatch cp mkdir cat; do
	ln -s "$(command -v $tool)" "$tmp/few/$tool"
done
printf '#!/bin/sh\nPATH=%s exec %s "$@"\n' "$tmp/few" "$real" >"$tmp/poor"
chmod +x "$tmp/poor"
exitbench=$tmp/poor
refuses 3 'flex is needed .*apt-get install flex' "no flex" --pad 9 stock
rm "$tmp/few/spatch"
ln -s "$(command -v flex)" "$tmp/few/flex"
refuses 3 'spatch is needed .*apt-get install coccinelle' "no spatch" --pad 9 v2
builds "which stock does not need" --pad 9 stock
exitbench=$real

# working: all that a build starts holds its lock.
working() {
	for lock in "$cache"/trees/*.lock; do
		flock -n "$lock" true || return 0
	done
	return 1
}

# begin ARGS...: a build that hangs while compiling; waits until it does.
begin() {
	echo "$tmp/started" >"$mini/slow"
	rm -f "$tmp/started"
	"$real" lab build -q -S "$mini" --cache "$cache" "$@" >"$tmp/out" 2>"$tmp/err" &
	builder=$!
	wait_for '[ -e "$tmp/started" ]'
	rm -f "$mini/slow"
}

# ended: nobody builds any more.
ended() {
	wait_for '! working'
}

for signal in INT TERM; do
	begin --pad 20 v1
	n=$(entries)
	kill -$signal "$builder"
	status=0
	wait "$builder" || status=$?
	check '[ "$status" -eq 4 ]' "SIG$signal while compiling: status 4"
	check 'ended' "nothing is left running"
	check '[ "$(entries)" -eq "$n" ]' "no kernel is taken for a good one"
done
begin --pad 20 v1
kill -KILL "$builder"
wait "$builder" 2>/dev/null
check 'ended' "SIGKILL while compiling: nothing is left running"
check '[ "$(entries)" -eq "$n" ] && ls "$cache"/trees/*/making-* >/dev/null' "and what is half done is marked"
builds "after that" --pad 20 v1
check 'cp "$(image v1+20)" "$tmp/v1+20" && ! grep -q half "$tmp/v1+20"' "it is built from nothing"
check '! ls "$cache"/trees/*/making-* 2>/dev/null | grep -q .' "and the mark is gone"
run lab build -q -S "$mini" --cache "$tmp/fresh" --pad 20 v1
check 'cmp "$(image v1+20)" "$tmp/v1+20"' "the same image as from a fresh cache"

# Two at once.
begin --pad 30 v1,v2
"$real" lab build -S "$mini" --cache "$cache" --pad 30 v1,v2 >"$tmp/out2" 2>"$tmp/err2" &
second=$!
check 'wait_for "grep -q \"waiting for another build\" \"$tmp/err2\""' "a second build waits"
kill -INT "$second"
status=0
wait "$second" || status=$?
check '[ "$status" -eq 4 ]' "and can be interrupted"
kill -TERM "$builder"
wait "$builder" 2>/dev/null
"$real" lab build -q -S "$mini" --cache "$cache" --pad 31 >"$tmp/out2" 2>"$tmp/err2" &
second=$!
builds "two at once: the first" --pad 31
status=0
wait "$second" || status=$?
check '[ "$status" -eq 0 ] && [ "$(sed "s/.* //" "$tmp/out" | sort)" = "$(sed "s/.* //" "$tmp/out2" | sort)" ]' \
	"and the second have the same kernels"

# A full disk.
full=$tmp/full
mkdir "$full"
if mount -t tmpfs -o size=96k none "$full" 2>/dev/null; then
	trap 'umount "$full"; rm -rf "$tmp"' EXIT
	head -c 200000 /dev/zero >"$mini/mm/large.c"
	fails 3 'no space left .*--cache DIR' "a full disk" lab build -q -S "$mini" --cache "$full" stock
	check '[ "$(find "$full" -name "*.new" -o -name bzImage 2>/dev/null | wc -l)" -eq 0 ]' \
		"nothing is left of it"
	umount "$full"
	trap 'rm -rf "$tmp"' EXIT
	rm "$mini/mm/large.c"
else
	skip "a full disk: mounting one takes root"
fi

# What is shipped applies to the kernels that are here.
for version in 6.1 6.12; do
	tarball=/usr/src/linux-source-$version.tar.xz
	if [ ! -e "$tarball" ]; then
		skip "Linux $version: apt-get install linux-source-$version"
		continue
	fi
	mkdir "$tmp/$version"
	tar -xf "$tarball" -C "$tmp/$version" --strip-components=1 --occurrence=1 \
		"linux-source-$version/Makefile" "linux-source-$version/mm/mmap.c" \
		"linux-source-$version/mm/oom_kill.c"
	for v in $shipped; do
		run lab build -q --diff "$v" -S "$tmp/$version" --cache "$tmp/cache-$version"
		ok "$status" "$v applies to Linux $version"
		grep '^[-+]' "$tmp/out" | grep -v '^+++\|^---' >"$tmp/$v.lines"
	done
	check '! grep -q "^+.*mmap_" "$tmp/nolock.lines" &&
		[ "$(grep -c "^-.*mmap_.*lock" "$tmp/nolock.lines")" -ge 5 ]' "nolock takes all away"
	check '[ "$(grep -c "^+.*mmap_write_lock" "$tmp/before.lines")" -eq 1 ] &&
		grep -q "^+.*mmget(mm)" "$tmp/before.lines" &&
		[ "$(grep -c "^+.*mmput(mm)" "$tmp/before.lines")" -eq 1 ]' \
		"before has one empty write lock and the pin"
	check '[ "$(grep -c "^+.*mmap_write_lock" "$tmp/v2.lines")" -eq 1 ] &&
		! grep -q "^+.*mmap_read" "$tmp/v2.lines"' "v2 takes the write lock once"
done

finish
