#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens a page in headless Chromium and asks it questions.

    browser.py CHROMIUM PAGE [--width N] [--dark] [--pdf FILE] [--key NAME]... EXPRESSION...

Each EXPRESSION is JavaScript that must be true; it runs after those before it, and may
await. --key presses a key before the expression that follows. What the console says, an
exception and a request for anything but the page itself are failures. Prints "ok" or
"not ok" and the expression, a line each; exits with 1 if any is not.

Speaks the DevTools protocol through a pipe, so needs neither a port nor a package.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile

TIMEOUT = int(os.environ.get("TEST_PATIENCE", "300"))


class Browser:
    def __init__(self, program, profile):
        child_in, self.out = os.pipe()
        self.inp, child_out = os.pipe()
        # The protocol is spoken on descriptors 3 and 4.
        shell = 'exec "$0" "$@" 3<&%d 4>&%d' % (child_in, child_out)
        self.child = subprocess.Popen(
            ["timeout", str(TIMEOUT), "sh", "-c", shell, program, "--headless", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--user-data-dir=" + profile, "--remote-debugging-pipe", "about:blank"],
            pass_fds=(child_in, child_out), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(child_in)
        os.close(child_out)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.events = []

    def read(self):
        while b"\0" not in self.buffer:
            more = os.read(self.inp, 1 << 16)
            if not more:
                sys.exit("chromium ended, or took longer than %d s" % TIMEOUT)
            self.buffer += more
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.read())

    def open(self, url, width, dark):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def ask(self, expression):
        answer = self.call("Runtime.evaluate", expression="(async () => (%s))()" % expression,
                           awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            return False, answer["exceptionDetails"]["exception"].get("description", "?")
        value = answer["result"].get("value")
        return value is True, "" if value is True else json.dumps(value)

    def press(self, key):
        text = {"Enter": "\r", " ": " "}.get(key)
        code = {"Enter": 13, " ": 32, "Tab": 9}.get(key, 0)
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code,
                      **more)

    def complaints(self, url):
        for event in self.events:
            params = event.get("params", {})
            name = event.get("method")
            if name == "Runtime.consoleAPICalled":
                yield "console: %s" % [arg.get("value") for arg in params["args"]]
            elif name == "Runtime.exceptionThrown":
                yield "exception: %s" % params["exceptionDetails"]["text"]
            elif name == "Log.entryAdded":
                yield "log: %s" % params["entry"]["text"]
            elif name == "Network.requestWillBeSent":
                asked = params["request"]["url"].split("#")[0]
                if asked != url and not asked.startswith("data:"):
                    yield "request: %s" % asked

    def close(self):
        self.session = None
        os.write(self.out, b'{"id":0,"method":"Browser.close"}\0')
        self.child.wait()


def report(good, what, why=""):
    print("%s %s%s" % ("ok" if good else "not ok", what, ": " + why if why else ""))
    return good


def main(program, page, *words):
    width, dark, steps, good = 1280, False, [], True
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--width":
            width = int(words.pop(0))
        elif word == "--dark":
            dark = True
        elif word in ("--key", "--pdf"):
            steps.append((word, words.pop(0)))
        else:
            steps.append(("ask", word))
    url = "file://" + os.path.abspath(page)
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(program, profile)
        browser.open(url, width, dark)
        for kind, value in steps:
            if kind == "ask":
                good &= report(*(lambda answer: (answer[0], value, answer[1]))(browser.ask(value)))
            elif kind == "--key":
                browser.press(value)
            else:
                data = base64.b64decode(browser.call("Page.printToPDF")["data"])
                good &= report(data.startswith(b"%PDF"), "PDF of %d bytes" % len(data))
                with open(value, "wb") as out:
                    out.write(data)
        complaints = list(browser.complaints(url))
        good &= report(not complaints, "nothing to complain of", "; ".join(complaints))
        browser.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
