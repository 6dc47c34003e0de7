#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A machine that runs out of processes or memory, is paused, debugged, or loses a CPU while
# it measures.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/faults/inventory.sh"
set -u
need prlimit
case $exitbench in /*) ;; *) exitbench=$here/$exitbench ;; esac
f=$tmp/f.exb
start() {
	rm -f "$f"*
	"$@" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
}
ended() {
	status=0
	wait $pid || status=$?
	pid=
}
last_is() {
	[ "$(sql "$f" "SELECT status FROM run ORDER BY id DESC LIMIT 1")" = "$1" ]
}
# worker: the first one of the run $pid.
worker() {
	ps -o pid=,comm= --ppid $pid | awk '$2 ~ /^exitb-/ { print $1; exit }'
}
blocks() {
	sql "$f" "SELECT count(*) FROM block"
}
# goes_on: it finishes more blocks; and ends when it is asked to, as always.
goes_on() {
	before=$(blocks)
	wait_for '[ "$(blocks)" -gt "$before" ]'
}
goes_on_and_ends() {
	goes_on && kill -TERM $pid && ended && [ $status -eq 4 ] && last_is interrupted
}
# A cgroup of the controller $1, in v1 or v2: its path is in $cgroup.
made=
make_cgroup() {
	cgroup=
	$root || return 1
	if [ -d "/sys/fs/cgroup/$1" ]; then
		cgroup=/sys/fs/cgroup/$1/fault-test-$$
	elif grep -qw "$1" /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null ||
		{ [ "$1" = freezer ] && [ -e /sys/fs/cgroup/cgroup.subtree_control ]; }; then
		cgroup=/sys/fs/cgroup/fault-test-$1-$$
	fi
	[ -n "$cgroup" ] && mkdir "$cgroup" 2>/dev/null && made="$made $cgroup"
}
# $in_it CGROUP COMMAND...: a file, so that in the background it is the command itself.
in_it=$tmp/in-cgroup
printf '#!/bin/sh\necho $$ >"$1/cgroup.procs" && shift && exec "$@"\n' >"$in_it"
chmod +x "$in_it"
drop_cgroups() {
	for c in $made; do
		wait_for 'rmdir "$c" 2>/dev/null'
	done
	made=
}
pid=
trap '[ -z "$pid" ] || kill $pid; drop_cgroups; rm -rf "$tmp"' EXIT

run_f="$exitbench run -q -o $f -w fork-exit --block-time 5ms"

# --- fork fails in the middle of a block
if $root; then
	chmod 711 "$tmp"
	mkdir -m 777 "$tmp/u"
	cp "$exitbench" "$tmp/u/exitbench"
	f=$tmp/u/f.exb
	# By a number that no user has: its processes are ours alone.
	them="setpriv --reuid 64999 --regid 64999 --clear-groups"
	run_u="$them $tmp/u/exitbench run -q -o $f -w fork-exit --block-time 5ms"
	start $run_u --time 10m --json
	wait_for 'measures "$f"'
	w=$(worker)
	$them prlimit --pid "$w" --nproc=1:
	sleep 1
	$them prlimit --pid "$w" --nproc=10000:
	check goes_on_and_ends "RLIMIT_NPROC, for a second in mid-run: it goes on"
	check 'python3 -c "import json, sys; sys.exit(not json.load(open(sys.argv[1]))[\"failed\"] > 100)" "$tmp/out"' \
		"the summary has how many forks failed"
	"$exitbench" show "$f" >"$tmp/show"
	check '[ "$(sql "$f" "SELECT sum(failed) > 100 FROM part")" = 1 ] &&
		awk "/started = recorded/ { on = 2; next } on-- > 0 && \$3 == \$4 + \$5 + \$6 + \$7 + \$8 && \$8 > 100 { n++ }
			END { exit n != 1 }" "$tmp/show"' "show has them, and all is accounted for"
	run compare "$f" "$f"
	check 'grep -q "operations failed before" "$tmp/out" || tr -s " \n" "  " <"$tmp/out" | grep -q "operations failed before"' \
		"compare warns"
	start $run_u --time 10m
	wait_for 'measures "$f"'
	$them prlimit --pid "$(worker)" --nproc=1:
	ended
	check '[ $status -eq 3 ] && last_is failed && grep -q "fork keeps failing .* 1000 times in a row .*ulimit -u" "$tmp/err"' \
		"for good: status 3, with the limit to look at"
	check '[ "$(blocks)" -gt 4 ] && restored' "what was measured until then is in the file"
	f=$tmp/f.exb
else
	for what in 1 2 3 4 5 6; do
		skip "needs root, for a user of its own"
	done
fi
if make_cgroup pids && echo 100 >"$cgroup/pids.max"; then
	start "$in_it" "$cgroup" $run_f --time 10m --json
	wait_for 'measures "$f"'
	# Controller, worker and a child at a time.
	echo 1 >"$cgroup/pids.max"
	sleep 1
	echo max >"$cgroup/pids.max"
	check 'goes_on_and_ends && [ "$(sql "$f" "SELECT sum(failed) > 100 FROM part")" = 1 ]' \
		"pids cgroup, for a second in mid-run: counted"
	echo 1 >"$cgroup/pids.max"
	rm -f "$f"
	under "$in_it" "$cgroup" $run_f --ops 20
	check '[ $status -eq 3 ] && grep -q "pids.max" "$tmp/err" && last_is failed' \
		"pids cgroup from the start: status 3, with the limit to look at"
	drop_cgroups
else
	skip "no pids cgroup"
	skip "no pids cgroup"
fi

# --- no free numbers: where pid namespaces have a limit of their own (Linux 6.14)
pid_max=$(cat /proc/sys/kernel/pid_max)
new_enough=$(uname -r | awk -F '[.-]' '{ print ($1 > 6 || ($1 == 6 && $2 >= 14)) }')
if $root && [ "$new_enough" = 1 ] && can_unshare -pf --mount-proc; then
	rm -f "$f"
	# 301 is the least; sleeps take all but two. The first process waits, and takes all with it.
	under unshare -pf --mount-proc sh -c '
		echo 301 >/proc/sys/kernel/pid_max || exit 99
		i=0
		while [ $i -lt 296 ]; do sleep 30 & i=$((i + 1)); done
		"$@" & run=$!
		wait $run' sh $run_f --ops 50 2>/dev/null
	check '[ $status -eq 3 ] && grep -q "Resource temporarily unavailable\|annot fork" "$tmp/err" &&
		[ "$(cat /proc/sys/kernel/pid_max)" = "$pid_max" ] && restored' "no free PIDs: status 3, and why"
else
	skip "pid namespaces have no pid_max of their own here"
fi

# --- memory
if make_cgroup memory; then
	limit=$cgroup/memory.limit_in_bytes
	[ -e "$limit" ] || limit=$cgroup/memory.max
	echo 48M >"$limit"
	rm -f "$f"
	under "$in_it" "$cgroup" $run_f --ops 100
	check '[ $status -eq 0 ] && last_is done' "a memory cgroup of 48 MB is enough"
	under "$in_it" "$cgroup" "$exitbench" run -q -o "$f" -w touch-exit --param pages=20000 --ops 50 --hang 5s
	check '[ $status -eq 3 ] || [ $status -eq 137 ]' "a child larger than that ($status)"
	check '[ "$(sql "$f" "PRAGMA integrity_check")" = ok ] && restored && [ "$(blocks)" -gt 0 ]' \
		"is killed, and leaves nothing; the file is sound"
	sed 's/^/# /' "$tmp/err"
	echo 6M >"$limit"
	rm -f "$f"
	under "$in_it" "$cgroup" $run_f --ops 100 --hang 5s
	check '[ $status -eq 0 ] || [ $status -eq 3 ] || [ $status -eq 137 ] && restored' "6 MB: no mess ($status)"
	drop_cgroups
else
	for what in 1 2 3 4; do
		skip "no memory cgroup"
	done
fi

# --- the machine stands still for longer than a worker may
start $run_f --time 10m --hang 1s
wait_for 'measures "$f"'
w=$(worker)
kill -STOP $pid "$w"
sleep 3
kill -CONT $pid "$w"
check 'goes_on_and_ends && restored' "all stopped for 3 s, a hang being 1 s: it goes on"
if make_cgroup freezer; then
	freeze() {
		if [ -e "$cgroup/freezer.state" ]; then
			echo "$1" >"$cgroup/freezer.state"
		else
			[ "$1" = FROZEN ] && echo 1 >"$cgroup/cgroup.freeze" || echo 0 >"$cgroup/cgroup.freeze"
		fi
	}
	start "$in_it" "$cgroup" $run_f --time 10m --hang 1s --arm a --arm b
	wait_for 'measures "$f"'
	freeze FROZEN
	sleep 3
	freeze THAWED
	check goes_on_and_ends "frozen for 3 s"
	drop_cgroups
else
	skip "no freezer"
fi

# --- a debugger
if command -v gdb >/dev/null; then
	start $run_f --time 10m --hang 20s
	wait_for 'measures "$f"'
	for who in $pid "$(worker)"; do
		gdb -nx -batch -p "$who" -ex 'info threads' -ex detach >"$tmp/gdb" 2>&1
		check 'goes_on' "a debugger came to $([ "$who" = $pid ] && echo the controller || echo a worker), and went"
	done
	check 'goes_on_and_ends && restored' "and it ends as always"
else
	for what in 1 2 3; do
		skip "no gdb"
	done
fi
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	rm -f "$f"
	under strace -f -qq -o /dev/null -e trace=none $run_f --ops 30
	check '[ $status -eq 0 ] && last_is done' "all of it under strace"
else
	skip "no strace"
fi

# --- a CPU is taken away: by a cpuset, which moves whoever is on it
if [ "$(nproc)" -ge 2 ] && [ -e /sys/fs/cgroup/cpuset/cpuset.cpus ] && make_cgroup cpuset; then
	cpus=$(cat /sys/fs/cgroup/cpuset/cpuset.cpus)
	allowed=$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)
	echo "$cpus" >"$cgroup/cpuset.cpus"
	cat /sys/fs/cgroup/cpuset/cpuset.mems >"$cgroup/cpuset.mems"
	for w in fork-exit exit-time; do
		echo "$allowed" >"$cgroup/cpuset.cpus"
		start "$in_it" "$cgroup" "$exitbench" run -q -o "$f" -w $w --place 0 --time 10m
		wait_for 'measures "$f"'
		echo 1 >"$cgroup/cpuset.cpus"
		ended
		check '[ $status -eq 3 ] && last_is failed && grep -q "moved.*offline, or out of our cpuset" "$tmp/err"' \
			"$w: its CPU is taken away: status 3, and why"
		check '[ "$(blocks)" -gt 4 ] && restored' "what was measured before is in the file"
	done
	drop_cgroups
else
	for what in 1 2 3 4; do
		skip "no second CPU, or no cpuset of cgroup v1"
	done
fi

# The same on any machine: the worker is told that it is elsewhere.
if strace -o /dev/null -e inject=getcpu:poke_exit=@arg1=01000000 true 2>/dev/null; then
	rm -f "$f"
	under strace -f -qq -o /dev/null -e trace=getcpu -e inject=getcpu:poke_exit=@arg1=01000000:when=9+ \
		$run_f --place 0 --time 10m
	check '[ $status -eq 3 ] && last_is failed && grep -q "CPU 0 was moved to CPU 1 in fork-exit" "$tmp/err" &&
		[ "$(blocks)" -gt 0 ]' "a worker that is on another CPU after a block"
else
	skip "strace does not inject results"
fi

# A program is a new process for each block, which may find its CPU gone before it is on it.
if [ "$(nproc)" -ge 2 ] && strace -o /dev/null -e inject=sched_setaffinity:error=EINVAL:when=1 true 2>/dev/null; then
	rm -f "$f"
	under strace -f -qq -o /dev/null -e trace=sched_setaffinity -e inject=sched_setaffinity:error=EINVAL:when=1 \
		"$exitbench" run -q -o "$f" -w exit-time --place 0 --time 10m
	check '[ $status -eq 3 ] && last_is failed && grep -q "exit-time on CPU 0 was moved.*offline" "$tmp/err"' \
		"a program that cannot go to its CPU: status 3, and why"
else
	skip "no second CPU, or strace does not inject errors"
fi

# --- clocks: nobody asks for one that can be set, but for the date of a run
clocks=0
for folder in contract programs worker workloads src/base src/cell src/link src/machine src/measure src/process \
	src/text src/trace; do
	[ -d "${srcdir:-.}/$folder" ] || clocks=1
	grep -rnE "CLOCK_REALTIME|gettimeofday|[^_]time\(NULL\)" "${srcdir:-.}/$folder" && clocks=1
done
ok $clocks "no settable clock is read where anything is measured or waited for"

check restored "nothing is left"
finish
