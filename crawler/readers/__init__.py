"""Reading large pages in processes of their own: one that hangs, bombs or crashes its parser costs that page alone.

Small pages are read at once: what they may cost is bounded by their size (docs/decisions/0010-readers.md).
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import struct
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from archive.records import Kind, Reading, Verdict
from crawler.learnt import Templates
from crawler.looking import Look, Seen, look
from crawler.parsers.bounds import HARMLESS
from crawler.parsers.page import Page
from crawler.portals import Portal
from crawler.reading import READER, is_plain_file

CPU_SECONDS = 5
"""What one page may use of the processor; the slowest real page seen takes a fiftieth of it."""
SECONDS = 60
"""What it may take altogether, on a machine that has other things to do."""
LEAVING = 5
"""Seconds that a process has for ending after it has closed its pipe."""
MEMORY = 256 * 1024 * 1024
"""Bytes of data that a reader may have."""
LARGE = 1_000_000
"""Bytes of a page above which it is read alone: the readers together must not take what one may."""
GROWN = 128 * 1024 * 1024
"""A reader that has become so large is replaced after its page."""
READERS = min(4, max(2, os.cpu_count() or 1))
"""Processes that read, made when they are needed."""
GZIP = b"\x1f\x8b"
LENGTH = struct.Struct(">Q")
ANSWER = struct.Struct(">Q?")
"""The length of an answer, and whether the process ends with it."""


class _Worker:
    """One process that reads pages, one after another."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.knows: dict[str, tuple[Portal, Templates]] = {}

    @classmethod
    async def start(cls) -> _Worker:
        command = (sys.executable, "-I", "-m", "crawler.readers")
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nowhere))

    async def look(self, page: Page, portal: Portal, templates: Templates, at_article: bool) -> tuple[Seen, bool]:
        """What is seen, and whether the process ends with it. Raises `EOFError` where it ends before."""
        assert self.process.stdin
        assert self.process.stdout
        known = self.knows.get(portal.id)
        is_known = known is not None and known[0] is portal and known[1] is templates
        context = None if is_known else (portal, templates)
        self.knows[portal.id] = (portal, templates)
        message = pickle.dumps((portal.id, context, page, at_article), protocol=5)
        self.process.stdin.writelines((LENGTH.pack(len(message)), message))
        await self.process.stdin.drain()
        length, is_leaving = ANSWER.unpack(await self.process.stdout.readexactly(ANSWER.size))
        return pickle.loads(await self.process.stdout.readexactly(length)), is_leaving  # noqa: S301 (our own process)

    async def end(self) -> None:
        """End the process, whatever it does.

        One that has closed its pipe is ending by itself: to kill it would take its exit status, which tells why,
        from who waits for it.
        """
        assert self.process.stdout
        if self.process.stdout.at_eof():
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVING):
                    await self.process.wait()
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


class Readers:
    """The processes that read the pages of a crawl. `close` ends them."""

    def __init__(self, most: int = READERS) -> None:
        self._idle: deque[_Worker] = deque()
        self._free = asyncio.Semaphore(most)
        self._all: set[_Worker] = set()
        self._alone = asyncio.Lock()

    async def look(self, page: Page, portal: Portal, templates: Templates, *, at_article: bool) -> Seen:
        """As `crawler.looking.look`; a page that takes too much is unreadable."""
        if is_plain_file(page) or (len(page.body) <= HARMLESS and not page.body.startswith(GZIP)):
            return look(page, portal, templates, at_article=at_article)
        is_large = len(page.body) > LARGE or page.body.startswith(GZIP)
        async with self._alone if is_large else nullcontext(), self._free:
            worker = await self._worker()
            try:
                async with asyncio.timeout(SECONDS):
                    found, is_leaving = await worker.look(page, portal, templates, at_article)
            except (EOFError, OSError, TimeoutError) as error:
                await self._end(worker)
                return Seen(reading=_unreadable(_why(worker, error)))
            except BaseException:
                await self._end(worker)
                raise
            if is_leaving:
                await self._end(worker)
            else:
                self._idle.append(worker)
            return found

    async def _worker(self) -> _Worker:
        """An idle process, else a new one."""
        if self._idle:
            return self._idle.pop()
        worker = await _Worker.start()
        self._all.add(worker)
        return worker

    async def _end(self, worker: _Worker) -> None:
        self._all.discard(worker)
        await worker.end()

    async def close(self) -> None:
        """End all of them."""
        for worker in list(self._all):
            await self._end(worker)
        self._idle.clear()


@contextmanager
def waiting() -> Iterator[Look]:
    """A way to look at pages for who has nothing else to do meanwhile: the same limits, one page after another."""
    with asyncio.Runner() as runner:
        readers = Readers(1)

        def look_at(page: Page, portal: Portal, templates: Templates, *, at_article: bool) -> Seen:
            return runner.run(readers.look(page, portal, templates, at_article=at_article))

        try:
            yield look_at
        finally:
            runner.run(readers.close())


def _why(worker: _Worker, error: Exception) -> str:
    """Why nothing was read, from how the process ended."""
    if isinstance(error, TimeoutError):
        return f"it takes more than {SECONDS} seconds"
    code = worker.process.returncode
    if code == -signal.SIGPROF:
        return f"it takes more than {CPU_SECONDS} seconds of processor time"
    return f"its reader broke off ({f'exit code {code}' if (code or 0) >= 0 else f'signal {-(code or 0)}'})"


def _unreadable(reason: str) -> Reading:
    return Reading(
        reader=READER, tier=None, kind=Kind.OTHER, verdict=Verdict.UNREADABLE, reason=f"parser limit: {reason}"
    )
