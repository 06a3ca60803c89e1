"""WordPress. A block theme of a real installation has confirmed the rules; those for classic themes are unproven."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.records import Article, Kind, Link
from crawler.families import _marked, generic
from crawler.families.generic import canonical
from crawler.parsers.page import Page
from crawler.parsers.xpath import css, elements, strings

READER = "wordpress/1"
VERIFIED = True

_FINGERPRINT = (b"/wp-includes/", b'content="WordPress')
_ARTICLE = re.compile(r"[?&]p=\d+|/\d{4}/\d{2}/(?:\d{2}/)?[^/?]+/?\Z|/archives/\d+")
_POST = re.compile(r"\bpost(?:id)?-(\d+)\b")
_SHORTLINK = strings('//link[@rel="shortlink"]/@href')
_IDS = strings("//body/@class | //article/@id | //main//*[starts-with(@id, 'post-')]/@id")
_NOT_THE_POST = elements(
    '//form[contains(@class, "post-password-form")]'
    ' | //*[contains(@class, "page-links")]//*[@aria-current="page" or contains(@class, "current")][.!="1"]'
)
_MARKS = _marked.Marks(
    title=css("h1.entry-title, h1.wp-block-post-title, h1.post-title, .entry-header h1, .single h1"),
    body=css(".entry-content, .wp-block-post-content, .post-content"),
    time=css("time.published, time.entry-date, .wp-block-post-date time, .posted-on time"),
    updated=css("time.updated:not(.published), .wp-block-post-date__modified-date time"),
    section=css('.cat-links a, .wp-block-post-terms a[rel~="tag"], a[rel~="category"]'),
    out=css(".sharedaddy, .jp-relatedposts, .post-navigation, .page-links, .addtoany_share_save_container"),
    entries=css(".archive article, .blog article, .wp-block-post-template > li"),
)


def recognises(page: Page) -> bool:
    """Whether the page carries WordPress's marks."""
    return any(mark in page.body for mark in _FINGERPRINT)


def identity(url: str) -> str | None:
    """`post:<id>` where the address is the post's plain one."""
    found = re.search(r"(?:^|&)p=(\d+)", urlsplit(url).query)
    return f"post:{found[1]}" if found else None


def key(page: Page) -> str:
    """`post:<id>` as the address or the page tells it, else the address."""
    if known := identity(page.url):
        return known
    for address in _SHORTLINK(page.tree):
        if known := identity(address):
            return known
    found = next((match for names in _IDS(page.tree) if (match := _POST.search(names))), None)
    return f"post:{found[1]}" if found else generic.key(page)


def kind(page: Page) -> Kind:
    """ARTICLE where one post is printed in full, from its first page; OTHER for a form that asks for its password."""
    return Kind.OTHER if _NOT_THE_POST(page.tree) else _marked.kind(page, _MARKS)


def links(page: Page) -> tuple[Link, ...]:
    """The site's addresses on the page; posts by their date or number."""
    return _marked.links(page, canonical, _ARTICLE)


def article(page: Page, portal: object) -> Article | None:
    """The post; the account that posted it is not its author."""
    del portal  # no options
    return _marked.article(page, _MARKS, key(page), canonical(page.url))
