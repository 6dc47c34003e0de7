#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Workloads that cannot be had here: skipped with the reason, an error if named.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
need python3

# A program that is not there makes exit-time one of them, on every machine.
EXITBENCH_LIBEXECDIR=$tmp/nowhere
export EXITBENCH_LIBEXECDIR
fails 3 "exit-time" "named: an error" run -q -o "$tmp/n.exb" -w exit-time,fork-exit --ops 20
check '[ "$(sql "$tmp/n.exb" "SELECT count(*) FROM block" 2>/dev/null || echo 0)" = 0 ]' \
	"nothing was measured"
works "by a glob: skipped" run -q -o "$tmp/g.exb" -w 'exit-t*,fork-exit' --ops 20
check 'grep -q "exit-time is skipped: .*exit-time: No such file" "$tmp/err"' "with the reason"
check '[ "$(sql "$tmp/g.exb" "SELECT DISTINCT workload FROM cell")" = fork-exit ]' \
	"it has no cell in the file"
check '[ "$(sql "$tmp/g.exb" "SELECT count(*) FROM note WHERE kind = '"'skipped'"'")" = 1 ]' \
	"but a note"
fails_all() {
	status=0
	"$exitbench" run -q -o "$tmp/a.exb" -w 'exit-t*' --ops 20 >"$tmp/out" 2>"$tmp/err" || status=$?
	[ "$status" -eq 3 ] && grep -q "nothing to measure" "$tmp/err"
}
check fails_all "all of it skipped: an error"
works "named by a glob and by itself is named, but it is there" run -q -o "$tmp/b.exb" \
	-w 'fork-*,fork-exit' --ops 20
fails 3 "exit-time" "named after a glob" run -q -o "$tmp/c.exb" -w 'exit-*,exit-time' --ops 20
run prove -q -w 'exit-t*' --ops 5
check '[ $status -eq 0 ] && grep -q "^  skipped .*exit-time" "$tmp/out"' "prove skips it, too"
run prove -q -w exit-time --ops 5
check '[ $status -eq 3 ]' "but not by its name"

finish
