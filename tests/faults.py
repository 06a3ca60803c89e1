"""Portals over loopback whose one article is broken on the wire, each in a way of its own; all else is sound."""

from __future__ import annotations

import gzip
import random
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

from test_hostile import NOT_FOUND, address, article, entries, html
from wire import chunked, head, sized

FAULTY = 99
"""The number of the broken article."""
HTML = b"Content-Type: text/html; charset=utf-8"
BODY = article(FAULTY).partition(b"\r\n\r\n")[2]
ZIPPED = gzip.compress(BODY, mtime=0)
GZIP = b"Content-Encoding: gzip"
CHUNKED = b"Transfer-Encoding: chunked"

Send = Callable[[bytes], None]
Fault = Callable[[socket.socket, Send, threading.Event], None]
FAULTS: dict[str, Fault] = {}


def fault(play: Fault) -> Fault:
    FAULTS[play.__name__] = play
    return play


def sends(name: str, data: Callable[[], bytes]) -> None:
    """A fault that is so many bytes, after which the connection is closed."""

    def play(_: socket.socket, send: Send, __: threading.Event) -> None:
        send(data())

    FAULTS[name] = play


def holds(name: str, data: Callable[[], bytes]) -> None:
    """A fault that is so many bytes, after which nothing more comes."""

    def play(connection: socket.socket, send: Send, stop: threading.Event) -> None:
        send(data())
        wait(connection, stop)

    FAULTS[name] = play


def drips(name: str, start: bytes, drop: Callable[[], bytes], pause: float) -> None:
    """A fault that sends a little for ever."""

    def play(_: socket.socket, send: Send, stop: threading.Event) -> None:
        send(start)
        while not stop.wait(pause):
            send(drop())

    FAULTS[name] = play


def wait(connection: socket.socket, stop: threading.Event) -> None:
    """Say nothing until the other side lets go."""
    connection.settimeout(0.1)
    while not stop.is_set():
        with suppress(TimeoutError):
            if not connection.recv(4096):
                return


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@cache
def bomb(wbits: int, size: int = 300_000_000) -> bytes:
    squeeze = zlib.compressobj(9, wbits=wbits)
    piece = bytes(1_000_000)
    return b"".join(squeeze.compress(piece) for _ in range(size // len(piece))) + squeeze.flush()


OK = head(b"200 OK", HTML, sized(BODY))

# One half, on which the crawler was tuned …
sends("closes_at_once", lambda: b"")
holds("hangs_before_the_head", lambda: b"")
holds("hangs_in_the_head", lambda: OK[:40])
holds("hangs_in_the_body", lambda: OK + BODY[:200])
drips("drips_the_body", OK + BODY[:100], lambda: b" ", 0.2)
drips("never_ends", head(b"200 OK", HTML, b"Connection: close") + BODY, lambda: b"x" * 1_000_000, 0.0)
sends("less_than_declared", lambda: head(b"200 OK", HTML, b"Content-Length: 99999") + BODY)
sends("a_chunk_size_that_is_none", lambda: head(b"200 OK", HTML, CHUNKED) + chunked(BODY)[:200] + b"zz\r\n" + BODY)
sends("gzip_cut_short", lambda: head(b"200 OK", HTML, GZIP, sized(ZIPPED[:-20])) + ZIPPED[:-20])
sends("gzip_bomb", lambda: head(b"200 OK", HTML, GZIP, sized(bomb(31))) + bomb(31))
sends("no_status_line", lambda: b"xin chao\r\n\r\n" + BODY)
drips("interim_answers_for_ever", b"", lambda: head(b"103 Early Hints", b"Link: </a.css>") * 100, 0.0)
sends("redirects_to_itself", lambda: head(b"302 Found", b"Location: " + address(FAULTY).encode(), b"Content-Length: 0"))
sends("huge_cookies", lambda: head(b"200 OK", HTML, *(b"Set-Cookie: a=" + b"x" * 100_000,) * 9, sized(BODY)) + BODY)
sends("http_0_9", lambda: BODY)


@fault
def resets_at_once(connection: socket.socket, send: Send, stop: threading.Event) -> None:
    reset(connection)


TUNED = tuple(FAULTS)

# … and the other.
drips("drips_the_head", b"HTTP/1.1 200 OK\r\n", lambda: b"X-A: b\r\n", 0.2)
drips("a_head_that_never_ends", b"HTTP/1.1 200 OK\r\n", lambda: b"X-A: " + b"b" * 8000 + b"\r\n", 0.0)
drips("a_line_that_never_ends", b"HTTP/1.1 200 OK\r\nX: ", lambda: b"b" * 100_000, 0.0)
drips("chunks_for_ever", head(b"200 OK", HTML, CHUNKED), lambda: b"10000\r\n" + b"x" * 65536 + b"\r\n", 0.0)
drips("tiny_chunks_for_ever", head(b"200 OK", HTML, CHUNKED), lambda: b"1\r\nx\r\n", 0.05)
drips("a_document_for_ever", head(b"200 OK", b"Content-Type: application/pdf"), lambda: b"%PDF-" + b"x" * 500_000, 0.0)
sends("more_than_declared", lambda: head(b"200 OK", HTML, b"Content-Length: 300") + BODY)
sends("no_last_chunk", lambda: head(b"200 OK", HTML, CHUNKED) + chunked(BODY)[:-5])
sends("a_chunk_cut_short", lambda: head(b"200 OK", HTML, CHUNKED) + b"fffff\r\n" + BODY)
sends("a_chunk_size_without_end", lambda: head(b"200 OK", HTML, CHUNKED) + b"1" * 100_000)
sends(
    "chunk_extensions", lambda: head(b"200 OK", HTML, CHUNKED) + b"5;" + b"a=b;" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"
)
sends("a_trailer_without_end", lambda: head(b"200 OK", HTML, CHUNKED) + b"0\r\n" + b"X: y\r\n" * 100_000)
sends("gzip_with_a_wrong_checksum", lambda: head(b"200 OK", HTML, GZIP) + ZIPPED[:-8] + b"\1\2\3\4" + ZIPPED[-4:])
sends("gzip_that_is_none", lambda: head(b"200 OK", HTML, GZIP, sized(BODY)) + BODY)
sends("deflate_bomb", lambda: head(b"200 OK", HTML, b"Content-Encoding: deflate") + bomb(15))
sends(
    "gzip_bomb_in_gzip",
    lambda: head(b"200 OK", HTML, b"Content-Encoding: gzip, gzip") + gzip.compress(bomb(31)),
)
sends("many_encodings", lambda: head(b"200 OK", HTML, b"Content-Encoding: " + b"gzip, " * 500) + ZIPPED)
sends("bytes_of_noise", lambda: random.Random(7).randbytes(200_000))
sends("nul_bytes", lambda: b"HTTP/1.1 200 OK\r\nX\0Y: \0\r\n\0\r\n" + HTML + b"\r\n\r\n" + b"\0" * 100_000)
sends("closes_in_the_head", lambda: OK[:60])
sends("many_fields", lambda: head(b"200 OK", HTML, *(b"X-%d: y" % n for n in range(20_000)), sized(BODY)) + BODY)
sends("folded_fields", lambda: head(b"200 OK", HTML, b"X: a" + b"\r\n b" * 50_000, sized(BODY)) + BODY)
sends("a_length_below_zero", lambda: head(b"200 OK", HTML, b"Content-Length: -5") + BODY[:100])
sends("a_length_beyond_all", lambda: head(b"200 OK", HTML, b"Content-Length: " + b"9" * 40) + BODY[:100])
holds("a_length_of_terabytes", lambda: head(b"200 OK", HTML, b"Content-Length: 9999999999999") + BODY)
sends("status_zero", lambda: b"HTTP/1.1 000 None\r\n\r\n" + BODY)
sends("status_of_letters", lambda: b"HTTP/1.1 abc OK\r\n\r\n" + BODY)
sends("http_2", lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 100)
sends("tls_where_none_is", lambda: b"\x16\x03\x01\x02\x00\x01" + b"\0" * 500)
sends("switching_protocols", lambda: head(b"101 Switching Protocols", b"Upgrade: websocket") + b"\x81\x05hello")
sends("a_codec_that_is_no_charset", lambda: head(b"200 OK", b"Content-Type: text/html; charset=hex") + b"zz" * 100)
sends("a_charset_of_names", lambda: head(b"200 OK", b"Content-Type: text/html; charset=idna") + b"\xff.." * 1000)
sends("a_location_of_noise", lambda: head(b"301 Moved", b"Location: \xff\xfe\0http://[::1", b"Content-Length: 0"))
sends(
    "a_crowd_of_attributes",
    lambda: head(b"200 OK", HTML) + b"<html><body " + b" ".join(b"a%d=1" % n for n in range(150_000)) + b">",
)
sends("deep_nesting", lambda: head(b"200 OK", HTML) + b"<div>" * 1_000_000)


@fault
def resets_in_the_body(connection: socket.socket, send: Send, stop: threading.Event) -> None:
    send(OK + BODY[:200])
    time.sleep(0.1)
    reset(connection)


@fault
def never_reads(connection: socket.socket, send: Send, stop: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    wait(connection, stop)


UNSEEN = tuple(name for name in FAULTS if name not in TUNED)

SOUND_NEVERTHELESS = frozenset(("folded_fields", "many_fields", "gzip_that_is_none"))
"""Odd, but the whole article is there."""


@dataclass
class FaultyPortal:
    """Where it answers, and when the broken article was asked for first and let go of last."""

    port: int = 0
    first: float = 0.0
    last: float = 0.0
    tries: int = 0
    times: list[float] = field(default_factory=list)


@contextmanager
def faulty(
    play: Fault | None, articles: int = 2, context: ssl.SSLContext | None = None, shake: Fault | None = None
) -> Iterator[FaultyPortal]:
    """A portal of some articles, and of a broken one if there is a fault to play; `shake` plays in TLS's place."""
    seen, stop = FaultyPortal(), threading.Event()
    numbers = [*range(1, articles + 1), *([FAULTY] if play else [])]
    sound = {"/": html(entries(*map(address, numbers)))} | {address(n): article(n) for n in numbers}

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError):
            if shake:
                seen.tries += 1
                shake(connection, connection.sendall, stop)
                return
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            lines = connection.makefile("rb")
            while request := lines.readline():
                while lines.readline().strip():
                    pass
                path = request.split(b" ")[1].decode()
                seen.times.append(time.monotonic())
                if play and path == address(FAULTY):
                    seen.tries += 1
                    seen.first = seen.first or time.monotonic()
                    try:
                        play(connection, connection.sendall, stop)
                    finally:
                        seen.last = time.monotonic()
                    return
                connection.sendall(sound.get(path, NOT_FOUND))

    def listen(server: socket.socket) -> None:
        while not stop.is_set():
            with suppress(TimeoutError, OSError):
                connection, _ = server.accept()
                connection.settimeout(90)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        server.settimeout(0.2)
        seen.port = server.getsockname()[1]
        thread = threading.Thread(target=listen, args=(server,), daemon=True)
        thread.start()
        yield seen
        stop.set()
        thread.join()
