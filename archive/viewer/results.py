"""The search page: what was found, how much of what was expected that is of, and the result as a file."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from datasette.utils import sqlite_timelimit

from archive import export
from archive.plan import portals
from archive.query import parse
from archive.search import Found, facets, search, where
from archive.viewer import charts
from archive.viewer.figures import one, rows
from archive.viewer.site import Answer, Ask

SIZE = 20
"""Articles on a page."""
MOST_PAGES = 500
ORDERS = {"relevance": "Best first", "newest": "Newest first", "oldest": "Oldest first"}
FACETS = {"portal": "Portal", "section": "Section", "year": "Year"}
_MOST_VALUES = 12
"""Values that are shown of a facet."""
_NARROWING = ("portal", "section", "year", "after", "before")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """Articles with one value: how many, and where the search goes on with it, or without it if it is chosen."""

    value: str
    label: str
    count: int | None
    href: str
    is_chosen: bool


def page(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`search?q=…`: what was found, twenty articles at a time."""
    query = asked(ask)
    order = _order(ask)
    number = min(int(ask.arg("page")), MOST_PAGES) if re.fullmatch(r"[1-9]\d{0,5}", ask.arg("page")) else 1
    found = search(conn, query, limit=SIZE, offset=(number - 1) * SIZE, order=order)
    statement = where(conn, query, order=order)
    portals = rows(conn, "SELECT id, name FROM portals ORDER BY name")
    names = {portal["id"]: portal["name"] for portal in portals}
    counted = _if_quick(conn, ask, lambda: facets(conn, query)) if found.total else None
    months = _if_quick(conn, ask, lambda: _months(conn, query)) if found.total else None
    context = {
        "query": ask.arg("q"), "found": found, "is_asked": statement is not None, "order": order, "orders": ORDERS,
        "hits": [(hit, _marked(hit.snippet)) for hit in found.hits], "guess": _guess(ask, found),
        "portals": portals, "names": names,
        "facets": _facets(ask, counted, names), "is_slow": bool(found.total) and counted is None,
        "bars": charts.bars(charts.spans(months or {})), "held": _held(conn, query),
        "page_number": number, "earlier": _page(ask, number - 1) if number > 1 else None,
        "later": _page(ask, number + 1) if number * SIZE < min(found.total, MOST_PAGES * SIZE) else None,
        "first": (number - 1) * SIZE + 1, "sql": statement.sql if statement else "",
        "parameters": statement.parameters if statement else {}, "most": ask.most_rows,
        "exports": {kind: ask.href(f"search.{kind}", **_args(ask)) for kind in ("csv", "jsonl")},
    }  # fmt: skip
    return Answer(template="search.html", context=context)


def asked(ask: Ask) -> str:
    """The query with what else was chosen on the page, as one that may be typed."""
    words = [ask.arg("q")]
    for name in ("portal", "section"):
        if ask.arg(name):
            words.append(f'{name}:"{ask.arg(name).replace(chr(34), " ")}"')
    for name, limit in (
        ("after", ask.arg("after") or ask.arg("year")),
        ("before", ask.arg("before") or ask.arg("year")),
    ):
        if limit:
            words.append(f'{name}:"{limit}"')
    return " ".join(filter(None, words))


def _order(ask: Ask) -> str:
    return ask.arg("sort") if ask.arg("sort") in ORDERS else "relevance"


def _args(ask: Ask, **other: object) -> dict[str, object]:
    names = ("q", *_NARROWING, "sort")
    return {**{name: ask.arg(name) for name in names if ask.arg(name)}, **other}


def _page(ask: Ask, number: int) -> str:
    return ask.href("search", **_args(ask, page=number if number > 1 else ""))


def _guess(ask: Ask, found: Found) -> str | None:
    guess = found.guess
    return ask.say(guess.message).format(typed=guess.typed, read=guess.read) if guess else None


def _if_quick(conn: sqlite3.Connection, ask: Ask, make: Callable[[], _T]) -> _T | None:
    """What is good to have, where it is to be had in the time that one query may take."""
    try:
        with sqlite_timelimit(conn, ask.limit):
            return make()
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return None


def _marked(snippet: str) -> list[tuple[bool, str]]:
    """A snippet's pieces, and whether each was looked for."""
    pieces = re.split(r"⟦([^⟦⟧]*)⟧", snippet)
    return [(bool(place % 2), piece) for place, piece in enumerate(pieces) if piece]


def _facets(ask: Ask, counted: dict[str, tuple[tuple[str, int], ...]] | None, names: dict[str, str]) -> dict[str, Any]:
    found: dict[str, list[Facet]] = {}
    for name in FACETS:
        chosen = ask.arg(name)
        values = [(chosen, None)] if chosen else list((counted or {}).get(name, ()))[:_MOST_VALUES]
        found[name] = [
            Facet(
                value=value, label=names.get(value, value) if name == "portal" else value, count=count,
                href=ask.href("search", **_args(ask, **{name: "" if value == chosen else value})),
                is_chosen=value == chosen,
            )
            for value, count in values
        ]  # fmt: skip
    return found


def _months(conn: sqlite3.Connection, query: str) -> dict[str, int]:
    statement = where(conn, query, order="oldest")
    assert statement is not None
    sql = (
        "SELECT substr(published_at, 1, 7) AS month, count(*) AS articles"
        f" FROM ({statement.sql}) WHERE published_at IS NOT NULL GROUP BY 1"
    )
    return {row[0]: row[1] for row in conn.execute(sql, statement.parameters)}


def _held(conn: sqlite3.Connection, query: str) -> dict[str, Any] | None:
    """How much is held of what the portals asked for are known to have published in the months asked for."""
    asked_for = parse(query)
    found = one(
        conn,
        "SELECT sum(expected) FILTER (WHERE dated) AS expected, sum(held) FILTER (WHERE dated) AS held,"
        " sum(missing) FILTER (WHERE dated) AS missing, sum(unknown) FILTER (WHERE dated) AS unknown,"
        " sum(missing + unknown) FILTER (WHERE NOT dated) AS undated, max(counted_at) AS counted_at FROM ("
        "SELECT *, month IS NOT NULL OR ?2 IS NULL AND ?3 IS NULL AS dated FROM coverage"
        " WHERE (?1 IS NULL OR portal_id IN (SELECT value FROM json_each(?1)))"
        " AND (month IS NULL OR (?2 IS NULL OR month >= ?2) AND (?3 IS NULL OR month <= ?3)))",
        json.dumps(portals(conn, asked_for.portals)) if asked_for.portals else None,
        asked_for.after and asked_for.after[:7],
        asked_for.before and asked_for.before[:7],
    )
    return found if found and found["expected"] else None


def file(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`search.csv?q=…` and `search.jsonl?q=…`: the articles found, in the same order, with their evidence."""
    found = search(conn, asked(ask), limit=ask.most_rows, order=_order(ask))
    out = io.BytesIO()
    kind = ask.parts["kind"]
    export.WRITERS[kind](export.chosen(conn, [hit.id for hit in found.hits]), out)
    media = "text/csv; charset=utf-8" if kind == "csv" else "application/x-ndjson; charset=utf-8"
    headers = {"content-disposition": f'attachment; filename="luutru-search.{kind}"'}
    return Answer(body=out.getvalue(), kind=media, headers=headers)
