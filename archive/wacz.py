"""A WACZ: the WARC records byte for byte, with index, list of pages and digests in one ZIP file.

Format: https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive import __version__
from archive.cdxj import Index
from archive.clock import moment
from archive.errors import ConfigError, DamageError
from archive.export import known_portal
from archive.http import parse
from archive.store import Archive

_CHUNK = 1 << 20
_HEAD = 1 << 17
"""Bytes of a record that are looked at for its headers."""

_SQL_RECORDS = """
SELECT offset - request_length, request_length, request_sha256, offset, length, record_sha256,
  coalesce((SELECT title FROM versions WHERE capture_id = captures.id ORDER BY id DESC LIMIT 1),
    CASE WHEN captures.status = 200 AND rtrim(url, '/') = rtrim(home_url, '/') THEN portals.name END)
FROM captures JOIN portals ON portals.id = portal_id
WHERE filename = ?1 AND (?2 IS NULL OR portal_id = ?2) ORDER BY offset"""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A record in one of the archive's WARC files; `title` of one that is a page, `None` of all others."""

    offset: int
    length: int
    sha256: str
    kind: str
    """`request`, `response`, or something that is copied only."""
    title: str | None = None


def write(archive: Archive, file: BinaryIO, *, portal_id: str | None, at: datetime) -> int:
    """Write what the archive holds, or what it holds of one portal; returns how many captures.

    Raises `ConfigError` where there are none, `DamageError` where a record is not what it was.
    """
    known_portal(archive.conn, portal_id)
    # One reader's transaction: what a crawl adds meanwhile is not half in it.
    archive.conn.execute("BEGIN")
    try:
        with (
            zipfile.ZipFile(file, "w", allowZip64=True) as package,
            Index() as index,
            tempfile.TemporaryFile() as pages,
        ):
            return _Writer(archive, package, index, pages, portal_id, at).write()
    finally:
        archive.conn.execute("ROLLBACK")


class _Writer:
    """One WACZ while it is written."""

    def __init__(
        self, archive: Archive, package: zipfile.ZipFile, index: Index, pages: BinaryIO, portal_id: str | None,
        at: datetime,
    ) -> None:  # fmt: skip
        self.archive = archive
        self.package = package
        self.index = index
        self.portal_id = portal_id
        self.at = at
        self.resources: list[dict[str, object]] = []
        self.pages = pages
        self.captures = 0

    def write(self) -> int:
        files = self.archive.conn.execute("SELECT filename FROM _warc_files ORDER BY filename").fetchall()
        for (filename,) in files:
            pieces = list(_pieces(self.archive.conn, filename, self.portal_id))
            if any(piece.kind == "response" for piece in pieces):
                self._put(f"archive/{Path(filename).name}", self._copied(filename, pieces), stored=True)
        if not self.captures:
            raise ConfigError("There are no captures that could be exported.")
        second: list[str] = []
        self._put("indexes/index.cdx.gz", self._blocks(second), stored=True)
        self._put("indexes/index.idx", (line.encode() for line in second))
        self._put("pages/pages.jsonl", self._page_lines())
        self._describe()
        return self.captures

    def _put(self, name: str, chunks: Iterable[bytes], *, stored: bool = False) -> bytes:
        """Write an entry and note it for the datapackage; returns its digest."""
        entry = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self.package.open(entry, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        said = f"sha256:{digest.hexdigest()}"
        self.resources.append({"name": Path(name).name.lower(), "path": name, "hash": said, "bytes": size})
        return digest.digest()

    def _copied(self, filename: str, pieces: list[_Piece]) -> Iterator[bytes]:
        """The records, checked; indexes the responses on the way."""
        end = 0
        request = b""
        try:
            with (self.archive.folder.path / filename).open("rb") as source:
                for piece in pieces:
                    first = b""
                    for chunk in _checked(source, filename, piece):
                        first = first or chunk
                        yield chunk
                    if piece.kind == "response":
                        self._add(_head(first), request, piece, end, Path(filename).name)
                    request = _head(first) if piece.kind == "request" else b""
                    end += piece.length
        except OSError as error:
            raise DamageError(f"{filename} cannot be read: {error.strerror}.") from error

    def _add(self, head: bytes, request: bytes, piece: _Piece, offset: int, filename: str) -> None:
        """Put a response into the index. What a form was posted for is not found by its address alone: left out."""
        self.captures += 1
        warc, _, block = head.partition(b"\r\n\r\n")
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in warc.decode("utf-8", "replace").split("\r\n")[1:])
        }
        asked = request.partition(b"\r\n\r\n")[2]
        if asked and not asked.startswith(b"GET "):
            return
        url, date = fields["warc-target-uri"].strip("<>"), fields["warc-date"]
        stamp = "".join(letter for letter in date if letter.isdigit())[:14]
        answer = parse(block)
        mimetype = answer.headers.get("content-type", "").partition(";")[0].strip()
        if fields["warc-type"] != "response":
            mimetype = "warc/revisit" if fields["warc-type"] == "revisit" else fields.get("content-type", "")
        self.index.add(
            url, stamp,
            {"mime": mimetype or "unk", "status": str(answer.status or 200),
             "digest": fields.get("warc-payload-digest", ""), "length": str(piece.length), "offset": str(offset),
             "filename": filename},
        )  # fmt: skip
        if piece.title is not None:
            page = {"id": str(self.captures), "url": url, "ts": moment(stamp).isoformat().replace("+00:00", "Z"),
                    "title": piece.title}  # fmt: skip
            self.pages.write(json.dumps(page, ensure_ascii=False).encode("utf-8") + b"\n")

    def _blocks(self, second: list[str]) -> Iterator[bytes]:
        for member, line in self.index.blocks("index.cdx.gz"):
            second.append(line)
            yield member

    def _page_lines(self) -> Iterator[bytes]:
        yield b'{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}\n'
        self.pages.seek(0)
        yield from iter(lambda: self.pages.read(_CHUNK), b"")

    def _describe(self) -> None:
        """Write datapackage.json and its digest."""
        created = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        package = {"profile": "data-package", "resources": self.resources.copy(), "created": created,
                   "wacz_version": "1.1.1", "software": f"luutru {__version__}"}  # fmt: skip
        if self.portal_id is not None:
            package["title"], package["mainPageUrl"] = self.archive.conn.execute(
                "SELECT name, home_url FROM portals WHERE id = ?", [self.portal_id]
            ).fetchone()
        text = json.dumps(package, ensure_ascii=False, indent=2).encode("utf-8")
        digest = self._put("datapackage.json", [text])
        said = {"path": "datapackage.json", "hash": f"sha256:{digest.hex()}"}
        self._put("datapackage-digest.json", [json.dumps(said, indent=2).encode()])


def _pieces(conn: sqlite3.Connection, filename: str, portal_id: str | None) -> Iterator[_Piece]:
    """The records of a WARC file in their order: all of it, or its head and those of one portal."""
    length, sha256 = conn.execute(
        "SELECT head_length, head_sha256 FROM _warc_files WHERE filename = ?", [filename]
    ).fetchone()
    found = [_Piece(0, length, sha256, "warcinfo")]
    for row in conn.execute(_SQL_RECORDS, [filename, portal_id]):
        request_at, request_length, request_sha256, offset, length, sha256, title = row
        if request_length:
            found.append(_Piece(request_at, request_length, request_sha256, "request"))
        found.append(_Piece(offset, length, sha256, "response", title))
    if portal_id is None:
        notes = conn.execute("SELECT offset, length, record_sha256 FROM _warc_notes WHERE filename = ?", [filename])
        found += [_Piece(offset, length, sha256, "note") for offset, length, sha256 in notes]
    return iter(sorted(found, key=lambda piece: piece.offset))


def _head(first: bytes) -> bytes:
    """The beginning of a record, from the beginning of its gzip member."""
    return zlib.decompressobj(31).decompress(first, _HEAD)


def _checked(source: BinaryIO, filename: str, piece: _Piece) -> Iterator[bytes]:
    """The bytes of a record in chunks. Raises `DamageError` at its end where they are not those that were stored."""
    source.seek(piece.offset)
    digest, left = hashlib.sha256(), piece.length
    while left and (chunk := source.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
        yield chunk
    if left or digest.hexdigest() != piece.sha256:
        raise DamageError(f"{filename}: the record at {piece.offset} is damaged; run: luutru verify")
