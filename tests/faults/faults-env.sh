#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a run finds around it: standard files, signals, limits, environment, namespaces.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/faults/inventory.sh"
set -u
need prlimit
case $exitbench in /*) ;; *) exitbench=$here/$exitbench ;; esac
f=$tmp/f.exb

# done_runs N: there are N runs in the file, all of them done.
done_runs() {
	[ "$(sql "$f" "SELECT count(*), min(status), max(status) FROM run")" = "$1|done|done" ]
}
n=0
# goes_on WHAT COMMAND...: the run is done, says nothing on stderr, and leaves nothing.
goes_on() {
	what=$1
	shift
	n=$((n + 1))
	under "$@"
	check '[ $status -eq 0 ] && ! [ -s "$tmp/err" ] && done_runs $n && restored' "$what"
}
run_f="$exitbench run -o $f -w fork-exit $quick"

# --- standard files: a number that is free must not be taken by a file of ours.
goes_on "standard input closed" sh -c "$run_f <&-"
goes_on "standard error closed" sh -c "$run_f 2>&-"
under sh -c "$run_f >&-"
n=$((n + 1))
check '[ $status -eq 3 ] && grep -q "cannot write the output: Bad file" "$tmp/err" && done_runs $n' \
	"standard output closed: the run is done, its summary lost, which is an error"
under sh -c "$run_f --json <&- >&- 2>&-"
n=$((n + 1))
check '[ $status -eq 3 ] && done_runs $n && restored' "all of them closed"
# lost WHAT: the file is whole, the status is not 0, and no side file is left.
lost() {
	n=$((n + 1))
	check '[ "$(cat "$tmp/status")" -eq 3 ] && done_runs $n && [ "$(ls "$tmp" | grep -c "f.exb")" -eq 1 ]' \
		"$1: status 3, the run is done, one file"
}
# into_closed COMMAND: into a pipe whose reader is gone.
into_closed() {
	rm -f "$tmp/closed"
	{
		wait_for '[ -e "$tmp/closed" ]'
		sh -c "$1" 2>"$tmp/err"
		echo $? >"$tmp/status"
	} | {
		exec <&-
		: >"$tmp/closed"
	}
}
into_closed "$run_f --json"
lost "JSON into a pipe that is closed"
into_closed "trap '' PIPE; $run_f"
lost "the same with SIGPIPE ignored"
if [ -w /dev/full ]; then
	$run_f --json >/dev/full 2>"$tmp/err"
	echo $? >"$tmp/status"
	lost "JSON to a full disk"
	# Short output and long, JSON and text: stdio hears of the disk early or late.
	for c in list "list --json" "show $f" "show --json $f" history "history --json" doctor \
		"doctor --json" "export --csv $f -o -" "export --json $f -o -" "report $f -o -" \
		"lab variants" "lab variants --json" "help --mdoc" "--version"; do
		under sh -c "$exitbench $c >/dev/full"
		check '[ $status -eq 3 ] && grep -q "cannot write the output: No space" "$tmp/err"' \
			"$c to a full disk: status 3, and why"
	done
else
	skip "no /dev/full"
fi
# A pipe that nobody empties holds the output up, not the run.
mkfifo "$tmp/pipe"
sh -c 'exec sleep 600' <"$tmp/pipe" &
reader=$!
sh -c "$run_f -w fork-exit" >"$tmp/pipe" 2>"$tmp/err"
n=$((n + 1))
check 'done_runs $n' "a pipe that nobody reads"
kill $reader
wait $reader 2>/dev/null

# --- signals as the caller left them
goes_on "SIGCHLD ignored" sh -c "trap '' CHLD; exec $run_f"
n=$((n + 1))
under sh -c "trap '' CHLD; exec $exitbench run -o $f $quick -w spawn-true"
check '[ $status -eq 0 ] && done_runs $n' "and for a program"
blocked='import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
os.execvp(sys.argv[1], sys.argv[1:])'
goes_on "all signals blocked" python3 -c "$blocked" $run_f
python3 -c "$blocked" "$exitbench" run -q -o "$tmp/b.exb" -w fork-exit --time 10m >/dev/null 2>&1 &
pid=$!
wait_for 'measures "$tmp/b.exb"'
kill -INT $pid
status=0
wait $pid || status=$?
check '[ $status -eq 4 ] && restored' "and it can be interrupted all the same"

# --- limits
goes_on "RLIMIT_CORE unlimited" prlimit --core=unlimited $run_f
if sanitized; then
	skip "RLIMIT_AS: AddressSanitizer needs more"
else
	goes_on "RLIMIT_AS of 512 MB" prlimit --as=536870912 $run_f
fi
goes_on "RLIMIT_NOFILE of 32" prlimit --nofile=32 $run_f
# refused PATTERN WHAT COMMAND...
refused() {
	pattern=$1 what=$2
	shift 2
	under "$@"
	check '[ $status -eq 3 ] && grep -q -- "$pattern" "$tmp/err" && restored' "$what"
}
r=$tmp/r.exb
run_r="$exitbench run -o $r -w fork-exit $quick"
refused "ulimit -n" "RLIMIT_NOFILE of 8: status 3, and which limit" prlimit --nofile=8 $run_r
sanitized || refused "touch-exit.*dose\|a child of touch-exit\|ulimit" "a child without address space: status 3" \
	prlimit --as=536870912 "$exitbench" run -o "$r" -w touch-exit $quick --param pages=1M
under prlimit --fsize=4096 $run_r
check '[ $status -eq 3 ] || [ $status -eq 2 ] && [ -s "$tmp/err" ] && restored' \
	"RLIMIT_FSIZE of a page: an error, not a signal"

# --- umask, locale, time zone, environment, lengths
(umask 0777 && under $run_f && [ $status -eq 0 ] && $run_f >/dev/null)
ok $? "umask 0777"
n=$((n + $(sql "$f" "SELECT count(*) - $n FROM run")))
(umask 077 && "$exitbench" run -o "$tmp/u.exb" -w fork-exit $quick >/dev/null)
check '[ "$(stat -c %a "$tmp/u.exb")" = 600 ]' "umask 077 is kept"
goes_on "a locale that is none, a time zone that is none" env LC_ALL=xx_YY.FOO LANG=/ TZ=:/no/zone $run_f
goes_on "an empty environment" env -i $run_f
goes_on "no TMPDIR, no HOME" env -u HOME TMPDIR=/nonexistent $run_f
under env -u HOME -u XDG_CACHE_HOME "$exitbench" lab build --variant stock
check '[ $status -eq 2 ] || [ $status -eq 3 ] && [ "$(grep -c . "$tmp/err")" -eq 1 ]' \
	"no place for the lab's kernels: one line"
goes_on "a label of 100,000 bytes" $run_f --label "$(head -c 100000 /dev/zero | tr '\0' x)"
goes_on "a hundred thousand options" $run_f $(yes -- -q | head -n 100000)
check '"$exitbench" show "$f" >/dev/null && { "$exitbench" compare "$f" "$f" >"$tmp/out" 2>&1; [ $? -le 1 ]; }' \
	"and the file can be read"

# --- PATH: what is run does not depend on where we are.
mkdir "$tmp/evil"
printf '#!/bin/sh\ntouch %s/pwned\n' "$tmp" >"$tmp/evil/gnuplot"
cp "$tmp/evil/gnuplot" "$tmp/evil/qemu-system-x86_64"
chmod +x "$tmp/evil/gnuplot" "$tmp/evil/qemu-system-x86_64"
for p in . : evil ./evil:; do
	(cd "$tmp/evil" && PATH=$p "$exitbench" plot "$f" -o "$tmp/plots" >/dev/null 2>&1)
	(cd "$tmp/evil" && PATH=$p "$exitbench" lab --kernel "$f" -o "$tmp/l.exb" >/dev/null 2>&1)
	check '[ ! -e "$tmp/pwned" ]' "PATH=$p: nothing of the current directory is run"
done

check restored "nothing is left"
finish
