"""Times, numbers and addresses as a reader is told them."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from archive.clock import VIETNAM, moment

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _moment(text: str) -> datetime:
    return (moment(text) if text.isdecimal() else datetime.fromisoformat(text)).astimezone(VIETNAM)


def day(language: str, text: str | None) -> str:
    """The day of a time as the archive writes it (ISO 8601 or 14 digits), in Viet Nam.

    >>> day("vi", "20201231173000"), day("en", "2021-01-01T00:30:00+07:00"), day("en", None)
    ('01/01/2021', '1 Jan 2021', '–')
    """
    if not text:
        return "–"
    at = _moment(text)
    return f"{at:%d/%m/%Y}" if language == "vi" else f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def time(language: str, text: str | None) -> str:
    """Day and hour of a time; the day alone where the page said no hour.

    >>> time("vi", "2021-03-05T08:30:00+07:00"), time("en", "2021-03-05T00:00:00+07:00")
    ('05/03/2021 08:30', '5 Mar 2021')
    """
    if not text or text[10:19] == "T00:00:00":
        return day(language, text)
    return f"{day(language, text)} {_moment(text):%H:%M}"


def number(language: str, value: int) -> str:
    """A number with its thousands set apart.

    >>> number("vi", 12345), number("en", 12345)
    ('12.345', '12,345')
    """
    return f"{value:,}".replace(",", "." if language == "vi" else ",")


def size(count: int | None) -> str:
    """Bytes in a unit that is easy to read.

    >>> size(512), size(2_500_000), size(None)
    ('512 B', '2.4 MB', '–')
    """
    if count is None:
        return "–"
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.0f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"


def safe_link(url: str | None) -> str | None:
    """The address where it is one that a link may lead to: http or https, with a host; else None.

    >>> safe_link("https://p.vn/a"), safe_link("javascript:alert(1)"), safe_link("https:alert")
    ('https://p.vn/a', None, None)
    """
    text = (url or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    is_plain = text.isprintable() and parts.scheme in ("http", "https") and bool(parts.netloc)
    return text if is_plain and "\\" not in parts.netloc else None


def xml(text: str) -> str:
    """The text without the letters that XML 1.0 does not know.

    >>> xml("a\\x00b\\x0b c")
    'ab c'
    """
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
