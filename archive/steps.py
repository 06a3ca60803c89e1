"""The rows of `changes`: what a portal changed from one version of an article to the next, in the caller's transaction.

They are told from `versions` alone, so they can be made anew at any time; a version is told of once for each capture,
as its newest reader read it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import pairwise

from archive import versions
from archive.changes import changes
from archive.clock import iso, moment
from archive.versions import Version

_SQL = """
INSERT INTO changes (article_id, from_version, to_version, seen_at, kind, added, removed)
VALUES (?, ?, ?, ?, ?, ?, ?)"""


_Row = tuple[int, int, int, str, str, str, str]


def put(conn: sqlite3.Connection, old: Version, new: Version) -> None:
    """Write one step: a row for each kind of change in it."""
    conn.executemany(_SQL, _rows(old, new))


def _rows(old: Version, new: Version) -> list[_Row]:
    seen = iso(moment(new.timestamp))
    return [
        (new.article_id, old.id, new.id, seen, each.kind.value, "\n".join(each.added), "\n".join(each.removed))
        for each in changes(old.text, new.text)
    ]


def derive(conn: sqlite3.Connection, article_id: int) -> None:
    """Write all steps of an article anew."""
    conn.execute("DELETE FROM changes WHERE article_id = ?", [article_id])
    for old, new in pairwise(versions.history(conn, article_id)):
        put(conn, old, new)


def differing(conn: sqlite3.Connection) -> Iterator[int]:
    """The articles of which `changes` says something else than their versions do."""
    columns = "article_id, from_version, to_version, seen_at, kind, added, removed"
    ids = conn.execute(
        "SELECT article_id FROM versions GROUP BY article_id HAVING count(DISTINCT capture_id) > 1"
        " UNION SELECT article_id FROM changes ORDER BY article_id"
    ).fetchall()
    for (article_id,) in ids:
        held = conn.execute(f"SELECT {columns} FROM changes WHERE article_id = ?", [article_id]).fetchall()
        told = [row for pair in pairwise(versions.history(conn, article_id)) for row in _rows(*pair)]
        if sorted(map(tuple, held)) != sorted(told):
            yield article_id
