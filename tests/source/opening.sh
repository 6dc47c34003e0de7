#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source opens with its licence, then with what it is for.
. "${srcdir:-.}/tests/tap.sh"
set -u

cd "${srcdir:-.}" || exit 1
for folder in contract workloads worker programs analysis src bench tests; do
	find "$folder" -name '*.[ch]' ! -path 'tests/data/*' | sort >"$tmp/files"
	while read -r file; do
		sed -n '1{/^\/\* SPDX-License-Identifier: GPL-2.0-or-later \*\/$/!p}
			2{/^\/\*/!p}' "$file" | grep -q . && echo "$file"
	done <"$tmp/files" >"$tmp/out"
	: >"$tmp/err"
	none=0
	[ -s "$tmp/files" ] && [ ! -s "$tmp/out" ] || none=1
	ok $none "$folder"
done
finish
