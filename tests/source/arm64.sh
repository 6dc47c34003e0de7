#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds all of it for arm64 on another Debian machine, and runs the unit tests under
# qemu-user. Needs gcc-aarch64-linux-gnu, qemu-user-static and, the first time, the network:
# arm64's libraries are unpacked into SYSROOT= (arm64/sysroot), beside the host's own. Run by
# `make check-arm64`, which gives the tests' names in UNIT_TESTS.
set -eu

src=$(cd "${srcdir:-.}" && pwd)
tests=${UNIT_TESTS:?run it with make check-arm64}
mkdir -p arm64/build
cd arm64
sysroot=${SYSROOT:-$PWD/sysroot}
lib=$sysroot/usr/lib/aarch64-linux-gnu
packages="libc6-dev libhwloc-dev libsqlite3-dev libgsl-dev libjansson-dev libcmocka-dev libtracefs-dev
	zlib1g-dev"

# apt with a state of its own: the host's lists and packages stay as they are.
apt() {
	apt-get -qq -o Dir::State="$PWD/apt" -o Dir::State::status="$PWD/apt/status" \
		-o Dir::Cache="$PWD/apt/cache" -o Dir::Cache::archives="$PWD/apt/debs" \
		-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Debug::NoLocking=1 "$@"
}

make_sysroot() {
	mkdir -p apt/lists/partial apt/cache apt/debs/partial
	: >apt/status
	apt update
	# shellcheck disable=SC2086 # words
	apt install -y --no-install-recommends --download-only $packages
	for deb in apt/debs/*.deb; do
		dpkg -x "$deb" "$sysroot"
	done
	find "$sysroot" -type l -lname '/*' | while read -r link; do
		ln -sfn "$sysroot$(readlink "$link")" "$link"
	done
}

for tool in aarch64-linux-gnu-gcc qemu-aarch64-static pkg-config; do
	if ! command -v $tool >/dev/null; then
		echo "1..0 # SKIP $tool is not installed"
		exit 0
	fi
done
[ -d "$lib" ] || make_sysroot >&2

cd build
[ -f Makefile ] ||
	PKG_CONFIG_SYSROOT_DIR=$sysroot \
	PKG_CONFIG_LIBDIR=$lib/pkgconfig:$sysroot/usr/share/pkgconfig \
	"$src/configure" -q --host=aarch64-linux-gnu CC="aarch64-linux-gnu-gcc --sysroot=$sysroot" \
		LDFLAGS="-Wl,-rpath-link,$lib" >&2
# shellcheck disable=SC2086 # words
make -s all $tests >&2

n=0 failed=0
for test in $tests; do
	n=$((n + 1))
	if srcdir=$src qemu-aarch64-static -L "$sysroot" "$test" >"$test.out" 2>&1 &&
		! grep -v '# SKIP' "$test.out" | grep -q '^not ok'; then
		echo "ok $n - $test on arm64: $(grep -c '^ok' "$test.out") tests"
	else
		echo "not ok $n - $test on arm64"
		grep -v '^ok' "$test.out" | sed 's/^/# /'
		failed=1
	fi
done
echo "1..$n"
exit $failed
