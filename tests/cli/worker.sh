#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The worker: what address space it has while it measures, where it runs, and every
# workload in a build of it with a libc (under AddressSanitizer in a sanitizer build).
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
. "${srcdir:-.}/tests/cli/needs.sh"
need ps python3

workers_of() {
	ps -o pid= --ppid "$1" 2>/dev/null | tr -d ' '
}

cpus=$(nproc)
"$exitbench" run -q -o "$tmp/w.exb" -w fork-exit --cores max --time 10m >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 'measures "$tmp/w.exb"'
workers=$(workers_of $pid)
first=$(echo "$workers" | head -n 1)
grep -v vsyscall "/proc/$first/maps" >"$tmp/maps"
sed 's/^/# /' "$tmp/maps"
check '[ "$(echo "$workers" | wc -l)" -eq "$cpus" ]' "a worker for each CPU"
# Its image, the page shared with children, and the two areas that children do not get.
check '[ "$(wc -l <"$tmp/maps")" -eq 4 ]' "it has four mappings"
check '! grep -q "stack\|vdso\|heap" "$tmp/maps"' "no stack, vDSO or heap among them"
check '! grep -q "^[^ ]* .w.p" "$tmp/maps"' "none of them private and writable"
check '[ "$(grep -c "x" "$tmp/maps" | head -n 1)" -ge 1 ] &&
	! grep -q "^[^ ]* .wx" "$tmp/maps"' "none writable and executable"
inherited=$(awk '/^[0-9a-f]+-/ { n++ } /^VmFlags/ && / dc/ { n-- } END { print n }' "/proc/$first/smaps")
grep -q vsyscall "/proc/$first/maps" && inherited=$((inherited - 1))
check '[ "$inherited" -eq 2 ]' "children inherit two of them"
check '[ -z "$(ls "/proc/$first/fd")" ]' "no file descriptor is open"
for w in $workers; do
	grep '^Cpus_allowed_list' "/proc/$w/status"
done | sort -u >"$tmp/allowed"
check '[ "$(wc -l <"$tmp/allowed")" -eq "$cpus" ] && ! grep -q "[-,]" "$tmp/allowed"' \
	"each is bound to a CPU of its own"
for w in $workers; do
	stat -L -c '%d:%i' "/proc/$w/exe"
done | sort -u >"$tmp/exe"
check '[ "$(wc -l <"$tmp/exe")" -eq "$cpus" ]' "each runs from its own copy of the executable"
kill -TERM $pid
wait $pid

EXITBENCH_WORKER=worker/hosted-worker
export EXITBENCH_WORKER
# All but those that are programs of their own, and those whose needs are missing here.
hosted=$("$exitbench" list --json | python3 -c '
import json, sys
for w in json.load(sys.stdin):
    if any(p["name"] == "dose" for p in w["params"]):
        print(w["name"], w["needs"] or "", sep="|")' | while IFS='|' read -r name needs; do
	[ -n "$(lacking "$needs" "")" ] || printf '%s' "$name,"
done)
hosted=${hosted%,}
echo "# hosted: $hosted"
check '[ "$(echo "$hosted" | tr "," "\n" | wc -l)" -ge 12 ]' "most workloads can be had here"
works "every workload in the hosted worker" run -o "$tmp/h.exb" -w "$hosted" --ops 20 \
	--block-time 1ms --lead-in 0 --arm plain --arm dosed:dose=2us,dose_pages=3,dose_vmas=5,dose_ptes=7
# Those that need another CPU share it with a worker then, which is slow.
works "on all CPUs in the hosted worker" run -o "$tmp/h.exb" --ops 60 --cores max \
	-w fork-exit,touch-exit,close-exit,shmem-exit,cow-exit,file-exit,kill-exit,fork-enomem
works "stamp-free in the hosted worker" run -o "$tmp/h.exb" -w "$hosted" --ops 20 --block-time 1ms \
	--param stamp=0
works "ballast in the hosted worker" run -o "$tmp/h.exb" -w fork-exit --ops 60 --arm a \
	--arm b:ballast=500
EXITBENCH_WORKER=$tmp/nothing
fails 3 "worker" "a worker that is not there" run -o "$tmp/n.exb" -w fork-exit
unset EXITBENCH_WORKER

finish
