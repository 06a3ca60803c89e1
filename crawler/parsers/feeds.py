"""Addresses in RSS, Atom and sitemap files."""

from __future__ import annotations

import zlib

from lxml import etree

from archive.records import Kind, Link
from crawler.parsers import urls
from crawler.parsers.page import Page, raise_if_out_of_memory

LARGEST = 50_000_000
"""Bytes read of a file: the sitemap protocol's own limit."""
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
    for address, link_kind in _addresses(root):
        url = urls.join(page.url, address)
        if url is not None:
            found.setdefault(url, Link(url=url, kind=link_kind))
    return tuple(found.values())


_KINDS = {
    "rss": Kind.FEED,
    "RDF": Kind.FEED,
    "feed": Kind.FEED,
    "urlset": Kind.SITEMAP,
    "sitemapindex": Kind.SITEMAP,
}


def _addresses(root: etree._Element) -> list[tuple[str, Kind]]:
    name = _name(root)
    if name == "urlset":
        return [(loc.text or "", Kind.PAGE) for loc in root.iterfind("{*}url/{*}loc")]
    if name == "sitemapindex":
        return [(loc.text or "", Kind.SITEMAP) for loc in root.iterfind("{*}sitemap/{*}loc")]
    if name == "feed":
        return [
            (link.get("href") or "", Kind.ARTICLE)
            for link in root.iterfind("{*}entry/{*}link")
            if link.get("rel", "alternate") == "alternate"
        ]
    if name in ("rss", "RDF"):
        return [(link.text or "", Kind.ARTICLE) for link in root.iterfind(".//{*}item/{*}link")]
    return []


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
