"""Joomla's own articles, and those of its extension K2."""

from __future__ import annotations

import re

from archive.records import Article, Kind, Link
from crawler.families import _marked, generic
from crawler.families.generic import canonical
from crawler.parsers.page import Page
from crawler.parsers.xpath import css

READER = "joomla/1"
VERIFIED = False

_FINGERPRINT = (b'content="Joomla', b"/media/jui/", b"/media/system/js/core", b"k2Container")
_ARTICLE = re.compile(r"/(?:item/)?(\d+)-[^/?]+(?:\.html)?\Z|[?&]view=(?:article|item)&(?:[^#]*&)?id=(\d+)")
_MARKS = _marked.Marks(
    title=css('.item-page h1[itemprop="headline"], .item-page h2[itemprop="headline"], .item-page .page-header h1,'
              " .item-page .page-header h2, .itemTitle"),
    body=css('.item-page [itemprop="articleBody"], .com-content-article__body, .itemBody .itemFullText'),
    summary=css(".itemIntroText"),
    time=css('.item-page time[itemprop="datePublished"], .item-page .published time, .itemDateCreated'),
    updated=css('.item-page time[itemprop="dateModified"], .itemDateModified'),
    section=css(".item-page .category-name a, .itemCategory a"),
    out=css(".pager, .pagination, .item-page ul.tags"),
    entries=css(".blog .blog-item, .items-row, .category-list, .itemList .catItemView"),
)  # fmt: skip


def recognises(page: Page) -> bool:
    """Whether the page carries Joomla's marks."""
    return any(mark in page.body for mark in _FINGERPRINT)


def identity(url: str) -> str | None:
    """`article:<id>` where the address has the number."""
    found = _ARTICLE.search(canonical(url))
    return f"article:{found[1] or found[2]}" if found else None


def key(page: Page) -> str:
    """`article:<id>`, else the address."""
    return identity(page.url) or generic.key(page)


def kind(page: Page) -> Kind:
    """ARTICLE where one item is printed in full."""
    return _marked.kind(page, _MARKS)


def links(page: Page) -> tuple[Link, ...]:
    """The site's addresses on the page; articles by the number before their name."""
    return _marked.links(page, canonical, _ARTICLE)


def article(page: Page, portal: object) -> Article | None:
    """The article; the account that posted it is not its author."""
    del portal  # no options
    return _marked.article(page, _MARKS, key(page), canonical(page.url))
