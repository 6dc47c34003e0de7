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

finish
