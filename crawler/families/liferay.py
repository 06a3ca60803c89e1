"""Liferay 6.x and 7.x: the asset publisher's articles and lists, and vendors' layers over it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import html

from archive.records import Article, Kind, Link
from crawler.families import _liferay_assets, _liferay_urls, _liferay_vendors
from crawler.families._liferay_urls import canonical
from crawler.parsers import bylines, head, text, urls
from crawler.parsers.links import Pages, further_pages, harvest, is_paging
from crawler.parsers.page import Page
from crawler.parsers.story import Story
from crawler.parsers.tokens import tokens
from crawler.parsers.xpath import css, holds

READER = "liferay/1"
VERIFIED = True

_FINGERPRINT = (
    b"Liferay.",
    b"portlet-boundary_",
    b"p_p_id_",
    b"data-senna-track",
    b"/combo/?browserId=",
    b"everything.jsp",
)
_LISTS = holds(
    'descendant::*[contains(@class, "asset-abstract") or contains(@class, "title-list") or '
    'contains(@class, "taglib-page-iterator") or contains(@class, "asset-entries-group-label")]'
)
_PAGE_NUMBERS = css("a.journal-article-page-number")
_LIST_ENTRY = tokens("asset-title title-list news-title wd-other-news")
_ROUTE_KINDS = re.compile(r"/-/asset_publisher/[^/]+/[^/]+/[^/]+|/w/[^/?]+\Z")
_HOME = re.compile(r"(?:/[a-z]{2})?(?:/web/[^/]+)?(?:/(?:home|trang-chu|trangchu|index))?/?\Z")
_FEW = 3
"""Links to articles that make a page a listing."""


def recognises(page: Page) -> bool:
    """Whether the page carries Liferay's marks (6.x and 7.x)."""
    return "liferay-portal" in page.headers or any(mark in page.body for mark in _FINGERPRINT)


def identity(url: str) -> str | None:
    """`entry:N` where the asset publisher's address names the entry."""
    asset = _liferay_urls.asset(url)
    return f"entry:{asset.entry}" if asset and asset.entry else None


def key(page: Page) -> str:
    """`entry:N` where an asset publisher's address or, under such an address, the page says so; else
    `title:<group or site>/<urlTitle>`; else `url:<address>`.

    An entry id within a page is trusted under an asset publisher's address only: on vendors' pages and
    rewritten paths it may be the same on all articles.
    """
    asset = _liferay_urls.asset(page.url)
    if asset is None:
        return f"url:{_identity(page.url)}"
    entry = asset.entry or _liferay_assets.entry(page)
    return f"entry:{entry}" if entry else f"title:{asset.group}/{asset.title}"


def kind(page: Page) -> Kind:
    """ARTICLE where one asset is shown in full (a line or a link will do), LISTING where lists are.

    Vendors' templates print lists beside an article too: at an article's address they are no listing.
    """
    if _liferay_vendors.layer(page):
        return Kind.ARTICLE
    full = _liferay_assets.full(page)
    address = urlsplit(canonical(page.url))
    if full and (_liferay_urls.asset(page.url) or (len(full) == 1 and (address.path != "/" or address.query))):
        return Kind.PART if _parts(page) is None else Kind.ARTICLE
    is_home = not address.query and bool(_HOME.match(address.path))
    if is_home:
        return Kind.LISTING
    if _liferay_urls.asset(page.url) or _liferay_vendors.ARTICLE_LINK.search(page.url):
        return Kind.PAGE
    if full or _LISTS(page.tree):
        return Kind.LISTING
    articles = {link.url for link in links(page) if link.kind is Kind.ARTICLE}
    return Kind.LISTING if len(articles) >= _FEW else Kind.PAGE


def _parts(page: Page) -> Pages | None:
    return further_pages(page, _PAGE_NUMBERS(page.tree), canonical)


def links(page: Page) -> tuple[Link, ...]:
    """The site's addresses on the page; articles by their route, a vendor's address or the list's markup."""
    return harvest(page, canonical, _kind_of)


def article(page: Page, portal: object) -> Article | None:
    """The asset shown in full, or a vendor's article; None where there is neither title nor text."""
    del portal  # no options yet
    if vendor := _liferay_vendors.layer(page):
        return _of_vendor(page, *vendor).article(key(page), canonical(page.url))
    full = _liferay_assets.full(page)
    if not full:
        return None
    asset = full[0]
    content, out = asset.content, {*asset.left_out, *_PAGE_NUMBERS(asset.content)}
    found = text.blocks(content, out)
    title = _liferay_assets.title(page, asset, found)
    start = head.split(found, title, content)
    bar = _liferay_assets.bar(asset)
    published, updated = head.time_of((*bar.stamps, *start.stamps))
    byline = bylines.find(start.body)
    story = Story(
        page=page,
        root=content,
        out=out,
        title=title,
        summary=start.summary,
        blocks=start.body,
        author=byline.author or bar.author,
        source=byline.source,
        published_at=published,
        updated_at=updated,
        section=bar.section,
        parts=_parts(page) or (),
    )
    return story.article(key(page), canonical(page.url))


def _of_vendor(page: Page, layer: _liferay_vendors.Layer, content: html.HtmlElement) -> Story:
    out = set(layer.others(content))
    title = layer.read(layer.title, page) or _liferay_assets.page_title(page, [])
    start = head.split(text.blocks(content, out), title, content)
    published, updated = head.time_of((*layer.stamps(page), *start.stamps))
    byline = bylines.find(start.body)
    author = layer.read(layer.author, page)
    source = layer.read(layer.source, page)
    return Story(
        page=page,
        root=content,
        out=out,
        title=title,
        summary=layer.read(layer.summary, page) or start.summary,
        blocks=start.body,
        author=(author and (bylines.read(author).author or author)) or byline.author,
        source=(source and (bylines.read(source).source or source)) or byline.source,
        published_at=published,
        updated_at=updated,
    )


def _kind_of(url: str, element: html.HtmlElement) -> Kind | None:
    if "/-/" in url or "sset" in url or "/w/" in url:
        if _liferay_urls.is_feed(url):
            return Kind.FEED
        if _ROUTE_KINDS.search(url) or _liferay_urls.asset(url):
            return Kind.ARTICLE
    if "p_p_lifecycle=2" in url:
        return None
    if "?" in url:
        if _liferay_vendors.ARTICLE_LINK.search(url):
            return Kind.ARTICLE
        if is_paging(url):
            return Kind.LISTING
    return Kind.ARTICLE if _is_list_entry(element) else Kind.PAGE


def _is_list_entry(element: html.HtmlElement) -> bool:
    """Whether the link, or the `h3` or `li` around it, is marked as an entry of a list of assets."""
    names = element.get("class")
    if names and not _LIST_ENTRY.isdisjoint(names.split()):
        return True
    parent = element.getparent()
    names = parent.get("class") if parent is not None else None
    return bool(names) and not _LIST_ENTRY.isdisjoint(str(names).split())


def _identity(url: str) -> str:
    """Path and query without what chooses only the column an article is shown under."""
    parts = urlsplit(canonical(url))
    if not _liferay_vendors.ARTICLE_LINK.search(url):
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    pairs = [pair for pair in urls.query_pairs(parts.query) if pair[0] not in _liferay_vendors.PRESENTATION]
    return urls.with_query(parts.path, pairs)
