# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For tests that boot guests: sourced after tap.sh. $kernel is one to boot; without one, or
# without QEMU, the test is skipped.
# shellcheck disable=SC2016,SC2034,SC2154 # of tap.sh; conditions are strings for wait_for()
need qemu-system-x86_64 python3
if [ "$(uname -m)" != x86_64 ]; then
	echo "1..0 # SKIP the lab has guests for x86-64 only so far"
	exit 0
fi

find_kernel() {
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/exitbench/lab
	for k in "${EXITBENCH_TEST_KERNEL:-}" kernel/boot/vmlinuz-* "$cache"/kernels/*/bzImage \
		/boot/vmlinuz-*; do
		[ -f "$k" ] && [ -r "$k" ] && echo "$k" && return
	done
}

kernel=$(find_kernel)
if [ -z "$kernel" ]; then
	echo "1..0 # SKIP no kernel to boot: set EXITBENCH_TEST_KERNEL to a vmlinuz"
	exit 0
fi
EXITBENCH_DATADIR=${srcdir:-.}/analysis/gnuplot
export EXITBENCH_DATADIR

# Not what is asked for its version and has ended before it can be waited for.
guests_of() {
	# shellcheck disable=SC2013 # it is one line, of words
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		case $(cat "/proc/$child/comm" 2>/dev/null) in
		qemu*) echo "$child" ;;
		esac
	done
}

gone() {
	for p in "$@"; do
		[ -d "/proc/$p" ] && ! grep -q '^State:.*Z' "/proc/$p/status" 2>/dev/null && return 1
	done
	return 0
}
