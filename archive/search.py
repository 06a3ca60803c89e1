"""Searching the articles as people type Vietnamese: with marks or without, exact spellings first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive import matching, units
from archive.guesses import Guess
from archive.normalise import fold
from archive.plan import Plan, Statement, plan
from archive.query import parse
from archive.snippets import snippet
from archive.units import Phrase

__all__ = ["Found", "Guess", "Hit", "Statement", "facets", "match", "register", "search", "where"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found. `snippet` has the words that were found between ⟦ and ⟧.

    `document` is the name of the article's document whose text was found, where it was not the article's own.
    """

    id: int
    title: str
    published_at: str | None
    portal: str
    section: str | None
    status: str
    url: str
    snippet: str
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of what was found; `total` is the whole, or at least so many where there is `more`."""

    hits: tuple[Hit, ...]
    total: int
    more: bool = False
    guess: Guess | None = None


def search(
    conn: sqlite3.Connection, query: str, *, limit: int = 20, offset: int = 0, order: str = "relevance"
) -> Found:
    """Find articles, best first; no query is an error, and one that says nothing finds nothing.

    Exact spelling comes before folded spelling, and words that stand together before words apart. `order` is
    relevance, newest or oldest. Pages of one query never overlap while the archive stays as it is.
    """
    register(conn)
    found = plan(conn, query)
    if found is None:
        return Found(hits=(), total=0)
    statement = found.statement(order, one_page=True)
    page = {"limit": max(0, limit), "offset": max(0, offset)}
    rows = conn.execute(statement.sql, statement.parameters | page).fetchall()
    return Found(hits=tuple(_hit(conn, row, found) for row in rows), total=_total(conn, found), guess=found.guess)


def _total(conn: sqlite3.Connection, found: Plan) -> int:
    counted = found.members("count(*)")
    return int(conn.execute(counted.sql, counted.parameters).fetchone()[0])


def facets(conn: sqlite3.Connection, query: str) -> dict[str, tuple[tuple[str, int], ...]]:
    """How many of the articles found each portal, section and year has, the most first (years: the last first)."""
    register(conn)
    found = plan(conn, query)
    counted: dict[str, dict[str, int]] = {"portal": {}, "section": {}, "year": {}}
    members = found.members("portal_id, section, substr(published_at, 1, 4), count(*)") if found else None
    rows = conn.execute(f"{members.sql} GROUP BY 1, 2, 3", members.parameters) if members else ()
    for *values, count in rows:
        for name, value in zip(counted, values, strict=True):
            if value is not None:
                counted[name][value] = counted[name].get(value, 0) + count
    return {
        name: tuple(sorted(of.items(), key=lambda pair: (-int(pair[0]) if name == "year" else -pair[1], pair[0])))
        for name, of in counted.items()
    }


def where(conn: sqlite3.Connection, query: str, *, order: str = "relevance") -> Statement | None:
    """All that a query finds as one SQL statement for this archive; None where the query says nothing."""
    register(conn)
    found = plan(conn, query)
    return found.statement(order) if found else None


def register(conn: sqlite3.Connection) -> None:
    """Give a connection the SQL functions `vi_match(query)`, for `articles_fts MATCH`, and `vi_fold(text)`."""
    conn.create_function("vi_match", 1, lambda query: match(str(query or "")))
    conn.create_function("vi_fold", 1, lambda text: fold(str(text or "")), deterministic=True)


def match(query: str) -> str:
    """A query as an expression for any of the search tables that ignore marks."""
    parsed = parse(query)
    wanted = units.groups(parsed)
    without = tuple((units.unit(term),) for term in parsed.without)
    return matching.match(wanted, without) if wanted else '""'


def _hit(conn: sqlite3.Connection, row: tuple[Any, ...], found: Plan) -> Hit:
    number, title, published_at, portal, section, status, url, document, score = row
    if document is None:
        sql = "SELECT NULL, ifnull(summary || char(10, 10), '') || body FROM articles WHERE id = ?"
    else:
        sql = "SELECT name, ifnull(text, '') FROM attachments WHERE id = ?"
    name, text = conn.execute(sql, [number if document is None else document]).fetchone()
    exact = document is None and found.is_exact(score)
    phrases = tuple(_phrases(found, exact=exact))
    shown = snippet(text, phrases, exact=exact)
    if "⟦" not in shown:
        from_title = snippet(name or title, phrases, exact=exact)
        shown = from_title if "⟦" in from_title else shown
    return Hit(
        id=number, title=title, published_at=published_at, portal=portal, section=section, status=status,
        url=url, document=name, snippet=shown,
    )  # fmt: skip


def _phrases(found: Plan, *, exact: bool) -> Iterator[Phrase]:
    for group in found.wanted:
        for unit in group:
            for phrase in unit.exact if exact else (*unit.folded, *unit.near):
                yield (*phrase[:-1], phrase[-1] + "*") if unit.prefix else phrase
