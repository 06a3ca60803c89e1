"""The articles as CSV, JSON lines or Parquet: one row an article as it stands, with its address and its evidence."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import ConfigError
from archive.folder import out_of_space, sync_folder
from archive.language import _
from archive.order import NEWEST
from archive.store import Archive

BATCH = 500
"""Articles that are held in memory at a time."""

Rows = Iterator[dict[str, Any]]

_COLUMNS = {
    "id": "articles.id",
    "address": "articles.id || '/' || versions.timestamp",
    "portal_id": "articles.portal_id",
    "portal": "portals.name",
    "province": "portals.province",
    "province_now": "portals.province_now",
    "article_key": "article_key",
    "url": "articles.url",
    "title": "articles.title",
    "summary": "articles.summary",
    "body": "articles.body",
    "author": "articles.author",
    "source": "articles.source",
    "published_at": "articles.published_at",
    "updated_at": "articles.updated_at",
    "section": "articles.section",
    "status": "articles.status",
    "first_seen": "first_seen",
    "last_seen": "last_seen",
    "gone_since": "gone_since",
    "version_count": "version_count",
    "attachments": "versions.attachments",
    "text_sha256": "text_sha256",
    "reader": "reader",
    "capture_id": "captures.id",
    "capture_url": "captures.url",
    "capture_timestamp": "captures.timestamp",
    "digest": "captures.digest",
    "filename": "captures.filename",
    "offset": "captures.offset",
    "length": "captures.length",
    "record_sha256": "captures.record_sha256",
}
"""What a row has, and where it comes from. `address` is the permanent address of the text: article and timestamp."""

_NUMBERS = ("id", "version_count", "capture_id", "offset", "length")
_TIMES = ("published_at", "updated_at", "first_seen", "last_seen", "gone_since")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def articles(archive: Archive, *, portal_id: str | None = None, since: datetime | None = None) -> Rows:
    """The articles, by number: of one portal, of those published since a time (first seen, where no page says when).

    Raises `ConfigError` for an unknown portal.
    """
    known_portal(archive.conn, portal_id)
    yield from _rows(
        archive.conn,
        "(?1 IS NULL OR articles.portal_id = ?1)"
        " AND (?2 IS NULL OR julianday(coalesce(articles.published_at, first_seen)) >= julianday(?2))"
        " ORDER BY articles.id",
        portal_id,
        since.isoformat() if since else None,
    )


def chosen(conn: sqlite3.Connection, numbers: Iterable[int]) -> Rows:
    """The articles with these numbers, in this order."""
    for number in numbers:
        yield from _rows(conn, "articles.id = ?", number)


def _rows(conn: sqlite3.Connection, where: str, *values: Any) -> Rows:
    columns = ", ".join(f"{sql} AS {name}" for name, sql in _COLUMNS.items())
    cursor = conn.cursor()
    cursor.row_factory = sqlite3.Row
    cursor.execute(
        f"SELECT {columns} FROM articles JOIN portals ON portals.id = articles.portal_id"
        " JOIN versions ON versions.id = (SELECT id FROM versions WHERE article_id = articles.id"
        f" ORDER BY {NEWEST} LIMIT 1) JOIN captures ON captures.id = capture_id WHERE {where}",
        values,
    )
    for row in cursor:
        yield {**dict(row), "attachments": json.loads(row["attachments"])}


def known_portal(conn: sqlite3.Connection, portal_id: str | None) -> None:
    """Raise `ConfigError` where a portal is named that the archive does not have."""
    known = [row[0] for row in conn.execute("SELECT id FROM portals ORDER BY id")]
    if portal_id is not None and portal_id not in known:
        raise ConfigError(f"There is no portal {portal_id!r} in the archive; there are: {', '.join(known) or 'none'}.")


def to_csv(rows: Rows, file: BinaryIO) -> int:
    """Write CSV as spreadsheets open it rightly; returns how many rows.

    UTF-8 with a byte order mark, CRLF, RFC 4180. A text that begins with `=`, `+`, `-`, `@`, a tab or CR, which
    spreadsheets would run as a formula, or with an apostrophe, has one apostrophe put before it: taking one
    apostrophe off the beginning of each text gives the text back.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 (counted for the return)
        attachments = json.dumps(row["attachments"], ensure_ascii=False)
        writer.writerow([_defused(value) for value in {**row, "attachments": attachments}.values()])
    text.detach()
    return count


def _defused(value: str | int | None) -> str | int | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def to_jsonl(rows: Rows, file: BinaryIO) -> int:
    """Write one JSON object a line, UTF-8; returns how many."""
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 (as above)
        file.write(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")
    return count


def to_parquet(rows: Rows, file: BinaryIO) -> int:
    """Write Parquet: numbers and times (with +07:00) as such, the attachments as JSON; returns how many rows.

    Raises `ConfigError` where pyarrow is not installed.
    """
    try:
        import pyarrow as arrow  # noqa: PLC0415 (an extra, and slow to import)
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(_('Parquet needs pyarrow; install it with: pip install "luutru[parquet]"')) from error
    kinds = {name: arrow.int64() for name in _NUMBERS} | {name: arrow.timestamp("s", "+07:00") for name in _TIMES}
    schema = arrow.schema([(name, kinds.get(name, arrow.string())) for name in _COLUMNS])
    count = 0
    with parquet.ParquetWriter(file, schema) as writer:
        for batch in _batches(rows):
            writer.write_table(arrow.Table.from_pylist([_typed(row) for row in batch], schema))
            count += len(batch)
    return count


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in _TIMES}
    return {**row, **times, "attachments": json.dumps(row["attachments"], ensure_ascii=False)}


def _batches(rows: Rows) -> Iterator[list[dict[str, Any]]]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


WRITERS: dict[str, Callable[[Rows, BinaryIO], int]] = {"csv": to_csv, "jsonl": to_jsonl, "parquet": to_parquet}


@contextmanager
def whole(path: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A file that gets its name when all of it is on the disk: there is never half a file under that name.

    Raises `ConfigError` where a file is there already and shall not be replaced, `OutOfSpaceError`.
    """
    _refuse(path, overwrite=overwrite)
    with out_of_space(path):
        part = path.parent / f".{path.name}.{os.getpid()}.part"
        file = part.open("x+b")
    try:
        with out_of_space(path), file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _refuse(path, overwrite=overwrite)
        with out_of_space(path):
            part.replace(path)
            sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _refuse(path: Path, *, overwrite: bool) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise ConfigError(f"{path} is no place for a file.")
    if path.exists() and not overwrite:
        raise ConfigError(f"{path} is there already; give another name, or --overwrite to replace it.")
