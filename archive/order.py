"""The order of captures in time: our own by their numbers, whatever the clock said; imported ones by their time."""

from __future__ import annotations

import sqlite3

WHEN = "coalesce(captures.place, captures.timestamp)"
"""SQL: where a capture stands in time, 14 digits; of several in one second the last number is the newest."""

NEWEST = (
    f"(SELECT {WHEN} FROM captures WHERE captures.id = versions.capture_id) DESC, versions.capture_id DESC,"
    " versions.id DESC"
)
"""SQL: the order in which the first row of an article's versions is the text that counts: that of the newest capture,
by its newest reader. What is read again later is a later row of an older capture."""


def place(conn: sqlite3.Connection, timestamp: str) -> str | None:
    """Where a new capture of our own stands in time, if not at its timestamp: beside the one before it, where that is
    later because the clock was set back.
    """
    row = conn.execute(f"SELECT {WHEN} FROM captures WHERE origin IS NULL ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row and row[0] > timestamp else None
