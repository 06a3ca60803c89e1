"""Which words can be Vietnamese syllables: a slip of the keyboard mostly makes one that cannot."""

from __future__ import annotations

import unicodedata
from functools import cache

_ONSETS = (
    "ngh", "ng", "nh", "th", "tr", "ph", "kh", "gh", "gi", "ch", "qu", "b", "c", "d", "đ", "g", "h", "k", "l", "m",
    "n", "p", "r", "s", "t", "v", "x", "",
)  # fmt: skip
_RIMES_SPELT = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong
op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm
uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu
ưt ưu y yêm yên yêng yêt yêu
"""
_RIMES = frozenset(_RIMES_SPELT.split())
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_STOPPED = {"\u0301", "\u0323"}
"""The only tones of a syllable that ends in c, ch, p or t."""


@cache
def is_syllable(word: str) -> bool:
    """Whether a word (NFC, any case) is spelt as a Vietnamese syllable can be.

    >>> [is_syllable(word) for word in ("nghiệp", "Nguyễn", "nghệip", "nhât", "vănn", "quyết")]
    [True, True, False, False, False, True]
    """
    letters = unicodedata.normalize("NFD", word.lower())
    tones = [letter for letter in letters if letter in _TONES]
    bare = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _TONES))
    if len(tones) > 1 or not any(bare[len(each) :] in _RIMES for each in _ONSETS if bare.startswith(each)):
        return False
    return not bare.endswith(("c", "ch", "p", "t")) or bool(_STOPPED.intersection(tones))


@cache
def folded_syllables() -> frozenset[str]:
    """All syllables without their marks, đ as d."""
    bare = str.maketrans("ăâđêôơư", "aadeoou")
    return frozenset((onset + rime).translate(bare) for onset in _ONSETS for rime in _RIMES)
