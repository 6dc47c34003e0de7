#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make check-lab: builds the shipped variants of Debian's 6.1 (minutes, once) and measures
# them all. $EXITBENCH_LAB_OPTIONS is added to each 'exitbench lab', such as --cache DIR or
# --source linux-6.12.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
need qemu-system-x86_64 python3 spatch make gcc flex bison bc
EXITBENCH_DATADIR=${srcdir:-.}/analysis
export EXITBENCH_DATADIR
all=nolock,before,v1,v2,stock

# lab WHAT ARGS...
lab() {
	what=$1
	shift
	# shellcheck disable=SC2086 # options
	works "$what" lab ${EXITBENCH_LAB_OPTIONS:-} -q "$@"
}

# each EXPRESSION WHAT: true of each row's changes, k, of the last table.
each() {
	r=0
	python3 -c 'import json, sys
for row in json.load(open(sys.argv[1]))["rows"]:
    k = {name: e["change"] for name, e in row["kernels"].items() if e}
    print("#", row["metric"], "of", row["workload"], row["params"], k)
    if not eval(sys.argv[2]):
        sys.exit(1)' "$tmp/table" "$1" || r=1
	ok $r "$2"
}

lab "all variants, all workloads that a guest can run" -V "$all" -w '*' --json -o "$tmp/1.exb"
cp "$tmp/out" "$tmp/table"
# What a lock costs in instructions: the same for every workload, within what code layout does.
each 'k["nolock"] == 0' "nolock is the reference"
each '0 < k.get("v2", 1) < 60' "v2: a lock is a few tens of instructions"
each 'k.get("stock", 2) > k.get("v2", 1)' "stock: two locks are more than one"
each '0 < k.get("v1", 1) <= k.get("v2", 1)' "v1: no more than v2"
each 'abs(k.get("before", 0)) < 10' "before: next to nothing"

lab "again" -V "$all" -w '*' --json -o "$tmp/2.exb"
for i in 1 2; do
	works "its samples" export --csv "$tmp/$i.exb" -o "$tmp/$i.csv"
done
# Guests end in any order; that of the lines says nothing.
check 'sort "$tmp/1.csv" >"$tmp/1.sorted" && sort "$tmp/2.csv" | cmp - "$tmp/1.sorted"' \
	"two complete runs: identical samples of every workload"

lab "a planted loop" -V "stock,${srcdir:-.}/tests/data/lab/loop.cocci" --json -o "$tmp/loop.exb"
cp "$tmp/out" "$tmp/table"
each 'k["loop"] == 2003' "2003 instructions more in exit_mmap are found as 2003"
finish
