"""Where portals stand in their lives, as the archive keeps it: `portals.status`, and an issue when that changes."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from archive.clock import iso
from archive.records import Issue
from archive.store import Archive, insert_issue

KIND = "lifecycle"
"""The kind of the issues that tell since when a portal stands where it does, and the evidence."""
LIVE, RETIRED = "live", "retired"


def put(
    archive: Archive, run_id: int | None, portal_id: str, *, status: str, why: str, is_known: bool, at: datetime,
    url: str | None, capture_id: int | None,
) -> None:  # fmt: skip
    """Write what was found of a portal. What is not known changes no status; retired is what a person said."""
    with archive.transaction() as conn:
        before = status_of(conn, portal_id)
        message = f"{status}: {why}"
        if is_known and before != RETIRED:
            conn.execute("UPDATE portals SET status = ? WHERE id = ?", [status, portal_id])
        if message == _told(conn, portal_id) or (status == before == LIVE):
            return
        insert_issue(
            conn, Issue(kind=KIND, message=message), at=at, run_id=run_id, portal_id=portal_id, url=url,
            capture_id=capture_id,
        )  # fmt: skip


def retire(archive: Archive, portal_id: str, at: datetime, *, undo: bool = False) -> None:
    """Put a portal away, or take it up again."""
    status = LIVE if undo else RETIRED
    why = "the archivist takes it up again" if undo else "the archivist has put it away"
    with archive.transaction() as conn:
        conn.execute("UPDATE portals SET status = ? WHERE id = ?", [status, portal_id])
        issue = Issue(kind=KIND, message=f"{status}: {why}")
        insert_issue(conn, issue, at=at, run_id=None, portal_id=portal_id, url=None, capture_id=None)


def status_of(conn: sqlite3.Connection, portal_id: str) -> str | None:
    """Where a portal stands as far as the archive knows; None for one that it does not have."""
    row = conn.execute("SELECT status FROM portals WHERE id = ?", [portal_id]).fetchone()
    return str(row[0]) if row else None


def retired(conn: sqlite3.Connection) -> set[str]:
    """The portals that are put away."""
    return {row[0] for row in conn.execute("SELECT id FROM portals WHERE status = ?", [RETIRED])}


def newest(conn: sqlite3.Connection, portal_id: str, at: datetime) -> datetime | None:
    """When the newest article that is held of a portal was published."""
    row = conn.execute(
        "SELECT max(published_at) FROM articles WHERE portal_id = ? AND published_at <= ?", [portal_id, iso(at)]
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def _told(conn: sqlite3.Connection, portal_id: str) -> str | None:
    row = conn.execute(
        "SELECT message FROM issues WHERE portal_id = ? AND kind = ? ORDER BY id DESC LIMIT 1", [portal_id, KIND]
    ).fetchone()
    return str(row[0]) if row else None
