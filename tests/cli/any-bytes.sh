#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Labels and names of any bytes, as run takes them and as a file may hold them: every report
# is made, and is valid UTF-8, JSON, XML and CSV.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
need python3
set -u

bad=$(printf 'x\377\303(y')	# neither byte begins a character here

# text FILE: UTF-8 without what a terminal acts on.
text() {
	python3 -c '
import sys, unicodedata
text = open(sys.argv[1], "rb").read().decode("utf-8")
found = [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t"]
sys.exit("control characters: %r" % found if found else 0)' "$1" 2>"$tmp/err"
}

# json FILE [TEXT]: JSON, with TEXT in it as a whole string; U+FFFD is written as ~.
json() {
	python3 -c '
import json, sys
def strings(v):
    if isinstance(v, dict):
        return sum([[k] + strings(x) for k, x in v.items()], [])
    return sum(map(strings, v), []) if isinstance(v, list) else [v]
v = json.load(open(sys.argv[1], encoding="utf-8"))
wanted = sys.argv[2].replace("~", "\ufffd") if len(sys.argv) > 2 else None
sys.exit("no %r in %r" % (wanted, v) if wanted and wanted not in strings(v) else 0)' \
	"$@" 2>"$tmp/err"
}

xml() {
	python3 -c '
import sys, xml.etree.ElementTree as tree
text = "".join(str(e.attrib) for e in tree.parse(sys.argv[1]).iter())
sys.exit(not "\ufffd" in text and "the label is lost")' "$1" 2>"$tmp/err"
}

# rows FILE: CSV whose rows have one length.
rows() {
	python3 -c '
import csv, sys
rows = csv.reader(open(sys.argv[1], encoding="utf-8"))
sys.exit(len({len(row) for row in rows}) != 1 and "rows of several lengths")' "$1" 2>"$tmp/err"
}

# Measuring: what was measured is never lost for its name.
works "run with a label and a file name that are not UTF-8" run -q --json -w fork-exit --ops 400 \
	--arm a --arm b --label "$bad" -o "$tmp/$bad.exb"
check 'json "$tmp/out" "$tmp/x~~(y.exb"' "its summary is JSON"

# The same in every text of a file, with what ends lines, tags, quotes and obeys no writing order.
evil=$(printf 'x\377\303(y\033[2J\n<b>&"'"'"',#|\342\200\256\355\240\200\300\200\177\302\233')
for name in b c; do
	check './tests/cli/hostile-file "$tmp/$name.exb" "$evil" 2>"$tmp/err"' "a hostile file"
done
for with in "" --env; do
	# shellcheck disable=SC2086 # none or one
	works "show --json $with" show --json $with "$tmp/b.exb"
	check 'json "$tmp/out"' "is JSON"
done
works "show" show --verbose "$tmp/b.exb"
check 'text "$tmp/out"' "is UTF-8 for a terminal"
for files in 1 2; do
	set -- "$tmp/b.exb"
	[ $files -eq 1 ] || set -- "$@" "$tmp/c.exb" --before "${evil}0" --after "${evil}1"
	for format in json csv junit ktap markdown text; do
		run compare --format $format "$@"
		check '[ "$status" -le 1 ]' "compare --format $format, $files files"
		cp "$tmp/out" "$tmp/compare"
		[ $format = json ] || check 'text "$tmp/compare"' "is UTF-8 for a terminal"
		case $format in
		json) check 'json "$tmp/compare"' "is JSON" ;;
		junit) check 'xml "$tmp/compare"' "is XML, with the label" ;;
		csv) check 'rows "$tmp/compare"' "is CSV" ;;
		ktap) check '! grep -v "^#\|^KTAP\|^1\.\.\|^ok [0-9]\|^not ok [0-9]" "$tmp/compare" &&
				! grep "ok.*#" "$tmp/compare" | grep -v "# SKIP"' "is KTAP" ;;
		esac
	done
done
works "report" report "$@" -o "$tmp/$bad.html" --json
check 'json "$tmp/out" "$tmp/x~~(y.html"' "its summary is JSON"
check 'text "$tmp/$bad.html"' "the page is UTF-8"
check '! grep -q "<b>&\"" "$tmp/$bad.html" && grep -q "&lt;b&gt;&amp;&quot;&#39;" "$tmp/$bad.html"' \
	"and has no tags of a label"
run plot "$tmp/b.exb" -o "$tmp/$bad.plots" --json
check '[ "$status" -eq 0 ] || { [ "$status" -eq 3 ] && grep -q gnuplot "$tmp/err"; }' "plot"
check 'cat "$tmp/$bad.plots/"*.tsv >"$tmp/tsv" && text "$tmp/tsv"' "its tables are UTF-8"
[ "$status" -ne 0 ] || check 'json "$tmp/out"' "the list of files is JSON"
works "export" export --csv "$tmp/b.exb" -o "$tmp/b.csv"
check 'text "$tmp/b.csv"' "is UTF-8"
works "its CSV can be imported" import --csv "$tmp/b.csv" -o "$tmp/$bad.d.exb" --json
check 'json "$tmp/out" "$tmp/x~~(y.d.exb"' "its summary is JSON"
works "merge" merge "$tmp/b.exb" "$tmp/c.exb" -o "$tmp/$bad.e.exb" --json
check 'json "$tmp/out" "$tmp/x~~(y.e.exb"' "its summary is JSON"
fails 2 "$(printf '\357\277\275')" "an error that names it" show "$tmp/$bad.none"
check 'text "$tmp/err"' "is UTF-8"
finish
