"""A database that is made anew beside the archive's own, and takes its place when it is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from archive import migrations
from archive.clock import digits, now
from archive.errors import AlreadyRunningError, DamageError
from archive.folder import Folder, out_of_space, sync_folder
from archive.store import Archive, connect, writes

NAME = "archive.db.anew"
_SIDES = ("-wal", "-shm", "-journal")


@dataclass(slots=True)
class Anew:
    """The archive with its new database; `kept` is where the old one is afterwards."""

    archive: Archive
    kept: Path | None = None


@contextmanager
def anew(path: Path) -> Iterator[Anew]:
    """Open an empty database for an archive's folder, as its one writer.

    It replaces the old one when the block ends without an error, which then is kept under another name; until that
    moment the old one is untouched, whatever happens. Raises `AlreadyRunningError` where anything else has the
    old one open, and `DamageError` where the new one does not agree with itself.
    """
    folder = Folder(path)
    folder.make()
    with folder.writing():
        _close_books(folder)
        beside = Folder(path, NAME)
        _remove(beside.database)
        with writes(beside), closing(connect(beside, write=True)) as conn:
            conn.execute("PRAGMA synchronous = OFF")  # it counts only once it is whole and synced
            made = Anew(Archive(beside, conn, ExitStack()))
            migrations.make(made.archive.db)
            yield made
            _check(conn)
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made.kept = _replace(folder, beside.database)


def _close_books(folder: Folder) -> None:
    """Bring what the old database's log holds into the database itself, as far as it can be read at all."""
    if not folder.exists():
        return
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(folder.database, timeout=1)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        log = _side(folder.database, "-wal")
        if log.exists() and log.stat().st_size:
            raise AlreadyRunningError(f"{folder.database} is being read by another process; close it first.")


def _check(conn: sqlite3.Connection) -> None:
    wrong = [row[0] for row in conn.execute("PRAGMA quick_check(1)") if row[0] != "ok"]
    wrong += [f"a row of {row[0]} points to nothing" for row in conn.execute("PRAGMA foreign_key_check").fetchmany(1)]
    if wrong:
        raise DamageError(f"The new database is damaged ({wrong[0]}); the old one stays.")


def _replace(folder: Folder, new: Path) -> Path | None:
    """Put the new database in the old one's place, in one step of the file system; the old one stays beside it."""
    with out_of_space(folder.path):
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        kept = None
        if folder.exists():
            _close_books(folder)
            kept = folder.path / f"archive-before-rebuild-{digits(now())}.db"
            for side in ("", *_SIDES):
                if _side(folder.database, side).exists():
                    _keep(_side(folder.database, side), _side(kept, side))
            sync_folder(folder.path)
        # A log that stays would be taken for the new database's. If there is one, its database cannot be read.
        for side in _SIDES:
            _side(folder.database, side).unlink(missing_ok=True)
        new.replace(folder.database)
        sync_folder(folder.path)
    _remove(new)
    return kept


def _keep(old: Path, kept: Path) -> None:
    """A second name for a file; a copy where the file system has no second names."""
    kept.unlink(missing_ok=True)
    try:
        os.link(old, kept)
    except OSError:
        shutil.copyfile(old, kept)


def _remove(database: Path) -> None:
    for side in ("", *_SIDES):
        _side(database, side).unlink(missing_ok=True)


def _side(database: Path, side: str) -> Path:
    return database.with_name(database.name + side)
