#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What fuzzing found, and what covers each reader, goes through it without harm.
. "${srcdir:-.}/tests/tap.sh"
set -u

for harness in blob cpus csv exb json words; do
	TMPDIR=$tmp tests/fuzz/$harness "${srcdir:-.}/tests/fuzz/corpus/$harness" >"$tmp/out" 2>"$tmp/err"
	ok $? "$harness: $(cat "$tmp/out")"
done

finish
