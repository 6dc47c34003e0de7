#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Workloads that are programs of their own: exit-time and spawn-true.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
need python3

gone() {
	for p in "$@"; do
		[ -d "/proc/$p" ] && ! grep -q '^State:.*Z' "/proc/$p/status" 2>/dev/null && return 1
	done
	return 0
}

# exit-time on its own
status=0
programs/exit-time 50 >"$tmp/out" 2>"$tmp/err" || status=$?
check '[ $status -eq 0 ] && [ "$(grep -c "^[1-9][0-9]*$" "$tmp/out")" -eq 50 ] &&
	[ "$(wc -l <"$tmp/out")" -eq 50 ]' "exit-time prints each sample once, a line each"
status=0
programs/exit-time 5x >"$tmp/out" 2>"$tmp/err" || status=$?
check '[ $status -eq 2 ] && grep -q "5x: not a number of forks" "$tmp/err"' "exit-time 5x is refused"
if [ -e /dev/full ]; then
	status=0
	programs/exit-time 5 >/dev/full 2>"$tmp/err" || status=$?
	check '[ $status -eq 3 ] && grep -q "standard output: No space" "$tmp/err"' \
		"exit-time says when it cannot write"
fi

# as a workload
works "both in one file with a workload of the worker" run -q -o "$tmp/p.exb" \
	-w exit-time,spawn-true,fork-exit --ops 40 --block-time 10ms --arm a --arm b:fork=0
check '[ "$(sql "$tmp/p.exb" "SELECT DISTINCT workload, primary_metric FROM cell ORDER BY 1" |
	tr "\n" " ")" = "exit-time|exit fork-exit|exit spawn-true|throughput " ]' "each by its metric"
"$exitbench" export "$tmp/p.exb" >"$tmp/csv"
check '[ "$(grep ",exit-time,1,exit," "$tmp/csv" | wc -l)" -ge 80 ] &&
	! grep -q ",exit-time,1,\(fork\|cycle\)," "$tmp/csv"' "exit-time gives exit, and nothing else"
check '! grep -q ",spawn-true,1,\(fork\|cycle\|exit\)," "$tmp/csv" &&
	grep -q "^a,.*,spawn-true,1,throughput,[1-9]" "$tmp/csv" &&
	grep -q "^b,.*,spawn-true,1,throughput,[1-9]" "$tmp/csv"' "spawn-true is timed as a whole"
"$exitbench" show "$tmp/p.exb" >"$tmp/show"
check 'tr -s " \n" "  " <"$tmp/show" |
	grep -q "fork=1: /bin/sh, which is /[^ ]*, starts its commands with fork"' \
	"in parentheses the shell forks, and the run says so"
check 'tr -s " \n" "  " <"$tmp/show" |
	grep -q "fork=0: /bin/sh, which is /[^ ]*, starts its commands with \(fork\|vfork\)"' \
	"what it does without is recorded"
works "compared" compare "$tmp/p.exb" --margin 100
if [ -x programs/exit-time-static ]; then
	works "linked statically" run -q -o "$tmp/s.exb" -w exit-time --ops 20 --param static=1
else
	skip "no static libc"
fi
if [ "$(nproc)" -ge 2 ]; then
	works "on two CPUs" run -q -o "$tmp/two.exb" -w exit-time,spawn-true --ops 20 --cores 2
	check '[ "$(sql "$tmp/two.exb" "SELECT count(DISTINCT cpu) FROM part")" -eq 2 ]' "one on each"
else
	skip "one CPU only"
	skip "one CPU only"
fi
fails 2 "dose" "a parameter of the workers' children" run -o "$tmp/x.exb" -w exit-time --param dose=1us

# a program that misbehaves
mkdir "$tmp/bin"
EXITBENCH_LIBEXECDIR=$tmp/bin
export EXITBENCH_LIBEXECDIR
fails 3 "exit-time: No such file" "one that is not there" run -o "$tmp/x.exb" -w exit-time --ops 5
printf '#!/bin/sh\necho 12\necho oops >&2\nexit 5\n' >"$tmp/bin/exit-time"
chmod +x "$tmp/bin/exit-time"
fails 3 "exit-time on CPU .* ended with status 5: oops" "one that fails" \
	run -o "$tmp/x.exb" -w exit-time --ops 5
printf '#!/bin/sh\necho 12\n' >"$tmp/bin/exit-time"
fails 3 "printed 1 samples of " "one that prints too little" run -o "$tmp/x.exb" -w exit-time --ops 5
printf '#!/bin/sh\nkill -SEGV $$\n' >"$tmp/bin/exit-time"
fails 3 "killed by signal 11" "one that crashes" run -o "$tmp/x.exb" -w exit-time --ops 5
printf '#!/bin/sh\necho $$ >%s/pid\nsleep 1000 & echo $! >>%s/pid\nwait\n' "$tmp" "$tmp" \
	>"$tmp/bin/exit-time"
fails 3 "exit-time hung" "one that hangs" run -o "$tmp/x.exb" -w exit-time --ops 5 --hang 1s
check '[ -s "$tmp/pid" ] && gone $(cat "$tmp/pid")' "it is killed with its child"

# interruption
unset EXITBENCH_LIBEXECDIR
"$exitbench" run -q -o "$tmp/i.exb" -w exit-time --time 10m >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for '[ -n "$(cat "/proc/$pid/task/$pid/children")" ]'
read -r child _ <"/proc/$pid/task/$pid/children"
kill -INT $pid
status=0
wait $pid || status=$?
check '[ $status -eq 4 ] && [ ! -d "/proc/${child:-none}" ]' "an interrupted run leaves no program"
check '[ "$(sql "$tmp/i.exb" "SELECT status FROM run")" = interrupted ]' "and says so in its file"

finish
