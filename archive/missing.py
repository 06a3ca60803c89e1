"""Articles that a run found missing: its end decides whether they are gone or the portal was out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from archive.articles import ArticleWriter
from archive.clock import iso
from archive.records import Issue, Lease, Reading, Verdict
from archive.store import Archive, insert_issue
from archive.visits import MISSING, insert_reading

OUTAGE_MOST = timedelta(days=7)
"""An article that is missing for so long while its portal's home page answers is gone, however many others are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A known article whose address answered that there is none, and the evidence."""

    lease: Lease
    capture_id: int
    captured_at: datetime
    reading: Reading


def settle(
    archive: Archive, run_id: int, found: Iterable[Missing], outage: str | None, at: datetime, *, is_up: bool
) -> None:
    """Write what a run's missing articles are, in one transaction.

    Where there was an outage (the reason, in a sentence) they stay suspect, but for those that have been missing
    for longer than outages last while the portal `is_up`.
    """
    with archive.transaction() as conn:
        for each in found:
            if outage is None or (is_up and _missing_since(conn, each) <= iso(at - OUTAGE_MOST)):
                _put_gone(conn, run_id, each, at)
            else:
                _put_issue(conn, run_id, each, Issue(kind="outage", message=outage), at)


def _put_gone(conn: sqlite3.Connection, run_id: int, each: Missing, at: datetime) -> None:
    """A further reading of the capture says gone; so does the article, and the run's count."""
    reason = (each.reading.reason or "").removeprefix(MISSING)
    insert_reading(conn, each.capture_id, replace(each.reading, verdict=Verdict.GONE, reason=reason), at)
    ArticleWriter(
        conn=conn, portal_id=each.lease.portal_id, lease=each.lease, capture_id=each.capture_id,
        captured_at=each.captured_at, put_issue=partial(_put_issue, conn, run_id, each, at=at),
    ).put_gone()  # fmt: skip
    conn.execute(
        "UPDATE run_portals SET suspect = suspect - 1, gone = gone + 1 WHERE run_id = ? AND portal_id = ?",
        [run_id, each.lease.portal_id],
    )


def _put_issue(conn: sqlite3.Connection, run_id: int, each: Missing, issue: Issue, at: datetime) -> None:
    insert_issue(
        conn,
        issue,
        at=at,
        run_id=run_id,
        portal_id=each.lease.portal_id,
        url=each.lease.url,
        capture_id=each.capture_id,
    )


def _missing_since(conn: sqlite3.Connection, each: Missing) -> str:
    """When the address was first found missing, without having shown the article since."""
    row = conn.execute(
        "SELECT min(read_at) FROM readings JOIN captures ON captures.id = capture_id WHERE url = ?1 AND portal_id = ?2"
        " AND reason LIKE ?3 || '%' AND capture_id > (SELECT coalesce(max(capture_id), 0) FROM versions"
        " WHERE article_id = ?4) AND captures.timestamp > (SELECT coalesce(max(timestamp), '') FROM captures AS good"
        " JOIN readings AS said ON said.capture_id = good.id WHERE good.url = ?1 AND said.verdict = 'good')",
        [each.lease.url, each.lease.portal_id, MISSING, each.lease.article_id],
    ).fetchone()
    return str(row[0] or iso(each.captured_at))
