"""VCCorp's platform: chinhphu.vn and the government's newspaper."""

from __future__ import annotations

import re

from archive.records import Article, Kind, Link
from crawler.families import _marked, generic
from crawler.families.generic import canonical
from crawler.parsers.page import Page
from crawler.parsers.xpath import css

READER = "vccorp/1"
VERIFIED = False

_FINGERPRINT = (b"zone--related", b'data-role="sapo"', b"detail-sapo")
_ARTICLE = re.compile(r"-(\d{9,})\.(?:html?|chn)\Z")
_MARKS = _marked.Marks(
    title=css('h1.article-title, h1.detail-title, h1[data-role="title"]'),
    body=css('[data-role="content"], .detail-content, .article-content'),
    summary=css('[data-role="sapo"], h2.detail-sapo, .article-sapo, .detail__sapo'),
    time=css('[data-role="publishdate"], .detail-time, .article-date'),
    author=css('[data-role="author"], .detail-author, .article-author'),
    section=css('[data-role="cate-name"], .detail-cate a'),
    out=css('.zone--related, [type="RelatedOneNews"], .VCSortableInPreviewMode[type="RelatedNews"], .relate-container'),
    entries=css(".box-category-item, .box-stream-item"),
)


def recognises(page: Page) -> bool:
    """Whether the page carries the platform's marks."""
    return any(mark in page.body for mark in _FINGERPRINT)


def identity(url: str) -> str | None:
    """`news:<id>` where the address ends with the number."""
    found = _ARTICLE.search(canonical(url))
    return f"news:{found[1]}" if found else None


def key(page: Page) -> str:
    """`news:<id>`, else the address."""
    return identity(page.url) or generic.key(page)


def kind(page: Page) -> Kind:
    """ARTICLE where one article is printed in full."""
    return _marked.kind(page, _MARKS)


def links(page: Page) -> tuple[Link, ...]:
    """The site's addresses on the page; articles by the number at their end."""
    return _marked.links(page, canonical, _ARTICLE)


def article(page: Page, portal: object) -> Article | None:
    """The article."""
    del portal  # no options
    return _marked.article(page, _MARKS, key(page), canonical(page.url))
