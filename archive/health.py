"""What may be wrong with an archive and the machine under it, as far as a second tells."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import __version__
from archive.clock import iso, moment
from archive.errors import LuutruError
from archive.folder import WRITER, Folder
from archive.report import Report
from archive.store import Archive

FREE_LEAST = 1 << 30
"""Bytes that should be free on the disk."""
LOG_MOST = 1 << 30
"""Bytes of SQLite's log beyond which something keeps it from being written back."""
VERIFY_EVERY = timedelta(days=31)
CLOCK_OFF = timedelta(minutes=5)
SQLITE_LEAST = (3, 37)
"""STRICT tables."""
VERIFIED = ".verified.json"
"""The file in which `verify` leaves when it was run, and what it found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    is_well: bool
    said: str


def check(folder: Folder, now: datetime) -> list[Finding]:
    """Look at the machine and the archive. Nothing is written."""
    found = [*_versions()]
    try:
        found.append(_contact(folder))
        with Archive.open(folder.path) as archive:
            found += [_space(folder), *_permissions(folder), _writer(folder), _log(folder)]
            found.append(Finding(name="archive", is_well=True, said=str(folder.path)))
            found += [_clock(archive.conn, now), _files(archive), _verified(archive, now)]
    except LuutruError as error:
        found.append(Finding(name="archive", is_well=False, said=str(error)))
    return found


def _versions() -> Iterator[Finding]:
    yield Finding(name="luutru", is_well=True, said=__version__)
    yield Finding(name="python", is_well=sys.version_info >= (3, 11), said=platform.python_version())
    yield Finding(name="sqlite", is_well=sqlite3.sqlite_version_info >= SQLITE_LEAST, said=sqlite3.sqlite_version)
    with closing(sqlite3.connect(":memory:")) as conn:
        try:
            conn.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        except sqlite3.OperationalError as error:
            yield Finding(name="fts5", is_well=False, said=f"this SQLite cannot search: {error}")
        else:
            yield Finding(name="fts5", is_well=True, said="there")


def _contact(folder: Folder) -> Finding:
    contact = folder.settings().contact
    missing = f"no contact address is set in {folder.settings_file}: portals cannot tell whom to ask"
    return Finding(name="contact", is_well=bool(contact), said=contact or missing)


def _space(folder: Folder) -> Finding:
    free = shutil.disk_usage(folder.path).free
    said = f"{free / 1e9:.1f} GB are free"
    return Finding(name="disk", is_well=free >= FREE_LEAST, said=said if free >= FREE_LEAST else f"only {said}")


def _permissions(folder: Folder) -> Iterator[Finding]:
    places = (folder.path, folder.database, folder.path / "warc", folder.path / "lost+found", folder.portals)
    # What is missing the next crawl makes.
    shut = [str(place) for place in places if place.exists() and not os.access(place, os.R_OK | os.W_OK)]
    said = f"cannot be written to by this account: {', '.join(shut)}" if shut else "all can be written to"
    yield Finding(name="permissions", is_well=not shut, said=said)


def _writer(folder: Folder) -> Finding:
    holder = folder.holder(WRITER)
    return Finding(name="writer", is_well=True, said=f"process {holder} is writing" if holder else "nobody is writing")


def _log(folder: Folder) -> Finding:
    log = folder.database.with_name(folder.database.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    said = f"{log.name} has {size / 1e6:.1f} MB"
    if size > LOG_MOST:
        said += ": a reader keeps it from being written back; end programs that have had the archive open for long"
    return Finding(name="log", is_well=size <= LOG_MOST, said=said)


def _clock(conn: sqlite3.Connection, now: datetime) -> Finding:
    row = conn.execute("SELECT max(timestamp) FROM captures WHERE origin IS NULL").fetchone()
    if row[0] is not None and moment(row[0]) > now + CLOCK_OFF:
        newest = iso(moment(row[0]))
        said = f"it is {iso(now)} here, but the newest capture is of {newest}: the clock is wrong, or was"
        return Finding(name="clock", is_well=False, said=said)
    return Finding(name="clock", is_well=True, said=iso(now))


def _files(archive: Archive) -> Finding:
    """Whether each WARC file is there and as long as it must be; `verify` reads them."""
    wrong = []
    for name, committed in archive.committed().items():
        file = archive.folder.path / name
        if not file.is_file() or file.stat().st_size < committed:
            wrong.append(name)
    said = f"missing or too short: {', '.join(wrong)}" if wrong else "all are there"
    return Finding(name="warc", is_well=not wrong, said=said)


def note_verified(folder: Folder, report: Report, *, deep: bool, at: datetime) -> None:
    """Leave word of a `verify`, where the archive can be written to: a copy on a disk that cannot is verified too."""
    told = {"at": iso(at), "deep": deep, "damage": len(report.damage)}
    with suppress(OSError):
        (folder.path / VERIFIED).write_text(json.dumps(told) + "\n", encoding="utf-8")


def _verified(archive: Archive, now: datetime) -> Finding:
    file = archive.folder.path / VERIFIED
    oldest = archive.conn.execute("SELECT min(started_at) FROM runs").fetchone()[0]
    if not file.exists():
        is_new = oldest is None or now - datetime.fromisoformat(oldest) < VERIFY_EVERY
        return Finding(name="verify", is_well=is_new, said="it was never verified; call: luutru verify")
    told = json.loads(file.read_text(encoding="utf-8"))
    at = datetime.fromisoformat(told["at"])
    if told["damage"]:
        return Finding(name="verify", is_well=False, said=f"damage was found in {told['damage']} places, {told['at']}")
    is_late = now - at > VERIFY_EVERY
    said = f"no damage was found, {told['at']}" + ("; that is long ago, call: luutru verify" if is_late else "")
    return Finding(name="verify", is_well=not is_late, said=said)
