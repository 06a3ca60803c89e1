"""WARC files that others made, record by record: plain, one gzip member a record, or one for all of them.

Memory does not grow with a file. What is damaged is told with its place, and what follows it is read on: in a file of
many gzip members from the next member that is a record, else from the next line that begins one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_BLOCK = 64 * 1024 * 1024
"""Bytes of a record's block; as much as a crawl takes of an answer. A larger one is passed over."""
MOST_HEADER = 256 * 1024
"""Bytes of a record's header."""
MOST_SMALL = 1024 * 1024
"""Bytes that are kept of the block of a request or warcinfo record."""
MOST_RESCUES = 1000
"""Damaged places after which a file is given up."""
MOST_RATIO, _RATIO_FROM = 300, MOST_BLOCK
"""A gzip member that unpacks to so many times its size, and more than so many bytes, is a bomb."""

_PIECE = 1 << 16
_MAGIC = b"\x1f\x8b\x08"
_START = re.compile(rb"(?:^|\n)(?=WARC/[01]\.\d+\r?\n)")
_VERSION = re.compile(rb"WARC/[01]\.\d+\r?\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_WITH_BLOCK = {"response": MOST_BLOCK, "resource": MOST_BLOCK, "revisit": MOST_BLOCK, "request": MOST_SMALL,
               "warcinfo": MOST_SMALL}  # fmt: skip
_HASHES = {"sha1": 20, "sha256": 32, "md5": 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record. `offset` is its place in the file, or that of its gzip member."""

    offset: int
    fields: dict[str, str]
    """By lower-case name; the values of a repeated one are joined by a comma."""
    block: bytes
    """Empty for kinds that nobody reads here; only the beginning of a large request or warcinfo."""
    doubt: str | None = None
    """Why its bytes may not be those that were written."""

    @property
    def kind(self) -> str:
        """`response`, `request`, `revisit`, `resource`, `warcinfo` …"""
        return self.fields.get("warc-type", "").lower()

    @property
    def id(self) -> str:
        """The record's identity: a URI in angle brackets."""
        return self.fields.get("warc-record-id", "")

    @property
    def url(self) -> str:
        """The address that it is about."""
        return self.fields.get("warc-target-uri", "").strip(
            "<>"
        )  # WARC 1.0's grammar has brackets, and wget wrote them


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A place where no record could be read, or none that is taken: then it is no damage."""

    offset: int
    problem: str
    is_damage: bool = True


def records(file: BinaryIO) -> Iterator[Record | Flaw]:
    """The records of a file that can be sought in, in its order. Raises `OSError` only."""
    stream = _Stream(file)
    for _ in range(MOST_RESCUES):
        at = stream.offset
        try:
            while stream.to_record():
                at = stream.offset
                found = _record(stream)
                if found is not None:
                    yield found
        except _LengthError as error:
            yield Flaw(offset=at, problem=str(error))
            more = stream.find_record(error.header_end)
        except _BrokenError as error:
            yield Flaw(offset=stream.offset, problem=str(error))
            more = stream.find_member()
        else:
            return
        if not more:
            return
    yield Flaw(offset=stream.offset, problem="too much damage: the rest is not read")


class _BrokenError(Exception):
    """The bytes cannot be unpacked."""


class _LengthError(Exception):
    """What stands here is no record, or one that is not as long as it says. `header_end` is where to look on."""

    def __init__(self, problem: str, header_end: tuple[int, int]) -> None:
        super().__init__(problem)
        self.header_end = header_end


class _Stream:
    """The unpacked bytes of a file, gzip member by gzip member; a plain file is like one member."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_packed = file.read(2) == _MAGIC[:2]
        self._file.seek(0)
        self._begin(0, b"")

    def _begin(self, member: int, data: bytes) -> None:
        """A member begins at a place in the file; `data` are those of its bytes that have been read."""
        self.member = member
        self._into = 0
        """Unpacked bytes of the member that were taken."""
        self._held = bytearray()
        """Unpacked bytes that were not."""
        self._data = data
        self._unpack = zlib.decompressobj(31)
        self._packed_size = self._unpacked_size = 0

    @property
    def offset(self) -> int:
        """The place in the file: of the next byte of a plain one, else of the gzip member."""
        return self.member if self._is_packed else self._into

    @property
    def mark(self) -> tuple[int, int]:
        """A place to come back to."""
        return self.member, self._into

    def _seek(self, mark: tuple[int, int]) -> None:
        member, into = mark
        self._file.seek(member if self._is_packed else into)
        self._begin(member, b"")
        if self._is_packed:
            self.skip(into)
        self._into = into

    def _more(self) -> bool:
        """Unpack a further piece of the member. `False` at its end."""
        if not self._is_packed:
            piece = self._file.read(_PIECE)
            self._held += piece
            return bool(piece)
        while not self._unpack.eof:
            data = self._data or self._file.read(_PIECE)
            if not data:
                raise _BrokenError("the file ends within a gzip member")
            try:
                piece = self._unpack.decompress(data, _PIECE)
            except zlib.error as error:
                raise _BrokenError(f"broken compression: {error}") from error
            self._data = self._unpack.unused_data if self._unpack.eof else self._unpack.unconsumed_tail
            self._packed_size += len(data) - len(self._data)
            self._unpacked_size += len(piece)
            if self._unpacked_size > max(_RATIO_FROM, MOST_RATIO * self._packed_size):
                raise _BrokenError(f"a gzip member unpacks to more than {MOST_RATIO} times its size")
            if piece:
                self._held += piece
                return True
        return False

    def _next_member(self) -> bool:
        """Go on to the member behind this one, if there is one."""
        if not self._is_packed:
            return False
        data = self._data or self._file.read(_PIECE)
        if not data.strip(b"\0"):
            return False
        self._begin(self.member + self._packed_size, data)
        return True

    def to_record(self) -> bool:
        """Pass over empty lines to where a record should begin. `False` at the file's end."""
        while True:
            self._take(len(self._held) - len(self._held.lstrip(b"\r\n")))
            if self._held:
                return True
            if not self._more() and not self._next_member():
                return False

    def _take(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        self._into += len(taken)
        return taken

    def begins(self) -> bytes:
        """The next bytes of this member, enough to tell whether a record begins."""
        while len(self._held) < 16 and self._more():
            pass
        return bytes(self._held[:16])

    def header(self) -> bytes:
        """The bytes up to an empty line, which is taken too; nothing where none comes soon enough."""
        searched = 0
        while not (end := _HEADER_END.search(self._held, max(searched - 3, 0))):
            searched = len(self._held)
            if searched > MOST_HEADER or not self._more():
                return b""
        return self._take(end.end())[: end.start() - end.end()]

    def block(self, size: int, most: int) -> tuple[bytes, int]:
        """The next bytes, as far as they are to be kept, and how many there were.

        They end before their time where the file does, or where a member begins that is a record.
        """
        kept = bytearray()
        passed = 0
        while passed < size:
            if not self._held and not self._more():
                if not self._next_member() or _VERSION.match(self.begins()):
                    break
                continue
            piece = self._take(min(len(self._held), size - passed))
            kept += piece[: most - len(kept)]
            passed += len(piece)
        return bytes(kept), passed

    def skip(self, size: int) -> None:
        """Pass over bytes of the member."""
        left = size
        while left and (self._held or self._more()):
            left -= len(self._take(min(len(self._held), left)))

    def ends_well(self) -> bool:
        """Whether the member ends here, or a record begins. Passes over the empty lines between."""
        while True:
            self._take(len(self._held) - len(self._held.lstrip(b"\r\n")))
            if self._held:
                return _VERSION.match(self.begins()) is not None
            if not self._more():
                return True

    def find_record(self, mark: tuple[int, int]) -> bool:
        """Look for a line that begins a record, from a place that was read before."""
        if self.mark != mark and not _VERSION.match(self.begins()):
            self._seek(mark)
        while not (found := _START.search(self._held)):
            self._take(max(len(self._held) - 32, 0))
            try:
                if not self._more() and not self._next_member():
                    return False
            except _BrokenError:
                return self.find_member()
        self._take(found.end())
        return True

    def find_member(self) -> bool:
        """Look for a gzip member that begins with a record, behind the beginning of this one."""
        start = self.member + 1
        self._file.seek(start)
        data = b""
        while piece := self._file.read(_PIECE):
            data += piece
            at = data.find(_MAGIC)
            while at >= 0:
                if _unpacks_to_record(data[at:]):
                    self._begin(start + at, data[at:])
                    return True
                if len(data) - at < 512:  # perhaps cut: look again with what follows
                    break
                at = data.find(_MAGIC, at + 1)
            keep = len(data) - at if at >= 0 else 2
            start += len(data) - keep
            data = data[len(data) - keep :]
        return False


def _unpacks_to_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data[:512], 5) == b"WARC/"
    except zlib.error:
        return False


def _record(stream: _Stream) -> Record | Flaw | None:
    """The record that begins here. Raises `_BrokenError` and `_LengthError`."""
    offset, start = stream.offset, stream.mark
    if not _VERSION.match(stream.begins()):
        raise _LengthError(f"no WARC record begins here, but {stream.begins()[:12]!r}", start)
    header = stream.header()
    if not header:
        raise _LengthError("a record's header does not end", (start[0], start[1] + 1))
    fields = _fields(header)
    kind, said = fields.get("warc-type", "").lower(), fields.get("content-length", "")
    end = stream.mark
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise _LengthError(f"a record without a length (it says {said[:40]!r})", end)
    block, passed = stream.block(int(said), _WITH_BLOCK.get(kind, 0))
    if passed < int(said):
        raise _LengthError(f"a record holds {passed} of {int(said)} bytes", end)
    if not stream.ends_well():
        raise _LengthError("a record is not as long as it says", end)
    if passed > MOST_BLOCK and kind in ("response", "resource", "revisit"):
        problem = f"a record of {passed} bytes; larger ones than {MOST_BLOCK} are not imported"
        return Flaw(offset=offset, problem=problem, is_damage=False)
    doubt = _doubt(fields, block) if len(block) == passed else None
    return Record(offset=offset, fields=fields, block=block, doubt=doubt)


def _fields(header: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for raw in header.split(b"\n")[1:]:
        try:
            line = raw.rstrip(b"\r").decode("utf-8")
        except UnicodeDecodeError:
            line = raw.rstrip(b"\r").decode("latin-1")
        if line[:1] in (" ", "\t") and name:
            found[name] += f" {line.strip()}"
            continue
        label, _, value = line.partition(":")
        name = label.strip().lower()
        found[name] = f"{found[name]},{value.strip()}" if name in found else value.strip()
    return found


def _doubt(fields: dict[str, str], block: bytes) -> str | None:
    """Why a block is not the one that its digest was made of, if so."""
    algorithm, _, said = fields.get("warc-block-digest", "").partition(":")
    algorithm = algorithm.strip().lower().replace("-", "")
    if algorithm not in _HASHES:
        return None
    expected = _digest(said.strip())
    if len(expected) != _HASHES[algorithm]:
        return None
    found = hashlib.new(algorithm, block, usedforsecurity=False).digest()
    return None if found == expected else f"its bytes do not match the digest that its file states ({algorithm})"


def _digest(text: str) -> bytes:
    """A digest from base 32 or hexadecimal digits; nothing where it is neither."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except binascii.Error:
        return b""
