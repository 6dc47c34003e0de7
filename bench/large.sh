#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A large machine's results, simulated: 256 CPUs, 20 workloads, 10 boots a side. For OPS
# operations in all (1e6 1e7 1e8; 1e9 takes 6 GB of disk), the time, CPU time and peak memory
# of each command. Run by `make bench-large`; files are in DIR, and removed afterwards.
set -eu

exitbench=${EXITBENCH:-./exitbench}
large=${LARGE:-bench/large}
tmp=$(mktemp -d "${DIR:-${TMPDIR:-/var/tmp}}/exitbench-large.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# measure NAME COMMAND...: what it took, in front of its name. Status 1 is a regression.
measure() {
	name=$1
	shift
	"$large" measure "$@" >/dev/null || [ $? -eq 1 ]
	echo "$name" >&2
}

"$large" plan
for ops in ${OPS:-1e6 1e7 1e8}; do
	echo "$ops operations"
	measure "simulate and store" "$large" make -n "$ops" "$tmp"
	du -h "$tmp/before.exb" "$tmp/after.exb"
	measure compare "$exitbench" compare "$tmp/before.exb" "$tmp/after.exb"
	measure "show (one of the two)" "$exitbench" show "$tmp/before.exb"
	[ -n "${COMPARE_ONLY-}" ] ||
		measure report "$exitbench" report -o "$tmp/report.html" "$tmp/before.exb" "$tmp/after.exb"
	measure "merge (both into one)" "$exitbench" merge -o "$tmp/both.exb" \
		"$tmp/before.exb" "$tmp/after.exb"
	if [ "${ops#*e}" -le 7 ]; then
		measure "export (one)" "$exitbench" export --csv "$tmp/before.exb" -o "$tmp/rows.csv"
		measure "import (that)" "$exitbench" import --csv "$tmp/rows.csv" -o "$tmp/rows.exb"
		du -h "$tmp/rows.csv"
	fi
	rm -f "$tmp"/*
done
