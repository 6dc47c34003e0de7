#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Process 1 of the machine of faults-guest.sh: does to it what must not be done to the host's
# while exitbench measures, and puts each result file, and a log, on the line to guest.py.
PATH=/bin
export PATH
exec 3<>/dev/ttyS1
stty -F /dev/ttyS1 raw -echo
cd /tmp || exit
cpu=/sys/devices/system/cpu/cpu1/online

put() {
	{
		echo "put $1"
		gzip -c "$1" | base64
		echo .
	} >&3
}
# ask WORDS: of guest.py, until it says the same.
ask() {
	echo "$*" >&3
	while read -r answer <&3 && [ "$answer" != "$*" ]; do
		:
	done
}
# Seconds since the boot, suspensions included, where that is told; no fork.
now() {
	up=0
	[ ! -e /proc/uptime ] || read -r up _ </proc/uptime
	up=${up%.*}
}
# start NAME OPTION...: a run in the background.
start() {
	name=$1
	shift
	now
	begun=$up
	rm -f "$name"*
	exitbench run -q -o "$name.exb" -w $workload --block-time 5ms --lead-in 0 "$@" >"$name.out" 2>"$name.err" &
	pid=$!
}
# measuring: the run is some blocks past its warm-up; or over. Looking at the file takes a second,
# so its log has to have a size first.
measuring() {
	while kill -0 $pid && ! [ "$(wc -c <"$name.exb-wal")" -gt 150000 ]; do
		sleep 0.1
	done 2>/dev/null
	while kill -0 $pid && ! exitbench show --json "$name.exb" | grep -qE '"blocks": ([5-9]|[1-9][0-9])'; do
		sleep 0.1
	done 2>/dev/null
}
# goes_on: more blocks come into its file; then it is asked to end.
goes_on() {
	kill -0 $pid || return
	for block in 1 2 3; do
		sum=$(cksum "$name.exb-wal")
		while kill -0 $pid && [ "$(cksum "$name.exb-wal")" = "$sum" ]; do
			sleep 0.1
		done
	done
	echo "went on past $block blocks" >>"$name.log"
	kill -TERM $pid
}
# ended: waits for it, and sends all that is known of it.
ended() {
	wait $pid
	status=$?
	now
	{
		echo "status $status"
		[ "$up" -eq 0 ] || echo "seconds $((up - begun))"
		# Of /proc/PID/comm.
		grep -H '^exit' /proc/[0-9]*/comm 2>/dev/null | sed 's/^/left /'
		sed 's/^/err /' "$name.err"
	} >>"$name.log"
	put "$name.log"
	# A log is left where we were the last to look.
	for file in "$name.exb" "$name.exb-wal"; do
		[ ! -e "$file" ] || put "$file"
	done
}
# does NAME OPTION...: all of a run.
does() {
	start "$@"
	ended
}
# cannot REASON NAME...: these are not tried.
cannot() {
	reason=$1
	shift
	for name in "$@"; do
		echo "skip $reason" >"$name.log"
		put "$name.log"
	done
}

bare_machine() {
	does bare --ops 50
	mount -t proc proc /proc
	does proc-only --ops 50
	mount -t sysfs sys /sys
	mount -t devtmpfs dev /dev
}

offline() {
	start "$@" --time 300s
	measuring
	echo 0 >$cpu
	[ "$1" != unused ] || goes_on
	ended
	echo 1 >$cpu
}

cpus_go() {
	if ! { echo 0 >$cpu && echo 1 >$cpu; } 2>/dev/null; then
		cannot "no CPU can be taken offline" off back unused both helper child place max
		return
	fi
	offline off --place 1
	offline unused --place 0
	offline both --cores 2
	offline child --place 0 --child core
	workload=maps-reader
	offline helper --place 0
	workload=fork-exit
	start back --place 1 --time 300s
	measuring
	echo 0 >$cpu
	echo 1 >$cpu
	ended
	echo 0 >$cpu
	does place --place 1 --ops 50
	does max --cores max --ops 50
	echo 1 >$cpu
}

clock_steps() {
	set_at=$(date +%s)
	start clock --time 10s --arm a --arm b
	while ! [ -e clock.exb-wal ]; do
		sleep 0.1
	done
	for by in "1 hour" "1 year" "-2 years"; do
		date -s "$(date -d "$by" '+%F %T')" >/dev/null
		sleep 0.3
	done
	kill -0 $pid || echo "skip the host is too busy: the run was over before the date was set" >>clock.log
	ended
	date -s "@$((set_at + up - begun))" >/dev/null
}

# sleeps NAME STATE: the machine goes to sleep, and its clock tells for how long.
sleeps() {
	now
	was=$up
	if echo "$2" >/sys/power/state; then
		now
		echo "slept $((up - was))" >>"$1.log"
	fi
}
machine_stops() {
	start pause --time 300s --hang 2s
	measuring
	ask pause 4
	goes_on
	ended
	if grep -qw freeze /sys/power/state && echo enabled >/sys/class/tty/ttyS1/power/wakeup; then
		start freeze --time 300s --hang 2s
		measuring
		ask ring 4
		sleeps freeze freeze
		echo "say awake" >&3
		goes_on
		ended
	else
		cannot "this kernel cannot suspend to idle" freeze
	fi 2>/dev/null
	if grep -qw deep /sys/power/mem_sleep; then
		start mem --time 300s --hang 2s --arm a --arm b
		measuring
		ask wake 2
		sleeps mem mem
		goes_on
		ended
	else
		cannot "this kernel cannot suspend to RAM" mem
	fi 2>/dev/null
}

# No shell can start anything while this lasts; guest.py's answer is waited for by this one.
no_processes() {
	limit=$(cat /proc/sys/kernel/threads-max)
	start forks --time 300s
	measuring
	echo 20 >/proc/sys/kernel/threads-max
	ask wait 1
	echo "$limit" >/proc/sys/kernel/threads-max
	goes_on
	ended
	start no-forks --time 300s
	measuring
	echo 20 >/proc/sys/kernel/threads-max
	wait $pid
	echo "$limit" >/proc/sys/kernel/threads-max
	ended
	# Numbers below 300 are not given out twice: this leaves one.
	limit=$(cat /proc/sys/kernel/pid_max)
	while [ "$pid" -le 301 ]; do
		true &
		pid=$!
		wait $pid
	done
	echo 301 >/proc/sys/kernel/pid_max
	start no-numbers --ops 50
	wait $pid
	echo "$limit" >/proc/sys/kernel/pid_max
	ended
}

memory_goes() {
	workload=touch-exit
	does large --param pages=200000 --ops 50 --hang 100s
	workload=fork-exit
	start hog --time 300s
	measuring
	echo 1 >/proc/sys/vm/overcommit_memory
	dd if=/dev/zero of=/dev/null bs=600M count=1 2>/dev/null
	echo "hog $?" >>hog.log
	goes_on
	ended
}

# With a clock that moves every 4 ms nothing can be timed.
clock_or_end() {
	mount -t sysfs sys /mnt
	clock=$(cat /mnt/devices/system/clocksource/clocksource0/current_clocksource)
	echo "say process 1 is up, the clock is $clock" >&3
	case $clock in
	*jiffies)
		mount -t proc proc /proc
		mount -t sysfs sys /sys
		workload=fork-exit
		does coarse --ops 50
		exit
		;;
	esac
}

clock_or_end
workload=fork-exit
bare_machine
cpus_go
clock_steps
machine_stops
no_processes
memory_goes
# The last: with exitbench the machine ends. Its child looks at it, and at an orphan.
(
	name=first pid=1
	while ! [ -e first.exb-wal ]; do
		sleep 0.1
	done
	measuring
	(sleep 0.1 &)
	sum=$(cksum first.exb-wal)
	sleep 1
	while [ "$(cksum first.exb-wal)" = "$sum" ]; do
		sleep 0.1
	done
	echo "comm $(cat /proc/1/comm)" >first.log
	echo "zombies $(cat /proc/[0-9]*/status 2>/dev/null | grep -c '^State:.*Z')" >>first.log
	put first.log
	echo "rest first.out" >&3
	kill -TERM 1
) &
exec exitbench run -q -o first.exb -w fork-exit --block-time 5ms --time 300s --json >&3 3>&-
