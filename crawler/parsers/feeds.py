"""Addresses in RSS, Atom and sitemap files."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from lxml import etree

from archive.clock import VIETNAM
from archive.records import Kind, Link
from crawler.parsers import urls
from crawler.parsers.page import Page, raise_if_out_of_memory

LARGEST = 50_000_000
"""Bytes read of a file: the sitemap protocol's own limit."""
_DAY = len("2026-03-01")
_GZIP = b"\x1f\x8b"


def kind(page: Page) -> Kind | None:
    """FEED or SITEMAP where the body is one, by its root element; else None."""
    root = _root(page.body)
    return None if root is None else _KINDS.get(_name(root))


def links(page: Page) -> tuple[Link, ...]:
    """The http(s) addresses of a feed's articles or of a sitemap, each once; empty for anything else.

    Articles of a feed are ARTICLE, pages of a sitemap PAGE, further sitemaps SITEMAP.
    """
    root = _root(page.body)
    if root is None:
        return ()
    found: dict[str, Link] = {}
    for address, link_kind, changed in _addresses(root):
        url = urls.join(page.url, address)
        if url is not None:
            found.setdefault(url, Link(url=url, kind=link_kind, changed_at=_moment(changed)))
    return tuple(found.values())


_KINDS = {
    "rss": Kind.FEED,
    "RDF": Kind.FEED,
    "feed": Kind.FEED,
    "urlset": Kind.SITEMAP,
    "sitemapindex": Kind.SITEMAP,
}


def _addresses(root: etree._Element) -> list[tuple[str, Kind, str | None]]:
    """Addresses, what they hold, and when the portal says that it changed them."""
    name = _name(root)
    if name == "urlset":
        return [
            (each.findtext("{*}loc") or "", Kind.PAGE, each.findtext("{*}lastmod")) for each in root.iterfind("{*}url")
        ]
    if name == "sitemapindex":
        entries = root.iterfind("{*}sitemap")
        return [(each.findtext("{*}loc") or "", Kind.SITEMAP, each.findtext("{*}lastmod")) for each in entries]
    if name == "feed":
        return [
            (link.get("href") or "", Kind.ARTICLE, entry.findtext("{*}updated"))
            for entry in root.iterfind("{*}entry")
            for link in entry.iterfind("{*}link")
            if link.get("rel", "alternate") == "alternate"
        ]
    if name in ("rss", "RDF"):
        return [(link.text or "", Kind.ARTICLE, None) for link in root.iterfind(".//{*}item/{*}link")]
    return []


def _moment(text: str | None) -> datetime | None:
    """A time in the W3C's form (a profile of ISO 8601); of a day alone its end, for the change may yet come.

    >>> str(_moment("2026-03-01")), str(_moment("2026-03-01T08:00:00Z")), _moment("hôm qua")
    ('2026-03-02 00:00:00+07:00', '2026-03-01 08:00:00+00:00', None)
    """
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    if len((text or "").strip()) <= _DAY:
        found += timedelta(days=1)
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)


def _root(body: bytes) -> etree._Element | None:
    """The root element, read without entities, DTDs or network; None for what is no XML."""
    if body.startswith(_GZIP):
        try:
            body = zlib.decompressobj(31).decompress(body, LARGEST)
        except zlib.error:
            return None
    body = body[:LARGEST].lstrip()
    if not body.startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError):
        root = None
    raise_if_out_of_memory(parser)
    return root


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
