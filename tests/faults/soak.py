#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A long run under watch: memory and descriptors of exitbench and its workers, and where
every operation went. Run by tests/faults/soak.sh, alone in a PID namespace where that is allowed:
there the kernel's process numbers tell how many processes were started."""

import argparse
import os
import sqlite3
import subprocess
import sys
import threading
import time

PAGE = os.sysconf("SC_PAGE_SIZE")
FIRST_PID = 300     # where the kernel begins again after the last (RESERVED_PIDS)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def spawn_pid():
    """The next process number, which is thereby used."""
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


class Forks(threading.Thread):
    """Counts processes by the numbers that the kernel gives them, round and round."""

    def __init__(self):
        super().__init__(daemon=True)
        self.most = int(read("/proc/sys/kernel/pid_max"))
        self.started = self.own = 0
        self.last = spawn_pid()
        self.going = True

    def look(self):
        pid = spawn_pid()
        self.started += pid - self.last if pid > self.last else \
            self.most - self.last + pid - FIRST_PID
        self.own += 1
        self.last = pid

    def run(self):
        while self.going:
            self.look()
            time.sleep(0.02)

    def stop(self):
        self.going = False
        self.join()
        self.look()
        return self.started - self.own


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            stat = read(f"/proc/{name}/stat")
        except OSError:
            continue
        # What is still called exitbench is about to become a worker or program: a copy of ours.
        if int(stat.rsplit(b")", 1)[1].split()[1]) == pid and b"(exitbench)" not in stat:
            found.append(int(name))
    return found


def sample(pid):
    """Resident bytes, and open descriptors (None: not ours to see)."""
    try:
        rss = int(read(f"/proc/{pid}/statm").split()[1]) * PAGE
        return rss, len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return None


def watch(run, seconds):
    """Samples of the controller and, together, of its workers, while it runs."""
    controller, workers = [], []
    begin = time.monotonic()
    while run.poll() is None:
        own = sample(run.pid)
        theirs = [s for s in map(sample, children(run.pid)) if s]
        now = time.monotonic() - begin
        if own and own[0]:
            controller.append((now, *own, len(theirs)))
        for rss, fds in theirs:
            workers.append((now, rss, fds))
        if now > 3 * seconds + 120:
            run.kill()
            return None, None
        time.sleep(1)
    return controller, workers


def accounts(path):
    """Sums over the file: each of started's parts, by warm-up or not."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = db.execute("""SELECT warmup, sum(ops), sum(failed), sum(lead_in), sum(fill)
        FROM part JOIN block ON block.id = part.block GROUP BY warmup""").fetchall()
    cells = db.execute("SELECT count(*) FROM cell").fetchone()[0]
    arms = db.execute("SELECT count(*) FROM arm").fetchone()[0]
    sums = {"recorded": 0, "warm-up": 0, "failed": 0, "lead-in": 0, "fill": 0}
    for warmup, ops, failed, lead_in, fill in rows:
        sums["warm-up" if warmup else "recorded"] += ops
        sums["failed"] += failed
        sums["lead-in"] += lead_in
        sums["fill"] += fill
    return sums, cells * arms


class Tap:
    n = 0
    failed = False

    def ok(self, good, what):
        self.n += 1
        self.failed |= not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {what}", flush=True)


def halves(samples, column):
    """The values in the first half of the time, and in the second, in ascending order."""
    end = samples[-1][0]
    first = [s[column] for s in samples if s[0] <= end / 2]
    second = [s[column] for s in samples if s[0] > end / 2]
    return sorted(first), sorted(second)


def judge_samples(tap, who, samples):
    first, second = halves(samples, 1)
    print(f"# {who}: {len(samples)} samples; resident, most in the first half "
          f"{first[-1] / 2**20:.2f} MiB, in the second {second[-1] / 2**20:.2f} MiB", flush=True)
    tap.ok(second[-1] <= first[-1] * 1.02 + 2**18, f"the memory of {who} is flat")
    # Some are open for as long as a program takes to start, and workloads differ in how many,
    # so the most and the median say little. One that stays open raises the least.
    settled = [s for s in samples if s[0] > min(30, samples[-1][0] / 10)]
    first, second = halves(settled, 2)
    print(f"# {who}: descriptors, least and most in the first half {first[0]} and {first[-1]}, "
          f"in the second {second[0]} and {second[-1]}")
    tap.ok(second[0] <= first[0] and second[-1] <= first[-1] + 16,
           f"{who}: no descriptor is leaked")


def soak(tap, o):
    command = [o.exitbench, "run", "-q", "-o", o.file, "-w", o.workloads, "--cores", "max",
               "--time", f"{o.seconds}s", "--arm", "a", "--arm", "b"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
        controller, workers = watch(run, o.seconds)
    tap.ok(controller is not None, "it ends in time")
    tap.ok(run.returncode == 0, f"a run of {o.seconds} s: {' '.join(command[1:])}")
    if not controller or run.returncode:
        return
    judge_samples(tap, "exitbench", controller)
    if workers:
        judge_samples(tap, "its workers", workers)
    sums, _ = accounts(o.file)
    print("# in the file: " + ", ".join(f"{v} {k}" for k, v in sums.items()) +
          f"; {sum(sums.values())} operations in all")
    tap.ok(sums["recorded"] > 0, "operations were recorded")
    print(f"# file: {os.path.getsize(o.file) / 2**20:.1f} MiB, "
          f"{os.path.getsize(o.file) / max(1, sum(sums.values())):.2f} bytes an operation")


def count(tap, o, workload):
    """One process an operation: the kernel's count is the file's, but for a known few."""
    path = f"{o.file}.{workload}"
    forks = Forks()
    forks.start()
    run = subprocess.run([o.exitbench, "run", "-q", "-o", path, "-w", workload, "--cores", "max",
                          "--time", f"{o.count_seconds}s", "--arm", "a", "--arm", "b"],
                         stdout=subprocess.DEVNULL, check=False)
    kernel = forks.stop()
    if run.returncode:
        tap.ok(False, f"{workload}: exit status {run.returncode}")
        return
    sums, checks = accounts(path)
    ours = len(os.sched_getaffinity(0)) + 1     # workers, and the program itself
    rest = kernel - sum(sums.values()) - checks - ours
    print(f"# {workload}: {kernel} processes started, {sum(sums.values())} operations "
          f"({', '.join(f'{v} {k}' for k, v in sums.items())}), {checks} checks, "
          f"{ours} others, {rest} more")
    tap.ok(0 <= rest <= o.spare, f"{workload}: what the kernel started is in the file")


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--exitbench", default="./exitbench")
    p.add_argument("--seconds", type=int, default=3600)
    p.add_argument("--count-seconds", type=int, default=20)
    p.add_argument("--workloads", default="*")
    p.add_argument("--spare", type=int, default=8,
                   help="processes that may be the program's own helpers")
    p.add_argument("--namespace", action="store_true", help="we are alone in a PID namespace")
    p.add_argument("file")
    o = p.parse_args()
    tap = Tap()
    soak(tap, o)
    for workload in ("fork-exit", "touch-exit", "kill-exit"):
        if o.namespace:
            count(tap, o, workload)
        else:
            tap.n += 1
            print(f"ok {tap.n} # SKIP {workload} against the kernel's count: no PID namespace")
    print(f"1..{tap.n}")
    return tap.failed


if __name__ == "__main__":
    sys.exit(main())
