"""Addresses in RSS, Atom and sitemap files."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from lxml import etree

from archive.clock import VIETNAM
from archive.records import Kind, Link
from crawler.parsers import urls
from crawler.parsers.page import Page

LARGEST = 50_000_000
"""Bytes read of a file: the sitemap protocol's own limit."""
_PIECE = 65_536
_DAY = len("2026-03-01")
_GZIP = b"\x1f\x8b"


def kind(page: Page) -> Kind | None:
    """FEED or SITEMAP where the body is one, by its root element; else None."""
    found = next(_elements(page.body), None)
    return None if found is None else _KINDS.get(_name(found))


def links(page: Page) -> tuple[Link, ...]:
    """The http(s) addresses of a feed's articles or of a sitemap, each once; empty for anything else.

    Articles of a feed are ARTICLE, pages of a sitemap PAGE, further sitemaps SITEMAP.
    """
    found: dict[str, Link] = {}
    elements = _elements(page.body)
    root = next(elements, None)
    entries = _ENTRIES.get(_name(root), "") if root is not None else ""
    for each in elements if entries else ():
        if _name(each) != entries or (entries != "item" and each.getparent() is not root):
            continue
        for address, link_kind, changed in _addresses(each):
            url = urls.join(page.url, address)
            if url is not None:
                found.setdefault(url, Link(url=url, kind=link_kind, changed_at=_moment(changed)))
        _forget(each)
    return tuple(found.values())


_KINDS = {
    "rss": Kind.FEED,
    "RDF": Kind.FEED,
    "feed": Kind.FEED,
    "urlset": Kind.SITEMAP,
    "sitemapindex": Kind.SITEMAP,
}


_ENTRIES = {"rss": "item", "RDF": "item", "feed": "entry", "urlset": "url", "sitemapindex": "sitemap"}


def _addresses(entry: etree._Element) -> list[tuple[str, Kind, str | None]]:
    """Addresses of an entry, what they hold, and when the portal says that it changed them."""
    name = _name(entry)
    if name in ("url", "sitemap"):
        kind = Kind.PAGE if name == "url" else Kind.SITEMAP
        return [(entry.findtext("{*}loc") or "", kind, entry.findtext("{*}lastmod"))]
    if name == "entry":
        return [
            (link.get("href") or "", Kind.ARTICLE, entry.findtext("{*}updated"))
            for link in entry.iterfind("{*}link")
            if link.get("rel", "alternate") == "alternate"
        ]
    return [(link.text or "", Kind.ARTICLE, None) for link in entry.iterfind("{*}link")]


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


def _forget(entry: etree._Element) -> None:
    """Empty an entry and take out what stands before it: what was read of a large file does not stay in memory."""
    entry.clear()
    around = entry.getparent()
    while around is not None and entry.getprevious() is not None:
        del around[0]


def _elements(body: bytes) -> Iterator[etree._Element]:
    """The root element as it begins, then each element as it ends: a file of 50 MB is never a tree in memory.

    Read without entities, DTDs or network; nothing where it is no XML.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    is_root = True
    with suppress(etree.LxmlError, ValueError, zlib.error):  # what came before a fault has been told
        for piece in _pieces(body):
            parser.feed(piece)
            for event, element in parser.read_events():
                if isinstance(element, etree._Element) and (is_root or event == "end"):
                    is_root = False
                    yield element
    last = parser.feed_error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_NO_MEMORY:
        raise MemoryError("the parser ran out of memory")


def _pieces(body: bytes) -> Iterator[bytes]:
    """An XML file in pieces, up to the largest; nothing where it is none."""
    pieces = _unpacked(body) if body.startswith(_GZIP) else (body[at : at + _PIECE] for at in _steps(body))
    total = 0
    for piece in pieces:
        text = piece if total else piece.lstrip()
        if not (total or text.startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))):
            return
        yield text[: LARGEST - total]
        total += len(piece)
        if total >= LARGEST:
            return


def _unpacked(body: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(31)
    for at in _steps(body):
        packed = body[at : at + _PIECE]
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail


def _steps(body: bytes) -> range:
    return range(0, len(body), _PIECE)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
