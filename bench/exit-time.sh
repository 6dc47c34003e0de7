#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The workload exit-time against a plain C program written to the same description, in
# alternation on one CPU: medians of both and their ratio. Run by `make bench-exit-time`.
set -eu

exitbench=${EXITBENCH:-./exitbench}
plain=${PLAIN:-bench/plain-exit-time}
rounds=${ROUNDS:-20}
ops=${OPS:-3000}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/exitbench-bench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
cpu=${CPU:-$(taskset -cp $$ | sed 's/.*[:,-] *//')}

# The median of the numbers on stdin.
median() {
	sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

workload() {
	rm -f "$tmp/run.exb"
	"$exitbench" run -q -o "$tmp/run.exb" -w exit-time --place "$cpu" --ops "$ops" >/dev/null
	"$exitbench" export "$tmp/run.exb" | awk -F, '$6 == "exit" { print $7 }' | median
}

# By which the run made ns of cycles.
ns_per_tick() {
	"$exitbench" show --json "$tmp/run.exb" | sed -n 's/.*"ns_per_tick": \([0-9.e-]*\).*/\1/p' |
		head -n 1
}

loop() {
	taskset -c "$cpu" "$plain" "$ops" >"$tmp/plain"
	median <"$tmp/plain"
}

i=0
while [ $i -lt "$rounds" ]; do
	# Which of the two comes first alternates, too.
	[ $((i % 2)) -eq 1 ] && p=$(loop)
	w=$(workload)
	[ $((i % 2)) -eq 0 ] && p=$(loop)
	echo "$w $p $(ns_per_tick)" | awk '{ print $1, $2 * $3, $1 / ($2 * $3) }' >>"$tmp/rounds"
	i=$((i + 1))
done
echo "exit-time over a plain program, medians of $ops forks, CPU $cpu, $rounds rounds in alternation"
printf '  exit-time      %8.0f ns\n' "$(awk '{ print $1 }' "$tmp/rounds" | median)"
printf '  plain program  %8.0f ns\n' "$(awk '{ print $2 }' "$tmp/rounds" | median)"
awk '{ print $3 }' "$tmp/rounds" | sort -n | awk '{ v[NR] = $1 } END {
	q = int((NR + 3) / 4)
	m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
	printf "  ratio          %8.3f  quartiles %.3f to %.3f  %s (0.97 to 1.03)\n", m, v[q],
		v[NR + 1 - q], (m >= 0.97 && m <= 1.03) ? "ok" : "MISSED" }'
