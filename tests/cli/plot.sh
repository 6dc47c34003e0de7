#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench plot, end to end: two arms, one arm, two files, hostile names, no gnuplot.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

EXITBENCH_DATADIR=${srcdir:-.}/analysis/gnuplot
export EXITBENCH_DATADIR
real=$(command -v "$exitbench") || real=$exitbench
case $real in
/*) ;;
*) real=$PWD/$real ;;
esac

f=$tmp/two.exb
d=$tmp/new/plots
cell=exit-of-fork-exit-1-core-compact

# with_path DIR NAME: $tmp/NAME runs the program with nothing but DIR in PATH.
with_path() {
	printf '#!/bin/sh\nPATH="%s"\nexport PATH\nexec "%s" "$@"\n' "$1" "$real" >"$tmp/$2"
	chmod +x "$tmp/$2"
}

# fake_gnuplot DIR VERSION: a gnuplot that says it is VERSION and fails at all else.
fake_gnuplot() {
	mkdir "$1"
	{
		echo '#!/bin/sh'
		echo 'if [ "$1" = --version ]; then'
		echo "echo 'gnuplot $2 patchlevel 1'"
		echo 'exit 0; fi'
		echo 'echo "      ^" >&2'
		echo 'echo "\"shift.gp\" line 3: it is broken" >&2'
		echo 'echo more >&2; exit 1'
	} >"$1/gnuplot"
	chmod +x "$1/gnuplot"
}

works "measure two arms" run -q -o "$f" --arm a --arm b --ops 2000 --block-time 1ms -w fork-exit
works "measure one" run -q -o "$tmp/one.exb" --ops 2000 -w fork-exit

# Without a usable gnuplot, the tables.
mkdir "$tmp/empty"
with_path "$tmp/empty" none
exitbench=$tmp/none
fails 3 'gnuplot not found: apt-get install gnuplot-nox' "no gnuplot" plot "$f" -o "$tmp/t1"
check '[ -s "$tmp/t1/$cell.tsv" ]' "the table is there without gnuplot"
check 'grep -qF "$tmp/t1/$cell.tsv" "$tmp/out"' "and is listed"
fails 3 'gnuplot not found' "no gnuplot and nowhere for tables" plot "$f" --terminal dumb
fake_gnuplot "$tmp/old" 4.6
with_path "$tmp/old:/usr/bin:/bin" too-old
exitbench=$tmp/too-old
fails 3 'gnuplot 4.6 patchlevel 1 is too old' "an old gnuplot" plot "$f" -o "$tmp/t2"
check '[ -s "$tmp/t2/$cell.tsv" ]' "the table is there with an old gnuplot"
fake_gnuplot "$tmp/bad" 5.4
with_path "$tmp/bad:/usr/bin:/bin" broken
exitbench=$tmp/broken
fails 3 'line 3: it is broken' "gnuplot's own words when it fails" plot "$f" -o "$tmp/t3"
exitbench=$real
EXITBENCH_DATADIR=$tmp/empty
fails 3 'EXITBENCH_DATADIR .*plot-common.gp' "no scripts" plot "$f" -o "$tmp/t4"
check '[ -s "$tmp/t4/$cell.tsv" ]' "the table is there without scripts"
EXITBENCH_DATADIR=${srcdir:-.}/analysis/gnuplot

# Bad input.
fails 2 'o DIR' "no directory" plot "$f"
fails 2 'terminal tiff' "an unknown terminal" plot "$f" -o "$d" --terminal tiff
fails 2 'cannot make that directory' "a file in the way" plot "$f" -o "$f/x"
fails 2 'nobody' "an arm that is not there" plot "$f" -o "$d" --before nobody --after b
check '[ ! -e "$d" ]' "bad input leaves nothing behind"

if ! { gnuplot --version || gnuplot-nox --version || gnuplot-qt --version; } >/dev/null 2>&1; then
	skip "pictures: gnuplot is not installed"
	finish
fi

# is_svg FILE WORD...: well-formed as far as that is seen, with these words, without nan.
is_svg() {
	svg=$1
	shift
	grep -q '</svg>' "$svg" || return 1
	grep -qi '[^a-z]nan[^a-z]' "$svg" && return 1
	for word in "$@"; do
		grep -qF -- "$word" "$svg" || return 1
	done
}

are_png() {
	for png in "$@"; do
		[ "$(head -c 4 "$png" | tail -c 3)" = PNG ] || return 1
	done
}

works "two arms" plot "$f" -o "$d"
check 'is_svg "$d/$cell.percentiles.svg" "exit of fork-exit, 1 core compact: " "exit time (" \
	"percentile (axis" "before: a" "after: b" "99.9"' "percentile curves as SVG"
check 'is_svg "$d/$cell.shift.svg" "change of exit (%), slower is up" "percentile (axis" \
	"margin ±1%"' "the change as SVG"
check 'are_png "$d/$cell.percentiles.png" "$d/$cell.shift.png"' "both as PNG"
for what in ecdf histogram time; do
	check '[ -s "$d/$cell.$what.tsv" ] && are_png "$d/$cell.$what.png"' "$what: table and PNG"
done
check 'is_svg "$d/$cell.ecdf.svg" "half of all operations take at most" "share of all operations (%)" \
	"exit time ("' "the distribution as SVG"
check 'is_svg "$d/$cell.histogram.svg" "nine in ten operations" "share of operations in a bin (%)"' \
	"the histogram as SVG"
check 'is_svg "$d/$cell.time.svg" "the level moved by" "p25 of exit (" "change (%)" \
	"time spent on this cell ("' "the course of time as SVG"
check '[ "$(grep -c "$cell" "$tmp/out")" = 14 ] && [ "$(ls "$d" | wc -l)" = 14 ]' \
	"the files are listed, and there are no others"
check '[ "$(grep -c "^[0-9.]*	" "$d/$cell.tsv")" -ge 40 ]' "the table has 40 percentiles or more"
check '! ls "$d" | grep -q "[^a-z0-9.-]"' "names are plain"
# Each column is what it is called: by what compare and the samples say.
run compare --json "$f"
cp "$tmp/out" "$tmp/compared"
run export --csv "$f"
cp "$tmp/out" "$tmp/samples"
if command -v python3 >/dev/null; then
	python3 - "$tmp/compared" "$tmp/samples" "$d/$cell" >"$tmp/out" 2>"$tmp/err" <<'END'
import csv, json, sys
cell, = json.load(open(sys.argv[1]))["cells"]
samples = {"a": [], "b": []}
for r in csv.DictReader(open(sys.argv[2])):
    if r["metric"] == "exit":
        samples[r["arm"]].append(float(r["value"]))
def table(name):
    lines = [l.rstrip("\n").split("\t") for l in open(name) if not l.startswith("#") and l.strip()]
    return [dict(zip(lines[0], map(float, l))) for l in lines[1:]]
def near(a, b, what):
    assert b is None and a != a or abs(a - b) <= 1e-4 * max(1, abs(b)), (what, a, b)
rows = {r["p"]: r for r in table(sys.argv[3] + ".tsv")}
for p in cell["percentiles"]:
    r = rows[p["p"]]
    near(r["before"], p["before"], "before")
    near(r["after"], p["after"], "after")
    near(r["change_pct"], p["delta_pct"], "change")
    for lo, hi, of in ("ci_lo_pct", "ci_hi_pct", "ci_pct"), ("band_lo_pct", "band_hi_pct", "band_pct"):
        # The table's band is over more percentiles than the comparison's.
        assert p[of][0] is None or r[lo] <= r["change_pct"] <= r[hi], (p, r)
        # Other bootstrap samples: on a busy machine an interval is wide, and its ends move with that.
        assert of == "band_pct" or p[of][0] is None or abs(r[lo] - p[of][0]) < 1 + p[of][1] - p[of][0], (p, r)
for r in table(sys.argv[3] + ".ecdf.tsv"):
    for column, arm in ("before", "a"), ("after", "b"):
        v, share = sorted(samples[arm]), r["share_pct"] / 100
        at = int(share * (len(v) - 1))
        assert v[max(0, at - 3)] <= r[column] <= v[min(len(v) - 1, at + 4)], (column, r)
bins = [r for r in table(sys.argv[3] + ".histogram.tsv") if r["to"] == r["to"]]
for column, arm in ("before_pct", "a"), ("after_pct", "b"):
    for r in bins:
        n = sum(r["from"] <= v < r["to"] for v in samples[arm])
        assert abs(100 * n / len(samples[arm]) - r[column]) < 3, (column, n, r)
END
	ok $? "the tables hold what is drawn"
else
	skip "python3 is not installed"
fi
works "one kind" plot "$f" -o "$tmp/kind" --kind histogram -T svg
check '[ "$(ls "$tmp/kind" | wc -l)" = 2 ] && [ -s "$tmp/kind/$cell.histogram.svg" ]' "and no other"
# Sides that differ: before all is below 2000, after all is above 1500.
awk 'BEGIN {
	print "arm,boot,block,workload,cores,metric,value"
	for (b = 0; b < 20; b++) for (a = 0; a < 2; a++) for (i = 0; i < 20; i++)
		print "arm" a ",b," b ",one,1,exit," 1001 + 501 * a + 997 * (i * 20 + b) / 400
}' >"$tmp/apart.csv"
works "two that differ" import --csv "$tmp/apart.csv" -o "$tmp/apart.exb"
works "their histogram" plot "$tmp/apart.exb" -o "$tmp/apart" --kind histogram -T svg
check 'awk "/^#/ || !NF { next } !at { for (at = 1; at <= NF; at++) column[\$at] = at; next }
	{ before += \$column[\"before_pct\"]; after += \$column[\"after_pct\"] }
	\$column[\"from\"] > 2000 { wrong += \$column[\"before_pct\"] }
	\$column[\"to\"] < 1500 { wrong += \$column[\"after_pct\"] }
	END { exit !(before > 98 && after > 98 && wrong == 0) }" "$tmp/apart/"*.histogram.tsv' \
	"has each side in its place"
fails 2 'kind pie' "an unknown kind" plot "$f" -o "$d" --kind pie
works "all metrics, as JSON" plot "$f" -o "$d" --metric all --terminal svg --json
check 'grep -q "throughput-of-fork-exit-1-core-compact.shift.svg" "$tmp/out"' "its files are listed"
works "text" plot "$f" --terminal dumb
check 'grep -q "99.9" "$tmp/out" && grep -q "exit of fork-exit" "$tmp/out"' "is on stdout"
works "the margin" plot "$f" -o "$d" --terminal svg --margin 2.5
check 'is_svg "$d/$cell.shift.svg" "margin ±2.5%"' "is in the picture"

works "one arm" plot "$tmp/one.exb" -o "$tmp/one"
check 'is_svg "$tmp/one/$cell.percentiles.svg" ": p50 " && [ ! -e "$tmp/one/$cell.shift.svg" ]' \
	"its curve alone"
works "one of two arms" plot "$f" -o "$tmp/alone" --before b --after b
check 'is_svg "$tmp/alone/$cell.percentiles.svg" ": p50 " && [ ! -e "$tmp/alone/$cell.shift.svg" ]' \
	"its curve alone"

# A metric that was not measured is said to be missing.
works "measure without stamps" run -q -o "$tmp/free.exb" --arm a --arm b --ops 500 \
	-w fork-exit --param stamp=0
works "what is not there" plot "$tmp/free.exb" -o "$tmp/free" --metric exit
check 'is_svg "$tmp/free/$cell-stamp-0.percentiles.svg" "No samples of exit here" &&
	is_svg "$tmp/free/$cell-stamp-0.shift.svg" "No samples of exit here"' "is said in the picture"

# Cores, a metric that is not there, a single block.
awk 'BEGIN {
	print "arm,boot,block,workload,cores,metric,value"
	for (c = 1; c <= 64; c *= 4) for (b = 0; b < 8; b++) for (a = 0; a < 2; a++) {
		for (i = 0; i < 20; i++) print "arm" a ",b," b ",w," c ",exit," 5000 + 37 * ((i * 7 + b * 3) % 20)
		print "arm" a ",b," b ",w," c ",throughput," 1e5 * c / (1 + c / 100) + b
	}
	for (a = 0; a < 2; a++) print "arm" a ",b,0,single,1,exit," 5000 + a
}' >"$tmp/cores.csv"
works "import" import --csv "$tmp/cores.csv" -o "$tmp/cores.exb"
works "cores" plot "$tmp/cores.exb" -o "$tmp/cores" -T svg
check 'is_svg "$tmp/cores/throughput-of-w.cores.svg" "64 cores do 39.4 times as much" \
	"efficiency (%)" "million operations/s"' "throughput and efficiency"
check 'is_svg "$tmp/cores/exit-of-single-1-core.time.svg" "One block a side"' "one block: nothing over time"
check 'is_svg "$tmp/cores/exit-of-single-1-core.histogram.svg" "share of operations"' "one sample has a histogram"
check 'is_svg "$tmp/cores/exit-of-w-1-core.shift.svg" "published 2017" "published 2021" "+4.2%"' \
	"what was published is marked"
works "cores as text" plot "$tmp/cores.exb" -T dumb --kind cores,time,ecdf,histogram
check 'grep -q "efficiency 62%" "$tmp/out" && awk "length > 80 + 8 { exit 1 }" "$tmp/out"' "is text"

# The calibration, as a CSV of one'"'"'s own.
printf 'side,injected_pct,recovered_pct,lo,hi\nuser,1,1.1,0.9,1.2\nkernel,2,2.1,1.9,2.2\n\n\n%s\n' \
	'time_s,detectable_pct' 1,0.9 60,0.1 >"$tmp/calibration.csv"

# Names from elsewhere: in the picture they are text, and nowhere else anything.
cp "$f" "$tmp/hostile.exb"
# Short, whatever TMPDIR is: a long title is cut.
P=$tmp/pwned
export P
name='x"y `touch "$P"` $(touch "$P") @{^_} <b>'
python3 -c '
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE arm SET name = ? || name", (sys.argv[2],))
db.execute("UPDATE cell SET workload = ?", ("../..\n/etc \x27; system(\x22touch pwned\x22) \\n %s\udc80".encode(
	"utf-8", "replace").decode() + "|" + sys.argv[2],))
db.execute("UPDATE run SET unit = ?", ("\x22\x27`{}\\",))
db.commit()' "$tmp/hostile.exb" "$name"
reseal "$tmp/hostile.exb"
works "hostile names" plot "$tmp/hostile.exb" -o "$tmp/hostile" --terminal svg,png,dumb
check '[ ! -e "$tmp/pwned" ] && [ ! -e pwned ] && [ ! -e "$tmp/hostile/pwned" ]' "run nothing"
check '[ "$(ls -A "$tmp/hostile" | wc -l)" = 14 ] && ! ls -A "$tmp/hostile" | grep -q "[^a-z0-9.-]"' \
	"have plain file names"
check 'is_svg "$tmp"/hostile/*.percentiles.svg "\`touch" "&lt;"' "are text, escaped"
works "the same file as BEFORE and AFTER" plot "$tmp/one.exb" "$tmp/one.exb" -o "$tmp/same" \
	--terminal svg

# The scripts alone.
gp=$(command -v gnuplot || command -v gnuplot-nox || command -v gnuplot-qt)
"$gp" -e "data='$d/$cell.tsv'; out='$tmp/again.svg'; title='Mine'" \
	"$EXITBENCH_DATADIR/shift.gp" >"$tmp/out" 2>"$tmp/err"
ok $? "a script alone draws a table that was left"
check 'is_svg "$tmp/again.svg" Mine "margin ±"' "under a title of one's own"
"$gp" -e "data='$tmp/calibration.csv'; out='$tmp/calibration.svg'; title='Mine'" \
	"$EXITBENCH_DATADIR/calibration.gp" >"$tmp/out" 2>"$tmp/err"
ok $? "the calibration from a CSV"
check 'is_svg "$tmp/calibration.svg" Mine "injected (%)" "smallest detectable change (%)" "time (s)"' \
	"both halves of it"

finish
