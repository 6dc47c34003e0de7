# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2016,SC2034 # conditions are strings for eval; "quick" is for the tests
# For tests that break things: sourced instead of tap.sh, first of all. Runs the test below a
# process that keeps what the test's processes leave, and takes inventories of the machine.

if [ -z "${REAPER_PID:-}" ]; then
	if ! command -v python3 >/dev/null || ! command -v flock >/dev/null || ! command -v ps >/dev/null; then
		echo "1..0 # SKIP python3, flock or ps is not installed"
		exit 0
	fi
	exec python3 "${srcdir:-.}/tests/faults/reaper.py" sh "$0" "$@"
fi
. "${srcdir:-.}/tests/tap.sh"
reaper=$REAPER_PID
unset REAPER_PID
mkdir "$tmp/temporary"
TMPDIR=$tmp/temporary
export TMPDIR
here=$(pwd)
root=false
[ "$(id -u)" -eq 0 ] && root=true

# What of ours nobody has a claim on (see guard_claim() in src/process/guard.h), and whose maker is
# gone: what a run that goes on has made, anybody's, is not left over.
unclaimed() {
	while read -r dir; do
		maker=${dir##*/exitbench-oom-}
		[ ! -d "/proc/${maker%%-*}" ] && flock -n "$dir" true 2>/dev/null && echo "left $dir"
	done
}

cgroups_of() {
	find /sys/fs/cgroup -maxdepth 9 -type d -name "exitbench-oom-$1" 2>/dev/null
}

# Tracing instances, in a mount namespace of its own where tracefs is not mounted.
instances() {
	unshare -m sh -c '
		mount --make-rprivate /
		cd /sys/kernel/tracing || exit
		[ -d instances ] || { mount -t tracefs exitbench-test . && cd /sys/kernel/tracing; }
		for d in instances/exitbench-*; do
			[ -d "$d" ] && [ ! -d "/proc/${d##*-}" ] && flock -n "$d" true && echo "left $d"
		done' 2>/dev/null
}

# All that a run could leave or change. Of what others on the machine may do meanwhile, too,
# only what is recognisably ours.
inventory() {
	ps -o pid=,comm= --ppid "$reaper" | awk -v test=$$ '$1 != test { print "process", $1, $2 }'
	cgroups_of '*' | unclaimed
	[ "$(cut -f 1 /proc/sys/kernel/printk)" -eq 1 ] && [ -z "$(cgroups_of '*')" ] &&
		echo "kernel.printk quiet"
	$root && instances
	awk '$2 ~ /exitbench/ || $3 == "tracefs" || $3 ~ /cgroup/ { print "mount", $2 }' /proc/self/mounts
	# Keys of a segment that is being made, which is not attached.
	awk 'NR > 1 && int($1 / 16777216) == 101 && $7 == 0 { print "shm", $2 }' /proc/sysvipc/shm
	find /dev/shm -maxdepth 1 -name 'exitb-*' 2>/dev/null
	awk '/^HugePages_(Rsvd|Surp)/ && $2 > 0' /proc/meminfo
	for s in vm/overcommit_memory vm/max_map_count vm/nr_hugepages kernel/pid_max \
		kernel/core_pattern kernel/sched_rt_runtime_us; do
		[ -r /proc/sys/$s ] && echo "sysctl $s $(cat /proc/sys/$s)"
	done
	find "$TMPDIR" "$here" -maxdepth 1 \( -path "$TMPDIR/*" -o -name 'core*' -o -name '*.exb*' \)
	find /tmp /var/tmp -maxdepth 1 -user "$(id -u)" -name 'etilqs_*' 2>/dev/null
	return 0
}

inventory | sort -u >"$tmp/before"

# Nothing is new, and what was set or mounted still is. What others on the machine had left
# before may have gone since.
as_before() {
	inventory | sort -u >"$tmp/after"
	[ -z "$(comm -13 "$tmp/before" "$tmp/after")" ] || return 1
	! comm -23 "$tmp/before" "$tmp/after" | grep -q '^sysctl\|^mount'
}

# True when all is as before: what is killed takes its time.
restored() {
	wait_for as_before && return 0
	diff "$tmp/before" "$tmp/after" | sed 's/^/# /'
	return 1
}

# quick ARGS...: options of a run that takes as little time as possible.
quick="--block-time 1ms --lead-in 0 --ops 20 -q"

# Runs ARGS..., which start the program in some way; then as run() of tap.sh.
under() {
	status=0
	"$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	tap_ours
}

# as_user COMMAND...: as nobody.
as_user() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# What can be started with these options of unshare(1), here.
can_unshare() {
	unshare "$@" true 2>/dev/null
}
