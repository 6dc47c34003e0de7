#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Holds the pages and the comments to the sources: each file, directory and function() that they
name exists, and so does each link and make target of a page. Prints TAP.
"""
import os
import re
import sys

SOURCES = ("contract", "workloads", "worker", "programs", "analysis", "src", "bench", "tests", "lab", "doc")
# Of the kernel, of libraries, of users, of the build, or of an example.
FOREIGN_FILES = set("""
    all.h b/mm/mmap.c cmocka.h in.csv kernel/fork.c lib/maple_tree.c mm/memory.c mm/mmap.c my.cocci
    my.patch read.csv recipe.py splitmix64.c util/stat.c workloads/all.h workloads/zero-exit.c
""".split())
FOREIGN_FUNCTIONS = set("""
    assert_float_equal barrier execve close_range hwloc_distrib stddev_stats
""".split())
FILE = re.compile(r"(?<![\w./+-])(\w[\w.-]*(?:/[\w.-]+)*\.(?:[cht]|sh|md|mk|gp|cocci|csv|list|png|py|R|patch))(?![\w/])")
FOLDER = re.compile(r"`([a-z]\w*(?:/[\w-]+)*)/`")
FUNCTION = re.compile(r"\b([a-z_]\w*)\(\)")
TARGET = re.compile(r"\bmake ((?:check|bench|fuzz)-[\w-]+)")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
C_COMMENT = re.compile(r"/\*.*?\*/", re.S)
SHELL_COMMENT = re.compile(r"^\s*#(.*)", re.M)


def read(path):
    """The text of a file, whatever bytes are in it."""
    with open(path, errors="replace") as text:
        return text.read()


def find_files(top):
    """Path from the top of each file that is a source or a page."""
    found = [n for n in os.listdir(top) if os.path.isfile(os.path.join(top, n))]
    for source in SOURCES:
        for folder, _, names in os.walk(os.path.join(top, source)):
            found += [os.path.relpath(os.path.join(folder, n), top) for n in names]
    return {os.path.normpath(f) for f in found}


def is_code(path):
    return path.endswith((".c", ".h", ".sh", ".py", ".mk", ".am", ".cocci", ".lds", "quickstart"))


def code_of(path, text):
    """A source without its comments."""
    return C_COMMENT.sub(" ", text) if path.endswith((".c", ".h")) else SHELL_COMMENT.sub("", text)


def prose_of(path, text):
    """What a file says in words: all of a page, the comments of a source."""
    if path.endswith(".md"):
        return text
    if path.endswith((".c", ".h")):
        return "\n".join(C_COMMENT.findall(text))
    return "\n".join(SHELL_COMMENT.findall(text)) if is_code(path) else ""


def main():
    top = sys.argv[1]
    files = find_files(top)
    texts = {f: read(os.path.join(top, f)) for f in files
             if (is_code(f) or f.endswith(".md")) and not f.startswith("tests/data/")}
    own = os.path.join("tests", "source", "names.py")
    words = set()
    for f, text in texts.items():
        if is_code(f) and f != own:
            words |= set(re.findall(r"[A-Za-z_]\w*", code_of(f, text)))
    folders = {""}
    for f in files:
        while f:
            f = os.path.dirname(f)
            folders.add(f)
    names = {os.path.basename(f) for f in files}
    rules = texts.get("tests/local.mk", "")
    targets = set()
    for f, text in texts.items():
        if f.endswith((".mk", ".am")):
            targets |= set(re.findall(r"^([\w-]+):", text, re.M))

    def has(page, path, known):
        return any(os.path.normpath(os.path.join(at, path)) in known
                   for at in ("", "src", os.path.dirname(page)))

    def file_there(page, path):
        if path.endswith(".t"):
            return re.search(r"(?:/|\s)%s(?:\s|$)" % re.escape(path), rules)
        return "NAME" in path or ("/" not in path and path in names) or has(page, path, files)

    kinds = (
        ("files", FILE, FOREIGN_FILES, file_there),
        ("directories", FOLDER, {"fuzzing"}, lambda page, p: has(page, p, folders) or has("tests/", p, folders)),
        ("functions", FUNCTION, FOREIGN_FUNCTIONS, lambda page, w: w in words),
        ("make's targets", TARGET, set(), lambda page, t: t in targets),
        ("links", LINK, set(),
         lambda page, p: not page.endswith(".md") or
         os.path.exists(os.path.join(top, os.path.dirname(page), p))),
    )
    failed = False
    for number, (what, pattern, foreign, there) in enumerate(kinds, 1):
        named, lost = set(), []
        for page in sorted(texts):
            if page == own:
                continue
            for name in pattern.findall(prose_of(page, texts[page])):
                named.add(name)
                if name not in foreign and not there(page, name):
                    lost.append("%s: there is no %s" % (page, name))
        lost += ["%s: excepted, and not named" % n for n in sorted(foreign - named)]
        lost += [] if named else ["nothing was found to look at"]
        failed = failed or bool(lost)
        print("%sok %d - %s that are named exist" % ("not " if lost else "", number, what))
        print("".join("# %s\n" % line for line in lost), end="")
    print("1..%d" % len(kinds))
    return failed


sys.exit(main())
