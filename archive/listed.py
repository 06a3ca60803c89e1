"""Which articles each list showed last: one that is taken out of it, while its page still answers, is unlisted.

A list drops an article also because newer ones push it off the page, because a box is random or shows what is read
most, or because the portal was redesigned. So only this is evidence: a list by date, read twice, shows the same
articles in the same order, nothing new before or among them, and one or two of the midst are missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from archive import states
from archive.clock import iso
from archive.records import Kind, Link

MOST = 2
"""So many articles may be taken out of a page of a list at once; where more are missing it is another list."""
AROUND = 2
"""So many articles behind one that was taken out must be there as before, and as many before it, if there were any."""


_ARTICLE = (
    "coalesce(_frontier.article_id, (SELECT id FROM articles AS same WHERE same.portal_id = _frontier.portal_id"
    " AND same.article_key = _frontier.article_key))"
)
"""The article at an address, which may have been seen at another one of its addresses only."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An address in a list, the article there and the day on which that was published, as far as they are known."""

    address: int
    article: int | None
    day: str | None

    @property
    def what(self) -> int:
        """What is told apart: articles, else addresses."""
        return -self.address if self.article is None else self.article


def note(
    conn: sqlite3.Connection, portal_id: str, listing_id: int, links: Iterable[Link], capture_id: int, at: datetime
) -> None:
    """Keep what a page of a list shows now, and what it may have dropped; what is listed again is live again."""
    before, now = _former(conn, listing_id, capture_id), _shown(conn, portal_id, links)
    for entry in now:
        _take_back(conn, entry.article, capture_id, at)
    conn.execute("DELETE FROM _listed WHERE listing_id = ?", [listing_id])
    conn.executemany(
        "INSERT INTO _listed (listing_id, place, address_id, capture_id) VALUES (?, ?, ?, ?)",
        [(listing_id, place, entry.address, capture_id) for place, entry in enumerate(now)],
    )
    for article_id in _taken_out(before, now):
        if not _is_listed(conn, article_id):
            conn.execute("INSERT OR IGNORE INTO _delisted VALUES (?, ?, ?)", [article_id, capture_id, iso(at)])


def forget(conn: sqlite3.Connection, listing_id: int) -> None:
    """Forget what a list showed that is there no longer."""
    conn.execute("DELETE FROM _listed WHERE listing_id = ?", [listing_id])


def settle(conn: sqlite3.Connection, portal_id: str) -> None:
    """Decide who is unlisted: whom a list dropped, whose own page was seen since, and whom no list shows, though every
    one that the portal has was read since.
    """
    conn.execute(
        "DELETE FROM _delisted WHERE article_id IN (SELECT id FROM articles WHERE portal_id = ? AND status != ?)",
        [portal_id, states.LIVE],
    )
    found = conn.execute(
        "SELECT article_id, capture_id, at, captures.url FROM _delisted JOIN articles ON articles.id = article_id"
        " JOIN captures ON captures.id = capture_id WHERE articles.portal_id = ? AND last_seen > at",
        [portal_id],
    ).fetchall()
    oldest = _oldest(conn, portal_id) if found else None
    for article_id, capture_id, at, url in found:
        if oldest is not None and oldest >= capture_id:
            reason = f"no longer listed on {url}"
            states.put(conn, article_id, states.UNLISTED, datetime.fromisoformat(at), capture_id, reason)
            conn.execute("DELETE FROM _delisted WHERE article_id = ?", [article_id])


def _oldest(conn: sqlite3.Connection, portal_id: str) -> int | None:
    """The capture of that page of a portal's lists that has not been read for longest."""
    row = conn.execute(
        "SELECT min(capture_id) FROM _listed JOIN _frontier ON _frontier.id = listing_id WHERE portal_id = ?",
        [portal_id],
    ).fetchone()
    return None if row[0] is None else int(row[0])


def _former(conn: sqlite3.Connection, listing_id: int, capture_id: int) -> list[_Entry]:
    """What a page of a list showed, by what is known now; nothing where another reader read it than does now."""
    rows = conn.execute(
        "SELECT address_id, articles.id, substr(published_at, 1, 10) FROM _listed"
        f" JOIN _frontier ON _frontier.id = address_id LEFT JOIN articles ON articles.id = {_ARTICLE}"
        " WHERE listing_id = ? AND (articles.id IS NOT NULL OR pass = 0)"
        " AND (SELECT reader FROM readings WHERE capture_id = _listed.capture_id ORDER BY id LIMIT 1) ="
        " (SELECT reader FROM readings WHERE capture_id = ? ORDER BY id LIMIT 1) ORDER BY place",
        [listing_id, capture_id],
    )
    return _once(_Entry(*row) for row in rows)


def _shown(conn: sqlite3.Connection, portal_id: str, links: Iterable[Link]) -> list[_Entry]:
    """What a page of a list shows: articles, and addresses that nobody has looked at yet."""
    rows = (
        conn.execute(
            "SELECT _frontier.id, articles.id, substr(published_at, 1, 10) FROM _frontier"
            f" LEFT JOIN articles ON articles.id = {_ARTICLE} WHERE _frontier.portal_id = ? AND _frontier.url = ?"
            " AND (articles.id IS NOT NULL OR pass = 0)",
            [portal_id, link.url],
        ).fetchone()
        for link in links
        if link.kind in (Kind.ARTICLE, Kind.PAGE)
    )
    return _once(_Entry(*row) for row in rows if row)


def _once(entries: Iterable[_Entry]) -> list[_Entry]:
    return list({entry.what: entry for entry in reversed(list(entries))}.values())[::-1]


def _taken_out(before: list[_Entry], now: list[_Entry]) -> list[int]:
    """The articles that were taken out of the midst of a list by date."""
    shown = {entry.what for entry in now}
    lost = [entry for entry in before if entry.what not in shown]
    rest = [entry.what for entry in before if entry.what in shown]
    if not 1 <= len(lost) <= MOST or [entry.what for entry in now[: len(rest)]] != rest:
        return []
    return [entry.article for entry in lost if entry.article is not None and _is_amid(entry, before, shown)]


def _is_amid(entry: _Entry, before: list[_Entry], shown: set[int]) -> bool:
    """Whether an entry stood where its day belongs, with others behind it that are there still."""
    at = before.index(entry)
    behind = [each for each in before[at + 1 :] if each.what in shown][:AROUND]
    ahead = [each for each in before[:at] if each.what in shown][-AROUND:]
    days = [each.day for each in (*ahead, entry, *behind)]
    return len(behind) == AROUND and None not in days and days == sorted(days, key=str, reverse=True)


def _is_listed(conn: sqlite3.Connection, article_id: int) -> bool:
    row = conn.execute(
        f"SELECT 1 FROM _listed JOIN _frontier ON _frontier.id = address_id WHERE {_ARTICLE} = ? LIMIT 1", [article_id]
    ).fetchone()
    return row is not None


def _take_back(conn: sqlite3.Connection, article_id: int | None, capture_id: int, at: datetime) -> None:
    """Note that an article is listed."""
    if article_id is None:
        return
    conn.execute("DELETE FROM _delisted WHERE article_id = ?", [article_id])
    if states.of(conn, article_id) == states.UNLISTED:
        states.put(conn, article_id, states.LIVE, at, capture_id, "listed again")
