"""The download handler that keeps what was on the wire, byte for byte, beside Scrapy's response.

Scrapy's own handler does the work; its connections are made by a factory whose protocol tees the bytes.
A private header, taken off before anything is sent, tells which request a connection is serving.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from twisted.web.client import _HTTP11ClientFactory

from archive.clock import now
from archive.records import Exchange

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as WireRequest
    from twisted.web.iweb import IResponse

MARK = "X-Luutru-Wire"
"""The private header. Never sent."""


class Wire:
    """The bytes of one exchange as they pass."""

    __slots__ = ("ip", "received", "sent", "started_at")

    def __init__(self) -> None:
        self.started_at: datetime = now()
        self.begin(None)

    def begin(self, ip: str | None) -> None:
        """A request begins: on a new connection after a stale one, once more."""
        self.ip = ip
        self.sent = bytearray()
        self.received = bytearray()


class CaptureHandler(HTTP11DownloadHandler):
    """Puts an `Exchange` into `request.meta["exchange"]` before anybody sees the response, and also where
    the transfer failed after bytes had come. Set it for http and https in `DOWNLOAD_HANDLERS`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._wires: dict[bytes, Wire] = {}
        self._serial = count()
        self._pool._factory = self._factory  # type: ignore[assignment]  # called as a class is

    def _factory(self, quiescent: Any, metadata: Any) -> _Factory:
        return _Factory(quiescent, metadata, self._wires)

    async def download_request(self, request: Request) -> Response:
        token = b"%d" % next(self._serial)
        wire = self._wires[token] = Wire()
        request.headers[MARK] = token
        truncated: str | None = "disconnect"
        try:
            response = await super().download_request(request)
            truncated = None
        except DownloadTimeoutError:
            truncated = "time"
            raise
        except DownloadCancelledError:
            truncated = "length"
            raise
        finally:
            del self._wires[token], request.headers[MARK]
            if wire.received:
                request.meta["exchange"] = Exchange(
                    url=request.url, request=bytes(wire.sent), response=bytes(wire.received),
                    started_at=wire.started_at, ip=wire.ip, truncated=truncated,
                )  # fmt: skip
        return response


class _Factory(_HTTP11ClientFactory):
    """Makes connections that tee."""

    noisy = False

    def __init__(self, quiescent: Any, metadata: Any, wires: dict[bytes, Wire]) -> None:
        super().__init__(quiescent, metadata)  # type: ignore[no-untyped-call]  # Twisted has no types here
        self._wires = wires

    def buildProtocol(self, addr: IAddress | None) -> _Protocol:
        return _Protocol(self._quiescentCallback, self._wires)


class _Protocol(_LenientHTTP11ClientProtocol):
    """One connection: it serves one request at a time."""

    _of_request: ClassVar[WeakKeyDictionary[WireRequest, Wire]] = WeakKeyDictionary()
    """The token is off a request that is sent again after its connection turned out to be stale."""

    def __init__(self, quiescent: Any, wires: dict[bytes, Wire]) -> None:
        super().__init__(quiescent)  # type: ignore[no-untyped-call]  # as above
        self._wires = wires
        self._wire: Wire | None = None

    def request(self, request: WireRequest) -> Deferred[IResponse]:
        tokens = request.headers.getRawHeaders(MARK.encode())
        if tokens:
            request.headers.removeHeader(MARK.encode())
            self._of_request[request] = self._wires[tokens[0]]
        self._wire = self._of_request[request]
        assert self.transport
        peer = self.transport.getPeer()  # type: ignore[misc]  # an interface without self
        self._wire.begin(getattr(peer, "host", None))
        return super().request(_Recorded(request, self._wire))  # type: ignore[arg-type]  # it stands in for one

    def dataReceived(self, data: bytes) -> None:
        if self._wire is not None:
            self._wire.received += data
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # as above


class _Recorded:
    """A request that records what it writes."""

    def __init__(self, request: WireRequest, wire: Wire) -> None:
        self._request = request
        self._wire = wire

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)

    def writeTo(self, transport: Any) -> Any:
        return self._request.writeTo(_Tee(transport, self._wire))  # type: ignore[no-untyped-call]  # as above


class _Tee:
    """A transport that keeps a copy of what goes out."""

    def __init__(self, transport: Any, wire: Wire) -> None:
        self._transport = transport
        self._wire = wire

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._wire.sent += data
        self._transport.write(data)

    def writeSequence(self, data: list[bytes]) -> None:
        for part in data:
            self._wire.sent += part
        self._transport.writeSequence(data)
