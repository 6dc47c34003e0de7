#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ./quickstart check: what failed and why is the last on the screen, and its status is not 0.
# shellcheck disable=SC2016 # conditions are strings for check()
. "${srcdir:-.}/tests/tap.sh"

mkdir -p "$tmp/tree/build/tests" "$tmp/tree/build/kernel/boot" "$tmp/bin"
cp "$tap_source/quickstart" "$tmp/tree"
: >"$tmp/tree/build/kernel/boot/vmlinuz-none"
printf '#!/bin/sh\necho installed\n' >"$tmp/bin/dpkg-query"
printf '#!/bin/sh\nexit 1\n' >"$tmp/tree/configure"
chmod +x "$tmp/bin/dpkg-query" "$tmp/tree/configure"
# Old results, of another run, do not count.
printf ':test-global-result: FAIL\n' >"$tmp/tree/build/tests/old.trs"
printf 'not ok 1 - old\n' >"$tmp/tree/build/tests/old.log"
touch -d '1 hour ago' "$tmp/tree/build/tests/old.trs"
cat >"$tmp/tree/build/Makefile" <<'END'
all:
check: all
	@sleep 0.1
	@printf ':test-global-result: PASS\n' >tests/good.trs
	@printf 'ok 1 - good\n# nothing wrong\n' >tests/good.log
	@printf ':test-global-result: FAIL\n' >tests/bad.trs
	@printf 'ok 1 - so far\n# status 1, wanted 0\nnot ok 2 - the reason\n# err: no such thing\n' >tests/bad.log
	@printf 'ok 3 - and on\n1..3\n' >>tests/bad.log
	@printf ':test-global-result: ERROR\n' >tests/short.trs
	@printf 'ok 1 - begun\nSegmentation fault\n' >tests/short.log
	@echo "# FAIL:  1"; exit $(STATUS)
END
cat >"$tmp/want" <<'END'
quickstart: what failed:
tests/bad.log:
  # status 1, wanted 0
  not ok 2 - the reason
  # err: no such thing
tests/short.log:
ok 1 - begun
Segmentation fault
END
# quick STATUS: runs it with a make check that ends so.
quick() {
	status=0
	PATH=$tmp/bin:$PATH STATUS=$1 "$tmp/tree/quickstart" check >"$tmp/out" 2>"$tmp/err" || status=$?
}
quick 1
check '[ $status -ne 0 ]' "tests that fail: its status is not 0"
check 'tail -n 8 "$tmp/out" | cmp - "$tmp/want"' "the reasons come last"
quick 0
check '[ $status -eq 0 ] && ! grep -q "what failed" "$tmp/out"' "tests that pass: nothing of that"
finish
