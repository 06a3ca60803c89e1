"""The capture behind a text: what the server answered, read anew from the WARC file."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

from archive import http
from archive.warc import block, read_block

MOST_SHOWN = 400_000
"""Characters of a page that are shown; the record has the rest."""
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([-\w]{2,40})", re.IGNORECASE)
_GAP = r"[\s,;|–-]{0,6}(?:lúc|vào|at|T)?[\s:]{0,3}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a capture's record holds; `problem` says why there is less, and `text` is None for what is no text."""

    request: str
    head: str
    text: str | None
    is_cut: bool
    is_html: bool
    problem: str | None


def member(folder: Path, capture: dict[str, Any]) -> bytes:
    """The response record's bytes in the WARC file. Raises `OSError`; `ValueError` where the name leaves the folder."""
    path = (folder / capture["filename"]).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{capture['filename']} lies outside of the archive")
    with path.open("rb") as file:
        file.seek(capture["offset"])
        return bytes(file.read(capture["length"]))


def answer(folder: Path, capture: dict[str, Any]) -> http.HttpResponse | None:
    """The server's answer; None where the record cannot be read."""
    try:
        return http.parse(block(member(folder, capture)))
    except (OSError, EOFError, ValueError, zlib.error):
        return None


def seen(folder: Path, capture: dict[str, Any]) -> Seen:
    """The request, the head of the answer, and its text as far as it is shown."""
    try:
        before = capture["offset"] - capture["request_length"], capture["request_length"]
        request = _latin(read_block(folder, capture["filename"], *before))
        raw = block(member(folder, capture))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        problem = f"{type(error).__name__}: {error}".split("[Errno")[0]
        return Seen(request="", head="", text=None, is_cut=False, is_html=False, problem=problem)
    end = http.HEAD_END.search(raw)
    found = http.parse(raw)
    is_text = is_textual(capture["mimetype"])
    text = decoded(found) if is_text else None
    return Seen(
        request=request[:20_000], head=_latin(raw[: end.start()] if end else raw[:2000])[:20_000],
        text=text[:MOST_SHOWN] if text is not None else None, is_cut=bool(text and len(text) > MOST_SHOWN),
        is_html=is_text and "html" in (capture["mimetype"] or "html"), problem=found.problem,
    )  # fmt: skip


def is_textual(mimetype: str | None) -> bool:
    """Whether an answer can be shown as text."""
    kind = (mimetype or "text/html").lower()
    return kind.startswith("text/") or kind.endswith(("xml", "json", "javascript"))


def decoded(found: http.HttpResponse) -> str:
    """The body as text, by the charset that the server or the page names."""
    declared = _CHARSET.search(found.headers.get("content-type", "").encode("latin-1", "replace"))
    declared = declared or _CHARSET.search(found.body[:4096])
    try:
        return found.body.decode(declared[1].decode("ascii") if declared else "utf-8", "replace")
    except LookupError:
        return found.body.decode("utf-8", "replace")


def _latin(raw: bytes) -> str:
    """Bytes as text, every byte kept."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def printed_time(page: str, published_at: str | None) -> str | None:
    """A time as the page prints it, where it prints that day and hour beside each other; else its day.

    >>> printed_time("<i>Thứ sáu</i>, <b>05/3/2021</b> | 08:30 GMT+7", "2021-03-05T08:30:00+07:00")
    '05/3/2021 | 08:30'
    >>> printed_time("Ngày 5 tháng 3 năm 2021, lúc 8 giờ 30", "2021-03-05T08:30:00+07:00")
    '5 tháng 3 năm 2021, lúc 8 giờ 30'
    """
    if not published_at:
        return None
    at = datetime.fromisoformat(published_at)
    text = " ".join(unescape(re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]{0,2000}>", " ", page[:2_000_000],
                                    flags=re.DOTALL | re.IGNORECASE)).split())  # fmt: skip
    day = rf"0?{at.day}(?:\s*[/.-]\s*|\s+tháng\s+)0?{at.month}(?:\s*[/.-]\s*|,?\s+năm\s+|,?\s+){at.year}"
    day = rf"(?<!\d)(?:{day}|{at.year}-0?{at.month}-0?{at.day})(?!\d)"
    hours = f"{at.hour % 12 or 12}|0?{at.hour}" if at.hour > 12 else f"0?{at.hour}"
    hour = rf"(?<!\d)0?(?:{hours})(?:\s*[:hg]\s*|\s+giờ\s+){at.minute:02}(?!\d)(?::\d\d)?(?:\s*[AP]M)?"
    for pattern in (rf"{day}{_GAP}{hour}", rf"{hour}[\s,;|–-]{{0,6}}(?:ngày|on)?\s*{day}", day):
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            return match[0]
    return None
