"""SharePoint: publishing pages, and vendors' article pages over its lists. The ribbon stands outside of both."""

from __future__ import annotations

import re

from crawler.families import _marked
from crawler.families.generic import canonical
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


def identity(url: str) -> str | None:
    """`<page>:<id>` where the address has the number of a list's item."""
    address = canonical(url)
    found = _ARTICLE.search(address)
    page = address.partition("?")[0].rpartition("/")[2].lower()
    return f"{page}:{found[1]}" if found else None


_SOFTWARE = _marked.Software(fingerprint=_FINGERPRINT, address=_ARTICLE, marks=_MARKS, identity=identity)
recognises = _SOFTWARE.recognises
key = _SOFTWARE.key
kind = _SOFTWARE.kind
links = _SOFTWARE.links
article = _SOFTWARE.article
