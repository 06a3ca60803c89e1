"""Scrapy's scheduler over the archive's frontier: the queue lives in SQLite and survives a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from archive import rereading
from crawler.learning import learn
from crawler.pages import of_capture
from crawler.parsers import postback
from crawler.visit import unanswered

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

    from archive.records import Lease
    from crawler.run import Run
    from crawler.spiders.portal import PortalSpider


class ArchiveScheduler(BaseScheduler):
    """Hands out leased addresses. Links reach the frontier with their page's transaction, not through here."""

    def __init__(self, spider: PortalSpider) -> None:
        self._spider = spider
        self._run: Run = spider.run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveScheduler:
        return cls(crawler.spider)  # type: ignore[arg-type]  # the one spider of this project

    def open(self, spider: Spider) -> None:
        """Nothing to open: the archive is open already."""

    def has_pending_requests(self) -> bool:
        if self._run.is_waiting():
            return True
        try:
            for each in self._run.portals.values():
                learn(self._run, each, at_end=True)  # which may lead on
        except Exception as error:  # noqa: BLE001 (as below)
            self._run.abort(error)
        return self._run.is_waiting()

    def enqueue_request(self, request: Request) -> bool:
        """Refuse: the spider yields visits, not requests."""
        return False

    def next_request(self) -> Request | None:
        try:
            while (lease := self._run.next_lease()) is not None:
                if request := self._request(lease):
                    return request
        except Exception as error:  # noqa: BLE001 (whatever it is, the run must end with it, not spin)
            self._run.abort(error)
        return None

    def _request(self, lease: Lease) -> Request | None:
        """The request for an address; where it cannot be asked for, that is its outcome."""
        try:
            return self._asking(lease)
        except ValueError as error:
            self._run.finish(unanswered(lease, str(error), self._run.politeness))
            return None

    def _asking(self, lease: Lease) -> Request:
        asked = self._form(lease)
        cookie = self._run.portals[lease.portal_id].cookies.get(urlsplit(lease.url).netloc)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if asked else {}
        return Request(
            asked.url if asked else lease.url,
            method="POST" if asked else "GET",
            headers=headers | ({"Cookie": cookie} if cookie else {}),
            body=asked.body if asked else b"",
            callback=self._spider.visited,
            errback=self._spider.unanswered,
            dont_filter=True,
            meta={
                "lease": lease,
                "terms": self._run.portals[lease.portal_id].terms,
                "download_slot": urlsplit(lease.url).netloc,
                "handle_httpstatus_all": True,
            },
        )

    def _form(self, lease: Lease) -> postback.Form | None:
        """What to send for a page that only a form leads to, by the page on which it was found."""
        number = postback.number_of(lease.url)
        if number is None:
            return None
        held = rereading.parent(self._run.archive.conn, lease.id)
        found = postback.form(of_capture(self._run.archive, held), number) if held else None
        if found is None:
            raise ValueError(f"no page that is held leads to page {number} of this list")
        return found
