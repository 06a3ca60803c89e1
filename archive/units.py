"""What each part of a query may stand as in a text: its spellings, short and long forms, a document's number. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from archive.normalise import abbreviations, fold, nfc, spellings
from archive.query import WORD, Query, Term
from archive.syllables import is_syllable

Phrase = tuple[str, ...]

MOST = 12
"""Phrases that are looked for in place of one: spellings, short and long forms, neighbours side by side."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that must be there: any of the phrases, as printed or without marks.

    `near` has the phrases without marks that may stand beside those of the next unit: other ones than `folded` where
    the search tables' extra column has them already, but nowhere near their neighbours. A bare unit was typed without
    quotes or operators.
    """

    exact: tuple[Phrase, ...]
    folded: tuple[Phrase, ...]
    near: tuple[Phrase, ...]
    bare: bool = True
    prefix: bool = False
    title: bool = False


Group = tuple[Unit, ...]
"""Units any of which will do."""


def groups(query: Query) -> tuple[Group, ...]:
    """The groups of a query, one of each to be found; words that make one office's name, or a number, are one unit."""
    found: list[Group] = []
    at = 0
    while at < len(query.groups):
        run = _bare_run(query.groups[at:])
        long = _long_form(run) or _number(run)
        if long:
            found.append((long[1],))
            at += long[0]
        else:
            found.append(tuple(unit(term) for term in query.groups[at]))
            at += 1
    return tuple(found)


def _bare_run(terms: tuple[tuple[Term, ...], ...]) -> list[Term]:
    """The plain terms at the beginning, those that were typed with no operator."""
    found = []
    for group in terms:
        if len(group) > 1 or group[0].quoted or group[0].prefix or group[0].title:
            break
        found.append(group[0])
    return found


def unit(term: Term) -> Unit:
    """What one term may stand as."""
    bare = not (term.quoted or term.prefix or term.title)
    typed = tuple(word.lower() for word in term.words)
    exact = dict.fromkeys((typed, *_every(typed)))
    folded = dict.fromkeys([tuple(fold(word) for word in typed)])
    near = dict.fromkeys(tuple(fold(word) for word in phrase) for phrase in exact)
    if bare:
        for form in _other_forms(term.words):
            exact |= dict.fromkeys(_every(form))
            folded[tuple(fold(word) for word in form)] = None
            near[tuple(fold(word) for word in form)] = None
    return Unit(
        exact=tuple(exact)[:MOST], folded=tuple(folded)[:MOST], near=tuple(near)[:MOST],
        bare=bare, prefix=term.prefix, title=term.title,
    )  # fmt: skip


def _every(words: Phrase) -> Iterator[Phrase]:
    """A phrase in the spellings of its words: all in their other place first, then mixed ones."""
    spelt = [spellings(word) for word in words]
    yield words
    yield tuple(each[-1] for each in spelt)
    most = 4 * MOST
    for number, phrase in enumerate(product(*spelt)):
        if number == most:
            return
        yield phrase


@cache
def _short_forms() -> dict[Phrase, tuple[Phrase, ...]]:
    """The long forms of each abbreviation, by its words as written."""
    found: dict[Phrase, list[Phrase]] = {}
    for short, long in abbreviations():
        found.setdefault(tuple(WORD.findall(nfc(short))), []).append(tuple(nfc(long).split()))
    return {short: tuple(longs) for short, longs in found.items()}


@cache
def _long_forms() -> dict[Phrase, tuple[Phrase, ...]]:
    """The abbreviations of each long form, both folded or as written in lower case: by the folded words."""
    found: dict[Phrase, list[Phrase]] = {}
    for short, longs in _short_forms().items():
        for long in longs:
            found.setdefault(tuple(fold(word) for word in long), []).append(tuple(word.lower() for word in short))
    return {long: tuple(shorts) for long, shorts in found.items()}


@cache
def _typed_short_forms() -> dict[Phrase, tuple[Phrase, ...]]:
    """The same for abbreviations as they are typed: without marks, in lower case, unless that is a word too."""
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    for short, longs in _short_forms().items():
        written = tuple(word.lower() for word in short)
        for typed in {short, written, tuple(fold(word) for word in written)}:
            if typed == short or not all(is_syllable(word) for word in typed):
                found[typed] = (*found.get(typed, ()), *longs, written)
    return found


def _other_forms(words: Phrase) -> tuple[Phrase, ...]:
    """The long forms of a term that is an abbreviation, and the way it is written with marks."""
    known = _typed_short_forms()
    return known.get(words) or known.get(tuple(word.lower() for word in words)) or ()


def _long_form(run: list[Term]) -> tuple[int, Unit] | None:
    """A long form at the beginning of a run of terms, with its abbreviations: how many terms it takes, and the unit."""
    for count in range(min(len(run), 9), 0, -1):
        words = tuple(word.lower() for term in run[:count] for word in term.words)
        folded = tuple(fold(word) for word in words)
        if len(folded) > 1 and folded in _long_forms():
            shorts = _long_forms()[folded]
            exact = dict.fromkeys((*shorts, *_every(words)))
            near = dict.fromkeys((folded, *(tuple(fold(word) for word in short) for short in shorts)))
            return count, Unit(exact=tuple(exact)[:MOST], folded=tuple(near)[:MOST], near=tuple(near)[:MOST])
    return None


_YEAR = re.compile(r"(?:19|20)\d\d")
_MOST_CODES = 5


def _number(run: list[Term]) -> tuple[int, Unit] | None:
    """A document's number (273/QĐ-UBND, 273 qd ubnd) at the beginning of a run: it stands together, or it is none.

    Without its year it is found with it too: the search tables hold numbers joined, the year left out.
    """
    words: list[str] = []
    count = codes = 0
    for term in run:
        more = [fold(word) for word in term.words]
        if not words and not re.fullmatch(r"\d{1,5}", more[0]):
            return None
        for word in more[0 if words else 1 :]:
            is_code = word.isalpha() and (not is_syllable(word) or (len(word) == 2 and word in ("tu", "bc", "ct")))
            if not ((is_code and codes < _MOST_CODES) or (not codes and _YEAR.fullmatch(word))):
                return _number_unit(words, run[:count]) if codes else None
        for word in more:
            codes += word.isalpha()
        words += more
        count += 1
    return _number_unit(words, run[:count]) if codes else None


def _number_unit(words: list[str], terms: list[Term]) -> tuple[int, Unit]:
    typed = tuple(word.lower() for term in terms for word in term.words)
    folded: dict[Phrase, None] = {tuple(words): None}
    if not any(_YEAR.fullmatch(word) for word in words[1:]):
        folded[("".join(words),)] = None
    return len(terms), Unit(exact=(typed,), folded=tuple(folded), near=(tuple(words),))
