#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever way it ends, nothing is left: signals, kill -9 of each of its processes at random
# moments, and of all of them with the guard. FAULT_ROUNDS: how many of the random ones (4);
# FAULT_SEED repeats them.
# shellcheck disable=SC2016,SC2034,SC2086,SC2154,SC2317,SC3045 # conditions are strings for check()
. "${srcdir:-.}/tests/faults/inventory.sh"
. "${srcdir:-.}/tests/cli/needs.sh"
set -u
f=$tmp/f.exb
ulimit -c 0
# What a shell starts in the background ignores the last two, what nohup starts the first.
if ! env --default-signal=HUP,INT,QUIT true 2>/dev/null; then
	echo "1..0 # SKIP env(1) has no --default-signal"
	exit 0
fi

# strike WHAT: kill -9, of the run $pid.
strike() {
	python3 "${srcdir:-.}/tests/faults/strike.py" $pid "$@"
}

# has NAME: is one of the run's processes called so?
has() {
	ps -eo pid=,ppid=,comm= | awk -v top=$pid -v want="$1" '
		{ name[$1] = $3; parent[$1] = $2 }
		END {
			for (p in name) {
				for (q = p; q in parent && q != top; q = parent[q])
					;
				found = found || (q == top && index(name[p], want) == 1)
			}
			exit !found
		}'
}

memory_cgroup=false
$root && has_memory_cgroup && memory_cgroup=true
# Tracing, as root, of a kernel and by a build that have it.
tracing=false
has_tracing && tracing=true

# start ARGS...: a run that goes on into f.exb, in the background.
start() {
	rm -f "$f"*
	env --default-signal=HUP,INT,QUIT "$exitbench" run -q -o "$f" --time 10m --block-time 5ms "$@" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
}

# ended: waits for it; its status is in $status.
ended() {
	status=0
	wait $pid || status=$?
}

sound() {
	[ ! -e "$f" ] || [ "$(sql "$f" "PRAGMA integrity_check")" = ok ]
}

# --- each signal that a shell or a terminal sends
for sig in HUP INT TERM QUIT PIPE; do
	start -w fork-exit
	wait_for 'measures "$f"'
	kill -$sig $pid
	case $sig in
	PIPE)	# is none of its business
		sleep 0.2
		check 'kill -0 $pid && kill -TERM $pid' "SIGPIPE: it goes on"
		want=4 how=interrupted
		;;
	QUIT) want=131 how=running ;;
	*) want=4 how=interrupted ;;
	esac
	ended
	check '[ $status -eq $want ] && [ "$(sql "$f" "SELECT status FROM run")" = $how ] && restored' \
		"SIG$sig: status $want, the run is $how, nothing is left"
done
check 'run compare "$f"; "$exitbench" show "$f" | grep -q "run  *1:"' "what was measured can be read"

# A second one while it tidies up.
start -w fork-exit
wait_for 'measures "$f"'
kill -INT $pid
kill -INT $pid
kill -TERM $pid 2>/dev/null
ended
check '[ $status -eq 4 ] && [ "$(sql "$f" "SELECT status FROM run")" = interrupted ] && restored' \
	"SIGINT twice, and SIGTERM: no less tidy"
check '[ "$(ls "$tmp" | grep -c "^f.exb")" -eq 1 ]' "one file is left"

# Before there is anything to measure.
start -w fork-exit
wait_for '[ "$(cat /proc/$pid/comm)" = exitbench ]'
kill -INT $pid
ended
check '[ $status -eq 4 ] || [ $status -eq 130 ] && restored' "SIGINT at the very start ($status)"

# --- kill -9 of one of them, at random
seed=${FAULT_SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
echo "# FAULT_SEED=$seed"
# Each has others among its processes: helpers, threads, a program with children.
set -- fork-exit kill-exit spawn-true exit-time close-exit
[ "$(nproc)" -ge 2 ] && set -- "$@" maps-reader mrelease-exit
$memory_cgroup && set -- "$@" oom-reaped
round=0
while [ $round -lt "${FAULT_ROUNDS:-4}" ]; do
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	which=$((seed / 65536 % $# + 1))
	eval "workload=\${$which}"
	start -w "$workload" --hang 3s
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	ms=$((seed / 65536 % 2000))
	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	victim=$(strike one $((seed / 65536)))
	wait_for '! kill -0 $pid 2>/dev/null || measures "$f"'
	kill -TERM $pid 2>/dev/null
	ended
	"$exitbench" show "$f" >/dev/null 2>&1
	check 'sound && [ $status -ne 0 ] && restored' \
		"$workload, after $ms ms kill -9 of ${victim:-nobody}: status $status, nothing is left"
	round=$((round + 1))
done

# --- and of all of them: the next start repairs.
if ! $root; then
	skip "root: what only root changes is left by a run without its guard"
	finish
fi

kill_oom() {
	start -w oom-reaped --param parallel=2
	wait_for '[ -n "$(cgroups_of "$pid-*")" ] && has oom-victim'
	strike all >"$tmp/struck"
	ended
}

with_memory_cgroup() {
	repairs kill_oom '[ -n "$(cgroups_of "$pid-*")" ]' 'removed the cgroup exitbench-oom-$pid-.* kernel.printk back' \
		"a cgroup of a run that was killed with its guard: the next start removes it, and says so"
	check 'grep -q exitbench-guard "$tmp/struck" && grep -q oom-victim "$tmp/struck"' \
		"killed were its guard and its program"

	# The guard alone: then the run itself does what its guard would have done.
	start -w oom-exit
	wait_for 'measures "$f"'
	check '[ "$(strike exitbench-guard)" = exitbench-guard ]' "the guard is killed"
	kill -INT $pid
	ended
	check '[ $status -eq 4 ] && restored' "the run puts all back itself"

	# What somebody has set since is not put back.
	if [ "$(cut -f 1 /proc/sys/kernel/printk)" -gt 1 ] && [ -z "$(cgroups_of '*')" ]; then
		level=$(cut -f 1 /proc/sys/kernel/printk)
		start -w oom-reaped --param parallel=2
		wait_for '[ "$(cut -f 1 /proc/sys/kernel/printk)" -eq 1 ]'
		echo 3 >/proc/sys/kernel/printk
		kill -INT $pid
		ended
		check 'wait_for "[ \$(cut -f 1 /proc/sys/kernel/printk) -eq 3 ]"' "kernel.printk set meanwhile is kept"
		echo "$level" >/proc/sys/kernel/printk
	else
		skip "a console that is not quiet"
	fi

	# A run that goes on keeps what it has, also where its number means nothing.
	if can_unshare -pf --mount-proc; then
		start -w oom-reaped --param parallel=2
		wait_for '[ -n "$(cgroups_of "$pid-*")" ] && has oom-victim'
		under unshare -pf --mount-proc "$exitbench" run -o "$tmp/g.exb" -w fork-exit $quick
		check '[ $status -eq 0 ] && ! grep -q "removed.*-$pid-" "$tmp/err" && [ -n "$(cgroups_of "$pid-*")" ]' \
			"a start in another pid namespace leaves it alone"
		kill -INT $pid
		ended
		check '[ $status -eq 4 ] && restored' "and it ends as always"
	else
		skip "pid namespaces"
		skip "pid namespaces"
	fi
}
if $memory_cgroup; then
	with_memory_cgroup
else
	for what in 1 2 3 4 5 6 7; do
		skip "a memory cgroup"
	done
fi

# Between making shared memory and marking it to vanish.
segments() {
	awk 'NR > 1 && int($1 / 16777216) == 101 && $7 == 0 { print $2 }' /proc/sysvipc/shm
}
kill_maker() {
	rm -f "$f"
	segments >"$tmp/segments"
	strace -f -qq -o /dev/null -e trace=shmat -e inject=shmat:signal=KILL:when=1 \
		"$exitbench" run -o "$f" -w close-exit $quick >"$tmp/out" 2>"$tmp/err"
}
if strace -qq -o /dev/null -e trace=getpid -e inject=getpid:signal=CONT:when=1 true 2>/dev/null; then
	repairs kill_maker 'segments | grep -qvxF -f "$tmp/segments"' 'removed the shared memory segment' \
		"shared memory of a worker that was killed while making it: the next start removes it"
else
	skip "strace that injects signals"
fi

# A child that waits to be killed, and whose worker dies before it has asked to die with it.
if strace -o /dev/null true 2>/dev/null; then
	rm -f "$f"
	strace -f -qq -o /dev/null -e trace=prctl -e inject=prctl:delay_enter=1000000 \
		"$exitbench" run -q -o "$f" -w kill-exit --time 10m --hang 5m >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for '[ "$(ps -eo comm= | grep -c "^exitb-$(ps -o pid= --ppid $pid | tr -d " ")")" -ge 2 ]'
	strike exitb- >"$tmp/struck"
	ended
	check 'grep -q "^exitb-" "$tmp/struck" && [ $status -eq 3 ] && grep -q "signal 9" "$tmp/err" && restored' \
		"a child that had not yet asked to die with its worker"
else
	skip "strace"
fi

# A tracing instance of a prove that was killed with its guard.
kill_prove() {
	"$exitbench" prove -q -w touch-exit --ops 65000 --param dose=1ms >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for 'has exitb-'
	strike all >"$tmp/struck"
	ended
}
if $tracing; then
	repairs kill_prove 'instances | grep -q "exitbench-$pid$"' 'removed the tracing instance exitbench-$pid' \
		"the tracing instance of a prove that was killed with its guard: the next start removes it"
else
	skip "tracing"
fi

check restored "nothing is left"
finish
