#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""gcovr's summary by directory, and the files of which least is covered: make coverage."""

import collections
import json
import os
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        files = json.load(f)["files"]
    total = collections.defaultdict(lambda: [0, 0])
    for one in files:
        for name in (os.path.dirname(one["filename"]), "all"):
            total[name][0] += one["line_covered"]
            total[name][1] += one["line_total"]
    for name, (covered, lines) in sorted(total.items(), key=lambda item: item[0] == "all"):
        print(f"{name:20} {covered:6} of {lines:6} lines {100 * covered / lines:6.1f}%")
    print("\nleast covered:")
    files = [f for f in files if f["line_total"]]
    for one in sorted(files, key=lambda f: f["line_covered"] - f["line_total"])[:20]:
        print(f"{one['filename']:40} {one['line_total'] - one['line_covered']:5} of "
              f"{one['line_total']:5} lines not covered")


if __name__ == "__main__":
    sys.exit(main())
