"""Text in sentences and words, and where two texts differ, word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.normalise import fold, nfc

MOST = 1500
"""Pieces of a text that are aligned one by one; more are compared as a whole, so that no page costs minutes."""
MOST_REPEATS = 200_000
"""… and as many pairs of equal pieces."""
MOST_PAIRS = 10_000
"""Pairs of sentences that are compared with each other to find which one became which."""
ALIKE = 0.5
"""A sentence is the former one reworded where at least this share of their words (of both) is the same."""

_END = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+(?=[\"“‘(\[]*(\w))|\n+")
_NO_END = re.compile(r"(?:^|[\s(])(?:[^\W\d_]|TP|Tp|tp|Th?S|Ths|PGS|GS|BS|KS|CN|TX|TT|Tr|St|No)\.\Z|^\d{1,2}\.\Z")
_TOKEN = re.compile(r"\w(?:\S*\w)?[%‰]?|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark and where it stands."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it has a letter or a digit."""
        return self.text[0].isalnum() or self.text[0] == "_"


def tokens(sentence: str) -> list[Token]:
    """Words with what is written inside them (273/QĐ-UBND, 08h30), and single marks."""
    return [Token(match[0], *match.span()) for match in _TOKEN.finditer(nfc(sentence))]


def sentences(text: str) -> list[str]:
    """The sentences of a text; each line (a row of a table, an item of a list) is one at least.

    >>> sentences("Ngày 5.3, TP. Cao Lãnh họp. Ông A. Dũng dự.\\nTin: X")
    ['Ngày 5.3, TP. Cao Lãnh họp.', 'Ông A. Dũng dự.', 'Tin: X']
    >>> sentences("1. Từ năm 2020. Nay đã khác.")
    ['1. Từ năm 2020.', 'Nay đã khác.']
    """
    found, start = [], 0
    for match in _END.finditer(text):
        before = text[max(start, match.start() - 8) : match.start()]
        if "\n" not in match[0] and (match[1].islower() or _NO_END.search(before)):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of two sequences: the same in both, or what stands in one in place of what stood in the other."""

    same: bool
    old: slice
    new: slice


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    """The stretches of two sequences in order; where there is too much to compare, the middle is one difference."""
    shortest = min(len(old), len(new))
    head = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    rest = shortest - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    ends = len(old) - tail, len(new) - tail
    middle = [Step(False, slice(head, ends[0]), slice(head, ends[1]))]
    if _is_affordable(old[middle[0].old], new[middle[0].new]):
        codes = SequenceMatcher(None, old[middle[0].old], new[middle[0].new], autojunk=False).get_opcodes()
        middle = [
            Step(code == "equal", slice(head + a, head + b), slice(head + c, head + d)) for code, a, b, c, d in codes
        ]
    steps = [
        Step(True, slice(0, head), slice(0, head)),
        *middle,
        Step(True, slice(ends[0], len(old)), slice(ends[1], len(new))),
    ]
    return [step for step in steps if step.old.start < step.old.stop or step.new.start < step.new.stop]


def _is_affordable(old: Sequence[Hashable], new: Sequence[Hashable]) -> bool:
    if len(old) > MOST or len(new) > MOST:
        return False
    counts = Counter(new)
    return sum(counts[each] for each in old) <= MOST_REPEATS


def pair(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Which sentence became which, by their places and in order; `None` where one was added or removed."""
    if len(old) * len(new) > MOST_PAIRS:
        yield from ((at, None) for at in range(len(old)))
        yield from ((None, at) for at in range(len(new)))
        return
    bags = [[Counter(re.findall(r"\w+", fold(text))) for text in side] for side in (old, new)]
    alike = [[_likeness(a, b) for b in bags[1]] for a in bags[0]]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in reversed(range(len(old))):
        for b in reversed(range(len(new))):
            together = alike[a][b] + best[a + 1][b + 1] if alike[a][b] >= ALIKE else 0
            best[a][b] = max(best[a + 1][b], best[a][b + 1], together)
    a = b = 0
    while a < len(old) or b < len(new):
        if b == len(new) or (a < len(old) and best[a][b] == best[a + 1][b]):
            yield a, None
            a += 1
        elif a == len(old) or best[a][b] == best[a][b + 1]:
            yield None, b
            b += 1
        else:
            yield a, b
            a, b = a + 1, b + 1


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """The share of the words of both that they have in common, from 0 to 1."""
    words = old.total() + new.total()
    return 2 * (old & new).total() / words if words else 0.0
