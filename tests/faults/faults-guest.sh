#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What must not be done to the host for real, done to a machine in QEMU while exitbench measures
# in there: guest-init.sh does it, guest.py is at the other end of its line. A minute of CPU
# time, half an hour of patience.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/faults/inventory.sh"
set -u
if sanitized; then
	echo "1..0 # SKIP the machine has no memory for AddressSanitizer"
	exit 0
fi
. "${srcdir:-.}/tests/lab/lab-guest.sh"
need gzip base64 stty cksum dd mount ldd
tests=${srcdir:-.}/tests
d=$tmp/guest
mkdir "$d"
guest=
trap '[ -z "$guest" ] || { kill $guest; wait $guest; }; rm -rf "$tmp"' EXIT

echo "# kernel $kernel"
python3 "$tests/faults/guest.py" "$kernel" "$tests/faults/guest-init.sh" "$d" "${GUEST_SECONDS:-1800}" "$exitbench" \
	base64 cat cksum date dd grep gzip mount rm sed sh sleep stty true wc &
guest=$!
ended=0
wait $guest || ended=$?
guest=
# Where process 1 ends, all that follows is the kernel's.
sed '/Kernel panic/q' "$d/console" | cut -c1-120 | sed 's/^/# console: /'
if ! [ -e "$d/bare.log" ] && ! [ -e "$d/coarse.log" ]; then
	echo "1..0 # SKIP this kernel does not come up in a q35 machine"
	exit 0
fi

# said WORD: what the log of the run $log says of it.
said() {
	sed -n "s/^$1 //p" "$log"
}
# one PATTERN: the run ended with one line, and that says so.
one() {
	[ "$(said err | grep -c .)" -eq 1 ] && said err | grep -q -- "$1"
}
last_is() {
	[ "$(sql "$f" "SELECT status FROM run ORDER BY id DESC LIMIT 1")" = "$1" ]
}
measured() {
	[ "$(sql "$f" "SELECT count(*) FROM block WHERE NOT warmup")" -gt 0 ]
}
# sound: nobody is left, the file is good, no time in it is longer than the run.
sound() {
	seconds=$(said seconds)
	[ -z "$(said left)" ] && [ "$(sql "$f" "PRAGMA integrity_check")" = ok ] &&
		"$exitbench" show "$f" >"$tmp/show" && ! grep "check sums" "$tmp/show" | grep -v "all right" &&
		[ "$(sql "$f" "SELECT count(*) FROM block WHERE start_ns < 0 OR duration_ns < 0 OR
			start_ns + duration_ns > 1e9 * (${seconds:-600} + 2)")" -eq 0 ]
}
failed_as() {
	[ "$(said status)" -eq 3 ] && last_is failed && one "$1" && sound
}
went_on() {
	[ "$(said status)" -eq 4 ] && last_is interrupted && grep -q "^went on" "$log" && sound
}
is_done() {
	[ "$(said status)" -eq 0 ] && last_is "done" && sound
}
# longest: seconds of the longest operation.
longest() {
	"$exitbench" export --csv "$f" | awk -F, '$6 == "cycle" && $7 > most { most = $7 } END { print most / 1e9 }'
}
warning="'warning'" now="'now'" suspended="'the machine was suspended%'"
# seen NAME CONDITION WHAT: of the run NAME, if the machine could do that.
seen() {
	f=$d/$1.exb log=$d/$1.log
	: >"$tmp/out"
	if ! [ -e "$log" ]; then
		ok 1 "$3: not reached"
	elif grep -q '^skip' "$log"; then
		skip "$(said skip)"
	else
		cp "$log" "$tmp/out"
		check "$2" "$3"
	fi
}

# A kernel that has no other clock for such a machine, as those of the lab.
if [ -e "$d/coarse.log" ]; then
	seen coarse '[ "$(said status)" -eq 3 ] && one "clock moves in steps of [1-9].* ms" && [ ! -e "$f" ]' \
		"a clock that moves with the timer tick: says so"
	skip "all else: this kernel has no other clock in a q35 machine"
	finish
fi

# --- CPUs
moved="worker on CPU 1 was moved to CPU 0 in fork-exit: CPU 1 was taken offline"
seen off 'failed_as "$moved" && measured' "the worker's CPU is taken offline: status 3, and why"
seen back 'failed_as "$moved" && measured' "the same, and it is back at once"
seen both 'failed_as "$moved" && measured' "one of two workers' CPUs"
seen child 'failed_as "could not move from CPU 0 to CPU 1, which was taken offline" && measured' \
	"the CPU that children go to"
seen helper 'failed_as "helper of maps-reader could not move from CPU 0 to CPU 1, which was taken offline"' \
	"the CPU of a helper"
seen unused 'went_on && [ "$(sql "$f" "SELECT count(*) FROM note WHERE kind = $warning")" -eq 0 ]' \
	"a CPU that no worker has, which the controller was on: it goes on"
seen place '[ "$(said status)" -eq 2 ] && one "CPU 1 is offline; bring it online"' \
	"--place with a CPU that is offline: says so"
seen max 'is_done && [ "$(sql "$f" "SELECT cores, cpus FROM cell")" = "1|0" ]' "--cores max leaves it out"

# --- clocks. The machine has the host's date.
seen clock 'is_done && [ "$(said seconds)" -lt 600 ] &&
	[ "$(sql "$f" "SELECT max(start_ns + duration_ns) > 9e9 FROM block")" = 1 ]' \
	"the date is set forward by an hour, a year, and back by two: done when it should be"
seen clock '[ "$(sql "$f" "SELECT abs(julianday(started) - julianday($now)) < 0.1,
	finished < started FROM run")" = "1|1" ]' "the run has the dates of its start and of its end"
seen clock '"$exitbench" compare "$f" >"$tmp/cmp" 2>&1; [ $? -le 1 ] && ! grep -q warning "$tmp/cmp"' \
	"and can be compared"

# --- it stands still
seen pause 'went_on' "the machine is paused for 4 s, a hang being 2 s: it goes on"
seen freeze '[ "$(said slept)" -ge 1 ] && went_on' "suspended to idle for 4 s: it goes on"
# Whether clocks stop depends on the idle driver: where they do not, it is in one of two places.
pause_seen='[ "$(sql "$f" "SELECT count(*) FROM note WHERE text LIKE $suspended")" -eq 1 ] ||
	{ awk "BEGIN { exit !($(longest) > 1) }" && [ "$(sql "$f" "SELECT sum(disturbed) > 0 FROM part")" = 1 ]; } ||
	[ "$(sql "$f" "SELECT max(start_ns - before) > 1e9 FROM (SELECT start_ns,
		lag(start_ns + duration_ns) OVER (ORDER BY id) AS before FROM block)")" = 1 ]'
seen freeze "$pause_seen" "the block is not kept; or the operation is as long as it was; or it was between blocks"
seen mem '[ "$(said slept)" -ge 1 ] && went_on' "suspended to RAM for 2 s: it goes on"
seen mem '[ "$(said err | grep -c "warning: the machine was suspended for [1-9].* s: the block")" -eq 1 ] &&
	[ "$(sql "$f" "SELECT count(*) FROM note WHERE kind = $warning")" -eq 1 ]' "it says so, and the file does"
seen mem '[ "$(sql "$f" "SELECT count(*), sum(warmup), sum(throughput IS NULL) FROM block
	WHERE duration_ns = 0")" = "1|1|1" ]' "the block under way is a warm-up without times"
seen mem '[ "$(sql "$f" "SELECT count(*) FROM (SELECT round FROM block WHERE NOT warmup AND
	round < (SELECT max(round) FROM block) GROUP BY round HAVING count(*) != 2)")" -eq 0 ]' \
	"and was measured again: every round has both arms"

# --- nothing to be had
seen forks 'went_on && [ "$(sql "$f" "SELECT sum(failed) > 0 FROM part")" = 1 ]' \
	"no process more in the whole machine for a second: counted"
seen no-forks 'failed_as "fork keeps failing in fork-exit on CPU 0.* 1000 times in a row" && measured' \
	"the same for good: status 3, and why"
seen no-numbers 'failed_as "cannot start the worker on CPU 0: Resource temporarily unavailable"' \
	"no number is free (kernel.pid_max): status 3, and why"
seen large 'failed_as "child of touch-exit on CPU 0 was killed by signal 9 (Killed); see its parameters and the memory"' \
	"a child larger than the machine: status 3, and why"
seen hog 'went_on && [ "$(said hog)" -eq 137 ]' "the OOM killer takes another: it goes on"
seen bare 'is_done && said err | grep -q "no /proc of this pid namespace" && measured' \
	"nothing is mounted: no /proc, /sys, /dev, /tmp"
seen proc-only 'is_done && ! said err | grep -q warning' "/proc alone: no /sys, no cgroups"

# --- process 1
seen first '[ "$(said comm)" = exitbench ] && [ "$(said zombies)" -eq 0 ]' \
	"as process 1, which waits for an orphan"
seen first 'grep -q "\"status\": \"interrupted\"" "$d/first.out" && [ $ended -eq 0 ] &&
	grep -q "exitcode=0x00000400" "$d/console"' "SIGTERM ends it with status 4, and the machine with it"

check restored "nothing is left"
finish
