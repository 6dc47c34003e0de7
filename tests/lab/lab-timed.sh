#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exitbench lab --timed, with programs that stand in for QEMU: one that says it has KVM and
# emulates, so that all of it is gone through on any host, others whose KVM does not work.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
. "${srcdir:-.}/tests/lab/lab-guest.sh"
need sqlite3

qemu=$(command -v qemu-system-x86_64)
bin=$tmp/bin
mkdir "$bin"

# stand_in WHAT-KVM-DOES: QEMU with another idea of -accel kvm. Logs each start with its CPUs.
stand_in() {
	cat >"$bin/qemu-system-x86_64" <<END
#!/bin/sh
kvm() {
	$1
}
accel=tcg
for word in "\$@"; do
	[ "\$word" = kvm ] && accel=kvm
done
echo "\$accel \$(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/self/status)" >>"$tmp/starts"
[ \$accel = tcg ] || kvm
n=\$#
while [ \$n -gt 0 ]; do
	case \$1 in
	kvm) set -- "\$@" tcg ;;
	host) set -- "\$@" max ;;
	*) set -- "\$@" "\$1" ;;
	esac
	shift
	n=\$((n - 1))
done
exec $qemu "\$@"
END
	chmod +x "$bin/qemu-system-x86_64"
	: >"$tmp/starts"
}

# timed ARGS...
timed() {
	PATH=$bin:$PATH run lab --timed -w fork-exit "$@"
}

# sql FILE QUERY WANTED
sql() {
	[ "$(sqlite3 "$1" "$2")" = "$3" ] || {
		echo "# $2: $(sqlite3 "$1" "$2" | head -n 3), wanted $3"
		return 1
	}
}

# A KVM that works: everything but the speed.
stand_in :
file=$tmp/kvm.exb
timed -k "a=$kernel" -k "b=$kernel" -t 4s --boots 2 --hang 200s -q --json -o "$file"
check '[ "$status" -le 1 ]' "guests under KVM: done"
cp "$tmp/out" "$tmp/kvm.json"
cp "$tmp/err" "$tmp/kvm.err"
check '! grep -q "KVM runs no guest" "$tmp/kvm.err"' "it is used"
# A guest that probes, and two for each boot.
check '[ "$(grep -c ^kvm "$tmp/starts")" -eq 5 ]' "QEMU is started anew for each boot"
check '[ "$(tail -n 4 "$tmp/starts" | sort -u | wc -l)" -eq 1 ] &&
	tail -n 1 "$tmp/starts" | grep -q "^kvm [0-9]*$"' "all of them bound to one CPU"
check 'sql "$file" "SELECT count(DISTINCT boot), group_concat(DISTINCT status) FROM run" "2|done"' \
	"two boots in the file"
check 'sql "$file" "SELECT count(*) FROM (SELECT cell, round FROM block GROUP BY cell, round
	HAVING count(DISTINCT arm) != 2 OR count(*) != 2)" 0' "each round has a block of both"
check 'sql "$file" "SELECT count(DISTINCT arm) FROM block WHERE position = 0" 4' "either may be first"
check 'sql "$file" "SELECT count(*) FROM (SELECT a.start_ns FROM block a JOIN block b
	ON a.cell = b.cell AND a.start_ns < b.start_ns
	WHERE a.start_ns + a.duration_ns > b.start_ns)" 0' "and they take turns"
check 'python3 -c "
import json, sys
d = json.load(open(sys.argv[1]))
c = d[\"cells\"][0]
assert d[\"switch_level\"] == \"vm\" and c[\"unit\"] == \"ns\"
assert d[\"before\"][\"boots\"] == d[\"after\"][\"boots\"] == 2
lo, hi = c[\"effect\"][\"ci_pct\"]
assert lo < hi
# Such guests on a busy host may need more boots; in emulated ones none would do.
assert c[\"verdict\"] != \"inconclusive\" or c[\"needs\"]
assert not any(\"mulated\" in w for w in d[\"warnings\"])
assert \"given\" in d[\"layout\"]
" "$tmp/kvm.json"' "switch level vm, two boots a side, an interval; a verdict, or what it needs"
check 'sql "$file" "SELECT count(*) FROM note WHERE kind = '"'layout'"' AND text LIKE '"'%as they are given%'"'" 2' \
	"the file says what was done about code layout"
works "compare" compare "$file" --margin 100
check '! grep -q mulated "$tmp/out"' "without a word of emulation"

# A KVM that hangs, one that refuses: said, emulated, no verdict.
stand_in 'while :; do :; done'
timed -k "a=$kernel" -k "b=$kernel" -t 1s --boots 1 -o "$tmp/hangs.exb"
check '[ "$status" -eq 0 ] && grep -q "KVM runs no guest here (.*hung.*): emulated" "$tmp/err"' \
	"a KVM that hangs is found out"
check '[ "$(cut -d" " -f1 "$tmp/starts" | uniq | tr "\n" " ")" = "kvm tcg " ]' "and guests are emulated"
check 'grep -q "emulated guests" "$tmp/out" && grep -q inconclusive "$tmp/out"' \
	"the comparison says so, and has no verdict"
works "compare" compare "$tmp/hangs.exb" --margin 100
check 'grep -q inconclusive "$tmp/out"' "whatever the margin"
stand_in 'echo "qemu-system-x86_64: Could not access KVM kernel module: no" >&2; exit 1'
timed -k "a=$kernel" -k "b=$kernel" -t 1s --boots 1 -q -o "$tmp/refuses.exb"
check '[ "$status" -eq 0 ] && grep -q "KVM runs no guest here (.*Could not access KVM" "$tmp/err"' \
	"a KVM that refuses is quoted"

# Ends.
stand_in :
for sig in TERM KILL; do
	PATH=$bin:$PATH "$exitbench" lab --timed -w fork-exit -k "a=$kernel" -k "b=$kernel" -t 600s --hang 200s -q \
		-o "$tmp/$sig.exb" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for '[ "$(sqlite3 "$tmp/$sig.exb" "SELECT count(*) FROM block" 2>/dev/null || echo 0)" -gt 2 ]'
	guests=$(guests_of $pid)
	kill -$sig $pid
	status=0
	wait $pid 2>/dev/null || status=$?
	check '[ "$(echo "$guests" | wc -l)" -eq 2 ] && wait_for "gone $(echo $guests)"' "SIG$sig: no guest is left"
	[ $sig = KILL ] && continue
	check '[ $status -eq 4 ]' "SIG$sig: status 4"
	check 'sql "$tmp/$sig.exb" "SELECT status FROM run" interrupted' "the file says so, and has its blocks"
done
PATH=$bin:$PATH "$exitbench" lab --timed -w fork-exit -k "a=$kernel" -k "b=$kernel" -t 600s --hang 200s -q \
	-o "$tmp/dies.exb" >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for '[ "$(sqlite3 "$tmp/dies.exb" "SELECT count(*) FROM block" 2>/dev/null || echo 0)" -gt 2 ]'
guests=$(guests_of $pid)
kill -KILL "$(echo "$guests" | head -n 1)"
status=0
wait $pid || status=$?
check '[ $status -eq 3 ] && grep -q "the guest of [ab] was killed by signal 9" "$tmp/err"' \
	"a guest that dies is reported"
check 'wait_for "gone $(echo $guests)"' "and the other is ended"

# A file that takes one note of a kind and run: the second kernel's cannot be written.
file=$tmp/notes.exb
printf 'arm,boot,block,workload,cores,metric,value\na,b,1,fork-exit,1,exit,5\n' |
	"$exitbench" import - -o "$file" >/dev/null
sqlite3 "$file" "CREATE UNIQUE INDEX once ON note(run, kind)"
timed -k "a=$kernel" -k "b=$kernel" -t 1s --boots 1 --hang 200s -q -o "$file"
check '[ "$status" -eq 2 ] && grep -q "notes.exb.*UNIQUE" "$tmp/err"' "a run that cannot be begun is an error"
check 'sql "$file" "SELECT group_concat(status) FROM (SELECT status FROM run ORDER BY id)" "done,failed"' \
	"and does not stay as if it were running"

# Bad input.
n=$tmp/none.exb
fails 2 "take turns, and these are 1" "one kernel" lab --timed -k "a=$kernel" -o "$n"
fails 2 "pad 3.*timed" "--pad without --timed" lab --pad 3 -k "a=$kernel" -o "$n"
fails 2 "pad 3.*kernel" "--pad of a kernel that is built" lab --timed --pad 3 -k "a=$kernel" -o "$n"
fails 2 "pad 3,3: 3 twice" "the same --pad twice" lab --timed --pad 3,3 -o "$n"
check '[ ! -e "$n" ]' "bad input leaves no file"
finish
