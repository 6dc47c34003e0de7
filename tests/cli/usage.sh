#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each command's help, and what it says of options that are not there, have no value or a bad
# one; summaries as JSON, comparisons in each format. No kernel is built, little is measured.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317 # conditions are strings for check(), commands words
. "${srcdir:-.}/tests/tap.sh"
need python3
EXITBENCH_DATADIR=${srcdir:-.}/analysis/gnuplot
export EXITBENCH_DATADIR
man=${srcdir:-.}/doc/exitbench.1
f=$tmp/f.exb

# is_json EXPRESSION: of what the program printed, as d.
is_json() {
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(not eval("(" + sys.argv[2] + ")"))' "$tmp/out" "$1"
}

works "help" --help
commands=$(awk '/^  [a-z]+ / { print $1 }' "$tmp/out")
check '[ "$(echo "$commands" | wc -l)" -ge 14 ] && [ ! -s "$tmp/err" ]' "names the commands"
run
check '[ "$status" -eq 2 ] && [ ! -s "$tmp/out" ] && grep -q "^usage: exitbench" "$tmp/err" &&
	grep -q "which command?" "$tmp/err"' "no command: status 2, and the help"
fails 2 "^exitbench: nothing: no such command; see exitbench --help" "a command that is none" nothing

commands=$(for c in $commands; do echo "$c"; done
	for c in build variants bisect; do echo "lab $c"; done)
echo "$commands" >"$tmp/commands"
with_value=0
while read -r c; do
	works "$c --help" $c --help
	check 'grep -q "^usage: exitbench $c\( [^a-z]\|\$\)" "$tmp/out" && [ ! -s "$tmp/err" ]' "is its help"
	cp "$tmp/out" "$tmp/help"
	works "$c -h" $c -h
	check 'cmp -s "$tmp/out" "$tmp/help"' "is the same"
	check 'grep -q "^\.\(It \|Op \)\?Cm .*\<${c##* }\>" "$man"' "$c is in the manual page"
	said="\(lab \)\?${c##* }:"
	fails 2 "^exitbench: $said \(unknown or ambiguous\|bad\) option '\?--no-such'\?; see" "$c: an option that is none" $c --no-such
	fails 2 "^exitbench: $said \(unknown\|bad\) option '\?-@'\?; see" "$c: a letter that is none" $c -@
	o=$(sed -n 's/^ *\(-., \)\?\(--[a-z]*\) [A-Z].*/\2/p' "$tmp/help" | head -n 1)
	if [ -n "$o" ]; then
		with_value=$((with_value + 1))
		fails 2 "^exitbench: $said $o needs a value" "$c $o without a value" $c $o
	fi
done <"$tmp/commands"
check '[ $with_value -ge 12 ]' "most commands have an option with a value"

# COMMAND|OPTION|VALUE|what the line says of them. Nothing is made, nothing runs.
cat >"$tmp/bad" <<'END'
run|--time|0|too short
run|--time|fast|not a time; write a number and ns, us
run|--ops|0|nothing to measure; at least 1
run|--ops|-3|not a number; write digits, with k or M
run|--until-ci|0|never reached
run|--until-ci|nan|not a percentage
run|--block-time|1us|10us to 100s
run|--block-time|200s|10us to 100s
run|--lead-in|101s|0 to 100s
run|--resolution|0|1 to 1000000
run|--resolution|2000000|1 to 1000000
run|--hang|10ms|at least 1s
run|--seed|x|not a number; write digits only
run|--cores|0|use numbers from 1 to [0-9]*, or max
run|--cores|5-2|a range runs upwards
run|--cores|99999|use numbers from 1 to [0-9]*, or max
run|--place|nowhere|not a place; use compact, scatter
run|--place|99999|CPU 99999 does not exist
run|--param|pages|not a parameter; write name=value
run|--workload|no-such|no such workload (exitbench list shows them)
run|--arm|a b|not a name; write NAME
run|--child|far|no such choice; it is one of same, smt
compare|--margin|-1|not a percentage
compare|--margin|x|not a percentage
compare|--metric|speed|one of fork, cycle, exit, release, throughput
compare|--format|xml|one of text, markdown, json, csv, junit, ktap
run|--output|-|a result file cannot be a standard stream
calibrate|--output|-|a result file cannot be a standard stream
lab|--output|-|a result file cannot be a standard stream
plot|--output|-|a directory of pictures cannot be a standard stream
plot|--kind|pie|one of percentiles, shift
plot|--terminal|gif|one of svg, png, pdf, dumb
plot|--metric|speed|one of fork, cycle, exit
plot|--margin|101|must be more than 0 and at most 100
report|--margin|x|not a percentage
report|--metric|speed|one of fork, cycle, exit
export|--run|-1|not a number; write digits only
export|--run|x|not a number; write digits only
import|--unit|miles|one of ns, instructions
import|--label||empty; give it a name
history|--margin|0|must be more than 0 and at most 100
history|--data|/no/such/file|cannot read it: No such file
calibrate|--cores|x|not a list of numbers of CPUs
calibrate|--seed|x|not a number; write digits only
prove|--ops|0|must be 1 to 65536
prove|--workload|no-such|no such workload (exitbench list shows them)
lab|--jobs|0|1 to 1024
lab|--time|1ms|at least 1s
lab|--boots|0|1 to 1000
lab|--hang|1ms|at least 1s
lab|--memory|x|not a size
lab|--ops|0|must be 1 to 1000000
lab|--pad|x|not a number; write digits only
lab|--kernel|/no/such/file|No such file or directory; name a bzImage
lab|--metric|throughput|is of a block; take exit, cycle, fork or all
lab build|--jobs|0|must be 1 to 4096
lab build|--arch|vax|the lab knows x86_64 and arm64
lab build|--pad|x|not a number; write digits only
lab bisect|--ops|0|1 to 1000000
lab bisect|--jobs|0|1 to 1000000
lab bisect|--limit|x|not a number; write digits, with k or M
END
mkdir "$tmp/empty"
while IFS='|' read -r c o v why; do
	case $c in
	run | calibrate) set -- -o "$tmp/empty/f.exb" ;;
	import) set -- --csv /dev/null -o "$tmp/empty/f.exb" ;;
	export) set -- --csv "$tmp/none.exb" ;;
	plot | report) set -- -o "$tmp/empty/p" "$tmp/none.exb" ;;
	compare) set -- "$tmp/none.exb" ;;
	*) set -- ;;
	esac
	# The line names the option (mostly) and the value, then what is wrong with it.
	fails 2 "^exitbench: \($o \?\)\?$v: .*${why:?}" "$c $o '$v'" $c "$@" $o "$v"
done <"$tmp/bad"
fails 2 "^exitbench: --time: 1 s for each of 1 cell; at least 20 s each" "calibrate --time 1s" \
	calibrate -o "$tmp/empty/f.exb" --time 1s
check '[ -z "$(ls "$tmp/empty")" ]' "none of these made a file"

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
works "export --json" export --json "$f"
check 'is_json "[len(b[\"exit\"]) for b in d[\"runs\"][0][\"cells\"][0][\"blocks\"]] == [20] * 40 and
	d[\"runs\"][0][\"cells\"][0][\"blocks\"][0][\"exit\"][:3] == [5000, 5259, 5518]"' "has the samples"
works "export --csv" export --csv "$f"
check 'tr -d "\"" <"$tmp/out" | sort >"$tmp/sorted" && sort "$tmp/in.csv" | cmp -s - "$tmp/sorted"' \
	"gives back what was imported"

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
cp "$tmp/out" "$tmp/shown"
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

# On a terminal there is a line of progress, which goes away; with --quiet there is none.
# on_terminal ARGS...: what standard error's terminal, 60 columns wide, was sent.
on_terminal() {
	python3 - "$tmp/out" "$exitbench" "$@" <<'END' >"$tmp/terminal"
import fcntl, os, pty, struct, subprocess, sys, termios
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
with open(sys.argv[1], "wb") as out:
    run = subprocess.Popen(sys.argv[2:], stdout=out, stderr=slave)
os.close(slave)
while True:
    try:
        some = os.read(master, 65536)
    except OSError:
        break
    if not some:
        break
    sys.stdout.buffer.write(some)
sys.exit(run.wait())
END
}
r=0
on_terminal run -w fork-exit -a a -a b -t 3s -o "$tmp/t.exb" || r=1
ok $r "a run on a terminal"
check 'python3 -c "
import sys
parts = open(sys.argv[1], \"rb\").read().split(b\"\\r\\x1b[K\")
shown = [p for p in parts if b\"fork-exit, 1 core\" in p]
sys.exit(not shown or max(map(len, shown)) > 59 or shown[-1] is parts[-1])" "$tmp/terminal"' \
	"has a line of progress, no wider than that, which goes away"
r=0
on_terminal run -q -w fork-exit -t 100ms -o "$tmp/t.exb" || r=1
ok $r "a quiet run"
check '[ ! -s "$tmp/terminal" ]' "has none"
finish
