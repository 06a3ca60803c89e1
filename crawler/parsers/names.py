"""Whether a line is the name of a person, of several, or of a newsroom."""

from __future__ import annotations

import re

from crawler.parsers.text import clean

_COLLECTIVE = re.compile(
    r"(?:BBT|PV|CTV|BTV|P\.V|B\.B\.T|B\.T|TTXVN|Ban [Bb]iên [Tt]ập|BAN BIÊN TẬP|Nhóm (?:PV|[Pp]hóng viên)|"
    r"Phóng viên|(?:PV |BBT )?[Tt]ổng hợp)(?:\s*\([^()]{2,40}\))?"
)
_RANK = re.compile(r"(?:(?:PGS|GS|TSKH|TS|ThS|Ths|BS|BSCKI+|CN|KS|LS|PV|CTV|BTV|NSNA|NB)\.?\s*)+(?=[A-ZÀ-ỸĐ])")
_CAPITAL = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_SMALL = _CAPITAL.lower()
_WORD = rf"[{_CAPITAL}][{_SMALL}]{{0,6}}"
_NAME = re.compile(rf"{_WORD}(?:\s{_WORD}){{1,4}}")
_INITIALS = re.compile(
    rf"[{_CAPITAL}](?:\.\s?[{_CAPITAL}]){{1,3}}\.?|[{_CAPITAL}]\.\s?{_WORD}(?:\s{_WORD})?"
    rf"|{_WORD}\s[{_CAPITAL}]\.?"
)
_NEWSROOM = re.compile(
    r"(?:Văn phòng|Đài (?:Truyền thanh|Phát thanh|PT-TH|TT-TH|PTTH)|Trung tâm (?:Truyền thông|Văn hóa|Văn hoá|VH)|"
    r"Phòng (?:Văn hóa|Văn hoá|VH)|Ban Tuyên giáo|Cổng (?:Thông tin|TTĐT))\b[^.:;!?\d]{2,45}"
)
CAPITALS = re.compile(rf"[{_CAPITAL}]{{2,7}}(?:\s[{_CAPITAL}]{{2,7}}){{1,3}}")
_BETWEEN = re.compile(r"\s*(?:[-–—,;/&+]|\bvà\b)\s*")
OFFICE = re.compile(
    r"\b(?:chủ tịch|bí thư|giám đốc|trưởng|phó|chánh|ủy viên|uỷ viên|đồng chí|đ/c|ủy ban|uỷ ban|ubnd|hđnd|sở|"
    r"tỉnh|huyện|thành phố|phường|thị trấn|thị xã|công ty|ban chỉ đạo|hội đồng|nghị quyết|kế hoạch|"
    r"quyết định|thông báo|công văn|chỉ thị|nghị định|thông tư|luật|văn bản|điều|khoản|báo cáo|nơi nhận|"
    r"người ký|tm|kt|đã ký|chi tiết|xem|tải|đính kèm|trân trọng|kính|xin|hết|phụ lục|danh sách|bảng|biểu|"
    r"liên hệ|việt nam|quốc hội|chính phủ)\b"
)
PLACES = frozenset(
    [
        "an giang",
        "bà rịa",
        "vũng tàu",
        "bạc liêu",
        "bắc giang",
        "bắc kạn",
        "bắc ninh",
        "bến tre",
        "bình dương",
        "bình định",
        "bình phước",
        "bình thuận",
        "cà mau",
        "cao bằng",
        "cao lãnh",
        "cần thơ",
        "đà nẵng",
        "đắk lắk",
        "đắk nông",
        "điện biên",
        "đồng nai",
        "đồng tháp",
        "gia lai",
        "hà giang",
        "hà nam",
        "hà nội",
        "hà tĩnh",
        "hải dương",
        "hải phòng",
        "hậu giang",
        "hòa bình",
        "hồ chí minh",
        "hưng yên",
        "khánh hòa",
        "kiên giang",
        "kon tum",
        "lai châu",
        "lạng sơn",
        "lào cai",
        "lâm đồng",
        "long an",
        "nam định",
        "nghệ an",
        "ninh bình",
        "ninh thuận",
        "phú thọ",
        "phú yên",
        "quảng bình",
        "quảng nam",
        "quảng ngãi",
        "quảng ninh",
        "quảng trị",
        "sóc trăng",
        "sơn la",
        "tây ninh",
        "thái bình",
        "thái nguyên",
        "thanh hóa",
        "thừa thiên huế",
        "tiền giang",
        "trà vinh",
        "tuyên quang",
        "vĩnh long",
        "vĩnh phúc",
        "yên bái",
        "việt nam",
        "sa đéc",
        "hồng ngự",
    ]
)
LONGEST = 60
"""Letters of the longest line that is names."""


_MANNER = re.compile(r"\s*\((?:tổng hợp|t/h|th|st|sưu tầm|biên tập|lược ghi|ghi)\)\Z", re.IGNORECASE)


def person(text: str) -> str | None:
    """The name or names that the whole text is, else None.

    >>> person("Hồng Hạnh - Minh Tú"), person("BBT"), person("Đồng Tháp"), person("Xin cảm ơn")
    ('Hồng Hạnh - Minh Tú', 'BBT', None, None)
    """
    text = without_brackets(clean(text)).rstrip(" .;,*")
    if _COLLECTIVE.fullmatch(text):
        return text
    printed, text = text, _MANNER.sub("", text)
    lower = text.lower()
    if not 3 <= len(text) <= LONGEST or OFFICE.search(lower) or any(map(str.isdigit, text)):
        return None
    names = [_RANK.sub("", name) for name in _BETWEEN.split(text)]
    if len(names) > 4 or any(name.lower() in PLACES for name in names):
        return None
    full = sum(bool(_NAME.fullmatch(name)) for name in names)
    if full and all(_is_name(name, alone=len(names) == 1) for name in names):
        return printed
    return printed if len(names) == 1 and _INITIALS.fullmatch(text) else None


def _is_name(name: str, *, alone: bool) -> bool:
    if _NAME.fullmatch(name) or _INITIALS.fullmatch(name) or _COLLECTIVE.fullmatch(name):
        return True
    return not alone and bool(re.fullmatch(_WORD, name))


def newsroom(text: str) -> str | None:
    """The office that the whole line names as the writer, else None.

    >>> newsroom("Văn phòng Ủy ban nhân dân xã"), newsroom("Văn phòng nghỉ từ ngày mai.")
    ('Văn phòng Ủy ban nhân dân xã', None)
    """
    return text if _NEWSROOM.fullmatch(text) else None


def without_brackets(text: str) -> str:
    """The text without one pair of brackets around all of it."""
    return text[1:-1].strip() if text[:1] in "([" and text[-1:] in ")]" and text.count("(") <= 1 else text
