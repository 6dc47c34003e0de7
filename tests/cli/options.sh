#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is made from the tables of options: the manual page's lists, completion in bash; and
# options in any order, shortened, with bounds that messages name.
# shellcheck disable=SC2016,SC2034 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
man=${srcdir:-.}/doc/exitbench.1

works "help --mdoc" help --mdoc
sed -n '/^\.\\" BEGIN/,/^\.\\" END/p' "$man" | sed '1d;$d' >"$tmp/page"
check '[ -s "$tmp/page" ] && cmp -s "$tmp/page" "$tmp/out"' \
	"the manual page has the options that the program has (else: make man)"

# Each option that a help lists is in the manual page, below its command.
works "help" --help
commands=$(awk '/^  [a-z]+ / { print $1 }' "$tmp/out" | grep -v '^completion$')
missing=
n=0
for c in $commands lab-build lab-variants lab-bisect; do
	c=$(echo "$c" | tr - ' ')
	# shellcheck disable=SC2086 # two words
	run $c --help
	sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/\2/p' "$tmp/out" >"$tmp/names"
	while read -r o; do
		n=$((n + 1))
		[ "$o" = help ] || sed -n "/^\.Ss exitbench $c\$/,/^\.El/p" "$man" |
			grep -q "^\.It .*Fl -$o\( \|\$\)" || missing="$missing $c/$o"
	done <"$tmp/names"
done
check '[ -z "$missing" ] && [ "$n" -gt 100 ]' "each option of each help is in the manual page$missing"

# Options behind arguments, shortened, with "=": all the same.
printf '%s\n' arm,boot,block,workload,cores,metric,value a,b,0,w,1,exit,1 a,b,0,w,1,exit,2 >"$tmp/in.csv"
works "options behind arguments" import "$tmp/in.csv" -o "$tmp/f.exb" --js
check 'grep -q "\"rows\": 2" "$tmp/out"' "a shortened one"
works "a value behind =" import --csv="$tmp/in.csv" --out="$tmp/f.exb"
works "-- ends them" show -- "$tmp/f.exb"
fails 2 "unknown or ambiguous option --l" "one that is short for two" run --l
fails 2 "no value goes with --json=x" "a value that is none" list --json=x
fails 2 "no value goes with --help=x" "nor has --help one" list --help=x
fails 2 "lab build: unknown or ambiguous option --no; see exitbench lab build --help" "a part's own name" lab build --no
fails 2 "export: one argument too many" "an argument too many" export a b

# Both ends of a range, said as one writes them.
fails 2 "^exitbench: --block-time 9us: must be 10us to 100s$" "below" run --block-time 9us
fails 2 "^exitbench: --block-time 101s: must be 10us to 100s$" "above" run --block-time 101s
fails 2 "^exitbench: --margin 0: must be more than 0 and at most 100$" "0 is not more than 0" \
	compare --margin 0 x
fails 2 "^exitbench: --hang 1ms: too short; at least 1s$" "no upper end" lab --hang 1ms
fails 2 "^exitbench: --memory 63M: must be 64M to 1024G$" "a size" lab --memory 63M
fails 2 "^exitbench: --format x: no such choice; it is one of text, markdown, json" "a choice" \
	compare --format x

# A seed that is reported is taken again, and gives the same order. What JSON and the file cannot
# hold is not taken.
most=9223372036854775807
# order FILE: of the arms of its run, in time.
order() {
	sql "$1" "SELECT arm FROM block ORDER BY id LIMIT 20"
}
for i in 1 2; do
	works "the largest seed" run --seed $most --json -q -w fork-exit -a a -a b -a c -n 200 --block-time 1ms \
		-o "$tmp/seed$i.exb"
	check 'grep -q "\"seed\": $most," "$tmp/out"' "is what run --json reports"
	works "show" show --json "$tmp/seed$i.exb"
	check 'grep -q "\"seed\": $most," "$tmp/out"' "and show --json"
	order "$tmp/seed$i.exb" >"$tmp/order$i"
done
check '[ -s "$tmp/order1" ] && cmp -s "$tmp/order1" "$tmp/order2"' "the same order twice"
for c in run calibrate lab; do
	o=$tmp/none.exb
	fails 2 "^exitbench: --seed 9223372036854775808: must be 0 to $most$" "$c: one more" $c -o "$o" \
		--seed 9223372036854775808
	fails 2 "^exitbench: --seed 18446744073709551615: must be 0 to $most$" "$c: -1 as it was" $c -o "$o" \
		--seed 18446744073709551615
	fails 2 "^exitbench: --seed 18446744073709551616: too large a number$" "$c: more than 64 bits" $c \
		-o "$o" --seed 18446744073709551616
done
fails 2 "^exitbench: --run 18446744073709551615: must be 1 to $most$" "export --run" export "$tmp/f.exb" \
	--run 18446744073709551615
check '[ ! -e "$tmp/none.exb" ]' "none of these made a file"

# completes WORDS... WANT: what is proposed for the last of WORDS is all of "=WANT", or has WANT.
completes() {
	r=0
	PATH="$tmp/bin:$PATH" bash -c '
		source "$0"
		want=${!#}
		COMP_WORDS=(exitbench "${@:1:$#-1}") COMP_CWORD=$(($# - 1))
		_exitbench
		echo "proposed: ${COMPREPLY[*]}"
		case $want in
		=*) [ "=${COMPREPLY[*]}" = "$want" ] ;;
		*) [[ " ${COMPREPLY[*]} " = *" $want "* ]] ;;
		esac' "$script" "$@" >"$tmp/out" 2>"$tmp/err" || r=1
	[ -s "$tmp/err" ] && r=1
	ok $r "completes $*"
}
script=$tmp/script
works "completion bash" completion bash
cp "$tmp/out" "$script"
fails 2 "completion fish: not for this shell; take bash" "no other shell" completion fish
fails 2 "completion: it takes a shell: bash" "a shell is needed" completion
if command -v bash >/dev/null; then
	check 'bash -n "$script"' "is a script"
	completes ru '=run'
	completes '' compare
	completes '' completion
	completes run --re '=--resolution'
	completes run --shared '='
	completes run --w '=--workload'
	completes run --he '=--help'
	completes run -w touch '=touch-exit'
	completes run --workload fork-exit,touch '=fork-exit,touch-exit'
	completes run -P s 'scatter'
	completes compare --format j 'json'
	completes compare --format = ju '=junit'
	completes compare --format = ktap
	completes compare -m ex '=exit'
	completes compare -m fork,ex '=fork,exit'
	completes compare f.e '='
	completes run -o f '='
	completes lab b '=bisect build'
	completes lab --ti '=--timed --time'
	completes lab build --ar '=--arch'
	completes lab build -V v 'v2'
	completes lab -w touch '=touch-exit'
	completes completion '' '=bash'
	# As bash-completion does it, with the program from PATH.
	mkdir "$tmp/bin"
	ln -s "$(readlink -f "$exitbench")" "$tmp/bin/exitbench"
	script=${srcdir:-.}/doc/completion/exitbench
	completes ru '=run'
else
	skip "bash is not installed"
fi
finish
