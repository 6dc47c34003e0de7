#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench run, end to end: results, bad input, interruption, workers that die or hang.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
need python3 ps

# Processes of the test's own runs: workers are named after the program.
workers_of() {
	ps -o pid= --ppid "$1" 2>/dev/null | tr -d ' '
}

gone() {
	for p in "$@"; do
		[ -d "/proc/$p" ] && ! grep -q '^State:.*Z' "/proc/$p/status" 2>/dev/null && return 1
	done
	return 0
}

f=$tmp/t.exb

# What a run leaves.
works "a run of two arms" run -o "$f" -w fork-exit,touch-exit --arm a --arm b:dose_pages=3 \
	--ops 300 --seed 7 --label first --param pages=20
check '[ "$(sql "$f" "SELECT status, label, seed FROM run")" = "done|first|7" ]' \
	"the run is recorded as done"
check '[ "$(sql "$f" "SELECT count(*) FROM cell")" = 2 ]' "a cell for each workload"
check '[ "$(sql "$f" "SELECT min(n) >= 300 FROM (SELECT sum(ops) AS n FROM part JOIN block
	ON block.id = part.block WHERE NOT warmup GROUP BY cell, arm)")" = 1 ]' \
	"each arm of each cell has the operations asked for"
check '[ "$(sql "$f" "SELECT count(*) FROM (SELECT count(DISTINCT arm) AS n FROM block
	GROUP BY cell, round HAVING n != 2)")" = 0 ]' "each round has a block of each arm"
check '[ "$(sql "$f" "SELECT count(*) > 0 FROM block WHERE warmup")" = 1 ]' \
	"warm-up blocks are counted"
check '[ "$(sql "$f" "SELECT count(*) FROM part JOIN block ON block.id = part.block
	WHERE (samples IS NULL) != warmup")" = 0 ]' "only warm-up blocks have no samples"
check 'ls "$tmp" | grep -qx t.exb && ! ls "$tmp" | grep -q "t.exb-"' "the result is one file"

works "a second run" run -o "$f" -w fork-exit --ops 100
check '[ "$(sql "$f" "SELECT count(*) FROM run")" = 2 ]' "is appended"

works "stamp-free" run -o "$tmp/free.exb" -w fork-exit --param stamp=0 --ops 100
check '[ "$(sql "$tmp/free.exb" "SELECT primary_metric FROM cell")" = cycle ]' \
	"without a stamp the primary metric is cycle"

# A dose is seen, and by how much: it is injected after the stamp.
works "a dose of 1 ms" run -o "$tmp/dose.exb" -w fork-exit --ops 1000 --arm none \
	--arm dosed:dose=1ms
works "samples of it" export --csv "$tmp/dose.exb" -o "$tmp/dose.csv"
check 'awk -F, "\$1 == \"dosed\" && \$6 == \"exit\" { n++; low += \$7 < 1000000 }
	END { exit !(n >= 1000 && !low) }" "$tmp/dose.csv"' "lengthens exit by no less, each time"
check '"$exitbench" compare "$tmp/dose.exb" >/dev/null; [ $? -eq 1 ]' \
	"is a regression: exit status 1"
check '"$exitbench" compare --before dosed --after none "$tmp/dose.exb" >/dev/null' \
	"is an improvement the other way round: exit status 0"

# Until the interval is tight: a confidence sequence, in the comparison as well.
works "until the interval is tight" run -o "$tmp/ci.exb" -w fork-exit --arm a --arm b:dose=20us \
	--until-ci 20 --time 10m
check '"$exitbench" compare --json "$tmp/ci.exb" | python3 -c "
import json, sys
lo, hi = json.load(sys.stdin)[\"cells\"][0][\"effect\"][\"ci_pct\"]
sys.exit(not ((1 + hi / 100) / (1 + lo / 100) - 1 < 0.45 and lo > 0))"' \
	"gives an interval as tight as was asked for"

# The order is the seed's.
for i in 1 2; do
	run run -o "$tmp/seed$i.exb" -w fork-exit --ops 400 --arm a --arm b --seed 42
done
q="SELECT group_concat(arm) FROM (SELECT arm FROM block WHERE round BETWEEN 2 AND 5 ORDER BY id)"
check '[ "$(sql "$tmp/seed1.exb" "$q")" = "$(sql "$tmp/seed2.exb" "$q")" ]' \
	"the same seed gives the same order"

# Bad input: one line, status 2, nothing left behind.
n=$tmp/none.exb
fails 2 "-o FILE" "no output file" run -w fork-exit
fails 2 "fork-exti.*fork-exit" "an unknown workload" run -o "$n" -w fork-exti
fails 2 "pagez.*pages" "an unknown parameter" run -o "$n" -w touch-exit --param pagez=3
fails 2 "pages" "a parameter out of range" run -o "$n" -w touch-exit --param pages=-1
fails 2 "100000" "more cores than there are" run -o "$n" --cores 100000
fails 2 "place" "an unknown place" run -o "$n" --place nowhere
fails 2 "--time" "a time that is none" run -o "$n" --time soon
fails 2 "twice\|already\|name" "two arms of one name" run -o "$n" --arm a --arm a
fails 2 "until-ci" "an interval without a second arm" run -o "$n" --until-ci 0.1
fails 2 "nonsense" "an unknown option" run -o "$n" --nonsense
fails 2 "extra" "an argument too many" run -o "$n" extra
fails 2 "compar" "an unknown command" compar
fails 2 "no such file\|No such file" "compare of a file that is not there" compare "$n"
check '[ ! -e "$n" ]' "bad input leaves no file"
echo "not a database, and long enough that it could be one" >"$tmp/text.exb"
fails 2 "text.exb" "an output file that is something else" run -o "$tmp/text.exb" -w fork-exit
check 'grep -q "not a database" "$tmp/text.exb"' "is left alone"
fails 2 "No such file" "an output directory that is not there" run -o "$tmp/no/where.exb"

# A child that cannot get what it asks for.
# shellcheck disable=SC3045 # dash and bash have it
if (ulimit -v 2000000 && "$exitbench" --version) >/dev/null 2>&1; then
	status=0
	# shellcheck disable=SC3045
	(ulimit -v 2000000 && "$exitbench" run -o "$tmp/child.exb" -w touch-exit --ops 100 \
		--param pages=1M) >"$tmp/out" 2>"$tmp/err" || status=$?
	check '[ $status -eq 3 ] && grep -q touch-exit "$tmp/err"' \
		"a child that fails is reported: status 3"
else
	skip "the program itself needs more address space (AddressSanitizer)"
fi

# Ctrl-C.
"$exitbench" run -q -o "$tmp/int.exb" -w fork-exit --arm a --arm b --time 10m \
	>"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 'measures "$tmp/int.exb"'
workers=$(workers_of $pid)
kill -INT $pid
status=0
wait $pid || status=$?
check '[ $status -eq 4 ]' "interrupted: status 4"
check '[ -n "$workers" ] && gone $workers' "interrupted: no worker is left"
check '[ "$(sql "$tmp/int.exb" "SELECT status FROM run")" = interrupted ]' \
	"interrupted: the file says so"
check '"$exitbench" compare "$tmp/int.exb" >/dev/null; [ $? -le 1 ]' \
	"interrupted: what was measured can be compared"

# kill -9 of the controller.
"$exitbench" run -q -o "$tmp/kill.exb" -w touch-exit --arm a --arm b --time 10m \
	>"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 'measures "$tmp/kill.exb"'
workers=$(workers_of $pid)
before=$(sql "$tmp/kill.exb" "SELECT count(*) FROM block")
kill -KILL $pid
wait $pid 2>/dev/null
check '[ -n "$workers" ] && wait_for "gone $workers"' "kill -9: no worker is left"
check '[ "$(sql "$tmp/kill.exb" "SELECT count(*) FROM block")" -ge "$before" ]' \
	"kill -9: every block that was finished is in the file"
check '[ "$(sql "$tmp/kill.exb" "PRAGMA integrity_check")" = ok ]' "kill -9: the file is sound"
check '"$exitbench" compare "$tmp/kill.exb" >/dev/null; [ $? -le 1 ]' \
	"kill -9: the file can be compared"
works "kill -9: the file can be appended to" run -o "$tmp/kill.exb" -w fork-exit --ops 50

# A worker that is killed.
"$exitbench" run -q -o "$tmp/dead.exb" -w fork-exit --time 10m >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 'measures "$tmp/dead.exb"'
kill -SEGV "$(workers_of $pid | head -n 1)"
status=0
wait $pid || status=$?
check '[ $status -eq 3 ] && grep -q "CPU .*fork-exit.*signal 11" "$tmp/err"' \
	"a worker that dies is reported with its CPU, workload and signal"
check '[ "$(sql "$tmp/dead.exb" "SELECT status FROM run")" = failed ]' "and the run is failed"

# hangs CORES WHAT: one of the workers on CORES CPUs is stopped.
hangs() {
	"$exitbench" run -q -o "$tmp/hang$1.exb" -w fork-exit --cores "$1" --time 10m --hang 1s \
		>"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for 'measures "$tmp/hang'"$1"'.exb"'
	worker=$(workers_of $pid | head -n 1)
	kill -STOP "$worker"
	status=0
	wait $pid || status=$?
	check '[ $status -eq 3 ] && grep -q "CPU .* hung in fork-exit" "$tmp/err"' "$2 is reported"
	check 'gone $worker' "$2 is killed"
}

hangs 1 "a worker that hangs"
# The other goes on, and must not hide it.
if [ "$(nproc)" -ge 2 ]; then
	hangs 2 "one of two workers that hangs"
else
	skip "one CPU only"
fi

# SIGCHLD ignored by the caller, standard files closed.
status=0
(trap '' CHLD && exec "$exitbench" run -o "$tmp/chld.exb" -w fork-exit --ops 50) \
	>"$tmp/out" 2>"$tmp/err" || status=$?
ok $status "SIGCHLD ignored by the caller"
status=0
"$exitbench" run -o "$tmp/closed.exb" -w fork-exit --ops 50 <&- >&- 2>&- || status=$?
check '[ "$(sql "$tmp/closed.exb" "SELECT status FROM run")" = done ]' "standard files closed"

finish
