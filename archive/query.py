"""What a searcher typed, taken apart: words, "phrases", and the operators that people know. Nothing is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from archive.normalise import nfc

WORD = re.compile(r"[^\W_]+")
"""A word as the search tables have it: letters and digits."""

_PIECE = re.compile(r'(-)?(?:(\w+):)?(?:"([^"]*)"?|([^\s"]+))')
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_MOST_WORDS = 64
"""Words of a query that are looked at: nobody types more, and each costs a look at the index."""
_MOST_LETTERS = 4_000


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together, as they were typed; `quoted` ones mean just that and nothing near it."""

    words: tuple[str, ...]
    quoted: bool = False
    prefix: bool = False
    title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query: one term of each group must be there, none of `without`, and the article must fit the rest.

    `after` and `before` are ISO 8601 dates, both counted in.
    """

    groups: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()
    portals: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    after: str | None = None
    before: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """All words that are looked for, in their order."""
        return tuple(word for group in self.groups for term in group for word in term.words)


def parse(text: str) -> Query:
    """Take a query apart.

    >>> parse('"ủy ban" họp -bóng portal:caolanh after:2025-07').groups
    ((Term(words=('ủy', 'ban'), quoted=True, prefix=False, title=False),), \
(Term(words=('họp',), quoted=False, prefix=False, title=False),))
    """
    text = nfc(text.encode("utf-8", "ignore").decode()[:_MOST_LETTERS])
    query = Query()
    joined = False
    room = _MOST_WORDS
    for minus, field, quoted, bare in _PIECE.findall(text):
        if bare in ("OR", "|") and not (minus or field):
            joined = bool(query.groups)
            continue
        narrowed = _narrow(query, field.lower(), quoted or bare) if field and not minus else None
        if narrowed is not None:
            query = narrowed
            continue
        term = _term(field, quoted, bare)
        room -= len(term.words)
        if not term.words or room < 0:
            continue
        if minus:
            query = replace(query, without=(*query.without, term))
        elif joined:
            query = replace(query, groups=(*query.groups[:-1], (*query.groups[-1], term)))
        else:
            query = replace(query, groups=(*query.groups, (term,)))
        joined = False
    return query


def _term(field: str, quoted: str, bare: str) -> Term:
    is_title = field.lower() == "title"
    text = (quoted or bare) if is_title or not field else f"{field} {quoted or bare}"
    words = tuple(WORD.findall(text))
    return Term(words, quoted=bool(quoted), prefix=bare.endswith("*") and bool(words), title=is_title)


def _narrow(query: Query, field: str, value: str) -> Query | None:
    """The query with one more condition on the article, or None where the field is none."""
    if field == "portal":
        return replace(query, portals=(*query.portals, value))
    if field == "section":
        return replace(query, sections=(*query.sections, value))
    if field == "author":
        return replace(query, authors=(*query.authors, value))
    if field in ("after", "before"):
        day = _day(value, last=field == "before")
        if day is not None:
            return replace(query, after=day) if field == "after" else replace(query, before=day)
    return None


def _day(text: str, *, last: bool) -> str | None:
    """A day, month or year as people write it, as the ISO date of its first or last day.

    >>> _day("7/2025", last=False), _day("2025-07", last=True), _day("1/7/2025", last=False), _day("2025", last=True)
    (None, '2025-07-31', '2025-07-01', '2025-12-31')
    """
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    if match[1]:
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    month = int(match[5] or (12 if last else 1))
    return f"{match[4]}-{month:02}-{int(match[6] or (31 if last else 1)):02}"
