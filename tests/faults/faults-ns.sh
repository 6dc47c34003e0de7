#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No /proc, another's /proc, a read-only root, a container, process 1, an ordinary user.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/faults/inventory.sh"
set -u
case $exitbench in /*) ;; *) exitbench=$here/$exitbench ;; esac
f=$tmp/f.exb
run_f="$exitbench run -o $f $quick -w fork-exit"

# done_run STATUS-OF-RUN: how the last one ended.
last_is() {
	[ "$(sql "$f" "SELECT status FROM run ORDER BY id DESC LIMIT 1")" = "$1" ]
}

if sanitized; then
	skip "no /proc: AddressSanitizer needs it"
elif can_unshare -m; then
	bare='mount --make-rprivate / && umount -l /proc && exec "$@"'
	under unshare -m sh -c "$bare" sh $run_f,touch-exit,kill-exit
	check '[ $status -eq 0 ] && last_is done && [ "$(grep -c . "$tmp/err")" -eq 1 ] &&
		grep -q "no /proc .* is not checked" "$tmp/err"' "no /proc: a warning, and a run"
	under unshare -m sh -c "$bare" sh "$exitbench" run -o "$f" $quick -w spawn-true
	check '[ $status -eq 0 ] && last_is done' "no /proc: a program, too"
	under unshare -m sh -c "$bare" sh "$exitbench" run -o "$f" $quick -w file-exit
	check '[ $status -eq 3 ] && grep -q "file-exit.*/proc" "$tmp/err" && last_is failed' \
		"no /proc: what needs it says so"
	for c in "list" "doctor" "show $f" "compare $f $f" "history"; do
		under unshare -m sh -c "$bare" sh "$exitbench" $c
		check '[ $status -le 2 ] && [ -s "$tmp/out" ] || grep -q . "$tmp/err"' "no /proc: $c"
	done
	# Only what is ours can be written to.
	mkdir "$tmp/rw"
	read_only='mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,bind,ro / &&
		! touch /exitbench-writable 2>/dev/null && shift && TMPDIR=/ && export TMPDIR && exec "$@"'
	if unshare -m sh -c "$read_only" sh "$tmp/rw" true 2>/dev/null; then
		under unshare -m sh -c "$read_only" sh "$tmp/rw" "$exitbench" run -o "$tmp/rw/r.exb" $quick \
			-w fork-exit
		mv "$tmp/rw/r.exb" "$f"
		check '[ $status -eq 0 ] && last_is done' "a read-only root: into what is not"
		under unshare -m sh -c "$read_only" sh "$tmp/rw" "$exitbench" run -o "$here/r.exb" $quick -w fork-exit
		check '[ $status -eq 2 ] && grep -q "r.exb: cannot" "$tmp/err" &&
			[ "$(grep -c . "$tmp/err")" -eq 1 ]' "a read-only root: says so"
	else
		skip "the root cannot be made read-only"
		skip "the root cannot be made read-only"
	fi
else
	for what in 1 2 3 4 5 6 7 8 9 10; do
		skip "no mount namespaces"
	done
fi

if can_unshare -pf --mount-proc; then
	under unshare -pf --mount-proc $run_f,touch-exit
	check '[ $status -eq 0 ] && last_is done && ! [ -s "$tmp/err" ]' "as process 1"
	if [ "$(nproc)" -ge 2 ]; then
		under unshare -pf --mount-proc "$exitbench" run -o "$f" $quick -w maps-reader
		check '[ $status -eq 0 ] && last_is done' "as process 1, with helpers"
		under unshare -pf "$exitbench" run -o "$f" $quick -w maps-reader
		check '[ $status -eq 3 ] && grep -q "not that of this pid namespace" "$tmp/err"' \
			"the /proc of another namespace is not read"
	else
		skip "one CPU only"
		skip "one CPU only"
	fi
	under unshare -pf --mount-proc "$exitbench" run -o "$f" $quick -w spawn-true,exit-time
	check '[ $status -eq 0 ] && last_is done' "as process 1, programs"
	under unshare -pf $run_f
	check '[ $status -eq 0 ] && last_is done && grep -q "no /proc of this pid namespace" "$tmp/err"' \
		"a pid namespace with the /proc of another"
	# Process 1 has no signal that it did not ask for.
	rm -f "$f"
	env --default-signal=INT unshare -pf --mount-proc --kill-child "$exitbench" run -q -o "$f" \
		-w fork-exit --time 10m >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for 'measures "$f"'
	# shellcheck disable=SC2046 # one number
	kill -INT $(cat "/proc/$pid/task/$pid/children")
	status=0
	wait $pid || status=$?
	check '[ $status -eq 4 ] && last_is interrupted && restored' "process 1 is interrupted"
	rm -f "$f"
	unshare -pf --mount-proc --kill-child "$exitbench" run -q -o "$f" -w kill-exit --time 10m \
		>"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_for 'measures "$f"'
	# shellcheck disable=SC2046 # one number, of a child of unshare that nobody waits for but it
	kill -KILL $(cat "/proc/$pid/task/$pid/children")
	wait $pid 2>/dev/null
	check '[ "$(sql "$f" "PRAGMA integrity_check")" = ok ] && restored' "process 1 is killed: all go with it"
else
	for what in 1 2 3 4 5 6 7; do
		skip "no pid namespaces"
	done
fi

# container COMMAND...: as somebody, who is root in there; no network, nothing of the machine's.
user=
$root && user="setpriv --reuid 65534 --regid 65534 --clear-groups"
$root && chmod 711 "$tmp" && mkdir -m 777 "$tmp/c" && cp "$exitbench" "$tmp/c/exitbench" && f=$tmp/c/f.exb
bin=$exitbench
$root && bin=$tmp/c/exitbench
if $user unshare -Ur -pf -m -n --mount-proc true 2>/dev/null; then
	under $user unshare -Ur -pf -m -n --mount-proc "$bin" run -o "$f" $quick -w fork-exit,kill-exit
	check '[ $status -eq 0 ] && last_is done' "a container: user, pid, mount and network namespaces"
	under $user unshare -Ur -pf -m -n --mount-proc sh -c '
		umount -lR /sys 2>/dev/null; exec "$@"' sh "$bin" run -o "$f" $quick -w "fork-e*,oom-exit"
	check '[ $status -eq 3 ] && grep -q "oom-exit\|memory cgroup\|oom-victim" "$tmp/err"' \
		"a container without cgroups: what needs them says so"
	under $user unshare -Ur -pf -m -n --mount-proc "$bin" prove -q -w fork-exit --ops 5
	check '[ $status -eq 0 ] && grep -q "tracing" "$tmp/err"' "a container without tracefs"
else
	for what in 1 2 3; do
		skip "no user namespaces"
	done
fi
$root || skip "an ordinary user: this is one"
if $root; then
	under $user "$bin" run -o "$tmp/c/u.exb" $quick -w fork-exit,kill-exit,close-exit,fork-enomem
	f=$tmp/c/u.exb
	check '[ $status -eq 0 ] && last_is done' "an ordinary user"
fi

check restored "nothing is left"
finish
