#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Root writes nowhere but where it was told to, whatever others have put there; sudo; names
# that are commands to a shell or to gnuplot. Each row of doc/security.md has its test here or
# is said to be elsewhere.
# shellcheck disable=SC1003,SC2016,SC2034,SC2086,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/faults/inventory.sh"
set -u
source=$(cd "${srcdir:-.}" && pwd)
EXITBENCH_DATADIR=$source/analysis/gnuplot
export EXITBENCH_DATADIR
case $exitbench in /*) ;; *) exitbench=$here/$exitbench ;; esac

# --- for everybody: names
name='x`touch PWNED`$(touch PWNED);touch PWNED|touch PWNED"'"'"'%n%s\'
quoted=$(printf '%s' "$name" | sed 's/"/""/g')
mkdir "$tmp/names"
{
	echo arm,boot,block,workload,cores,metric,value
	for block in 0 1 2 3 4 5 6 7; do
		for v in 1 2 3 4 5 6 7 8; do
			printf '"%s",b,%s,"%s",1,exit,1%s\n' "$quoted" $block "$quoted" $v
			printf '"%s-",b,%s,"%s",1,exit,1%s\n' "$quoted" $block "$quoted" $v
		done
	done
} >"$tmp/names/in.csv"
cd "$tmp/names" || exit 1
works "names that are commands" import --csv in.csv -o n.exb --label "$name"
works "in tables" compare n.exb
works "in a page" report n.exb -o n.html
if command -v gnuplot >/dev/null; then
	works "in pictures" plot n.exb -o plots --terminal svg
	(cd plots && "$exitbench" plot ../n.exb --terminal dumb >/dev/null)
else
	skip "no gnuplot"
fi
check '[ -z "$(find "$tmp" -name PWNED)" ]' "are run by nobody"
check '[ -z "$(find "$tmp/names" -mindepth 1 -maxdepth 1 ! -name n.exb ! -name n.html ! -name in.csv ! -name plots)" ]' \
	"and lead out of no directory"
cd "$here" || exit 1

# A journal that names a file for SQLite to delete.
works "a result file" run -o "$tmp/j.exb" -w fork-exit $quick
python3 - "$tmp/j.exb" "$tmp/precious" <<'E2'
import struct, sys
path, victim = sys.argv[1:]
open(victim, "w").write("precious\n")
db = open(path, "rb").read()
page = struct.unpack(">H", db[16:18])[0]
# A hot rollback journal: its header, one page as it is, and the name of a super-journal.
nonce, content = 7, db[:page]
check = nonce
for i in range(page - 200, 0, -200):
    check = (check + content[i]) & 0xffffffff
magic = bytes([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7])
head = magic + struct.pack(">IIIII", 1, nonce, len(db) // page, 512, page)
name = victim.encode()
tail = struct.pack(">I", 0x40000000 // page + 1) + name + struct.pack(">II", len(name), sum(name)) + magic
open(path + "-journal", "wb").write(head.ljust(512, b"\0") + struct.pack(">I", 1) + content +
                                    struct.pack(">I", check) + tail)
E2
cp "$tmp/j.exb" "$tmp/k.exb"
cp "$tmp/j.exb-journal" "$tmp/k.exb-journal"
# As SQLite alone does it, to see that the journal is what it is meant to be.
cp "$tmp/precious" "$tmp/precious.copy"
python3 -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM run").fetchall()' "$tmp/k.exb" 2>/dev/null
if [ -e "$tmp/precious" ]; then
	skip "this SQLite does not take the journal"
else
	cp "$tmp/precious.copy" "$tmp/precious"
	run run -o "$tmp/j.exb" -w fork-exit $quick
	check '[ -e "$tmp/precious" ] && [ $status -ne 0 ]' "a journal next to it has no file deleted"
fi

if ! $root; then
	skip "needs root: what others may have put where root writes"
	check restored "nothing is left"
	finish
fi
need setpriv

# --- root, in a directory of somebody else's
chmod 711 "$tmp"
mkdir "$tmp/eve" "$tmp/root"
chmod 755 "$tmp/root"
target=$tmp/root/target
echo keep >"$target"
links="x.exb x.exb-wal x.exb-shm x.exb-journal out.csv out.html"
for l in $links; do
	ln -s "$target" "$tmp/eve/$l"
done
ln -s "$tmp/root" "$tmp/eve/dir"
ln -s "$tmp/root" "$tmp/eve/cache"
chown -R -h 65534:65534 "$tmp/eve"
touch "$tmp/before-root"
cp "$tmp/j.exb" "$tmp/root/own.exb"
"$exitbench" run -q -o "$tmp/root/cmp.exb" -w fork-exit --arm a --arm b --ops 100 --block-time 1ms >/dev/null

# untouched WHAT: refused with one line, and nothing was written.
untouched() {
	check '[ $status -eq 2 ] && [ "$(grep -c . "$tmp/err")" -eq 1 ] &&
		grep -q "root does not\|not a file of root" "$tmp/err" && [ "$(cat "$target")" = keep ] &&
		[ -z "$(find "$tmp/eve" -newer "$tmp/before-root" ! -type d)" ] &&
		[ "$(ls "$tmp/root" | tr "\n" " ")" = "cmp.exb own.exb target " ]' "$1"
}
own=$tmp/root/cmp.exb
run run -o "$tmp/eve/x.exb" -w fork-exit $quick
untouched "run: the file is a link of another's"
run run -o "$tmp/eve/new.exb" -w fork-exit $quick
untouched "run: the directory is another's"
run run -o "$tmp/eve/dir/new.exb" -w fork-exit $quick
untouched "run: a link of another's on the way"
run run -o "$tmp/root/../eve/dir/../new.exb" -w fork-exit $quick
untouched "run: the same behind dots"
run calibrate -o "$tmp/eve/new.exb" --time 1s
untouched "calibrate"
run merge "$own" -o "$tmp/eve/new.exb"
untouched "merge"
run import --csv "$tmp/names/in.csv" -o "$tmp/eve/new.exb"
untouched "import"
run export --csv "$own" -o "$tmp/eve/out.csv"
untouched "export"
run report "$own" -o "$tmp/eve/out.html"
untouched "report"
run plot "$own" -o "$tmp/eve/dir"
untouched "plot into a link"
run plot "$own" -o "$tmp/eve/plots"
untouched "plot into a directory below another's"
under env PATH="$PATH" "$exitbench" lab build -S "$source/tests/data/lab/mini" --cache "$tmp/eve/cache" stock
untouched "the lab's cache"
# A file of another's, and one with another name, in a directory of root's.
cp "$tmp/j.exb" "$tmp/root/own.exb"
chown 65534 "$tmp/root/own.exb"
run run -o "$tmp/root/own.exb" -w fork-exit $quick
untouched "run: the file is another's"
chown 0 "$tmp/root/own.exb"
ln "$tmp/root/own.exb" "$tmp/eve/hard"
run run -o "$tmp/root/own.exb" -w fork-exit $quick
check '[ $status -eq 2 ] && grep -q "has 2 names" "$tmp/err"' "run: the file has a second name"
rm "$tmp/eve/hard"

# --- root, where everybody may write
mkdir "$tmp/root/sticky"
chmod 1777 "$tmp/root/sticky"
s=$tmp/root/sticky
works "a sticky directory" run -o "$s/x.exb" -w fork-exit $quick
for suffix in journal wal shm; do
	ln -s "$target" "$s/x.exb-$suffix"
	chown -h 65534 "$s/x.exb-$suffix"
	run run -o "$s/x.exb" -w fork-exit $quick
	check '[ $status -eq 2 ] && grep -q "x.exb-'$suffix': not a file of root" "$tmp/err" &&
		[ "$(cat "$target")" = keep ]' "a link of another's as -$suffix"
	run show "$s/x.exb"
	check '[ "$(cat "$target")" = keep ]' "is not followed by show, either"
	rm -f "$s/x.exb-$suffix"
	as_user cp "$tmp/names/in.csv" "$s/x.exb-$suffix" 2>/dev/null || as_user sh -c "echo hostile >$s/x.exb-$suffix"
	run run -o "$s/x.exb" -w fork-exit $quick
	check '[ $status -eq 2 ] && grep -q "not a file of root" "$tmp/err"' "a file of another's as -$suffix"
	rm -f "$s/x.exb-$suffix"
done
works "without them" run -o "$s/x.exb" -w fork-exit $quick
ln -s "$target" "$s/out.csv"
chown -h 65534 "$s/out.csv"
run export --csv "$own" -o "$s/out.csv"
check '[ $status -eq 2 ] && [ "$(cat "$target")" = keep ]' "export onto a link of another's"
chmod 777 "$s"
run run -o "$s/y.exb" -w fork-exit $quick
check '[ $status -eq 2 ] && grep -q "others may write" "$tmp/err" && [ ! -e "$s/y.exb" ]' \
	"a directory that is everybody's, and not sticky"
# Root's own links, and devices, are followed.
ln -s "$tmp/root" "$tmp/mine"
works "a link of root's" run -o "$tmp/mine/z.exb" -w fork-exit $quick
works "standard output by its name" export --csv "$own" -o /dev/stdout
check 'grep -q "^a,.*,fork-exit,1,exit," "$tmp/out"' "has the samples"

# --- others: where the kernel lets them
chown 65534 "$tmp/eve"
cd "$tmp/eve" || exit 1
rm -f $links
cp "$exitbench" "$tmp/exitbench"
chmod 755 "$tmp/exitbench"
under as_user "$tmp/exitbench" run -o x.exb -w fork-exit,close-exit $quick
check '[ $status -eq 0 ]' "an ordinary user needs no privilege"
under as_user "$tmp/exitbench" run -o "$tmp/root/u.exb" -w fork-exit $quick
check '[ $status -eq 2 ] && grep -q "Permission denied\|No such file" "$tmp/err"' "and may not write to root's directory"
under as_user "$tmp/exitbench" prove -q -w fork-exit --ops 5
check '[ $status -eq 0 ] && grep -q "needs root" "$tmp/err"' "what needs root says so: tracing"
under as_user "$tmp/exitbench" run -o x.exb -w oom-exit $quick
check '[ $status -eq 3 ] && grep -q "run as root\|no memory cgroup\|oom-victim" "$tmp/err"' "OOM kills"
cd "$here" || exit 1

# --- sudo: whoever called it may have the directory.
SUDO_UID=65534 "$exitbench" run -o "$tmp/eve/sudo.exb" -w fork-exit $quick >"$tmp/out" 2>"$tmp/err"
ok $? "SUDO_UID: the directory of whoever called sudo"
under env SUDO_UID=1 "$exitbench" run -o "$tmp/eve/sudo2.exb" -w fork-exit $quick
check '[ $status -eq 2 ] && [ ! -e "$tmp/eve/sudo2.exb" ]' "but not of a third"
if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	under env EXITBENCH_WORKER=/bin/false EXITBENCH_LIBEXECDIR=/tmp EXITBENCH_DATADIR=/tmp \
		sudo -n "$exitbench" run -o "$tmp/root/sudo.exb" -w fork-exit,exit-time $quick
	check '[ $status -eq 0 ]' "sudo: EXITBENCH_ variables do not pass"
else
	skip "no sudo"
fi

check restored "nothing is left"
finish
