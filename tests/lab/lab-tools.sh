# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For tests that build kernels: sourced after tap.sh. Without what that takes, looked for here,
# the test is skipped; with it, a build that does not work fails.
need make gcc ld flex bison bc gzip tar xz find cmp awk
if [ "$(uname -m)" = x86_64 ] && ! gcc -fsyntax-only -include gelf.h -x c /dev/null 2>/dev/null; then
	echo "1..0 # SKIP gelf.h, or a C library's headers: apt-get install libelf-dev libc6-dev"
	exit 0
fi
