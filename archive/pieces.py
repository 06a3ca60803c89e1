"""Every byte of the WARC files against the digests that the database holds of them."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive import warc
from archive.clock import digits
from archive.http import parse
from archive.members import Member, is_of_another_database, members, moment_of, unpacked
from archive.report import Report
from archive.warc import ADDRESS

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the database says of a response, for `--deep`."""

    url: str
    timestamp: str
    status: int | None
    digest: str
    file_sha256: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a WARC file that the database knows the digest of."""

    what: str
    offset: int
    length: int
    sha256: str
    answer: Answer | None = None


def of_file(conn: sqlite3.Connection, filename: str, head_length: int, head_sha256: str) -> Iterator[Piece]:
    """The pieces of a file, in the order in which they lie there."""
    yield Piece("the warcinfo record", 0, head_length, head_sha256)
    for number, offset, length, sha256, request_length, request_sha256, *answer in conn.execute(_SQL, [filename]):
        if number is None:
            yield Piece("a note", offset, length, sha256)
            continue
        if request_length:
            yield Piece(f"the request of capture {number}", offset - request_length, request_length, request_sha256)
        url, timestamp, status, digest, file_sha256 = answer
        said = Answer(url=url, timestamp=timestamp, status=status, digest=digest, file_sha256=file_sha256)
        yield Piece(f"capture {number}", offset, length, sha256, said)


_SQL = """
SELECT id, offset, length, record_sha256, request_length, request_sha256, url, timestamp, status, digest,
  (SELECT sha256 FROM attachments WHERE capture_id = captures.id LIMIT 1)
FROM captures WHERE filename = ?1
UNION ALL SELECT NULL, offset, length, record_sha256, 0, NULL, NULL, NULL, NULL, NULL, NULL
FROM _warc_notes WHERE filename = ?1 ORDER BY offset"""


def check(report: Report, path: Path, name: str, pieces: Iterator[Piece], committed: int, *, deep: bool) -> None:
    """Check that the pieces are all that is in a file up to its committed end, and each as it was written."""
    report.files += 1
    try:
        file = path.open("rb")
    except OSError as error:
        report.damage.append(f"{name}: cannot be read ({error.strerror}).")
        return
    with file:
        expected: dict[int, str] = {}
        broken: list[tuple[Piece, str]] = []
        end = 0
        for piece in pieces:
            if piece.offset != end:
                report.damage.append(
                    f"{name}: {piece.what} begins at {piece.offset}, the record before it ends at {end}."
                )
            problem = _check(file, piece, deep=deep)
            if problem:
                broken.append((piece, problem))
            expected[piece.offset] = piece.sha256
            end = piece.offset + piece.length
            report.records += 1
            report.bytes += piece.length
        size = file.seek(0, io.SEEK_END)
    if end != committed:
        report.damage.append(f"{name}: {committed} bytes are committed, the records end at {end}.")
    if broken:
        _look_closer(report, path, name, broken, expected)
    if size > committed:
        stray(report, path, name, committed)


_CHANGED = "its bytes do not match their SHA-256"


def _check(file: BinaryIO, piece: Piece, *, deep: bool) -> str | None:
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
        return _CHANGED
    if deep:
        file.seek(piece.offset)
        return _check_record(file.read(piece.length), piece)
    return None


def _check_record(record: bytes, piece: Piece) -> str | None:
    """What is wrong with a record whose bytes are as they were written: against itself, and what the database says."""
    try:
        fields, block = unpacked(record)
    except (zlib.error, ValueError, EOFError, OSError) as error:
        return f"it is no sound record ({error})"
    said = fields.get("warc-block-digest")
    if said and said != warc.sha1_digest(block):
        return f"its block digest is {warc.sha1_digest(block)}, the record says {said}"
    return _check_answer(record, fields, block, piece.answer) if piece.answer else None


def _check_answer(record: bytes, fields: dict[str, str], block: bytes, said: Answer) -> str | None:
    answer = parse(block) if fields.get("warc-type") == "response" else None
    digest = warc.sha1_digest(answer.entity) if answer else warc.payload_digest(record)
    if digest != said.digest:
        return f"its payload digest is {digest}, the database says {said.digest}"
    at = moment_of(fields.get("warc-date", ""))
    if at is None or digits(at) != said.timestamp:
        return f"it was captured at {fields.get('warc-date')}, the database says {said.timestamp}"
    if said.url not in (fields.get("warc-target-uri"), fields.get(ADDRESS.lower())) and "#" not in said.url:
        return f"it is of {fields.get('warc-target-uri')}, the database says {said.url}"
    if answer is None:
        return None
    if (answer.status or None) != said.status:
        return f"its status is {answer.status}, the database says {said.status}"
    if said.file_sha256 and hashlib.sha256(answer.body).hexdigest() != said.file_sha256:
        return f"its document does not match the SHA-256 that the database has of it, {said.file_sha256}"
    return None


def _look_closer(
    report: Report, path: Path, name: str, broken: list[tuple[Piece, str]], expected: dict[int, str]
) -> None:
    """Tell what was changed from what was taken out, put in or moved: what lies behind that is whole."""
    places = {each.sha256: each.offset for each in members(path) if isinstance(each, Member)}
    moved = {piece for piece, _ in broken if places.get(piece.sha256, piece.offset) != piece.offset}
    for piece, problem in broken:
        if piece in moved:
            continue
        said = "it is not in the file" if moved else problem
        report.damage.append(f"{name}: {piece.what} at {piece.offset}+{piece.length}: {said}.")
    if moved:
        first = min(moved, key=lambda piece: piece.offset)
        report.damage.append(
            f"{name}: {len(moved)} records lie elsewhere than they should, the first of them {first.what}, which"
            f" should lie at {first.offset}+{first.length} and lies at {places[first.sha256]}."
        )
    known = set(expected.values())
    for sha256, offset in places.items():
        if sha256 not in known and (moved or offset not in expected):
            report.damage.append(f"{name}: the record at {offset} is not one that the database knows.")


def stray(report: Report, path: Path, name: str, start: int) -> None:
    """Tell of what a file holds behind its committed end: what a crash leaves is no damage, more than that is."""
    size = path.stat().st_size - start
    if is_of_another_database(path, start):
        report.damage.append(
            f"{name}: {size} bytes from {start} on hold records that the database does not know, more than a crash"
            " leaves: archive.db is older than the WARC files. Put its newest copy back, or run: luutru rebuild"
        )
    elif start:
        report.notes.append(
            f"{name}: {size} bytes after the last committed record; the next crawl moves them to lost+found."
        )
    else:
        report.notes.append(f"{name}: is not of this archive, or was begun and never committed to.")
