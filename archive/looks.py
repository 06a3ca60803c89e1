"""When an address that was answered is looked at again."""

from __future__ import annotations

import sqlite3
import zlib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive.clock import VIETNAM
from archive.frontier import FILES
from archive.records import Kind

MONTH = timedelta(days=30)
EARLY = timedelta(hours=4)
"""Whole days are shorter by so much: what a run asks for late must be due when that of the next day begins."""
SETTLED_LEAST, SETTLED_MOST = MONTH, timedelta(days=200)
"""An article older than a month is looked at again after so long, on average."""


def settled(conn: sqlite3.Connection, portal_id: str) -> timedelta:
    """How long a portal's articles that are older than a month are left alone, on average.

    Two days, divided by the share of known articles that had changed when the last twenty runs looked at them again: a
    hundred days where one in fifty had; within the bounds above.
    """
    row = conn.execute(
        "SELECT sum(changed), sum(changed + unchanged) FROM (SELECT changed, unchanged FROM run_portals"
        " WHERE portal_id = ? ORDER BY run_id DESC LIMIT 20)",
        [portal_id],
    ).fetchone()
    share = row[0] / row[1] if row[1] else 0.0
    return min(max(timedelta(days=2) / max(share, 1e-6), SETTLED_LEAST), SETTLED_MOST)


def next_look(
    kind: Kind, published_at: datetime | None, now: datetime, *, url: str, later: timedelta = SETTLED_MOST
) -> datetime:
    """When an answered address is due again.

    An article: daily for a week after its publication, weekly for a month, then after `later` (see `settled`).
    Listings and pages: monthly by themselves, because portals publish late and give earlier dates; sooner as
    entries and behind listings that had news. Files: never by themselves (a changed file has a changed address on
    these portals), said as in 100 years. Months and more are spread by half to either side, each address by its own
    share, so that what a first crawl found on one day is not due on one day; and they end on the host's own day of
    the week: on the others a run asks for what is young, and for the entries.
    """
    if kind in FILES:
        return now + timedelta(days=36525)
    if kind is not Kind.ARTICLE:
        return _weekly(now + MONTH * _spread(url), url)
    age = MONTH if published_at is None else now - published_at
    if age < timedelta(days=7):
        return tomorrow(now)
    return now + timedelta(days=7) - EARLY if age < MONTH else _weekly(now + later * _spread(url), url)


def tomorrow(now: datetime) -> datetime:
    """When an address is due that the next day's run is to ask for."""
    return now + timedelta(days=1) - EARLY


def look_for_missing(now: datetime, *, url: str, is_new: bool) -> datetime:
    """When a missing article's address is due again: soon enough to tell gone from removed, then rarely."""
    return now + timedelta(days=7) if is_new else _weekly(now + SETTLED_LEAST * 3 * _spread(url), url)


def _weekly(moment: datetime, url: str) -> datetime:
    """The beginning of the last day before a time that is its host's own day of the week."""
    own = zlib.crc32(urlsplit(url).netloc.encode("utf-8", "surrogatepass")) % 7
    day = moment.astimezone(VIETNAM) - timedelta(days=(moment.astimezone(VIETNAM).weekday() - own) % 7)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _spread(url: str) -> float:
    """A share from a half to one and a half, always the same for an address."""
    return 0.5 + zlib.crc32(url.encode("utf-8", "surrogatepass")) / 2**32
