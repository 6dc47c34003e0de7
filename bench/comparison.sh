#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The speed of one comparison beside the same bootstrap in R, where R is installed; R does
# a few replicates, and what 2,000 would take is extrapolated. Run by `make bench`.
set -eu

comparison=${COMPARISON:-bench/comparison}
here=$(dirname "$0")
rounds=100000 samples=100 replicates=3
tmp=$(mktemp -d "${TMPDIR:-/tmp}/exitbench-bench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

echo "comparison of $rounds rounds of $samples samples a side"
if ! command -v Rscript >/dev/null; then
	echo "  exitbench: $("$comparison" $rounds $samples)"
	echo "  R is not installed (apt-get install r-base-core): no ratio"
	exit 0
fi
ours=$("$comparison" $rounds $samples "$tmp/samples")
each=$(Rscript "$here/comparison.R" "$tmp/samples" $rounds $samples $replicates)
echo "  exitbench: $ours"
echo "$ours" | awk -v each="$each" -v n=$replicates '{
	cpu = $3; total = $7
	printf "  R: %.1f s of CPU a replicate (of %d), so %.0f s for %d, extrapolated\n",
		each, n, each * total, total
	printf "  R / exitbench, CPU time    %.0f\n", each * total / cpu
}'
