#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A large machine's results, simulated: nothing is lost, and memory does not grow with them.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
large=bench/large

# MiB of resident memory that exitbench with these arguments takes at most.
memory_of() {
	"$large" measure "$exitbench" "$@" 2>&1 >"$tmp/out" | sed -n 's/.* \([0-9]*\)\.[0-9]* MiB.*/\1/p'
}

status=0
"$large" plan -c 256 >"$tmp/out" 2>"$tmp/err" || status=$?
check '[ $status -eq 0 ] && grep -q "cells on 256 CPUs" "$tmp/out"' "a plan for 256 CPUs"

# 512 parts of 100 operations are a block: 12 million in 2 boots a side, one cell.
mkdir "$tmp/few" "$tmp/many"
"$large" make -n 2e5 -c 256 -w 1 -b 2 "$tmp/few" 2>"$tmp/err" || status=$?
"$large" make -n 12e6 -c 256 -w 1 -b 2 "$tmp/many" 2>>"$tmp/err" || status=$?
ok $status "results of 256 CPUs"
few=$(memory_of compare "$tmp/few/before.exb" "$tmp/few/after.exb")
many=$(memory_of compare --json "$tmp/many/before.exb" "$tmp/many/after.exb")
cp "$tmp/out" "$tmp/json"
echo "# compare: $few MiB for 0.2 million operations, $many MiB for 12 million"
check '[ "$(grep -c "\"samples\": 6000128$" "$tmp/json")" -eq 2 ]' "every sample counts"
if sanitized; then
	skip "memory: of a build with sanitizers it says nothing"
else
	check '[ "$many" -le $((few + 56)) ]' \
		"60 times the samples, 92 MiB of them: 32 MiB of samples and of their values"
fi
works "both in one file" merge -o "$tmp/both.exb" "$tmp/many/before.exb" "$tmp/many/after.exb"
works "is shown" show "$tmp/both.exb"
finish
