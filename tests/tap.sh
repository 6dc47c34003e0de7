# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# TAP for shell tests: sourced. A test runs in the build directory.

tap_n=0
tap_failed=0
exitbench=${EXITBENCH:-./exitbench}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/exitbench-test.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# ok STATUS WHAT: counts one test.
ok() {
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
	else
		tap_failed=1
		echo "not ok $tap_n - $2"
		[ -s "$tmp/out" ] && sed 's/^/# out: /' "$tmp/out"
		[ -s "$tmp/err" ] && sed 's/^/# err: /' "$tmp/err"
	fi
	return 0
}

skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n # SKIP $1"
}

# need TOOL...: skips the whole test where one is missing.
need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null && continue
		echo "1..0 # SKIP $tool is not installed"
		exit 0
	done
}

# sql FILE STATEMENT: its rows, a line each.
sql() {
	python3 -c '
import sqlite3, sys
for row in sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True).execute(sys.argv[2]):
    print("|".join(str(v) for v in row))' "$1" "$2"
}

# measures FILE: a run into it is past its calibration and warm-up.
measures() {
	[ "$(sql "$1" "SELECT count(*) > 4 FROM block WHERE NOT warmup" 2>/dev/null)" = 1 ]
}

# wait_for CONDITION [SECONDS]: at most 20.
wait_for() {
	tries=$((10 * ${2:-20}))
	while [ $tries -gt 0 ]; do
		eval "$1" && return 0
		sleep 0.1
		tries=$((tries - 1))
	done
	return 1
}

# Is it a build with AddressSanitizer? That needs /proc, and much address space.
sanitized() {
	grep -q __asan_init "$exitbench"
}

# Runs the program; its status is in $status, its output in $tmp/out and $tmp/err.
run() {
	status=0
	"$exitbench" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
}

# works WHAT ARGS...: exits with 0.
works() {
	what=$1
	shift
	run "$@"
	ok "$status" "$what"
}

# fails STATUS PATTERN WHAT ARGS...: exits with STATUS and one line that matches PATTERN.
fails() {
	want=$1 pattern=$2 what=$3
	shift 3
	run "$@"
	r=0
	[ "$status" -eq "$want" ] || r=1
	[ "$(grep -c . "$tmp/err")" -eq 1 ] || r=1
	grep -q -- "$pattern" "$tmp/err" || r=1
	[ $r -eq 0 ] || echo "# status $status, wanted $want and a line with '$pattern'"
	ok $r "$what"
}

# True for each of the conditions given as one string for eval.
check() {
	r=0
	eval "$1" || r=1
	ok $r "$2"
}

finish() {
	echo "1..$tap_n"
	exit $tap_failed
}
