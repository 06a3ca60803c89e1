"""The piece of a text that shows why it was found: in its own spelling, what was found between ⟦ and ⟧."""

from __future__ import annotations

from collections.abc import Sequence

from archive.normalise import fold, nfc
from archive.query import WORD

_WORDS = 32
_MOST_LETTERS = 200_000
"""Of a long document only its beginning is looked through."""


def snippet(text: str, phrases: Sequence[tuple[str, ...]]) -> str:
    """About 32 words of a text with the most of the phrases (folded words) in them, the longest weighing most.

    >>> snippet("Đường liên xã Hoà Bình", [("duong", "lien"), ("binh",)])
    '⟦Đường liên⟧ xã Hoà ⟦Bình⟧'
    """
    text = nfc(text[:_MOST_LETTERS])
    tokens = [(fold(match[0]), match.start(), match.end()) for match in WORD.finditer(text)]
    if not tokens:
        return ""
    weights = _weights([token for token, _, _ in tokens], phrases)
    start = _best(weights)
    end = min(start + _WORDS, len(tokens))
    parts = []
    at = tokens[start][1] if start else 0
    for here in range(start, end):
        if not weights[here]:
            continue
        opens = here == start or not weights[here - 1]
        closes = here == end - 1 or not weights[here + 1]
        parts.append(text[at : tokens[here][1]] + ("⟦" if opens else "") + text[tokens[here][1] : tokens[here][2]])
        parts.append("⟧" if closes else "")
        at = tokens[here][2]
    parts.append(text[at : tokens[end - 1][2] if end < len(tokens) else len(text)])
    return ("…" if start else "") + "".join(parts) + ("…" if end < len(tokens) else "")


def _weights(words: list[str], phrases: Sequence[tuple[str, ...]]) -> list[int]:
    """For each word the length of the longest phrase that it stands in, 0 for none; `word*` is any that begins so."""
    weights = [0] * len(words)
    firsts: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        firsts.setdefault(phrase[0].rstrip("*"), []).append(phrase)
    stars = tuple(phrase[0][:-1] for phrase in phrases if phrase[0].endswith("*"))
    for at, word in enumerate(words):
        if stars and word.startswith(stars):
            weights[at] = max(weights[at], 1)
        for phrase in firsts.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                for place in range(at, at + len(phrase)):
                    weights[place] = max(weights[place], len(phrase))
    return weights


def _best(weights: list[int]) -> int:
    """Where the window with the most weight begins, a few words before its first find."""
    total = best = sum(weights[:_WORDS])
    start = 0
    for at in range(1, len(weights) - _WORDS + 1):
        total += weights[at + _WORDS - 1] - weights[at - 1]
        if total > best:
            best, start = total, at
    if start:
        first = next((at for at in range(start, start + _WORDS) if weights[at]), start)
        start = max(0, min(first - 6, start))
    return start
