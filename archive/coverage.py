"""What is held of what a portal is known to have published, by section and month; what is missing, and why.

Expected is what listings, feeds, sitemaps and links named as articles, and what pages of lists that nobody has read
yet would name. It is told from the addresses alone, so it can be made anew at any time.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archive.clock import iso, now

NUMBER = re.compile(
    r"(?:[?&#](?:page|p|trang|paged|pageindex|pagenumber|currentpage|pageno|\w*_cur|cur)=|/(?:page|trang)[-/])(\d{1,5})"
    r"(?:&|/|\.html?|\Z)",
    re.IGNORECASE,
)
"""The number of a further page of a list, in its address."""
MOSTLY = 0.5
"""Addresses of which nothing is known are taken for articles where this share of those like them are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An address that is known to be an article and is not held. `month` is that of its neighbours in the list."""

    portal_id: str
    url: str
    section: str | None
    month: str | None
    why: str
    is_gone: bool
    """Whether the portal says that it no longer has it."""


@dataclass(slots=True)
class Count:
    """The articles of one section and month. `unknown` is an estimate: those on pages of lists that were not read."""

    held: int = 0
    missing: int = 0
    gone: int = 0
    unknown: int = 0

    @property
    def expected(self) -> int:
        """What the portal is known to have, or thought to."""
        return self.held + self.missing + self.unknown


Place = tuple[str | None, str | None]
"""A section, as the articles name it, and a month (2021-03); None where nobody says."""


@dataclass(slots=True)
class Coverage:
    """A portal's articles by section and month, and what is missing of them."""

    portal_id: str
    counts: dict[Place, Count] = field(default_factory=lambda: defaultdict(Count))
    gaps: list[Gap] = field(default_factory=list)

    @property
    def total(self) -> Count:
        """All of them."""
        names = ("held", "missing", "gone", "unknown")
        return Count(*(sum(getattr(each, name) for each in self.counts.values()) for name in names))


def of(conn: sqlite3.Connection, portal_id: str) -> Coverage:
    """What is held of a portal, and what is missing."""
    found = Coverage(portal_id)
    for section, month, held in _rows(
        conn,
        "SELECT section, substr(published_at, 1, 7), count(*) FROM articles WHERE portal_id = ? GROUP BY 1, 2",
        portal_id,
    ):
        found.counts[section, month].held += held
    lists = _Lists(conn, portal_id)
    for url, state, found_on in _rows(conn, _SQL_MISSING, portal_id):
        why, is_gone = _why(conn, portal_id, url, state)
        section, month = lists.place(found_on)
        found.gaps.append(
            Gap(portal_id=portal_id, url=url, section=section, month=month, why=why, is_gone=is_gone)
        )  # fmt: skip
        count = found.counts[section, month]
        count.gone += is_gone
        count.missing += not is_gone
    for listing, unread in lists.unread():
        found.counts[lists.section(listing), None].unknown += unread
    return found


def put(conn: sqlite3.Connection, portal_ids: Iterable[str]) -> None:
    """Write what is held of portals into the table `coverage`, in the caller's transaction."""
    for portal_id in portal_ids:
        conn.execute("DELETE FROM coverage WHERE portal_id = ?", [portal_id])
        conn.executemany(
            "INSERT INTO coverage (portal_id, section, month, expected, held, missing, gone, unknown, counted_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (portal_id, section, month, each.expected, each.held, each.missing, each.gone, each.unknown, iso(now()))
                for (section, month), each in of(conn, portal_id).counts.items()
            ],
        )


_SQL_MISSING = f"""
SELECT url, state, found_on FROM _frontier AS mine WHERE portal_id = ?1 AND article_id IS NULL
  AND (kind = 'article' OR kind = 'page' AND state != 'done' AND shape IN (
    SELECT shape FROM _frontier WHERE portal_id = ?1 AND state = 'done' AND kind NOT IN ('document', 'image', 'part')
    GROUP BY shape HAVING count(article_id) > {MOSTLY} * count(*)))
  AND NOT EXISTS (SELECT 1 FROM articles WHERE portal_id = ?1 AND articles.article_key = mine.article_key)
ORDER BY id"""

_SQL_PAGES = """
SELECT id, url, shape, found_on, EXISTS (SELECT 1 FROM captures WHERE captures.url = mine.url AND status = 200)
FROM _frontier AS mine WHERE portal_id = ? AND kind = 'listing' ORDER BY id"""


def _rows(conn: sqlite3.Connection, sql: str, *values: Any) -> Iterable[tuple[Any, ...]]:
    cursor = conn.cursor()
    cursor.row_factory = None  # the connection may give its rows out as dicts
    return cursor.execute(sql, values).fetchall()


def _why(conn: sqlite3.Connection, portal_id: str, url: str, state: str) -> tuple[str, bool]:
    """Why an article's address gave no article, and whether the portal says that there is none."""
    for verdict, reason, status in _rows(
        conn,
        "SELECT verdict, reason, captures.status FROM captures JOIN readings ON readings.id ="
        " (SELECT max(id) FROM readings WHERE capture_id = captures.id) WHERE url = ? AND portal_id = ?"
        " ORDER BY captures.id DESC LIMIT 1",
        url, portal_id,
    ):  # fmt: skip
        return f"{verdict}: {reason or status}", verdict == "gone"
    for kind, message in _rows(
        conn,
        "SELECT kind, message FROM issues WHERE url = ? AND portal_id = ? AND kind IN ('failed', 'trap', 'robots',"
        " 'address') ORDER BY id DESC LIMIT 1",
        url, portal_id,
    ):  # fmt: skip
        return f"{kind}: {message}", False
    return ("refused: robots.txt or a budget forbids it" if state == "done" else "waiting"), False


class _Lists:
    """A portal's lists: where articles were found, and how many pages of them nobody has read."""

    def __init__(self, conn: sqlite3.Connection, portal_id: str) -> None:
        self._places: dict[int, Counter[Place]] = defaultdict(Counter)
        """The places of the articles that are held, by the page on which they were found."""
        self._sections: dict[int, Counter[str | None]] = defaultdict(Counter)
        """Their sections, by the first page of the list."""
        self._named: Counter[int] = Counter()
        """How many articles were found on a page first."""
        self._pages = {row[0]: row for row in _rows(conn, _SQL_PAGES, portal_id)}
        for found_on, section, month in _rows(
            conn,
            "SELECT found_on, section, substr(published_at, 1, 7) FROM _frontier JOIN articles"
            " ON articles.id = article_id WHERE _frontier.portal_id = ? AND found_on IS NOT NULL",
            portal_id,
        ):
            self._places[found_on][section, month] += 1
            self._sections[self.first(found_on)][section] += 1
        self._named.update(
            row[0]
            for row in _rows(
                conn, "SELECT found_on FROM _frontier WHERE portal_id = ? AND kind = 'article'", portal_id
            )
        )  # fmt: skip

    def first(self, page: int) -> int:
        """The first page of the list that a page belongs to."""
        seen: set[int] = set()
        while page in self._pages and NUMBER.search(self._pages[page][1]) and page not in seen:
            seen.add(page)
            page = self._pages[page][3] or page
        return page

    def section(self, page: int) -> str | None:
        """What most articles of a list name as their section."""
        found = self._sections[self.first(page)].most_common(1)
        return found[0][0] if found else None

    def place(self, found_on: int | None) -> Place:
        """Where a missing article belongs, by those that stand on the same page of the list."""
        if found_on is None:
            return None, None
        months = sorted(
            month for (_, month), count in self._places[found_on].items() for _ in range(count) if month is not None
        )
        sections = Counter[str | None]()
        for (section, _), count in self._places[found_on].items():
            sections[section] += count
        section = sections.most_common(1)[0][0] if sections else self.section(found_on)
        return section, months[len(months) // 2] if months else None

    def unread(self) -> Iterable[tuple[int, int]]:
        """The first page of each list that was not read to its end, and how many articles the rest would name."""
        series: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self._pages.values():
            if NUMBER.search(row[1]):
                series[row[2]].append(row)
        for rows in series.values():
            numbers = [int(found[1]) for row in rows if (found := NUMBER.search(row[1]))]
            read = [row[0] for row in rows if row[4]]
            first = self.first(rows[0][0])
            unread = max(max(numbers) - 1, len(rows)) - len(read)
            if unread > 0:
                named = [self._named[page] for page in (read or [first])]
                yield first, round(unread * sum(named) / len(named))
