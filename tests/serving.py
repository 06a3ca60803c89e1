"""A portal over loopback whose every answer a function gives."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Portal:
    """What was asked for, in order, and where."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def portal(answer: Callable[[str], bytes]) -> Iterator[Portal]:
    """Serve what a function says for each path."""
    seen = Portal()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline():
                while self.rfile.readline().strip():
                    pass
                path = line.split(b" ")[1].decode()
                seen.asked.append(path)
                self.wfile.write(answer(path))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        seen.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield seen
        server.shutdown()
