#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make check-lab: builds the shipped variants of Debian's 6.1 (minutes, once) and measures
# them all, twice. $EXITBENCH_LAB_OPTIONS is added to each 'exitbench lab', such as --cache DIR or
# --source linux-6.12.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u
. "${srcdir:-.}/tests/lab/lab-tools.sh"
need qemu-system-x86_64 python3 spatch
if [ "$(uname -m)" != x86_64 ]; then
	echo "1..0 # SKIP the lab has guests for x86-64 only so far"
	exit 0
fi
EXITBENCH_DATADIR=${srcdir:-.}/analysis/gnuplot
export EXITBENCH_DATADIR

# lab WHAT ARGS...
lab() {
	what=$1
	shift
	# shellcheck disable=SC2086 # options
	works "$what" lab ${EXITBENCH_LAB_OPTIONS:-} -q "$@"
}

# rows WHAT LIST: a Python expression over the last table's rows, of what is not as it should be.
rows() {
	r=0
	python3 - "$tmp/table" >"$tmp/why" 2>&1 <<-END || r=1
		import json, sys
		rows = json.load(open(sys.argv[1]))["rows"]
		def change(row, kernel):
		    e = row["kernels"].get(kernel)
		    return e and e["change"]
		def about(row, kernel):
		    e = row["kernels"][kernel]
		    return "%s of %s %s: %s %+d in %d of %d" % (row["metric"], row["workload"],
		        row["params"], kernel, e["change"], e["exactly_so"], e["operations"])
		# The child of exec-exit tears down an address space in exec and one at its end.
		def teardowns(row):
		    return 2 if row["workload"] == "exec-exit" and row["metric"] == "cycle" else 1
		bare = next(r for r in rows if r["workload"] == "fork-exit" and r["metric"] == "exit")
		bad = $2
		print("\n".join(map(str, bad)))
		sys.exit(bool(bad))
	END
	[ $r -eq 0 ] || sed 's/^/# /' "$tmp/why"
	ok $r "$1"
}

case " ${EXITBENCH_LAB_OPTIONS:-}" in
*" -S"* | *" --source"*) ;;
*)
	if [ ! -e /usr/src/linux-source-6.1.tar.xz ]; then
		echo "1..0 # SKIP linux-source-6.1: apt-get install it, or name another in EXITBENCH_LAB_OPTIONS"
		exit 0
	fi
	;;
esac
# shellcheck disable=SC2086 # options
run lab build -q stock ${EXITBENCH_LAB_OPTIONS:-}
ok "$status" "a kernel builds"

lab "all variants, all workloads that a guest can run" -w '*' --json -o "$tmp/1.exb"
cp "$tmp/out" "$tmp/table"
check '! grep -q complained "$tmp/err"' "no kernel finds a fault in itself"
python3 -c 'import json, sys
for r in json.load(open(sys.argv[1]))["rows"]:
    print("#", r["metric"], "of", r["workload"], r["params"], {k: "%+d (%d/%d)" % (e["change"],
        e["exactly_so"], e["operations"]) for k, e in r["kernels"].items() if e})' "$tmp/table"
rows "v2: a lock is a few tens of instructions" '[k for k in [change(bare, "v2")] if not 0 < k < 60]'
rows "v1: no more than v2" '[k for k in [(change(bare, "v1"), change(bare, "v2"))]
	if not 0 < k[0] <= k[1]]'
rows "stock: two locks are more than one" '[k for k in [(change(bare, "v2"), change(bare, "stock"))]
	if not k[0] < k[1]]'
rows "before: next to nothing" '[k for k in [change(bare, "before")] if abs(k) >= 10]'
for v in before v1 v2 stock; do
	rows "$v: the same in all workloads, once for each address space" "[about(r, '$v') for r in rows
		if r['kernels'].get('$v') and change(r, '$v') != teardowns(r) * change(bare, '$v')]"
	rows "$v: in most operations of each workload" "[about(r, '$v') for r in rows
		for e in [r['kernels'].get('$v')] if e and e['exactly_so'] * 2 <= e['operations']]"
done

lab "again" -w '*' --json -o "$tmp/2.exb"
for i in 1 2; do
	works "its samples" export --csv "$tmp/$i.exb" -o "$tmp/$i.csv"
done
# Guests end in any order; that of the lines says nothing.
check 'sort "$tmp/1.csv" >"$tmp/1.sorted" && sort "$tmp/2.csv" | cmp - "$tmp/1.sorted"' \
	"two complete runs: identical samples of every workload"

cat >"$tmp/warns.cocci" <<END
@@
expression mm;
@@
 exit_mmap(...)
 {
 ...
 mmu_notifier_release(mm);
+ WARN_ON_ONCE(mm);
 ... when any
 }
END
lab "a planted WARN" -V "$tmp/warns.cocci" -w fork-exit -n 50 -o "$tmp/warns.exb"
check 'grep -q "kernel of warns complained 1 time.*WARNING: CPU: 0 .*exit_mmap" "$tmp/err"' "is told"

lab "a planted loop" -V "stock,${srcdir:-.}/tests/data/lab/loop.cocci" --json -o "$tmp/loop.exb"
cp "$tmp/out" "$tmp/table"
rows "2003 instructions more in exit_mmap are found as 2003" '[about(r, "loop") for r in rows
	if change(r, "loop") != teardowns(r) * 2003]'
finish
