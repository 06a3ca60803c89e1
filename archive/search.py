"""Searching the articles as people type Vietnamese: with marks or without, exact spellings first."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from itertools import pairwise

from archive.normalise import fold, nfc, tone_spellings

_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
_SNIPPET_WORDS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found. `snippet` has the words that were found between ⟦ and ⟧."""

    id: int
    title: str
    published_at: str | None
    portal: str
    url: str
    snippet: str


def search(conn: sqlite3.Connection, query: str, *, limit: int = 20) -> list[Hit]:
    """Find articles, best first; no query is an error, and one without a word finds nothing.

    Exact spelling comes before folded spelling, and words that stand together before words apart.
    "Quoted words" must stand together.
    """
    terms = _terms(query)
    if not terms:
        return []
    found: dict[int, Hit] = {}
    for table, expression in _tiers(terms):
        rows = conn.execute(
            f"SELECT articles.id, articles.title, published_at, portal_id, url,"
            f" snippet({table}, -1, '⟦', '⟧', '…', {_SNIPPET_WORDS}) FROM {table}"
            f" JOIN articles ON articles.id = {table}.rowid WHERE {table} MATCH ? ORDER BY rank LIMIT ?",
            [expression, limit],
        )
        for row in rows:
            snippet = row[5].replace("ḏ", "đ").replace("Ḏ", "Đ")
            found.setdefault(
                row[0],
                Hit(id=row[0], title=row[1], published_at=row[2], portal=row[3], url=row[4], snippet=snippet),
            )
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _terms(query: str) -> list[list[str]]:
    """The query as terms, each of one or more words that must stand together."""
    terms = [re.findall(r"\w+", quoted or bare) for quoted, bare in _TERM.findall(nfc(query.lower()))]
    return [term for term in terms if term]


def _tiers(terms: list[list[str]]) -> list[tuple[str, str]]:
    """Search tables and expressions, from strict to lenient."""
    words = [word for term in terms for word in term]
    exact = " AND ".join(
        _either([_phrase(term), _phrase([tone_spellings(word)[-1] for word in term])]) for term in terms
    )
    folded = " AND ".join(_phrase(term) for term in terms)
    tiers = []
    if any(word != fold(word) for word in words):
        tiers.append(("articles_exact", exact))
    if len(words) > 1:
        tiers.append(("articles_fts", f"{folded} AND {_either([_phrase([a, b]) for a, b in pairwise(words)])}"))
    tiers.append(("articles_fts", folded))
    return tiers


def _phrase(words: list[str]) -> str:
    return '"' + " ".join(words) + '"'


def _either(phrases: list[str]) -> str:
    return "(" + " OR ".join(dict.fromkeys(phrases)) + ")"
