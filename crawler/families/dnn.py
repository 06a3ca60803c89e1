"""DNN (DotNetNuke): its News Articles module."""

from __future__ import annotations

import re

from archive.records import Article, Kind, Link
from crawler.families import _marked, generic
from crawler.families.generic import canonical
from crawler.parsers.page import Page
from crawler.parsers.xpath import css

READER = "dnn/1"
VERIFIED = False

_FINGERPRINT = (b'content="DotNetNuke', b"dnn_ctr", b"/DesktopModules/", b"dnnVariable")
_ARTICLE = re.compile(r"/articleid/(\d+)|[?&](?:articleid|newsid|itemid)=(\d+)|/id/(\d+)/", re.IGNORECASE)
_MARKS = _marked.Marks(
    title=css(".articleHeadline h1, .articleHeadline, h1.edn_articleTitle"),
    body=css(".articleEntry, .edn_articleContent"),
    summary=css(".articleSummary, .edn_articleSummary"),
    time=css(".articleDate, .article .date, .edn_articleDate time"),
    section=css(".articleCategories a"),
    out=css(".articlePaging, .articleRelated, .articleShare"),
    entries=css(".articleList, .article_pager"),
)


def recognises(page: Page) -> bool:
    """Whether the page carries DNN's marks."""
    return any(mark in page.body for mark in _FINGERPRINT)


def identity(url: str) -> str | None:
    """`article:<id>` where the address has the number."""
    found = _ARTICLE.search(canonical(url))
    return f"article:{found[1] or found[2] or found[3]}" if found else None


def key(page: Page) -> str:
    """`article:<id>`, else the address."""
    return identity(page.url) or generic.key(page)


def kind(page: Page) -> Kind:
    """ARTICLE where one article is printed in full."""
    return _marked.kind(page, _MARKS)


def links(page: Page) -> tuple[Link, ...]:
    """The site's addresses on the page; articles by their number. Pages behind `__doPostBack` have no address."""
    return _marked.links(page, canonical, _ARTICLE)


def article(page: Page, portal: object) -> Article | None:
    """The article."""
    del portal  # no options
    return _marked.article(page, _MARKS, key(page), canonical(page.url))
