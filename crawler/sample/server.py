"""The sample portal over HTTP on the loopback interface."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from crawler.sample.site import Site, portal_toml

_CHUNK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePortal:
    """A portal that is being served: where it answers, and what it was asked for."""

    url: str
    site: Site
    _asked: list[str] = field(default_factory=list)

    @property
    def requests(self) -> list[str]:
        """Paths with their queries, in the order in which they were asked for."""
        return self._asked.copy()

    @property
    def toml(self) -> str:
        """The portal's file."""
        return portal_toml(self.url)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, site: Site) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.portal = SamplePortal(url=f"http://127.0.0.1:{self.server_port}", site=site)

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawler that is killed in the middle of an answer is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 30

    def version_string(self) -> str:
        """The name of the server that Liferay mostly runs on."""
        return "Apache-Coyote/1.1"

    def do_GET(self) -> None:
        """Answer with the body."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers of a GET."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        assert isinstance(self.server, _Server)
        portal = self.server.portal
        portal._asked.append(self.path)  # list.append is atomic
        status, headers, body = portal.site.respond(self.path, dict(self.headers.items()))
        text = headers.get("Content-Type", "").startswith(("text/", "application/atom"))
        if text and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        chunked = text and status == 200 and "_cur=" in self.path and self.request_version == "HTTP/1.1"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body and status != 304:
            self.wfile.write(_in_chunks(body) if chunked else body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the requests are kept in `SamplePortal.requests`."""


def _in_chunks(body: bytes) -> bytes:
    pieces = (body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@contextmanager
def serve(port: int = 0, *, site: Site | None = None) -> Iterator[SamplePortal]:
    """Serve a portal on 127.0.0.1 until the block ends; port 0 takes a free one."""
    server = _Server(port, site or Site())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.portal
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
