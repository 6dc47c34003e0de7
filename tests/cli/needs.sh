# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What a workload says it needs (`list --json`), and whether this machine lacks it, looked at
# here and not by what the program says of it: sourced by tests that may skip for want of it.

free_huge_pages() {
	awk '$1 == "HugePages_Free:" { print $2 }' /proc/meminfo
}

# Transparent ones: free pieces of 512 pages and more.
large_pieces() {
	awk '/^Node/ { n += $14 + 2 * $15 } END { print n + 0 }' /proc/buddyinfo
}

# system_call NUMBER ARGS...: prints its errno.
system_call() {
	python3 -c '
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
print(ctypes.get_errno() if libc.syscall(*map(int, sys.argv[1:])) < 0 else 0)' "$@"
}

# Is there a memory cgroup in which we may make one?
has_memory_cgroup() {
	[ -w /sys/fs/cgroup/memory/cgroup.procs ] && return 0
	cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	[ -w "$cgroup" ] && grep -qw memory "$cgroup/cgroup.controllers" 2>/dev/null || return 1
	grep -qw memory "$cgroup/cgroup.subtree_control" || ! [ -e "$cgroup/cgroup.type" ]
}

# Can the kernel's tracing be used: as root, in a build with libtracefs?
has_tracing() {
	[ "$(id -u)" -eq 0 ] && grep -q '^#define HAVE_TRACEFS 1' config.h && unshare -m sh -c '
		mount --make-rprivate / && { [ -e /sys/kernel/tracing/instances ] ||
			mount -t tracefs none /sys/kernel/tracing; } &&
			[ -w /sys/kernel/tracing/instances ] &&
			[ -e /sys/kernel/tracing/events/mmap/exit_mmap ] &&
			[ -e /sys/kernel/tracing/events/mmap_lock ]' 2>/dev/null
}

# Cores among the CPUs that this may use.
cores() {
	for cpu in $(taskset -cp $$ | sed 's/.*: *//' | tr ',' ' '); do
		seq "${cpu%-*}" "${cpu#*-}"
	done | while read -r cpu; do
		cat "/sys/devices/system/cpu/cpu$cpu/topology/thread_siblings_list"
	done | sort -u | wc -l
}

# lacks NEED: 0 where this machine lacks it, 1 where it has it, 2 where nobody can tell.
lacks() {
	case $1 in
	/bin/sh\ and\ /bin/true) ! [ -x /bin/sh ] || ! [ -x /bin/true ] ;;
	a\ memfd\ that\ may\ be\ executed)
		[ "$(cat /proc/sys/vm/memfd_noexec 2>/dev/null || echo 0)" -ge 1 ] ;;
	/proc) ! [ "$(readlink /proc/self/exe)" ] ;;
	System\ V\ shared\ memory) ! [ -r /proc/sysvipc/shm ] ;;
	huge\ pages\ for\ hugetlb= | free\ huge\ pages) [ "$(free_huge_pages)" -lt 4 ] ;;
	transparent\ huge\ pages)
		! grep -q '\[always\]\|\[madvise\]' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null ;;
	and\ memory\ for\ them\ in\ one\ piece) [ "$(large_pieces)" -lt 32 ] ;;
	RLIMIT_MEMLOCK\ of\ all\ pages)
		[ "$(id -u)" -ne 0 ] &&
			awk '/^Max locked memory/ { exit !($4 < 2097152) }' /proc/self/limits ;;
	swap) [ "$(wc -l </proc/swaps)" -le 1 ] ;;
	tracing) ! has_tracing ;;
	another\ core) [ "$(cores)" -lt 2 ] ;;
	another\ CPU) [ "$(nproc)" -lt 2 ] ;;
	process_mrelease*) [ "$(system_call 448 -1 0)" -ne 9 ] ;;
	root) [ "$(id -u)" -ne 0 ] ;;
	a\ memory\ cgroup) ! has_memory_cgroup ;;
	ptrace) [ "$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0)" -ge 3 ] ;;
	vm.overcommit_memory=0) [ "$(cat /proc/sys/vm/overcommit_memory)" -ne 0 ] ;;
	*) return 2 ;;
	esac
}

# parts NEEDS: of a list with commas and semicolons, a line each.
parts() {
	printf '%s\n' "$1" | tr ';' ',' | tr ',' '\n' | sed 's/^ *//'
}

# lacking NEEDS PARAMS: the first of NEEDS that the machine lacks; one "for NAME=" counts only
# where the parameter is among PARAMS.
lacking() {
	parts "$1" | while read -r part; do
		case $part in
		*" for "*=) case " $2" in *" ${part##* }"*) ;; *) continue ;; esac ;;
		esac
		if lacks "$part"; then
			echo "$part"
			break
		fi
	done
}
