#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# oom-exit and oom-reaped: real OOM kills, in cgroups of which nothing stays.
# shellcheck disable=SC2013,SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
. "${srcdir:-.}/tests/cli/needs.sh"
set -u
need python3

# cgroups of ours, wherever they are: those of process $1.
cgroups() {
	find /sys/fs/cgroup -maxdepth 8 -type d -name "exitbench-oom-$1-*" 2>/dev/null
}

# As before, or put back by another run meanwhile, or kept quiet by one that still goes on.
console_back() {
	[ "$(cat /proc/sys/kernel/printk)" = "$printk" ] ||
		[ "$(cut -f 1 /proc/sys/kernel/printk)" -gt 1 ] || [ -n "$(cgroups "*")" ]
}

victims() {
	for c in $(cgroups "$1"); do
		cat "$c"/*/cgroup.procs
	done 2>/dev/null
}

fails 2 "pages" "no pages" run -o "$tmp/x.exb" -w oom-exit --param pages=0
printk=$(cat /proc/sys/kernel/printk)
kills=$(awk '$1 == "oom_kill" { print $2 }' /proc/vmstat)
run run -q -o "$tmp/o.exb" -w oom-exit --ops 30 --block-time 20ms
if [ "$status" -eq 3 ]; then
	check '[ -n "$(lacking "root; a memory cgroup" "")" ] && grep -q "cgroup" "$tmp/err"' \
		"where it cannot be had, the reason is told"
	run run -q -o "$tmp/s.exb" -w 'oom-e*,fork-exit' --ops 20
	check '[ $status -eq 0 ] && grep -q "oom-exit is skipped" "$tmp/err"' "and by a glob it is skipped"
	finish
fi
ok "$status" "oom-exit"
check '[ "$(sql "$tmp/o.exb" "SELECT primary_metric FROM cell")" = cycle ]' "by its cycle"
started=$(sql "$tmp/o.exb" "SELECT sum(ops + lead_in) FROM part")
now=$(awk '$1 == "oom_kill" { print $2 }' /proc/vmstat)
check '[ "$started" -ge 30 ] && [ $((now - kills)) -ge "$started" ]' \
	"the kernel killed as many, at least ($started of $((now - kills)))"
check console_back "the console's level is as before"
works "oom-reaped" run -q --hang 5m -o "$tmp/r.exb" -w oom-reaped --ops 2 --param parallel=2 --param pages=2000
check '[ "$(sql "$tmp/r.exb" "SELECT primary_metric FROM cell")" = exit ]' "by its exit"
run prove -q -w oom-reaped --ops 2 --param parallel=2 --json
if grep -q '"traced": true' "$tmp/out"; then
	check '[ $status -eq 0 ] && grep -q "\"start_task_reaping\": 2" "$tmp/out"' \
		"the reaper came for both"
	run prove -q -w oom-exit --ops 10 --json
	check '[ $status -eq 0 ] && grep -q "\"mark_victim\": 10" "$tmp/out"' "ten victims of oom-exit"
else
	for what in "the reaper" "ten victims"; do
		if lacks tracing; then skip "tracing: $what"; else ok 1 "$what are not traced"; fi
	done
fi

# interrupted and killed, with victims that are held
left=
held() {
	"$exitbench" run -q -o "$tmp/k.exb" -w oom-reaped --time 10m --hang 5m --param parallel=4 \
		>"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for 'left=$(victims $pid) && [ "$(echo "$left" | wc -l)" -ge 4 ]'
}
all_gone() {
	for p in $left; do
		[ "$(cat "/proc/$p/comm" 2>/dev/null)" != oom-victim ] || return 1
	done
	[ -z "$(cgroups "$pid")" ] && console_back
}
gone() {
	wait_for all_gone
}
stopped INT held '[ $status -eq 4 ] && gone' "interrupted: no victim, no cgroup, the console as before"
stopped KILL held '[ $status -eq 137 ] && gone' "killed: the guard cleans up"
killed() {
	held
	guard=
	for p in $(cat "/proc/$pid/task/$pid/children"); do
		[ "$(cat "/proc/$p/comm")" = exitbench-guard ] && guard=$p
	done
	kill -9 "$guard" "$pid"
	wait "$pid" 2>/dev/null
}
repairs killed '[ -n "$(cgroups $pid)" ]' 'removed the cgroup exitbench-oom-$pid-' \
	"killed with its guard: the cgroup stays; the next run removes it, and says so"
check gone "and its victims"

finish
