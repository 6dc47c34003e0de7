#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gcc's, clang's and cppcheck's static analysis of all C files, with those of them that are
# installed. What they find and tests/source/analyzers.allow does not explain fails. Run by
# `make check-analyzers`, which gives the flags in FLAGS; TOOLS= chooses among the three.
# shellcheck disable=SC2016,SC2086,SC2089,SC2090,SC2317 # FLAGS are words; functions are called by name
. "${srcdir:-.}/tests/tap.sh"
set -eu

src=${srcdir:-.}
flags='-DANALYZER -DPKGDATADIR="data" -DPKGLIBEXECDIR="libexec" -DLAB_DIR="'$src'/lab" '${FLAGS:?see the Makefile}
files=$(cd "$src" && find src analysis worker workloads programs bench -name '*.c' | sort)

includes='-I. -Isrc'

# Those compiled elsewhere, or with data that only a build has: their flags differ.
compiled=$(printf '%s\n' $files |
	grep -v -e '-image\.c$' -e '^worker/string\.c$' -e '^src/base/fail\.c$')

# each TOOL COMMAND...: the command for each file, as many at a time as there are CPUs; what
# they say is in $tmp/TOOL, behind the file's name: gcc finds something at no place, or in a
# header.
each() {
	said=$tmp/$1
	shift
	mkdir "$said.d"
	printf '%s\n' $compiled | xargs -P "$(nproc)" -I FILE sh -c '
		out=$1/$(echo "$2" | tr / _) file=$2
		shift 2
		"$@" 2>&1 | sed "s|^|$file: |" >"$out"' \
		sh "$said.d" FILE "$@" "$src/FILE" -o /dev/null || true
	cat "$said.d"/* >"$said"
}

# Each of these prints "FILE ID" of a finding, and the finding itself to $tmp/TOOL. A file that
# does not compile is one, too.
find_gcc() {
	# A condition with && and || is not to become one value, whose parts gcc then loses.
	each gcc gcc -std=gnu11 -O1 --param logical-op-non-short-circuit=0 \
		-ftrack-macro-expansion=0 -fanalyzer $flags -c
	sed -n -e 's|^\([^ ]*\): .*warning:.*\[-W\(analyzer[a-z-]*\)\].*|\1 \2|p' \
		-e 's|^\([^ ]*\): .*error: .*|\1 error|p' "$tmp/gcc"
}

find_clang() {
	each clang clang -std=gnu11 --analyze -Xclang -analyzer-output=text $flags
	sed -n -e 's|^\([^ ]*\): .*warning:.*\[\([a-zA-Z.]*\)\]$|\1 \2|p' \
		-e 's|^\([^ ]*\): .*error: .*|\1 error|p' "$tmp/clang"
}

# cppcheck reads no system header; without jansson's macro it leaves a file out.
find_cppcheck() {
	(cd "$src" && cppcheck -q --platform=unix64 --std=c11 --library=gnu \
		--enable=warning,performance,portability --template='{file} {id}: {line}: {message}' \
		-D__x86_64__ -D_GNU_SOURCE \
		'-Djson_object_foreach(o, k, v)=while ((k = json_object_iter_key(o)) && (v = o))' \
		$includes $files 2>&1) >"$tmp/cppcheck" || true
	sed -n 's/^\([^ ]* [a-zA-Z]*\): .*/\1/p' "$tmp/cppcheck"
}

sed 's/#.*//' "$src/tests/source/analyzers.allow" | awk 'NF { print $1, $2, $3 }' | sort -u >"$tmp/allowed"
for tool in ${TOOLS:-gcc clang cppcheck}; do
	if ! command -v $tool >/dev/null; then
		skip "$tool is not installed"
		continue
	fi
	"find_$tool" | sort -u | sed "s/^/$tool /" >"$tmp/found"
	comm -23 "$tmp/found" "$tmp/allowed" >"$tmp/new"
	while read -r _ file id; do
		grep "^$file.*$id" "$tmp/$tool" | sed 's/^/# /'
	done <"$tmp/new"
	r=0
	[ ! -s "$tmp/new" ] || r=1
	: >"$tmp/out"
	: >"$tmp/err"
	explained=$(comm -12 "$tmp/found" "$tmp/allowed" | wc -l)
	ok $r "$tool finds nothing besides what is explained ($explained) in analyzers.allow"
	# Another version of the tool may still find it.
	comm -13 "$tmp/found" "$tmp/allowed" | sed -n "s/^$tool /# not needed any more: &/p"
done
finish
