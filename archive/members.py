"""A WARC file record by record, each with its place and digest; what cannot be read is told and passed over."""

from __future__ import annotations

import hashlib
import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from archive.clock import VIETNAM
from archive.warc import RUN

_START = b"\x1f\x8b\x08"
_PIECE = 1 << 18
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


def members(path: Path) -> Iterator[Member | Flaw]:
    """The records of a file of one gzip member a record, in order. Raises `OSError`."""
    with path.open("rb") as file:
        size = path.stat().st_size
        if size == 0:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            at = 0
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
    head, separator, rest = bytes(record).partition(b"\r\n\r\n")
    if not head.startswith(b"WARC/") or not separator:
        raise ValueError("no WARC record")
    fields = _fields(head)
    length = fields.get("content-length", "")
    if not length.isdecimal() or len(rest) < int(length):
        raise ValueError("a record without its length")
    return Member(
        offset=at, length=end - at, sha256=hashlib.sha256(data[at:end]).hexdigest(), fields=fields,
        block=rest[: int(length)],
    )  # fmt: skip


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


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A WARC file of the archive, the run that wrote it, and the head that every file has."""

    path: Path
    name: str
    """Relative to the archive's folder."""
    run_id: int | None
    at: datetime
    software: str
    head_length: int
    head_sha256: str


def files_of(folder: Path) -> list[File]:
    """The WARC files of an archive in the order of their runs.

    Those of which no run is told come first, each a run of its own.
    """
    files = [_file(folder, path) for path in sorted((folder / "warc").rglob("*.warc.gz"), key=lambda each: each.name)]
    unknown = [file for file in files if file.run_id is None]
    first = min((file.run_id for file in files if file.run_id is not None), default=len(files) + 1) - len(unknown)
    files = [file for file in files if file.run_id is not None]
    files += [replace(file, run_id=first + place) for place, file in enumerate(unknown)]
    return sorted(files, key=lambda file: (file.run_id or 0, file.path.name))


def _file(folder: Path, path: Path) -> File:
    head = next(members(path), None)
    fields: dict[str, str] = {}
    length, sha256, date = 0, hashlib.sha256().hexdigest(), ""
    if isinstance(head, Member) and head.kind == "warcinfo":
        lines = head.block.decode("utf-8", "replace").splitlines()
        fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length, sha256, date = head.length, head.sha256, head.fields.get("warc-date", "")
    run = fields.get(RUN, "")
    return File(
        path=path, name=path.relative_to(folder).as_posix(), run_id=int(run) if run.isdecimal() else None,
        at=moment_of(date) or datetime.fromtimestamp(path.stat().st_mtime, VIETNAM),
        software=fields.get("software", ""), head_length=length, head_sha256=sha256,
    )  # fmt: skip


def moment_of(date: str) -> datetime | None:
    """The time of a WARC-Date; `None` where it is none."""
    try:
        return datetime.fromisoformat(date).astimezone(VIETNAM)
    except ValueError:
        return None
