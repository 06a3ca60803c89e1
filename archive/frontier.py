"""The frontier: a portal's addresses in the archive's own database, leased to the crawler.

The functions take an open connection and never commit: what they write belongs to the caller's
transaction. Guards against endless spaces (calendars, counters, banner clicks) work on what pages
gave, not on names: see `exhausted`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive.clock import digits, due, iso
from archive.records import Kind, Lease, Link

PATIENCE = 5
"""So many pages in a row that gave no article end a chain of links."""
SHAPE_BUDGET = 30
"""So many pages of one shape are fetched in a pass before any of them gave an article …"""
SHAPE_CREDIT = 10
"""… and so many more for every article that one of them gave."""

PASS_MOST = timedelta(hours=20)
"""A pass that was cut short is gone on with for so long; then what is new since must be looked for again."""

RANK = {
    Kind.ROBOTS: 0, Kind.FEED: 5, Kind.SITEMAP: 5, Kind.ARTICLE: 10, Kind.PART: 10, Kind.LISTING: 20, Kind.PAGE: 30,
    Kind.OTHER: 30, Kind.DOCUMENT: 40, Kind.IMAGE: 50,
}  # fmt: skip
"""Smaller goes first: articles before more listings, pages before files, images last."""

ENTRY_RANK = 1
"""Home page, sections, feeds and sitemaps that a portal's file names, or that it always has."""

NO_MORE = 1 << 20
"""Tries before an answer that is not asked for again, whatever it is: it was imported."""

CHANGED_SHARE, CHANGED_MOST = 0.1, 50
"""Where a sitemap says of more than this share of its addresses that they changed, so many are looked at a time."""

PAGES = (Kind.LISTING, Kind.PAGE, Kind.OTHER)
FILES = (Kind.DOCUMENT, Kind.IMAGE)


def shape(url: str) -> str:
    """The address with digits and values masked.

    >>> shape("http://a.vn/vi/banners/click/?id=2&s=0f3a9c")
    '/vi/banners/click/?id&s'
    >>> shape("http://a.vn/lich/2026-11/tuan-3")
    '/lich/0-0/tuan-0'
    """
    parts = urlsplit(url)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    path = re.sub(r"[0-9a-f]{16,}", "*", parts.path, flags=re.I)
    masked = re.sub(r"\d+", "0", path)
    return masked + ("?" + "&".join(names) if names else "")


def begin_pass(conn: sqlite3.Connection, portal_id: str, entries: Iterable[Link], now: datetime) -> int:
    """Start a pass over a portal, or go on with the one that a crash or a budget cut short today.

    A new pass queues the entries and every known address that is due; what an older one left stays queued.
    Returns the pass's number.
    """
    conn.execute("UPDATE _frontier SET state = 'queued' WHERE portal_id = ? AND state = 'leased'", [portal_id])
    row = conn.execute("SELECT pass, ended_at, started_at FROM _passes WHERE portal_id = ?", [portal_id]).fetchone()
    if row is not None and row[1] is None and now - datetime.fromisoformat(row[2]) < PASS_MOST:
        number = int(row[0])
    else:
        number = (int(row[0]) if row else 0) + 1
        conn.execute(
            "INSERT INTO _passes (portal_id, pass, started_at) VALUES (?, ?, ?) ON CONFLICT (portal_id)"
            " DO UPDATE SET pass = excluded.pass, started_at = excluded.started_at, ended_at = NULL",
            [portal_id, number, iso(now)],
        )
        conn.execute(
            "UPDATE _frontier SET state = 'queued', attempts = 0"
            " WHERE portal_id = ? AND state = 'done' AND due_at <= ? AND kind != ?",
            [portal_id, due(now), Kind.ROBOTS],
        )
    for entry in entries:
        conn.execute(
            "INSERT INTO _frontier (portal_id, url, kind, state, rank, shape, due_at)"
            " VALUES (?, ?, ?, 'queued', ?, ?, ?) ON CONFLICT (portal_id, url)"
            " DO UPDATE SET state = 'queued', attempts = 0, rank = excluded.rank, due_at = excluded.due_at"
            " WHERE state = 'done' AND pass < ?",
            [portal_id, entry.url, entry.kind, ENTRY_RANK, shape(entry.url), due(now), number],
        )
    return number


def take(conn: sqlite3.Connection, portal_id: str, link: Link, run_id: int, now: datetime) -> Lease:
    """Lease one address at once, known or not: robots.txt, which every run asks for before all else."""
    conn.execute(
        "INSERT INTO _frontier (portal_id, url, kind, state, rank, shape, due_at)"
        " VALUES (?, ?, ?, 'queued', ?, ?, ?) ON CONFLICT (portal_id, url) DO NOTHING",
        [portal_id, link.url, link.kind, RANK[link.kind], shape(link.url), due(now)],
    )
    number, attempts, run, state = conn.execute(
        "SELECT id, attempts, run_id, state FROM _frontier WHERE portal_id = ? AND url = ?", [portal_id, link.url]
    ).fetchone()
    conn.execute("UPDATE _frontier SET state = 'leased', run_id = ? WHERE id = ?", [run_id, number])
    _plan(conn, portal_id, run_id, int(run != run_id or state == "done"))
    return Lease(id=number, portal_id=portal_id, url=link.url, kind=link.kind, attempts=attempts, article_id=None)


def recall(conn: sqlite3.Connection, portal_id: str, link: Link, run_id: int, now: datetime) -> Lease:
    """An address of which a capture is imported, as if it were asked for then; it counts as planned.

    It stays due as it was, and one that nobody knew waits for a crawl; there are no further tries.
    """
    add(conn, portal_id, [link], None, now)
    number, kind, article_id = conn.execute(
        "SELECT id, kind, article_id FROM _frontier WHERE portal_id = ? AND url = ?", [portal_id, link.url]
    ).fetchone()
    _plan(conn, portal_id, run_id, 1)
    return Lease(id=number, portal_id=portal_id, url=link.url, kind=Kind(kind), attempts=NO_MORE, article_id=article_id)


def recalled(
    conn: sqlite3.Connection, lease_id: int, kind: Kind | None, again: datetime, article_id: int | None
) -> None:
    """Note what an imported capture showed at an address; files need not be asked for before `again`."""
    conn.execute(
        "UPDATE _frontier SET article_id = coalesce(article_id, ?1), kind = iif(kind = ?2, coalesce(?3, kind), kind)"
        " WHERE id = ?4",
        [article_id, Kind.PAGE, kind, lease_id],
    )
    if kind in (*FILES, Kind.ROBOTS):
        conn.execute("UPDATE _frontier SET state = 'done', due_at = ? WHERE id = ?", [due(again), lease_id])


def make_due(conn: sqlite3.Connection, portal_id: str, now: datetime) -> None:
    """Queue every article and listing already known, due or not; files and robots.txt stay as they are."""
    conn.execute(
        "UPDATE _frontier SET state = 'queued', attempts = 0, due_at = ?"
        " WHERE portal_id = ? AND state = 'done' AND kind NOT IN (?, ?, ?)",
        [due(now), portal_id, *FILES, Kind.ROBOTS],
    )


def end_pass(conn: sqlite3.Connection, portal_id: str, now: datetime, until: datetime) -> bool:
    """Note that the pass is complete, if no address of it is left. Returns whether it is.

    What is put off beyond `until` is left to a later pass: it must not hold up what is new.
    """
    left = conn.execute(
        "SELECT 1 FROM _frontier WHERE portal_id = ? AND kind != ?"
        " AND (state = 'leased' OR state = 'queued' AND due_at <= ?) LIMIT 1",
        [portal_id, Kind.ROBOTS, due(until)],
    ).fetchone()
    if left is None:
        conn.execute("UPDATE _passes SET ended_at = ? WHERE portal_id = ?", [iso(now), portal_id])
    return left is None


def lease(conn: sqlite3.Connection, portal_id: str, run_id: int, now: datetime, most: int) -> list[Lease]:
    """Take up to `most` addresses that may be fetched now, the most wanted first, and plan them.

    robots.txt is never among them: each run asks for it before all else, with `take`.
    """
    rows = conn.execute(
        "SELECT id, portal_id, url, kind, attempts, article_id, run_id FROM _frontier"
        " WHERE portal_id = ? AND state = 'queued' AND due_at <= ? AND kind != ? ORDER BY rank, id LIMIT ?",
        [portal_id, due(now), Kind.ROBOTS, most],
    ).fetchall()
    conn.executemany(
        "UPDATE _frontier SET state = 'leased', run_id = ? WHERE id = ?", [(run_id, row[0]) for row in rows]
    )
    _plan(conn, portal_id, run_id, sum(row[6] != run_id for row in rows))
    return [
        Lease(id=row[0], portal_id=row[1], url=row[2], kind=Kind(row[3]), attempts=row[4], article_id=row[5])
        for row in rows
    ]


def articles_due(conn: sqlite3.Connection, portal_id: str, now: datetime) -> int:
    """How many articles that the portal shows, as far as is known, wait to be asked for again."""
    row = conn.execute(
        "SELECT count(DISTINCT article_id) FROM _frontier JOIN articles ON articles.id = article_id"
        " WHERE _frontier.portal_id = ? AND state != 'done' AND due_at <= ? AND status IN ('live', 'unlisted')",
        [portal_id, due(now)],
    ).fetchone()
    return int(row[0])


def give_back(conn: sqlite3.Connection, leases: Iterable[Lease], run_id: int) -> None:
    """Return addresses that were leased and not asked for; what was never asked for is not planned."""
    for held in leases:
        untried = held.attempts == 0
        conn.execute(
            "UPDATE _frontier SET state = 'queued', run_id = iif(?, NULL, run_id) WHERE id = ?",
            [untried, held.id],
        )
        _plan(conn, held.portal_id, run_id, -1 if untried else 0)


def _plan(conn: sqlite3.Connection, portal_id: str, run_id: int, addresses: int) -> None:
    conn.execute(
        "INSERT INTO run_portals (run_id, portal_id, planned) VALUES (?, ?, ?)"
        " ON CONFLICT (run_id, portal_id) DO UPDATE SET planned = planned + excluded.planned",
        [run_id, portal_id, addresses],
    )


def is_waiting(conn: sqlite3.Connection, portal_id: str, until: datetime) -> bool:
    """Whether any address of a portal may be fetched before a time."""
    return (
        conn.execute(
            "SELECT 1 FROM _frontier WHERE portal_id = ? AND state = 'queued' AND due_at <= ? LIMIT 1",
            [portal_id, due(until)],
        ).fetchone()
        is not None
    )


def is_open(conn: sqlite3.Connection, portal_id: str, until: datetime) -> bool:
    """Whether any address of a portal is being asked for, or may be before a time."""
    leased = "SELECT 1 FROM _frontier WHERE portal_id = ? AND state = 'leased' LIMIT 1"
    return is_waiting(conn, portal_id, until) or conn.execute(leased, [portal_id]).fetchone() is not None


def is_seen(conn: sqlite3.Connection, lease: Lease) -> bool:
    """Whether the address is of an article that this pass has seen at another address."""
    return (
        conn.execute(
            "SELECT 1 FROM _frontier AS mine JOIN articles USING (portal_id, article_key)"
            " JOIN _passes USING (portal_id)"
            " JOIN _frontier AS other ON other.article_id = articles.id AND other.pass = _passes.pass"
            " WHERE mine.id = ? AND other.id != mine.id AND articles.last_seen >= _passes.started_at",
            [lease.id],
        ).fetchone()
        is not None
    )


def pass_over(conn: sqlite3.Connection, lease: Lease, run_id: int, number: int, again: datetime) -> None:
    """End a lease without asking: the article has been seen at another address. It is not planned."""
    done(conn, lease.id, kind=None, number=number, again=again, article_id=None)
    conn.execute("UPDATE _frontier SET run_id = NULL WHERE id = ?", [lease.id])
    _plan(conn, lease.portal_id, run_id, -1)


def exhausted(conn: sqlite3.Connection, lease: Lease, number: int) -> str | None:
    """Why an address is not worth fetching: an endless chain, or a shape that gives nothing.

    Only what was reached by links is judged, never the portal's entries. A chain is made of pages
    that gave no article; for articles and files, of pages that were neither article nor listing
    (redirects above all).
    """
    shape_, parent, rank = conn.execute(
        "SELECT shape, found_on, rank FROM _frontier WHERE id = ?", [lease.id]
    ).fetchone()
    if rank <= ENTRY_RANK:
        return None
    is_page = lease.kind in PAGES
    budget = conn.execute(
        "SELECT fetched, fruit FROM _shapes WHERE portal_id = ? AND shape = ? AND pass = ?",
        [lease.portal_id, shape_, number],
    ).fetchone()
    if is_page and budget and budget[0] >= SHAPE_BUDGET + SHAPE_CREDIT * budget[1]:
        return f"{budget[0]} pages like {shape_} led to {budget[1]} articles; no more are fetched in this pass"
    for _ in range(PATIENCE):
        if parent is None:
            return None
        fruit, parent, rank, kind = conn.execute(
            "SELECT fruit, found_on, rank, kind FROM _frontier WHERE id = ?", [parent]
        ).fetchone()
        if fruit or rank <= ENTRY_RANK or (not is_page and kind != Kind.OTHER):
            return None
    return f"{PATIENCE} pages in a row led to no article; the chain is not followed further"


def count_page(conn: sqlite3.Connection, lease_id: int, number: int) -> None:
    """Count a fetched page against the budget of its shape."""
    conn.execute(
        "INSERT INTO _shapes (portal_id, shape, pass, fetched, fruit)"
        " SELECT portal_id, shape, ?, 1, 0 FROM _frontier WHERE id = ? ON CONFLICT (portal_id, shape) DO UPDATE"
        " SET fetched = iif(pass = excluded.pass, fetched + 1, 1), fruit = iif(pass = excluded.pass, fruit, 0),"
        " pass = excluded.pass",
        [number, lease_id],
    )


def credit(conn: sqlite3.Connection, lease_id: int, fruit: int, number: int) -> None:
    """Credit a page, and its shape, with articles that it held, listed anew or led to first."""
    conn.execute("UPDATE _frontier SET fruit = fruit + ? WHERE id = ?", [fruit, lease_id])
    conn.execute(
        "UPDATE _shapes SET fruit = fruit + ? WHERE pass = ?"
        " AND (portal_id, shape) = (SELECT portal_id, shape FROM _frontier WHERE id = ?)",
        [fruit, number, lease_id],
    )


def add(
    conn: sqlite3.Connection, portal_id: str, links: Iterable[Link], found_on: int | None, now: datetime
) -> tuple[Link, ...]:
    """Queue the addresses that are not known yet; returns them.

    Those that tell their article's identity wait behind the others: by then it may have been seen.
    """
    new = []
    for link in links:
        cursor = conn.execute(
            "INSERT INTO _frontier (portal_id, url, kind, article_key, state, rank, shape, due_at, found_on)"
            " VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?) ON CONFLICT (portal_id, url) DO NOTHING",
            [portal_id, link.url, link.kind, link.key, RANK[link.kind] + bool(link.key), shape(link.url), due(now),
             found_on],
        )  # fmt: skip
        if cursor.rowcount:
            new.append(link)
    return tuple(new)


def look_at_changed(conn: sqlite3.Connection, portal_id: str, links: Iterable[Link], now: datetime) -> None:
    """Queue what the portal says it has changed since it was last seen.

    Some portals say so of everything, every day: where that are many, only the newest few are believed.
    """
    told = [(link.changed_at, link.url) for link in links if link.changed_at]
    changed = []
    for at, url in told:
        row = conn.execute(
            "SELECT id FROM _frontier AS mine WHERE portal_id = ?1 AND url = ?2 AND state = 'done' AND kind IN (?3, ?4)"
            " AND coalesce((SELECT max(timestamp) < ?5 FROM captures WHERE url = ?2 AND portal_id = ?1),"
            " (SELECT last_seen < ?6 FROM articles WHERE portal_id = ?1 AND article_key = mine.article_key))",
            [portal_id, url, Kind.ARTICLE, Kind.SITEMAP, digits(at), iso(at)],
        ).fetchone()
        if row:
            changed.append((at, row[0]))
    changed.sort(reverse=True)
    most = len(changed) if len(changed) <= CHANGED_SHARE * len(told) else CHANGED_MOST
    conn.executemany(
        "UPDATE _frontier SET state = 'queued', attempts = 0, due_at = ? WHERE id = ?",
        [(due(now), number) for _, number in changed[:most]],
    )


def has_news(conn: sqlite3.Connection, portal_id: str, links: Iterable[Link]) -> bool:
    """Whether a page leads to something, other than listings, that is new in this pass.

    It need not be new on this page: the home page or a feed may have named it just before.
    """
    return any(
        conn.execute(
            "SELECT 1 FROM _frontier JOIN _passes USING (portal_id) LEFT JOIN articles ON articles.id = article_id"
            " WHERE _frontier.portal_id = ? AND _frontier.url = ?"
            " AND (_frontier.pass = 0 OR first_seen >= _passes.started_at)",
            [portal_id, link.url],
        ).fetchone()
        for link in links
        if link.kind is not Kind.LISTING
    )


def look_again(conn: sqlite3.Connection, portal_id: str, links: Iterable[Link], number: int, now: datetime) -> None:
    """Queue listings that are known but not yet looked at in this pass: the page before them had news."""
    conn.executemany(
        "UPDATE _frontier SET state = 'queued', attempts = 0, due_at = ?"
        " WHERE portal_id = ? AND url = ? AND state = 'done' AND pass < ?",
        [(due(now), portal_id, link.url, number) for link in links if link.kind is Kind.LISTING],
    )


def done(
    conn: sqlite3.Connection,
    lease_id: int,
    *,
    kind: Kind | None,
    number: int,
    again: datetime,
    article_id: int | None,
) -> None:
    """End a lease: the address was answered, and is due again at `again`."""
    conn.execute(
        "UPDATE _frontier SET state = 'done', kind = coalesce(?1, kind), pass = ?2, due_at = ?3,"
        " attempts = 0, article_id = coalesce(?4, article_id),"
        " rank = iif(?1 = 'article' AND rank > ?5, ?6 + (article_key IS NOT NULL), rank) WHERE id = ?7",
        [kind, number, due(again), article_id, ENTRY_RANK, RANK[Kind.ARTICLE], lease_id],
    )


def put_off(conn: sqlite3.Connection, lease_id: int, until: datetime) -> None:
    """End a lease without an answer: the address is asked again, not before `until`."""
    conn.execute(
        "UPDATE _frontier SET state = 'queued', attempts = attempts + 1, due_at = ? WHERE id = ?",
        [due(until), lease_id],
    )
