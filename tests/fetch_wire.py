"""Run as a process: fetch addresses with the capture handler and pickle what it kept. Usage: PORT OUT PATH…"""

from __future__ import annotations

import pickle
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler import settings as project
from crawler.wire.connecting import Terms

FOUND: dict[str, Any] = {}


class Fetcher(Spider):
    name = "fetcher"

    async def start(self) -> AsyncIterator[Any]:
        own = f"127.0.0.1:{sys.argv[1]}"
        for path in sys.argv[3:]:
            yield Request(
                f"http://{own}{path}", callback=self.done, errback=self.failed, dont_filter=True,
                meta={"path": path, "terms": Terms(own=own, seconds=3 if "slow" in path else 60)},
            )  # fmt: skip

    def done(self, response: Any) -> None:
        FOUND[response.meta["path"]] = response.meta.get("exchange")

    def failed(self, failure: Any) -> None:
        print(failure.request.url, failure.value, file=sys.stderr)
        FOUND[failure.request.meta["path"]] = failure.request.meta.get("exchange")


if __name__ == "__main__":
    settings = Settings()
    settings.setmodule(project)
    settings.update({
        "SPIDER_MODULES": [], "SCHEDULER": "scrapy.core.scheduler.Scheduler", "ITEM_PIPELINES": {}, "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "USER_AGENT": "luutru/test",
    })  # fmt: skip
    process = AsyncCrawlerProcess(settings)
    process.crawl(Fetcher)
    process.start()
    Path(sys.argv[2]).write_bytes(pickle.dumps(FOUND))
