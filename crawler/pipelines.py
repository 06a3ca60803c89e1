"""The last step: a visit is made durable; the documents that came are read."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from archive.records import Visit
from crawler.learning import learn
from crawler.parts import complete, whole
from crawler.unread import read_documents

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.readers import Readers
    from crawler.rendering import Renderer
    from crawler.run import Run
    from crawler.spiders.portal import PortalSpider


class ArchivePipeline:
    """Writes each visit into the archive, and lets the documents in it be read."""

    def __init__(self, run: Run, readers: Readers, renderer: Renderer) -> None:
        self._run = run
        self._readers = readers
        self._renderer = renderer
        self._has_more = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        spider: PortalSpider = crawler.spider  # type: ignore[assignment]  # the one spider of this project
        return cls(spider.run, spider.readers, spider.renderer)

    def open_spider(self) -> None:
        """Begin to read documents, beside the crawl."""
        self._reading = asyncio.ensure_future(self._read_documents())

    async def close_spider(self) -> None:
        """End what reads. Documents that are still unread are left to what comes after the crawl, or the next."""
        await self._readers.close()
        await self._renderer.close()
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading

    async def _read_documents(self) -> None:
        try:
            while await self._has_more.wait():
                self._has_more.clear()
                await read_documents(self._run.archive)
        except Exception as error:  # noqa: BLE001 (nobody else would hear of it)
            self._run.abort(error)

    def process_item(self, item: Visit) -> Visit:
        if item.file:
            self._has_more.set()
        try:
            self._run.finish(whole(self._run, item))
            complete(self._run, item)
            learn(self._run, self._run.portals[item.lease.portal_id])
        except Exception as error:  # noqa: BLE001 (Scrapy would log it and go on; nothing may be skipped)
            self._run.abort(error)
        return item
