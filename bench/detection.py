#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What real runs on this machine find of known doses, and of none.

For fork-exit with doses in user time and touch-exit with doses in exit_mmap: how many of
20 runs of 15 s find 1.6%, how many of 20 runs of 60 s find 0.25%, how many of 40 runs of
two equal arms see something; and how far the answers scatter that one gets by measuring
one arm after the other. Takes an hour and a half. Each result is a line of the CSV file; what
is in it already is not measured again, so that an interrupted series goes on.
"""
import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile

FIELDS = "workload kind number seconds injected_pct delta_pct lo hi verdict".split()
# How doses are given: the parameter, what equal arms have of it, and its first guess.
SIDES = {
    "fork-exit": ("dose", 256),
    "touch-exit": ("dose_ptes", 64),
}
KINDS = {  # dose in %, seconds, runs
    "small": (0.25, 60, 20),
    "large": (1.6, 15, 20),
    "equal": (0, 15, 40),
    "in turn": (0, 15, 20),
}


class Machine:
    def __init__(self, options):
        self.o = options
        self.dir = tempfile.mkdtemp(prefix="exitbench-detection-")
        self.file = os.path.join(self.dir, "run.exb")

    def exitbench(self, *args):
        r = subprocess.run([self.o.exitbench, *args], capture_output=True, text=True)
        if r.returncode > 1:
            sys.exit(r.stderr.strip() or f"exitbench {args[0]}: status {r.returncode}")
        return r.stdout

    def run(self, workload, seconds, *arms):
        if os.path.exists(self.file):
            os.unlink(self.file)
        args = [x for a in arms for x in ("--arm", a)]
        self.exitbench("run", "-q", "-w", workload, "--cores", "1", "--place", self.o.place,
                       "--time", f"{seconds}s", "-o", self.file, *args)

    def compare(self, *args):
        out = json.loads(self.exitbench("compare", self.file, "--json", *args))
        return out["cells"][0]

    def median(self):
        """Of a file's only arm, which compare does not take: from the samples."""
        text = self.exitbench("export", "--csv", self.file)
        v = sorted(float(r["value"]) for r in csv.DictReader(text.splitlines())
                   if r["metric"] == "exit")
        return v[len(v) // 2]


def percentile(cell, p, side):
    return next(x[side] for x in cell["percentiles"] if x["p"] == p)


class Dose:
    """What a dose is worth: its unit in per cent of the undosed arm's lower quartile."""

    def __init__(self, m, workload):
        self.param, self.base = SIDES[workload]
        reference = self.base + (1000 if self.param == "dose" else 55)
        m.run(workload, 20, "a:" + self.text(self.base), "b:" + self.text(reference))
        cell = m.compare()
        if self.param == "dose":  # ns are what they are
            self.unit = 100 / percentile(cell, 25, "before")
        else:
            self.unit = cell["effect"]["delta_pct"] / (reference - self.base)

    def text(self, amount):
        return f"{self.param}={amount}" + ("ns" if self.param == "dose" else "")

    def arms(self, pct):
        n = max(1, round(pct / self.unit)) if pct else 0
        return "a:" + self.text(self.base), "b:" + self.text(self.base + n), n * self.unit


def one(m, dose, workload, kind):
    pct, seconds, _ = KINDS[kind]
    before, after, injected = dose.arms(pct)
    if kind == "in turn":
        level = []
        for arm in (before, after):
            m.run(workload, seconds / 2, arm)
            level.append(m.median())
        return injected, 100 * (level[1] / level[0] - 1), "", "", ""
    m.run(workload, seconds, before, after)
    e = m.compare()
    return injected, e["effect"]["delta_pct"], *e["effect"]["ci_pct"], e["verdict"]


def measure(m, options):
    done = set()
    new = not os.path.exists(options.output)
    if not new:
        with open(options.output) as f:
            done = {(r["workload"], r["kind"], r["number"]) for r in csv.DictReader(f)}
    todo = [(w, k, str(i)) for w in SIDES for k in KINDS for i in range(KINDS[k][2])]
    random.Random(options.seed).shuffle(todo)  # what drifts meets all of them
    dose = {w: Dose(m, w) for w in SIDES}
    with open(options.output, "a", newline="") as f:
        out = csv.writer(f)
        if new:
            out.writerow(FIELDS)
        for w, k, i in todo:
            if (w, k, i) in done:
                continue
            row = one(m, dose[w], w, k)
            out.writerow([w, k, i, KINDS[k][1], *row])
            f.flush()


def summary(path):
    with open(path) as f:
        rows = list(csv.DictReader(f))
    for w in SIDES:
        for k in KINDS:
            r = [x for x in rows if x["workload"] == w and x["kind"] == k]
            if not r:
                continue
            d = sorted(float(x["delta_pct"]) for x in r)
            spread = f"median {d[len(d) // 2]:+.3f}%, {d[0]:+.3f} to {d[-1]:+.3f}%"
            if k == "in turn":
                print(f"{w:11} {k:8} {len(r):3} pairs: {spread}")
                continue
            found = sum(float(x["lo"]) > 0 for x in r)
            off = sum(float(x["lo"]) > 0 or float(x["hi"]) < 0 for x in r)
            half = sorted((float(x["hi"]) - float(x["lo"])) / 2 for x in r)
            injected = sum(float(x["injected_pct"]) for x in r) / len(r)
            covered = sum(float(x["lo"]) <= float(x["injected_pct"]) <= float(x["hi"]) for x in r)
            wrong = sum(x["verdict"] in ("regression", "improvement") for x in r)
            print(f"{w:11} {k:8} {len(r):3} runs of {r[0]['seconds']} s, injected {injected:.3f}%: "
                  f"found {found}, other than 0 {off}, covers {covered}, beyond the margin {wrong}; "
                  f"{spread}; half-width {half[len(half) // 2]:.3f}%")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--exitbench", default="./exitbench")
    p.add_argument("--place", default="compact", help="as for exitbench run")
    p.add_argument("--seed", type=int, default=20211116)
    p.add_argument("--summary", action="store_true", help="of what there is; measures nothing")
    p.add_argument("-o", "--output", default="detection.csv")
    o = p.parse_args()
    if not o.summary:
        m = Machine(o)
        try:
            measure(m, o)
        finally:
            if os.path.exists(m.file):
                os.unlink(m.file)
            os.rmdir(m.dir)
    summary(o.output)


main()
