"""The piece of a text that shows why it was found: in its own spelling, what was found between ⟦ and ⟧."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.normalise import fold, nfc

_LETTERS = 230
_BEFORE = 50
_MOST_LETTERS = 200_000
"""Of a long document only its beginning is looked through."""


def snippet(text: str, phrases: Iterable[tuple[str, ...]], *, exact: bool = False) -> str:
    """A line or two of a text where the most of the phrases stand, as printed (`exact`) or folded; a last word may end
    in `*`. Words side by side weigh more than the same apart.

    >>> snippet("Đường liên xã Hoà Bình", [("duong",), ("lien",), ("binh",)])
    '⟦Đường liên⟧ xã Hoà ⟦Bình⟧'
    """
    text = nfc(text[:_MOST_LETTERS])
    searched = text.lower() if exact else fold(text)
    if len(searched) != len(text):  # letters that change their number in lower case: none of Vietnamese
        searched = "".join(letter if len(letter) == 1 else "?" for letter in map(str.lower if exact else fold, text))
    runs = list(_runs(searched, phrases))
    start, end = _window(text, runs)
    parts = []
    at = start
    for begins, ends in runs:
        if start <= begins and ends <= end:
            parts.append(f"{text[at:begins]}⟦{text[begins:ends]}⟧")
            at = ends
    parts.append(text[at:end])
    return ("…" if start else "") + "".join(parts).strip() + ("…" if end < len(text) else "")


def _runs(searched: str, phrases: Iterable[tuple[str, ...]]) -> Iterable[tuple[int, int]]:
    """Where phrases stand; those with nothing but a space between them are one run."""
    longest = sorted({phrase for phrase in phrases if phrase}, key=lambda phrase: -len(phrase))
    if not longest:
        return
    either = "|".join(r"[\W_]+".join(_pattern(word) for word in phrase) for phrase in longest)
    begins = ends = -1
    for match in re.finditer(rf"(?<![^\W_])(?:{either})(?![^\W_])", searched):
        if ends >= 0 and searched[ends : match.start()] == " ":
            ends = match.end()
            continue
        if ends >= 0:
            yield begins, ends
        begins, ends = match.span()
    if ends >= 0:
        yield begins, ends


def _pattern(word: str) -> str:
    return re.escape(word[:-1]) + r"[^\W_]*" if word.endswith("*") else re.escape(word)


def _window(text: str, runs: list[tuple[int, int]]) -> tuple[int, int]:
    """Where the piece with the heaviest runs begins and ends, at words."""
    best, start = 0, 0
    for number, (begins, _) in enumerate(runs):
        weight = 0
        for other, ends in runs[number : number + 40]:
            if ends > begins + _LETTERS - _BEFORE:
                break
            weight += (ends - other) ** 2
        if weight > best:
            best, start = weight, begins
    start = max(0, start - _BEFORE)
    if start:
        start = text.find(" ", start) + 1
    end = min(len(text), start + _LETTERS)
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    return start, end
