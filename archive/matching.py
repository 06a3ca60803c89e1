"""From what is wanted to what SQLite's full-text search is asked, strict first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from archive.units import Group, Phrase, Unit

Count = Callable[[str, str], int]
"""How many rows of a search table an expression matches, by a sample of the table."""

BROAD = 20_000
"""Where so many articles have all the words, ranking them by bm25 would take seconds: titles first, then the newest."""
_MOST_PHRASES = 64
_MOST_PAIRS = 3
"""In a large archive the rarest pairs are looked for: they tell most of an article at the least cost."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One way to look: an expression for the tables with the spelling as printed (`exact`), or for the folded ones.

    `ranking` finds at least as much and is ranked instead, where there are so many articles that bm25 over everything
    would cost too much; a tier that is not `is_ranked` has too many to rank at all, and comes after one that is a part
    of it. `documents` is what the documents are asked: they are searched without marks only, so for words with marks
    that stand by themselves it is nothing.
    """

    exact: bool
    expression: str
    documents: str | None = None
    ranking: str | None = None
    is_ranked: bool = True
    is_part: bool = False


def tiers(wanted: tuple[Group, ...], *, exact: bool, count: Count | None = None) -> Iterator[Tier]:
    """The ways to look for all groups, from strict to lenient; `count` for an archive that is large."""
    if not wanted:
        return
    table = "articles_exact" if exact else "articles_fts"
    units = [group[0] for group in wanted if len(group) == 1 and group[0].bare]
    if len(units) == len(wanted) > 1:
        documents = _either(_chains(units, exact=False))
        yield from _bounded(table, _either(_chains(units, exact=exact)), documents, None, count)
    every, folded = (" AND ".join(expression(group, exact=each) for group in wanted) for each in (exact, False))
    pairs = _pairs(wanted, exact=exact)
    ranking = None
    if pairs and count:
        pairs = sorted(pairs, key=lambda each: count(table, each))[:_MOST_PAIRS]
        pairs = [pair for pair in pairs if count(table, pair) <= BROAD] or pairs
        ranking = " OR ".join(pairs)
    if pairs:
        documents = f"{folded} AND ({' OR '.join(_pairs(wanted, exact=False))})"
        yield from _bounded(table, f"{every} AND ({' OR '.join(pairs)})", documents, ranking, count)
    if ranking and count:
        anchor = min((expression(group, exact=exact) for group in wanted), key=lambda each: count(table, each))
        ranking = f"{anchor} AND ({ranking} OR {anchor})"
    is_telling = not exact or all(len(phrase) > 1 for group in wanted for unit in group for phrase in unit.folded)
    yield from _bounded(table, every, folded if is_telling else None, ranking, count)


def _bounded(
    table: str, expression: str, documents: str | None, ranking: str | None, count: Count | None
) -> Iterator[Tier]:
    """One way to look, in two tiers where it finds too much to rank."""
    exact = table == "articles_exact"
    documents = documents and documents.replace("{title title_d}", "{name name_d}")
    if count and count(table, expression) > BROAD:
        yield Tier(exact, f"{{{_titles(exact=exact)}}} : ({expression})", is_part=True)
        yield Tier(exact, expression, documents, is_ranked=False)
    else:
        yield Tier(exact, expression, documents, ranking)


def match(wanted: tuple[Group, ...], without: tuple[Group, ...] = ()) -> str:
    """One expression for any table that ignores marks: every group, those side by side counting most."""
    plain = tuple(tuple(Unit(unit.exact, unit.folded, unit.near, prefix=unit.prefix) for unit in of) for of in wanted)
    every = " AND ".join(expression(group, exact=False) for group in plain)
    pairs = _pairs(wanted, exact=False)
    if pairs:  # the first group again, so that none must stand side by side
        every += f" AND ({' OR '.join([*pairs, expression(plain[0], exact=False)])})"
    return f"({every})" + "".join(f" NOT {expression(group, exact=False)}" for group in without)


def _pairs(wanted: tuple[Group, ...], *, exact: bool) -> list[str]:
    """Each two units that were typed side by side, where nothing was said of either."""
    return [
        _either(_chains([a[0], b[0]], exact=exact))
        for a, b in pairwise(wanted)
        if len(a) == len(b) == 1 and a[0].bare and b[0].bare
    ]


def _chains(units: list[Unit], *, exact: bool) -> list[Phrase]:
    """The phrases that units make side by side: all as typed, all in their second form, then mixed ones."""
    forms = [unit.exact if exact else unit.near for unit in units]
    found: dict[Phrase, None] = {}
    for at in range(2):
        found[tuple(word for each in forms for word in each[min(at, len(each) - 1)])] = None
    mixed: list[Phrase] = [()]
    for each in forms:
        mixed = [(*start, *phrase) for start in mixed for phrase in each][:_MOST_PHRASES]
    return list(found | dict.fromkeys(mixed))[:_MOST_PHRASES]


def expression(group: Group, *, exact: bool) -> str:
    """The expression for one group."""
    either = []
    for unit in group:
        phrases = _either(unit.exact if exact else unit.folded, "*" if unit.prefix else "")
        either.append(f"{{{_titles(exact=exact)}}} : {phrases}" if unit.title else phrases)
    return either[0] if len(either) == 1 else f"({' OR '.join(either)})"


def _titles(*, exact: bool) -> str:
    return "title" if exact else "title title_d"


def _either(phrases: list[Phrase] | tuple[Phrase, ...], star: str = "") -> str:
    quoted = [f'"{" ".join(phrase)}"{star}' for phrase in dict.fromkeys(phrases)]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"
