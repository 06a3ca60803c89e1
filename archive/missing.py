"""Articles that a run found missing: its end decides whether they are gone or the portal was out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from archive.articles import ArticleWriter
from archive.clock import digits
from archive.order import WHEN
from archive.records import Issue, Lease, Reading, Verdict
from archive.store import Archive, insert_issue
from archive.visits import MISSING, insert_reading

OUTAGE_MOST = timedelta(days=7)
"""An article that is missing for so long while its portal's home page answers is gone, however many others are; one
that is suspect for so long is no news, and stops nothing as long as most others are well."""


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
            if outage is None or (is_up and lasts(conn, each.lease, at, MISSING)):
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
    ).put_gone(reason)  # fmt: skip
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


def lasts(conn: sqlite3.Connection, lease: Lease, at: datetime, reason: str = "") -> bool:
    """Whether a known article's address has been suspect, by a reason that begins so, for longer than outages last."""
    row = conn.execute(
        "SELECT min(timestamp) FROM readings JOIN captures ON captures.id = capture_id WHERE url = ?1"
        f" AND portal_id = ?2 AND verdict = 'suspect' AND reason LIKE ?3 || '%' AND ({WHEN}, captures.id) >"
        f" (SELECT coalesce(max({WHEN}), ''), coalesce(max(captures.id), 0) FROM readings"
        " JOIN captures ON captures.id = capture_id WHERE url = ?1 AND portal_id = ?2 AND verdict = 'good')",
        [lease.url, lease.portal_id, reason],
    ).fetchone()
    return row[0] is not None and row[0] <= digits(at - OUTAGE_MOST)
