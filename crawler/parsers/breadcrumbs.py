"""The section of an article by the trail of pages over it: Trang chủ » Tin tức » Kinh tế."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from crawler.parsers import head, text
from crawler.parsers.page import Page
from crawler.parsers.xpath import elements, strings

_TRAILS = elements(
    '//@class[contains(., "readcrumb") or contains(., "read-crumb")]/..'
    ' | //@id[contains(., "readcrumb") or contains(., "read-crumb")]/..'
    ' | //@itemtype[contains(., "BreadcrumbList")]/.. | //@aria-label[contains(., "readcrumb")]/..'
)
_MARKS = (b"readcrumb", b"read-crumb")
"""A page without these has no trail; UTF-16 aside, which no portal uses."""
_JSON_LD = strings('//script[@type="application/ld+json"][contains(text(), "BreadcrumbList")]/text()')
_HOME = re.compile(r"(?:trang\s+(?:chủ|nhất|chính)|home(?:\s*page)?|đầu\s+trang|bạn\s+đang\s+(?:ở|xem)|vị\s+trí)\s*:?")
_PAGE_NAME = re.compile(r"(?:chi\s+tiết|detail|xem\s+(?:chi\s+tiết|tin)|nội\s+dung|bài\s+viết)(?:\s.*)?")
_LONGEST = 100
"""Letters of a section's name, at most."""
_MOST_STEPS, _MOST_TRAILS = 12, 8
"""A longer one is a menu; and a page that calls more than a few its trail is broken."""


def section(page: Page, title: str) -> str | None:
    """The last page of the trail over an article that is neither the home page nor the article's own.

    As it is printed where a trail is, else as the page states it for machines (schema.org BreadcrumbList).
    """
    if not any(mark in page.body for mark in _MARKS):
        return None
    for trail in (*_printed(page), *_stated(page)):
        names = [name for name in trail if _is_section(name, title)]
        if names:
            return names[-1]
    return None


def _is_section(name: str, title: str) -> bool:
    plain = name.lower().strip(" »›>/|-")
    if not plain or len(name) > _LONGEST or _HOME.fullmatch(plain) or _PAGE_NAME.fullmatch(plain):
        return False
    start = plain.rstrip(".… ")
    return not (head.same(name, title) or (len(start) > 20 and title.lower().startswith(start)))


def _printed(page: Page) -> Iterator[list[str]]:
    for trail in _TRAILS(page.tree)[:_MOST_TRAILS]:
        lines = (line for link in trail.iter("a") if (line := text.line(link)))
        links = list(islice(lines, _MOST_STEPS + 1))
        if 0 < len(links) <= _MOST_STEPS:
            yield links


def _stated(page: Page) -> Iterator[list[str]]:
    for script in _JSON_LD(page.tree):
        try:
            value = json.loads(script)
        except (ValueError, RecursionError):
            continue
        nodes = value if isinstance(value, list) else [value]
        yield from (_names(node) for node in nodes if isinstance(node, dict) and node.get("@type") == "BreadcrumbList")


def _names(trail: dict[str, Any]) -> list[str]:
    steps = trail.get("itemListElement")
    found = []
    for step in steps[:_MOST_STEPS] if isinstance(steps, list) else ():
        item = step.get("item") if isinstance(step, dict) else None
        name = (step.get("name") if isinstance(step, dict) else None) or (
            item.get("name") if isinstance(item, dict) else None
        )
        if isinstance(name, str) and (line := text.clean(name)):
            found.append(line)
    return found
