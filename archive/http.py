"""An HTTP response from its bytes on the wire: head, entity, decoded body; never an error, whatever the bytes.

Used while crawling and when stored captures are read again, so what is read is what is archived.
"""

from __future__ import annotations

import re
import sys
import zlib
from dataclasses import dataclass
from typing import Any

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_BODY = 64 * 1024 * 1024
"""Bytes of a decoded body; more is cut (decompression bombs)."""
_MOST_LAYERS = 3
"""Content encodings that are undone."""
_MOST_LINES = 1000
"""Lines of a head that are read; browsers and servers take far fewer."""

_BARE = (
    b"<",
    b"{",
    b"[",
    b"\xef\xbb\xbf",
    b"%PDF",
    b"PK\3\4",
    b"\xd0\xcf\x11\xe0",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
)
"""How pages, documents and images begin that are neither chunked nor compressed."""
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?$")
HEAD_END = re.compile(rb"\r?\n\r?\n")
CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A parsed response. `status` is 0 where there is no status line; header names are lower case."""

    status: int
    reason: str
    header_list: tuple[tuple[str, str], ...]
    entity: bytes
    """The payload without transfer encoding, content encoding kept."""
    body: bytes
    """The payload without any encoding, as far as it could be undone."""
    complete: bool
    problem: str | None
    """Why it is not complete, or which encoding could not be undone."""

    @property
    def headers(self) -> dict[str, str]:
        """Headers by name; the values of a repeated one are joined by a comma."""
        found: dict[str, str] = {}
        for name, value in self.header_list:
            found[name] = f"{found[name]}, {value}" if name in found else value
        return found


def parse(raw: bytes, *, most_body: int = MOST_BODY) -> HttpResponse:
    """Parse a response's bytes. Interim responses (1xx) before it are skipped.

    Servers and other archives' software declare encodings that are not there, or are undone already: a body that is
    plainly not encoded as declared is taken as it is.
    """
    status, reason, headers, rest = _final(raw)
    values = _true(headers, rest)
    entity, problem = _entity(status, values, rest)
    body, undone = _decode(entity, values.get("content-encoding", ""), most_body)
    complete = problem is None and (undone is None or undone.startswith("unknown"))
    return HttpResponse(
        status=status, reason=reason, header_list=tuple(headers), entity=entity, body=body, complete=complete,
        problem=problem or undone,
    )  # fmt: skip


def payload(raw: bytes) -> bytes:
    """The payload without transfer encoding, content encoding kept: `parse(raw).entity` without decoding it."""
    status, _, headers, rest = _final(raw)
    return _entity(status, _true(headers, rest), rest)[0]


def _final(raw: bytes) -> tuple[int, str, list[tuple[str, str]], bytes]:
    """As `head`, of the response behind the interim ones."""
    found = head(raw)
    while 100 <= found[0] < 200 and found[3]:
        found = head(found[3])
    return found


def head(raw: bytes) -> tuple[int, str, list[tuple[str, str]], bytes]:
    """Status (0 where there is no status line), reason, headers and what follows them."""
    end = HEAD_END.search(raw)
    head, rest = (raw[: end.start()], raw[end.end() :]) if end else (raw.rstrip(b"\r\n"), b"")
    lines = head.split(b"\n")
    status = _STATUS.match(lines[0].rstrip(b"\r"))
    if not status:
        return 0, "", [], raw
    headers: list[tuple[str, str]] = []
    for line in lines[1:_MOST_LINES]:
        text = _text(line.rstrip(b"\r"))
        if text[:1] in (" ", "\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {text.strip()}")
        elif ":" in text:
            name, _, value = text.partition(":")
            headers.append((name.strip().lower(), value.strip()))
    return int(status[1]), _text(status[2] or b""), headers, rest


def _text(raw: bytes) -> str:
    """Header bytes as text: UTF-8 where they are, else Latin-1, which takes every byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _entity(status: int, headers: dict[str, str], rest: bytes) -> tuple[bytes, str | None]:
    """The payload without transfer encoding, and why it is not whole."""
    if status in (204, 304):
        return b"", None
    if "chunked" in headers.get("transfer-encoding", ""):
        return _dechunk(rest)
    expected = length_of(headers)
    if expected is not None:
        if len(rest) < expected:
            return rest, f"{len(rest)} of {expected} bytes arrived"
        return rest[:expected], None
    return rest, None if status else "no status line"


def _true(headers: list[tuple[str, str]], rest: bytes) -> dict[str, str]:
    """The headers by name in lower case, but for those that are plainly not true of what follows them."""
    found = {name: value.lower() for name, value in headers}
    if "chunked" in found.get("transfer-encoding", "") and rest and not CHUNK.match(rest):
        del found["transfer-encoding"]  # a crawl marks such an answer as truncated
    if not rest.lstrip().startswith(_BARE):
        return found
    if found.get("content-encoding", "identity") != "identity" and "transfer-encoding" not in found:
        del found["content-encoding"]
        declared = length_of(found)
        if declared is not None and declared < len(rest):
            del found["content-length"]  # that of the body as it was encoded
    return found


def length_of(headers: dict[str, str]) -> int | None:
    """The length that the headers declare, in bytes; `None` where they say nothing that is a length."""
    length = headers.get("content-length", "").split(",")[0].strip()
    return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None


def _dechunk(rest: bytes) -> tuple[bytes, str | None]:
    parts: list[bytes] = []
    at = 0
    while True:
        size_line = CHUNK.match(rest, at)
        if not size_line:
            return b"".join(parts), "the last chunk is missing" if at >= len(rest) else "a chunk's size is broken"
        size = int(size_line[1], 16)
        at = size_line.end()
        if size == 0:
            return b"".join(parts), None
        parts.append(rest[at : at + size])
        if at + size > len(rest):
            return b"".join(parts), "a chunk is cut short"
        at += size
        at += 2 if rest[at : at + 2] == b"\r\n" else rest[at : at + 1] == b"\n"


def _decode(entity: bytes, encodings: str, most: int) -> tuple[bytes, str | None]:
    """Undo the content encodings, last first."""
    names = [name.strip() for name in encodings.split(",") if name.strip() not in ("", "identity")]
    if len(names) > _MOST_LAYERS:
        return entity, f"unknown content encoding {encodings[:80]}"
    body, problem = entity, None
    for name in reversed(names):
        if not body:
            break
        if name in ("gzip", "x-gzip"):
            body, problem = _inflate(body, 16 + zlib.MAX_WBITS, most)
        elif name in ("br", "zstd"):
            body, problem = _unpack(body, name, most)
        elif name == "deflate":
            # Meant is zlib's format; some servers send the bare stream.
            wbits = (
                zlib.MAX_WBITS if body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0 else -zlib.MAX_WBITS
            )
            body, problem = _inflate(body, wbits, most)
        else:
            return body, f"unknown content encoding {name[:40]}"
        if problem:
            break
    return body, problem


def _inflate(data: bytes, wbits: int, most: int) -> tuple[bytes, str | None]:
    """Inflate all members; checks length and checksum of each."""
    parts: list[bytes] = []
    left = most
    while data:
        inflater = zlib.decompressobj(wbits)
        try:
            part = inflater.decompress(data, left + 1)
        except zlib.error as error:
            if parts and wbits > 0:
                break  # bytes behind the last member, which browsers ignore
            return _salvage(data, wbits, left), f"broken compression: {error}"
        parts.append(part[:left])
        if len(part) > left:
            return b"".join(parts), f"more than {most} bytes when decompressed"
        left -= len(part)
        if not inflater.eof:
            return b"".join(parts), "the compressed body is cut short"
        data = inflater.unused_data.lstrip(b"\0")
    return b"".join(parts), None


def _unpack(data: bytes, name: str, most: int) -> tuple[bytes, str | None]:
    """Undo Brotli or Zstandard, as far as they go."""
    parts: list[bytes] = []
    left, piece = most + 1, data
    unpacker: Any = brotli.Decompressor() if name == "br" else zstd.ZstdDecompressor()
    try:
        while left > 0 and not (ended := unpacker.is_finished() if name == "br" else unpacker.eof):
            part = unpacker.process(piece, left) if name == "br" else unpacker.decompress(piece, left)
            if not part and not piece:
                return b"".join(parts), "the compressed body is cut short"
            parts.append(part)
            left -= len(part)
            piece = b""
    except (brotli.error, zstd.ZstdError) as error:
        return b"".join(parts), f"broken compression: {error}"
    if left <= 0:
        return b"".join(parts)[:most], f"more than {most} bytes when decompressed"
    return b"".join(parts), None if ended else "the compressed body is cut short"


def _salvage(data: bytes, wbits: int, most: int) -> bytes:
    """What can be read before the place where a compressed body is broken."""
    inflater = zlib.decompressobj(wbits)
    found = bytearray()
    for at in range(0, len(data), 512):
        try:
            found += inflater.decompress(data[at : at + 512], most - len(found) or 1)
        except zlib.error:
            break
        if len(found) >= most or inflater.eof:
            break
    return bytes(found)
