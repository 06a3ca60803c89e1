"""The portal software of Cần Thơ, and probably of VNPT's portals: classes `ArticleContent` and kin."""

from __future__ import annotations

import re

from crawler.families import _marked
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


_SOFTWARE = _marked.Software(address=_ARTICLE, marks=_MARKS, identity=identity)
canonical = _SOFTWARE.canonical
key = _SOFTWARE.key
kind = _SOFTWARE.kind
links = _SOFTWARE.links
article = _SOFTWARE.article
