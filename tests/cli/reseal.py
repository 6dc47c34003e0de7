# SPDX-License-Identifier: GPL-2.0-or-later
"""A result file that a test changed gets the check sums that go with what it says now.

    python3 reseal.py FILE...

Written from doc/result-format.md, not from what the store does.
"""
import sqlite3
import struct
import sys
import zlib

KINDS = {int: ("i", "<q"), float: ("r", "<d"), str: ("t", "<Q"), bytes: ("b", "<Q")}


def crc(*values):
    data = b""
    for v in values:
        if v is None:
            data += b"n"
            continue
        letter, code = KINDS[type(v)]
        raw = v.encode() if isinstance(v, str) else v
        number = isinstance(v, (int, float))
        data += letter.encode() + struct.pack(code, v if number else len(raw))
        data += b"" if number else raw
    return zlib.crc32(data)


def columns(db, table, *but):
    names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    return ", ".join(f"{table}.{name}" for name in names if name not in but)


def reseal(db):
    db.create_function("crc", -1, crc)
    db.execute(f"UPDATE run SET crc = crc({columns(db, 'run', 'id', 'crc')})")
    db.execute("UPDATE note SET crc = crc((SELECT uuid FROM run WHERE id = note.run), kind, text)")
    of = ", ".join((
        columns(db, "run", "id", "crc", "finished", "status"), columns(db, "cell", "id", "run"),
        columns(db, "arm", "id", "run"), columns(db, "block", "id", "cell", "arm", "crc")))
    ticks = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'tick'").fetchone()
    for row in db.execute(
            f"SELECT block.id, {of} FROM block JOIN cell ON cell.id = block.cell"
            " JOIN arm ON arm.id = block.arm JOIN run ON run.id = cell.run").fetchall():
        tick = ticks and db.execute("SELECT first, period, between_ops FROM tick WHERE block = ?",
                                    row[:1]).fetchone()
        total = crc(*row[1:], *(tick or ()))
        for part in db.execute(f"SELECT {columns(db, 'part', 'block')} FROM part WHERE block = ?",
                               row[:1]):
            total += crc(*part)
        db.execute("UPDATE block SET crc = ? WHERE id = ?", (total % 2**32, row[0]))


for file in sys.argv[1:]:
    with sqlite3.connect(file) as connection:
        reseal(connection)
