#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What each command prints, in each format: the same known samples, as text, Markdown, CSV and JSON.
# Nothing is measured.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
need python3
EXITBENCH_DATADIR=${srcdir:-.}/analysis/gnuplot
export EXITBENCH_DATADIR
f=$tmp/f.exb

# is_json EXPRESSION: of what the program printed, as d.
is_json() {
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(not eval("(" + sys.argv[2] + ")"))' "$tmp/out" "$1"
}

# Both are what one does with the samples of some other benchmark.
awk 'BEGIN {
	print "arm,boot,block,workload,cores,metric,value"
	for (b = 0; b < 20; b++) for (a = 0; a < 2; a++) for (i = 0; i < 20; i++)
		print "arm" a ",b," b ",one,1,exit," (5000 + 37 * ((i * 7 + b * 3) % 20)) * (1 + 0.1 * a)
}' >"$tmp/in.csv"
works "import --json" import --json --csv "$tmp/in.csv" -o "$f"
check 'is_json "d[\"rows\"] == 800 and [(r[\"boot\"], r[\"arms\"], r[\"cells\"], r[\"blocks\"],
	r[\"samples\"]) for r in d[\"runs\"]] == [(\"b\", 2, 1, 40, 800)]"' "tells what it took in"
works "merge --json" merge --json "$f" -o "$tmp/m.exb"
check 'is_json "(d[\"copied\"], d[\"already_there\"], d[\"still_measured\"]) == (1, 0, 0)"' \
	"tells what it copied"
works "once more" merge --json "$f" -o "$tmp/m.exb"
check 'is_json "(d[\"copied\"], d[\"already_there\"]) == (0, 1)"' "copies nothing"
run compare "$f"
check '[ $status -eq 1 ]' "compare: a regression"
# The statistics are tested elsewhere: here, that each format says them.
check 'grep -q "^ *50 *5\.35 µs *5\.89 µs *+10\.00 " "$tmp/out" &&
	grep -q "^  effect   +10\.00% \[+10\.00, +10\.00\]" "$tmp/out" &&
	grep -q "^verdict regression, margin 1%, 1 cell" "$tmp/out"' "as text"
run compare --format markdown "$f"
check '[ $status -eq 1 ] && grep -q "^\*\*regression\*\* (margin 1%" "$tmp/out" &&
	grep -q "^| p | before | after | change % |" "$tmp/out" &&
	grep -q "exit of one, 1 core +10\.00% \[+10\.00, +10\.00\]; at its worst percentile, p95, +10\.00% \[+9\.[0-9]*, +10\.[0-9]*\] worse\.$" "$tmp/out" &&
	grep -q "^| 50 | 5\.35 µs | 5\.89 µs | +10\.00 | \[+9\.[0-9]*, +10\.[0-9]*\] |" "$tmp/out" &&
	grep -q "^Effect +10\.00% .*\*\*regression\*\*" "$tmp/out"' "as Markdown"
run compare --format csv "$f"
check '[ $status -eq 1 ] && python3 -c "
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
assert [r[\"p\"] for r in rows] == [\"1\", \"5\", \"10\", \"25\", \"50\", \"75\", \"90\", \"95\", \"99\", \"99.9\"]
r = rows[4]
assert (r[\"workload\"], r[\"cores\"], r[\"metric\"], r[\"unit\"], r[\"verdict\"]) == \
	(\"one\", \"1\", \"exit\", \"ns\", \"regression\")
assert (r[\"before\"], r[\"after\"], r[\"delta_pct\"]) == (\"5351.5\", \"5886.65\", \"10\")
assert float(r[\"ci_lo_pct\"]) < 10 < float(r[\"ci_hi_pct\"])
assert float(r[\"band_lo_pct\"]) < 10 < float(r[\"band_hi_pct\"])
assert not any(None in r or None in r.values() for r in rows)" "$tmp/out"' "as CSV"
run compare --format json "$f"
cp "$tmp/out" "$tmp/json"
run compare -j "$f"
check 'cmp -s "$tmp/out" "$tmp/json" && is_json "d[\"verdict\"] == \"regression\" and
	[round(p[\"delta_pct\"], 2) for p in d[\"cells\"][0][\"percentiles\"]] == [10] * 10 and
	[round(p[\"before\"], 1) for p in d[\"cells\"][0][\"percentiles\"] if p[\"p\"] == 50] == [5351.5] and
	d[\"cells\"][0][\"worst\"][\"p\"] == 95 and
	[round(x, 2) for x in d[\"cells\"][0][\"effect\"][\"ci_pct\"]] == [10, 10]"' "as JSON, by both names"
works "list --json" list --json
check 'is_json "len(d) >= 22 and all(w[\"summary\"] and w[\"drives\"] and w[\"primary\"] in w[\"metrics\"]
	and all(p[\"min\"] <= p[\"default\"] <= p[\"max\"] and p[\"help\"] for p in w[\"params\"]) for w in d)
	and next(w for w in d if w[\"name\"] == \"touch-exit\")[\"params\"][0][\"name\"] == \"pages\""' \
	"has workloads with their parameters"
works "list" list
check '[ "$(grep -c "^ *\(fork\|vma\|touch\|oom\)-exit " "$tmp/out")" -eq 4 ]' "has them as text"
works "doctor --json" doctor --json
check 'is_json "len(d[\"findings\"]) > 0 and all(f[\"id\"] and f[\"what\"] and f[\"severity\"] in
	(\"ok\", \"low\", \"medium\", \"high\") for f in d[\"findings\"])"' "has findings"
works "lab variants --json" lab variants --json
check 'is_json "[v[\"name\"] for v in d][:2] == [\"nolock\", \"before\"] and len(d) >= 5 and
	all(v[\"summary\"] and v[\"text\"] for v in d)"' "has variants"
works "show --json" show --json "$f"
check 'is_json "[(r[\"status\"], r[\"unit\"], [a[\"name\"] for a in r[\"arms\"]],
	[(c[\"workload\"], c[\"primary\"], [a[\"recorded\"] for a in c[\"arms\"]]) for c in r[\"cells\"]])
	for r in d[\"runs\"]] == [(\"done\", \"ns\", [\"arm0\", \"arm1\"], [(\"one\", \"exit\", [400, 400])])]"' \
	"has what the file holds"
works "show" show "$f"
check 'grep -q "^    arm0 *20 *400 *400 " "$tmp/out"' "has it as text"
# Of ten cells, one is a regression by itself, just so: after Holm's correction the whole is none.
# cells N DOSE: N cells, the first slower by DOSE tenths of a per mille.
cells() {
	rm -f "$tmp/holm.exb"
	awk -v n="$1" -v dose="$2" 'function noise() {
		x = (x * 69069 + 1) % 4294967296
		return x / 4294967296 - 0.5
	}
	BEGIN {
		print "arm,boot,block,workload,cores,metric,value"
		for (w = 0; w < n; w++) for (b = 0; b < 40; b++) for (a = 0; a < 2; a++) for (i = 0; i < 10; i++)
			printf "arm%d,b,%d,w%d,1,exit,%d\n", a, b, w,
				5000 * (1 + 0.1 * noise()) * (1 + (w == 0) * a * dose / 10000)
	}' >"$tmp/holm.csv"
	"$exitbench" import --csv "$tmp/holm.csv" -o "$tmp/holm.exb" >"$tmp/out" 2>"$tmp/err"
	run compare --json "$tmp/holm.exb"
}
dose=100
status=0
while [ $status -ne 1 ] && [ $dose -lt 500 ]; do
	dose=$((dose + 5))
	cells 1 $dose
done
check '[ $status -eq 1 ]' "a cell is a regression by itself"
cells 10 $dose
check '[ $status -ne 1 ] && is_json "d[\"verdict\"] != \"regression\" and
	[c[\"verdict\"] for c in d[\"cells\"] if c[\"workload\"] == \"w0\"] == [\"regression\"]"' \
	"but of ten cells it may be chance"
# Of what was started, not all is recorded: here the two are not the same.
works "a measured run" run -q -o "$tmp/run.exb" --arm a -w fork-exit --ops 200
works "its samples" export --csv "$tmp/run.exb"
samples=$(grep -c '^"*a.*exit,[0-9.]*$' "$tmp/out")
works "show --json of it" show --json "$tmp/run.exb"
check 'is_json "[(a[\"recorded\"], a[\"started\"] > a[\"recorded\"]) for a in d[\"runs\"][0][\"cells\"][0][\"arms\"]] ==
	[($samples, True)]"' "recorded is what has samples"
row=$(python3 -c 'import json, sys
a, = json.load(open(sys.argv[1]))["runs"][0]["cells"][0]["arms"]
print(*(a[k] for k in "arm blocks started recorded warmup lead_in fill failed".split()), sep=" *")' "$tmp/out")
works "show of it" show "$tmp/run.exb"
check 'grep -q "^ *$row\$" "$tmp/out"' "has the same numbers"
works "export --json" export --json "$f"
check 'is_json "[len(b[\"exit\"]) for b in d[\"runs\"][0][\"cells\"][0][\"blocks\"]] == [20] * 40 and
	d[\"runs\"][0][\"cells\"][0][\"blocks\"][0][\"exit\"][:3] == [5000, 5259, 5518]"' "has the samples"
works "export --csv" export --csv "$f"
check 'tr -d "\"" <"$tmp/out" | sort >"$tmp/sorted" && sort "$tmp/in.csv" | cmp -s - "$tmp/sorted"' \
	"gives back what was imported"

# Formats for continuous integration: equal arms pass or are skipped, a dose fails.
{
	echo arm,boot,block,workload,cores,metric,value
	awk 'BEGIN { srand(1); for (b = 0; b < 60; b++) for (i = 0; i < 50; i++) {
		printf "old <&\" #1,b,%d,up,1,exit,%d\n", b, 10000 + 200 * rand()
		printf "new,b,%d,up,1,exit,%d\n", b, 11000 + 200 * rand()
		printf "old <&\" #1,b,%d,same,1,exit,%d\n", b, 10000 + 100 * rand()
		printf "new,b,%d,same,1,exit,%d\n", b, 10000 + 100 * rand() } }' |
		sed 's/^old <&" #1/"old <\&"" #1"/'
} >"$tmp/ci.csv"
works "samples" import --csv "$tmp/ci.csv" -o "$tmp/ci.exb"
status=0
"$exitbench" compare --format junit "$tmp/ci.exb" >"$tmp/out" 2>"$tmp/err" || status=$?
check '[ $status -eq 1 ]' "junit: a regression is exit status 1"
check 'python3 -c "
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot().find(\"testsuite\")
assert (suite.get(\"tests\"), suite.get(\"failures\")) == (\"2\", \"1\")
cases = {c.get(\"name\").split(\",\")[0]: c for c in suite.iter(\"testcase\")}
assert cases[\"exit of up\"].find(\"failure\").get(\"message\").startswith(\"regression: effect +\")
assert cases[\"exit of same\"].find(\"failure\") is None
assert [p.get(\"value\") for p in suite.iter(\"property\") if p.get(\"name\") == \"before\"] == [\"old <&\\\" #1\"]
" "$tmp/out"' "junit: well-formed, one failure, hostile labels escaped"
status=0
"$exitbench" compare --format ktap "$tmp/ci.exb" >"$tmp/out" 2>"$tmp/err" || status=$?
check '[ $status -eq 1 ]' "ktap: likewise"
check '[ "$(head -n 2 "$tmp/out" | tr "\n" /)" = "KTAP version 1/1..2/" ] &&
	[ "$(grep -c "^not ok [12] exit of up" "$tmp/out")" = 1 ] &&
	[ "$(grep -c "^ok [12] exit of same" "$tmp/out")" = 1 ] &&
	[ "$(grep -vc "^\(KTAP\|1\.\.\|# \|ok\|not ok\)" "$tmp/out")" = 0 ]' \
	"ktap: a plan and a result for each cell"

# A calibration, as it is kept.
python3 - "$f" <<'END'
import json, sqlite3, sys
def side(*doses):
    return {"slope": 1.01, "slope_se": 0.002, "intercept_pct": 0, "doses": [
        {"asked_pct": pct, "amount": 10, "injected_pct": pct, "recovered_pct": pct * 1.01,
         "ci_pct": [pct * 0.9, pct * 1.1]} for pct in doses]}
note = {"workload": "fork-exit", "params": "", "cores": 1, "place": "compact", "metric": "exit",
        "level_ns": 5000, "time_s": 60, "equal": {"delta_pct": 0.01, "ci_pct": [-0.1, 0.1]},
        "detectable": [{"time_s": 1, "detectable_pct": 0.9}, {"time_s": 60, "detectable_pct": 0.1}],
        "user": side(0.1, 1, 4), "kernel": side(0.1, 1)}
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("INSERT INTO note (run, time, kind, text) VALUES (1, 0, 'calibration', ?)",
               (json.dumps(note),))
END
reseal "$f"
works "calibrate --show" calibrate --show "$f"
check 'grep -q "^  level    5\.0\{1,2\} µs, lower quartile" "$tmp/out" &&
	grep -q "^  user *1[0-9]* *[a-z]* *1\.000 *1\.010 *\[+0\.900, +1\.100\]\|^  user .* 1\.000 *1\.010 *\[+0\.900, +1\.100\]" "$tmp/out"' \
	"says what was injected and recovered"
works "report with a calibration" report "$f" -o "$tmp/r.html"
check 'grep -q "Calibration of this machine" "$tmp/r.html" &&
	grep -q "recovered (%)" "$tmp/r.html" && grep -q "detectable change (%)" "$tmp/r.html"' \
	"has its two charts"
if command -v gnuplot >/dev/null; then
	works "plot it" plot -o "$tmp/plots" -k calibration -T svg "$f"
	check 'ls "$tmp/plots"/*calibration*.svg >/dev/null' "is a picture"
	check 'grep -q "recovered is 1.01 times what was injected" "$tmp/out" &&
		grep -q "smallest detectable change after 1 min 0 s is 0.1%" "$tmp/out"' "and a finding"
else
	skip "gnuplot is not installed"
fi
finish
