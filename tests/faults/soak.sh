#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One hour (DURATION=, in s, m or h) of the whole suite on all cores: memory stays flat, no
# descriptor is leaked, every operation is accounted for. Run by `make check-soak`.
set -eu
exitbench=${EXITBENCH:-./exitbench}
DURATION=${DURATION:-1h}
case $DURATION in
*h) seconds=$((${DURATION%h} * 3600)) ;;
*m) seconds=$((${DURATION%m} * 60)) ;;
*) seconds=${DURATION%s} ;;
esac
tmp=$(mktemp -d "${TMPDIR:-/tmp}/exitbench-soak.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

alone="unshare --pid --fork --mount-proc --kill-child"
if $alone true 2>/dev/null; then
	set -- --namespace
else
	alone=
	set --
fi
$alone python3 "${srcdir:-.}/tests/faults/soak.py" --exitbench "$exitbench" --seconds "$seconds" \
	--workloads "${WORKLOADS:-*}" "$@" "$tmp/soak.exb"
