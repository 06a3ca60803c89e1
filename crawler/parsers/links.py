"""The addresses of one portal that a page leads to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from lxml import html

from archive.records import Kind, Link
from crawler.parsers import attachments, text, urls
from crawler.parsers.page import Page
from crawler.parsers.tokens import tokens
from crawler.parsers.xpath import elements

KindOf = Callable[[str, html.HtmlElement], Kind | None]
"""A family's judgement of a canonical address and the element that names it; None leaves the address out."""

Pages = tuple[str, ...]
"""Addresses of an article's further pages, in order."""

_JUMP_MENUS = elements("descendant::select[contains(@name, 'cur')]")
_STEPS_OUT = tokens(
    """
    login logout signin signup sign-in dang-nhap dang-xuat dang-ky register user users print inbai in-bai
    savefile sendmail send-mail gui-mail tim-kiem search seek combo calendar wp-login.php wp-admin wp-json
    """
)
"""Steps of a path that lead to no page of the portal's own text."""
_ENDINGS_OUT = tokens(
    """
    css js woff woff2 ttf eot ico ics map jpg jpeg png gif bmp webp svg mp3 mp4 avi flv wmv swf
    """
)
_PATHS_OUT = ("/c/portal/", "/html/js", "/banners/click", "/_layouts/15/auth", "/_layouts/15/sign")
_QUERY_OUT = re.compile(
    r"(?:^|&)(?:languageid|tukhoa|keywords?|q|nv_redirect|nvvithemever|print|viewmode=print|p_p_lifecycle=1"
    r"|p_p_state=(?:pop_up|exclusive))\b|struts_action=[^&]*export"
)
_LANGUAGES = tokens("en en_us en-us fr zh cn ja jp ko kr ru lo km")
_FEED_TYPE = re.compile(r"application/(?:rss|atom)\+xml|text/xml")
_QUOTED = re.compile(r"'([^']{2,2000})'|\"([^\"]{2,2000})\"")
_SCRIPT_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})|\\(/)")
_NUMBER = re.compile(r"\D{0,15}?(\d{1,3})\W{0,3}")
"""The text of a pager's link: `2`, `[2]`, `Trang 2`, `Page 2`."""
_FEED_ADDRESS = re.compile(r"/rss(?:/|\Z)|[./]rss\b")
_HOME = re.compile(r"/(?:vi/?|index\.\w+|default\.aspx|trang-chu\w*|home)?\Z", re.IGNORECASE)
_PAGING = re.compile(
    r"[?&](?:page|p|trang|paged|pageindex|pagenumber|currentpage|pageno|start|offset|\w*_cur|cur)=\d+(?:&|\Z)"
    r"|/(?:page|trang)[-/]\d+/?(?:\.html?)?\Z",
    re.IGNORECASE,
)


def further_pages(page: Page, pager: Iterable[html.HtmlElement], canonical: Callable[[str], str]) -> Pages | None:
    """The further pages of an article that is split over several, in order, by the links of its pager.

    None on a further page itself: its pager links page 1. An address that would fall together with the
    article's own in the canonical form is left as it is.
    """
    found: dict[str, None] = {}
    own = canonical(page.url)
    for link in pager:
        number, url = _NUMBER.fullmatch(text.line(link)), page.absolute(link.get("href"))
        if number and number[1] == "1":
            return None
        if number and url and urls.site(url) == urls.site(page.url):
            found[url if canonical(url) == own else canonical(url)] = None
    return tuple(found)


def harvest(page: Page, canonical: Callable[[str], str], kind_of: KindOf) -> tuple[Link, ...]:
    """The page's links within its own host (with or without `www.`, http or https), canonical, each once.

    Copies in other languages (`/en/…`) are left out, unless the page is itself in that language.
    """
    own_site = urls.site(page.url)
    base = page.base
    origin = urls.join(base, "/") or base
    language = next((step for step in page.url.lower().split("/")[3:5] if step in _LANGUAGES), "vi")
    found: dict[str, Link] = {}
    seen: set[str] = set()
    for element, reference in _references(page):
        if reference in seen:
            continue
        seen.add(reference)
        start = origin if reference[0] == "/" and reference[1:2] != "/" else base
        url = _address(start, reference, own_site, language, canonical)
        if url is None:
            continue
        kind = None if url in found else _kind(url, element, kind_of)
        if kind is not None:
            found[url] = Link(url=url, kind=kind)
    return tuple(found.values())


@lru_cache(maxsize=20_000)
def _address(start: str, reference: str, own_site: str, language: str, canonical: Callable[[str], str]) -> str | None:
    """The canonical address of a reference; None where it leads out. A menu's references are on every page."""
    url = urls.join(start, reference)
    if url is None or urls.site(url) != own_site or _leads_out(url, language):
        return None
    return canonical(url)


def by_address(article: re.Pattern[str]) -> KindOf:
    """The judgement that goes by the address: further pages of lists, feeds, and articles by a pattern."""

    def kind_of(url: str, element: html.HtmlElement) -> Kind | None:
        if is_paging(url) or element.get("rel") in ("next", "prev"):
            return Kind.LISTING
        if "rss" in url and _FEED_ADDRESS.search(url):
            return Kind.FEED
        return Kind.ARTICLE if article.search(url) else Kind.PAGE

    return kind_of


def is_home(url: str) -> bool:
    """Whether an address is a home page by its path: it leads to articles and is none."""
    parts = urlsplit(url)
    return bool(_HOME.match(parts.path)) and not parts.query


def is_paging(url: str) -> bool:
    """Whether an address is a further page of a list."""
    return ("=" in url or "page" in url or "trang" in url) and bool(_PAGING.search(url))


def _leads_out(url: str, language: str) -> bool:
    """Whether an address is none of the portal's texts: log-ins, searches, prints, scripts, translations."""
    lower = url.lower()
    path, _, query = lower.partition("?")
    steps = path.split("/")[3:]
    if not _STEPS_OUT.isdisjoint(steps) or ("." in steps[-1] and steps[-1].rpartition(".")[2] in _ENDINGS_OUT):
        return True
    if any(part in path for part in _PATHS_OUT) or (query and _QUERY_OUT.search(query)):
        return True
    first = steps[1] if steps[0] == "web" and len(steps) > 1 else steps[0]
    return first in _LANGUAGES and first != language


def _kind(url: str, element: html.HtmlElement, kind_of: KindOf) -> Kind | None:
    if element.tag == "link":
        return Kind.FEED if _FEED_TYPE.match(element.get("type") or "") else None
    if attachments.may_be_document(url) and attachments.is_document(url):
        return Kind.FEED if url.endswith(("rss.xml", "feed.xml", "sitemap.xml")) else Kind.DOCUMENT
    return kind_of(url, element)


def _references(page: Page) -> Iterator[tuple[html.HtmlElement, str]]:
    for element in page.tree.iter("a", "area", "link", "option"):
        reference = (element.get("value") if element.tag == "option" else element.get("href")) or ""
        reference = reference.strip()
        if element.tag == "option" and "/" not in reference:
            continue
        if reference[:11].lower() == "javascript:":
            script = reference[11:] + ";" + (element.get("onclick") or "")
            yield from ((element, address) for address in _in_script(script))
        elif reference and reference[0] != "#":
            yield element, reference
    for menu in _JUMP_MENUS(page.tree):
        yield from _jumps(page, menu)


def _in_script(script: str) -> Iterator[str]:
    """Addresses of further pages in the script of a pager (Liferay's `jsCall` and hand-written ones)."""
    for quoted in _QUOTED.finditer(_SCRIPT_ESCAPE.sub(_unescaped, script)):
        address = quoted[1] or quoted[2]
        if ("/" in address or address.startswith("?")) and _PAGING.search(address):
            yield address


def _unescaped(found: re.Match[str]) -> str:
    return found[3] or chr(int(found[1] or found[2], 16))


def _jumps(page: Page, menu: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, str]]:
    """Liferay's page menu: the option's number is the value of the `cur` parameter."""
    form = next(menu.iterancestors("form"), None)
    target = page.absolute(form.get("action")) if form is not None else page.url
    if target is None:
        return
    address = urlsplit(target)
    name = menu.get("name")
    pairs = [pair for pair in urls.query_pairs(address.query) if pair[0] != name]
    for option in menu.iterfind(".//option"):
        number = (option.get("value") or option.text or "").strip()
        if number.isascii() and number.isdigit():
            yield (
                menu,
                urls.with_query(address._replace(query="", fragment="").geturl(), [*pairs, (name, number)]),
            )
