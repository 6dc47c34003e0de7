#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Result files, end to end: show, export, import, merge; good input and bad.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

header=arm,boot,block,workload,cores,metric,value

# csv LINE...: a file of the header and these lines.
csv() {
	echo $header >"$tmp/in.csv"
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$tmp/in.csv"
}

# refused PATTERN WHAT: in.csv is not imported, with an error that matches, and no file is left.
refused() {
	fails 2 "$1" "import of $2" import --csv "$tmp/in.csv" -o "$tmp/bad.exb"
	check '! ls "$tmp" | grep -q bad.exb' "leaves no file"
}

# bad LINE PATTERN: the same for one bad line behind a good one.
bad() {
	csv 'a,b,0,w,1,exit,100' "$1"
	refused "in.csv:3: $2" "a line with $2"
}

have_python() {
	command -v python3 >/dev/null && python3 -c 'import sqlite3, json' 2>/dev/null
}

# json FILE EXPRESSION: true of the JSON in FILE, as d.
json() {
	python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(not eval("(" + sys.argv[2] + ")"))' \
		"$1" "$2"
}

# A measured file.
f=$tmp/m.exb
works "run" run -q -o "$f" -w fork-exit,touch-exit --arm before --arm after:dose_pages=3 \
	--ops 200 --param pages=20 --seed 7 --label 'the first'
works "run, coarser" run -q -o "$tmp/coarse.exb" -w fork-exit --ops 200 --resolution 16

works "show" show "$f"
for words in '1 run$' 'run  *1: done' 'label  *the first' 'kernel  *[0-9]' 'command  *exitbench run' \
	'seed 7' 'resolution 1, clock' 'arms  *before$' 'after: dose_pages=3' \
	'cell  *touch-exit, 1 core, compact (CPU [0-9]*), pages=20$' 'note  *overhead'; do
	check 'grep -q "$words" "$tmp/out"' "shows $words"
done
check 'grep -vF "$tmp" "$tmp/out" | awk "length > 80 { exit 1 }"' "in 80 columns, but for a name"
check 'awk "/started = recorded/ { on = 2; next } on-- > 0 { n++; if (\$3 != \$4 + \$5 + \$6 + \$7 + \$8) exit 1 }
	END { exit n != 4 }" "$tmp/out"' "operations add up"
works "show -v" show -v "$f"
check 'grep -q "pages=20,.*stamp=1" "$tmp/out"' "has all parameters"
works "show --json" show --json "$f"
if have_python; then
	check 'json "$tmp/out" "d[\"runs\"][0][\"status\"] == \"done\" and
		d[\"runs\"][0][\"environment\"][\"kernel\"][\"release\"] and
		[a[\"name\"] for a in d[\"runs\"][0][\"arms\"]] == [\"before\", \"after\"] and
		all(a[\"started\"] == a[\"recorded\"] + a[\"warmup\"] + a[\"lead_in\"] + a[\"fill\"] +
		a[\"failed\"] and a[\"recorded\"] >= 200 and a[\"bytes\"] > 0
		for c in d[\"runs\"][0][\"cells\"] for a in c[\"arms\"])"' "has all of it"
	works "show --env" show --env "$f"
	check 'json "$tmp/out" "d[\"kernel\"][\"boot_id\"] and \"cpu\" in d"' "has the environment"
else
	skip "no python3"
	skip "no python3"
	skip "no python3"
fi

# There and back.
works "export" export --csv "$f" -o "$tmp/1.csv"
check '[ "$(head -n 1 "$tmp/1.csv")" = $header ]' "export: the header"
check '[ "$(cut -d, -f1,4-6 "$tmp/1.csv" | sort -u | wc -l)" -eq 17 ]' \
	"export: two arms, two cells, four metrics"
check '[ "$(sed -n 2p "$tmp/1.csv" | cut -d, -f1)" = before ]' "export: before comes first"
works "export to stdout" export "$f" --csv
check 'cmp "$tmp/out" "$tmp/1.csv"' "export: the same"
works "import" import --csv "$tmp/1.csv" -o "$tmp/2.exb" --label again
works "export of the import" export --csv "$tmp/2.exb" -o "$tmp/2.csv"
check 'cmp "$tmp/1.csv" "$tmp/2.csv"' "export, import, export: the same bytes"
works "show of the import" show "$tmp/2.exb"
check 'grep -q "label  *again" "$tmp/out" && grep -q "switch by file" "$tmp/out"' \
	"import: label and switch level"
works "import from stdin" import --csv - -o "$tmp/3.exb" <"$tmp/1.csv"
{ echo $header; sed 1d "$tmp/1.csv" | sort -t, -k6,6 -k4,4r -k1,1 -s; } >"$tmp/sorted.csv"
works "import sorted by metric" import --csv "$tmp/sorted.csv" -o "$tmp/4.exb"
run export --csv "$tmp/4.exb"
sort "$tmp/1.csv" >"$tmp/a"
sort "$tmp/out" | cmp - "$tmp/a" >"$tmp/err" 2>&1
ok $? "import: any order of lines"
run export --csv "$tmp/coarse.exb"
check 'awk -F, "\$6 != \"throughput\" && NR > 1 && \$7 % 16 { exit 1 }" "$tmp/out"' \
	"export: coarse samples are multiples of their resolution"

# "-" is a standard stream wherever text is, and an error where it cannot be.
run export --csv "$tmp/m.exb"
mv "$tmp/out" "$tmp/plain"
mkdir "$tmp/streams"
case $exitbench in
/*) program=$exitbench ;;
*) program=$PWD/$exitbench ;;
esac
(
	cd "$tmp/streams" || exit
	"$program" export --csv "$tmp/m.exb" -o - >"$tmp/out" 2>"$tmp/err"
)
ok $? "export -o -"
check 'cmp "$tmp/out" "$tmp/plain"' "export -o -: on standard output"
works "export --json" export --json "$tmp/m.exb"
mv "$tmp/out" "$tmp/plain"
(
	cd "$tmp/streams" || exit
	"$program" export --json "$tmp/m.exb" -o - >"$tmp/out" 2>"$tmp/err"
)
check 'cmp "$tmp/out" "$tmp/plain"' "export --json -o -: on standard output"
run history --markdown --data "${srcdir:-.}/analysis/published.json"
mv "$tmp/out" "$tmp/plain"
run history --markdown --data - <"${srcdir:-.}/analysis/published.json"
check '[ -s "$tmp/plain" ] && cmp "$tmp/out" "$tmp/plain"' "history --data -: from standard input"
echo '{' >"$tmp/half.json"
fails 2 '^exitbench: standard input:' "a bad one" history --data - <"$tmp/half.json"
# Names without a path, which may have spaces.
cp "$tmp/m.exb" "$tmp/1.csv" "$tmp/streams"
for command in 'run -w fork-exit --ops 5 -o -' "merge m.exb -o -" "import 1.csv -o -" \
	"plot m.exb -o -" 'calibrate -w fork-exit -o -' 'show -' 'compare -' 'export --csv -'; do
	# shellcheck disable=SC2086 # several words
	(
		cd "$tmp/streams" || exit
		"$program" $command >"$tmp/out" 2>"$tmp/err"
		echo $? >"$tmp/status"
	)
	check '[ "$(cat "$tmp/status")" -eq 2 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -q "^exitbench: -: a .* cannot be a standard stream; give it a name" "$tmp/err"' \
		"${command%% *} of a standard stream: one line"
done
check '[ "$(ls -A "$tmp/streams" | sort | tr "\n" " ")" = "1.csv m.exb " ]' "nothing is called -"

# Each metric alone is what its cell is judged by, and what its blocks' times are the sums of.
for metric in fork cycle exit release; do
	csv "a,k,0,w,1,$metric,70" "a,k,0,w,1,$metric,30" "a,k,1,w,1,$metric,5"
	run import --csv "$tmp/in.csv" -o "$tmp/$metric.exb"
	run export --json "$tmp/$metric.exb"
	check 'grep -q "\"primary\": \"$metric\"" "$tmp/out" && grep -q "\"start_ns\": 100," "$tmp/out"' \
		"import of $metric alone"
done

# The decoder of the documentation.
if have_python; then
	sed -n '/^```python$/,/^```$/p' "${srcdir:-.}/doc/result-format.md" | sed '/^```/d' >"$tmp/decode.py"
	for name in m coarse 4; do
		run export --csv "$tmp/$name.exb"
		sed 1d "$tmp/out" | grep -v ,throughput, | cut -d, -f1,6,7 | sort >"$tmp/a"
		python3 "$tmp/decode.py" "$tmp/$name.exb" 2>"$tmp/err" | sort | cmp - "$tmp/a" >>"$tmp/err" 2>&1
		ok $? "the documented decoder reads $name.exb"
	done
else
	skip "no python3 for the documented decoder"
	skip "no python3 for the documented decoder"
	skip "no python3 for the documented decoder"
fi

# What CSV may look like.
printf '\357\273\277"arm","boot",block,workload,cores,metric,value\r\n\r\n' >"$tmp/in.csv"
printf '"a, ""the"" first",b1,1,new-workload,4,exit,12.5\r\n\n\r\nafter,b2,2,x,1,throughput,1.5e+3' \
	>>"$tmp/in.csv"
works "import: BOM, CRLF, quotes, blank lines, no end of line" import --csv "$tmp/in.csv" -o "$tmp/q.exb"
works "export of that" export --csv "$tmp/q.exb"
printf '%s\n' $header '"a, ""the"" first",b1,1,new-workload,4,exit,12.5' 'after,b2,2,x,1,throughput,1500' \
	>"$tmp/want"
check 'cmp "$tmp/out" "$tmp/want"' "export: quotes, decimals, throughput alone"
works "show of that" show "$tmp/q.exb"
check 'grep -q "^.*: 2 runs" "$tmp/out" && grep -q "resolution 0.1" "$tmp/out" &&
	grep -q "new-workload, 4 cores, unknown" "$tmp/out"' "import: a run for each boot"
csv 'a,b,0,w,1,exit,1.0004' 'a,b,0,w,1,exit,1e15' 'a,b,0,w,1,exit,.0005' 'a,b,0,w,1,exit,0'
works "import: more than three decimals" import --csv "$tmp/in.csv" -o "$tmp/r.exb"
check 'grep -q "more than three decimals: 2, rounded" "$tmp/err"' "is a warning"
run export --csv "$tmp/r.exb"
check '[ "$(cut -d, -f7 "$tmp/out" | xargs)" = "value 1 1000000000000000 0.001 0" ]' \
	"import: rounded to the nearest"
csv 'b,k,5,w,1,exit,7' 'a,k,4,w,1,exit,1' 'a,k,5,w,1,exit,3' 'a,k,4,w,1,exit,2' 'b,k,4,w,1,exit,5'
works "import: blocks in any order" import --csv "$tmp/in.csv" -o "$tmp/o.exb"
run export --csv "$tmp/o.exb"
check '[ "$(cut -d, -f1,3,7 "$tmp/out" | xargs)" = "arm,block,value b,4,5 a,4,1 a,4,2 b,5,7 a,5,3" ]' \
	"import: put in order of time, arms by appearance"

# What it may not.
bad 'a,b,0,w,1,exit,12x' "value '12x': not a number"
bad 'a,b,0,w,1,exit,' "value '': empty"
bad 'a,b,0,w,1,exit,-5' "value '-5': negative"
bad 'a,b,0,w,1,exit,nan' "value 'nan': .*leave the row out"
bad 'a,b,0,w,1,exit,-inf' "value '-inf': not finite"
bad 'a,b,0,w,1,exit,1.1e15' "value '1.1e15': too large"
bad 'a,b,0,w,1,exit,1e99999999999999999999' "value '1e9*': too large"
bad 'a,b,0,w,1,exit,1 ' "value '1 ': not a number"
bad 'a,b,0,w,1,exit,0x10' "value '0x10': not a number"
bad 'a,b,0,w,1,throughput,1e999' "value '1e999': too large"
bad 'a,b,0,w,1,exits,1' "metric 'exits': no such metric; it is fork, cycle, exit"
bad 'a,b,0,w,0,exit,1' "cores '0': .*1 to 65536"
bad 'a,b,0,w,two,exit,1' "cores 'two'"
bad 'a,b,-1,w,1,exit,1' "block '-1': .*number them"
bad 'a,b,99999999999999999999,w,1,exit,1' "block '9*'"
bad ',b,0,w,1,exit,1' "arm '': empty"
bad 'a,,0,w,1,exit,1' "boot '': empty"
bad 'a,b,0,,1,exit,1' "workload '': empty"
bad "$(printf 'a\tb,b,0,w,1,exit,1')" "arm 'a b': .*control character"
bad "$(printf 'a,b\377,0,w,1,exit,1')" "boot .*UTF-8"
bad 'a,b,0,w,1,exit' "6 fields"
bad 'a,b,0,w,1,exit,1,2' "8 fields"
bad '"a,b,0,w,1,exit,1' ".*a quote that does not end"
bad '"a"x,b,0,w,1,exit,1' ".*behind a closing quote"
csv 'a,b,0,w,1,throughput,1' 'a,b,0,w,1,throughput,2'
refused 'second throughput' "two throughputs of a block"
csv 'a,b,0,w,1,throughput,1' 'a,b,1,w,1,throughput,1' 'a,b,0,w,1,throughput,2'
refused 'in.csv:[0-9]*: block 0 .*two throughputs' "two throughputs apart"
csv 'a,b,0,w,1,exit,1' 'a,b,0,w,1,exit,1' 'a,b,0,w,1,cycle,1'
refused 'in.csv:2: block 0 of arm a.*1 cycle, 2 exit: an operation has one of each' "metrics of unequal counts"
printf '%s\na,b,0,w,1,exit,\000\n' $header >"$tmp/in.csv"
refused 'in.csv:2: .*zero byte' "a zero byte"
printf '%s\n%070000d\n' $header 1 >"$tmp/in.csv"
refused 'in.csv:2: .*64 KiB' "an endless line"
echo 'a;b;c' >"$tmp/in.csv"
refused "in.csv:1: .*write $header" "another header"
: >"$tmp/in.csv"
refused 'in.csv: empty' "an empty file"
csv
refused 'in.csv: a header, but no samples' "a header alone"
rm "$tmp/in.csv"
refused 'in.csv: .*No such file' "no file"
n=0
csv
while [ $n -lt 257 ]; do
	echo "arm$n,b,0,w,1,exit,1"
	n=$((n + 1))
done >>"$tmp/in.csv"
refused "in.csv:258: arm 'arm256'" "257 arms"

# An output file with something in it is as it was.
cp "$f" "$tmp/keep.exb"
csv 'a,b,0,w,1,exit,1' 'a,b,0,w,1,exit,x'
fails 2 "in.csv:3" "import of a bad file into a good one" import --csv "$tmp/in.csv" -o "$tmp/keep.exb"
check 'cmp "$f" "$tmp/keep.exb"' "changes nothing"
csv 'a,b,0,w,1,exit,1' 'a,b,0,w,1,exit,1' 'a,b,0,w,1,cycle,1'
fails 2 "in.csv:2" "unequal counts into a good file" import --csv "$tmp/in.csv" -o "$tmp/keep.exb"
run export --csv "$tmp/keep.exb"
check 'cmp "$tmp/out" "$tmp/1.csv"' "change no sample"
fails 2 'not a result file' "import onto the CSV itself" import --csv "$tmp/in.csv" -o "$tmp/in.csv"
fails 2 '-o FILE' "import without -o" import --csv "$tmp/in.csv"
fails 2 'one CSV file' "import of nothing" import -o "$tmp/bad.exb"
fails 2 'ns, instructions' "import in another unit" import --csv "$tmp/1.csv" -o "$tmp/bad.exb" --unit s

# Export's own errors.
fails 2 'the result file itself' "export onto the file itself" export --csv "$f" -o "$f"
fails 2 'not a result file' "export of something else" export --csv "$tmp/1.csv" -o "$tmp/x.csv"
fails 2 'run 9' "export of a run that is not there" export --csv "$f" --run 9 -o "$tmp/x.csv"
check '[ ! -e "$tmp/x.csv" ]' "leave no file"
fails 2 'one result file' "export of two" export --csv "$f" "$f"
fails 2 'No such file' "show of no file" show "$tmp/none.exb"
fails 2 'one result file' "show of nothing" show
if [ -w /dev/full ]; then
	fails 3 'No space left' "export to a full disk" export --csv "$f" -o /dev/full
else
	skip "no /dev/full"
fi
csv 'a,b,0,w,1,exit,1'
run import --csv "$tmp/in.csv" -o "$tmp/units.exb"
run import --csv "$tmp/in.csv" -o "$tmp/units.exb" --unit instructions
fails 2 'run 1 is in ns, run 2 in instructions' "export of two units" export --csv "$tmp/units.exb"
works "export of one of them" export --csv --run 2 "$tmp/units.exb"

# Merge.
works "merge" merge "$f" "$tmp/coarse.exb" -o "$tmp/all.exb"
check 'grep -q "2 runs copied, 0 already there" "$tmp/out"' "copies all runs"
works "merge again" merge "$f" "$tmp/2.exb" -o "$tmp/all.exb"
check 'grep -q "1 run copied, 1 already there" "$tmp/out"' "copies no run twice"
works "export of a merged run" export --csv --run 1 "$tmp/all.exb"
check 'cmp "$tmp/out" "$tmp/1.csv"' "has the same samples"
works "export of all runs" export --csv "$tmp/all.exb" -o "$tmp/all.csv"
check 'grep -q ",fork-exit:place=compact," "$tmp/all.csv" && grep -q ",fork-exit:place=unknown," "$tmp/all.csv"' \
	"tells cells apart that only the place does"
works "import of all runs" import --csv "$tmp/all.csv" -o "$tmp/all2.exb"
run export --csv "$tmp/all2.exb"
check 'cmp "$tmp/out" "$tmp/all.csv"' "runs of one boot: there and back"
cp "$tmp/all.exb" "$tmp/same.exb"
fails 2 'is the output, too' "merge of the output" merge "$f" "$tmp/same.exb" -o "$tmp/same.exb"
check 'cmp "$tmp/all.exb" "$tmp/same.exb"' "changes nothing"
fails 2 'not a result file' "merge of something else" merge "$f" "$tmp/1.csv" -o "$tmp/bad.exb"
check '[ ! -e "$tmp/bad.exb" ]' "leaves no file"
fails 2 '-o FILE' "merge without -o" merge "$f"
fails 2 'result files' "merge of nothing" merge -o "$tmp/bad.exb"
if have_python; then
	cp "$f" "$tmp/broken.exb"
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE run SET uuid = 1")
db.execute("UPDATE block SET round = 99 WHERE id = (SELECT max(id) FROM block)")
db.commit()' "$tmp/broken.exb"
	fails 2 'broken.exb.*damaged' "merge of a damaged file" merge "$tmp/broken.exb" -o "$tmp/bad.exb"
	check '! ls "$tmp" | grep -q bad.exb' "leaves no file"
	cp "$f" "$tmp/broken.exb"
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE part SET samples = substr(samples, 1, 20)")
db.commit()' "$tmp/broken.exb"
	for command in 'export --csv' 'export --json' show 'show --json' compare; do
		# shellcheck disable=SC2086 # two words
		fails 2 'broken.exb: run 1, block [0-9]*: its check sum is wrong' "$command of damaged samples" \
			$command "$tmp/broken.exb"
	done
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for table in "run", "block", "note":
    db.execute("ALTER TABLE %s DROP COLUMN crc" % table)
db.commit()' "$tmp/broken.exb"
	fails 2 'broken.exb: has no check sums, as before the first release' "export of an older file" \
		export --csv "$tmp/broken.exb" -o "$tmp/x.csv"
	check '[ ! -e "$tmp/x.csv" ]' "leaves no file"
	fails 2 'broken.exb: has no check sums' "show of it" show "$tmp/broken.exb"
else
	for what in 1 2 3 4 5 6 7 8 9 10; do
		skip "no python3 to damage a file"
	done
fi

# A run that was killed, and one that goes on.
"$exitbench" run -q -o "$tmp/killed.exb" -w fork-exit --time 10m >/dev/null 2>&1 &
pid=$!
wait_for '"$exitbench" export --csv "$tmp/killed.exb" 2>/dev/null | grep -q ,throughput,'
works "show of a run that goes on" show "$tmp/killed.exb"
check 'grep -q "run  *1: running" "$tmp/out"' "says so"
works "merge of a run that goes on" merge "$tmp/killed.exb" "$f" -o "$tmp/part.exb"
check 'grep -q "still being measured" "$tmp/err" && grep -q "1 run copied" "$tmp/out"' "leaves it out"
kill -9 $pid
wait $pid 2>/dev/null
works "show of a killed run" show "$tmp/killed.exb"
check 'grep -q "run  *1: unfinished" "$tmp/out"' "says that it is unfinished"
works "merge of a killed run" merge "$tmp/killed.exb" -o "$tmp/part.exb"
check 'grep -q "1 run copied" "$tmp/out"' "copies it"

finish
