"""How a query is answered by one archive: which ways to look count, in SQL of stock SQLite, and what was guessed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from archive import guesses, matching, units
from archive.guesses import Guess
from archive.matching import Tier
from archive.normalise import fold
from archive.query import Query, parse
from archive.units import Group

ENOUGH = 20
"""With so many found, no more lenient way is tried. Fixed, so that every page is a page of one result."""
_FEW = 5
"""With so many found in the spelling that was typed, other spellings are not looked for."""
LARGE = 50_000
"""In an archive of so many articles, pairs of words are chosen by how rare they are in a sample of the newest."""
_SAMPLE = 5_000
_STEP = 2_000_000
"""Between the scores of two tiers: more than bm25 ever gives."""

_ORDERS = {
    "relevance": "score, articles.id DESC",
    "newest": "published_at DESC, articles.id DESC",
    "oldest": "published_at IS NULL, published_at, articles.id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL and the values of its named parameters."""

    sql: str
    parameters: dict[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of the tables: the tiers that count, and the conditions on the article."""

    wanted: tuple[Group, ...]
    tiers: tuple[Tier, ...]
    conditions: tuple[str, ...]
    values: dict[str, str | int]
    guess: Guess | None = None

    def statement(self, order: str, *, one_page: bool = False) -> Statement:
        """What is found, in an order: everything, or `one_page` of it by `:limit` and `:offset`; `score` tells the tier
        (see `is_exact`).
        """
        if not self.tiers and order == "relevance":
            order = "newest"
        ranked = order == "relevance"
        if self.tiers:
            found = f"WITH found AS ({' UNION ALL '.join(self._selects(ranked=ranked))}), best AS (" \
                "SELECT id, min(score) AS score, document FROM found GROUP BY id)"  # fmt: skip
        else:
            found = "WITH best AS (SELECT id, 0 AS score, NULL AS document FROM articles)"
        page = " LIMIT :limit OFFSET :offset" if one_page else ""
        best = "best"
        if page and ranked and not self.conditions:  # only the articles of the page need be looked at
            best, page = f"(SELECT * FROM best ORDER BY score, id DESC{page}) AS best", ""
        return Statement(
            sql=f"{found} SELECT articles.id, title, published_at, portal_id, section, status, url, document, score"
            f" FROM {best} JOIN articles ON articles.id = best.id{self._where()} ORDER BY {_ORDERS[order]}{page}",
            parameters=self._parameters(ranked=ranked),
        )

    def members(self, columns: str) -> Statement:
        """Columns of all articles that are found, in no order and unranked."""
        if self.tiers:
            found = f"WITH best AS ({' UNION '.join(self._members())}) "
        else:
            found = "WITH best AS (SELECT id FROM articles) "
        joined = " JOIN articles ON articles.id = best.id" if self.conditions or columns != "count(*)" else ""
        parameters = {
            name: value for name, value in self._parameters(ranked=False).items()
            if name.startswith("value") or f":{name}" in found
        }  # fmt: skip
        return Statement(sql=f"{found}SELECT {columns} FROM best{joined}{self._where()}", parameters=parameters)

    def is_exact(self, score: float) -> bool:
        """Whether what has this score was found in the spelling that was typed."""
        return bool(self.tiers) and self.tiers[round(score / _STEP) // 2].exact

    def _where(self) -> str:
        return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""

    def _parameters(self, *, ranked: bool) -> dict[str, str | int]:
        found = dict(self.values)
        for number, tier in enumerate(self.tiers):
            found[f"match{number}"] = tier.expression
            if ranked and tier.ranking:
                found[f"ranking{number}"] = tier.ranking
            if tier.documents:
                found[f"document{number}"] = tier.documents
        return found

    def _selects(self, *, ranked: bool) -> Iterator[str]:
        for number, tier in enumerate(self.tiers):
            table = "articles_exact" if tier.exact else "articles_fts"
            score = f"{2 * number * _STEP}" + (" + rank" if ranked and tier.is_ranked else "")
            select = f"SELECT rowid AS id, {score} AS score, NULL AS document FROM {table} WHERE {table} MATCH"
            matching = f"SELECT rowid FROM {table} WHERE {table} MATCH :match{number}"
            if ranked and tier.ranking:  # + keeps SQLite from asking the index for each row by itself
                yield f"{select} :ranking{number} AND +rowid IN ({matching})"
            else:
                yield f"{select} :match{number}"
            if tier.documents:
                score = f"{(2 * number + 1) * _STEP}" + (" + attachments_fts.rank" if ranked else "")
                yield (
                    f"SELECT article_id, {score}, attachments.id FROM attachments_fts JOIN attachments"
                    f" ON attachments.id = attachments_fts.rowid WHERE attachments_fts MATCH :document{number}"
                )

    def _members(self) -> Iterator[str]:
        """The most lenient tiers, the others find nothing besides; and what is found in documents."""
        last = len(self.tiers) - 1
        for number, tier in enumerate(self.tiers):
            table = "articles_exact" if tier.exact else "articles_fts"
            if number == last or self.guess or tier.exact != self.tiers[number + 1].exact:
                yield f"SELECT rowid AS id FROM {table} WHERE {table} MATCH :match{number}"
            if tier.documents:
                yield (
                    "SELECT article_id AS id FROM attachments_fts"
                    " JOIN attachments ON attachments.id = attachments_fts.rowid"
                    f" WHERE attachments_fts MATCH :document{number}"
                )


def plan(conn: sqlite3.Connection, text: str) -> Plan | None:
    """How to answer a query; None where it says nothing."""
    query = parse(text)
    conditions, values = _conditions(conn, query)
    wanted = units.groups(query)
    if not wanted and not conditions:
        return None
    look = _Look(conn)
    found = look.tiers(wanted, is_spelt=_is_spelt(query)) if wanted else ()
    guess = None
    if wanted and not found:
        for wanted, found, guess in _guesses(query, look):  # noqa: B007 (the last one is kept)
            if found:
                break
        else:
            wanted, found, guess = units.groups(query), look.nothing(wanted), None
    return Plan(wanted=wanted, tiers=found, conditions=conditions, values=values, guess=guess)


def _is_spelt(query: Query) -> bool:
    """Whether marks were typed."""
    return any(word.lower() != fold(word) for word in query.words)


def _guesses(query: Query, look: _Look) -> Iterator[tuple[tuple[Group, ...], tuple[Tier, ...], Guess]]:
    """What may have been meant instead, what is nearest to it first."""
    read = guesses.as_keys(query)
    if read:
        query, guess = read
        wanted = units.groups(query)
        yield wanted, look.tiers(wanted, is_spelt=True), guess
    wanted = units.groups(query)
    near = guesses.with_neighbours(wanted, look.has, ENOUGH)
    if near:
        yield near[0], look.tiers(near[0], is_spelt=False), near[1]
    left = guesses.leaving_out(wanted, look.has)
    if left:
        ways, guess = left
        found = [tier for way in ways for tier in look.tiers(way, is_spelt=False)[:1]]
        yield wanted, tuple(sorted(found, key=look.count)[:4]), guess


class _Look:
    """Looks at how much the search tables of one archive have."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        self.last = conn.execute("SELECT ifnull(max(id), 0) FROM articles").fetchone()[0]
        self.sampled = cache(self._sampled) if self.last > LARGE else None

    def tiers(self, wanted: tuple[Group, ...], *, is_spelt: bool) -> tuple[Tier, ...]:
        """The ways to look that count: from the first that finds something to the one with which it is enough."""
        found: list[Tier] = []
        for exact, enough in ((True, _FEW), (False, ENOUGH)):
            if exact and not is_spelt:
                continue
            for tier in matching.tiers(wanted, exact=exact, count=self.sampled):
                count = self.count(tier)
                if count:
                    found.append(tier)
                if count >= ENOUGH and not tier.is_part:
                    return tuple(found)
            if found and self.count(found[-1]) >= enough:
                return tuple(found)
        return tuple(found)

    def nothing(self, wanted: tuple[Group, ...]) -> tuple[Tier, ...]:
        """The most lenient way, of which it is known that it finds nothing."""
        return tuple(matching.tiers(wanted, exact=False))[-1:]

    def count(self, tier: Tier) -> int:
        """How many articles a tier finds, its documents counted with it: as far as it matters."""
        found = self._count("articles_exact" if tier.exact else "articles_fts", tier.expression)
        if tier.documents and found < ENOUGH:
            found += self._count("attachments_fts", tier.documents)
        return found

    def has(self, group: Group) -> int:
        """How many articles, or documents, have a group: as far as it matters."""
        wanted = matching.expression(group, exact=False)
        return self.count(Tier(False, wanted, wanted))

    def _count(self, table: str, expression: str) -> int:
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT {ENOUGH})"
        return int(self.conn.execute(sql, [expression]).fetchone()[0])

    def _sampled(self, table: str, expression: str) -> int:
        sql = f"SELECT count(*) FROM {table} WHERE {table} MATCH ? AND rowid > ?"
        found = self.conn.execute(sql, [expression, self.last - _SAMPLE]).fetchone()[0]
        return int(found * (self.last / _SAMPLE))


def _conditions(conn: sqlite3.Connection, query: Query) -> tuple[tuple[str, ...], dict[str, str | int]]:
    """The conditions on the article, and their parameters."""
    conditions: list[str] = []
    values: dict[str, str | int] = {}

    def add(sql: str, *given: str) -> None:
        names = [f"value{len(values) + number}" for number in range(len(given))]
        conditions.append(sql.format(", ".join(f":{name}" for name in names)))
        values.update(zip(names, given, strict=True))

    if query.portals:
        add("portal_id IN ({})", *portals(conn, query.portals))
    for section in query.sections:
        add("vi_fold(section) LIKE {}", f"%{fold(section)}%")
    for author in query.authors:
        add("vi_fold(author) LIKE {}", f"%{fold(author)}%")
    if query.after:
        add("published_at >= {}", query.after)
    if query.before:
        add("published_at < {} || '~'", query.before)
    if query.groups or conditions:
        for term in query.without:
            exact = any(word.lower() != fold(word) for word in term.words)
            table = "articles_exact" if exact else "articles_fts"
            add(
                f"articles.id NOT IN (SELECT rowid FROM {table} WHERE {table} MATCH {{}})",
                matching.expression((units.unit(term),), exact=exact),
            )
    return tuple(conditions), values


def portals(conn: sqlite3.Connection, wanted: tuple[str, ...]) -> list[str]:
    """The portals with one of these ids, or with the words in their name or province."""
    rows: list[tuple[str, str, str | None]] = conn.execute(
        "SELECT id, name, province FROM portals ORDER BY id"
    ).fetchall()
    return [
        portal
        for portal, name, province in rows
        if any(value == portal or fold(value) in fold(f"{name} {province or ''}") for value in wanted)
    ]
