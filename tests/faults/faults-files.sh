#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is done to result files while they are written: nothing finished is lost. In make check
# a few times each; EXITBENCH_FULL=1 (make check-faults): often.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

kills=4
[ -z "${EXITBENCH_FULL-}" ] || kills=100
quick="-q -w fork-exit --block-time 1ms"

# blocks FILE: how many it has, all with check sums that are right; nothing where it is bad.
blocks() {
	"$exitbench" show --json "$1" 2>/dev/null >"$tmp/blocks" &&
		sed -n 's/.*"blocks_checked": \([0-9]*\).*/\1/p' "$tmp/blocks" |
		awk '{ n += $1 } END { print n + 0 }'
}

# measure FILE ARGS...: a run in the background, in $pid; returns when it has added blocks.
measure() {
	file=$1
	shift
	before=$(blocks "$file")
	# shellcheck disable=SC2086 # a list of options
	"$exitbench" run $quick -o "$file" "$@" >"$tmp/run.out" 2>"$tmp/run.err" &
	pid=$!
	wait_for 'now=$(blocks "$file") && [ "${now:-0}" -gt "${before:-0}" ]'
}

# ended STATUS PATTERN WHAT: the run in the background ended so.
ended() {
	wait "$pid"
	status=$?
	cp "$tmp/run.out" "$tmp/out"
	cp "$tmp/run.err" "$tmp/err"
	[ "$status" -eq "$1" ] && { [ -z "$2" ] || grep -q -- "$2" "$tmp/err"; }
	ok $? "$3"
}

# kill -9, at any moment, again and again, into one file.
f=$tmp/killed.exb
least=0 bad=0 n=0
while [ $n -lt $kills ]; do
	# shellcheck disable=SC2086
	"$exitbench" run $quick -o "$f" --time 10m >/dev/null 2>&1 &
	pid=$!
	sleep "0.$(awk -v n=$n 'BEGIN { srand(); printf "%02d", (rand() * 100 + n * 37) % 100 }')"
	now=$(blocks "$f")
	[ $((n % 2)) -eq 0 ] || [ "${now:-0}" -lt "$least" ] || least=${now:-0}
	kill -9 $pid
	wait $pid 2>/dev/null
	# Before there is a run in it, it may be empty, or not there.
	have=$(blocks "$f")
	[ "${have:-0}" -ge "$least" ] || bad=$((bad + 1))
	least=${have:-0}
	n=$((n + 1))
done
ok $bad "kill -9, $kills times: $least blocks in the file, none lost"
works "a run into it" run -q -w fork-exit --ops 200 -o "$f"
check '[ "$(blocks "$f")" -gt "$least" ] && [ ! -e "$f-wal" ]' "is added, and it is one file again"

# Stopped for a while.
f=$tmp/stopped.exb
measure "$f" --time 600s
kill -STOP $pid
wait_for 'grep -q "^State:.*T" /proc/$pid/status'
had=$(blocks "$f")
sleep 0.5
check '[ "$(blocks "$f")" = "$had" ]' "SIGSTOP: what it has can be read, and gets no more"
kill -CONT $pid
check 'wait_for "[ \$(blocks \"$f\") -gt $had ]"' "SIGCONT: it goes on"
kill -INT $pid
ended 4 '' "and ends well"

# A file that may not grow.
f=$tmp/limit.exb
(
	ulimit -f 5600
	# shellcheck disable=SC2086
	"$exitbench" run $quick -o "$f" --time 600s >"$tmp/out" 2>"$tmp/err"
)
r1=$?
check '[ $r1 -eq 3 ] && grep -q "File too large.*free some space" "$tmp/err"' "ulimit -f: a clear error"
check '[ "$(blocks "$f")" -gt 10 ]' "what was measured is in it"

# Removed, and replaced by another one.
f=$tmp/removed.exb
measure "$f" --time 10m
had=$(blocks "$f")
rm "$f"
ended 3 'removed.exb: was removed or replaced.*is in .*removed.exb.rescued-1' "removed while it was written"
check '[ "$(blocks "$f.rescued-1")" -ge "$had" ]' "what was measured is saved"
check '[ "$(ls "$tmp" | grep -c "^removed")" -eq 1 ]' "and nothing else is left"
f=$tmp/replaced.exb
measure "$f" --time 10m
had=$(blocks "$f")
cp "$tmp/stopped.exb" "$tmp/other.exb"
mv "$tmp/other.exb" "$f"
ended 3 'replaced.exb: was removed or replaced' "replaced while it was written"
check '[ "$(blocks "$f.rescued-1")" -ge "$had" ]' "what was measured is saved"
check 'cmp "$f" "$tmp/stopped.exb" && [ ! -e "$f-wal" ]' "the new file is as it was"

# Two runs at once into a file that neither has made.
f=$tmp/two.exb
# shellcheck disable=SC2086
"$exitbench" run $quick -o "$f" --ops 400 >"$tmp/two.1" 2>&1 &
pid=$!
# shellcheck disable=SC2086
"$exitbench" run $quick -o "$f" --ops 400 >"$tmp/two.2" 2>&1 &
other=$!
wait "$pid"
r1=$?
wait "$other"
r2=$?
check '[ $r1 -eq 0 ] && [ $r2 -eq 0 ]' "two runs at once: both end well"
both=$(cat "$tmp"/two.? | sed -n 's/.* in \([0-9]*\) blocks.*/\1/p' | awk '{ n += $1 } END { print n }')
check '[ "$(blocks "$f")" -ge "$both" ] && [ "$both" -ge 2 ] &&
	[ "$("$exitbench" show "$f" | grep -c "^  run  *[12]: done")" -eq 2 ]' "and all is in the file"

# A full disk, one that is read-only: a small file system of our own, where that is allowed.
mkdir "$tmp/disk"
small() {
	unshare -rm sh -c 'mount -t tmpfs -o size=600k none "$1" || exit 77
		"$2" run -q -w fork-exit --block-time 1ms --time 600s -o "$1/a.exb" 2>"$3/err" >/dev/null
		echo "full $?"
		"$2" show --json "$1/a.exb"
		mount -o remount,ro "$1"
		"$2" run -q -o "$1/a.exb" 2>"$3/err-append"
		echo "append $?"
		"$2" run -q -o "$1/b.exb" 2>"$3/err-create"
		echo "create $?"
		"$2" show "$1/a.exb" >"$3/err-show" 2>&1
		echo "show $?"' sh "$tmp/disk" "$exitbench" "$tmp" >"$tmp/out" 2>/dev/null
}
if unshare -rm true 2>/dev/null && small; then
	check 'grep -q "full 3" "$tmp/out" && grep -q "a.exb: .*full.*free some space" "$tmp/err"' \
		"a full disk: a clear error"
	check '[ "$(sed -n "s/.*\"blocks_checked\": \([0-9]*\).*/\1/p" "$tmp/out")" -gt 5 ]' \
		"what was measured is in it"
	check 'grep -q "append 2" "$tmp/out" && grep -q "a.exb: cannot write to it" "$tmp/err-append"' \
		"a read-only disk: a clear error"
	check 'grep -q "create 2" "$tmp/out" && grep -q "b.exb: .*Read-only" "$tmp/err-create"' \
		"also for a new file"
	check 'grep -q "show 0" "$tmp/out"' "it can be read"
else
	skip "no file system can be mounted here"
	skip "no file system can be mounted here"
	skip "no file system can be mounted here"
	skip "no file system can be mounted here"
	skip "no file system can be mounted here"
fi

finish
