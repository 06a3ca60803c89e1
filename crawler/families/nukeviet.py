"""NukeViet 4.x: its news module."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.records import Kind
from crawler.families import _marked, generic
from crawler.parsers.page import Page
from crawler.parsers.xpath import css, elements

READER = "nukeviet/1"
VERIFIED = True

_FINGERPRINT = (b'content="NukeViet', b"nv_base_siteurl", b"nv_module_name")
_OTHER_VIEW = re.compile(r"/(?:print|savefile|sendmail)(?=/[^/]+/[^/]+-\d+)")
_ARTICLE = re.compile(r"/[^/?]+-(\d+)\.html?\Z|/[^/?]+-(\d+)/?\Z")
_LANGUAGES = ("vi", "en")
_BLOCKED = b"Your request is blocked"
"""With status 200, in place of the page."""
_MARKS = _marked.Marks(
    title=css('h1[itemprop="headline"], .news_column h1, h1.title'),
    body=css("#news-bodyhtml"),
    summary=css(".hometext"),
    time=css('[itemprop="datePublished"], .news_column .h5'),
    updated=css('[itemprop="dateModified"]'),
    author=elements('//p[contains(@class, "text-right")][strong[contains(., "Tác giả")]]'),
    source=elements('//p[contains(@class, "text-right")][strong[contains(., "Nguồn")]]'),
    entries=css(".news_column, .viewcat, .list-news"),
)


def canonical(url: str) -> str:
    """The article's own address for its print and download addresses; else as any address."""
    return _OTHER_VIEW.sub("", generic.canonical(url))


def identity(url: str) -> str | None:
    """`<module>:<id>`, where the address has module, category and article."""
    steps = [step for step in urlsplit(canonical(url)).path.split("/") if step]
    if steps and steps[0] in _LANGUAGES:
        steps = steps[1:]
    found = _ARTICLE.search("/" + "/".join(steps))
    return f"{steps[0]}:{found[1] or found[2]}" if found and len(steps) > 2 else None


_SOFTWARE = _marked.Software(
    fingerprint=_FINGERPRINT, address=_ARTICLE, marks=_MARKS, identity=identity, canonical=canonical
)
recognises = _SOFTWARE.recognises
key = _SOFTWARE.key
links = _SOFTWARE.links
article = _SOFTWARE.article


def kind(page: Page) -> Kind:
    """ARTICLE where the news module prints one in full."""
    return Kind.OTHER if _BLOCKED in page.body[:2000] else _SOFTWARE.kind(page)
