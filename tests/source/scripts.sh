#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every script is POSIX sh and shellcheck-clean.
. "${srcdir:-.}/tests/tap.sh"
set -u

cd "${srcdir:-.}" || exit 1
if ! command -v shellcheck >/dev/null; then
	echo "1..0 # SKIP shellcheck is not installed"
	exit 0
fi
for script in quickstart .ci/run bench/*.sh tests/*.sh tests/*/*.sh; do
	[ -f "$script" ] || continue
	r=0
	shellcheck -x "$script" >"$tmp/out" || r=1
	ok $r "$script"
done
finish
