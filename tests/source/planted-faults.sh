#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Would the tests notice? Plants the faults of faults.list, one at a time, in a copy of the tree,
# builds it, runs the tests that should notice, and passes where they fail: a test of the tests.
# In the build directory, as make check-planted; it takes an hour or two.
#   PLANT=REGEX        only faults whose name matches
#   PLANTED_TREE=DIR   keeps the copy there and takes it again, rather than a new one
# shellcheck disable=SC2016 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"
need python3 tar timeout

list=$tap_source/tests/source/faults.list
tree=${PLANTED_TREE:-$tmp/tree}
build=$tree/planted-build
table=$tmp/table
pages_before=
swap_on=

# Huge pages and swap, for the workloads that need them, as long as the test goes on.
give_back() {
	[ -z "$pages_before" ] || echo "$pages_before" >/proc/sys/vm/nr_hugepages
	[ -z "$swap_on" ] || swapoff "$swap_on"
	pages_before='' swap_on=''
}
trap 'give_back; rm -rf "$tmp"' EXIT

# provide NEED: 0 where the machine has it now.
provide() {
	case $1 in
	'') return 0 ;;
	huge-pages)
		[ "$(id -u)" -eq 0 ] || return 1
		pages_before=$(cat /proc/sys/vm/nr_hugepages)
		echo $((pages_before + 16)) >/proc/sys/vm/nr_hugepages
		[ "$(cat /proc/sys/vm/nr_hugepages)" -ge 16 ]
		;;
	swap)
		[ "$(wc -l </proc/swaps)" -gt 1 ] && return 0
		[ "$(id -u)" -eq 0 ] || return 1
		fallocate -l 1G "$tmp/swap" 2>/dev/null && chmod 600 "$tmp/swap" &&
			mkswap "$tmp/swap" >/dev/null && swapon "$tmp/swap" && swap_on=$tmp/swap
		;;
	*) return 1 ;;
	esac
}

# The tree as it is, without what was built in it.
copy_tree() {
	mkdir -p "$tree"
	(cd "$tap_source" && tar cf - --exclude=./.git --exclude='./build*/*.o' --exclude='./build' \
		--exclude='./build-[!a]*' --exclude=./results .) | tar xf - -C "$tree"
	# What was built with a fault in it is newer than the source that is there again.
	if [ -f "$tree/planted" ]; then
		sort -u "$tree/planted" | (cd "$tree" && xargs touch) && rm "$tree/planted"
	fi
	mkdir -p "$build"
	[ -f "$build/Makefile" ] || (cd "$build" && ../configure -q CFLAGS='-O1' >"$tmp/configure" 2>&1)
}

# build_for TEST: what it runs.
build_for() {
	case $1 in
	*.t) make -C "$build" -s "$1" ;;
	*) make -C "$build" -s -j"$(nproc)" all worker/hosted-worker ;;
	esac >"$tmp/make" 2>&1
}

# run_test WORDS: a test of the list, with what is set for it before; 0 if it passes, 124 if it
# was too slow to tell.
run_test() (
	cd "$build" || exit 1
	srcdir=..
	export srcdir
	while :; do
		case $1 in
		*=*) export "${1?}"; shift ;;
		*) break ;;
		esac
	done
	case $1 in
	*.t) timeout 900 "$@" ;;
	*) timeout 900 sh "../$1" ;;
	esac >"$tmp/said" 2>&1 </dev/null || exit $?
	! grep -q '^not ok' "$tmp/said"
)

# green TEST: that it passes as long as nothing is planted; asked once for each.
green() {
	key=$(printf '%s' "$1" | tr -c 'A-Za-z0-9' _)
	if [ ! -e "$tmp/green-$key" ]; then
		# shellcheck disable=SC2086 # words
		build_for "${1##* }" && run_test $1
		echo $? >"$tmp/green-$key"
		grep '^not ok' "$tmp/said" | sed 's/^/# unplanted: /'
	fi
	[ "$(cat "$tmp/green-$key")" -eq 0 ]
}

# row NAME FILE RESULT: one of the table.
row() {
	printf '%-28s  %-40s  %s\n' "$1" "$2" "$3" >>"$table"
}

# noticed TEST: runs it with the fault there; prints what it said first.
noticed() {
	# shellcheck disable=SC2086 # words
	run_test $1
	case $? in
	0 | 124) return 1 ;;
	esac
	said=$(sed -n 's/^not ok [0-9]* - //p' "$tmp/said" | head -n 1)
	echo "${1##*/}: ${said:-it ended with an error}"
}

# plant NAME FILE NEED SED TEST...
plant() {
	name=$1 file=$2 want=$3 expression=$4
	shift 4
	if ! provide "$want"; then
		give_back
		skip "$name: the machine has no $want, and only root may make some"
		row "$name" "$file" "not planted: no $want"
		return
	fi
	for t in "$@"; do
		green "$t" || { give_back; ok 1 "$name: $t passes as long as nothing is planted"; return; }
	done
	cp -p "$tree/$file" "$tmp/original"
	echo "$file" >>"$tree/planted"
	sed -e "$expression" "$tmp/original" >"$tree/$file"
	by=
	if cmp -s "$tmp/original" "$tree/$file"; then
		by='! the expression changes nothing: the fault is out of date'
	else
		for t in "$@"; do
			if ! build_for "${t##* }"; then
				by="! it does not build: $(grep -m 1 'error' "$tmp/make")"
				break
			fi
			by=$(noticed "$t") && break
			by='! nothing noticed'
		done
	fi
	cp "$tmp/original" "$tree/$file"
	give_back
	row "$name" "$file" "$by"
	: >"$tmp/out"
	case $by in
	!*) ok 1 "$name ($file): $by" ;;
	*) ok 0 "$name ($file): $by" ;;
	esac
}

# Of the list: a name, a file and perhaps what it needs; then, by tabs, the expression and tests.
copy_tree
ok $? "a copy of the tree is configured"
awk '/^#/ || !NF { next } !/^\t/ { if (n++) print line; line = $1 "\t" $2 "\t" $3; next }
	{ sub(/^\t/, ""); line = line "\t" $0 } END { if (n) print line }' "$list" |
	PLANT=${PLANT:-.} awk -F '\t' '$1 ~ ENVIRON["PLANT"]' >"$tmp/faults"
# shellcheck disable=SC2034 # in a condition
least=$([ -n "${PLANT:-}" ] && echo 1 || echo 90)
check '[ "$(wc -l <"$tmp/faults")" -ge $least ]' "there are faults to plant"
tab=$(printf '\t')
while IFS= read -r line <&3; do
	old_ifs=$IFS
	# An empty need is a field, too.
	line=$(printf '%s' "$line" | sed "s/$tab$tab/$tab-$tab/")
	set -f
	IFS=$tab
	# shellcheck disable=SC2086 # fields
	set -- $line
	IFS=$old_ifs
	set +f
	[ "$3" = - ] && { a=$1 b=$2; shift 3; set -- "$a" "$b" '' "$@"; }
	plant "$@"
done 3<"$tmp/faults"
sed 's/^/# /' "$table"
finish
