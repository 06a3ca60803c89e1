"""WARC 1.1 files: one gzip member a record, the bytes as they were on the wire, torn tails cut at start.

Format: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import __version__
from archive.clock import digits, now
from archive.errors import LuutruError
from archive.folder import out_of_space, sync_folder
from archive.http import payload
from archive.members import is_of_another_database
from archive.records import Exchange, Lease, Stored

ROLL_OVER = 1_000_000_000
"""Bytes after which a new file is begun."""

RUN, PORTAL, KIND, ADDRESS = "luutru-run", "Luutru-Portal", "Luutru-Kind", "Luutru-Address"
"""A field of the head of a file, and header fields of requests: `rebuild` goes by them."""
TLS = "Luutru-TLS"
"""A header field of requests that were sent without TLS being verified: how, and why."""
ORIGIN = "Luutru-Origin"
"""A header field of requests that were imported, as in `Exchange.origin`."""
RENDERED = "Luutru-Rendered"
"""A header field of requests whose response record is what a browser made of the answer, as in `Exchange.rendered`."""
NOTE_TYPE = "application/json; profile=luutru-note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Where a note lies in the WARC files; as in `Stored`."""

    filename: str
    offset: int
    length: int
    record_sha256: str
    head_length: int
    head_sha256: str


class WarcWriter:
    """Appends exchanges to the archive's newest WARC file; a file is begun with the first of them."""

    def __init__(
        self, folder: Path, *, operator: str = "", run_id: int | None = None, roll_over: int = ROLL_OVER
    ) -> None:
        self._folder = folder
        self._operator = operator
        self._run_id = run_id
        self._roll_over = roll_over
        self._file: BinaryIO | None = None
        self._name = ""
        self._end = 0
        self._head = (0, "")
        self._unsynced: set[Path] = set()
        """Folders with entries that are not durable yet."""

    def append(self, exchange: Exchange, lease: Lease | None = None) -> Stored:
        """Write a request and its response; durable after `sync`.

        The request record tells the portal, the kind and the address that the lease was for.
        Raises `OutOfSpaceError`; the file then ends where it ended before.
        """
        if self._file is None or self._end >= self._roll_over:
            self._begin()
        digest = sha1_digest(payload(exchange.response))
        request_id, response_id = _record_id(), _record_id()
        form = sha1_digest(exchange.request.partition(b"\r\n\r\n")[2])
        about = {"WARC-Payload-Digest": form, **(_asked_for(exchange, lease) if lease else {})}
        if exchange.tls:
            about[TLS] = exchange.tls
        if exchange.origin:
            about[ORIGIN] = exchange.origin
        if exchange.rendered:
            about[RENDERED] = exchange.rendered
        request = _record("request", exchange, exchange.request, request_id, response_id, about)
        extra = {"WARC-Payload-Digest": digest}
        if exchange.truncated:
            extra["WARC-Truncated"] = exchange.truncated
        if lease and exchange.origin and lease.url != exchange.url:
            extra[ADDRESS] = lease.url
        response = _record("response", exchange, exchange.response, response_id, request_id, extra)
        self._write(request + response)
        return Stored(
            filename=self._name, offset=self._end - len(response), length=len(response),
            record_sha256=hashlib.sha256(response).hexdigest(), request_length=len(request),
            request_sha256=hashlib.sha256(request).hexdigest(), digest=digest,
            head_length=self._head[0], head_sha256=self._head[1],
        )  # fmt: skip

    def note(self, content: bytes, committed: Mapping[str, int]) -> Noted | None:
        """Write a note of the archive's own; durable after `sync`. `None` where this writer has not begun a file.

        It never comes behind an exchange that is not committed: the file's committed end would then cover that too.
        """
        if self._file is None:
            return None
        if committed.get(self._name) != self._end:
            self._begin()
        headers = {
            "WARC-Type": "metadata",
            "WARC-Record-ID": _record_id(),
            "WARC-Date": _date(now()),
            "WARC-Block-Digest": sha1_digest(content),
        }
        record = _member("metadata", headers, content, NOTE_TYPE)
        self._write(record)
        return Noted(
            filename=self._name, offset=self._end - len(record), length=len(record),
            record_sha256=hashlib.sha256(record).hexdigest(), head_length=self._head[0], head_sha256=self._head[1],
        )  # fmt: skip

    def sync(self) -> None:
        """Make durable what was appended, and the names of new files and folders."""
        assert self._file is not None, "nothing was appended"
        with out_of_space(self._folder / self._name):
            os.fsync(self._file.fileno())
            for folder in sorted(self._unsynced, key=lambda path: len(path.parts), reverse=True):
                sync_folder(folder)
        self._unsynced.clear()

    def close(self) -> None:
        """Close the file. What was not synced is not promised."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        """Begin a new file with its warcinfo record."""
        if self._file is not None:
            self.sync()
        self.close()
        at = now()
        year = self._folder / "warc" / str(at.astimezone(UTC).year)
        stem = f"luutru-{digits(at)}"
        with out_of_space(year):
            year.mkdir(parents=True, exist_ok=True)
            serial = sum(1 for _ in year.glob(f"{stem}-*"))
            path = year / f"{stem}-{serial:05d}.warc.gz"
            # Unbuffered: a record is one write.
            self._file = path.open("xb", buffering=0)
        self._unsynced |= {year, year.parent, self._folder}
        self._name = path.relative_to(self._folder).as_posix()
        self._end = 0
        head = _warcinfo(path.name, at, self._operator, self._run_id)
        self._write(head)
        self._head = (len(head), hashlib.sha256(head).hexdigest())

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        try:
            with out_of_space(self._folder / self._name):
                view = memoryview(data)
                while view:
                    view = view[self._file.write(view) :]
        except BaseException:
            self._file.truncate(self._end)
            self._file.seek(self._end)
            raise
        self._end += len(data)


def _record_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def sha1_digest(data: bytes) -> str:
    """A digest as web archives write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode("ascii")


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _record(kind: str, exchange: Exchange, block: bytes, own_id: str, other_id: str, extra: Mapping[str, str]) -> bytes:
    """A request or response record as one gzip member, around the bytes of the wire."""
    headers = {
        "WARC-Type": kind,
        "WARC-Record-ID": own_id,
        "WARC-Target-URI": exchange.url,
        "WARC-Date": _date(exchange.started_at),
        "WARC-Concurrent-To": other_id,
        "WARC-Block-Digest": sha1_digest(block),
        **({"WARC-IP-Address": exchange.ip} if exchange.ip else {}),
        **extra,
    }
    return _member(kind, headers, block, f"application/http; msgtype={kind}")


def _asked_for(exchange: Exchange, lease: Lease) -> dict[str, str]:
    """What the bytes of the wire do not tell: whose the address was, what it was taken for, how the archive has it."""
    same = lease.url == exchange.url
    return {PORTAL: lease.portal_id, KIND: lease.kind, **({} if same else {ADDRESS: lease.url})}


def _warcinfo(name: str, at: datetime, operator: str, run_id: int | None) -> bytes:
    fields = {
        "software": f"luutru/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obeyed (RFC 9309)",
        "operator": " ".join(operator.split()),
        RUN: str(run_id or ""),
    }
    block = "".join(f"{field}: {value}\r\n" for field, value in fields.items() if value).encode("utf-8")
    headers = {
        "WARC-Type": "warcinfo",
        "WARC-Record-ID": _record_id(),
        "WARC-Filename": name,
        "WARC-Date": _date(at),
        "WARC-Block-Digest": sha1_digest(block),
    }
    return _member("warcinfo", headers, block, "application/warc-fields")


def _member(kind: str, headers: dict[str, str], block: bytes, content_type: str) -> bytes:
    """A record through warcio, which is given the block as it is: it would write HTTP headers anew."""
    record = ArcWarcRecord(
        "warc", kind, StatusAndHeaders("", list(headers.items()), protocol="WARC/1.1"), BytesIO(block), None,
        content_type, len(block),
    )  # fmt: skip
    record.payload_length = len(block)
    out = BytesIO()
    WARCWriter(out, gzip=False, warc_version="WARC/1.1").write_record(record)
    return gzip.compress(out.getvalue(), compresslevel=6, mtime=0)


# -- reading ----------------------------------------------------------------------------------------


def read_block(folder: Path, filename: str, offset: int, length: int) -> bytes:
    """The bytes of the wire that a record holds. Raises `OSError`, `EOFError` or `zlib.error` on damage."""
    with (folder / filename).open("rb") as file:
        file.seek(offset)
        return block(file.read(length))


def block(member: bytes) -> bytes:
    """The block of a record, from its gzip member."""
    record = gzip.decompress(member)
    return record[record.index(b"\r\n\r\n") + 4 : -4]


def payload_digest(member: bytes) -> str:
    """The payload digest of a response record, computed again from its gzip member."""
    return sha1_digest(payload(block(member)))


# -- recovering -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that `recover` found: a tail or file moved to lost+found, or damage that it left alone."""

    kind: str
    message: str


def recover(folder: Path, committed: Mapping[str, int]) -> list[Cut]:
    """Move what was written and never committed into `lost+found/`; nothing is deleted.

    `committed` has the end of the last committed record of each file, by its name relative to the
    archive's folder. A file that is missing or too short is damage: it is reported and not touched. Raises
    `LuutruError` where the files hold more than a crash leaves: the database is older than they are.
    """
    _refuse_older(folder, committed)
    cuts = []
    for name, end in committed.items():
        path = folder / name
        size = path.stat().st_size if path.exists() else -1
        if size < end:
            cuts.append(Cut("damage", f"{name} has {max(size, 0)} bytes, {end} are committed; run: luutru verify"))
        elif size > end:
            _cut_tail(folder, path, end)
            cuts.append(Cut("torn", f"{size - end} uncommitted bytes at the end of {name} were moved to lost+found"))
    for path in sorted((folder / "warc").rglob("*.warc.gz")):
        name = path.relative_to(folder).as_posix()
        if name not in committed:
            with out_of_space(path):
                path.rename(_free(folder / "lost+found" / path.name))
                sync_folder(folder / "lost+found")
                sync_folder(path.parent)
            cuts.append(Cut("torn", f"{name}, which nothing was committed to, was moved to lost+found"))
    return cuts


def _refuse_older(folder: Path, committed: Mapping[str, int]) -> None:
    for path in sorted((folder / "warc").rglob("*.warc.gz")):
        end = committed.get(path.relative_to(folder).as_posix(), 0)
        if path.stat().st_size > end and is_of_another_database(path, end):
            raise LuutruError(
                f"{path} holds records that archive.db does not know: it is older than the WARC files. Put its newest"
                f" copy back, or make it anew with: luutru --archive {folder} rebuild"
            )


def _cut_tail(folder: Path, path: Path, end: int) -> None:
    with out_of_space(path), path.open("r+b") as file:
        file.seek(end)
        with _free(folder / "lost+found" / f"{path.name}.{end}").open("xb") as tail:
            shutil.copyfileobj(file, tail)
            tail.flush()
            os.fsync(tail.fileno())
        sync_folder(folder / "lost+found")
        file.truncate(end)
        os.fsync(file.fileno())


def _free(path: Path) -> Path:
    """The path, or one beside it that is not taken."""
    serial, free = 0, path
    while free.exists():
        serial += 1
        free = path.with_name(f"{path.name}.{serial}")
    return free
