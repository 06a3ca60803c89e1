"""One page in, one reading and its links out: the family is picked here, and nothing raises."""

from __future__ import annotations

import re
from dataclasses import replace

from archive.records import Article, Kind, Link, Reading, Tier, Verdict
from crawler import learnt, verdicts
from crawler.doubts import doubts
from crawler.families import LAST_RESORT, Family, families
from crawler.learnt import Templates
from crawler.parsers import feeds, postback
from crawler.parsers.links import is_home, is_paging
from crawler.parsers.page import Page

READER = "reading/1"
"""The reader of pages that no family reads: feeds, documents, errors."""

_GONE = frozenset((404, 410))
_XML = ("application/rss+xml", "application/atom+xml", "application/xml", "text/xml")
_LOOKED_FOR = ("title", "body", "summary", "author", "published_at")


def read(page: Page, portal: object, templates: Templates = ()) -> tuple[Reading, tuple[Link, ...]]:
    """What a page is and says, and where it leads; any page, any portal (or None), never an exception.

    `portal.family` names the family where there is one; `templates` are what was learnt of the portal, for pages
    that no family knows. A reader's own fault is the verdict `unreadable` with
    the exception as its reason, so that the capture is kept and read again by a later reader.
    """
    try:
        reading, links = _read(page, portal, templates)
        return verdicts.alone(page, reading), links
    except Exception as fault:  # noqa: BLE001  # one page's fault must not stop a crawl; it is recorded, not hidden
        reason = f"{type(fault).__name__}: {fault}"[:200]
        return Reading(reader=READER, tier=None, kind=Kind.OTHER, verdict=Verdict.UNREADABLE, reason=reason), ()


def is_plain_file(page: Page) -> bool:
    """Whether the first bytes tell a document or an image, which no parser of pages needs to see."""
    start = page.body[:512].lstrip(_BLANK)
    return any(start.startswith(magic) for magic, _ in _MAGIC)


def family_of(page: Page, portal: object) -> tuple[str, Family]:
    """The family that reads the page and its name: the portal's own, else the first that knows its marks."""
    known = families()
    name = getattr(portal, "family", None)
    own = known.get(name) if isinstance(name, str) else None
    if own is not None and own.recognises(page):
        return str(name), own
    return next(((name, family) for name, family in known.items() if family.recognises(page)), _last(known))


def _last(known: dict[str, Family]) -> tuple[str, Family]:
    return LAST_RESORT, known[LAST_RESORT]


def _read(page: Page, portal: object, templates: Templates) -> tuple[Reading, tuple[Link, ...]]:
    if page.status != 200:
        verdict = Verdict.GONE if page.status in _GONE else Verdict.SUSPECT
        return _unread(Kind.OTHER, verdict, f"http {page.status}"), ()
    found = _not_html(page)
    if found is not Kind.OTHER and not page.body.strip(b"\xef\xbb\xbf \t\r\n\0"):
        return _unread(Kind.OTHER, Verdict.SUSPECT, "empty"), ()
    if found is not None:
        return _of_file(page, found, portal)
    name, own = family_of(page, portal)
    family = own
    kind = family.kind(page)
    if name != LAST_RESORT and kind is not Kind.PAGE:
        templates = [each for each in templates if each.listings] if kind is Kind.LISTING else ()
    if templates and (by_template := _by_template(page, templates, own)):
        return by_template, own.links(page)
    if kind is Kind.PAGE:
        name, family = _last(families())
        kind = family.kind(page)
    tier = Tier.GENERIC if name == LAST_RESORT else Tier.FAMILY
    article = family.article(page, portal) if kind is Kind.ARTICLE else None
    if article and tier is Tier.GENERIC and templates:
        article = learnt.without_lines(article, templates)
        kind = Kind.LISTING if learnt.is_list(page, templates, article.title) else kind
    if kind is not Kind.ARTICLE:
        verdict = Verdict.GOOD if kind is Kind.LISTING else Verdict.OTHER
        reading = Reading(reader=family.READER, tier=tier, kind=kind, verdict=verdict)
        return reading, (*own.links(page), *postback.links(page))
    return _of_article(family.READER, tier, article), own.links(page)


def _by_template(page: Page, templates: Templates, family: Family) -> Reading | None:
    """The reading by a learnt template; None where the page fits none, or shows no article at its places."""
    if is_home(family.canonical(page.url)) or is_paging(page.url):
        return None
    found = learnt.read(page, templates, family)
    if found.article is None:
        return None
    reading = _of_article(found.reader, Tier.LEARNT, found.article)
    return replace(reading, confidence=round(found.fit, 3), doubts=reading.doubts + found.doubts)


def _of_article(reader: str, tier: Tier, article: Article | None) -> Reading:
    """The reading of a page that shows an article; one without title and text is none."""
    missing = tuple(field for field in _LOOKED_FOR if not article or not getattr(article, field))
    verdict, reason = Verdict.GOOD, None
    if article is None or (not article.title and not article.body):
        article, verdict, reason = None, Verdict.UNREADABLE, "neither title nor body"
    return Reading(
        reader=reader,
        tier=tier,
        kind=Kind.ARTICLE,
        verdict=verdict,
        reason=reason,
        article=article,
        missing=missing,
        doubts=tuple(doubts(article)) if article else (),
        confidence=1 - len(missing) / len(_LOOKED_FOR),
    )


def _not_html(page: Page) -> Kind | None:
    """The kind of a body that is no web page, by its first bytes and then by what the server calls it."""
    start = page.body[:512].lstrip(_BLANK)
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex", b"\x1f\x8b", b"<rdf:RDF")):
        return feeds.kind(page) or (None if b"<html" in page.body[:2048].lower() else Kind.OTHER)
    if page.media_type.startswith("image/"):
        return Kind.IMAGE
    if page.url.endswith("/robots.txt"):
        return Kind.ROBOTS
    if page.media_type in ("", "text/html", "application/xhtml+xml", *_XML) or b"<html" in start.lower():
        return None
    is_document = page.media_type.startswith("application/") and not _OF_PAGES.search(page.media_type)
    return Kind.DOCUMENT if is_document else Kind.OTHER


_OF_PAGES = re.compile(r"javascript|ecmascript|json|font|wasm|manifest")
"""What pages are made of beside their text: no document, and nothing to read."""


_BLANK = b"\xef\xbb\xbf \t\r\n"
_MAGIC = (
    (b"%PDF-", Kind.DOCUMENT),
    (b"PK\x03\x04", Kind.DOCUMENT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.DOCUMENT),
    (b"Rar!\x1a\x07", Kind.DOCUMENT),
    (b"{\\rtf", Kind.DOCUMENT),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"\x89PNG\r\n", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
)


def _of_file(page: Page, kind: Kind, portal: object) -> tuple[Reading, tuple[Link, ...]]:
    """A feed's or sitemap's addresses in the family's canonical form; other files lead nowhere."""
    verdict = Verdict.GOOD if kind in (Kind.FEED, Kind.SITEMAP) else Verdict.OTHER
    known = families()
    canonical = known.get(str(getattr(portal, "family", LAST_RESORT)), known[LAST_RESORT]).canonical
    found: dict[str, Link] = {}
    for link in feeds.links(page):
        url = canonical(link.url)
        same = link if url == link.url else replace(link, url=url)  # 50,000 long addresses must not be held twice
        found[same.url] = same
    return _unread(kind, verdict, None), tuple(found.values())


def _unread(kind: Kind, verdict: Verdict, reason: str | None) -> Reading:
    return Reading(reader=READER, tier=None, kind=kind, verdict=verdict, reason=reason)
