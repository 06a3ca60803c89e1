"""A WARC file record by record, each with its place and digest; what cannot be read is told and passed over."""

from __future__ import annotations

import gzip
import hashlib
import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.clock import VIETNAM

_START = b"\x1f\x8b\x08"
_PIECE = 1 << 18
UNDER_WAY = 16
"""Exchanges that may be written and not yet committed when a run is killed."""
MOST = 1 << 30
"""Bytes of an unpacked record; a larger one is told as damage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record: where it lies, the digest of its bytes in the file, its header fields and its block."""

    offset: int
    length: int
    sha256: str
    fields: dict[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        """`warcinfo`, `request`, `response`, `metadata` …"""
        return self.fields.get("warc-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A stretch of a file that is no record, and why."""

    offset: int
    length: int
    problem: str


def members(path: Path, start: int = 0) -> Iterator[Member | Flaw]:
    """The records of a file of one gzip member a record, in order, from an offset on. Raises `OSError`."""
    with path.open("rb") as file:
        size = path.stat().st_size
        if size == 0:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            at = start
            while at < size:
                try:
                    found: Member | Flaw = _member(data, at)
                except (zlib.error, ValueError) as error:
                    found = Flaw(offset=at, length=_next(data, at + 1) - at, problem=str(error))
                yield found
                at += found.length


def _member(data: mmap.mmap, at: int) -> Member:
    """The record that begins at an offset. Raises `zlib.error` or `ValueError` where none does."""
    unpack = zlib.decompressobj(wbits=31)
    record = bytearray()
    end = at
    while not unpack.eof:
        piece = data[end : end + _PIECE]
        if not piece:
            raise ValueError("the file ends within a record")
        record += unpack.decompress(piece)
        end += len(piece)
        if len(record) > MOST:
            raise ValueError(f"a record of more than {MOST} bytes")
    end -= len(unpack.unused_data)
    fields, block = _split(bytes(record))
    return Member(
        offset=at, length=end - at, sha256=hashlib.sha256(data[at:end]).hexdigest(), fields=fields, block=block,
    )  # fmt: skip


def unpacked(record: bytes) -> tuple[dict[str, str], bytes]:
    """The header fields and the block of a record, from its gzip member, whose checksum is checked.

    Raises `OSError`, `EOFError`, `zlib.error` or `ValueError` on damage.
    """
    return _split(gzip.decompress(record))


def _split(record: bytes) -> tuple[dict[str, str], bytes]:
    head, separator, rest = record.partition(b"\r\n\r\n")
    if not head.startswith(b"WARC/") or not separator:
        raise ValueError("no WARC record")
    fields = _fields(head)
    length = fields.get("content-length", "")
    if not length.isdecimal() or len(rest) < int(length):
        raise ValueError("a record without its length")
    return fields, rest[: int(length)]


def _fields(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _next(data: mmap.mmap, at: int) -> int:
    """Where the next record begins; the file's end where none does."""
    while (at := data.find(_START, at)) >= 0:
        try:
            if zlib.decompressobj(wbits=31).decompress(data[at : at + 512], 5).startswith(b"WARC/"):
                return at
        except zlib.error:
            pass
        at += 1
    return len(data)


def moment_of(date: str) -> datetime | None:
    """The time of a WARC-Date; `None` where it is none."""
    try:
        return datetime.fromisoformat(date).astimezone(VIETNAM)
    except ValueError:
        return None


def is_of_another_database(path: Path, start: int) -> bool:
    """Whether a file holds, from an offset on, more than a crash leaves: a note behind answers, or many answers.

    A run writes a note after all answers before it are committed, so a crash may leave a note alone; and it never has
    many exchanges under way.
    """
    answers, has_note = 0, False
    for each in members(path, start):
        if isinstance(each, Member):
            has_note = has_note or each.kind == "metadata"
            answers += each.kind not in ("warcinfo", "request", "metadata")
            if answers > UNDER_WAY or (has_note and answers):
                return True
    return False
