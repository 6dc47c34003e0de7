#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench calibrate, end to end.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

need python3
f=$tmp/c.exb
sql() {
	python3 -c 'import sqlite3, sys
for row in sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True).execute(sys.argv[2]):
    print("|".join("" if v is None else str(v) for v in row))' "$1" "$2"
}

fails 2 'give -o FILE' "no file" calibrate
fails 2 'at least 20 s each' "too little time" calibrate -o "$f" --time 5s
check '[ ! -e "$f" ]' "which makes no file"
fails 2 'nothing' "a workload that is not there" calibrate -o "$f" -w nothing
fails 2 'one argument too many' "an argument" calibrate -o "$f" other
fails 2 'cannot open' "a file that is not there" calibrate --show "$f"

# A machine that is busy otherwise needs longer for enough blocks.
seconds=30
run calibrate -q -o "$f" --time ${seconds}s --seed 9223372036854775806
while [ "$status" -eq 2 ] && grep -q 'too few blocks' "$tmp/err" && [ $seconds -lt 400 ]; do
	seconds=$((2 * seconds))
	rm -f "$f"
	run calibrate -q -o "$f" --time ${seconds}s --seed 9223372036854775806
done
ok "$status" "a calibration"
cp "$tmp/out" "$tmp/printed"
check 'grep -q "^calibration: exit of fork-exit, 1 core compact" "$tmp/printed"' "names its cell"
check 'awk "length > 80 { exit 1 }" "$tmp/printed"' "80 columns"
check '[ "$(sql "$f" "SELECT count(*) FROM run WHERE status = '"'done'"' AND
	json_extract(settings, '"'\$.purpose'"') = '"'calibration'"'")" = 4 ]' "made of four runs"
check '[ "$(sql "$f" "SELECT count(DISTINCT seed) FROM run")" = 4 ]' "each in an order of its own"
check '[ "$(sql "$f" "SELECT min(seed), max(seed) FROM run")" = "0|9223372036854775807" ]' \
	"which --seed takes"
check '[ "$(sql "$f" "SELECT count(*) FROM note WHERE kind = '"'calibration'"'")" = 1 ]' \
	"is kept in the file"
works "printed again" calibrate --show "$f"
check 'cmp -s "$tmp/out" "$tmp/printed"' "says the same"
works "as JSON" calibrate --show "$f" --json
check 'python3 -c "
import json, sys
c, = json.load(open(sys.argv[1]))
assert c[\"workload\"] == \"fork-exit\" and c[\"cores\"] == 1 and c[\"metric\"] == \"exit\"
assert c[\"level_ns\"] > 0 and c[\"detectable\"][-1][\"time_s\"] == c[\"time_s\"] == 0.3 * "$seconds"
for p in c[\"detectable\"]:
    assert abs(p[\"detectable_pct\"] / p[\"half_width_pct\"] - 1.4294) < 0.001, p
lo, hi = c[\"equal\"][\"ci_pct\"]
assert lo <= c[\"equal\"][\"delta_pct\"] <= hi
for side in \"user\", \"kernel\":
    doses = c[side][\"doses\"]
    assert 2 <= len(doses) <= 6, side
    amounts = [d[\"amount\"] for d in doses]
    assert amounts == sorted(set(amounts)) and amounts[0] > 0
    for d in doses:
        assert abs(d[\"injected_pct\"] / d[\"amount\"] / doses[-1][\"injected_pct\"] * amounts[-1] - 1) < 0.2
" "$tmp/out"' "and consistent"

fails 2 'nothing in it to compare' "its runs are not compared" compare "$f"
works "a measurement beside it" run -q -o "$f" -w fork-exit,touch-exit --arm a --arm b --ops 300
"$exitbench" compare "$f" >"$tmp/out" 2>"$tmp/err"
check '[ "$(grep -c "^  machine  equal arms" "$tmp/out")" = 1 ]' \
	"compare cites it, for its cell only"
"$exitbench" compare --json "$f" >"$tmp/out" 2>"$tmp/err"
check 'python3 -c "
import json, sys
cells = json.load(open(sys.argv[1]))[\"cells\"]
assert [c[\"calibration\"] is not None for c in cells] == [True, False]
" "$tmp/out"' "also in JSON"
works "merged" merge "$f" -o "$tmp/merged.exb"
works "it goes along" calibrate --show "$tmp/merged.exb"
check 'cmp -s "$tmp/out" "$tmp/printed"' "unchanged"

# A calibration of somebody else's making.
python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for text in ("", "[]", "{", "{\"workload\": 3}", "{\"workload\": \"x\", \"params\": \"\", \"cores\": 1, "
        "\"place\": \"p\", \"metric\": \"exit\", \"equal\": 7, \"detectable\": [1, {}, null], "
        "\"user\": {\"doses\": " + str([0] * 99) + "}}"):
    db.execute("INSERT INTO note (run, time, kind, text) VALUES (1, 0, ?, ?)", ("calibration", text))
db.commit()' "$tmp/merged.exb"
reseal "$tmp/merged.exb"
works "what is no calibration is passed over" calibrate --show "$tmp/merged.exb"

"$exitbench" calibrate -q -o "$tmp/int.exb" --time 10m >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for '[ "$(sql "$tmp/int.exb" "SELECT count(*) > 0 FROM block" 2>/dev/null)" = 1 ]'
kill -INT $pid
status=0
wait $pid || status=$?
check '[ $status -eq 4 ]' "interrupted: status 4"
fails 2 'has no calibration' "there is none then" calibrate --show "$tmp/int.exb"

finish
