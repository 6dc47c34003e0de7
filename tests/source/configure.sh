#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What configure told of this build, from its log: the libraries with their versions.
# shellcheck disable=SC2016,SC2034,SC2317 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
set -u

if [ ! -e config.log ]; then
	echo "1..0 # SKIP this build has no config.log"
	exit 0
fi
pkg_config=$(sed -n "s/^PKG_CONFIG='\(.*\)'$/\1/p" config.log)
: >"$tmp/err"
sed -n '/^  exitbench .* for /,/^  off:/p' config.log >"$tmp/out"
check '[ "$(grep -c . "$tmp/out")" -gt 10 ]' "there is a summary"
check '! grep -q "[\`\$]" "$tmp/out"' "in which no command is left"
for library in hwloc=hwloc SQLite=sqlite3 GSL=gsl jansson=jansson zlib=zlib; do
	version=$($pkg_config --modversion "${library#*=}" 2>/dev/null) || version=unknown
	if [ "$version" = unknown ]; then
		skip "${library%=*}: pkg-config does not know it"
		continue
	fi
	check '[ -n "$version" ] && grep -q "^    ${library%=*}  *$version$" "$tmp/out"' "${library%=*}: its version"
done
finish
