"""Text typed in the fonts of the years before Unicode, TCVN3 (.VnTime) and VNI (VNI-Times), as Unicode.

Such a text is Latin-1 to a computer: only its font shows Vietnamese. It is recognised by what it says: words that
are no Vietnamese syllables as they stand, and are once they are read in that font. Sources of the tables: TCVN
5712:1993 (VN3) and VNI's published key table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from lxml import html

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢£¤¥¦§",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ",
        strict=True,
    )
)
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_ROOFS = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVES = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_ALONE = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ô": "ơ", "ö": "ư", "ñ": "đ"}


def _vni_pairs() -> dict[str, str]:
    """Each letter or pair of letters of VNI and the letter that its font shows."""
    pairs = dict(_ALONE)
    for vowel in "aeiouyôö":
        for key, tone in _TONES.items():
            pairs[vowel + key] = pairs.get(vowel, vowel) + tone
    for vowel in "aeo":
        pairs |= {vowel + key: vowel + "\u0302" + tone for key, tone in _ROOFS.items()}
    pairs |= {"a" + key: "a\u0306" + tone for key, tone in _BREVES.items()}
    either: dict[str, str] = {}
    for key, letter in pairs.items():
        whole = unicodedata.normalize("NFC", letter)
        either |= {key: whole, key.upper(): whole.upper(), key[0].upper() + key[1:]: whole.upper()}
    return either


_VNI = _vni_pairs()
_VNI_LETTERS = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_TCVN3_LETTERS = str.maketrans(_TCVN3)

_LETTER = r"[^\s\x21-\x40\x5b-\x60\x7b-\x7e\u2010-\u203a]"
_WORD = re.compile(f"{_LETTER}+")
_HYPHEN = "[-\u2010\u2011]"
_HYPHENED = re.compile(f"(?<!{_LETTER}){_WORD.pattern}{_HYPHEN}(?:{_WORD.pattern})?|(?<!\\S){_HYPHEN}{_WORD.pattern}")
_ONSET = "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
_RHYME = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch
êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oa oac oach oai oam oan oang oanh oao
oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp
ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uynh uyên uyêt
uyu uyt uyp ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu
"""
_SYLLABLE = re.compile(f"{_ONSET}(?:{'|'.join(sorted(_RHYME.split(), key=len, reverse=True))})")
_TONE_MARKS = dict.fromkeys(map(ord, _TONES.values()))

_STRANGE = "µ¸¶¹¾¼½®ª¬¨§øïûåäüëñæîöØÏÛÅÄÜËÑÆÎÖ"
"""Letters that such text is full of, and Vietnamese in Unicode never is."""
_TELLING = "µ¸®øïñ"
"""The most frequent of them, one of which every few words have."""
_FEWEST_TELLING = 4
"""A page with fewer is not looked at, unless it names such a font."""
_FEWEST_WORDS = 3
"""So many words must be better Vietnamese in a font than as they stand before a text is believed to be in it."""
RIGHT = 0.7
"""Share of its words with other letters than ASCII's that must then be Vietnamese: no other language reaches half."""


def fonts() -> dict[str, Callable[[str], str]]:
    """The fonts' names and what makes Unicode of a text in them."""
    return {"tcvn3": _tcvn3, "vni": _vni}


def _tcvn3(text: str) -> str:
    return _HYPHENED.sub(_with_horn, text).translate(_TCVN3_LETTERS)


def _with_horn(match: re.Match[str]) -> str:
    """A word with its key of ư, the soft hyphen, where a program has made a plain one of it: `n-íc`."""
    word = re.sub(_HYPHEN, "\u00ad", match[0])
    return word if _is_syllable(word.translate(_TCVN3_LETTERS)) else match[0]


def _vni(text: str) -> str:
    return _VNI_LETTERS.sub(lambda match: _VNI[match[0]], text)


def font_of(text: str) -> str | None:
    """The name of the font that a text was typed in; None for Unicode.

    >>> font_of("Céng hoµ x· héi chñ nghÜa ViÖt Nam"), font_of("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam")
    ('tcvn3', 'vni')
    >>> font_of("Cộng hoà xã hội chủ nghĩa Việt Nam © 2008, Zürich")
    """
    if not any(letter in text for letter in _STRANGE):
        return None
    right, _ = _count(text)
    found = {name: _count(convert(text)) for name, convert in fonts().items()}
    best = max(found, key=lambda name: found[name][0])
    better, words = found[best]
    return best if better - right >= _FEWEST_WORDS and better > RIGHT * words else None


def unicode_of(text: str) -> str:
    """The text in Unicode, paragraph by paragraph: a document may quote a line in another font.

    >>> unicode_of("§éc lËp - Tù do - H¹nh phóc\\nNh- trªn; n-íc, Q§-UB, th-ëng, -u tiªn")
    'Độc lập - Tự do - Hạnh phúc\\nNhư trên; nước, QĐ-UB, thưởng, ưu tiên'
    """
    name = font_of(text)
    if name is None:
        return text
    return "\n".join(words for line in text.split("\n") for words in converted([(line, False)], name))


def restore(tree: html.HtmlElement, source: bytes) -> None:
    """Put Unicode in the place of what a page shows in such a font; `source` is the page in UTF-8."""
    named = b".Vn" in source or b"VNI-" in source
    if not named and sum(map(source.decode("utf-8", "ignore").count, _TELLING)) < _FEWEST_TELLING:
        return
    said = list(_nodes(tree))
    name = font_of("\n".join(words for _, _, words in said))
    if name is None:
        return
    lines: dict[html.HtmlElement, list[tuple[html.HtmlElement, str, str]]] = {}
    for element, place, words in said:
        holder = element if place == "text" else element.getparent()
        lines.setdefault(_line_of(holder if holder is not None else element), []).append((element, place, words))
    for nodes in lines.values():
        runs = [(words, _is_capital(element, place)) for element, place, words in nodes]
        for (element, place, _), words in zip(nodes, converted(runs, name), strict=True):
            setattr(element, place, words)


def converted(line: Sequence[tuple[str, bool]], name: str) -> list[str]:
    """The runs of a line of a text that is in a font, in Unicode: each comes with whether its font shows capitals.

    A line that quotes Unicode is left as it is.
    """
    convert = fonts()[name]
    if not _is_in("".join(words for words, _ in line), convert):
        return [words for words, _ in line]
    return [convert(words).upper() if is_capital else convert(words) for words, is_capital in line]


def _nodes(tree: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, str, str]]:
    """The texts of a page, each with the element and the attribute that hold it."""
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in ("script", "style") and element.text:
            yield element, "text", element.text
        if element.tail:
            yield element, "tail", element.tail


_INLINE = frozenset(("a", "b", "i", "u", "em", "strong", "span", "font", "sup", "sub", "small", "big"))


def _line_of(element: html.HtmlElement) -> html.HtmlElement:
    """The block that an element's text stands in."""
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


_CAPITALS = re.compile(r"\.Vn\w*H\b")


def shows_capitals(font: str) -> bool:
    """Whether a font is one of capitals, whose letters are typed as small ones: .VnTimeH, .VnArialH."""
    return bool(_CAPITALS.search(font))


def _is_capital(element: html.HtmlElement, place: str) -> bool:
    """Whether the nearest font that is named shows capitals."""
    start = element if place == "text" else element.getparent()
    while start is not None:
        named = (start.get("face") or "") + (start.get("style") or "")
        if ".Vn" in named:
            return shows_capitals(named)
        start = start.getparent()
    return False


def _is_in(line: str, convert: Callable[[str], str]) -> bool:
    """Whether a line of a text that is in a font is in it too, and no quotation in Unicode."""
    return _count(convert(line))[0] >= _count(line)[0]


def _count(text: str) -> tuple[int, int]:
    """How many of its words that are not plain ASCII are Vietnamese, and how many there are."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(_is_syllable, words)), len(words)


@lru_cache(maxsize=10_000)
def _letters(word: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word.lower()).translate(_TONE_MARKS))


def _is_syllable(word: str) -> bool:
    """Whether a word is built as a Vietnamese syllable is."""
    return _SYLLABLE.fullmatch(_letters(word)) is not None
