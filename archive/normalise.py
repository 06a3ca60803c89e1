"""Spellings: one form for storing, one for comparing, and the other ones that a search should know."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\b(\d{1,5})(/\d{4})?(/[^\W\d_][\w-]*(?:/[^\W\d_][\w-]*)*)")
_I_OR_Y = re.compile(r"(?:[hklmstv]|qu)[iy]")


def nfc(text: str) -> str:
    """The one form in which text is stored (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without any mark, đ as d: for comparing, never for storing.

    >>> fold("Đồng Tháp hoà bình")
    'dong thap hoa binh'
    """
    return text.lower().translate(_marks())


@cache
def _marks() -> dict[int, str | None]:
    """Latin letters with marks to bare ones, and combining marks to nothing."""
    table: dict[int, str | None] = {ord("đ"): "d", ord("ð"): "d"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        bare = unicodedata.normalize("NFD", chr(code))[0]
        if bare != chr(code):
            table[code] = bare
    return table | dict.fromkeys(range(0x300, 0x370))


@cache
def abbreviations() -> tuple[tuple[str, str], ...]:
    """Abbreviations of official prose and their long forms, e.g. UBND, ủy ban nhân dân; some have several."""
    lines = files("archive").joinpath("tables/abbreviations.tsv").read_text(encoding="utf-8").splitlines()
    return tuple((short, long) for short, long, *_ in (line.split("\t") for line in lines if "\t" in line))


_Forms = dict[str, dict[tuple[str, ...], list[str]]]


@cache
def _forms() -> tuple[_Forms, _Forms]:
    """What is said for the words of each abbreviation as written, and for those of each long form, folded: both by the
    first of the words, and what is said folded.
    """
    long_of: _Forms = {}
    short_of: _Forms = {}
    for short, long in abbreviations():
        for forms, words, other in ((long_of, _WORD.findall(nfc(short)), long), (short_of, fold(long).split(), short)):
            forms.setdefault(words[0], {}).setdefault(tuple(words), []).append(fold(nfc(other)))
    return long_of, short_of


def _other_forms(words: list[str], forms: _Forms) -> list[str]:
    return [
        other
        for at, word in enumerate(words)
        for form, others in forms.get(word, {}).items()
        if tuple(words[at : at + len(form)]) == form
        for other in others
    ]


def search_extra(text: str) -> str:
    """What a reader may type for words of `text` that are spelt otherwise in it, folded, each once.

    Long forms of abbreviations and the reverse; i for y and y for i after the consonants where both
    spellings live (kỹ, kĩ); document numbers joined and without their year.

    >>> search_extra("UBND tỉnh ra Quyết định số 273/QĐ-UBND về kỹ thuật")
    'uy ban nhan dan quyet dinh qd ki 273qdubnd 273 qdubnd'
    """
    text = nfc(text)
    folded = fold(text)
    words = _WORD.findall(folded)
    long_of, short_of = _forms()
    found = _other_forms(_WORD.findall(text), long_of) + _other_forms(words, short_of)
    for word in dict.fromkeys(words):
        if word[-1] in "iy" and _I_OR_Y.fullmatch(word):
            found.append(word[:-1] + ("y" if word[-1] == "i" else "i"))
    for number, year, rest in _NUMBER.findall(folded):
        joined = re.sub(r"[^a-z0-9]", "", rest)
        found += [number + joined, f"{number} {joined}"]
        if year:
            found.append(" ".join(_WORD.findall(number + rest)))
    return " ".join(dict.fromkeys(found))


_TONE_PLACES = {
    old: new
    for olds, news in (("òa óa ỏa õa ọa", "oà oá oả oã oạ"), ("òe óe ỏe õe ọe", "oè oé oẻ oẽ oẹ"),
                       ("ùy úy ủy ũy ụy", "uỳ uý uỷ uỹ uỵ"))
    for old, new in zip(olds.split(), news.split(), strict=True)
}  # fmt: skip


def tone_spellings(word: str) -> tuple[str, ...]:
    """A syllable (lower case, NFC) in both places of the tone mark: hòa and hoà are one word.

    >>> tone_spellings("hoà"), tone_spellings("hoàn"), tone_spellings("quý")
    (('hoà', 'hòa'), ('hoàn',), ('quý',))
    """
    ending = word[-2:]
    if word[:-1].endswith("qu"):
        return (word,)
    for old, new in _TONE_PLACES.items():
        if ending in (old, new):
            return word, word[:-2] + (new if ending == old else old)
    return (word,)


@cache
def spellings(word: str) -> tuple[str, ...]:
    """A syllable (NFC) in the places of its tone mark and with i or y where both live, as typed first, in lower case.

    >>> spellings("Hoà"), spellings("kỹ"), spellings("thuỷ")
    (('hoà', 'hòa'), ('kỹ', 'kĩ'), ('thuỷ', 'thủy'))
    """
    found = list(tone_spellings(word.lower()))
    for spelt in tuple(found):
        bare = fold(spelt)
        if bare[-1:] in ("i", "y") and _I_OR_Y.fullmatch(bare):
            found.append(spelt[:-1] + spelt[-1].translate(_I_AND_Y))
    return tuple(dict.fromkeys(found))


_I_AND_Y = {ord(a): b for a, b in zip("iìíỉĩịyỳýỷỹỵ", "yỳýỷỹỵiìíỉĩị", strict=True)}
