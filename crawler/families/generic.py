"""Pages of unknown software: what they say for machines, and a generic extractor as last resort."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from urllib.parse import urlsplit

import trafilatura
from lxml import html

from archive.records import Article, Kind, Link
from crawler.parsers import bylines, dates, head, metadata, text, urls
from crawler.parsers.links import by_address, harvest, is_home, is_paging
from crawler.parsers.page import Page
from crawler.parsers.story import Story
from crawler.parsers.template_places import lists_pages
from crawler.parsers.text import Block
from crawler.parsers.xpath import elements, holds

READER = "generic/1"
VERIFIED = False

_HOLDERS = ("div", "section", "article", "td", "main", "span")
_BODY_WORD = re.compile(
    r"(?:article|news|post|entry|detail|main|content|item|single|story|chi-?tiet|bai-?viet|tin)[-_]?"
    r"(?:full)?(?:body|content|text|detail|entry|noi-?dung)|(?:body|content)[-_]?(?:text|html|detail|news|article|post)"
    r"|noi-?dung|bodytext|fulltext|full-text|fck_?detail|cms-?body",
    re.IGNORECASE,
)
_OUT = elements(
    './/nav | .//aside | .//footer | .//form | .//*[contains(@class, "related") or contains(@class, "share")'
    ' or contains(@class, "social") or contains(@class, "comment") or contains(@class, "breadcrumb") or '
    'contains(@class, "rating") or contains(@class, "other-news") or contains(@class, "othernews") or '
    'contains(@class, "pagination") or contains(@class, "toolbar") or contains(@class, "zone--related")]'
)
_SAPOS = elements('.//*[@itemprop="description"]')
_HEADINGS = elements("//h1")
_MOST_HEADINGS = 20
"""Headings that are compared with the page's title: each costs its whole text, and they may stand in each other."""
_SCOPE = elements('ancestor::*[self::article or contains(@itemtype, "Article")][1]')
_PAGERS = holds(
    '//a[@rel="next"] | //link[@rel="next"] | //*[contains(@class, "pagination")]//a[@href]'
    ' | //*[contains(@class, "pager")]//a[@href]'
)
_ARTICLE_ADDRESS = re.compile(
    r"-\d{1,9}\.(?:html?|aspx|tpo|chn|epi|vov|vnp)\Z|-(?:post|d|c|i|a)\d{3,}\.(?:html?|aspx)\Z|-\d{12,}\.html?\Z"
    r"|[?&](?:id|nid|newsid|articleid|itemid|tinid|postid|baivietid|cid)=\d+|/chi-tiet[/-]|/\d{4}/\d{1,2}/[^/]{12,}",
    re.IGNORECASE,
)
_LIST_ADDRESS = re.compile(
    r"/(?:tags?|categor(?:y|ies)|authors?|archives?|label|topics?|chuyen-muc|danh-muc|chu-de|tu-khoa|the-loai|the|tac-gia)"
    r"(?:/|\.html?\Z|\Z|-\d+/?\Z)|/\d{4}(?:/\d{1,2}){0,2}/?(?:index\.html?)?\Z",
    re.IGNORECASE,
)
_KIND_OF = by_address(_ARTICLE_ADDRESS)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?]*", re.IGNORECASE)
_ASP_SESSION = re.compile(r"/\(S\([0-9a-z]{24}\)\)(?=/)", re.IGNORECASE)
_ENOUGH = 200
"""Letters of text under a heading that make an article of a page that says nothing for machines."""
_CANDIDATES = 40
"""Elements named like a body that are weighed."""
_META_LINES = 6
_MANY = 8
"""Links to articles that make a listing of a page without a pager."""


def recognises(page: Page) -> bool:
    """Every page: this family is asked last."""
    return bool(page.url)


def canonical(url: str) -> str:
    """The normalised address without session ids and the marks of advertisements.

    >>> canonical("HTTP://Tinh.gov.vn/tin.html;jsessionid=A?utm_source=zalo&id=5#c")
    'http://tinh.gov.vn/tin.html?id=5'
    """
    url = urls.normalise(url) or url
    base, _, query = url.partition("?")
    if ";" in base or "(" in base:
        base = _ASP_SESSION.sub("", _SESSION_PATH.sub("", base))
    if not query:
        return base
    return urls.with_query(base, [pair for pair in urls.query_pairs(query) if not urls.is_noise(pair[0])])


def identity(url: str) -> str | None:
    """None: an address alone tells no identity that another address could share."""
    return None


def key(page: Page) -> str:
    """`url:<path?query>` of the canonical address: unknown software tells no better identity."""
    parts = urlsplit(canonical(page.url))
    return f"url:{parts.path}?{parts.query}" if parts.query else f"url:{parts.path}"


def kind(page: Page) -> Kind:
    """By what the page says for machines; else a heading with a text under it, or links to many articles.

    Software states an article for its lists too, under the site's name; and where nothing is stated, an address of
    tags, authors or months is a list's.
    """
    stated = metadata.read(page)
    if is_home(canonical(page.url)) or stated.articles > 1 or is_paging(page.url):
        return Kind.LISTING
    is_named = stated.title != metadata.open_graph(page).get("og:site_name", "")
    if stated.is_article and is_named and not (_LIST_ADDRESS.search(page.url) and stated.published_at is None):
        return Kind.ARTICLE
    heading = _heading(page, stated)
    is_listed = bool(_LIST_ADDRESS.search(page.url)) or not is_named
    if heading is not None and not is_listed and _has_text(_body(page, stated.scope), heading):
        return Kind.ARTICLE
    if _PAGERS(page.tree) or is_paging(page.url):
        return Kind.LISTING
    articles = {link.url for link in links(page) if link.kind is Kind.ARTICLE}
    return Kind.LISTING if len(articles) >= _MANY else Kind.OTHER


def links(page: Page) -> tuple[Link, ...]:
    """The site's addresses on the page; articles by what addresses of articles look like."""
    return harvest(page, canonical, _KIND_OF)


def article(page: Page, portal: object) -> Article | None:
    """The article as standard marks show it, else as a generic extractor guesses it; never a guessed time."""
    del portal  # no options
    stated = metadata.read(page)
    heading = _heading(page, stated)
    title = text.line(heading) if heading is not None else stated.title or next(iter(metadata.title_parts(page)), "")
    root, out = _fragment(page, stated, heading)
    found = text.blocks(root, out) if root is not None else list(_extracted(page))
    fragment = root if root is not None else page.tree
    start = head.split(found, title, fragment)
    stamps = start.stamps if root is not None else ()  # extracted text may begin with the page's clock
    published, updated = head.time_of((*_near_heading(heading, root), *stamps))
    summary = start.summary or _stated_summary(stated, root) or _summary_near(heading, root)
    byline = bylines.find(start.body)
    return Story(
        page=page,
        root=root if root is not None else html.Element("div"),
        out=out,
        title=title,
        summary=summary,
        blocks=start.body,
        author=byline.author,
        source=byline.source,
        published_at=dates.Stamp(stated.published_at, updated=False) if stated.published_at else published,
        updated_at=_update(stated) or updated,
        section=stated.section,
    ).article(key(page), canonical(page.url))


def _fragment(
    page: Page, stated: metadata.Metadata, heading: html.HtmlElement | None
) -> tuple[html.HtmlElement | None, set[html.HtmlElement]]:
    """The element of the article's text, and what in there is none of it.

    It is a body by its name, else what follows the heading in the same element.
    """
    root = _body(page, stated.scope)
    if root is None and heading is not None and _has_text(None, heading):
        parent = heading.getparent()
        if parent is not None and parent.tag not in ("body", "html"):
            return parent, {*_OUT(parent), heading, *heading.itersiblings(preceding=True)}
    return root, set(_OUT(root)) if root is not None else set()


def _has_text(body: html.HtmlElement | None, heading: html.HtmlElement) -> bool:
    """Whether there is an article's text, more of it than links, in the body or beside the heading."""
    place = body if body is not None else heading.getparent()
    if place is None:
        return False
    found = text.blocks(place, set(_OUT(place)))
    linked = sum(len(block.text) for block in found if block.linked)
    plain = sum(len(block.text) for block in found if not block.linked)
    return plain >= _ENOUGH and plain > 2 * linked and not lists_pages(found)


def _update(stated: metadata.Metadata) -> dates.Stamp | None:
    """The stated time of the last change, where it is one."""
    if stated.updated_at is None or stated.updated_at == stated.published_at:
        return None
    return dates.Stamp(stated.updated_at, updated=True)


def _heading(page: Page, stated: metadata.Metadata) -> html.HtmlElement | None:
    """The heading that is the page's title: the `h1` that `<title>` or Open Graph repeats."""
    names = [stated.title or "", metadata.whole_title(page)]
    for element in _HEADINGS(page.tree)[:_MOST_HEADINGS]:
        words = text.line(element)
        if len(words) > 3 and any(words.lower() in name.lower() for name in names):
            return element
    return None


def _body(page: Page, scope: html.HtmlElement | None) -> html.HtmlElement | None:
    """The element of the article's text: `articleBody`, else the fullest one that is named like one."""
    heading = next(iter(_HEADINGS(page.tree)), None)
    around = scope if scope is not None else next(iter(_SCOPE(heading)), None) if heading is not None else None
    best: html.HtmlElement | None = None
    most = looked = 0
    for element in (around if around is not None else page.tree).iter(*_HOLDERS):
        if element.get("itemprop") == "articleBody":
            return element
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if (
            element.tag in ("body", "html")
            or not _BODY_WORD.search(names)
            or (heading is not None and text.holds(element, heading))
        ):
            continue
        looked += 1
        if looked > _CANDIDATES:
            break
        size = len(text.raw(element))
        if size > most:
            best, most = element, size
    return best


def _summary_near(heading: html.HtmlElement | None, root: html.HtmlElement | None) -> str | None:
    """The sapo that stands between the heading and the text, by its class."""
    if heading is None or root is None:
        return None
    for element in heading.itersiblings("p", "div", "h2", "h3", "strong"):
        if element is root or text.holds(element, root):
            break
        if head.is_sapo(element.get("class") or "") and (words := text.joined(text.blocks(element))):
            return words
    return None


def _near_heading(heading: html.HtmlElement | None, root: html.HtmlElement | None) -> Iterator[dates.Stamp]:
    """The time lines between heading and text. What stands before the heading may be the page's clock."""
    if heading is None:
        return
    start = heading
    while (parent := start.getparent()) is not None and text.raw(parent) == text.raw(heading):
        start = parent
    for element in start.itersiblings("p", "div", "span", "time", "ul", "em"):
        if element is root or (root is not None and text.holds(element, root)):
            break
        for block in text.blocks(element)[:_META_LINES]:
            if stamp := dates.stamp(block.text.replace("\n", " ")):
                yield stamp


def _stated_summary(stated: metadata.Metadata, root: html.HtmlElement | None) -> str | None:
    """The sapo that the article's microdata name, where it stands outside the body."""
    if stated.scope is None or stated.description is None:
        return None
    for element in _SAPOS(stated.scope):
        if (root is None or not text.holds(root, element)) and (words := text.joined(text.blocks(element))):
            return words
    return None


def _extracted(page: Page) -> Iterator[Block]:
    """The last resort: trafilatura's text. Its dates and authors are never used: it invents them."""
    found = trafilatura.extract(
        deepcopy(page.tree),
        favor_recall=True,
        include_tables=True,
        include_comments=False,
        include_links=False,
        with_metadata=False,
    )
    for line in (found or "").split("\n"):
        if words := text.clean(line):
            yield Block(words, page.tree, "text", strong=False, linked=False)
