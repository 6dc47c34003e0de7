#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gcc's, clang's and cppcheck's static analysis of all C files, with those of them that are
# installed. What they find and tests/analyzers.allow does not explain fails. Run by
# `make check-analyzers`, which gives the flags in FLAGS; TOOLS= chooses among the three.
# shellcheck disable=SC2086,SC2317 # FLAGS are words; functions are called by name
. "${srcdir:-.}/tests/tap.sh"
set -eu

src=${srcdir:-.}
flags="-DANALYZER ${FLAGS:?run it with make check-analyzers}"
files=$(cd "$src" && find src analysis worker workloads programs bench -name '*.c' | sort)

# Those compiled elsewhere, or with data that only a build has: their flags differ.
compilable() {
	printf '%s\n' $files | grep -v -e '-image\.c$' -e '^worker/string\.c$' -e '^src/base/fail\.c$'
}

# Each of these prints "FILE ID" of a finding, and the finding itself to $tmp/TOOL.
find_gcc() {
	for f in $(compilable); do
		gcc -std=gnu11 -O1 -fanalyzer $flags -c "$src/$f" -o /dev/null 2>&1 || true
	done >"$tmp/gcc"
	sed -n 's|^'"$src"'/\([^:]*\):[0-9]*:[0-9]*: warning:.*\[-W\(analyzer[a-z-]*\)\].*|\1 \2|p' \
		"$tmp/gcc"
}

find_clang() {
	for f in $(compilable); do
		clang -std=gnu11 --analyze -Xclang -analyzer-output=text $flags "$src/$f" \
			-o /dev/null 2>&1 || true
	done >"$tmp/clang"
	sed -n 's|^'"$src"'/\([^:]*\):[0-9]*:[0-9]*: warning:.*\[\([a-zA-Z.]*\)\]$|\1 \2|p' \
		"$tmp/clang"
}

find_cppcheck() {
	(cd "$src" && cppcheck -q --platform=unix64 --std=c11 --library=gnu \
		--enable=warning,performance,portability --template='{file} {id}: {line}: {message}' \
		-D__x86_64__ -D_GNU_SOURCE -DANALYZER '-Djson_object_foreach(o,k,v)=for(;next_member(o,&k,&v);)' \
		$files 2>&1) >"$tmp/cppcheck" || true
	sed -n 's/^\([^ ]* [a-zA-Z]*\): .*/\1/p' "$tmp/cppcheck"
}

sed 's/#.*//' "$src/tests/analyzers.allow" | awk 'NF { print $1, $2, $3 }' | sort -u >"$tmp/allowed"
for tool in ${TOOLS:-gcc clang cppcheck}; do
	if ! command -v $tool >/dev/null; then
		skip "$tool is not installed"
		continue
	fi
	"find_$tool" | sort -u | sed "s/^/$tool /" >"$tmp/found"
	comm -23 "$tmp/found" "$tmp/allowed" >"$tmp/new"
	while read -r _ file id; do
		grep "$file.*$id" "$tmp/$tool" | sed 's/^/# /'
	done <"$tmp/new"
	r=0
	[ ! -s "$tmp/new" ] || r=1
	: >"$tmp/out"
	: >"$tmp/err"
	ok $r "$tool finds nothing ($(wc -l <"$tmp/found") explained in analyzers.allow)"
done
finish
