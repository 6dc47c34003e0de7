#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills descendants of a process, with SIGKILL, and nobody else.

    strike.py PID one N     the N-th of its family (modulo their number), itself among them
    strike.py PID NAME      its first descendant of that name
    strike.py PID all       all of them, itself the last

Where a hundred thousand processes a second are made, numbers are soon another's. So first a
descriptor of whoever has the number, then a look whether that number is in the family: if so,
and the descriptor's process lives, it is that one.
"""
import os
import signal
import sys


def stat(pid):
    """Parent and name, or None."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
            text = f.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    name, rest = text[text.index("(") + 1:].rsplit(")", 1)
    return int(rest.split()[1]), name


def in_family(pid, top):
    while pid > 1 and pid != top:
        found = stat(pid)
        if not found:
            return False
        pid = found[0]
    return pid == top


def strike(pid, top):
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        if not in_family(pid, top):
            return False
        signal.pidfd_send_signal(fd, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(fd)


def family(top):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and in_family(int(entry), top):
            who = stat(int(entry))
            if who:
                found.append((int(entry), who[1]))
    return sorted(found)


def main():
    top, what = int(sys.argv[1]), sys.argv[2]
    if what == "all":
        os.kill(top, signal.SIGSTOP)    # the caller's child, not waited for
    members = family(top)
    if what == "one":
        members = [members[int(sys.argv[3]) % len(members)]] if members else []
    elif what == "all":
        members = [m for m in members if m[0] != top] + [m for m in members if m[0] == top]
    else:
        members = [m for m in members if m[1].startswith(what)][:1]
    for pid, name in members:
        print(name if strike(pid, top) else f"{name}, which was gone")


main()
