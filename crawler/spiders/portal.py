"""The spider: every portal and every family goes through it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Spider, signals

from archive.clock import now
from archive.errors import LuutruError
from archive.records import Exchange, Lease, Visit
from archive.store import Archive
from crawler import challenge, families, portals
from crawler.drift import watch
from crawler.looking import Seen
from crawler.readers import Readers
from crawler.rendering import Renderer, RenderingError
from crawler.run import PortalRun, Run
from crawler.settings import for_run
from crawler.visit import Unread, is_to_render, judged, no_answer, unanswered, unrendered, with_reading

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure


class PortalSpider(Spider):
    """Visits what the scheduler hands out. `run` comes from the command line; `scrapy crawl portal -a
    portal=ID [-a archive=DIR]` makes its own."""

    name = "portal"

    def __init__(
        self, run: Run | None = None, portal: str | None = None, archive: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._own_archive: Archive | None = None
        if run is None:
            self._own_archive = Archive.open(archive or os.environ.get("LUUTRU_ARCHIVE", "archive-data"), write=True)
            folders = (self._own_archive.folder.portals, portals.SHIPPED)
            run = Run(self._own_archive, [portals.read(portals.find(portal or "", folders), families.families())])
        self.run = run
        self.readers = Readers()
        self.renderer = Renderer(run.politeness)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.setdict(for_run(spider.run.delays, spider.run.politeness.user_agent), priority="spider")
        crawler.signals.connect(spider._broken, signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Begin the portals' passes; the addresses come from the frontier."""
        try:
            self.run.begin()
        except Exception as error:  # noqa: BLE001 (Scrapy would log it and end as if all were done)
            self.run.abort(error)
        async for request in super().start():  # there are no start_urls
            yield request

    async def visited(self, response: Response) -> AsyncIterator[Visit]:
        """Store the exchange, let it be read, and pass on what is to be kept."""
        lease: Lease = response.meta["lease"]
        exchange: Exchange = response.meta.pop("exchange")
        host = self.run.politeness.host_of(lease.url, lease.kind)
        each = self.run.portals[lease.portal_id]
        try:
            stored = self.run.store(exchange, lease)
        except LuutruError as error:
            self.run.abort(error)
            return
        found = judged(each.portal, lease, exchange, stored, self.run.politeness)
        self._slow_down(host, len(exchange.response) / (each.portal.bandwidth or inf))
        if isinstance(found, Unread) and is_to_render(each.portal, found):
            found = await self._rendered(each, found, replace(exchange, response=b""))
        del exchange  # large ones must not wait for their turn to be read
        yield found if isinstance(found, Visit) else await self._read(each, found)

    async def _rendered(self, each: PortalRun, wire: Unread, exchange: Exchange) -> Visit | Unread:
        """The page as its scripts make it: stored, and then read as any other."""
        try:
            made = await self.renderer.render(each.portal, exchange, wire.page, each.terms)
            stored = self.run.store(made, wire.lease)
        except RenderingError as error:
            manners = self.run.politeness
            return unanswered(wire.lease, str(error), manners, wire.capture, tries=1, is_hosts_fault=False)
        found = judged(each.portal, wire.lease, made, stored, self.run.politeness)
        return found if isinstance(found, Visit) else replace(found, wire=wire)

    async def _read(self, each: PortalRun, unread: Unread) -> Visit:
        """What is to be kept of a page; the answer to a challenge goes along with the next requests to its host."""
        found = with_reading(each.portal, unread, await self._look(each, unread))
        if unread.wire:
            found = replace(found, before=unrendered(unread.wire))
        answer = challenge.cookie(unread.page) if found.again_at else None
        if answer:
            each.cookies[urlsplit(unread.lease.url).netloc] = answer
        return found

    async def _look(self, each: PortalRun, unread: Unread) -> Seen:
        """What is on a page, by the templates that are known when it has been read."""
        while True:
            templates = each.templates
            seen = await self.readers.look(unread.page, each.portal, templates, at_article=unread.at_article)
            if templates is each.templates:
                return seen

    def unanswered(self, failure: Failure) -> Iterator[Visit]:
        """Note why nothing came."""
        lease: Lease = failure.request.meta["lease"]  # type: ignore[attr-defined]  # Scrapy sets it
        yield no_answer(lease, failure.value, self.run.politeness)

    def _slow_down(self, host: str, seconds: float) -> None:
        """Keep to the Crawl-delay that robots.txt asks for, where it is longer than ours, and to the `seconds` that
        an answer of this size may take by the portal's bandwidth.

        Told after every answer: Scrapy forgets the delay of a host that was silent for a minute.
        """
        engine = self.crawler.engine
        assert engine
        slot = engine.downloader.slots.get(host)
        if slot is not None:
            own = self.run.delays.get(host, self.settings.getfloat("DOWNLOAD_DELAY"))
            slot.delay = max(own, self.run.politeness.crawl_delay(host) or 0, seconds)

    def _broken(self, failure: Failure) -> None:
        """A mistake of ours: end the run with it."""
        self.run.abort(failure.value or RuntimeError("the spider failed"))

    def closed(self, reason: str) -> None:
        """Close what this spider opened itself."""
        if self._own_archive is not None:
            self.run.end()
            watch(self.run, now())
            self._own_archive.close()
