"""`verify`: every byte of the WARC files against its digest, and the database against itself."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from archive import warc
from archive.articles import NEWEST
from archive.schema import SEARCH_TABLES
from archive.store import Archive

CHUNK = 1 << 20
_NO_WRITING = ("SQLITE_READONLY", "SQLITE_CANTOPEN")

_DERIVED = f"""
SELECT articles.id FROM articles LEFT JOIN versions ON versions.id =
  (SELECT id FROM versions WHERE article_id = articles.id ORDER BY {NEWEST} LIMIT 1)
WHERE versions.id IS NULL OR articles.title IS NOT versions.title OR articles.summary IS NOT versions.summary
  OR articles.body IS NOT versions.body OR articles.author IS NOT versions.author
  OR articles.published_at IS NOT versions.published_at
  OR articles.version_count != (SELECT count(DISTINCT capture_id) FROM versions WHERE article_id = articles.id)"""


@dataclass(slots=True)
class Report:
    """What `verify` found: each damage in a sentence that names the place; notes are no damage."""

    damage: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: int = 0
    records: int = 0
    bytes: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"damage": self.damage, "notes": self.notes, "files": self.files, "records": self.records,
                "bytes": self.bytes}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a WARC file that the database knows the digest of."""

    what: str
    offset: int
    length: int
    sha256: str
    payload: str | None = None


def verify(archive: Archive, *, deep: bool = False) -> Report:
    """Check an archive; `deep` also parses every record and compares its payload's digest."""
    report = Report()
    for line in _database(archive.conn):
        report.damage.append(f"{archive.folder.database}: {line}")
    _check_search(report, archive)
    known = archive.conn.execute(
        "SELECT filename, head_length, head_sha256, committed FROM _warc_files ORDER BY filename"
    ).fetchall()
    for filename, head_length, head_sha256, committed in known:
        pieces = _pieces(archive.conn, filename, head_length, head_sha256)
        _check_file(report, archive.folder.path / filename, filename, pieces, committed, deep=deep)
    expected = {row[0] for row in known}
    for path in sorted((archive.folder.path / "warc").rglob("*")):
        name = path.relative_to(archive.folder.path).as_posix()
        if path.is_file() and name not in expected:
            report.notes.append(f"{name}: is not of this archive, or was begun and never committed to.")
    return report


def _database(conn: sqlite3.Connection) -> Iterator[str]:
    for (line,) in conn.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield line
    for table, row, parent, _ in conn.execute("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} points to a row of {parent} that is missing"
    for (article,) in conn.execute(_DERIVED):
        yield f"article {article} differs from its newest version"
    for run_id, planned, outcomes in conn.execute(
        "SELECT id, planned, new + changed + unchanged + gone + suspect + other + failed + refused + put_off"
        " FROM runs WHERE ended_at IS NOT NULL"
    ):
        if planned != outcomes:
            yield f"run {run_id} planned {planned} addresses and accounts for {outcomes}"


def _check_search(report: Report, archive: Archive) -> None:
    """Compare the search tables with the texts (SQLite's own check, which writes nothing but needs a writer)."""
    conn = sqlite3.connect(archive.folder.database, isolation_level=None, timeout=30)
    try:
        for table in SEARCH_TABLES:
            try:
                conn.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
            except sqlite3.DatabaseError as error:
                where = f"{archive.folder.database}: the search table {table}"
                if error.sqlite_errorname.startswith(_NO_WRITING):
                    report.notes.append(f"{where} was not checked, for its check needs to write: {error}")
                else:
                    report.damage.append(f"{where} does not agree with what it is to find: {error}")
    finally:
        conn.close()


def _pieces(conn: sqlite3.Connection, filename: str, head_length: int, head_sha256: str) -> Iterator[_Piece]:
    yield _Piece("the warcinfo record", 0, head_length, head_sha256)
    for number, offset, length, sha256, request_length, request_sha256, digest in conn.execute(
        "SELECT id, offset, length, record_sha256, request_length, request_sha256, digest FROM captures"
        " WHERE filename = ?1 UNION ALL"
        " SELECT NULL, offset, length, record_sha256, 0, NULL, NULL FROM _warc_notes WHERE filename = ?1"
        " ORDER BY offset",
        [filename],
    ):
        if number is None:
            yield _Piece("a note", offset, length, sha256)
            continue
        yield _Piece(f"the request of capture {number}", offset - request_length, request_length, request_sha256)
        yield _Piece(f"capture {number}", offset, length, sha256, payload=digest)


def _check_file(report: Report, path: Path, name: str, pieces: Iterator[_Piece], committed: int, *, deep: bool) -> None:
    """Check that the pieces tile the file, and each piece's digest."""
    report.files += 1
    try:
        file = path.open("rb")
    except OSError as error:
        report.damage.append(f"{name}: cannot be read ({error.strerror}).")
        return
    with file:
        end = 0
        for piece in pieces:
            if piece.offset != end:
                report.damage.append(
                    f"{name}: {piece.what} begins at {piece.offset}, the record before it ends at {end}."
                )
            problem = _check_piece(file, piece, deep=deep)
            if problem:
                report.damage.append(f"{name}: {piece.what} at {piece.offset}+{piece.length}: {problem}.")
            end = piece.offset + piece.length
            report.records += 1
            report.bytes += piece.length
        size = file.seek(0, io.SEEK_END)
    if end != committed:
        report.damage.append(f"{name}: {committed} bytes are committed, the records end at {end}.")
    if size > end:
        report.notes.append(
            f"{name}: {size - end} bytes after the last committed record; the next crawl moves them to lost+found."
        )


def _check_piece(file: BinaryIO, piece: _Piece, *, deep: bool) -> str | None:
    """What is wrong with a piece, if anything."""
    file.seek(piece.offset)
    found = hashlib.sha256()
    left = piece.length
    while left and (chunk := file.read(min(CHUNK, left))):
        found.update(chunk)
        left -= len(chunk)
    if left:
        return f"the file ends {left} bytes too early"
    if found.hexdigest() != piece.sha256:
        return "its bytes do not match their SHA-256"
    if deep and piece.payload:
        file.seek(piece.offset)
        digest = warc.payload_digest(file.read(piece.length))
        if digest != piece.payload:
            return f"its payload digest is {digest}, the database says {piece.payload}"
    return None
