#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench lab bisect, on a history of the source that stands in for a kernel, and with a
# program that stands in for the measurement.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
. "${srcdir:-.}/tests/lab/lab-tools.sh"
need git flock

real=$(command -v "$exitbench") || real=$exitbench
case $real in
/*) ;;
*) real=$PWD/$real ;;
esac
exitbench=$real
repo=$tmp/repo
cp -r "${srcdir:-.}/tests/data/lab/mini" "$repo"
chmod -R u+w "$repo"
HOME=$tmp
export HOME

# commit WHAT: all that is there, and its name as $tmp/WHAT.
commit() {
	git -C "$repo" add -A
	git -C "$repo" -c user.name=T -c user.email=t@example.org commit -q -m "$1"
	git -C "$repo" rev-parse HEAD >"$tmp/$1"
}

# The cost is the number of lines that say so.
printf '#!/bin/sh\ngrep -ac "it costs" "$1"\nexit 0\n' >"$tmp/measure"
chmod +x "$tmp/measure"
cost() {
	printf 'const char cost_%s[] = "it costs\\n";\n' "$1" >>"$repo/mm/oom_kill.c"
}

git init -q "$repo"
cost 0
commit start
for i in 1 2 3; do
	echo "/* $i */" >>"$repo/mm/mmap.c"
	commit "before-$i"
done
echo 'nonsense' >>"$repo/mm/mmap.c"
commit broken
sed -i '$d' "$repo/mm/mmap.c"
cost 1
cost 2
commit culprit
for i in 4 5; do
	echo "/* $i */" >>"$repo/mm/mmap.c"
	commit "after-$i"
done
echo 'untracked' >"$repo/notes"
git -C "$repo" status --porcelain --branch >"$tmp/status"
git -C "$repo" for-each-ref >>"$tmp/status"

# bisect ARGS...
bisect() {
	run lab bisect -q -S "$repo" --cache "$tmp/cache" --measure "$tmp/measure" "$@"
}

bisect "$(cat "$tmp/start")" HEAD
# Between broken and culprit nobody can tell: broken is skipped or never looked at.
check '[ "$status" -eq 2 ] && grep -q "only commits are left that do not build" "$tmp/err" ||
	grep -q "^$(cat "$tmp/culprit")" "$tmp/out"' "the first bad commit next to a broken one"
bisect "$(cat "$tmp/broken")" HEAD
check '[ "$status" -eq 2 ] && grep -q "good commit does not build" "$tmp/err"' \
	"an end that does not build"

# Without the broken one in between.
bisect --limit 1 HEAD
check '[ "$status" -eq 130 ]' "--limit with a commit is refused so that git bisect run ends"
git -C "$repo" stash -q -u
git -C "$repo" checkout -q -b clean "$(cat "$tmp/before-3")"
for c in culprit after-4 after-5; do
	git -C "$repo" checkout -q "$(cat "$tmp/$c")" -- .
	commit "clean-$c"
done
bisect "$(cat "$tmp/start")" clean
check '[ "$status" -eq 0 ] && grep -q "^$(cat "$tmp/clean-culprit")" "$tmp/out"' "finds the culprit"
check 'grep -q "from 1 to 3 (+2)" "$tmp/out"' "and the change"
run lab --bisect clean "$(cat "$tmp/start")" -q -S "$repo" --cache "$tmp/cache" --measure "$tmp/measure"
check '[ "$status" -eq 2 ]' "the ends the wrong way round are refused"
check '[ ! -e "$tmp/cache/bisect" ]' "the clone is gone"
mkdir -p "$tmp/cache"
(
	flock 9
	bisect "$(cat "$tmp/start")" clean
	check '[ "$status" -eq 3 ] && grep -q "another bisection is at work" "$tmp/err"' \
		"two at once: the second says so"
	echo "$tap_n $tap_failed" >"$tmp/count"
) 9>"$tmp/cache/bisect.lock"
read -r tap_n tap_failed <"$tmp/count"
bisect clean clean~1
check '[ "$status" -eq 2 ] && grep -q "no change to find" "$tmp/err"' "no difference"
fails 2 'no commit' "a commit that is none" lab bisect nothing clean -S "$repo" --cache "$tmp/cache"
fails 2 'a good and a bad commit' "one commit" lab bisect clean -S "$repo"

# git bisect run.
cd "$repo" || exit 1
git bisect start clean "$(cat "$tmp/start")" >/dev/null 2>&1
git bisect run "$real" lab bisect --limit 2 -q --cache "$tmp/cache" --measure "$tmp/measure" \
	>"$tmp/out" 2>"$tmp/err"
check 'grep -q "^$(cat "$tmp/clean-culprit") is the first bad commit" "$tmp/out"' "git bisect run finds it, too"
git bisect reset >/dev/null 2>&1
git checkout -q "$(cat "$tmp/broken")"
run lab bisect --limit 2 -q --cache "$tmp/cache" --measure "$tmp/measure"
check '[ "$status" -eq 125 ] && grep -q "nonsense\|error" "$tmp/out"' "125 for what does not compile"
git checkout -q clean
run lab bisect --limit 2 -q --cache "$tmp/cache" --measure "$tmp/measure"
check '[ "$status" -eq 1 ]' "1 above the limit"
run lab bisect --limit 3 -q --cache "$tmp/cache" --measure "$tmp/measure"
check '[ "$status" -eq 0 ]' "0 at the limit"
run lab bisect --limit 3 -q --cache "$tmp/cache" --measure false
check '[ "$status" -eq 125 ]' "125 when it cannot be measured"
for word in nan inf none; do
	printf '#!/bin/sh\necho %s\n' $word >"$tmp/$word"
	chmod +x "$tmp/$word"
	run lab bisect --limit 3 -q --cache "$tmp/cache" --measure "$tmp/$word"
	check '[ "$status" -eq 125 ] && grep -q "prints no number" "$tmp/out"' "$word is no number, good or bad"
done
run lab bisect --limit 3 -q --cache "$tmp/measure/x" --measure "$tmp/measure"
check '[ "$status" -eq 131 ]' "above 127 for what no commit can help"

finish
