"""Making visits by hand, for tests of the archive that need no crawler."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from archive import frontier
from archive.clock import VIETNAM, now
from archive.records import Article, Attachment, Capture, Exchange, File, Kind, Link, Reading, Tier, Verdict, Visit
from archive.store import Archive
from archive.visits import Kept, Pass, keep
from archive.warc import WarcWriter

PORTAL = {"id": "p", "name": "Cổng", "province": "Bắc Giang", "home_url": "http://p.vn/", "family": "liferay"}
ARTICLE = Article(
    key="entry:1",
    url="http://p.vn/-/asset_publisher/a/content/id/1",
    title="Đường liên xã Hoà Bình",
    body="Ngày 5/3, ông Nguyễn Văn Đức đến thăm.\n\nThành Nguyên",
    summary="Tóm tắt về thuỷ lợi",
    author="Thành Nguyên",
    published_at=datetime(2021, 3, 5, 8, 30, tzinfo=VIETNAM),
    attachments=(Attachment(url="http://p.vn/documents/1/qd.pdf", name="Quyết định"),),
)


class Maker:
    """An archive with one portal and one run, and visits to it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        archive.put_portal(PORTAL)
        self.run = archive.begin_run()
        self.warc = WarcWriter(archive.folder.path)
        self.current = Pass("p", 0)
        with archive.transaction() as conn:
            self.current.number = frontier.begin_pass(conn, "p", [Link(url="http://p.vn/", kind=Kind.PAGE)], now())

    def visit(self, url: str, *, reading: Reading | None = None, **fields: Any) -> Kept:
        """Fetch an address, so to speak, and keep what came of it; `when` is the time of the capture."""
        with self.archive.transaction() as conn:
            lease = frontier.take(conn, "p", Link(url=url, kind=fields.pop("kind", Kind.ARTICLE)), self.run, now())
            row = conn.execute("SELECT article_id FROM _frontier WHERE id = ?", [lease.id]).fetchone()
            lease = replace(lease, article_id=row[0])
        capture = None
        if reading is not None:
            body = fields.pop("body", b"ok")
            raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            at = fields.pop("when", None) or now()
            exchange = Exchange(url=url, request=b"GET / HTTP/1.1\r\n\r\n", response=raw, started_at=at)
            stored = self.warc.append(exchange)
            self.warc.sync()
            origin, mimetype = fields.pop("origin", None), fields.pop("mimetype", "text/html")
            capture = Capture(
                url=url, at=at, status=200, mimetype=mimetype, truncated=None, stored=stored, origin=origin
            )
        visit = Visit(lease=lease, capture=capture, reading=reading, **fields)
        return keep(self.archive, self.run, self.current, visit)

    def article(self, article: Article = ARTICLE, **fields: Any) -> Kept:
        """Visit an article's page."""
        return self.visit(fields.pop("at", article.url), reading=good(article), **fields)

    def document(self, url: str, body: bytes) -> Kept:
        """Fetch a document."""
        reading = Reading(reader="test/1", tier=None, kind=Kind.DOCUMENT, verdict=Verdict.OTHER)
        file = File(size=len(body), sha256=hashlib.sha256(body).hexdigest())
        return self.visit(url, reading=reading, body=body, file=file, kind=Kind.DOCUMENT, mimetype="application/pdf")


def good(article: Article) -> Reading:
    return Reading(reader="test/1", tier=Tier.FAMILY, kind=Kind.ARTICLE, verdict=Verdict.GOOD, article=article)


def verdict(what: Verdict, reason: str | None = None) -> Reading:
    return Reading(reader="test/1", tier=None, kind=Kind.OTHER, verdict=what, reason=reason)
