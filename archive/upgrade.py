"""`migrate`: an archive of an earlier release becomes one of this release, after a copy of its database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive import migrations
from archive.clock import digits, now
from archive.errors import ConfigError
from archive.folder import Folder, out_of_space, sync_folder
from archive.store import connect, refuse_newer, writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What was done, in order, and the copy of the database as it was before."""

    done: tuple[str, ...]
    backup: Path | None


def upgrade(path: Path) -> Upgrade:
    """Bring an archive up to this release: nothing of it, or all of it in one transaction.

    Raises `ConfigError` where there is no archive, `AlreadyRunningError`, `NewerSchemaError`, and
    `OutOfSpaceError` where there is no room for the copy or the changes; the archive is then as it was.
    """
    folder = Folder(path)
    if not folder.exists():
        raise ConfigError(f"There is no archive in {path}.")
    with folder.writing(), writes(folder), closing(connect(folder, write=True)) as conn:
        db = Database(conn, recursive_triggers=False)
        refuse_newer(db, folder)
        pending = tuple(migrations.pending(db))
        if not pending:
            return Upgrade(done=(), backup=None)
        backup = back_up(conn, folder, before=pending[0])
        migrations.migrate(db)
    return Upgrade(done=pending, backup=backup)


def back_up(conn: sqlite3.Connection, folder: Folder, *, before: str) -> Path:
    """Copy the database beside itself, whole and durable before it has its name; returns the copy's path."""
    target = folder.path / f"archive-before-{before}-{digits(now())}.db"
    unfinished = target.with_suffix(".unfinished")
    try:
        with writes(folder), closing(sqlite3.connect(unfinished)) as copy:
            conn.backup(copy)
        with out_of_space(unfinished), unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.rename(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(folder.path)
    return target
