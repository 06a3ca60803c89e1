"""One request and its answer: sent, received within limits, and kept byte for byte."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from archive.clock import now
from archive.records import Exchange
from crawler.wire.connecting import Connection, Connector, Terms
from crawler.wire.errors import NoAnswerError, SilentError
from crawler.wire.framing import Framing
from crawler.wire.room import Room

LARGEST_PAGE, LARGEST_FILE = 16_000_000, 64_000_000
"""Bytes of an answer that are taken; the rest is left. A page is what calls itself text."""
FILE_PATIENCE = 10
"""A file may take so many times as long as a page."""
SLOWEST = 512
"""Bytes a second, on average, that an answer must come with once a server has had time to begin."""
LARGE = 2_000_000
"""An answer of more bytes waits for room."""
ROOM = 96_000_000
"""Bytes that large answers may take together; each takes as much as it may become."""

_PAGES = ("", "text/html", "application/xhtml+xml")
_TARGET = re.compile(r"[\x21-\x7e]+")
_FIELD = re.compile(rb"[^\r\n\0]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request. `headers` are without `Host` and what belongs to the body."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    def wire(self) -> bytes:
        """The request's bytes. Raises `ValueError` for what cannot be sent."""
        parts = urlsplit(self.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        if not (_TARGET.fullmatch(target) and _TARGET.fullmatch(host)):
            raise ValueError(f"{self.url[:200]} cannot be asked for")
        fields = [(b"Host", host.encode("ascii")), *self.headers]
        if self.body or self.method == "POST":
            fields.append((b"Content-Length", b"%d" % len(self.body)))
        if not all(_FIELD.fullmatch(name) and _FIELD.fullmatch(value) for name, value in fields):
            raise ValueError("a header field holds a line break")
        head = b"".join(b"%b: %b\r\n" % field for field in fields)
        return f"{self.method} {target} HTTP/1.1\r\n".encode("ascii") + head + b"\r\n" + self.body


class Servers:
    """Asks servers; a connection is kept open for the next request to the same one."""

    def __init__(self) -> None:
        self._connector = Connector()
        self._idle: dict[tuple[str, str, Terms], Connection] = {}
        self._room = Room(ROOM)

    async def ask(self, asked: Asked, terms: Terms) -> Exchange:
        """Ask, and return what came, whole or not (`truncated`). Raises `NoAnswerError` where nothing did."""
        request = asked.wire()
        parts = urlsplit(asked.url)
        place = (parts.scheme, parts.netloc.lower(), terms)
        idle = self._idle.pop(place, None)
        if idle is not None:
            if not (idle.is_closed or idle.received):
                answered = await self._over(idle, asked, request, terms, now())
                if answered is not None:
                    return self._kept(place, idle, *answered)
            idle.close()
        started_at = now()
        connection = await self._connector.connect(asked.url, terms)
        answered = await self._over(connection, asked, request, terms, started_at)
        if answered is None:
            connection.close()
            raise NoAnswerError(f"{parts.netloc} closed the connection without an answer")
        return self._kept(place, connection, *answered)

    def close(self) -> None:
        """Close the connections."""
        for connection in self._idle.values():
            connection.close()
        self._idle.clear()

    def _kept(
        self, place: tuple[str, str, Terms], connection: Connection, exchange: Exchange, stays_open: bool
    ) -> Exchange:
        if stays_open and not connection.is_closed:
            self._idle[place] = connection
        else:
            connection.close()
        return exchange

    async def _over(
        self, connection: Connection, asked: Asked, request: bytes, terms: Terms, started_at: datetime
    ) -> tuple[Exchange, bool] | None:
        """The exchange over one connection, and whether that stays open; `None` where the server just closed it."""
        framing = Framing()
        connection.send(request)
        try:
            truncated = await self._receive(connection, framing, terms)
        except BaseException:
            connection.close()
            raise
        received = bytes(connection.received)
        connection.received.clear()
        if not received:
            if truncated == "disconnect":
                return None
            connection.close()
            raise SilentError(f"{urlsplit(asked.url).netloc} said nothing for {terms.silence:g} seconds")
        exchange = Exchange(
            url=asked.url, request=request, response=received, started_at=started_at, ip=connection.ip,
            truncated=truncated, tls=connection.tls,
        )  # fmt: skip
        return exchange, framing.keeps_open and truncated is None

    async def _receive(self, connection: Connection, framing: Framing, terms: Terms) -> str | None:
        """Take an answer in; why it is not whole, in the words of WARC 1.1, if so."""
        received, loop = connection.received, asyncio.get_running_loop()
        began, seen, taken = loop.time(), 0, 0
        most, seconds = _limits(framing, terms)
        try:
            async with asyncio.timeout(None) as clock:
                while True:
                    if len(received) > seen:
                        seen = len(received)
                        framing.feed(received)
                        most, seconds = _limits(framing, terms)
                        if framing.is_done:
                            return "unspecified" if framing.is_other else None
                        if max(seen, framing.length or 0) > most:
                            return "length"
                        lasted = loop.time() - began
                        if lasted > seconds or (lasted > terms.silence and seen < SLOWEST * lasted):
                            return "time"
                    elif connection.is_closed:
                        return None if framing.ends_with_connection else "disconnect"
                    elif seen > LARGE and not taken:
                        clock.reschedule(None)
                        at = loop.time()
                        taken = await self._take_room(connection, min(framing.length or most, most))
                        began += loop.time() - at
                    else:
                        clock.reschedule(min(loop.time() + terms.silence, began + seconds))
                        await connection.more()
        except TimeoutError:
            return "time"
        finally:
            self._room.give(taken)

    async def _take_room(self, connection: Connection, size: int) -> int:
        """Let the server wait until there is room for a large answer."""
        connection.pause()
        await self._room.take(size)
        connection.resume()
        return size


def _limits(framing: Framing, terms: Terms) -> tuple[int, float]:
    """Bytes and seconds that an answer may take: what is no page may take more."""
    kind = framing.media_type
    if kind in _PAGES or (kind.startswith("text/") and kind != "text/xml"):
        return LARGEST_PAGE, terms.seconds
    return LARGEST_FILE, FILE_PATIENCE * terms.seconds
