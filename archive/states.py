"""What became of an article on its portal, over time: live, unlisted, gone, removed; each with its evidence."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from archive.clock import iso

LIVE, UNLISTED, GONE, REMOVED = "live", "unlisted", "gone", "removed"

REMOVED_AFTER = timedelta(days=14)
"""An article that was found missing, and so long after that still is, has been removed."""


def of(conn: sqlite3.Connection, article_id: int | None) -> str:
    """The status of an article."""
    return str(conn.execute("SELECT status FROM articles WHERE id = ?", [article_id]).fetchone()[0])


def missing(conn: sqlite3.Connection, article_id: int, at: datetime) -> str | None:
    """What an article that is found missing becomes; None where it has been that already."""
    status, since = conn.execute("SELECT status, gone_since FROM articles WHERE id = ?", [article_id]).fetchone()
    if status in (LIVE, UNLISTED):
        return GONE
    lasting = status == GONE and at - datetime.fromisoformat(since) >= REMOVED_AFTER
    return REMOVED if lasting else None


def put(
    conn: sqlite3.Connection, article_id: int, status: str, at: datetime, capture_id: int, reason: str | None
) -> None:
    """Note what an article became, and the capture that shows it; `gone_since` stays until it is back."""
    conn.execute(
        "UPDATE articles SET status = ?1, gone_since = CASE WHEN ?1 IN (?3, ?4) THEN coalesce(gone_since, ?2) END"
        " WHERE id = ?5",
        [status, iso(at), GONE, REMOVED, article_id],
    )
    conn.execute(
        "INSERT INTO states (article_id, status, at, capture_id, reason) VALUES (?, ?, ?, ?, ?)",
        [article_id, status, iso(at), capture_id, reason],
    )
