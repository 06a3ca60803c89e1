"""A crawl from start to end: Scrapy's process around one run."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from datetime import timedelta

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.clock import now
from archive.store import Archive
from crawler import settings as project
from crawler.drift import watch
from crawler.learning import cross_check
from crawler.portals import Portal
from crawler.progress import show
from crawler.rendering import needs
from crawler.run import INTERRUPTED, TIME_LIMIT, Run
from crawler.spiders.portal import PortalSpider
from crawler.unread import read_documents


def crawl(
    archive: Archive, portals: Sequence[Portal], *, delay: float | None = None, limit: int | None = None,
    budget: timedelta | None = None, recheck: bool = False, lines: bool = False, at_a_time: int | None = None,
) -> int:  # fmt: skip
    """Crawl portals into an open archive; returns the exit code. Once a process: the reactor runs once.

    All of them at a time, or, with `at_a_time`, so many: the next one's turn comes when one of those before is done.

    Raises the `LuutruError` that ended the run, after its books are closed.
    """
    for portal in portals:
        needs(portal)
    run = Run(archive, portals, delay=delay, limit=limit, budget=budget, recheck=recheck, at_a_time=at_a_time)
    settings = Settings()
    settings.setmodule(project)
    process = AsyncCrawlerProcess(settings)
    with show(run, lines=lines):
        crawler = process.create_crawler(PortalSpider)
        process.crawl(crawler, run=run)
        process.start()
        # "shutdown" after a first Ctrl+C; nothing after a second one, which waits for no answer.
        if not crawler.stats or crawler.stats.get_value("finish_reason") != "finished":
            run.stop("interrupted", INTERRUPTED)
        elif run.error is None:
            cross_check(run)
        code = run.end()
        if run.error is None:
            watch(run, now())
    if run.error is not None:
        raise run.error
    if code not in (INTERRUPTED, TIME_LIMIT):
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Scrapy's asks a reactor that has ended
        asyncio.run(read_documents(archive))
    return code
