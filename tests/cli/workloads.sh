#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each workload of `list` runs, its metrics are those that `list` says, and its child holds
# what the parameters ask for, which `run` itself checks before it measures. Only for want of
# what a workload declares as its needs, and only where the machine is seen to lack it, a
# workload is skipped. WORKLOADS="NAME..." takes these alone.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
. "${srcdir:-.}/tests/cli/needs.sh"
need python3

wanted() {
	case " ${WORKLOADS:-$1} " in *" $1 "*) ;; *) return 1 ;; esac
}

"$exitbench" list --json | python3 -c '
import json, sys
for w in json.load(sys.stdin):
    print(w["name"], " ".join(sorted(w["metrics"])), w["needs"] or "", sep="|")' >"$tmp/list"
check '[ "$(wc -l <"$tmp/list")" -ge 22 ]' "the workloads are listed"

# of WORKLOAD FIELD: its line of the list.
of() {
	awk -F '|' -v name="$1" -v field="$2" '$1 == name { print $field }' "$tmp/list"
}

# consistent CSV WORKLOAD: nothing takes no time; of an operation, nothing takes longer than its
# cycle; of a block, all operations together no longer than its throughput says that it took
# (but for oom-reaped, whose victims die side by side).
consistent() {
	python3 - "$1" "$2" <<'END' >"$tmp/err" 2>&1
import csv, sys
cycle, blocks = {}, {}
for arm, boot, block, name, cores, metric, value in csv.reader(open(sys.argv[1])):
    value = float(value)
    assert value > 0, (block, metric, value)
    blocks.setdefault(block, {}).setdefault(metric, []).append(value)
for block, metrics in blocks.items():
    each = metrics.get("cycle") or metrics.get("exit") or metrics.get("fork")
    for metric in ("exit", "fork"):
        for part, whole in zip(metrics.get(metric, []), metrics.get("cycle", [])):
            assert part <= whole, (block, metric, part, whole)
    if each and sys.argv[2] != "oom-reaped":
        took = len(each) * 1e9 / metrics["throughput"][0]
        assert sum(each) <= took * 1.001, (block, sum(each), took)
END
}

# cannot WHAT WORKLOAD PARAMS: it ended with status 3. Is there a reason for that?
cannot() {
	missing=$(lacking "$(of "$2" 3)" "$3")
	if [ -n "$missing" ]; then
		skip "$1: this machine lacks what it needs, $missing: $(cat "$tmp/err")"
	else
		ok 1 "$1: status 3, and the machine lacks nothing of what it needs: '$(of "$2" 3)'"
	fi
}

# runs WORKLOAD METRICS [K=V...]: a few operations; METRICS in alphabetical order, '' for
# those that the list says.
runs() {
	workload=$1 metrics=$2
	shift 2
	wanted "$workload" || return 0
	[ -n "$metrics" ] || metrics=$(of "$workload" 2)
	params=
	for p in "$@"; do
		params="$params --param $p"
	done
	what="$workload${*:+ $*}"
	rm -f "$tmp/w.exb"
	# shellcheck disable=SC2086 # one word each
	run run -q -o "$tmp/w.exb" -w "$workload" $params --ops 16 --block-time 1ms --lead-in 0
	if [ "$status" -eq 3 ]; then
		cannot "$what" "$workload" "$*"
		return
	fi
	ok "$status" "$what"
	[ "$status" -eq 0 ] || return 0
	"$exitbench" export --csv "$tmp/w.exb" | sed 1d >"$tmp/csv"
	cut -d, -f6 "$tmp/csv" | sort -u | tr '\n' ' ' >"$tmp/out"
	check '[ "$(cat "$tmp/out")" = "$metrics " ]' "$what: measures $metrics"
	check 'consistent "$tmp/csv" "$workload"' "$what: exit and fork are within cycle, and all within the block"
}

while IFS='|' read -r name metrics needs; do
	wanted "$name" || continue
	# It takes 2 s for each as many as are held at a time.
	case $name in
	oom-reaped) runs "$name" '' pages=2000 parallel=16 ;;
	*) runs "$name" '' ;;
	esac
	[ -n "$needs" ] || continue
	known=
	for part in $(parts "$needs" | tr ' ' '~'); do
		part=$(printf '%s' "$part" | tr '~' ' ')
		lacks "$part"
		[ $? -eq 2 ] || known=$part
	done
	check '[ -n "$known" ]' "$name: that it lacks what it needs could be seen"
done <"$tmp/list"

# Parameters that change what is held or measured.
runs fork-exit '' ballast=300
runs fork-exit 'cycle fork throughput' stamp=0
runs exec-exit '' pages=100
runs vma-exit '' vmas=7 accounted=0
runs touch-exit '' pages=300 vmas=100
runs sparse-exit '' tables=33 stride=1G
runs file-exit '' maps=50 files=20 touch=1
runs close-exit '' shm=3 hugetlb=1
runs shmem-exit '' pages=500 own=1
runs cow-exit '' pages=500 written=0
runs cow-exit '' pages=500 written=100
runs thp-exit '' huge=1
runs hugetlb-exit '' huge=3 touched=0
runs thread-exit '' threads=5 busy=0
runs kill-exit '' pages=10 dose=5us dose_pages=20 dose_vmas=10
runs mrelease-exit '' pages=1
runs maps-reader '' smaps=0 readers=3 vmas=20
runs fork-enomem '' vmas=100
runs fork-enomem '' vmas=100 last=1
runs fork-enomem '' vmas=100 full=1

# killed WORKLOAD OPS: that so many children at least died of SIGKILL, strace says, and ptrace
# must let it.
killed() {
	wanted "$1" || return 0
	count=$2
	if ! command -v strace >/dev/null; then
		skip "$1: strace, which says how its children end"
		return
	fi
	if ! strace -o "$tmp/trace" true 2>"$tmp/err"; then
		skip "$1: ptrace, to see how its children end: $(head -n 1 "$tmp/err")"
		return
	fi
	rm -f "$tmp/w.exb"
	strace -f -e trace=none -o "$tmp/trace" "$exitbench" run -q -o "$tmp/w.exb" -w "$1" --ops "$2" \
		--block-time 1ms --lead-in 0 >"$tmp/out" 2>"$tmp/err"
	check '[ "$(grep -c "killed by SIGKILL" "$tmp/trace")" -ge $count ]' "$1: its children are killed"
}
killed kill-exit 16
killed mrelease-exit 16

[ -z "${WORKLOADS:-}" ] || finish

# A CPU is all there is: what needs another one says so.
if command -v taskset >/dev/null; then
	cpu=$(taskset -cp $$ | sed 's/.*[:,-] *//')
	rm -f "$tmp/w.exb"
	status=0
	taskset -c "$cpu" "$exitbench" run -q -o "$tmp/w.exb" -w thread-exit --ops 1 \
		>"$tmp/out" 2>"$tmp/err" || status=$?
	check '[ "$status" -eq 3 ] && grep -q "needs 1 CPU besides" "$tmp/err"' \
		'thread-exit on one CPU: says what is missing'
else
	skip "taskset is not installed"
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

# segments_left: those of processes that are gone.
segments_left() {
	ipcs -m -p | awk '$3 ~ /^[0-9]+$/ { print $3 }' | while read -r creator; do
		[ -d "/proc/$creator" ] || echo "$creator"
	done
}
if command -v ipcs >/dev/null; then
	segments_left >"$tmp/before"
	"$exitbench" run -q -o "$tmp/k.exb" -w close-exit --time 10m >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for 'measures "$tmp/k.exb"'
	ok $? 'close-exit is measured'
	kill -KILL $pid
	wait $pid 2>/dev/null
	check 'wait_for "! segments_left | grep -qvxF -f \"$tmp/before\""' 'killed, it leaves no shared memory'
else
	skip "ipcs is not installed"
fi

finish
