"""The portal software of Cần Thơ, and probably of VNPT's portals: classes `ArticleContent` and kin."""

from __future__ import annotations

import re

from archive.records import Article, Kind, Link
from crawler.families import _marked, generic
from crawler.families.generic import canonical
from crawler.parsers.page import Page
from crawler.parsers.xpath import css

READER = "articlecontent/1"
VERIFIED = False

_FINGERPRINT = re.compile(rb'class="[^"]*\b(?:ArticleContent|ArticleBody|PostContent|ArticleHeader|ArticleSummary)\b')
_ARTICLE = re.compile(r"[-/](\d{3,})(?:\.html?)?\Z|[?&]id=(\d+)")
_MARKS = _marked.Marks(
    title=css(".ArticleHeader, .PostTitle"),
    body=css(".ArticleContent, .PostContent, .ArticleBody"),
    summary=css(".ArticleSummary, .PostSummary"),
    time=css(".ArticleDate, .PostDate"),
    author=css(".ArticleAuthor, .PostAuthor"),
    source=css(".ArticleSource, .PostSource"),
    entries=css(".ArticleList, .PostList"),
)


def recognises(page: Page) -> bool:
    """Whether the page has the software's classes."""
    return bool(_FINGERPRINT.search(page.body))


def identity(url: str) -> str | None:
    """None: no address of this software has been confirmed."""
    return None


def key(page: Page) -> str:
    """The address."""
    return generic.key(page)


def kind(page: Page) -> Kind:
    """ARTICLE where one text is printed in full."""
    return _marked.kind(page, _MARKS)


def links(page: Page) -> tuple[Link, ...]:
    """The site's addresses on the page; articles by the number at their end."""
    return _marked.links(page, canonical, _ARTICLE)


def article(page: Page, portal: object) -> Article | None:
    """The article."""
    del portal  # no options
    return _marked.article(page, _MARKS, key(page), canonical(page.url))
