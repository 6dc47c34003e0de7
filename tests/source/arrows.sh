#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What may include what (doc/architecture.md), read from the sources and from the build's objects.
. "${srcdir:-.}/tests/tap.sh"
set -u

need python3 nm
exec python3 "${srcdir:-.}/tests/source/arrows.py" "${srcdir:-.}" .
