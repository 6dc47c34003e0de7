#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench history, end to end: what it prints, other data, bad data.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

data=${srcdir:-.}/analysis/published.json
doc=${srcdir:-.}/doc/history.md
bad=$tmp/bad.json

# change EXPRESSION: the published data through sed, into $bad.
change() {
	sed "$1" "$data" >"$bad"
}

works "works" history
check '[ ! -s "$tmp/err" ]' "says nothing on stderr"
check 'awk "length > 80 { exit 1 }" "$tmp/out"' "80 columns"
tr -s ' \n' ' ' <"$tmp/out" >"$tmp/flat"
check 'grep -q "mean +4.2% +- 3.7% (one standard error), Welch t = 1.17, 6 degrees of freedom, p = 0.28, 95% interval -4.5% to +12.9%" "$tmp/flat"' \
	"the shell test of July 2017"
check 'grep -q "cannot tell: from -4.5% to +12.9%" "$tmp/flat"' "its verdict"
check 'grep -q "None of the 7 comparisons can tell" "$tmp/flat"' "and that of all"
sed -n 's/.*"source": "\(.*\)",/\1/p' "$data" >"$tmp/sources"
check '[ "$(wc -l <"$tmp/sources")" -ge 7 ] && while read -r id; do
	grep -qF "$id" "$tmp/out" || return 1
done <"$tmp/sources"' "every source"

cp "$tmp/out" "$tmp/built-in"
works "its own data from the file" history --data "$data"
check 'cmp -s "$tmp/out" "$tmp/built-in"' "print the same"
works "a margin that one comparison can tell" history --margin 10
check 'grep -q "^ *verdict *no change" "$tmp/out"' "is told"
works "Markdown" history --markdown
check '[ "$(grep -c "^| .*-20[12][0-9]-" "$tmp/out")" -eq 8 ]' "has a row for each figure judged"

check 'cat "$tmp/out" | while IFS= read -r row; do
	grep -qxF -- "$row" "$doc" || exit 1
done' "and is the table of doc/history.md"

works "JSON" history --json
if command -v python3 >/dev/null; then
	check 'python3 -c "
import json, sys
h = json.load(open(sys.argv[1]))
c = {x[\"id\"]: x for x in h[\"comparisons\"]}
f = c[\"shutemov-2017-spawn\"][\"figures\"][0]
assert [round(v, 1) for v in f[\"ci_pct\"]] == [-4.5, 12.9], f
assert f[\"verdict\"] == \"inconclusive\" and round(f[\"p\"], 2) == 0.28, f
assert c[\"hocko-2017-exit\"][\"figures\"][0][\"ci_pct\"] == [None, None]
assert c[\"baghdasaryan-2021-lock\"][\"borrowed\"][\"from\"] == \"shutemov-2017-exit\"
own = json.load(open(sys.argv[2]))[\"comparisons\"]
for x in own:
    for k in (\"before\", \"after\", \"source\", \"reading\"):
        assert c[x[\"id\"]][k] == x[k], (x[\"id\"], k)
" "$tmp/out" "$data" 2>"$tmp/err"' "is valid, and holds the figures as published"
else
	skip "python3 is not installed"
fi

# Bad data: file, line, what.
fails 2 "none.json: cannot read it: No such file" "missing file" history --data "$tmp/none.json"
fails 2 "cannot read it: Is a directory" "directory" history --data "$tmp"
fails 2 "/dev/zero: cannot read it: File too large" "no end" history --data /dev/zero
: >"$bad"
fails 2 "bad.json:1: " "empty file" history --data "$bad"
change '/"reading": "noise"/s/,$//'
fails 2 "bad.json:$(grep -n 'reading": "noise"' "$bad" | sed 's/:.*//;q' | awk '{ print $1 + 1 }'):" \
	"syntax error" history --data "$bad"
line() {
	grep -n '"id"' "$data" | sed -n "$1s/:.*//p" | awk '{ print $1 - 1 }'
}
change 's/"machine": "arm64",//'
fails 2 "bad.json:$(line 7): Object item not found: machine" "missing key" history --data "$bad"
change 's/"note"/"nota"/'
fails 2 "bad.json:$(line 5): .*nota" "misspelt key" history --data "$bad"
change 's/"sem_pct": 3.15/"sem_pct": 0/'
fails 2 "bad.json:$(line 2): before: needs either runs, or" "no standard error" history --data "$bad"
change 's/79.46/"79.46"/'
fails 2 "bad.json:$(line 1): before: 'total' must be a positive number" "text for a number" \
	history --data "$bad"
change 's/"log median"/"log p50"/'
fails 2 "bad.json:$(line 4): figures: p50 is not in every run" "unknown figure" history --data "$bad"
change 's/"from": "shutemov-2017-exit"/"from": "shutemov-2017-spawn"/'
fails 2 "bad.json:$(line 3): borrow: shutemov-2017-spawn must be another" "wrong lender" \
	history --data "$bad"
change 's/"test": "reaper"/"test": "raeper"/'
fails 2 "bad.json:$(line 7): test: raeper is not among tests" "unknown test" history --data "$bad"
change 's/"machine": "arm64"/"machine": "a\\u001b[2J"/'
fails 2 "bad.json:$(line 7): .*each string must be text" "control characters" history --data "$bad"
change 's/"2025-09"/"September"/'
fails 2 "bad.json:$(line 7): when: September is not YYYY-MM" "not a month" history --data "$bad"
change 's/hocko-2017-exit/hocko-2017-spawn/'
fails 2 "bad.json:$(line 3): id: hocko-2017-spawn is there twice" "same id twice" \
	history --data "$bad"
change 's/"format": 1/"format": 2/'
fails 2 "bad.json: format 2; this program reads 1" "later format" history --data "$bad"

fails 2 "one argument too many: x" "argument" history x
fails 2 "choose one" "two formats" history --json --markdown
fails 2 "--margin 0" "margin 0" history --margin 0
finish
