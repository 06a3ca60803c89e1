"""Notes of the archive's own in its WARC files: what `rebuild` could not tell from the exchanges.

A note is written when a run ends and says what is new since the note before it: how runs ended, the numbers of
articles (permanent addresses go by them), learnt templates, and issues about which there is no capture.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from typing import Any

from archive import warc
from archive.clock import now
from archive.store import Archive, put_file
from archive.warc import WarcWriter

_NEWS = {
    "runs": "SELECT * FROM runs WHERE id > :since ORDER BY id",
    "articles": "SELECT id, portal_id, article_key, url FROM articles WHERE id > :since ORDER BY id",
    "templates": "SELECT * FROM templates WHERE id > :since ORDER BY id",
    "issues": "SELECT * FROM issues WHERE id > :since AND capture_id IS NULL ORDER BY id",
}
"""What a note holds, by the table whose numbers tell what is new."""


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
    """Rows by table, each a dictionary, with the portals that the runs were about, and how far it reaches."""
    found: dict[str, Any] = {}
    reached = {}
    for table, sql in _NEWS.items():
        found[table] = _rows(conn, sql, since.get(table, 0))
        reached[table] = conn.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
    found["run_portals"] = _rows(
        conn, "SELECT * FROM run_portals WHERE run_id > :since ORDER BY run_id, portal_id", since.get("runs", 0)
    )
    found["portals"] = _rows(
        conn,
        "SELECT * FROM portals WHERE id IN (SELECT portal_id FROM run_portals WHERE run_id > :since) ORDER BY id",
        since.get("runs", 0),
    )
    return {**found, "reached": reached}


def _rows(conn: sqlite3.Connection, sql: str, since: int) -> list[dict[str, Any]]:
    cursor = conn.execute(sql, {"since": since})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


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
