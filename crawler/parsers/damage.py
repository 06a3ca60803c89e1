"""Letters that were lost or mangled on their way: question marks, UTF-8 read as a Western charset, lost marks."""

from __future__ import annotations

import re

from archive.normalise import fold
from crawler.parsers.thresholds import DAMAGED_FEWEST, DAMAGED_SHARE, LANGUAGE_WORDS, MARKS_KEPT, VIETNAMESE_SHARE

_LOST = re.compile(
    r"[^\W\d_]\?+[^\W\d_]|(?<![^\s(\"'“])\?+[^\W\d_]|[^\W\d_]\?+(?=[ ,;:] ?[a-zà-ỹ])|[^\W\d_]\ufffd|\ufffd[^\W\d_]"
)
_MOJIBAKE = re.compile(r"á[º»]|Ä[^\s\w]?|Æ[^\s\w]?|Ã[\xa0-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Â[\xa0-\xbf]|â€")
_WORD = re.compile(r"[^\W\d_]+")
_MARKED = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)


def damage(text: str, fewest: int = DAMAGED_FEWEST) -> str | None:
    """What is wrong with the letters of a text by itself, in so many words at least; None where nothing shows.

    >>> damage("H?i ngh? tri?n khai nhi?m v? n?m 2021"), damage("Vì sao? Xem tại đây.")
    ('lost diacritics', None)
    >>> damage("Há»™i nghá»‹ triá»ƒn khai nhiá»‡m vá»¥")
    'mojibake'
    """
    least = max(fewest, DAMAGED_SHARE * len(text.split()))
    if len(_MOJIBAKE.findall(text)) >= least:
        return "mojibake"
    if "?" not in text and "\ufffd" not in text:
        return None
    return "lost diacritics" if len(_LOST.findall(text)) >= least else None


def marked_share(text: str) -> float | None:
    """The share of words with a Vietnamese mark; None for a text too short to tell."""
    words = _WORD.findall(text)
    return sum(bool(_MARKED.search(word)) for word in words) / len(words) if len(words) >= LANGUAGE_WORDS else None


def loss(before: str, after: str) -> str | None:
    """Whether a Vietnamese text has lost its marks since, or gave way to another language."""
    was, now = marked_share(before), marked_share(after)
    if was is None or now is None or was < VIETNAMESE_SHARE or now >= MARKS_KEPT * was:
        return None
    had, has = set(fold(before).split()), set(fold(after).split())
    return "lost diacritics" if len(had & has) > 0.5 * len(has) else "another language"
