"""Searching the articles as people type Vietnamese: with marks or without, exact spellings first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.language import _
from archive.matching import Tier, tiers
from archive.normalise import fold
from archive.query import Query, parse
from archive.snippets import snippet

ENOUGH = 20
"""With so many found, no more lenient way is tried. Fixed, so that every page is a page of one result."""

_ORDERS = {
    "relevance": "score, articles.id",
    "newest": "published_at DESC, articles.id DESC",
    "oldest": "published_at IS NULL, published_at, articles.id",
}


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
class Guess:
    """That the query was not found as it was typed, and what was looked for instead; `str` says it in a sentence.

    `message` is a key of the messages with places for `typed` and `read`.
    """

    message: str
    typed: str
    read: str

    def __str__(self) -> str:
        return _(self.message).format(typed=self.typed, read=self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of what was found; `total` is the whole, or at least so many where there is `more`."""

    hits: tuple[Hit, ...]
    total: int
    more: bool = False
    guess: Guess | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL and the values of its named parameters."""

    sql: str
    parameters: dict[str, str | int]


def search(
    conn: sqlite3.Connection, query: str, *, limit: int = 20, offset: int = 0, order: str = "relevance"
) -> Found:
    """Find articles, best first; no query is an error, and one that says nothing finds nothing.

    Exact spelling comes before folded spelling, and words that stand together before words apart. `order` is
    relevance, newest or oldest. Pages of one query never overlap while the archive stays as it is.
    """
    plan = _plan(conn, query)
    if plan is None:
        return Found(hits=(), total=0)
    statement = plan.statement(order)
    rows = conn.execute(
        f"{statement.sql} LIMIT :limit OFFSET :offset",
        {**statement.parameters, "limit": max(0, limit), "offset": max(0, offset)},
    ).fetchall()
    total = conn.execute(f"{plan.found} SELECT count(*) FROM best {plan.fits}", plan.parameters).fetchone()[0]
    return Found(hits=tuple(_hit(conn, row, plan) for row in rows), total=total, guess=plan.guess)


def facets(conn: sqlite3.Connection, query: str) -> dict[str, tuple[tuple[str, int], ...]]:
    """How many of the articles found each portal, section and year has, the most first (years: the last first)."""
    plan = _plan(conn, query)
    if plan is None:
        return {"portal": (), "section": (), "year": ()}
    rows = conn.execute(
        f"{plan.found} SELECT portal_id, section, substr(published_at, 1, 4), count(*) FROM best {plan.fits}"
        " GROUP BY 1, 2, 3",
        plan.parameters,
    ).fetchall()
    counted: dict[str, dict[str, int]] = {"portal": {}, "section": {}, "year": {}}
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
    plan = _plan(conn, query)
    return plan.statement(order) if plan else None


def register(conn: sqlite3.Connection) -> None:
    """Give a connection the SQL functions `vi_match(query)`, for `articles_fts MATCH`, and `vi_fold(text)`."""
    conn.create_function("vi_match", 1, lambda query: match(str(query or "")))
    conn.create_function("vi_fold", 1, lambda text: fold(str(text or "")), deterministic=True)


def match(query: str) -> str:
    """A query as an expression for any of the search tables that ignore marks."""
    ways = tiers(parse(query))
    return ways[-1].expression if ways else '""'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is asked of the tables: the tiers that count, and the conditions on the article."""

    query: Query
    tiers: tuple[Tier, ...]
    conditions: tuple[str, ...]
    parameters: dict[str, str | int]
    guess: Guess | None = None

    @property
    def found(self) -> str:
        """The articles found with their best score, smaller is better: `best(id, score, document)`."""
        if not self.tiers:
            return "WITH best AS (SELECT id, 0 AS score, NULL AS document FROM articles)"
        return f"WITH found AS ({' UNION ALL '.join(self._selects())}), best AS (" \
            "SELECT id, min(score) AS score, document FROM found GROUP BY id)"  # fmt: skip

    def _selects(self) -> Iterator[str]:
        for number, tier in enumerate(self.tiers):
            table = "articles_exact" if tier.exact else "articles_fts"
            yield (
                f"SELECT rowid AS id, {number * 2_000_000} + rank AS score, NULL AS document FROM {table}"
                f" WHERE {table} MATCH :match{number}"
            )
            if not tier.exact:
                yield (
                    f"SELECT article_id, {number * 2_000_000 + 1_000_000} + attachments_fts.rank, attachments.id"
                    " FROM attachments_fts JOIN attachments ON attachments.id = attachments_fts.rowid"
                    f" WHERE attachments_fts MATCH :document{number}"
                )

    @property
    def fits(self) -> str:
        """The join that keeps what fits the conditions."""
        conditions = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"JOIN articles ON articles.id = best.id{conditions}"

    def statement(self, order: str) -> Statement:
        if not self.tiers and order == "relevance":
            order = "newest"
        return Statement(
            sql=f"{self.found} SELECT articles.id, title, published_at, portal_id, section, status, url, document"
            f" FROM best {self.fits} ORDER BY {_ORDERS[order]}",
            parameters=self.parameters,
        )


def _plan(conn: sqlite3.Connection, text: str) -> _Plan | None:
    register(conn)
    query = parse(text)
    conditions, parameters = _conditions(conn, query)
    if not query.groups and not conditions:
        return None
    used: list[Tier] = []
    for tier in tiers(query):
        used.append(tier)
        if _count(conn, tier) >= ENOUGH:
            break
    for number, tier in enumerate(used):
        parameters[f"match{number}"] = tier.expression
        if not tier.exact:
            parameters[f"document{number}"] = tier.expression.replace("{title title_d}", "{name name_d}")
    return _Plan(query=query, tiers=tuple(used), conditions=conditions, parameters=parameters)


def _count(conn: sqlite3.Connection, tier: Tier) -> int:
    table = "articles_exact" if tier.exact else "articles_fts"
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT {ENOUGH})"
    return int(conn.execute(sql, [tier.expression]).fetchone()[0])


def _conditions(conn: sqlite3.Connection, query: Query) -> tuple[tuple[str, ...], dict[str, str | int]]:
    """The conditions on the article, and their parameters."""
    conditions: list[str] = []
    parameters: dict[str, str | int] = {}

    def add(sql: str, value: str) -> None:
        name = f"value{len(parameters)}"
        conditions.append(sql.format(f":{name}"))
        parameters[name] = value

    if query.portals:
        names = [f":portal{number}" for number, _ in enumerate(_portals(conn, query.portals))]
        conditions.append(f"portal_id IN ({', '.join(names)})")
        parameters.update(zip([name[1:] for name in names], _portals(conn, query.portals), strict=True))
    for section in query.sections:
        add("vi_fold(section) LIKE {}", f"%{fold(section)}%")
    for author in query.authors:
        add("vi_fold(author) LIKE {}", f"%{fold(author)}%")
    if query.after:
        add("published_at >= {}", query.after)
    if query.before:
        add("published_at < {} || '~'", query.before)
    return tuple(conditions), parameters


def _portals(conn: sqlite3.Connection, wanted: tuple[str, ...]) -> list[str]:
    """The portals with one of these ids, or with the words in their name or province."""
    rows = conn.execute("SELECT id, name, province FROM portals ORDER BY id").fetchall()
    return [
        row[0]
        for row in rows
        if any(value == row[0] or fold(value) in fold(f"{row[1]} {row[2] or ''}") for value in wanted)
    ]


def _hit(conn: sqlite3.Connection, row: tuple[Any, ...], plan: _Plan) -> Hit:
    number, title, published_at, portal, section, status, url, document = row
    if document is None:
        sql = "SELECT NULL, ifnull(summary || char(10, 10), '') || body FROM articles WHERE id = ?"
    else:
        sql = "SELECT name, ifnull(text, '') FROM attachments WHERE id = ?"
    name, text = conn.execute(sql, [number if document is None else document]).fetchone()
    phrases = [tuple(fold(word) for word in term.words) for group in plan.query.groups for term in group]
    shown = (snippet(each, phrases) for each in (text, name or title))
    return Hit(
        id=number, title=title, published_at=published_at, portal=portal, section=section, status=status,
        url=url, document=name, snippet=next((each for each in shown if "⟦" in each), snippet(text, phrases)),
    )  # fmt: skip
