"""Captures that are read again from the WARC files: what they say now is written beside what was read before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from archive import frontier, looks, warc
from archive.articles import ArticleWriter
from archive.clock import digits, moment, now
from archive.normalise import search_extra
from archive.records import Issue, Kind, Lease, Link, Reading, Verdict
from archive.store import Archive, insert_issue
from archive.visits import REDESIGN, Kept, Pass, insert_reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A capture of a page, as it lies in the archive."""

    id: int
    run_id: int
    portal_id: str
    url: str
    at: datetime
    filename: str
    offset: int
    length: int
    is_imported: bool = False

    def wire(self, archive: Archive) -> bytes:
        """The response as it was on the wire."""
        return warc.read_block(archive.folder.path, self.filename, self.offset, self.length)


def read_by_family(conn: sqlite3.Connection, portal_id: str, run_id: int | None = None) -> Iterator[Held]:
    """The captures of articles whose newest reading a family made, the newest first; with `run_id`, of one run."""
    return _pages(conn, portal_id, run_id, "tier = 'family' AND kind = 'article'")


def read_by_nobody(
    conn: sqlite3.Connection, portal_id: str, run_id: int | None = None, *, listings: bool
) -> Iterator[Held]:
    """The captures of pages that no family and no learnt template knew, the newest first.

    With `listings`, a family's listings are among them.
    """
    which = "tier = 'generic' OR tier = 'family' AND kind = 'listing'" if listings else "tier = 'generic'"
    return _pages(conn, portal_id, run_id, f"({which})")


def read_by_template(conn: sqlite3.Connection, portal_id: str, run_id: int | None = None) -> Iterator[Held]:
    """The captures of articles whose newest reading a learnt template made, the newest first."""
    return _pages(conn, portal_id, run_id, "tier = 'learnt'")


def _pages(conn: sqlite3.Connection, portal_id: str, run_id: int | None, which: str) -> Iterator[Held]:
    """Captures of whole pages by their newest reading. Suspect ones are left out, but for those of a redesign: nothing
    is to be learnt from them.
    """
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM captures JOIN readings"
        " ON readings.id = (SELECT max(id) FROM readings WHERE capture_id = captures.id)"
        f" WHERE portal_id = ? AND (? IS NULL OR captures.run_id = ?) AND status = 200 AND {which}"
        " AND (verdict IN (?, ?) OR reason LIKE ? || '%') ORDER BY captures.id DESC",
        [portal_id, run_id, run_id, Verdict.GOOD, Verdict.OTHER, REDESIGN],
    ).fetchall()
    yield from map(_held, rows)


def versions_held(conn: sqlite3.Connection, portal_id: str | None = None) -> Iterator[tuple[Held, int]]:
    """The captures that made versions and the article of each, article by article, the oldest first."""
    rows = conn.execute(
        f"SELECT {_COLUMNS}, article_id FROM captures JOIN (SELECT DISTINCT article_id, capture_id FROM versions)"
        " ON captures.id = capture_id WHERE ? IS NULL OR portal_id = ? ORDER BY article_id, captures.id",
        [portal_id, portal_id],
    ).fetchall()
    yield from ((_held(row[:-1]), row[-1]) for row in rows)


def is_article(conn: sqlite3.Connection, held: Held) -> bool:
    """Whether the address of a capture has shown an article."""
    row = conn.execute(
        "SELECT article_id FROM _frontier WHERE portal_id = ? AND url = ?", [held.portal_id, held.url]
    ).fetchone()
    return row is None or row[0] is not None


def current_pass(conn: sqlite3.Connection, portal_id: str) -> Pass:
    """The portal's newest pass."""
    row = conn.execute("SELECT pass FROM _passes WHERE portal_id = ?", [portal_id]).fetchone()
    return Pass(portal_id, row[0] if row else 0)


def reread(archive: Archive, held: Held, article_id: int, reading: Reading) -> None:
    """Write another reading of a capture that made a version of an article, in one transaction.

    The portal has shown nothing new, and nothing becomes due: only what was read changes.
    """
    assert reading.article is not None, "only readings of articles are written again"
    at = now()
    lease = Lease(
        id=0, portal_id=held.portal_id, url=held.url, kind=Kind.ARTICLE, attempts=0, article_id=article_id,
    )  # fmt: skip
    with archive.transaction() as conn:
        insert_reading(conn, held.id, reading, at)
        writer = _writer(conn, held, lease, at)
        writer.article_id = article_id
        writer.reread(reading, reading.article)


def forget_unread(archive: Archive, portal_id: str | None = None) -> int:
    """Let the documents be read again that nobody could read; returns how many there are."""
    with archive.transaction() as conn:
        return conn.execute(
            "UPDATE attachments SET text = NULL WHERE text = '' AND capture_id IS NOT NULL"
            " AND (? IS NULL OR article_id IN (SELECT id FROM articles WHERE portal_id = ?))",
            [portal_id, portal_id],
        ).rowcount


def of(conn: sqlite3.Connection, capture_id: int) -> Held:
    """A capture by its number."""
    return _held(conn.execute(f"SELECT {_COLUMNS} FROM captures WHERE id = ?", [capture_id]).fetchone())


def newest(conn: sqlite3.Connection, url: str) -> Held | None:
    """The newest capture of an address that a server answered with 200."""
    row = conn.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE url = ? AND status = 200 ORDER BY id DESC LIMIT 1", [url]
    ).fetchone()
    return _held(row) if row else None


_AWAY = "abs(timestamp - :at)"
"""How far a capture is from a time: it sorts as time does, and tells a day from more of them."""


def near(*, is_imported: bool) -> int | None:
    """How far from an imported first page its further pages may be: a day. Of our own there is no limit: what has not
    been asked for anew still stands.
    """
    return 1_00_00_00 if is_imported else None


def part(conn: sqlite3.Connection, url: str, at: datetime, *, within: int | None = None) -> Held | None:
    """The capture, nearest to a time, that shows a further page of an article, not a notice or spoilt text.

    With `within` it may not be farther away, as 14 digits are subtracted (see `near`).
    """
    row = conn.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE url = :url AND status = 200 AND EXISTS"
        " (SELECT 1 FROM readings WHERE capture_id = captures.id AND kind = 'part' AND verdict != 'suspect')"
        f" AND (:within IS NULL OR {_AWAY} <= :within) ORDER BY {_AWAY}, id DESC LIMIT 1",
        {"url": url, "at": digits(at), "within": within},
    ).fetchone()
    return _held(row) if row else None


def parent(conn: sqlite3.Connection, lease_id: int) -> Held | None:
    """The newest capture of the page on which an address was first found."""
    row = conn.execute(
        "SELECT url FROM _frontier WHERE id = (SELECT found_on FROM _frontier WHERE id = ?)", [lease_id]
    ).fetchone()
    return newest(conn, row[0]) if row else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """An article that is split over several pages: its first page as seen, and the capture of its version, then."""

    first: Held
    version: Held


def split_article(conn: sqlite3.Connection, portal_id: str, key: str, at: datetime) -> Split | None:
    """The article of a key, which a further page of it tells too, as it was nearest to a time."""
    row = conn.execute("SELECT id FROM articles WHERE portal_id = ? AND article_key = ?", [portal_id, key]).fetchone()
    if row is None:
        return None
    first = conn.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE status = 200 AND url IN (SELECT url FROM _frontier"
        f" WHERE article_id = :article AND portal_id = :portal) ORDER BY {_AWAY}, id DESC LIMIT 1",
        {"article": row[0], "portal": portal_id, "at": digits(at)},
    ).fetchone()
    version = conn.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE id IN (SELECT capture_id FROM versions WHERE article_id = :article)"
        f" ORDER BY {_AWAY}, id DESC LIMIT 1",
        {"article": row[0], "at": digits(at)},
    ).fetchone()
    return Split(first=_held(first), version=_held(version)) if first else None


def join(archive: Archive, current: Pass, split: Split, part: Held, reading: Reading) -> None:
    """Write an article that is split over several pages as a whole, after one of its further pages came.

    The first time, the article is completed: the portal has shown nothing new. Later, a text that differs is a
    change, and the further page is its evidence.
    """
    assert reading.article is not None, "only articles are joined"
    at = now()
    with archive.transaction() as conn:
        is_known = conn.execute(
            "SELECT 1 FROM captures WHERE url = :url AND id < :id AND status = 200"
            f" AND (:within IS NULL OR {_AWAY} <= :within)",
            {"url": part.url, "id": part.id, "at": digits(part.at), "within": near(is_imported=part.is_imported)},
        ).fetchone()
        writer = _writer(conn, part if is_known else split.version, _lease(conn, current, split.first.url), at)
        if not is_known:
            insert_reading(conn, split.first.id, reading, at)
            writer.put_again(reading, reading.article)
        elif writer.put(reading, reading.article) == "changed":
            conn.execute(
                "UPDATE run_portals SET other = other - 1, changed = changed + 1 WHERE run_id = ? AND portal_id = ?",
                [part.run_id, current.portal_id],
            )


def unread_document(conn: sqlite3.Connection) -> Held | None:
    """The first capture of an article's document whose text nobody has read yet."""
    row = conn.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE id = (SELECT min(capture_id) FROM attachments"
        " WHERE text IS NULL AND capture_id IS NOT NULL)"
    ).fetchone()
    return _held(row) if row else None


def keep_text(archive: Archive, held: Held, reader: str, text: str, problem: str | None) -> None:
    """Write the text of a document, in one transaction; a problem is an issue."""
    at = now()
    verdict = Verdict.GOOD if text else Verdict.UNREADABLE
    reading = Reading(reader=reader, tier=None, kind=Kind.DOCUMENT, verdict=verdict, reason=problem)
    with archive.transaction() as conn:
        insert_reading(conn, held.id, reading, at)
        conn.execute(
            "UPDATE attachments SET text = ?, search_extra = ? WHERE capture_id = ?",
            [text, search_extra(text), held.id],
        )
        if problem:
            insert_issue(
                conn, Issue(kind="document", message=problem), at=at, run_id=held.run_id, portal_id=held.portal_id,
                url=held.url, capture_id=held.id,
            )  # fmt: skip


_COLUMNS = "captures.id, captures.run_id, portal_id, url, timestamp, filename, offset, length, origin IS NOT NULL"


def _held(row: tuple[Any, ...]) -> Held:
    number, run_id, portal_id, url, timestamp, filename, offset, length, is_imported = row
    return Held(
        id=number, run_id=run_id, portal_id=portal_id, url=url, at=moment(timestamp), filename=filename,
        offset=offset, length=length, is_imported=bool(is_imported),
    )  # fmt: skip


def keep(archive: Archive, current: Pass, held: Held, reading: Reading, links: tuple[Link, ...]) -> Kept:
    """Write another reading of a capture that shows an article, in one transaction.

    An article that no reading had found before is new in the run that captured it.
    """
    assert reading.article is not None, "only readings of articles are written again"
    at = now()
    with archive.transaction() as conn:
        insert_reading(conn, held.id, reading, at)
        lease = _lease(conn, current, held.url)
        writer = _writer(conn, held, lease, at)
        is_new = writer.put_again(reading, reading.article)
        frontier.done(
            conn, lease.id, kind=Kind.ARTICLE, number=current.number, article_id=writer.article_id,
            again=looks.next_look(Kind.ARTICLE, reading.article.published_at, held.at, url=held.url),
        )  # fmt: skip
        added = frontier.add(conn, current.portal_id, links, lease.id, at)
        if is_new:
            frontier.credit(conn, lease.id, 1, current.number)
            conn.execute(
                "UPDATE run_portals SET other = other - 1, new = new + 1 WHERE run_id = ? AND portal_id = ?",
                [held.run_id, current.portal_id],
            )
    return Kept(outcome="new" if is_new else None, article_id=writer.article_id, new_links=len(added))


def _lease(conn: sqlite3.Connection, current: Pass, url: str) -> Lease:
    """The frontier's row of an address, as if it were taken up again."""
    row = conn.execute(
        "SELECT id, kind, article_id FROM _frontier WHERE portal_id = ? AND url = ?", [current.portal_id, url]
    ).fetchone()
    return Lease(id=row[0], portal_id=current.portal_id, url=url, kind=Kind(row[1]), attempts=0, article_id=row[2])


def _writer(conn: sqlite3.Connection, held: Held, lease: Lease, at: datetime) -> ArticleWriter:
    put_issue = partial(
        insert_issue, conn, at=at, run_id=held.run_id, portal_id=lease.portal_id, url=held.url, capture_id=held.id
    )
    return ArticleWriter(
        conn=conn, portal_id=lease.portal_id, lease=lease, capture_id=held.id, captured_at=held.at, put_issue=put_issue,
    )  # fmt: skip
