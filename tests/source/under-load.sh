#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make check, LOAD_ROUNDS times (3), beside LOAD_LOOPS busy loops (4) and a build of a kernel,
# again and again; where that cannot be had, beside one of exitbench. Says what failed; the logs are
# check-load-N.log. However this ends, its load ends with it.
set -u
rounds=${LOAD_ROUNDS:-3} loops=${LOAD_LOOPS:-4}
make=${MAKE:-make} cc=${CC:-cc} flags=${FLAGS:-}
case $rounds$loops in
*[!0-9]* | '')
	echo "under-load.sh: LOAD_ROUNDS=$rounds, LOAD_LOOPS=$loops: not whole numbers" >&2
	exit 2
	;;
esac
work=$(mktemp -d "${TMPDIR:-/tmp}/exitbench-load.XXXXXX") || exit 3
main=$$
groups=

# Each of them is the first of a process group.
end_all() {
	for group in $groups; do
		kill -TERM "-$group" 2>/dev/null
	done
	for group in $groups; do
		wait "$group" 2>/dev/null
	done
	rm -rf "$work"
}
trap end_all EXIT
trap 'exit 4' HUP INT TERM

# begin COMMAND...: in the background, in a session of its own.
begin() {
	setsid "$@" </dev/null &
	groups="$groups $!"
}

# They look whether we are there, for the case of kill -9.
# shellcheck disable=SC2016 # it is a script
busy='while kill -0 "$1" 2>/dev/null; do
	i=0
	while [ $i -lt 100000 ]; do i=$((i + 1)); done
done'
# shellcheck disable=SC2016 # it is a script
builds='main=$1 work=$2 source=$3
shift 3
cp ./exitbench "$work/exitbench"
kernel() {
	"$work/exitbench" lab build -q --cache "$work/kernels" stock >"$work/lab" 2>&1 &
	while kill -0 $! 2>/dev/null; do
		kill -0 "$main" 2>/dev/null || kill $!
		sleep 1
	done
	wait $!
}
while kill -0 "$main" 2>/dev/null && kernel; do
	echo "a kernel" >"$work/load"
	rm -rf "$work/kernels"
done
while kill -0 "$main" 2>/dev/null; do
	for file in $(find "$source/src" "$source/analysis" "$source/workloads" -name "*.c"); do
		"$@" -O2 -c -o "$work/object.o" "$file" 2>/dev/null
	done
	echo "exitbench ($(tail -n 1 "$work/lab"))" >"$work/load"
done
rm -rf "$work"'

n=0
while [ $n -lt "$loops" ]; do
	begin sh -c "$busy" sh $main
	n=$((n + 1))
done
# shellcheck disable=SC2086 # a list of words
begin sh -c "$builds" sh $main "$work" "$(cd "${srcdir:-.}" && pwd)" $cc $flags

bad=0 round=0
while [ $round -lt "$rounds" ]; do
	round=$((round + 1))
	echo "# round $round of $rounds, $(date -u +%H:%M:%S): load $(cut -d ' ' -f 1-3 /proc/loadavg)"
	setsid "$make" check VERBOSE=1 </dev/null >"check-load-$round.log" 2>&1 &
	suite=$!
	load=$groups
	groups="$groups $suite"
	status=0
	wait $suite || status=$?
	groups=$load
	sed 's/\x1b\[[0-9;]*m//g' "check-load-$round.log" >"$work/log"
	grep -E '^(FAIL|ERROR|XPASS): ' "$work/log"
	grep -E '^# (TOTAL|PASS|SKIP|FAIL|ERROR): ' "$work/log" | tail -n 5 | tr '\n' ' '
	echo "in round $round, status $status, built meanwhile: $(cat "$work/load" 2>/dev/null || echo nothing whole)"
	[ $status -eq 0 ] || bad=$((bad + 1))
	for group in $groups; do
		kill -0 "$group" 2>/dev/null && continue
		echo "under-load.sh: a part of the load has ended by itself: no proof" >&2
		exit 3
	done
done
echo "# $((rounds - bad)) of $rounds rounds passed"
[ $bad -eq 0 ] && [ "$rounds" -gt 0 ]
