#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes, one harness after the other, each for SECONDS of CPU time, however busy the machine:
# run.sh run|merge BUILD SOURCE SECONDS HARNESS...
# What is found new is kept in BUILD/corpus, so that it goes on where it was stopped; inputs
# that fail are in BUILD/found. "merge" brings the small part of it that covers as much into
# SOURCE/corpus. BUILD/log has a line for each time.
set -eu
mode=$1 build=$2 source=$3 seconds=$4
shift 4
failed=0
mkdir -p "$build/found" "$build/tmp"
# Result files are synced: exb is faster with TMPDIR=/dev/shm.
TMPDIR=${TMPDIR:-$(cd "$build/tmp" && pwd)}
export TMPDIR
# What was freed is kept for a while, as always, but not 256 MiB of it: that is half as fast.
ASAN_OPTIONS=quarantine_size_mb=16:malloc_context_size=10${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS

# children: $cpu is the seconds of CPU time of the programs that have ended.
children() {
	times >"$build/tmp/times-$$" # in a pipe it would be a subshell's
	cpu=$(awk -F '[ms ]' 'END { print int(60 * ($1 + $4) + $2 + $5) }' "$build/tmp/times-$$")
}

for h in "$@"; do
	program=$build/tests/fuzz/$h
	corpus=$build/corpus/$h
	seeds=$source/corpus/$h
	most=4096
	[ "$h" != exb ] || most=65536
	mkdir -p "$corpus"
	if [ "$mode" = merge ]; then
		rm -rf "$build/merged"
		mkdir "$build/merged"
		"$program" -merge=1 -max_len=$most "$build/merged" "$seeds" "$corpus" 2>/dev/null
		rm -f "$seeds"/*
		cp "$build/merged"/* "$seeds/"
		echo "$h: $(find "$seeds" -type f | wc -l) inputs"
		continue
	fi
	children
	begun=$cpu spent=0
	while [ $spent -lt "$seconds" ]; do
		status=0
		nice -n 19 "$program" -max_total_time=$((seconds - spent)) -max_len=$most -timeout=60 \
			-rss_limit_mb=3000 -print_final_stats=1 -artifact_prefix="$build/found/$h-" \
			-dict="$source/dict/$h" "$corpus" "$seeds" 2>"$build/tmp/last-$h" || status=$?
		before=$spent
		children
		spent=$((cpu - begun))
		awk -v h="$h" -v status="$status" -v cpu=$((spent - before)) '
			/^#[0-9]+.* cov: / { cov = $4; ft = $6; corpus = $8 }
			/number_of_executed_units/ { n = $2 }
			END { print h, "status", status, "executions", n, "cpu_s", cpu, "edges", cov,
				"features", ft, "corpus", corpus }' "$build/tmp/last-$h" | tee -a "$build/log"
		[ $status -eq 0 ] || {
			tail -n 40 "$build/tmp/last-$h"
			failed=1
			break
		}
	done
done
rm -f "$build/tmp/times-$$"
exit $failed
