"""Vietnamese as the keys of Telex or VNI leave it where no input method listens: hooij nghij, ho65i nghi5. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from archive.syllables import is_syllable

_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_TELEX_TONES = dict(zip("sfrxj", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_TONES = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VOWELS = frozenset("aeiouy")


@cache
def from_keys(word: str) -> str | None:
    """The syllable that was meant by a word typed in Telex or VNI; None where it is none, or has no such keys.

    >>> [from_keys(word) for word in ("hooij", "dduwowngf", "ho65i", "d9u7o7ng2", "thuyr", "hoi", "bus9", "nghieepj")]
    ['hội', 'đường', 'hội', 'đường', 'thủy', None, None, 'nghiệp']
    """
    word = word.lower()
    if not re.fullmatch(r"[a-z]+[a-z0-9]*", word):
        return None
    for read in (_vni, _telex):
        bare, tone = read(word)
        for letters in (bare, bare.replace("ươ", "uơ")):
            found = _toned(letters, tone)
            if found != word and is_syllable(found):
                return found
    return None


def _telex(word: str) -> tuple[str, str]:
    """The letters and the tone that the keys of Telex mean: a doubled letter, w and s, f, r, x, j behind a vowel."""
    letters, tone = "", ""
    for key in word:
        has_vowel = any(letter in _VOWELS or ord(letter) > 127 for letter in letters)
        if key in _TELEX_TONES and has_vowel:
            tone = _TELEX_TONES[key]
        elif key == "d" and letters == "d":
            letters = "đ"
        elif key in "aeo" and _last(letters, key) is not None and has_vowel:
            letters = _mark(letters, key, _CIRCUMFLEX)
        elif key == "w":
            letters = _hook(letters)
        else:
            letters += key
    return letters, tone


def _vni(word: str) -> tuple[str, str]:
    """The same for VNI, where the digits 1 to 9 stand for the marks."""
    letters, tone = "", ""
    for key in word:
        if key in _VNI_TONES:
            tone = _VNI_TONES[key]
        elif key == "6":
            letters = _mark(letters, "aeo", _CIRCUMFLEX)
        elif key == "7":
            letters = _hook(letters.replace("uo", "uơ")) if "uo" in letters else _mark(letters, "uo", _HORN)
        elif key == "8":
            letters = _mark(letters, "a", _BREVE)
        elif key == "9" and letters.startswith("d"):
            letters = "đ" + letters[1:]
        else:
            letters += key
    return letters, tone


def _last(letters: str, keys: str) -> int | None:
    """Where the last of some letters stands."""
    places = [letters.rfind(key) for key in keys]
    return max(places) if max(places) >= 0 else None


def _mark(letters: str, keys: str, mark: str) -> str:
    at = _last(letters, keys)
    if at is None:
        return letters
    return letters[:at] + unicodedata.normalize("NFC", letters[at] + mark) + letters[at + 1 :]


def _hook(letters: str) -> str:
    """What w does: ươ of uo, ư of u, ơ of o, ă of a, and ư where no vowel stands before it."""
    for before, after in (("uo", "ươ"), ("uơ", "ươ"), ("ưo", "ươ")):
        if before in letters:
            return letters.replace(before, after)
    at = _last(letters, "aou")
    if at is None:
        return letters if "ư" in letters else letters + "ư"
    return letters[:at] + {"a": "ă", "o": "ơ", "u": "ư"}[letters[at]] + letters[at + 1 :]


def _toned(letters: str, tone: str) -> str:
    """A syllable with its tone mark where it stands today: on the marked vowel, else by the rime."""
    if not tone:
        return letters
    start = 2 if letters.startswith("qu") or re.match(r"gi[aeouyăâêôơư]", letters) else 0
    vowels = [at for at in range(start, len(letters)) if letters[at] in _VOWELS or letters[at] in "ăâêôơư"]
    if not vowels:
        return letters
    marked = [at for at in vowels if letters[at] in "ăâêôơư"]
    if marked:
        at = marked[-1]
    elif len(vowels) == 3 or (len(vowels) == 2 and vowels[-1] < len(letters) - 1):
        at = vowels[1]
    else:
        at = vowels[0]
    return letters[:at] + unicodedata.normalize("NFC", letters[at] + tone) + letters[at + 1 :]
