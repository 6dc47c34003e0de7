#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gcc's, clang's and cppcheck's static analysis of all C files, with those of them that are
# installed. What they find and tests/analyzers.allow does not explain fails. Run by
# `make check-analyzers`, which gives the flags in FLAGS; TOOLS= chooses among the three.
# shellcheck disable=SC2016,SC2086,SC2317 # FLAGS are words; functions are called by name
. "${srcdir:-.}/tests/tap.sh"
set -eu

src=${srcdir:-.}
flags="-DANALYZER ${FLAGS:?run it with make check-analyzers}"
files=$(cd "$src" && find src analysis worker workloads programs bench -name '*.c' | sort)

includes=$(cd "$src" && find src analysis worker workloads -type d | sed 's/^/-I/')

# Those compiled elsewhere, or with data that only a build has: their flags differ.
compiled=$(printf '%s\n' $files |
	grep -v -e '-image\.c$' -e '^worker/string\.c$' -e '^src/base/fail\.c$')

# each TOOL COMMAND...: the command for each file, as many at a time as there are CPUs; what
# they say is in $tmp/TOOL.
each() {
	said=$tmp/$1
	shift
	mkdir "$said.d"
	printf '%s\n' $compiled | xargs -P "$(nproc)" -I FILE sh -c '
		out=$1/$(echo "$2" | tr / _)
		shift 2
		"$@" >"$out" 2>&1' sh "$said.d" FILE "$@" "$src/FILE" -o /dev/null || true
	cat "$said.d"/* >"$said"
}

# Each of these prints "FILE ID" of a finding, and the finding itself to $tmp/TOOL.
find_gcc() {
	each gcc gcc -std=gnu11 -O1 -fanalyzer $flags -c
	sed -n 's|^'"$src"'/\([^:]*\):[0-9]*:[0-9]*: warning:.*\[-W\(analyzer[a-z-]*\)\].*|\1 \2|p' \
		"$tmp/gcc"
}

find_clang() {
	each clang clang -std=gnu11 --analyze -Xclang -analyzer-output=text $flags
	sed -n 's|^'"$src"'/\([^:]*\):[0-9]*:[0-9]*: warning:.*\[\([a-zA-Z.]*\)\]$|\1 \2|p' \
		"$tmp/clang"
}

find_cppcheck() {
	(cd "$src" && cppcheck -q --platform=unix64 --std=c11 --library=gnu \
		--enable=warning,performance,portability --template='{file} {id}: {line}: {message}' \
		-D__x86_64__ -D_GNU_SOURCE \
		$includes $files 2>&1) >"$tmp/cppcheck" || true
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
	explained=$(comm -12 "$tmp/found" "$tmp/allowed" | wc -l)
	ok $r "$tool finds nothing besides what is explained ($explained) in analyzers.allow"
done
finish
