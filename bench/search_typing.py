"""Vietnamese as people type it: without marks, in Telex or VNI on an English keyboard, with a slip of a finger."""

from __future__ import annotations

import random
import unicodedata

_TELEX = {"\u0302": "double", "\u0306": "w", "\u031b": "w"}
_TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def bare(text: str) -> str:
    """The text without marks, đ as d."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def telex(text: str, chance: random.Random) -> str:
    """What the keys of Telex leave behind where no input method listens."""
    at_end = chance.random() < 0.7
    return " ".join(_telex(word, at_end=at_end) for word in text.lower().split())


def _telex(word: str, *, at_end: bool) -> str:
    word = word.replace("ươ", "uơ")  # typed uow
    typed, tone = "", ""
    for letter in word:
        if letter == "đ":
            typed += "dd"
            continue
        base, *marks = unicodedata.normalize("NFD", letter)
        typed += base
        for mark in marks:
            typed += {"double": base}.get(_TELEX.get(mark, ""), _TELEX.get(mark, ""))
            tone = _TELEX_TONES.get(mark, tone)
        if tone and not at_end:
            typed, tone = typed + tone, ""
    return typed + tone


def vni(text: str) -> str:
    """The same for VNI, where digits are the marks."""
    return " ".join(_vni(word) for word in text.lower().split())


def _vni(word: str) -> str:
    typed, tone = "", ""
    for letter in word:
        if letter == "đ":
            typed += "d9"
            continue
        base, *marks = unicodedata.normalize("NFD", letter)
        typed += base + "".join(_VNI.get(mark, "") for mark in marks)
        tone = next((_VNI_TONES[mark] for mark in marks if mark in _VNI_TONES), tone)
    return typed + tone


def slip(text: str, chance: random.Random) -> str:
    """The text with one letter of one word left out, doubled, swapped with the next or hit beside."""
    words = text.split()
    places = [at for at, word in enumerate(words) if len(word) > 2 and word.isalpha()] or [0]
    at = chance.choice(places)
    word = words[at]
    place = chance.randrange(len(word) - 1) if len(word) > 1 else 0
    kind = chance.randrange(4)
    if kind == 0:
        changed = word[:place] + word[place + 1 :]
    elif kind == 1:
        changed = word[: place + 1] + word[place:]
    elif kind == 2:
        changed = word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :]
    else:
        changed = word[:place] + _beside(bare(word[place]).lower(), chance) + word[place + 1 :]
    words[at] = changed
    return " ".join(words)


def _beside(letter: str, chance: random.Random) -> str:
    for row in _KEYS:
        at = row.find(letter)
        if at >= 0:
            return chance.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    return "e"
