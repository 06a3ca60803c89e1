"""The download handler that keeps what was on the wire, byte for byte, beside Scrapy's response.

It asks by `crawler.wire`: the address that is connected to, TLS, time, size and the head's bounds are decided there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response

from crawler.wire.asking import Asked, Servers
from crawler.wire.connecting import Terms

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class CaptureHandler(BaseDownloadHandler):
    """Puts an `Exchange` into `request.meta["exchange"]`, whole or not; the response itself has no body.

    Raises `NoAnswerError` where nothing came. `request.meta["terms"]` are the portal's. Set it for http and https in
    `DOWNLOAD_HANDLERS`.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._servers = Servers()

    async def download_request(self, request: Request) -> Response:
        """Ask for a request's address."""
        headers = tuple((name, value) for name, values in request.headers.items() for value in values)
        asked = Asked(url=request.url, method=request.method, headers=headers, body=request.body)
        exchange = await self._servers.ask(asked, request.meta.get("terms") or Terms())
        request.meta["exchange"] = exchange
        return Response(request.url)

    async def close(self) -> None:
        """Close the connections."""
        self._servers.close()
