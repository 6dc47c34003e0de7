#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does what precedes a block bias it?

usage: carry_over.py FILE.exb

For each cell of a file with two arms: the effect (log ratio of the blocks' lower quartiles
of exit, or of cycle) in the rounds whose blocks were both preceded by a block of A, both by
one of B, and in those where each was preceded by the other arm. If a block left work to the
next one, the effect would be smaller in the last kind.
"""
import math
import sqlite3
import statistics
import sys


def varint(blob, at):
    value = shift = 0
    while True:
        byte = blob[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def column(blob, at, n):
    zigzag, at = varint(blob, at)
    base = (zigzag >> 1) ^ -(zigzag & 1)
    width = blob[at]
    exceptions, at = varint(blob, at + 1)
    size = (n * width + 7) // 8
    bits = int.from_bytes(blob[at:at + size], "little")
    values = [base + (bits >> (i * width) & ((1 << width) - 1)) for i in range(n)]
    at += size
    i = 0
    for _ in range(exceptions):
        gap, at = varint(blob, at)
        high, at = varint(blob, at)
        i += gap
        values[i] += high << width
        i += 1
    return values, at


def samples(blob):
    """The primary metric of a blob: exit, or cycle where there is none."""
    mask, at = varint(blob, 1)
    n, at = varint(blob, at)
    columns = {}
    for bit, name in ((1, "fork"), (2, "cycle"), (4, "exit")):
        if mask & bit:
            columns[name], at = column(blob, at, n)
    return columns.get("exit") or columns["cycle"]


def lower_quartile(values):
    values = sorted(values)
    return values[len(values) // 4]


def rounds(db, cell):
    """(effect, kind) of each round; the kind is the order and the arm before it."""
    arms = [row[0] for row in db.execute(
        "SELECT DISTINCT arm FROM block WHERE cell = ? ORDER BY arm", (cell,))]
    if len(arms) < 2:
        return
    previous, pending = None, {}
    for block, arm, number, warmup in db.execute(
            "SELECT id, arm, round, warmup FROM block WHERE cell = ? ORDER BY id", (cell,)):
        if not warmup:
            values = []
            for (blob,) in db.execute("SELECT samples FROM part WHERE block = ?", (block,)):
                values += samples(blob)
            entry = pending.setdefault(number, [])
            entry.append((arm, math.log(lower_quartile(values)), previous))
            if len(entry) == 2:
                (first, y1, before), (_, y2, _) = entry
                effect = y2 - y1 if first == arms[0] else y1 - y2
                order = "AB" if first == arms[0] else "BA"
                yield effect, order, "A" if before == arms[0] else "B"
                del pending[number]
        previous = arm


def trimmed(values):
    """20% trimmed mean and its standard error (Tukey and McLaughlin 1963)."""
    values = sorted(values)
    n = len(values)
    cut = n // 5
    kept = values[cut:n - cut]
    winsorized = [kept[0]] * cut + kept + [kept[-1]] * cut
    return statistics.fmean(kept), statistics.stdev(winsorized) / (0.6 * math.sqrt(n))


def main():
    db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
    for cell, workload, cores in db.execute("SELECT id, workload, cores FROM cell").fetchall():
        groups = {}
        for effect, order, before in rounds(db, cell):
            groups.setdefault((order, before), []).append(effect)
        if len(groups) < 4 or min(map(len, groups.values())) < 5:
            print("%s, %d cores: too few rounds" % (workload, cores))
            continue
        t = {k: trimmed(v) for k, v in groups.items()}
        same = (t["AB", "A"][0] + t["BA", "B"][0]) / 2
        crossed = (t["AB", "B"][0] + t["BA", "A"][0]) / 2
        error = math.sqrt(sum(e * e for _, e in t.values())) / 2
        print("%s, %d core%s, %d rounds:" % (workload, cores, "s" if cores > 1 else "",
              sum(map(len, groups.values()))))
        print("  effect, both after A   %+.3f%% +-%.3f" % (
            100 * t["AB", "A"][0], 196 * t["AB", "A"][1]))
        print("  effect, both after B   %+.3f%% +-%.3f" % (
            100 * t["BA", "B"][0], 196 * t["BA", "B"][1]))
        print("  the same predecessor   %+.3f%%" % (100 * same))
        print("  crossed predecessors   %+.3f%%" % (100 * crossed))
        print("  carry-over             %+.3f%% +-%.3f" % (100 * (same - crossed), 196 * error))


main()
