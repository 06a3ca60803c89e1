"""Joomla's own articles, and those of its extension K2."""

from __future__ import annotations

import re

from crawler.families import _marked
from crawler.families.generic import canonical
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


def identity(url: str) -> str | None:
    """`article:<id>` where the address has the number."""
    found = _ARTICLE.search(canonical(url))
    return f"article:{found[1] or found[2]}" if found else None


_SOFTWARE = _marked.Software(fingerprint=_FINGERPRINT, address=_ARTICLE, marks=_MARKS, identity=identity)
recognises = _SOFTWARE.recognises
key = _SOFTWARE.key
kind = _SOFTWARE.kind
links = _SOFTWARE.links
article = _SOFTWARE.article
