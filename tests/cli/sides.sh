#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Sides that differ in more than what is compared: machines, set-ups, operations that failed,
# cells and units that only one side has. What compare and report say of it.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
need python3
EXITBENCH_DATADIR=${srcdir:-.}/analysis/gnuplot
export EXITBENCH_DATADIR

# side NAME BOOT CELL...: a file of that side, with these cells.
side() {
	name=$1 boot=$2
	shift 2
	echo arm,boot,block,workload,cores,metric,value >"$tmp/$name.csv"
	for cell in "$@"; do
		awk -v boot="$boot" -v cell="$cell" 'BEGIN {
			for (b = 0; b < 12; b++) for (i = 0; i < 20; i++)
				print "run," boot "," b "," cell ",1,exit," 5000 + 37 * ((i * 7 + b * 3) % 20)
		}'
	done >>"$tmp/$name.csv"
	rm -f "$tmp/$name.exb"
	"$exitbench" import --csv "$tmp/$name.csv" -o "$tmp/$name.exb" >/dev/null
}

# edit FILE PYTHON: with the file open as db.
edit() {
	python3 -c 'import json, sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    exec(sys.argv[2])' "$1" "$2"
	reseal "$1"
}

# both FILE-SUFFIX: compare and report of before and after.
both() {
	run compare "$tmp/before.exb" "$tmp/after.exb"
	cp "$tmp/out" "$tmp/compared"
	works "report: $1" report "$tmp/before.exb" "$tmp/after.exb" -o "$tmp/r.html"
}

side before b1 one both
side after b2 both two
both "cells of one side"
check 'grep -q "one, 1 core was measured before only" "$tmp/compared" &&
	grep -q "two, 1 core was measured after only" "$tmp/compared"' "compare names them"
check 'grep -q "before only" "$tmp/r.html" && grep -q "after only" "$tmp/r.html"' "so does report"
check 'grep -q "does not say what it was measured on" "$tmp/r.html"' "an imported file is of no machine"

# A real machine's facts.
"$exitbench" run -q -t 50ms -w fork-exit -o "$tmp/here.exb" >/dev/null 2>&1
"$exitbench" show --env "$tmp/here.exb" >"$tmp/here.json"
# facts FILE PYTHON: FILE was measured on that machine, but for the change to e.
facts() {
	edit "$1" "e = json.load(open('$tmp/here.json'))
$2
db.execute('UPDATE run SET environment = ?', (json.dumps(e),))"
}

side before b1 both
side after b2 both
facts "$tmp/before.exb" ""
facts "$tmp/after.exb" ""
both "the same machine and boot"
check '! grep -q " differs: " "$tmp/compared"' "compare sees no difference"
check 'grep -q "on the same machine and boot" "$tmp/r.html"' "nor does report"
facts "$tmp/after.exb" "e['kernel']['boot_id'] = 'another'"
both "another boot"
check '! grep -q " differs: " "$tmp/compared"' "compare sees no difference that matters"
check 'grep -q "agree in every fact" "$tmp/r.html"' "nor does report"
facts "$tmp/after.exb" "e['cpu']['model'] = '<b>Abacus</b> 7'; e['kernel']['aslr'] = 0"
both "another machine"
check 'tr "\n" " " <"$tmp/compared" | tr -s " " |
	grep -q "The machine differs: cpu.model was [^.]* before and is <b>Abacus</b> 7 after"' \
	"compare tells how"
check 'grep -q "≠ another machine" "$tmp/r.html" && grep -q "&lt;b&gt;Abacus&lt;/b&gt; 7" "$tmp/r.html" &&
	! grep -q "<b>Abacus" "$tmp/r.html"' "so does report, as text"

check 'tr "\n" " " <"$tmp/compared" | tr -s " " |
	grep -q "The configuration differs: kernel.aslr was 2 before and is 0 after" ||
	! grep -q "\"aslr\": 2" "$tmp/here.json"' "and how it is set up"
check 'grep -q "≠ set up differently" "$tmp/r.html"' "so does report"

side before b1 both
side after b2 both
edit "$tmp/after.exb" 'db.execute("UPDATE part SET failed = 2")'
both "failed operations"
check 'grep -q "Of exit of both, 1 core, 0 operations failed before and 24 after" "$tmp/compared"' \
	"compare counts them"
check 'grep -q "0 operations failed before and 24 after" "$tmp/r.html"' "so does report"
run compare --format markdown "$tmp/before.exb" "$tmp/after.exb"
check 'grep -q "^- Of exit of both.* 24 after" "$tmp/out"' "and Markdown"
run compare --format ktap "$tmp/before.exb" "$tmp/after.exb"
check 'grep -q "^# Of exit of both.* 24 after" "$tmp/out"' "and KTAP"

side after b2 both
edit "$tmp/after.exb" 'db.execute("UPDATE run SET unit = ?", ("instructions",))'
fails 2 'in ns and in instructions' "another unit" compare "$tmp/before.exb" "$tmp/after.exb"
side after b2 other
fails 2 'no cell\|nothing in common\|no .* in common' "no cell in common" compare "$tmp/before.exb" "$tmp/after.exb"
finish
