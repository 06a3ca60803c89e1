"""When each portal's turn comes, told from the archive alone, so that it survives whatever ends the scheduler."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from archive import lifecycles
from crawler.portals import Portal
from crawler.run import INTERRUPTED

KILLED_MOST = 3
"""After so many crawls in a row that were killed a portal waits for its next time: it may be what brings them down.
Until then, and where they were only interrupted, it is gone on with at once."""
MISSED_MOST = 100
"""Missed times are counted up to here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """A portal's last run. `goes_on`: it broke off, and may be gone on with at once."""

    started_at: datetime
    ended_at: datetime | None
    exit_code: int | None
    goes_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A portal's place in the schedule. `at` is its next turn; `None` where it has none, and `why_not` tells why."""

    portal: Portal
    last: Last | None
    at: datetime | None
    why_not: str | None = None
    missed: int = 0
    """Times that passed without a crawl since the last one, besides the one that is due now: they are not made up."""


def turns(conn: sqlite3.Connection, portals: Iterable[Portal], now: datetime) -> list[Turn]:
    """The portals in the order of their turns; those that have none come last."""
    away = lifecycles.retired(conn)
    found = []
    for portal in portals:
        last = last_of(conn, portal.id)
        why_not = "retired" if portal.id in away else None if is_confirmed(conn, portal) else "not confirmed"
        if why_not:
            found.append(Turn(portal=portal, last=last, at=None, why_not=why_not))
            continue
        since = _since(conn, portal.id, last)
        at, missed = next_turn(portal, since, now, goes_on=last is not None and last.goes_on)
        found.append(Turn(portal=portal, last=last, at=at, missed=missed))
    return sorted(found, key=lambda each: (each.at is None, each.at or now, each.portal.id))


def next_turn(
    portal: Portal, since: datetime | None, now: datetime, *, goes_on: bool = False
) -> tuple[datetime, int]:  # fmt: skip
    """When a portal's turn comes that was crawled last at `since`, and how many of its times were missed besides.

    What is due already is due `now`, once, however often its time came; never in the portal's quiet hours.
    """
    due, missed = now, 0
    if since is not None and not goes_on:
        due = portal.following(since)
        times = sum(1 for _ in takewhile(lambda each: each <= now, _times(portal, since)))
        missed = max(times - 1, 0)
    at = max(due, now)
    return portal.quiet_until(at) or at, missed


def _times(portal: Portal, since: datetime) -> Iterator[datetime]:
    for _ in range(MISSED_MOST + 1):
        since = portal.following(since)
        yield since


def is_confirmed(conn: sqlite3.Connection, portal: Portal) -> bool:
    """Whether a person has checked the portal's file, or crawled it with a result: what nobody has looked at is
    not asked by itself."""
    if portal.verified:
        return True
    row = conn.execute(
        "SELECT 1 FROM _passes WHERE portal_id = ?1 AND EXISTS (SELECT 1 FROM articles WHERE portal_id = ?1)",
        [portal.id],
    ).fetchone()
    return row is not None


def last_of(conn: sqlite3.Connection, portal_id: str) -> Last | None:
    """A portal's last run; a probe of it is one too."""
    rows = conn.execute(
        "SELECT started_at, ended_at, exit_code FROM runs JOIN run_portals ON run_id = runs.id"
        " WHERE portal_id = ? ORDER BY runs.id DESC LIMIT ?",
        [portal_id, KILLED_MOST],
    ).fetchall()
    if not rows:
        return None
    started, ended, code = rows[0]
    killed = sum(row[2] is None for row in rows)
    return Last(
        started_at=datetime.fromisoformat(started), ended_at=datetime.fromisoformat(ended) if ended else None,
        exit_code=code,
        goes_on=code == INTERRUPTED or (code is None and killed < KILLED_MOST),
    )  # fmt: skip


def _since(conn: sqlite3.Connection, portal_id: str, last: Last | None) -> datetime | None:
    """When the portal's last crawl began: its pass, or where a pass takes several crawls the last of them."""
    row = conn.execute("SELECT started_at, ended_at FROM _passes WHERE portal_id = ?", [portal_id]).fetchone()
    if row is None:
        return None
    began = datetime.fromisoformat(row[0])
    if row[1] is not None:
        return began
    if last is None or (last.ended_at and last.ended_at < began):
        return None  # begun, and then nothing was asked for: killed, or in the quiet hours
    return max(began, last.started_at)
