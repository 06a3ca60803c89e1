"""The templates that were learnt of portals, as the archive keeps them."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from archive.clock import iso


def newest(conn: sqlite3.Connection, portal_id: str, at: datetime | None = None) -> str | None:
    """The template of a portal (JSON) as it was learnt last; with `at`, the one to read a capture of that time with.

    That is the last one learnt before; for captures before the first template, the first.
    """
    rows = conn.execute(
        "SELECT template, learnt_at FROM templates WHERE portal_id = ? ORDER BY id", [portal_id]
    ).fetchall()
    if at is None:
        return rows[-1][0] if rows else None
    before = [row[0] for row in rows if datetime.fromisoformat(row[1]) <= at]
    return before[-1] if before else rows[0][0] if rows else None


def put(conn: sqlite3.Connection, portal_id: str, run_id: int, at: datetime, pages: int, template: str) -> None:
    """Keep a template, in the caller's transaction."""
    conn.execute(
        "INSERT INTO templates (portal_id, run_id, learnt_at, pages, template) VALUES (?, ?, ?, ?, ?)",
        [portal_id, run_id, iso(at), pages, template],
    )
