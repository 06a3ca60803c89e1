"""The templates that were learnt of portals, as the archive keeps them."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from archive.clock import iso


def of(conn: sqlite3.Connection, portal_id: str) -> list[str]:
    """The templates of a portal (JSON), the newest first. Which of them reads a page, its fit to the page tells."""
    rows = conn.execute("SELECT template FROM templates WHERE portal_id = ? ORDER BY id DESC", [portal_id])
    return [row[0] for row in rows]


def put(conn: sqlite3.Connection, portal_id: str, run_id: int, at: datetime, pages: int, template: str) -> None:
    """Keep a template, in the caller's transaction."""
    conn.execute(
        "INSERT INTO templates (portal_id, run_id, learnt_at, pages, template) VALUES (?, ?, ?, ?, ?)",
        [portal_id, run_id, iso(at), pages, template],
    )
