#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Children on other CPUs, and what several cores bring.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
. "${srcdir:-.}/tests/cli/needs.sh"
set -u
need python3

fails 2 "child nowhere\|nowhere" "a place that is none" run -o "$tmp/x.exb" --child nowhere
fails 2 "children of exit-time" "a program's children stay" run -o "$tmp/x.exb" -w exit-time \
	--child core
works "where they are" run -q -o "$tmp/s.exb" -w fork-exit --child same --ops 20
check '! "$exitbench" show "$tmp/s.exb" | grep -q "child="' "is the default"
if [ "$(nproc)" -lt 2 ]; then
	fails 3 "no other core" "no second core" run -q -o "$tmp/x.exb" -w fork-exit --child core --ops 20
	finish
fi
run run -q -o "$tmp/c.exb" -w fork-exit --child same,core --ops 50
if [ "$status" -eq 3 ] && lacks "another core"; then
	skip "another core"
else
	ok "$status" "on another core, and where they are, in one run"
	"$exitbench" show "$tmp/c.exb" >"$tmp/out"
	check '[ "$(grep -c "^  cell " "$tmp/out")" -eq 2 ] &&
		[ "$(grep -c "compact child=core" "$tmp/out")" -eq 1 ]' "two cells"
fi
works "one core and two" run -q -o "$tmp/e.exb" -w fork-exit --cores 1,2 --ops 200
"$exitbench" show --json "$tmp/e.exb" >"$tmp/out"
check 'python3 - "$tmp/out" <<"END"
import json, sys
cells = json.load(open(sys.argv[1]))["runs"][0]["cells"]
arms = {c["cores"]: c["arms"][0] for c in cells}
assert arms[1]["efficiency"] == 1 and arms[1]["throughput"] > 0
want = arms[2]["throughput"] / (2 * arms[1]["throughput"])
assert abs(arms[2]["efficiency"] - want) < 1e-9
END' "show has throughput and efficiency"

finish
