"""WordPress. A block theme and a classic one of a real installation have confirmed the rules."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.records import Kind
from crawler.families import _marked
from crawler.parsers.page import Page
from crawler.parsers.xpath import css, elements, holds, strings

READER = "wordpress/1"
VERIFIED = True

_FINGERPRINT = (b"/wp-includes/", b'content="WordPress')
_ARTICLE = re.compile(r"[?&]p=\d+|/\d{4}/\d{2}/(?:\d{2}/)?[^/?]+/?\Z|/archives/\d+")
_POST = re.compile(r"\bpost(?:id)?-(\d+)\b")
_SHORTLINK = strings('//link[@rel="shortlink"]/@href')
_IDS = strings("//body/@class | //article/@id | //main//*[starts-with(@id, 'post-')]/@id")
_LISTS = holds('//body[contains(@class, "archive ") or contains(@class, "blog ") or contains(@class, "search ")]')
"""A month or a tag with one post prints it in full, under its own number."""
_FOR_A_PASSWORD = elements('//form[contains(@class, "post-password-form")]')
_MARKS = _marked.Marks(
    title=css("h1.entry-title, h1.wp-block-post-title, h1.post-title, .entry-header h1, .single h1"),
    body=css(".entry-content, .wp-block-post-content, .post-content"),
    time=css("time.published, time.entry-date, .wp-block-post-date time, .posted-on time"),
    updated=css("time.updated:not(.published), .wp-block-post-date__modified-date time"),
    section=css('.cat-links a, .wp-block-post-terms a[rel~="tag"], a[rel~="category"]'),
    out=css(
        ".sharedaddy, .jp-relatedposts, .post-navigation, .page-links, .post-nav-links, .addtoany_share_save_container"
    ),
    parts=css(".page-links a, a.post-page-numbers"),
    entries=css(".archive article, .blog article, .wp-block-post-template > li"),
)


def identity(url: str) -> str | None:
    """`post:<id>` where the address is the post's plain one."""
    found = re.search(r"(?:^|&)p=(\d+)", urlsplit(url).query)
    return f"post:{found[1]}" if found else None


def _named(page: Page) -> str | None:
    if known := next(filter(None, map(identity, _SHORTLINK(page.tree))), None):
        return known
    found = next((match for names in _IDS(page.tree) if (match := _POST.search(names))), None)
    return f"post:{found[1]}" if found else None


_SOFTWARE = _marked.Software(fingerprint=_FINGERPRINT, address=_ARTICLE, marks=_MARKS, identity=identity, named=_named)
recognises = _SOFTWARE.recognises
canonical = _SOFTWARE.canonical
key = _SOFTWARE.key
links = _SOFTWARE.links
article = _SOFTWARE.article


def kind(page: Page) -> Kind:
    """ARTICLE where one post is printed in full; OTHER for a form that asks for its password."""
    if _FOR_A_PASSWORD(page.tree):
        return Kind.OTHER
    return Kind.LISTING if _LISTS(page.tree) else _SOFTWARE.kind(page)
