"""One function a migration: how an archive of any earlier release becomes one of this release."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.schema import FIRST

migrations = Migrations("luutru")


@migrations(name="0001_first")
def _first(db: Database) -> None:
    for statement in statements(FIRST):
        db.conn.execute(statement)


def statements(script: str) -> list[str]:
    """The statements of an SQL script, each whole (a trigger has semicolons of its own)."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    return found
