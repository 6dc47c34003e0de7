#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench prove: what traced runs show, and that nothing of the tracing stays.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
. "${srcdir:-.}/tests/cli/needs.sh"
need python3 unshare

# value EXPRESSION: of the JSON in $tmp/out, as list `w`.
value() {
	python3 -c '
import json, sys
w = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$tmp/out" "$1"
}

# with_tracefs COMMAND: where nobody else sees the mount.
with_tracefs() {
	unshare -m sh -c '
		mount --make-rprivate / && { [ -e /sys/kernel/tracing/instances ] ||
			mount -t tracefs none /sys/kernel/tracing; } && eval "$1"' sh "$1"
}

# instances PID: how many has it? Others have theirs.
instances() {
	with_tracefs 'ls /sys/kernel/tracing/instances' | grep -cx "exitbench-$1"
}
mounts() {
	mount | grep 'exitbench\|tracefs' | sort
}

fails 2 "no workload matches" "a glob that matches nothing" prove -w 'x*'
fails 2 "ops" "no operations" prove --ops 0

# as anybody
if [ "$(id -u)" -ne 0 ]; then
	works "without root, by effects" prove -q -w fork-exit --json --ops 5
	check '[ "$(value "w[0][\"verdict\"], w[0][\"traced\"]")" = "('"'seen'"', False)" ]' "it says so"
	finish
fi
mounts >"$tmp/before"
"$exitbench" prove -q -w fork-exit --json --ops 20 >"$tmp/out" 2>"$tmp/err" &
pid=$!
status=0
wait $pid || status=$?
if ! grep -q '"traced": true' "$tmp/out"; then
	if lacks tracing; then
		skip "tracing: $(head -n 1 "$tmp/err")"
	else
		ok 1 "it is not traced, though the machine can"
	fi
	finish
fi
first=$pid
ok "$status" "a traced run"
check '[ "$(value "w[0][\"verdict\"]")" = seen ]' "fork-exit is seen in exit_mmap"
check '[ "$(value "w[0][\"trace\"][\"by\"][\"child\"]")" = 20 ]' "20 children, torn down by themselves"
check '[ "$(value "w[0][\"trace\"][\"lost\"]")" = 0 ]' "no event lost"
check '[ "$(value "0 < w[0][\"trace\"][\"lock_hold\"][\"p50\"] <= w[0][\"trace\"][\"teardown\"][\"p50\"]")" = True ]' \
	"it held the lock for write for a part of its teardown"
run prove -q -w exec-exit --json --ops 20
check '[ "$(value "w[0][\"trace\"][\"by\"][\"exec\"], w[0][\"trace\"][\"by\"][\"child\"]")" = "(20, 20)" ]' \
	"exec-exit tears down twice"
run prove -q -w spawn-true --json --ops 20
check '[ $status -eq 0 ] && [ "$(value "w[0][\"trace\"][\"by\"][\"exec\"] >= 20")" = True ]' \
	"spawn-true: the copies of the shell, too"
# Every workload, but for those whose needs are missing; of some only most children meet what they
# should, so each is tried a few times. oom-reaped is in oom.sh: its reaper sleeps 2 s each time.
"$exitbench" list --json | python3 -c '
import json, sys
for w in json.load(sys.stdin):
    print(w["name"], w["needs"] or "", sep="|")' | grep -v '^oom-reaped|' >"$tmp/list"
check '[ "$(wc -l <"$tmp/list")" -ge 21 ]' "the workloads are listed"
while IFS='|' read -r name needs; do
	missing=$(lacking "$needs" "")
	if [ -n "$missing" ]; then
		skip "$name: this machine lacks what it needs, $missing"
		continue
	fi
	tries=5
	until "$exitbench" prove -q -w "$name" --ops 20 >"$tmp/out" 2>"$tmp/err" </dev/null ||
		[ $tries -eq 0 ]; do
		tries=$((tries - 1))
	done
	check '[ $tries -gt 0 ] && grep -q "^  seen " "$tmp/out"' "$name: seen in a trace"
done <"$tmp/list"
works "with the events of one" prove -q -w fork-exit --timeline
check 'grep -q "exit_mmap ends" "$tmp/out"' "among them the end of exit_mmap"
# What it should see is not there: vfork leaves no copy of the shell. Whether this shell has it
# strace says.
if ! command -v strace >/dev/null; then
	skip "strace, which says how this shell starts its commands"
elif ! strace -f -o "$tmp/calls" /bin/sh -c 'for i in 1 2; do /bin/true; done' 2>"$tmp/err"; then
	skip "ptrace: $(head -n 1 "$tmp/err")"
elif ! grep -q 'vfork(\|CLONE_VFORK' "$tmp/calls"; then
	skip "a shell that starts its commands with vfork"
else
	run prove -q -w spawn-true --param fork=0 --ops 10
	check '[ $status -eq 3 ] && grep -q "NOT SEEN" "$tmp/out"' "what is not there is not claimed"
	run prove -q -w spawn-true --param fork=0 --ops 10 --json
	check '[ $status -eq 3 ] && [ "$(value "w[0][\"trace\"][\"by\"][\"exec\"] <= 1")" = True ]' \
		"nor in JSON: the shell's own exec, at most"
fi
# As somebody else: by effects.
if status=0 && cp "$exitbench" "$tmp/eb" && chmod 755 "$tmp" "$tmp/eb" &&
	su nobody -s /bin/sh -c "test -x '$tmp/eb'" 2>/dev/null; then
	su nobody -s /bin/sh -c "cd / && '$tmp/eb' prove -q -w fork-exit --ops 5" >"$tmp/out" \
		2>"$tmp/err" || status=$?
	check '[ $status -eq 0 ] && grep -q "by its effects" "$tmp/out" && grep -q "needs root" "$tmp/err"' \
		"without root, by effects"
else
	skip "a user nobody who may look into TMPDIR"
fi

# Nothing stays.
check '[ "$(instances $first)" -eq 0 ]' "no instance is left"
check 'mounts | cmp -s "$tmp/before" -' "the mounts are as before"
children() {
	cat "/proc/$1/task/$1/children" 2>/dev/null
}
named() {
	for p in $(children "$1"); do
		grep -q "^$2" "/proc/$p/comm" 2>/dev/null && echo "$p"
	done
	return 0
}
# One that goes on for long: until it has its guard and a worker.
traced() {
	"$exitbench" prove -q -w fork-exit --ops 65000 --param dose=1ms >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for '[ -n "$(named $pid exitb-)" ]'
	[ "$(instances "$pid")" -eq 1 ] && [ -n "$(named "$pid" exitbench-guard)" ]
}
stopped INT traced '[ $status -eq 4 ] && [ "$(instances $pid)" -eq 0 ]' "interrupted: no instance is left"
stopped KILL traced '[ $status -eq 137 ] && wait_for "[ \$(instances $pid) -eq 0 ]"' \
	"killed: the guard removes it"
killed() {
	traced
	guard=$(named "$pid" exitbench-guard)
	kill -9 "$guard" "$pid"
	wait "$pid" 2>/dev/null
}
repairs killed '[ "$(instances $pid)" -eq 1 ]' 'removed the tracing instance exitbench-$pid of a run that was killed' \
	"killed with its guard: it stays; the next run removes it, and says so"

finish
