"""Where a sentence differs from what it became, word by word, and what kind of change that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from archive.normalise import fold, tone_spellings
from archive.sentences import Token, align, tokens
from archive.syllables import is_syllable


class ChangeKind(StrEnum):
    """What of an article changed, and how."""

    TITLE = "title"
    SUMMARY = "summary"
    BYLINE = "byline"
    TIME = "time"
    ATTACHMENT = "attachment"
    SENTENCE_ADDED = "sentence added"
    SENTENCE_REMOVED = "sentence removed"
    MOVED = "moved"
    NUMBER = "number"
    NAME = "name"
    TYPO = "typo"
    WORDING = "wording"


_NUMERALS_SPELT = """
không một mốt hai ba bốn tư năm lăm sáu bảy bẩy tám chín mười mươi trăm nghìn ngàn vạn triệu tỷ tỉ chục rưỡi nửa linh lẻ
"""
_NUMERALS = frozenset(_NUMERALS_SPELT.split())
_FORMS_OF_ADDRESS = frozenset(("ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "em", "cháu", "đồng", "chí"))
_FEW = 2
"""So many other words may change beside a number or a name (its unit, ông for bà) without being a wording of theirs."""
_UNIT = 2
"""Words after a number that are shown with it: 12 tỷ đồng."""


@dataclass(frozen=True)
class Side:
    """One of the two sentences, and which of its tokens differ."""

    text: str
    tokens: list[Token]
    differs: slice

    @cached_property
    def words(self) -> list[str]:
        """The words that differ, without marks."""
        return [token.text for token in self.tokens[self.differs] if token.is_word]

    @cached_property
    def names(self) -> Counter[str]:
        """Those of them that belong to names."""
        return Counter(self.tokens[at].text for at in range(self.differs.start, self.differs.stop) if self._is_name(at))

    @cached_property
    def numbers(self) -> Counter[str]:
        """Those of them with digits."""
        return Counter(_letters(word) for word in self.words if _has_digit(word))

    @cached_property
    def others(self) -> Counter[str]:
        """The rest of them."""
        rest = Counter(word for word in self.words if not _has_digit(word)) - self.names
        return Counter(word.lower() for word in rest.elements())

    def _is_capital(self, at: int) -> bool:
        text = self.tokens[at].text if 0 <= at < len(self.tokens) else ""
        return text[:1].isupper() and not _has_digit(text)

    def _is_name(self, at: int) -> bool:
        """Whether a word is one of several capitalised ones, or a single one that does not begin the sentence."""
        word = self.tokens[at].text
        if not self._is_capital(at) or self._is_shouted or word.lower() in _FORMS_OF_ADDRESS:
            return False
        begins = at == 0 or self.tokens[at - 1].text in '"“‘(:-–'
        return not begins or self._is_capital(at + 1)

    @cached_property
    def _is_shouted(self) -> bool:
        letters = [token.text for token in self.tokens if token.is_word and not _has_digit(token.text)]
        return sum(word.isupper() for word in letters) * 2 > len(letters) > 2

    def piece(self, kind: ChangeKind) -> str | None:
        """What differs, as it stands in the sentence; a name whole, a number with its unit."""
        start, stop = self.differs.start, self.differs.stop
        if start == stop:
            return None
        if kind is ChangeKind.NAME:
            while self._is_capital(start) and start and self._is_name(start - 1):
                start -= 1
            while self._is_capital(stop - 1) and stop < len(self.tokens) and self._is_name(stop):
                stop += 1
        if kind is ChangeKind.NUMBER:
            last = min(len(self.tokens), stop + _UNIT)
            while stop < last and self.tokens[stop].is_word and self.tokens[stop].text.islower():
                stop += 1
        return self.text[self.tokens[start].start : self.tokens[stop - 1].end]

    def repeats(self) -> bool:
        """Whether what differs says once more what stands beside it."""
        span = self.differs.stop - self.differs.start
        all_, mine = [token.text for token in self.tokens], [token.text for token in self.tokens[self.differs]]
        before = all_[max(0, self.differs.start - span) : self.differs.start]
        return bool(mine) and mine in (before, all_[self.differs.stop : self.differs.stop + span])


@dataclass(frozen=True)
class Hunk:
    """One place where a sentence differs from what it became."""

    old: Side
    new: Side

    def kinds(self) -> list[ChangeKind]:
        """What kinds of change it is, at least one."""
        if self._is_slip():
            return [ChangeKind.TYPO]
        old, new = self.old, self.new
        found = []
        numerals = [set(side.others) <= _NUMERALS and bool(side.others) for side in (old, new)]
        if old.numbers != new.numbers or all(numerals):
            found.append(ChangeKind.NUMBER)
        if old.names != new.names:
            found.append(ChangeKind.NAME)
        rest = (old.others - new.others).total() + (new.others - old.others).total()
        if not found or (rest > _FEW and not all(numerals)):
            found.append(ChangeKind.WORDING)
        return found

    def pieces(self, kind: ChangeKind) -> tuple[str | None, str | None]:
        """What was removed and what was added, as a reader would name it."""
        return self.old.piece(kind), self.new.piece(kind)

    def _is_slip(self) -> bool:
        old, new = self.old.words, self.new.words
        if _letters("".join(old)) == _letters("".join(new)):
            return True
        if not old or not new:
            return self.old.repeats() or self.new.repeats()
        if any(map(_has_digit, (*old, *new))):
            return False
        if len(old) != len(new):
            return _distance(fold("".join(old)), fold("".join(new))) <= 1
        is_name = bool(self.old.names and self.new.names)
        return all(_is_slip(a, b, is_name=is_name) for a, b in zip(old, new, strict=True))


def hunks(old: str, new: str) -> Iterator[Hunk]:
    """The places where two sentences differ; the whole, where only what is no word and no mark does."""
    sides = tokens(old), tokens(new)
    steps = [step for step in align(*([token.text for token in side] for side in sides)) if not step.same]
    if not steps:
        yield Hunk(Side(old, sides[0], slice(0, len(sides[0]))), Side(new, sides[1], slice(0, len(sides[1]))))
    for step in steps:
        yield Hunk(Side(old, sides[0], step.old), Side(new, sides[1], step.new))


def _is_slip(old: str, new: str, *, is_name: bool) -> bool:
    """Whether one word is the other misspelt.

    Of two words that can both be Vietnamese, names differ by any letter or mark, other words by more than one
    letter; a word that cannot be is a misspelt one.
    """
    if _letters(old) == _letters(new):
        return True
    far, short = _distance(fold(old), fold(new)), min(len(old), len(new))
    vietnamese = is_syllable(old) + is_syllable(new)
    if vietnamese == 2:
        return not is_name and (far == 0 or (far == 1 and short >= 3))
    return far <= 1 if vietnamese == 0 else far <= (2 if short >= 3 else 1)


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _letters(word: str) -> str:
    """The word without case, punctuation, leading zeros, dots between thousands and the place of the tone mark.

    >>> [_letters(word) for word in ("05/03", "1.000,5", "Covid-19", "Hoà")]
    ['5/3', '1000,5', 'covid19', 'hoà']
    """
    if not _has_digit(word):
        return min(tone_spellings("".join(letter for letter in word.lower() if letter.isalnum())))
    bare = re.sub(r"(?<!\d)[\W_]|[\W_](?!\d)|(?<=\d)[.,](?=\d{3}(?!\d))", "", word.lower())
    return re.sub(r"(?<![\d.,])0+(?=\d)", "", bare)


_FAR = 3
"""A distance that no slip has."""
_LONGEST = 60
"""Letters of words that are compared letter by letter."""


def _distance(old: str, new: str) -> int:
    """Letters to add, drop, change or swap to make one word of the other, as far as that matters."""
    if abs(len(old) - len(new)) >= _FAR or max(len(old), len(new)) > _LONGEST:
        return _FAR
    before: list[int] = []
    last = list(range(len(new) + 1))
    for a, letter in enumerate(old, start=1):
        row = [a]
        for b, other in enumerate(new, start=1):
            row.append(min(last[b] + 1, row[b - 1] + 1, last[b - 1] + (letter != other)))
            if a > 1 and b > 1 and (letter, old[a - 2]) == (new[b - 2], other):
                row[b] = min(row[b], before[b - 2] + 1)
        before, last = last, row
    return last[-1]
