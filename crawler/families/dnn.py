"""DNN (DotNetNuke): its News Articles module."""

from __future__ import annotations

import re

from crawler.families import _marked
from crawler.families.generic import canonical
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
    parts=css(".articlePaging a"),
    entries=css(".articleList, .article_pager"),
)


def identity(url: str) -> str | None:
    """`article:<id>` where the address has the number."""
    found = _ARTICLE.search(canonical(url))
    return f"article:{found[1] or found[2] or found[3]}" if found else None


_SOFTWARE = _marked.Software(fingerprint=_FINGERPRINT, address=_ARTICLE, marks=_MARKS, identity=identity)
recognises = _SOFTWARE.recognises
key = _SOFTWARE.key
kind = _SOFTWARE.kind
links = _SOFTWARE.links
article = _SOFTWARE.article
