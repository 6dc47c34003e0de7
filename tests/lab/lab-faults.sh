#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench lab build, ended in each of its phases: by signals, by kill -9, by a full disk. The
# source stands in for a kernel. Compiling is ended in lab-build.sh, guests in lab.sh.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
. "${srcdir:-.}/tests/lab/lab-tools.sh"
need spatch flock

real=$(command -v "$exitbench") || real=$exitbench
case $real in
/*) ;;
*) real=$PWD/$real ;;
esac
mini=$tmp/mini
cache=$tmp/cache
cp -r "${srcdir:-.}/tests/data/lab/mini" "$mini"
chmod -R u+w "$mini"

run lab build -q -S "$mini" --cache "$tmp/try" stock
ok "$status" "a kernel builds"

# A tar that hangs while it unpacks, but tells what is in an archive.
mkdir "$tmp/bin"
cat >"$tmp/bin/tar" <<END
#!/bin/sh
case \$1 in
-xf)
	mkdir -p "\$4/mm"
	echo half >"\$4/Makefile"
	touch "$tmp/started"
	sleep 600
	;;
esac
exec $(command -v tar) "\$@"
END
chmod +x "$tmp/bin/tar"
(cd "$tmp" && tar -cJf mini.tar.xz mini)

# kernels: how many are in the cache. trees: how many whole working copies.
kernels() {
	find "$cache/kernels" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l
}

trees() {
	find "$cache/trees" -mindepth 2 -maxdepth 2 -name src -not -path '*.new/*' 2>/dev/null | wc -l
}

# ended: all that a build starts holds its lock; nobody does.
ended() {
	wait_for 'flock -n "$cache"/trees/*.lock true'
}

# begin PATH ARGS...: a build with a PATH of its own; waits until it hangs.
begin() {
	path=$1
	shift
	rm -f "$tmp/started"
	PATH=$path "$real" lab build -q --cache "$cache" "$@" >"$tmp/out" 2>"$tmp/err" &
	builder=$!
	wait_for '[ -e "$tmp/started" ]'
}

# end SIGNAL PHASE: ends it; what must be so then.
end() {
	kill -"$1" "$builder"
	status=0
	wait "$builder" 2>/dev/null || status=$?
	[ "$1" = KILL ] ||
		check '[ "$status" -eq 4 ] && grep -q interrupted "$tmp/err"' "SIG$1 while $2: status 4, said"
	check ended "SIG$1 while $2: nothing is left running"
	check '[ "$(kernels)" -eq 0 ]' "SIG$1 while $2: no kernel in the cache"
}

for signal in INT TERM KILL; do
	begin "$tmp/bin:$PATH" -S "$tmp/mini.tar.xz" stock
	end $signal unpacking
	check '[ "$(trees)" -eq 0 ]' "SIG$signal while unpacking: no working copy that looks whole"
done
run lab build -q -S "$tmp/mini.tar.xz" --cache "$cache" stock
ok "$status" "the next build unpacks anew"
run lab build -q -S "$mini" --cache "$tmp/try" --json stock
ok "$status" "and makes"
check 'cmp "$cache"/kernels/*/bzImage "$(sed -n "s/.*\"image\": \"\(.*\)\".*/\1/p" "$tmp/out")"' \
	"the same kernel as from the tree"
rm -rf "$cache"

for signal in INT TERM KILL; do
	echo "$tmp/started" >"$mini/slow-config"
	begin "$PATH" -S "$mini" stock
	rm "$mini/slow-config"
	end $signal configuring
done
run lab build -q -S "$mini" --cache "$cache" stock
ok "$status" "the next build configures anew"
check '[ "$(kernels)" -eq 1 ]' "and there is the kernel"

# A full disk, in each phase.
full=$tmp/full
mkdir "$full"
# full SIZE FILE WHAT: a cache of that size, with that file in the source.
full() {
	mount -t tmpfs -o "size=$1" none "$full" || return
	[ -z "$2" ] || : >"$mini/$2"
	run lab build -q -S "$mini" --cache "$full" stock
	check '[ "$status" -eq 3 ] && grep -q "no space left.*--cache DIR" "$tmp/err"' \
		"a full disk while $3: status 3, and what to do"
	[ "$(grep -c . "$tmp/err")" -eq 1 ] || sed 's/^/# /' "$tmp/err"
	check '! ls "$full"/kernels/*/* 2>/dev/null | grep -q .' "a full disk while $3: no kernel in the cache"
	[ -z "$2" ] || rm "$mini/$2"
	mount -o remount,size=4m "$full"
	run lab build -q -S "$mini" --cache "$full" stock
	ok "$status" "with room again after $3: is built"
	umount "$full"
}

if mount -t tmpfs none "$full" 2>/dev/null; then
	umount "$full"
	trap 'umount "$full" 2>/dev/null; rm -rf "$tmp"' EXIT
	full 16k "" copying
	full 128k big-object compiling
	full 128k big-image "keeping the kernel"
	trap 'rm -rf "$tmp"' EXIT
else
	skip "a full disk: mounting one takes root"
fi
finish
