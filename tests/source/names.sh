#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Files and functions that the pages and the comments name are there.
. "${srcdir:-.}/tests/tap.sh"
set -u

need python3
exec python3 "${srcdir:-.}/tests/source/names.py" "${srcdir:-.}"
