# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# TAP for shell tests: sourced. A test runs in the build directory.
# A test has from here: $exitbench, $tmp (its folder, removed at the end), $status, and the
# functions. All else of this file's is called tap_*, so that no test can collide with it.
set -u

tap_n=0
tap_failed=0
exitbench=${EXITBENCH:-./exitbench}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/exitbench-test.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

tap_build=$(pwd)
tap_source=$(cd "${srcdir:-.}" && pwd) || exit 1

# The names in the build and the source directory, without what make, git and editors put there.
tap_tree() {
	find "$tap_build" "$tap_source" \( -name .git -o -name '.*.sw?' -o -name '*.log' -o -name '*.trs' \
		-o -name '*.log-t' -o -name '*.trs-t' -o -name .deps -o -name .dirstamp -o -name autom4te.cache \
		-o -name '*.o' -o -name '*.t' -o -name '*.gc??' -o -name __pycache__ \
		-o -name 'exitbench-test.*' -o -path "$tap_source/build*" ! -path "$tap_source/build-aux*" \
		! -path "$tap_build" ! -path "$tap_build/*" -o -path "$tap_source/results" \) -prune -o -print | LC_ALL=C sort -u
}
tap_tree >"$tmp/.tree"

# ok STATUS WHAT: counts one test.
ok() {
	if [ $# -ne 2 ] || [ -z "$2" ]; then
		set -- 1 "the test is wrong: ok() without a status or a name: $*"
	fi
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

# tap_misused WHAT: the test itself is wrong, so it fails.
tap_misused() {
	ok 1 "the test is wrong: $1"
}

# skip NEED: one test, for want of NEED: a tool, a privilege, something of the kernel or machine.
skip() {
	if [ $# -ne 1 ] || [ -z "$1" ]; then
		tap_misused "skip() without the one thing that is needed"
		return
	fi
	tap_n=$((tap_n + 1))
	echo "ok $tap_n # SKIP $1"
}

# need TOOL...: skips the whole test where one is missing.
need() {
	for tap_tool in "$@"; do
		command -v "$tap_tool" >/dev/null && continue
		echo "1..0 # SKIP $tap_tool is not installed"
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

# reseal FILE: a test changed it, and now its check sums are right again.
reseal() {
	python3 "$tap_source/tests/cli/reseal.py" "$1"
}

# measures FILE: a run into it is past its calibration and warm-up.
measures() {
	[ "$(sql "$1" "SELECT count(*) > 4 FROM block WHERE NOT warmup" 2>/dev/null)" = 1 ]
}

# Seconds after which what should come is taken not to come: a guard against waiting for ever.
# Nothing is said of how fast anything is; a run to be interrupted goes on for longer than this.
TEST_PATIENCE=${TEST_PATIENCE:-300}

# wait_for CONDITION: until it holds, or TEST_PATIENCE is over.
wait_for() {
	tap_tries=$((10 * TEST_PATIENCE))
	while [ $tap_tries -gt 0 ]; do
		eval "$1" && return 0
		sleep 0.1
		tap_tries=$((tap_tries - 1))
	done
	return 1
}

# Is it a build with AddressSanitizer? That needs /proc, and much address space.
sanitized() {
	grep -q __asan_init "$exitbench"
}

# Any start removes what a killed run of somebody else's has left, and says so: not our concern.
# See repairs(), below.
tap_ours() {
	tap_other='^exitbench: warning: removed the .* of a run that was killed'
	grep -q "$tap_other" "$tmp/err" || return 0
	grep -v "$tap_other" "$tmp/err" >"$tmp/.err"
	cp "$tmp/.err" "$tmp/err"
}

# Runs the program; its status is in $status, its output in $tmp/out and $tmp/err.
run() {
	status=0
	"$exitbench" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	tap_ours
}

# works WHAT ARGS...: exits with 0.
works() {
	if [ $# -lt 2 ] || [ -z "$1" ]; then
		tap_misused "works() with nothing to run or without a name: $*"
		return
	fi
	tap_what=$1
	shift
	run "$@"
	ok "$status" "$tap_what"
}

# tap_one_line STATUS PATTERN: did what ran last end with STATUS and one line that matches?
tap_one_line() {
	[ "$status" -eq "$1" ] && [ "$(grep -c . "$tmp/err")" -eq 1 ] &&
		grep -q -- "$2" "$tmp/err" && return 0
	echo "# status $status, wanted $1 and a line with '$2'"
	return 1
}

# fails STATUS PATTERN WHAT ARGS...: exits with STATUS and one line that matches PATTERN.
# A PATTERN that an empty line matches says nothing: mostly a variable is empty.
fails() {
	if [ $# -lt 4 ] || [ -z "$3" ] || echo | grep -q -- "$2"; then
		tap_misused "fails() with the pattern '${2-}', which anything matches, or too little: $*"
		return
	fi
	tap_want=$1 tap_pattern=$2 tap_what=$3
	shift 3
	run "$@"
	tap_r=0
	tap_one_line "$tap_want" "$tap_pattern" || tap_r=1
	ok $tap_r "$tap_what"
}

# check CONDITION WHAT: true for the condition, a string for eval.
check() {
	if [ $# -ne 2 ] || [ -z "$1" ] || [ -z "$2" ]; then
		tap_misused "check() without a condition or a name: $*"
		return
	fi
	# Here $? is no longer that of what the test ran before, but 0.
	case $1 in
	'[ $?'*)
		tap_misused "check() of a status that is lost: $1"
		return
		;;
	esac
	tap_r=0
	eval "$1" || tap_r=1
	ok $tap_r "$2"
}

# stopped SIGNAL START GONE WHAT: the function START starts $pid, and is true once it holds what is
# to be tidied up; ended by SIGNAL, with $status, the condition GONE is true.
# shellcheck disable=SC2154 # START sets pid
stopped() {
	if ! "$2"; then
		kill -9 "$pid"
		wait "$pid" 2>/dev/null
		ok 1 "$4 (it held nothing)"
		return
	fi
	kill -"$1" "$pid"
	status=0
	wait "$pid" 2>/dev/null || status=$?
	check "$3" "$4"
}

# repairs LEAVE LEFT PATTERN WHAT: the function LEAVE leaves something behind, and the condition
# LEFT is true as long as it is there; the next start removes it, and says PATTERN, in which $pid is
# replaced. Any start of exitbench on the machine repairs: where another came first, once more.
repairs() {
	tap_seen=false tap_rounds=5
	while [ $tap_rounds -gt 0 ]; do
		tap_rounds=$((tap_rounds - 1))
		"$1"
		eval "$2" || continue
		status=0
		"$exitbench" run -q -o "$tmp/next.exb" -w fork-exit --ops 20 >"$tmp/out" 2>"$tmp/err" || status=$?
		eval "grep -q \"$3\" \"\$tmp/err\"" || continue
		[ "$status" -eq 0 ] && ! eval "$2" && tap_seen=true
		break
	done
	$tap_seen
	ok $? "$4"
}

# All that a test makes lies in $tmp.
finish() {
	tap_tree >"$tmp/.tree-after"
	comm -13 "$tmp/.tree" "$tmp/.tree-after" >"$tmp/.made"
	while read -r tap_made; do
		git -C "${tap_made%/*}" ls-files --error-unmatch "${tap_made##*/}" >/dev/null 2>&1 ||
			echo "# $tap_made"
	done <"$tmp/.made" >"$tmp/.left"
	if [ -s "$tmp/.left" ]; then
		tap_failed=1
		tap_n=$((tap_n + 1))
		echo "not ok $tap_n - nothing is left outside the test's own folder"
		cat "$tmp/.left"
	fi
	[ $tap_n -gt 0 ] || tap_misused "it has no tests"
	echo "1..$tap_n"
	exit $tap_failed
}
