#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each command's help, and what it says of options that are not there, have no value or a bad
# one. No kernel is built, little is measured.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317 # conditions are strings for check(), commands words
. "${srcdir:-.}/tests/tap.sh"
need python3
man=${srcdir:-.}/doc/exitbench.1

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
	fails 2 "^exitbench: $c: unknown or ambiguous option --no-such; see exitbench $c --help" "$c: an option that is none" $c --no-such
	fails 2 "^exitbench: $c: unknown option -@; see exitbench $c --help" "$c: a letter that is none" $c -@
	o=$(sed -n 's/^ *\(-., \)\?\(--[a-z]*\) [A-Z].*/\2/p' "$tmp/help" | head -n 1)
	if [ -n "$o" ]; then
		with_value=$((with_value + 1))
		fails 2 "^exitbench: $c: $o needs a value" "$c $o without a value" $c $o
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
