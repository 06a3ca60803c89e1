"""The law over the migrations: an archive that went through them is one that was made new."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from typing import Any

from sqlite_utils import Database

from archive import migrations
from archive.schema import SEARCH_TABLES

FIRST = "0001_first"


def old(name: str = FIRST) -> Database:
    """An archive's database as an earlier release left it."""
    db = Database(memory=True)
    migrations.migrate(db, until=name)
    return db


def shape(db: Database) -> list[tuple[str, str, str]]:
    """All of the schema, comments and white space aside."""
    rows = db.conn.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    ).fetchall()
    return [(kind, name, _plain(sql)) for kind, name, sql in rows]


def _plain(sql: str) -> str:
    sql = re.sub(r"/\*.*?\*/|--[^\n]*", " ", sql, flags=re.S)
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(sql.split())).replace('"', "")


def fill(db: Database) -> None:
    """Rows in every table of the first release, each column with a value of its type."""
    db.conn.execute("PRAGMA defer_foreign_keys = ON")
    for table in old().table_names():
        if table.startswith((*SEARCH_TABLES, "_sqlite")):
            continue
        columns = old()[table].columns
        for row in range(1, 4):
            values = [_value(column.name, column.type, row) for column in columns]
            names = ", ".join(column.name for column in columns)
            db.conn.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", values)


def _value(name: str, kind: str, row: int) -> Any:
    if name == "id" or name.endswith("_id") or kind == "INTEGER":
        return row if kind == "INTEGER" else f"name{row}"
    return row / 4 if kind == "REAL" else f"Hội nghị {name} {row}"


def content(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the first release, in that release's columns."""
    found = {}
    for table in old().table_names():
        if not table.startswith((*SEARCH_TABLES, "_sqlite")):
            names = ", ".join(column.name for column in old()[table].columns)
            found[table] = db.conn.execute(f"SELECT {names} FROM {table} ORDER BY rowid").fetchall()
    return found


def test_an_old_archive_becomes_what_a_new_one_is() -> None:
    new = Database(memory=True)
    migrations.make(new)
    for name in migrations.names():
        db = old(name)
        migrations.migrate(db)
        assert shape(db) == shape(new), f"from {name}"
        assert migrations.applied(db) == migrations.applied(new) == migrations.names()


def test_migrations_keep_every_row_and_the_search_in_step() -> None:
    db = old()
    with db.atomic():
        fill(db)
    before = content(db)
    assert all(before.values())
    migrations.migrate(db)
    assert content(db) == before
    assert db.conn.execute("PRAGMA foreign_key_check").fetchall() == []
    for table in SEARCH_TABLES:
        db.conn.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    db.conn.execute("UPDATE articles SET title = 'Thông báo mới' WHERE id = 2")
    found = db.conn.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'thong bao moi'").fetchall()
    assert found == [(2,)]
    db.conn.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")


def test_the_first_release_stays_as_it_was() -> None:
    """The tables of archives that are out there: their file is never edited."""
    text = files("archive").joinpath("tables/0001_first.sql").read_bytes()
    assert hashlib.sha256(text).hexdigest() == ("742ebbf63c73435c87278b24da01f9799e73b43e0b808e9177971e8152729f42")


def test_migrations_are_numbered_in_their_order() -> None:
    assert [int(name[:4]) for name in migrations.names()] == list(range(1, len(migrations.names()) + 1))
