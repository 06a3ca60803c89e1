"""The last step: a visit is made durable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.records import Visit
from crawler.learning import learn

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.run import Run
    from crawler.spiders.portal import PortalSpider


class ArchivePipeline:
    """Writes each visit into the archive."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        spider: PortalSpider = crawler.spider  # type: ignore[assignment]  # the one spider of this project
        return cls(spider.run)

    def process_item(self, item: Visit) -> Visit:
        try:
            self._run.finish(item)
            learn(self._run, self._run.portals[item.lease.portal_id])
        except Exception as error:  # noqa: BLE001 (Scrapy would log it and go on; nothing may be skipped)
            self._run.abort(error)
        return item
