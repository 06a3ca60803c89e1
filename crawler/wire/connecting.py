"""Connections to servers: each address is judged when it is connected to, and TLS is verified unless told not to be."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from crawler.wire.addresses import permits
from crawler.wire.errors import (
    BadCertificateError,
    ForbiddenAddressError,
    NoAnswerError,
    NoSuchNameError,
    SilentError,
    SilentNamesError,
    UnresolvedError,
)

NAMES_KEPT = 300.0
"""Seconds for which the addresses of a name are kept. They are judged anew at each connection."""

LOOKUPS = 64
"""Names that are looked up at a time: those of portals that are gone take long, and the others must not wait."""

_NO_SUCH_NAME = frozenset((socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)))
"""What the resolver says of a name that is not there; all else says something of the resolver."""

Tls = Literal["verify", "accept", "legacy"]
"""How a portal's file wants TLS: verified; else without a valid certificate; else also by what is outdated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms the servers of a portal are asked."""

    own: str | None = None
    """`host:port` of the home page in the portal's file."""
    tls: Tls = "verify"
    seconds: float = 25.0
    """What a page may take; the other limits of time follow from it."""

    @property
    def silence(self) -> float:
        """Seconds for which a server may say nothing."""
        return 0.6 * self.seconds


class Connection(asyncio.Protocol):
    """One connection. `received` is what came since it was last emptied."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.is_closed = False
        self.ip: str | None = None
        self.tls: str | None = None
        """How TLS was made do with, where it was not verified, and why."""
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where it leads."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.ip = transport.get_extra_info("peername")[0]

    def data_received(self, data: bytes) -> None:
        """Keep what has come."""
        self.received += data
        self._wake()

    def eof_received(self) -> bool:
        """Note that nothing more comes, and let it be closed."""
        self.is_closed = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nothing more comes."""
        self.is_closed = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def more(self) -> None:
        """Wait until more has come or the server has closed. What came before the call does not count."""
        if not self.is_closed:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting

    def send(self, data: bytes) -> None:
        """Send bytes."""
        assert self._transport
        self._transport.write(data)

    def pause(self) -> None:
        """Let the server wait with the rest."""
        assert self._transport
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Take the rest."""
        assert self._transport
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self) -> None:
        """Close it at once, whatever the server says."""
        if self._transport:
            self._transport.abort()


class Connector:
    """Makes connections, and remembers names and how the TLS of hosts could be made do with."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._made_do: dict[str, tuple[Tls, str]] = {}
        self._lookups = ThreadPoolExecutor(LOOKUPS, "names")

    async def connect(self, url: str, terms: Terms) -> Connection:
        """A connection to the server of an address. Raises `NoAnswerError`."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ForbiddenAddressError(f"{url[:200]} is not an http or https address")
        allowed = await self._allowed(url, parts.hostname, terms)
        if parts.scheme == "http":
            return await _first(parts, allowed, terms, None)
        return await self._secure(parts, allowed, terms)

    async def _allowed(self, url: str, host: str, terms: Terms) -> tuple[str, ...]:
        found = await self._resolve(host, terms)
        allowed = tuple(each for each in found if permits(url, terms.own, each))
        if not allowed:
            raise ForbiddenAddressError(f"{host} leads to {', '.join(found[:3])}: not a public address")
        return allowed

    async def _resolve(self, host: str, terms: Terms) -> tuple[str, ...]:
        """The addresses of a name, IPv4 first."""
        loop = asyncio.get_running_loop()
        until, known = self._names.get(host, (0.0, ()))
        if until > loop.time():
            return known
        try:
            async with asyncio.timeout(terms.silence):
                found = await loop.run_in_executor(
                    self._lookups, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
                )
        except TimeoutError:
            raise SilentNamesError(f"the name {host} was not resolved within {terms.silence:g} seconds") from None
        except (OSError, UnicodeError) as error:
            unknown = isinstance(error, UnicodeError) or error.errno in _NO_SUCH_NAME
            kind = NoSuchNameError if unknown else UnresolvedError
            raise kind(f"the name {host} cannot be resolved: {_said(error)}") from error
        found.sort(key=lambda each: each[0] != socket.AF_INET)
        addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
        self._names[host] = (loop.time() + NAMES_KEPT, addresses)
        return addresses

    async def _secure(self, parts: SplitResult, allowed: tuple[str, ...], terms: Terms) -> Connection:
        """A connection over TLS, verified if that is possible, else as the portal's file says."""
        levels: list[Tls] = ["verify"] if terms.tls == "verify" else ["verify", terms.tls]
        level, reason = self._made_do.get(parts.netloc, (levels[0], ""))
        while True:
            try:
                connection = await _first(parts, allowed, terms, _context(level))
            except ssl.SSLError as error:
                reason = _said(error)
                if level == levels[-1]:
                    raise BadCertificateError(f"TLS with {parts.netloc} failed: {reason}") from error
                level = levels[-1]
                continue
            if level != "verify":
                self._made_do[parts.netloc] = level, reason
                connection.tls = f"{level}: {reason}"
            return connection


async def _first(
    parts: SplitResult, allowed: tuple[str, ...], terms: Terms, context: ssl.SSLContext | None
) -> Connection:
    """A connection to the first address that takes one. `ssl.SSLError` is passed on."""
    loop = asyncio.get_running_loop()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    problem = NoAnswerError(f"{parts.netloc} has no address")
    made: Callable[[], Connection] = Connection
    for address in allowed:
        try:
            async with asyncio.timeout(terms.silence / len(allowed)):
                _, connection = await loop.create_connection(
                    made, address, port, ssl=context, server_hostname=parts.hostname if context else None
                )
        except TimeoutError:
            problem = SilentError(f"{parts.netloc} ({address}) took no connection in time")
        except ssl.SSLError:
            raise
        except (OSError, OverflowError) as error:
            problem = NoAnswerError(f"{parts.netloc} ({address}) took no connection: {_said(error)}")
        else:
            return connection
    raise problem


@cache
def _context(level: Tls) -> ssl.SSLContext:
    """The system's authorities, and what is let pass on each level."""
    context = ssl.create_default_context()
    if level != "verify":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if level == "legacy":
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


def _said(error: Exception) -> str:
    """What an error says, without what only programmers read."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).lower().replace("_", " ")
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
