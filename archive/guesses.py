"""What may have been meant by a query that finds nothing: the keys of Telex or VNI, a slip, a word too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from archive.keys import from_keys
from archive.language import _
from archive.normalise import fold
from archive.query import Query, Term
from archive.syllables import folded_syllables
from archive.units import Group, Unit

_LETTERS = "abcdeghiklmnopqrstuvxy"


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


def as_keys(query: Query) -> tuple[Query, Guess] | None:
    """The query with the words that are no syllables read as the keys of Telex or VNI; None where there are none."""
    read: dict[str, str] = {}

    def term_of(term: Term) -> Term:
        words = tuple(_meant(word) for word in term.words)
        read.update((typed, word) for typed, word in zip(term.words, words, strict=True) if typed != word)
        return replace(term, words=words)

    groups = tuple(tuple(term_of(term) for term in group) for group in query.groups)
    if not read:
        return None
    found = replace(query, groups=groups)
    message = "Nothing has “{typed}”: it was read as typed in Telex or VNI, “{read}”."
    return found, Guess(message=message, typed=" ".join(query.words), read=" ".join(found.words))


def _meant(word: str) -> str:
    is_plain = word.lower() in folded_syllables() and "oo" not in word.lower()  # oong is ông far more often than itself
    return word if is_plain else from_keys(word) or word


def with_neighbours(
    wanted: tuple[Group, ...], count: Callable[[Group], int], often: int
) -> tuple[tuple[Group, ...], Guess] | None:
    """What is wanted, with the syllables one slip away beside each word that no article has, or not often if it is no
    syllable.
    """
    strange = []
    found: list[Group] = []
    for group in wanted:
        near = _neighbours(group) if _is_word(group) else ()
        if near and count(group) < (1 if group[0].folded[0][0] in folded_syllables() else often):
            strange.append(group[0].exact[0][0])
            phrases = ((group[0].folded[0]), *near)
            found.append((Unit(phrases, phrases, phrases),))
        else:
            found.append(group)
    if not strange:
        return None
    message = "Nothing has “{typed}”: words that are spelt nearly so were looked for."
    return tuple(found), Guess(message=message, typed=" ".join(strange), read="")


def _is_word(group: Group) -> bool:
    unit = group[0]
    return len(group) == 1 and unit.bare and len(unit.folded) == 1 and len(unit.folded[0]) == 1


def _neighbours(group: Group) -> tuple[tuple[str], ...]:
    """Syllables, folded, that one letter more, less, other or in another place makes of a word."""
    word = fold(group[0].folded[0][0])
    if not 2 <= len(word) <= 8 or not word.isalpha():
        return ()
    cut = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    edits = {head + tail[1:] for head, tail in cut if tail}
    edits |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cut if len(tail) > 1}
    edits |= {head + letter + tail[1:] for head, tail in cut if tail for letter in _LETTERS}
    edits |= {head + letter + tail for head, tail in cut for letter in _LETTERS}
    return tuple((each,) for each in sorted((edits - {word}) & folded_syllables()))


def leaving_out(
    wanted: tuple[Group, ...], count: Callable[[Group], int]
) -> tuple[tuple[tuple[Group, ...], ...], Guess] | None:
    """What is wanted but for one word: each in turn, or those that no article has; None where too little is left."""
    typed = [" ".join(group[0].exact[0]) for group in wanted]
    may_go = [at for at, group in enumerate(wanted) if len(group) == 1 and group[0].bare]
    unknown = [at for at in may_go if not count(wanted[at])]
    message = "Nothing has all of “{typed}”: “{read}” was left out."
    if unknown:
        left = tuple(group for at, group in enumerate(wanted) if at not in unknown)
        guess = Guess(message=message, typed=" ".join(typed), read=" ".join(typed[at] for at in unknown))
        return ((left,), guess) if len(left) >= len(unknown) else None
    if len(wanted) < 3:
        return None
    ways = tuple(wanted[:at] + wanted[at + 1 :] for at in may_go)
    message = "Nothing has all of “{typed}”: one word was left out."
    return ways, Guess(message=message, typed=" ".join(typed), read="")
