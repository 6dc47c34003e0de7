#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a command, and is the parent of all that it leaves.

Whatever is started below, and loses its parent, becomes a child of this process and not of
init: so a test can ask for what is left (see tests/faults/inventory.sh), without a privilege and
whatever else runs on the machine. What is left at the end is named and killed.
"""
import ctypes
import os
import signal
import sys

PR_SET_CHILD_SUBREAPER = 36


def children():
    me = os.getpid()
    with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as f:
        return [int(p) for p in f.read().split()]


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    reaper = str(os.getpid())
    pid = os.fork()
    if not pid:
        os.environ["REAPER_PID"] = reaper
        os.execvp(sys.argv[1], sys.argv[1:])
    # Not waited for before the loop below ends, so the number stays its own.
    for sig in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda s, _: os.kill(pid, s))
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            break
    for left in children():
        with open(f"/proc/{left}/comm", encoding="ascii", errors="replace") as f:
            print(f"# left: process {left} ({f.read().strip()})", flush=True)
        os.kill(left, signal.SIGKILL)
        os.waitpid(left, 0)
    sys.exit(os.waitstatus_to_exitcode(status) & 255)


main()
