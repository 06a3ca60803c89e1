"""VCCorp's platform: chinhphu.vn and the government's newspaper."""

from __future__ import annotations

import re

from crawler.families import _marked
from crawler.families.generic import canonical
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


def identity(url: str) -> str | None:
    """`news:<id>` where the address ends with the number."""
    found = _ARTICLE.search(canonical(url))
    return f"news:{found[1]}" if found else None


_SOFTWARE = _marked.Software(fingerprint=_FINGERPRINT, address=_ARTICLE, marks=_MARKS, identity=identity)
recognises = _SOFTWARE.recognises
key = _SOFTWARE.key
kind = _SOFTWARE.kind
links = _SOFTWARE.links
article = _SOFTWARE.article
