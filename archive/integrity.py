"""`verify`: every byte of the WARC files against its digest, and the database against itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from archive import consistency, pieces
from archive.members import Member, members
from archive.report import Report
from archive.search_schema import SEARCH_TABLES
from archive.store import Archive

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR", "SQLITE_FORMAT")
_NO_WRITING = ("SQLITE_READONLY", "SQLITE_CANTOPEN")


def verify(archive: Archive, *, deep: bool = False) -> Report:
    """Check an archive; `deep` also unpacks every record and compares it with what the database says of it."""
    report = Report()
    database = archive.folder.database
    try:
        report.damage += [f"{database}: {line}" for line in consistency.damage(archive.conn)]
        _check_search(report, archive)
        known = archive.conn.execute(
            "SELECT filename, head_length, head_sha256, committed FROM _warc_files ORDER BY filename"
        ).fetchall()
        for filename, head_length, head_sha256, committed in known:
            found = pieces.of_file(archive.conn, filename, head_length, head_sha256)
            pieces.check(report, archive.folder.path / filename, filename, found, committed, deep=deep)
    except sqlite3.DatabaseError as error:
        if not error.sqlite_errorname.startswith(_DAMAGED):
            raise
        report.damage.append(f"{database}: cannot be read: {error}. Put a copy back, or run: luutru rebuild")
        return report
    _look_around(report, archive.folder.path, {row[0] for row in known})
    return report


def _look_around(report: Report, folder: Path, known: set[str]) -> None:
    """Tell of files that no row names, and of what earlier crashes left."""
    for path in sorted((folder / "warc").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known:
            pieces.stray(report, path, name, 0)
    for path in sorted((folder / "lost+found").glob("*")):
        if path.is_file():
            whole = sum(isinstance(each, Member) and each.kind == "response" for each in members(path))
            name = path.relative_to(folder).as_posix()
            report.notes.append(
                f"{name}: {path.stat().st_size} bytes that were never committed; {whole} whole answers."
            )


def _check_search(report: Report, archive: Archive) -> None:
    """Compare the search tables with the texts (SQLite's own check, which writes nothing but needs a writer)."""
    with closing(sqlite3.connect(archive.folder.database, isolation_level=None, timeout=30)) as conn:
        for table in SEARCH_TABLES:
            try:
                conn.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
            except sqlite3.DatabaseError as error:
                where = f"{archive.folder.database}: the search table {table}"
                if error.sqlite_errorname.startswith(_NO_WRITING):
                    report.notes.append(f"{where} was not checked, for its check needs to write: {error}")
                else:
                    report.damage.append(f"{where} does not agree with what it is to find: {error}")
