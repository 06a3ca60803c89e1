"""What it costs to read pages in processes of their own: beside reading them in the crawl's process, in one run.

    python bench/readers.py [--rounds 5]

The same pages each way, the real ones where a machine has them, with blanks behind them so that they are large enough
for a reader. `one at a time` waits for each page before the next, as
a crawl of one portal does; `16 at once` is a crawl of many. The time is of the crawl's process, whose loop reads,
fetches and writes; the CPU is of all processes.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
from collections.abc import Awaitable, Callable

import reading

from crawler.looking import look
from crawler.parsers.bounds import HARMLESS
from crawler.parsers.page import Page
from crawler.portals import Portal
from crawler.readers import Readers

PORTAL = Portal(id="p", name="P", home="http://p.vn/", family="liferay")
Look = Callable[[Page], Awaitable[object]]


async def crowd(pages: list[Page], look_at: Look, most: int) -> None:
    free = asyncio.Semaphore(most)

    async def one(page: Page) -> None:
        async with free:
            await look_at(page)

    await asyncio.gather(*map(one, pages))


async def cost(sources: list[tuple[str, bytes]], look_at: Look, most: int) -> tuple[float, float]:
    """Milliseconds a page, of the clock and of the crawl's processor."""
    headers = {"content-type": "text/html"}
    pages = [Page(url=url, status=200, headers=headers, body=body.ljust(HARMLESS + 1)) for url, body in sources]
    clock, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    await crowd(pages, look_at, most)
    after = resource.getrusage(resource.RUSAGE_SELF)
    own = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return 1000 * (time.perf_counter() - clock) / len(pages), 1000 * own / len(pages)


async def rounds(sources: list[tuple[str, bytes]], count: int) -> None:
    readers = Readers()

    async def here(page: Page) -> object:
        return look(page, PORTAL, (), at_article=False)

    async def there(page: Page) -> object:
        return await readers.look(page, PORTAL, (), at_article=False)

    ways = {
        "in the crawl's process": (here, 1),
        "by readers, one at a time": (there, 1),
        "by readers, 16 at once": (there, 16),
    }
    for look_at, most in ways.values():
        await cost(sources[:32], look_at, most)
    found = {name: [await cost(sources, *way) for _ in range(count)] for name, way in ways.items()}
    await readers.close()
    print(f"{len(sources)} pages, {sum(len(body) for _, body in sources) / len(sources) / 1000:.0f} KB on average")
    print(f"{'':<28}{'ms/page':>10}{'own CPU ms/page':>18}")
    for name, costs in found.items():
        print(f"{name:<28}{min(each[0] for each in costs):>10.2f}{min(each[1] for each in costs):>18.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for corpus, pages in reading.corpora().items():
        print(f"\n{corpus}: ", end="")
        asyncio.run(rounds([(page.url, page.body) for page, _ in pages], options.rounds))


if __name__ == "__main__":
    main()
