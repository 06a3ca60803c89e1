"""Drupal 7 to 10: a node shown in full."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.families import _marked
from crawler.parsers.page import Page
from crawler.parsers.xpath import css, strings

READER = "drupal/1"
VERIFIED = False

_FINGERPRINT = (b'content="Drupal', b"drupal-settings-json", b"Drupal.settings")
_NODE = re.compile(r"/node/(\d+)\b")
_IDS = strings('//article/@data-history-node-id | //link[@rel="shortlink"]/@href | //*[starts-with(@id, "node-")]/@id')
_MARKS = _marked.Marks(
    title=css("h1.page-title, h1.page-header, h1#page-title, h1.title, .node__title"),
    body=css(".node--view-mode-full .field--name-body, .node .field-name-body, article .field--name-body"),
    summary=css(".field--name-field-summary, .field-name-field-summary, .field--name-field-sapo"),
    time=css(".node__submitted time, .node__meta time, .submitted time, .submitted span[content], .submitted"),
    section=css(".field--name-field-category a, .field--name-field-chuyen-muc a"),
    out=css(".links.inline, .book-navigation"),
    entries=css(".view-content .views-row, .node--view-mode-teaser, .node-teaser"),
)


def identity(url: str) -> str | None:
    """`node:<id>` where the address is the node's plain one."""
    found = _NODE.search(urlsplit(url).path)
    return f"node:{found[1]}" if found else None


def _named(page: Page) -> str | None:
    found = next((match for names in _IDS(page.tree) if (match := re.search(r"(\d+)\Z", names))), None)
    return f"node:{found[1]}" if found else None


_SOFTWARE = _marked.Software(fingerprint=_FINGERPRINT, address=_NODE, marks=_MARKS, identity=identity, named=_named)
canonical = _SOFTWARE.canonical
key = _SOFTWARE.key
kind = _SOFTWARE.kind
links = _SOFTWARE.links
article = _SOFTWARE.article


def recognises(page: Page) -> bool:
    """Whether the page, or its server, carries Drupal's marks."""
    return "Drupal" in page.headers.get("x-generator", "") or _SOFTWARE.recognises(page)
