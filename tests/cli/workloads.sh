#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each workload in the worker: it runs, its metrics are those it says, and its child holds
# what the parameters ask for, which `run` itself checks before it measures.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

# runs WORKLOAD METRICS [K=V...]: a few operations; METRICS in alphabetical order.
runs() {
	workload=$1 metrics=$2
	shift 2
	params=
	for p in "$@"; do
		params="$params --param $p"
	done
	rm -f "$tmp/w.exb"
	# shellcheck disable=SC2086 # one word each
	run run -q -o "$tmp/w.exb" -w "$workload" $params --ops 16 --block-time 1ms --lead-in 0
	if [ "$status" -eq 3 ]; then
		skip "$workload $*: $(cat "$tmp/err")"
		return
	fi
	ok "$status" "$workload $*"
	[ "$status" -eq 0 ] || return 0
	"$exitbench" export --csv "$tmp/w.exb" | cut -d, -f6 | sed 1d | sort -u |
		grep -v throughput | tr '\n' ' ' >"$tmp/out"
	check '[ "$(cat "$tmp/out")" = "$metrics " ]' "$workload $*: measures $metrics"
}

all='cycle exit fork'
runs fork-exit "$all"
runs fork-exit "$all" ballast=300
runs fork-exit 'cycle fork' stamp=0
runs exec-exit 'cycle fork'
runs exec-exit 'cycle fork' pages=100
runs vma-exit "$all"
runs vma-exit "$all" vmas=7 accounted=0
runs touch-exit "$all"
runs touch-exit "$all" pages=300 vmas=100
runs sparse-exit "$all"
runs sparse-exit "$all" tables=33 stride=1G
runs file-exit "$all"
runs file-exit "$all" maps=50 files=20 touch=1
runs close-exit "$all"
runs close-exit "$all" shm=3 hugetlb=1
runs shmem-exit "$all"
runs shmem-exit "$all" pages=500 own=1
runs cow-exit "$all"
runs cow-exit "$all" pages=500 written=0
runs cow-exit "$all" pages=500 written=100
runs thp-exit "$all"
runs thp-exit "$all" huge=1
runs hugetlb-exit "$all"
runs hugetlb-exit "$all" huge=3 touched=0
runs mlock-exit "$all"
runs swap-exit "$all"
runs thread-exit "$all"
runs thread-exit "$all" threads=5 busy=0
runs kill-exit "$all"
runs kill-exit "$all" pages=10 dose=5us dose_pages=20 dose_vmas=10

runs mrelease-exit "$all release"
runs mrelease-exit "$all release" pages=1
runs maps-reader "$all"
runs maps-reader "$all" smaps=0 readers=3 vmas=20
runs fork-enomem fork
runs fork-enomem fork vmas=100
runs fork-enomem fork vmas=100 last=1
runs fork-enomem fork vmas=100 full=1

# A CPU is all there is: what needs another one says so.
if command -v taskset >/dev/null; then
	cpu=$(taskset -cp $$ | sed 's/.*[:,-] *//')
	rm -f "$tmp/w.exb"
	status=0
	taskset -c "$cpu" "$exitbench" run -q -o "$tmp/w.exb" -w thread-exit --ops 1 \
		>"$tmp/out" 2>"$tmp/err" || status=$?
	check '[ "$status" -eq 3 ] && grep -q "needs 1 CPU besides" "$tmp/err"' \
		'thread-exit on one CPU: says what is missing'
fi

# The bounds of the above.
rm -f "$tmp/w.exb"
fails 3 'vm.max_map_count' 'more VMAs than a process may have' run -q -o "$tmp/w.exb" \
	-w vma-exit --param vmas=1000000 --ops 1
fails 3 'touched is more than huge' 'more huge pages touched than mapped' run -q \
	-o "$tmp/w.exb" -w hugetlb-exit --param huge=1 --param touched=2 --ops 1
fails 3 'tables times stride' 'more addresses than there are' run -q -o "$tmp/w.exb" \
	-w sparse-exit --param tables=60000 --param stride=1024G --ops 1
check '! "$exitbench" list --json | grep -q "\"proof\": null"' 'list names a proof of each'

if command -v ipcs >/dev/null; then
	"$exitbench" run -q -o "$tmp/k.exb" -w close-exit --time 20s >/dev/null 2>&1 &
	pid=$!
	sleep 1
	kill -KILL $pid
	wait $pid 2>/dev/null
	sleep 0.2
	for creator in $(ipcs -m -p | awk '$3 ~ /^[0-9]+$/ { print $3 }'); do
		[ -d "/proc/$creator" ] || echo "$creator"
	done >"$tmp/out"
	check '[ ! -s "$tmp/out" ]' 'close-exit, killed, leaves no shared memory'
fi

finish
