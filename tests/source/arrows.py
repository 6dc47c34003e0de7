#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Holds the sources to the order of directories in doc/architecture.md.

Every #include between directories must be allowed by the table there, every arrow that the
table allows must be used, and each must point to a row above its own. No file of the build
may call one that calls it back, whether directly or through others. Prints TAP, and the
order with what each directory includes.
"""
import collections
import glob
import os
import re
import subprocess
import sys

SOURCES = ("contract", "workloads", "worker", "programs", "analysis", "src")
ROW = re.compile(r"^\| `([^`]+)/` \|[^|]*\|([^|]*)\|$")
STEP = re.compile(r"\| `([^`]+\.c)` \| `(\w+)\(\)` \|")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)

tests = 0
failed = False


def check(complaints, what):
    """One line of TAP, with the complaints as its diagnostics."""
    global tests, failed
    tests += 1
    failed = failed or bool(complaints)
    print("%sok %d - %s" % ("not " if complaints else "", tests, what))
    for complaint in complaints:
        print("# " + complaint)


def read_table(path):
    """The rows in order: directory -> directories that it may include."""
    table = {}
    with open(path) as text:
        for line in text:
            row = ROW.match(line)
            if row:
                table[row.group(1)] = re.findall(r"`([^`]+)`", row.group(2))
    return table


def sources(top):
    for directory in SOURCES:
        for folder, _, names in os.walk(os.path.join(top, directory)):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(folder, name), top)


def resolve(top, build, name):
    """The file that an include names, from the top; a build makes some. None: there is none."""
    if name == "config.h":
        return None
    for path in (name, os.path.join("src", name)):
        if os.path.exists(os.path.join(top, path)) or os.path.exists(os.path.join(build, path)):
            return path
    return None


def read_includes(top, build):
    """arrows[A][B]: the includes by files in A of headers in B; and what names no file."""
    arrows = collections.defaultdict(lambda: collections.defaultdict(list))
    unknown = []
    for source in sources(top):
        with open(os.path.join(top, source)) as text:
            for name in INCLUDE.findall(text.read()):
                header = resolve(top, build, name)
                if header:
                    arrows[os.path.dirname(source)][os.path.dirname(header)].append(
                        "%s includes %s" % (source, name))
                elif name not in ("config.h", "workloads/all.h"):	# made by the build
                    unknown.append("%s includes %s: no such file in the tree" % (source, name))
    return arrows, unknown


def not_allowed(table, arrows):
    return ["%s, which doc/architecture.md does not allow to %s/" % (what, here)
            for here in arrows for there in arrows[here]
            if there != here and there not in table.get(here, [])
            for what in arrows[here][there]]


def against_order(table):
    order = list(table)
    return ["%s/ may include %s/, which is not above it" % (here, there)
            for here in order for there in table[here]
            if there not in order or order.index(there) >= order.index(here)]


def not_used(table, arrows):
    return ["%s/ includes nothing of %s/: take it out of the table" % (here, there)
            for here in table for there in table[here] if there not in arrows[here]]


def source_of(top, build, path):
    """src/store/libcontrol_a-pack.o -> src/store/pack.c; None for what is not ours."""
    folder, name = os.path.split(os.path.relpath(path, build))
    stem = name[:-2]
    for candidate in (stem, stem.split("-", 1)[-1]):
        source = os.path.join(folder, candidate + ".c")
        if os.path.exists(os.path.join(top, source)):
            return source
    return None


def read_calls(top, build):
    """calls[A]: the files that have what A's object needs, as the linker sees it."""
    owner, needs = {}, collections.defaultdict(set)
    objects = [o for d in SOURCES for o in glob.glob(os.path.join(build, d, "**", "*.o"), recursive=True)]
    for path in objects:
        source = source_of(top, build, path)
        # The worker that has a libc is the worker's code once more.
        if not source or "hosted" in os.path.basename(path):
            continue
        for line in subprocess.check_output(["nm", path], text=True).splitlines():
            kind, symbol = line.split()[-2:]
            if kind == "U":
                needs[source].add(symbol)
            elif kind.isupper():
                owner[symbol] = source
    return {a: {owner[s] for s in needs[a] if s in owner} - {a} for a in needs}


def circles(calls):
    """Strongly connected components of more than one file (Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(v):
        index[v] = low[v] = len(index)
        stack.append(v)
        for w in sorted(calls.get(v, ())):
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            at = stack.index(v)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    sys.setrecursionlimit(10000)
    for v in sorted(calls):
        if v not in index:
            visit(v)
    return found


def not_there(top, path):
    """The steps of a sample's way whose file has no such function."""
    missing = []
    with open(path) as page:
        steps = STEP.findall(page.read())
    for source, function in steps:
        try:
            with open(os.path.join(top, source)) as text:
                if re.search(r"^[a-z].*\b%s\(" % function, text.read(), re.M):
                    continue
        except FileNotFoundError:
            pass
        missing.append("%s: has no %s()" % (source, function))
    return missing if steps else ["%s: has no steps" % path]


def main():
    top, build = sys.argv[1:]
    page = os.path.join(top, "doc", "architecture.md")
    table = read_table(page)
    arrows, unknown = read_includes(top, build)
    folders = {os.path.dirname(s) for s in sources(top)}

    check(unknown, "every include names a file")
    check(["%s/: not in doc/architecture.md" % f for f in sorted(folders - set(table))] +
          ["%s/: has no source" % f for f in table if f not in folders],
          "every directory of sources has a row, and only those")
    check(against_order(table), "what a directory may include is above it")
    check(not_allowed(table, arrows), "every include is allowed")
    check(not_used(table, arrows), "every arrow that is allowed is used")
    check(not_there(top, page), "the way of a sample is by functions that are there")
    calls = read_calls(top, build)
    check([] if calls else ["no objects in %s: make first" % build], "the build has objects")
    check(["circle: " + " <-> ".join(c) for c in circles(calls)], "no file calls what calls it back")
    print("1..%d" % tests)
    print("# the order, and how many includes go where:")
    for here in table:
        print("#   %-24s %s" % (here, " ".join("%s(%d)" % (t, len(arrows[here][t])) for t in table[here])))
    return failed


sys.exit(main())
