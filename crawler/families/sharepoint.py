"""SharePoint: publishing pages, and vendors' article pages over its lists."""

from __future__ import annotations

import re

from archive.records import Article, Kind, Link
from crawler.families import _marked, generic
from crawler.families.generic import canonical
from crawler.parsers.page import Page
from crawler.parsers.xpath import css

READER = "sharepoint/1"
VERIFIED = False

_FINGERPRINT = (b"_spPageContextInfo", b"s4-workspace", b'content="Microsoft SharePoint', b"MSOWebPartPage")
_ARTICLE = re.compile(r"[?&](?:nid|itemid|newsid|id)=(\d+)", re.IGNORECASE)
_PAGE = "#s4-bodyContainer"
_MARKS = _marked.Marks(
    title=css(f"{_PAGE} h1.title, {_PAGE} .article-title, {_PAGE} .news-title, {_PAGE} h1"),
    body=css(f'{_PAGE} [id$="RichHtmlField"], {_PAGE} .ms-rtestate-field'),
    summary=css(f"{_PAGE} .sapo, {_PAGE} .news-summary"),
    time=css(f"{_PAGE} .article-date, {_PAGE} .news-date, {_PAGE} .date"),
    author=css(f"{_PAGE} .article-author, {_PAGE} .news-author"),
    entries=css(".ms-listviewtable, .dfwp-list, .cbq-layout-main"),
)


def recognises(page: Page) -> bool:
    """Whether the page carries SharePoint's marks."""
    return any(mark in page.body for mark in _FINGERPRINT)


def identity(url: str) -> str | None:
    """`<page>:<id>` where the address has the number of a list's item."""
    address = canonical(url)
    found = _ARTICLE.search(address)
    page = address.partition("?")[0].rpartition("/")[2].lower()
    return f"{page}:{found[1]}" if found else None


def key(page: Page) -> str:
    """`<page>:<id>`, else the address."""
    return identity(page.url) or generic.key(page)


def kind(page: Page) -> Kind:
    """ARTICLE where one text field is printed under a title."""
    return _marked.kind(page, _MARKS)


def links(page: Page) -> tuple[Link, ...]:
    """The site's addresses on the page; articles by the number of their list's item."""
    return _marked.links(page, canonical, _ARTICLE)


def article(page: Page, portal: object) -> Article | None:
    """The article; the ribbon's text stands outside of its fields."""
    del portal  # no options
    return _marked.article(page, _MARKS, key(page), canonical(page.url))
