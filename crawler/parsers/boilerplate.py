"""Lines that the portals' software prints around an article, recognised as whole lines at its edges only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from crawler.parsers import attachments, dates
from crawler.parsers.text import Block

_VIEWS = re.compile(
    r"(?:(?:số\s+)?lượt\s+(?:xem|đọc|truy cập)|(?:đã\s+)?xem|views?|đọc|lượt)\s*:?\s*[\d.,]+\s*(?:lượt|lần)?"
    r"|[\d.,]+\s*(?:lượt\s*(?:xem|đọc|truy cập)?|lần xem|views?|xem)"
    r"|(?:phản hồi|bình luận|nhận xét|comments?)\s*:?\s*\(?\d+\)?"
    r"|\(?\d+\s*(?:phản hồi|bình luận|nhận xét|ý kiến|comments?)\)?"
    r"|(?:cỡ chữ|font size)\s*:?[\sa+-]*"
    r"|\(?\s*\d+(?:[.,]\d+)?\s*(?:phiếu bầu|bình chọn|votes?)\s*\)?"
)
_MASK = re.compile(r"[\s|»›>•·:.…()\[\]-]+")
_SHORT = 60


@lru_cache(maxsize=1)
def labels() -> tuple[frozenset[str], frozenset[str]]:
    """The interface strings: those that stand alone, and those that head a list of other articles."""
    path = Path(__file__).with_name("boilerplate_vi.txt")
    alone: set[str] = set()
    others: set[str] = set()
    for row in path.read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            (others if row.startswith("* ") else alone).add(_plain(row.removeprefix("* ")))
    return frozenset(alone), frozenset(others)


def is_label(text: str) -> bool:
    """Whether a whole line is one of the software's own strings, a view counter or a page's name.

    >>> is_label("Chi tiết bài viết"), is_label("Lượt xem: 1.024"), is_label("null và void")
    (True, True, False)
    """
    if len(text) > _SHORT:
        return False
    plain = _plain(text)
    alone, others = labels()
    return not plain or plain in alone or plain in others or bool(_VIEWS.fullmatch(text.strip(" |-").lower()))


def is_chrome(block: Block) -> bool:
    """Whether a block is a label of the software; the link to a document is not, whatever it is called."""
    if not is_label(block.text):
        return False
    links = block.element.iter("a") if block.linked else ()
    return not any(attachments.is_document(link.get("href") or "") for link in links)


def trimmed(found: list[Block]) -> list[Block]:
    """Blocks without the software's lines at both ends, and without a closing list of other articles."""
    found = _without_others(found)
    start, end = 0, len(found)
    while start < end and is_chrome(found[start]):
        start += 1
    while end > start and is_chrome(found[end - 1]):
        end -= 1
    return found[start:end]


def _without_others(found: list[Block]) -> list[Block]:
    _, others = labels()
    for at, block in enumerate(found):
        if at and len(block.text) <= _SHORT and _plain(block.text) in others and _only_links(found[at + 1 :]):
            return found[:at]
    return found


def _only_links(found: Sequence[Block]) -> bool:
    """Nothing but link lists, dates and labels."""
    return all(
        block.linked or block.kind == "list" or is_label(block.text) or dates.stamp(block.text) for block in found
    )


def _plain(text: str) -> str:
    return _MASK.sub(" ", text).strip().lower()
