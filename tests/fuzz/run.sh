#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes, one harness after the other: run.sh run|merge BUILD SOURCE SECONDS HARNESS...
# What is found new is kept in BUILD/corpus, so that it goes on where it was stopped; inputs
# that fail are in BUILD/found. "merge" brings the small part of it that covers as much into
# SOURCE/corpus. BUILD/log has a line for each time.
set -eu
mode=$1 build=$2 source=$3 seconds=$4
shift 4
mkdir -p "$build/found" "$build/tmp"
TMPDIR=$(cd "$build/tmp" && pwd)
export TMPDIR

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
	status=0
	nice -n 19 "$program" -max_total_time="$seconds" -max_len=$most -timeout=60 -rss_limit_mb=3000 \
		-print_final_stats=1 -artifact_prefix="$build/found/$h-" \
		${source:+-dict="$source/dict/$h"} "$corpus" "$seeds" 2>"$build/last" || status=$?
	awk -v h="$h" -v status="$status" '/^#[0-9]+.* cov: / { cov = $4; ft = $6; corpus = $8 }
		/number_of_executed_units/ { n = $2 }
		END { print h, "status", status, "executions", n, "edges", cov, "features", ft, "corpus", corpus }' \
		"$build/last" | tee -a "$build/log"
	[ $status -eq 0 ] || tail -n 40 "$build/last"
done
