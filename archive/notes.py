"""Notes of the archive's own in its WARC files: what `rebuild` could not tell from the exchanges.

A note is written when a run ends and says what is new since the note before it: how runs ended, the numbers of the
articles that they saw (permanent addresses go by them), learnt templates, and issues about which there is no capture.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from typing import Any

from archive import warc
from archive.clock import now
from archive.rows import rows
from archive.store import Archive, put_file
from archive.warc import WarcWriter

_NEWS = {
    "runs": "SELECT * FROM runs WHERE id > :since ORDER BY id",
    "templates": "SELECT * FROM templates WHERE id > :since ORDER BY id",
    "issues": "SELECT id, run_id, portal_id, url, NULL AS capture_id, kind, message, at, closed_at, told_at FROM issues"
    " WHERE id > :since AND (capture_id IS NULL OR kind = 'lifecycle') ORDER BY id",
}
"""What a note holds, by the table whose numbers tell what is new."""

_OF_RUNS = {
    "run_portals": "SELECT * FROM run_portals WHERE run_id > :since ORDER BY run_id, portal_id",
    "portals": "SELECT * FROM portals WHERE id IN (SELECT portal_id FROM run_portals WHERE run_id > :since)"
    " OR status != 'live'",
    "articles": "SELECT id, portal_id, article_key, url FROM articles WHERE id IN (SELECT article_id FROM captures"
    " JOIN _frontier USING (portal_id, url) WHERE captures.run_id > :since) ORDER BY id",
}
"""What it holds of the runs that are new."""

_COPIED = ("portals", "runs", "run_portals", "issues")
"""Tables whose rows `rebuild` takes from the notes as they are."""


def write(archive: Archive, writer: WarcWriter) -> None:
    """Note what is new, at the end of a run; what a run that was killed left untold is told by the next one."""
    with archive.transaction() as conn:
        content = json.dumps(_news(conn, _noted(archive)), ensure_ascii=False, separators=(",", ":"))
        record = writer.note(content.encode("utf-8"), archive.committed())
        if record is None:
            return
        writer.sync()
        put(conn, record)


def put(conn: sqlite3.Connection, record: warc.Noted) -> None:
    """Keep where a note lies, in the caller's transaction."""
    conn.execute(
        "INSERT INTO _warc_notes (filename, offset, length, record_sha256) VALUES (?, ?, ?, ?)",
        [record.filename, record.offset, record.length, record.record_sha256],
    )
    put_file(conn, record, now())


def _news(conn: sqlite3.Connection, since: dict[str, int]) -> dict[str, Any]:
    """Rows by table, each a dictionary, and how far they reach."""
    found: dict[str, Any] = {}
    reached = {}
    for table, sql in _NEWS.items():
        found[table] = list(rows(conn, sql, {"since": since.get(table, 0)}))
        reached[table] = conn.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
    for table, sql in _OF_RUNS.items():
        found[table] = list(rows(conn, sql, {"since": since.get("runs", 0)}))
    return {**found, "reached": reached}


def _noted(archive: Archive) -> dict[str, int]:
    """How far the newest note reaches; nowhere where there is none, or it is damaged: then all is told again."""
    row = archive.conn.execute(
        "SELECT filename, offset, length FROM _warc_notes ORDER BY rowid DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return {}
    try:
        reached = json.loads(warc.read_block(archive.folder.path, *row))["reached"]
    except (OSError, EOFError, ValueError, KeyError, zlib.error):
        return {}
    return dict(reached)


class Told:
    """What all notes of an archive tell."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def add(self, content: bytes) -> None:
        """Take in a note. Raises `ValueError` where it is none."""
        for table, told in json.loads(content).items():
            if table != "reached":
                self.rows.setdefault(table, []).extend(told)

    def of(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table, in the order in which they were told."""
        return self.rows.get(table, [])

    def reserve(self, conn: sqlite3.Connection) -> None:
        """Keep the numbers of the articles free for them."""
        for row in self.of("articles"):
            put_row(conn, "_article_numbers", row)

    def write(self, conn: sqlite3.Connection) -> None:
        """Write what no exchange tells, once the exchanges have been gone through."""
        told_runs = [row["id"] for row in self.of("runs")]
        conn.executemany("DELETE FROM run_portals WHERE run_id = ?", [(number,) for number in told_runs])
        for table in _COPIED:
            for row in self.of(table):
                put_row(conn, table, {name: value for name, value in row.items() if (table, name) != ("issues", "id")})
        conn.execute("DELETE FROM _article_numbers")


def put_row(conn: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    """Insert a row, or bring the one with its key up to it; columns that this release does not know are left out."""
    known = {column[1]: column[5] for column in conn.execute(f"PRAGMA table_info({table})")}
    names = [name for name in row if name in known]
    keys = ", ".join(name for name in names if known[name])
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    if keys:
        sql += f" ON CONFLICT ({keys}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names)}"
    conn.execute(sql, [row[name] for name in names])
