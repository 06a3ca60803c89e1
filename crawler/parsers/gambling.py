"""Gambling: what it calls itself, how it advertises, and how the news reports on it.

Words alone do not tell an advertisement from a report of the police: an advertisement names several games or a brand
and offers something; a report speaks of the law. Words are matched with their marks (`cả do` is not `cá độ`) or
without any, as spam often is.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from archive.normalise import fold, nfc

_BRANDS = re.compile(
    r"\b(?:[a-z]{0,8}\d{0,4}bet\d{0,4}|[a-z]{1,6}(?:88|888|66|666|99|999|77|777|789|365|368|388|138|68|86)"
    r"|\d{1,3}x?bet|\d{2,4}(?:win|club|vip|vin)|b52|b29|bk8|jbo|abc8|go99|nohu\w*|kucasino"
    r"|(?:sun|zo|hit|rik|man|ku|bay|nhat|may|vua|top|king|red|gem|ae|ok|i|hello|lucky|big|789)(?:win|club|vip)\d*)\b"
)
_NO_BRAND = re.compile(
    r"(?:alphabet|tibet|sorbet|diabet\w*|q[dđ]|tt|n[dđ]|kh|cv|bc|tb|ct|hd|nq|vb|stt|so|mp|iso|g|f|k|e)\d*\Z"
)
"""Words and the signs of official documents (TT66, KH88) that are spelt like brands."""


def _words(phrases: list[str]) -> re.Pattern[str]:
    spelt = dict.fromkeys([*phrases, *(fold(phrase) for phrase in phrases if " " in phrase)])
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(spelt, key=len, reverse=True))})(?!\w)")


_TABLE = tomllib.loads(files("crawler").joinpath("tables/gambling.toml").read_text(encoding="utf-8"))
_GAME, _OFFER, _REPORT = (_words(_TABLE[name]) for name in ("games", "offers", "reports"))
_USUAL = (
    "nhà cái", "nha cai", "bet", "casino", "slot", "cược", "cuoc", "nổ hũ", "no hu", "xỉu", "xiu", "xóc đĩa", "kèo",
    "gacor", "togel", "lô đề", "số đề", "đá gà", "soi cầu", "đổi thưởng", "doi thuong", "poker", "baccarat", "cá độ",
)  # fmt: skip
"""One of these is in any advertisement of several games."""


def games(text: str) -> set[str]:
    """The games and brands that a text names."""
    words = nfc(text).lower()
    brands = {found for found in _BRANDS.findall(words) if not _NO_BRAND.match(found) and len(found) > 2}
    return {fold(found) for found in _GAME.findall(words)} | brands


_HOST = re.compile(
    r"nhacai|cacuoc|cadobong|casino|slot(?:88|gacor|online|777)|gacor|maxwin|nohu|taixiu|gamebai|doithuong|soikeo|keo(?:bong|nha)"
    r"|tylekeo|xocdia|baccarat|togel|lodeonline|dagatructiep|sbobet|kubet|judi|poker"
)


def is_site(host: str) -> bool:
    """Whether a host's name is a gambling site's.

    >>> is_site("nhacaiuytin.example"), is_site("www.789bet.example"), is_site("baochinhphu.vn")
    (True, True, False)
    """
    name = fold(host.rpartition(".")[0])
    return bool(_HOST.search(name.replace("-", ""))) or bool(games(re.sub(r"[-.]", " ", name)))


def may_advertise(text: str) -> bool:
    """Whether it is worth looking closer at a text: cheap, and true for more than it should be."""
    words = text.lower()
    return any(name in words for name in _USUAL)


def is_report(text: str) -> bool:
    """Whether a text speaks of the law, or of what is done against gambling."""
    return bool(_REPORT.search(nfc(text).lower()))


def is_label(text: str) -> bool:
    """Whether a link's text is one of a gambling site: it names a game or brand, is short and no report."""
    return len(text.split()) <= 14 and not is_report(text) and bool(games(text))


def is_advertisement(text: str, *, games_at_least: int = 2) -> bool:
    """Whether a text names several games and offers them, and hardly speaks of the law.

    >>> is_advertisement("KUBET - nhà cái uy tín: nạp rút siêu tốc, casino, nổ hũ")
    True
    >>> is_advertisement("Công an triệt phá đường dây cá độ bóng đá qua nhà cái trực tuyến, tạm giữ 5 đối tượng")
    False
    """
    if not may_advertise(text):
        return False
    words = nfc(text).lower()
    named = games(words)
    if len(named) < games_at_least:
        return False
    offers = len(_OFFER.findall(words))
    reports = len(_REPORT.findall(words))
    return offers > 0 and 3 * reports < offers + len(_GAME.findall(words))
