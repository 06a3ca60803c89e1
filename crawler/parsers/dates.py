"""Times as Vietnamese portals print them: day first, and +07:00 where the page names no zone.

A text is a time only as a whole: a date within a sentence, a page clock ("tự động cập nhật"), a
place-and-date ("Cao Lãnh, ngày 5 tháng 3 năm 2021") or a licence's date is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from crawler.parsers.text import clean

VIETNAM = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh: +07:00 without daylight saving since 1975."""

_EARLIEST, _LATEST = 1990, 2099

_ISO = re.compile(
    r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})"
    r"(?:[T\s]\s*(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?\Z"
)
# NukeViet 4.5 writes the zone where the T belongs: 2017-02-28+0706:30:29
_ZONE_BEFORE_TIME = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?P<zone>[+-]\d{2}):?(?P<H>\d{2}):(?P<M>\d{2}):(?P<S>\d{2})\Z"
)
_VIETNAMESE = r"\d{1,2}|một|giêng|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|mười một|mười hai|mười|chạp"
_ENGLISH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    r"(?<![\d/.-])(?:(?P<d>\d{1,2})\s?(?P<sep>[/.-])\s?(?P<m>\d{1,2})\s?(?P=sep)\s?(?P<y>\d{4}|\d{2})"
    r"(?![\d/.-]\d)(?!\d)"
    r"|(?P<iy>\d{4})(?P<isep>[-/.])(?P<im>\d{1,2})(?P=isep)(?P<id>\d{1,2})(?![\d/.-]\d)(?!\d)"
    rf"|(?P<wd>\d{{1,2}})\s+tháng\s+(?P<wm>{_VIETNAMESE})\s*,?\s*(?:năm\s*)?(?P<wy>\d{{4}})"
    rf"|(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+(?P<em>{_ENGLISH})\.?,?[\s-]+(?P<ey>\d{{4}}))"
    # WordPress and others print their own order where a theme was not translated: Tháng Năm 9, 2022.
    rf"|\btháng\s+(?P<fm>{_VIETNAMESE})\s+(?P<fd>\d{{1,2}})\s*,\s*(?P<fy>\d{{4}})"
    rf"|\b(?P<gm>{_ENGLISH})\.?\s+(?P<gd>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<gy>\d{{4}})",
)
_KINDS_OF_DATE = ("", "i", "w", "e", "f", "g")
"""The beginnings of the names of a date's year, month and day in `_DATE`."""
_TIME = re.compile(
    r"(?<![\d:])(?P<H>\d{1,2})\s?(?::|giờ|h|g)\s?(?P<M>\d{2})(?:\s?(?::|phút|p\b|m\b|')\s?(?P<S>\d{2})?(?:\s?giây|s)?)?"
    r"(?:\s*(?P<half>sáng|chiều|tối|trưa|sa|ch|am|pm)\b)?(?![\d:])"
    r"|(?<![\d:])(?P<full>\d{1,2})\s?(?:giờ|h)\b(?:\s*(?P<fullhalf>sáng|chiều|tối|trưa|sa|ch|am|pm)\b)?"
)
_MONTHS = {
    word: number
    for number, words in enumerate(
        ("một giêng", "hai", "ba", "tư bốn", "năm", "sáu", "bảy bẩy", "tám", "chín", "mười"), start=1
    )
    for word in words.split()
} | {"mười một": 11, "mười hai": 12, "chạp": 12}
_MONTHS |= {name[:3]: number for number, name in enumerate(_ENGLISH.split("|"), start=1)}
_ZONE = re.compile(r"\(?\s*(?:gmt|utc)\s*\+\s*0?7(?::?00)?\s*\)?")
_WEEKDAY = re.compile(
    r"\b(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s+nhật|t[2-7]|cn"
    r"|mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b"
)
_UPDATED = re.compile(r"cập nhật|chỉnh sửa|ngày sửa|sửa đổi|modified|updated")
_CHANGED = re.compile(r"\s+(?=(?:(?:ngày|lần|được|đã)\s+)*(?:cập nhật|chỉnh sửa|sửa đổi)\b)", re.IGNORECASE)
_LABEL = re.compile(
    r"\bngay dang\b|\b(?:(?:ngày|thời gian|thời điểm|giờ|tin|bài|bài viết|được|đã|lần)\s+)*"
    r"(?:đăng(?:\s+(?:tin|bài|tải|lên))?|xuất bản|tạo|viết|cập nhật(?:\s+(?:lần\s+)?cuối)?|gửi|đưa|phát hành|"
    r"chỉnh sửa|sửa(?:\s+đổi)?|published|created|modified|updated|posted|post|publish|create)\b"
    r"|\b(?:vào|lúc|ngày|giờ|thời gian|phút|date|on|at|in)\b"
)
_CLOCK = re.compile(r"tự động|hôm nay|hiện tại|bây giờ|giấy phép|hiệu lực")
_FILLING = re.compile(r"[\s,;:|/()\[\].–—-]*")
_OTHER_PART = re.compile(r"\s*[|•·]\s*|\s[-–]\s(?=\D{0,24}(?:lượt|xem|view))")
_LONGEST = 120


class Stamp(NamedTuple):
    """A time line over an article."""

    time: datetime
    updated: bool
    """The line speaks of an update, not of publication."""


def parse(text: str) -> datetime | None:
    """The time that the whole text states, with a zone; a date alone is its midnight.

    >>> str(parse("Thứ sáu - 21/04/2023 16:08")), str(parse("15 giờ 30, ngày 05 tháng 3 năm 2021"))
    ('2023-04-21 16:08:00+07:00', '2021-03-05 15:30:00+07:00')
    >>> parse("Kế hoạch số 273/KH-UBND ngày 25/11/2016"), parse("31/02/2020")
    (None, None)
    """
    found = stamp(text)
    return found.time if found else None


def parse_http(text: str | None) -> datetime | None:
    """The time of an HTTP header (RFC 9110, 5.6.7) in Viet Nam; None where it is missing or malformed.

    >>> str(parse_http("Tue, 24 Nov 2026 18:00:00 GMT"))
    '2026-11-25 01:00:00+07:00'
    """
    try:
        time = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return time.replace(tzinfo=time.tzinfo or timezone(timedelta())).astimezone(VIETNAM)


def stamp(text: str) -> Stamp | None:
    """The time of a line such as "Cập nhật ngày: 24/04/2015 05:21:36"; None if it says anything besides."""
    text = clean(text).lower()
    if not text or len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    if iso := _ISO.match(text.upper()) or _ZONE_BEFORE_TIME.match(text):
        time = _from_iso(iso)
        return Stamp(time, updated=False) if time else None
    for part in _candidates(text):
        time = _spoken(part)
        if time:
            return Stamp(time, updated=bool(_UPDATED.search(part)))
    return None


def stamps(text: str) -> list[Stamp]:
    """The time of a line, or the two of one that says after its publication when it was changed; none of others.

    >>> [(str(stamp.time)[:16], stamp.updated) for stamp in stamps("30/06/2025 17:20 Cập nhật: 1/7/2025 9:05")]
    [('2025-06-30 17:20', False), ('2025-07-01 09:05', True)]
    """
    if whole := stamp(text):
        return [whole]
    parts = _CHANGED.split(clean(text), maxsplit=1)
    found = [each for part in parts if (each := stamp(part))]
    return found if len(found) == 2 else []


def _candidates(text: str) -> Iterator[str]:
    """The line whole, then without its last parts (view counters and such), then part by part."""
    parts = [part for part in _OTHER_PART.split(text) if part]
    for count in range(len(parts), 0, -1):
        yield " | ".join(parts[:count])
    yield from parts[1:]


def _from_iso(found: re.Match[str]) -> datetime | None:
    groups = found.groupdict()
    return _at(
        (groups["y"], groups["m"], groups["d"]),
        (groups["H"], groups["M"], groups["S"]),
        _zone(groups["zone"]),
    )


def _spoken(text: str) -> datetime | None:
    if _CLOCK.search(text):
        return None
    days = {_day(found) for found in _DATE.finditer(text)}
    if len(days) != 1:
        return None
    rest = _ZONE.sub(" ", _DATE.sub(" | ", text))
    clocks = {_clock(found) for found in _TIME.finditer(rest)}
    if len(clocks) > 1:
        return None
    if not _FILLING.fullmatch(_LABEL.sub(" ", _WEEKDAY.sub(" ", _TIME.sub(" ", rest)))):
        return None
    return _at(days.pop(), clocks.pop() if clocks else (None, None, None), VIETNAM)


def _day(found: re.Match[str]) -> tuple[str, str, str]:
    """Year, month and day as digits, of whichever form the date has."""
    kind = next(each for each in _KINDS_OF_DATE if found[f"{each}y"])
    year, month, day = (found[f"{kind}{part}"] for part in "ymd")
    number = month if month.isdigit() else str(_MONTHS.get(month) or _MONTHS[month[:3]])
    return (year if len(year) == 4 else f"20{year}", number, day)


def _clock(found: re.Match[str]) -> tuple[str, str | None, str | None]:
    hour = int(found["H"] or found["full"])
    half = found["half"] or found["fullhalf"]
    if half in ("chiều", "tối", "ch", "pm") and hour < 12:
        hour += 12
    elif half in ("sáng", "sa", "am") and hour == 12:
        hour = 0
    return (str(hour), found["M"], found["S"])


def _at(day: tuple[str, str, str], clock: tuple[str | None, str | None, str | None], zone: timezone) -> datetime | None:
    year, month, date = map(int, day)
    hour, minute, second = (int(part or 0) for part in clock)
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return datetime(year, month, date, hour, minute, second, tzinfo=zone).astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if not text:
        return VIETNAM
    if text == "Z":
        return timezone(timedelta())
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        return VIETNAM
    return timezone(-offset if text[0] == "-" else offset)
