#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench lab with a kernel that is there: results, exactness, guests that fail, ends.
# Builds no kernel: takes $EXITBENCH_TEST_KERNEL, one that 'quickstart check' fetched, one of
# the lab's cache, or the system's own.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
. "${srcdir:-.}/tests/lab/lab-guest.sh"

# json FILE EXPRESSION: of the table as d; true or false.
json() {
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
row = d["rows"][0]["kernels"]
sys.exit(not eval(sys.argv[2]))' "$1" "$2"
}

# The same kernel twice: exactly the same samples.
works "two guests of one kernel" lab -k "a=$kernel" -k "b=$kernel" -w fork-exit -n 100 \
	-m all -q --json -o "$tmp/same.exb"
cp "$tmp/out" "$tmp/same.json"
check 'json "$tmp/same.json" "row[\"b\"][\"change\"] == 0"' "the change is 0"
check 'json "$tmp/same.json" "row[\"b\"][\"exactly_so\"] == row[\"b\"][\"operations\"] > 90"' \
	"in every operation without a tick"
check 'json "$tmp/same.json" "row[\"a\"][\"typical\"] > 1000"' "in instructions"
works "its samples" export --csv "$tmp/same.exb" -o "$tmp/same.csv"
check 'grep "^a," "$tmp/same.csv" | cut -d, -f4- >"$tmp/a.csv" &&
	grep "^b," "$tmp/same.csv" | cut -d, -f4- >"$tmp/b.csv" &&
	[ "$(wc -l <"$tmp/a.csv")" -eq 300 ] && cmp "$tmp/a.csv" "$tmp/b.csv"' \
	"two guests of one kernel give identical samples"
works "again" lab -k "a=$kernel" -w fork-exit -n 100 -q -o "$tmp/again.exb"
works "and its samples" export --csv "$tmp/again.exb" -o "$tmp/again.csv"
check 'grep "^a," "$tmp/again.csv" | cut -d, -f4- | cmp - "$tmp/a.csv"' \
	"a second run gives identical samples"

# The result file is one like others.
works "compare" compare "$tmp/same.exb"
check 'grep -q "+0 instructions per operation" "$tmp/out"' "compare counts instructions"
works "compare --json" compare --json --metric exit "$tmp/same.exb"
check 'python3 -c "
import json, sys
d = json.load(sys.stdin)
c = d[\"cells\"][0]
sys.exit(not (d[\"switch_level\"] == \"vm\" and c[\"unit\"] == \"instructions\" and
	c[\"exact\"][\"change\"] == 0 and c[\"effect\"][\"ci_pct\"] == [0, 0] and
	c[\"verdict\"] == \"equivalent\"))" <"$tmp/out"' "compare --json: switch level vm, no interval"
works "two files" compare "$tmp/same.exb" "$tmp/again.exb" --before a
check 'grep -q "+0 instructions per operation (0.00%), exactly that in 100.0%" "$tmp/out"' \
	"two files of instructions compare exactly"
works "show" show "$tmp/same.exb"
check 'grep -q "instructions" "$tmp/out" && grep -q "kernel.*a: Linux" "$tmp/out"' \
	"show tells the unit and the kernels"
works "merge" merge "$tmp/same.exb" "$tmp/again.exb" -o "$tmp/merged.exb"
check 'python3 -c "
import sqlite3, sys
same, again, merged = (sqlite3.connect(f).execute(\"SELECT count(*) FROM tick JOIN block\"
	\" ON block.id = tick.block\").fetchone()[0] for f in sys.argv[1:])
sys.exit(not (same and again and merged == same + again))
" "$tmp/same.exb" "$tmp/again.exb" "$tmp/merged.exb"' "merge keeps when ticks came"

# Pictures.
if command -v gnuplot >/dev/null; then
	check '[ -s "$tmp/same-plots/lab.svg" ] && [ -s "$tmp/same-plots/lab.png" ]' "pictures are drawn"
else
	skip "gnuplot is not installed"
fi

# A known amount of user work is found as that; what else an exit does has a few states.
works "a dose" lab -k "a=$kernel" -w fork-exit -p dose=50000 -n 50 -q --json -o "$tmp/dose.exb"
cp "$tmp/out" "$tmp/dose.json"
check 'python3 -c "
import json, sys
plain, dosed = (json.load(open(f))[\"rows\"] for f in sys.argv[1:])
exit = [r for r in plain if r[\"metric\"] == \"exit\"][0][\"kernels\"][\"a\"][\"typical\"]
more = dosed[0][\"kernels\"][\"a\"][\"typical\"] - exit
sys.exit(not 48000 < more < 52000)" "$tmp/same.json" "$tmp/dose.json"' \
	"a dose of 50000 instructions is found as that"

# Bad input.
n=$tmp/none.exb
fails 2 "nonexistent" "a kernel that is not there" lab -k /nonexistent -o "$n"
fails 2 "second arm\|twice" "two kernels of one name" lab -k "a=$kernel" -k "a=$kernel" -o "$n"
fails 2 "fork-exti.*fork-exit" "an unknown workload" lab -k "$kernel" -w fork-exti -o "$n"
fails 2 "--ops" "no operations" lab -k "$kernel" -n 0 -o "$n"
fails 2 "--memory" "too little memory" lab -k "$kernel" --memory 1M -o "$n"
fails 2 "nonsense" "an unknown part" lab nonsense
fails 2 "extra" "an argument too many" lab -k "$kernel" -q extra
check '[ ! -e "$n" ]' "bad input leaves no file"
echo "no kernel" >"$tmp/text"
fails 3 "guest of text.*QEMU" "a file that is no kernel" lab -k "$tmp/text" -q -o "$tmp/text.exb"
status=0
PATH=/nonexistent "$exitbench" lab -k "$kernel" -o "$n" >"$tmp/out" 2>"$tmp/err" || status=$?
check '[ $status -eq 3 ] && grep -q "qemu-system-x86" "$tmp/err"' "no QEMU: status 3 and the package"

# A guest that panics, one that hangs.
run lab -k "p=$kernel" --append "rdinit=/none root=/dev/none" -w fork-exit -q -o "$tmp/panic.exb"
check '[ $status -eq 3 ] && grep -q "guest of p.*Kernel panic" "$tmp/err"' "a panic is reported"
check '[ "$(grep -c "^p|" "$tmp/err")" -ge 3 ]' "with the last lines of the console"
check 'grep -q "Kernel panic" "$tmp/panic-p.console"' "the console is kept"
works "its file" show "$tmp/panic.exb"
check 'grep -q failed "$tmp/out"' "the run is failed"
run lab -k "h=$kernel" -w touch-exit -p pages=150k -n 1000 --hang 1s -q -o "$tmp/hang.exb"
check '[ $status -eq 3 ] && grep -q "guest of h hung" "$tmp/err"' "a guest that is silent is reported"

# A kernel that finds a fault in itself: QEMU, with a line more on the console.
mkdir "$tmp/bin"
cat >"$tmp/bin/qemu-system-x86_64" <<END
#!/bin/sh
for word; do
	case \$word in
	file,id=console,path=*) console=\${word#*path=} ;;
	esac
done
$(command -v qemu-system-x86_64) "\$@"
status=\$?
echo '[    1.000000] WARNING: CPU: 0 PID: 7 at mm/memory.c:1 f+0x1/0x2' >>"\$console"
exit \$status
END
chmod +x "$tmp/bin/qemu-system-x86_64"
PATH=$tmp/bin:$PATH run lab -k "w=$kernel" -w fork-exit -n 20 -q -o "$tmp/warns.exb"
check '[ $status -eq 0 ] && [ "$(grep -c . "$tmp/err")" -eq 1 ] &&
	grep -q "kernel of w complained 1 time, .*\"WARNING: CPU: 0 PID: 7 at mm/memory.c:1 " "$tmp/err"' \
	"a kernel that warns is told"
check 'grep -q "WARNING: CPU: 0" "$tmp/warns-w.console"' "its console is kept"
works "its file" show "$tmp/warns.exb"
check 'grep -q "kernel of w complained" "$tmp/out"' "has the warning, too"

# A workload that a guest cannot run is left out.
run lab -k "m=$kernel" -w fork-exit,touch-exit -p pages=2M --memory 256M -n 20 -q -o "$tmp/left.exb"
check '[ $status -eq 0 ] && grep -q "touch-exit is left out" "$tmp/err"' \
	"what a guest cannot run is left out, and said"

# Ctrl-C, kill -9.
for sig in TERM KILL; do
	"$exitbench" lab -k "a=$kernel" -k "b=$kernel" -w touch-exit -n 100000 -q \
		-o "$tmp/$sig.exb" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for 'guests=$(guests_of $pid); [ -n "$guests" ]'
	kill -$sig $pid
	status=0
	wait $pid 2>/dev/null || status=$?
	check '[ -n "$guests" ] && wait_for "gone $guests"' "SIG$sig: no guest is left"
	[ $sig = KILL ] && continue
	check '[ $status -eq 4 ]' "SIG$sig: status 4"
	check '"$exitbench" show "$tmp/$sig.exb" | grep -q interrupted' "SIG$sig: the file says so"
done

finish
