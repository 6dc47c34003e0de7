#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The recipes of doc/result-format.md do what they say.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

f=$tmp/m.exb
works "measure" run -q -o "$f" -w fork-exit,touch-exit --param pages=20 --arm before --arm after \
	--ops 2000 --block-time 1ms

# recipe LANGUAGE: the first such block of the documentation.
recipe() {
	awk -v fence='```'"$1" '$0 == fence { on = 1; next } /^```$/ && on { exit } on' \
		"${srcdir:-.}/doc/result-format.md"
}

if command -v sqlite3 >/dev/null; then
	recipe sql >"$tmp/recipe.sql"
	sqlite3 -readonly -csv "$f" <"$tmp/recipe.sql" >"$tmp/out" 2>"$tmp/err"
	ok $? "SQLite"
	check '[ "$(wc -l <"$tmp/out")" -eq 4 ] && grep -q "^fork-exit,1,before,[0-9]*,[0-9]*\.0," "$tmp/out"' \
		"SQLite: a line for each cell and arm"
else
	skip "sqlite3 is not installed"
	skip "sqlite3 is not installed"
fi

if Rscript -e 'library(DBI); library(RSQLite)' >/dev/null 2>&1; then
	recipe r >"$tmp/recipe.R"
	Rscript "$tmp/recipe.R" "$f" >"$tmp/out" 2>"$tmp/err"
	ok $? "R"
	check '[ "$(grep -c "[0-9]% \[.*\] of [0-9]* pairs" "$tmp/out")" -eq 2 ]' "R: a line for each cell"
else
	skip "R with RSQLite is not installed"
	skip "R with RSQLite is not installed"
fi

if command -v python3 >/dev/null; then
	recipe py >"$tmp/recipe.py"
	run export --csv "$f" -o "$tmp/m.csv"
	python3 "$tmp/recipe.py" <"$tmp/m.csv" >"$tmp/out" 2>"$tmp/err"
	ok $? "Python"
	check '[ "$(grep -c "^[a-z]*-exit 1 [a-z]* [a-z]* p25 .* p99 " "$tmp/out")" -eq 16 ]' \
		"Python: a line for each cell, metric and arm"
else
	skip "python3 is not installed"
	skip "python3 is not installed"
fi

if command -v python3 >/dev/null; then
	recipe python3 >"$tmp/check.py"
	run show --json "$f"
	blocks=$(sed -n 's/.*"blocks_checked": \([0-9]*\).*/\1/p' "$tmp/out")
	python3 "$tmp/check.py" "$f" >"$tmp/out" 2>"$tmp/err"
	check '[ "$(cat "$tmp/out")" = "$blocks blocks are right, 0 are not" ] && [ "$blocks" -gt 4 ]' \
		"Python: check sums"
	cp "$f" "$tmp/bad.exb"
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE part SET fill = fill + 1 WHERE block = 3")
db.commit()' "$tmp/bad.exb"
	python3 "$tmp/check.py" "$tmp/bad.exb" >"$tmp/out" 2>"$tmp/err"
	check 'grep -q " 1 are not" "$tmp/out"' "Python: a wrong one"
	python3 -c 'import re, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
said = {}
for line in open(sys.argv[2]):
    if line.startswith("#"):
        names = said.setdefault(line.strip("# \n").split(":")[0], [])
    elif line.startswith("| `"):
        names += re.findall("`([a-z_]+)`", line.split("|")[1])
for table in "run", "arm", "cell", "block", "part", "note":
    columns = [row[1] for row in db.execute("PRAGMA table_info(%s)" % table)]
    print(table, columns == said[table] or (columns, said[table]))' \
		"$f" "${srcdir:-.}/doc/result-format.md" >"$tmp/out" 2>"$tmp/err"
	check '[ "$(grep -c "^[a-z]* True$" "$tmp/out")" -eq 6 ]' \
		"the columns of a file are those of the documentation, in its order"
else
	skip "python3 is not installed"
	skip "python3 is not installed"
	skip "python3 is not installed"
fi

# The samples as JSON are those of the CSV.
works "export --json" export --json "$f" -o "$tmp/m.json"
if command -v python3 >/dev/null; then
	python3 -c 'import collections, csv, json, sys
a, b = collections.Counter(), collections.Counter()
for run in json.load(open(sys.argv[1]))["runs"]:
    for cell in run["cells"]:
        for block in cell["blocks"]:
            for metric in ("fork", "cycle", "exit", "throughput"):
                for v in block[metric] if isinstance(block[metric], list) else [block[metric]]:
                    a[block["arm"], cell["workload"], str(cell["cores"]), metric, float(v)] += 1
for row in csv.DictReader(open(sys.argv[2])):
    b[row["arm"], row["workload"], row["cores"], row["metric"], float(row["value"])] += 1
sys.exit(not a or a != b)' "$tmp/m.json" "$tmp/m.csv" >"$tmp/out" 2>"$tmp/err"
	ok $? "export --json has the samples of export --csv"
else
	skip "python3 is not installed"
fi
fails 2 'no run 9' "a run that is not there" export --json "$f" --run 9 -o "$tmp/x.json"
check '[ ! -e "$tmp/x.json" ]' "leaves no file"

finish
