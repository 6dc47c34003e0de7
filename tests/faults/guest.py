#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots a machine in QEMU whose whole system is INIT, PROGRAMs and their libraries.

    guest.py KERNEL INIT DIR SECONDS PROGRAM...

It has 2 emulated CPUs, its console in DIR/console, and a line on ttyS1 to here:

    put NAME    what follows, gzip in base64 up to a line ".", becomes DIR/NAME
    say TEXT    is printed, as a comment
    rest NAME   so does all that follows, as it is
    wait N      comes back after N seconds
    pause N     the same, and the machine stands still meanwhile
    wake N      comes back; N seconds after the machine went to sleep it is woken up
    ring N      comes back, and then an empty line every N seconds until something is heard

Status 0: the machine ended by itself, within SECONDS.
"""
import base64
import ctypes
import gzip
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
PATIENCE = 300  # seconds until INIT says its first word
DIRECTORIES = ("dev", "proc", "sys", "tmp", "bin", "mnt")
# A panic ends the machine: -no-reboot. The counter of a busy host's emulated CPU is no clock.
KERNEL_LINE = "console=ttyS0 quiet panic=-1 rdinit=/init no_timer_check"


def libraries(program):
    """What ldd names, loader included."""
    text = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return {word for word in text.split() if word.startswith("/")}


class Archive:
    """A cpio archive, as an initramfs is."""

    def __init__(self):
        self.data = bytearray()
        self.names = set()

    def add(self, name, mode, data=b"", device=(0, 0)):
        fields = (len(self.names) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        self.names.add(name)
        self.data += b"070701" + b"".join(b"%08x" % f for f in fields) + name.encode() + b"\0"
        self.pad()
        self.data += data
        self.pad()

    def pad(self):
        self.data += bytes(-len(self.data) % 4)

    def add_directory(self, name):
        if name and name not in self.names:
            self.add_directory(os.path.dirname(name))
            self.add(name, 0o040755)

    def add_file(self, name, path):
        self.add_directory(os.path.dirname(name))
        if name not in self.names:
            with open(path, "rb") as f:
                self.add(name, 0o100755, f.read())


def initramfs(init, programs):
    archive = Archive()
    for name in DIRECTORIES:
        archive.add_directory(name)
    archive.add("dev/console", 0o020600, device=(5, 1))
    archive.add("dev/null", 0o020666, device=(1, 3))
    archive.add("dev/ttyS1", 0o020600, device=(4, 65))
    archive.add_file("init", init)
    for program in programs:
        path = program if "/" in program else shutil.which(program)
        if not path:
            sys.exit(f"guest.py: no {program}")
        archive.add_file("bin/" + os.path.basename(program), path)
        for library in libraries(path):
            archive.add_file(library.lstrip("/"), library)
    archive.add("TRAILER!!!", 0)
    return bytes(archive.data)


def start_qemu(kernel, directory, line, control):
    """With this process, however that ends, goes QEMU."""
    command = [
        "qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-smp", "2", "-m", "512",
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-kernel", kernel, "-initrd", f"{directory}/initramfs", "-append", KERNEL_LINE,
        "-serial", f"file:{directory}/console",
        "-chardev", f"socket,id=line,fd={line.fileno()}", "-serial", "chardev:line",
        "-chardev", f"socket,id=control,fd={control.fileno()}", "-mon", "chardev=control,mode=control"]
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, pass_fds=(line.fileno(), control.fileno()),
        preexec_fn=lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL))


class Machine:
    def __init__(self, kernel, directory, seconds):
        self.directory = directory
        self.start, self.seconds = time.monotonic(), seconds
        self.end = self.start + min(seconds, PATIENCE)
        self.line, line = socket.socketpair()
        self.control, control = socket.socketpair()
        self.name, self.lines, self.rest, self.wake, self.ring = None, [], None, 0, None
        self.qemu = start_qemu(kernel, directory, line, control)
        line.close()
        control.close()
        self.tell("qmp_capabilities")

    def tell(self, command):
        self.control.sendall(json.dumps({"execute": command}).encode() + b"\n")

    def answer(self, line=""):
        self.line.sendall(line.encode() + b"\n")

    def put(self, line):
        if line != ".":
            self.lines.append(line)
            return
        with open(f"{self.directory}/{self.name}", "wb") as f:
            f.write(gzip.decompress(base64.b64decode("".join(self.lines))))
        self.name, self.lines = None, []

    def stand_still(self, seconds, stop):
        if stop:
            self.tell("stop")
        time.sleep(seconds)
        if stop:
            self.tell("cont")

    def do(self, line):
        word, _, rest = line.partition(" ")
        self.ring = None
        self.end = self.start + self.seconds
        if self.rest:
            self.rest.write(line + "\n")
        elif self.name:
            self.put(line)
        elif word == "put":
            self.name = os.path.basename(rest)
        elif word == "say":
            print("#", rest, flush=True)
        elif word in ("wait", "pause"):
            self.stand_still(float(rest), word == "pause")
            self.answer(line)
        elif word == "wake":
            self.wake = float(rest)
            self.answer(line)
        elif word == "ring":
            self.ring = float(rest)
            self.answer(line)
        elif word == "rest":
            self.rest = open(f"{self.directory}/{os.path.basename(rest)}", "w", encoding="utf-8")

    def heard(self, line):
        """From QEMU."""
        if json.loads(line).get("event") == "SUSPEND":
            time.sleep(self.wake)
            self.tell("system_wakeup")

    def serve(self):
        """Until the machine ends."""
        hear = {self.line: (self.do, b""), self.control: (self.heard, b"")}
        while hear:
            left = self.end - time.monotonic()
            ready = select.select(list(hear), [], [], max(0, min(left, self.ring or left)))[0]
            if not ready and self.ring and left > 0:
                self.answer()
            elif not ready:
                print(f"# the machine is stopped: its time is over")
                return 1
            for s in ready:
                data = s.recv(65536)
                if not data:
                    del hear[s]
                    continue
                act, rest = hear[s]
                *lines, rest = (rest + data).split(b"\n")
                hear[s] = (act, rest)
                for line in lines:
                    act(line.decode(errors="replace").rstrip("\r"))
        return self.qemu.wait()


def main():
    kernel, init, directory, seconds, *programs = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with open(f"{directory}/initramfs", "wb") as f:
        f.write(initramfs(init, programs))
    machine = Machine(kernel, directory, float(seconds))
    try:
        sys.exit(machine.serve())
    finally:
        machine.qemu.kill()
        machine.qemu.wait()


main()
