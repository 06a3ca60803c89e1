"""A raw server that sends given bytes, and the odd exchanges that it is used for."""

from __future__ import annotations

import gzip
import socketserver
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PAGE = "<html><body><p>Hội nghị tổng kết công tác năm 2020 ở Đồng Tháp</p></body></html>".encode()
BINARY = bytes(range(256)) * 8192  # 2 MB


def chunked(body: bytes, size: int = 30) -> bytes:
    """The body in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def head(status: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"", b""])


def sized(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


def exchanges() -> dict[str, tuple[bytes, bytes | None]]:
    """Responses by path, each with the body that a reader should get (`None`: no body to compare)."""
    zipped = gzip.compress(PAGE, mtime=0)
    deflated = zlib.compress(PAGE)
    html = b"Content-Type: text/html; charset=utf-8"
    return {
        "/plain": (head(b"200 OK", html, sized(PAGE)) + PAGE, PAGE),
        "/chunked": (head(b"200 OK", html, b"Transfer-Encoding: chunked") + chunked(PAGE), PAGE),
        "/gzip": (head(b"200 OK", html, b"Content-Encoding: gzip", sized(zipped)) + zipped, PAGE),
        "/gzip-chunked": (
            head(b"200 OK", html, b"Content-Encoding: gzip", b"Transfer-Encoding: chunked") + chunked(zipped, 11),
            PAGE,
        ),
        "/deflate": (head(b"200 OK", html, b"Content-Encoding: deflate", sized(deflated)) + deflated, PAGE),
        "/duplicate-headers": (
            head(b"200 OK", html, b"Set-Cookie: a=1", b"Set-Cookie: b=2", b"X-Twice: 1", b"x-twice: 2", sized(PAGE))
            + PAGE,
            PAGE,
        ),
        "/utf8-header": (
            head(b"200 OK", html, 'Content-Disposition: inline; filename="Quyết định.html"'.encode(), sized(PAGE))
            + PAGE,
            PAGE,
        ),
        "/reason": (head("200 Đã xong".encode(), html, sized(PAGE)) + PAGE, PAGE),
        "/204": (head(b"204 No Content", b"X-Empty: yes"), b""),
        "/302": (head(b"302 Found", b"Location: /plain", b"Content-Length: 0"), b""),
        "/404": (head(b"404 Not Found", html, sized(PAGE)) + PAGE, PAGE),
        "/500": (head(b"500 Oops", html, sized(PAGE)) + PAGE, PAGE),
        "/binary": (head(b"200 OK", b"Content-Type: application/octet-stream", sized(BINARY)) + BINARY, BINARY),
        "/empty-reason": (b"HTTP/1.1 200 \r\n" + html + b"\r\n" + sized(PAGE) + b"\r\n\r\n" + PAGE, PAGE),
        "/folded": (head(b"200 OK", html, b"X-Long: one\r\n two", sized(PAGE)) + PAGE, PAGE),
        "/close-delimited": (head(b"200 OK", html, b"Connection: close") + PAGE, PAGE),
        "/http10": (b"HTTP/1.0 200 OK\r\n" + html + b"\r\n\r\n" + PAGE, PAGE),
    }


CLOSING = ("/close-delimited", "/http10", "/cut", "/cut-chunk", "/stale")


@dataclass
class WireServer:
    """What was sent and received, by path."""

    port: int = 0
    requests: dict[str, bytes] = field(default_factory=dict)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def raw_server(answers: dict[str, bytes]) -> Iterator[WireServer]:
    """Serve bytes by path on keep-alive connections; paths in `CLOSING` end theirs."""
    seen = WireServer()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            seen.connections += 1
            buffer = b""
            while True:
                while b"\r\n\r\n" not in buffer:
                    data = self.request.recv(65536)
                    if not data:
                        return
                    buffer += data
                request, _, buffer = buffer.partition(b"\r\n\r\n")
                path = request.split(b" ")[1].decode()
                seen.requests[path] = request + b"\r\n\r\n"
                self.request.sendall(answers.get(path, head(b"404 Not Found", b"Content-Length: 0")))
                if path in CLOSING:
                    return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        seen.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield seen
        server.shutdown()
