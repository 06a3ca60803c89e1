"""What reading a page costs: CPU beside bare lxml parsing and trafilatura, and memory, in one run.

    python bench/reading_cost.py [--rounds 5]

Each reader reads the same pages from their bytes, in a process of its own: the real pages where a machine has them,
else the test portals'. `learnt` includes the learning from three quarters of the pages.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import resource
import time
from collections.abc import Callable
from types import SimpleNamespace

import reading
from lxml import html

from crawler import learnt
from crawler.parsers.page import Page
from crawler.reading import family_of, read

Sources = list[tuple[str, bytes]]


def again(sources: Sources) -> list[Page]:
    return [Page(url=url, status=200, headers={"content-type": "text/html"}, body=body) for url, body in sources]


def bare(sources: Sources) -> None:
    for _, body in sources:
        html.document_fromstring(body)


def family(sources: Sources) -> None:
    pages = again(sources)
    portal = SimpleNamespace(family=family_of(pages[0], None)[0])
    for page in pages:
        read(page, portal)


def by_template(sources: Sources) -> None:
    pages = again(sources)
    found = learnt.learn(pages[: 3 * len(pages) // 4])
    assert found
    for page in again(sources):
        learnt.read(page, found)


def trafilatura_whole(sources: Sources) -> None:
    import trafilatura  # noqa: PLC0415 (only its own process pays for it)

    for _, body in sources:
        trafilatura.bare_extraction(body.decode("utf-8", "replace"), with_metadata=True, include_comments=False)


READERS: dict[str, Callable[[Sources], None]] = {
    "bare lxml": bare,
    "family": family,
    "learnt, with learning": by_template,
    "trafilatura, metadata": trafilatura_whole,
}


def measure(name: str, sources: Sources, rounds: int, out: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    logging.disable(logging.CRITICAL)
    READERS[name](sources)  # imports and caches
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        READERS[name](sources)
        best = min(best, time.process_time() - started)
    out.put((best / len(sources), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for corpus, pages in reading.corpora().items():
        sources = [(page.url, page.body) for page, _ in pages]
        print(f"\n{corpus}: {len(sources)} pages of {sum(len(body) for _, body in sources) // len(sources) // 1000} kB")
        base = None
        for name in READERS:
            if name == "family" and corpus not in ("liferay73", "nukeviet45"):
                continue
            fresh = multiprocessing.get_context("spawn")
            queue = fresh.Queue()
            child = fresh.Process(target=measure, args=(name, sources, rounds, queue))
            child.start()
            cost, peak = queue.get()
            child.join()
            base = base or cost
            print(
                f"  {name:24} {1000 * cost:7.2f} ms CPU a page  {cost / base:5.1f} x bare  peak {peak / 1024:5.0f} MiB"
            )


if __name__ == "__main__":
    main()
