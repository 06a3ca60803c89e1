"""From a query to what SQLite's full-text search is asked, strict first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

from archive.normalise import fold, spellings
from archive.query import Query, Term

_MOST_SPELLINGS = 8
"""Spellings of a phrase that are looked for: as typed, and with the tone marks in their other places."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One way to look: an FTS5 expression for the folded tables, or for those with the spelling as printed."""

    name: str
    exact: bool
    expression: str


Unit = tuple[tuple[str, ...], ...]
"""What stands for one term: phrases, any of which will do."""


def tiers(query: Query) -> tuple[Tier, ...]:
    """The ways to look for a query, from strict to lenient; none where it names no word."""
    if not query.groups:
        return ()
    found = []
    if any(word.lower() != fold(word) for word in query.words):
        found += _tiers(query, exact=True)
    return (*found, *_tiers(query, exact=False))


def _tiers(query: Query, *, exact: bool) -> list[Tier]:
    groups = [_group(group, exact=exact) for group in query.groups]
    without = "".join(f" NOT {_group((term,), exact=exact)}" for term in query.without)
    loose = [_unit(group[0], exact=exact) for group in query.groups if _is_bare(group)]
    kind = "exact" if exact else "folded"
    found = []
    every = " AND ".join(groups)
    if len(loose) == len(groups) > 1:
        found.append(Tier(f"{kind} phrase", exact, f"({_phrases(_chains(loose))}){without}"))
    pairs = [_phrases(_chains(pair)) for pair in _neighbours(query, exact=exact)]
    if pairs:
        found.append(Tier(f"{kind} pairs", exact, f"({every} AND ({' OR '.join(pairs)})){without}"))
    found.append(Tier(f"{kind} words", exact, f"({every}){without}"))
    return found


def _is_bare(group: tuple[Term, ...]) -> bool:
    return len(group) == 1 and not (group[0].quoted or group[0].prefix or group[0].title)


def _neighbours(query: Query, *, exact: bool) -> list[tuple[Unit, Unit]]:
    """Each two terms that were typed side by side, where nothing was said of either."""
    return [
        (_unit(a[0], exact=exact), _unit(b[0], exact=exact))
        for a, b in pairwise(query.groups)
        if _is_bare(a) and _is_bare(b)
    ]


def _unit(term: Term, *, exact: bool) -> Unit:
    """The spellings of a term."""
    words = [word.lower() for word in term.words]
    if not exact:
        return (tuple(fold(word) for word in words),)
    found = dict.fromkeys(product(*(spellings(word) for word in words)))
    return tuple(list(found)[:_MOST_SPELLINGS])


def _chains(units: tuple[Unit, ...] | list[Unit]) -> Unit:
    """The phrases that units make side by side."""
    found: list[tuple[str, ...]] = [()]
    for unit in units:
        found = [(*start, *phrase) for start in found for phrase in unit][:_MOST_SPELLINGS]
    return tuple(found)


def _group(group: tuple[Term, ...], *, exact: bool) -> str:
    either = []
    for term in group:
        phrases = _phrases(_unit(term, exact=exact), prefix=term.prefix)
        either.append(f"{{title{'' if exact else ' title_d'}}} : ({phrases})" if term.title else phrases)
    return "(" + " OR ".join(either) + ")"


def _phrases(unit: Unit, *, prefix: bool = False) -> str:
    star = "*" if prefix else ""
    return " OR ".join(f'"{" ".join(phrase)}"{star}' for phrase in dict.fromkeys(unit))
