#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Speeds of exitbench itself, as ratios. What is compared alternates within this one run,
# since machines drift. Run by `make bench`; takes about two minutes.
set -eu

exitbench=${EXITBENCH:-./exitbench}
loops=${LOOPS:-bench}
rounds=${ROUNDS:-15}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/exitbench-bench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
cpu=$(taskset -cp $$ | sed 's/.*[:,-] *//')

# The median of the numbers on stdin.
median() {
	sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# p50 of a metric of both arms of a file: "before after".
medians() {
	"$exitbench" compare -m "$2" -f csv "$1" | awk -F, '$6 == 50 { print $7, $8; exit }'
}

machine() {
	model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
	echo "machine: ${model:-unknown CPU}, $(nproc) CPUs, Linux $(uname -r)"
}

# verdict VALUE LIMIT: how a ratio stands to what is promised.
verdict() {
	awk -v v="$1" -v limit="$2" 'BEGIN { printf "%s (at most %s)\n", v <= limit ? "ok" : "MISSED", limit }'
}

floor() {
	echo "cycle of fork-exit over plain loops, medians, CPU $cpu, $rounds rounds in alternation"
	i=0
	while [ $i -lt "$rounds" ]; do
		rm -f "$tmp/floor.exb"
		"$exitbench" run -q -o "$tmp/floor.exb" -w fork-exit --place "$cpu" --time 800ms \
			--arm stamped --arm free:stamp=0 >/dev/null
		# shellcheck disable=SC2046 # two numbers
		set -- $(medians "$tmp/floor.exb" cycle)
		stamped=$1 free=$2
		for kind in raw static dynamic libraries; do
			ns=$(taskset -c "$cpu" "$loops/loop-$kind" 8000)
			echo "$ns" >>"$tmp/$kind"
			echo "$stamped $ns" | awk '{ print $1 / $2 }' >>"$tmp/$kind-stamped"
			echo "$free $ns" | awk '{ print $1 / $2 }' >>"$tmp/$kind-free"
		done
		echo "$stamped" >>"$tmp/stamped"
		echo "$free" >>"$tmp/free"
		i=$((i + 1))
	done
	printf '  %-46s %8.0f ns\n' "worker, stamp-free (the floor)" "$(median <"$tmp/free")"
	printf '  %-46s %8.0f ns\n' "worker, with stamps" "$(median <"$tmp/stamped")"
	printf '  %-46s %8.0f ns\n' "loop, raw system calls, no libc" "$(median <"$tmp/raw")"
	printf '  %-46s %8.0f ns\n' "loop, glibc static" "$(median <"$tmp/static")"
	printf '  %-46s %8.0f ns\n' "loop, glibc dynamic" "$(median <"$tmp/dynamic")"
	printf '  %-46s %8.0f ns\n' "loop, dynamic, hwloc + GSL + jansson + SQLite" "$(median <"$tmp/libraries")"
	r=$(median <"$tmp/raw-free")
	printf '  stamp-free / raw loop      %.3f  %s\n' "$r" "$(verdict "$r" 1.05)"
	r=$(median <"$tmp/raw-stamped")
	printf '  with stamps / raw loop     %.3f  %s\n' "$r" "$(verdict "$r" 1.15)"
	r=$(median <"$tmp/libraries-stamped")
	printf '  with stamps / with libs    %.3f  %s\n' "$r" "$(verdict "$r" 0.5)"
}

overhead() {
	echo "time between blocks, share of all time, defaults"
	for cores in 1 max; do
		rm -f "$tmp/overhead.exb"
		share=$("$exitbench" run -q --json -o "$tmp/overhead.exb" --cores $cores --time 10s \
			--arm a --arm b | sed -n 's/.*"overhead": \([0-9.e-]*\).*/\1/p')
		printf '  %-4s core(s)  %.4f  %s\n' "$cores" "$share" "$(verdict "$share" 0.01)"
	done
}

# p25 of the cycle on two CPUs: all workers running one executable file over each its own.
own_copies() {
	[ "$(nproc)" -ge 2 ] || return 0
	n=$((3 * rounds))
	echo "cycle of fork-exit on two CPUs, one shared executable over own copies, $n pairs"
	i=0
	while [ $i -lt $n ]; do
		set -- --shared-image
		[ $((i % 2)) -eq 0 ] && set -- --quiet
		# Which of the two comes first alternates, too.
		for flag in "$1" other; do
			[ "$flag" = other ] && [ "$1" = --quiet ] && flag=--shared-image
			[ "$flag" = other ] && flag=--quiet
			rm -f "$tmp/image.exb"
			"$exitbench" run "$flag" -o "$tmp/image.exb" -w fork-exit --cores 2 \
				--time 600ms --param stamp=0 --arm a --arm b >/dev/null
			"$exitbench" compare -m cycle -f csv "$tmp/image.exb" | awk -F, '
				$6 == 25 { print ($7 + $8) / 2 }' >"$tmp/image$flag"
		done
		paste "$tmp/image--shared-image" "$tmp/image--quiet" |
			awk '{ print $1 / $2 }' >>"$tmp/ratio"
		i=$((i + 1))
	done
	sort -n "$tmp/ratio" | awk '{ v[NR] = $1; more += $1 > 1 } END {
		q = int((NR + 3) / 4)
		printf "  shared / own               %.3f  quartiles %.3f to %.3f, above 1 in %d of %d\n",
			v[int((NR + 1) / 2)], v[q], v[NR + 1 - q], more, NR }'
}

machine
floor
overhead
own_copies
