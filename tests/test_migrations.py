"""The law over the migrations: an archive that went through them is one that was made new, killed or not."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from running import luutru
from sqlite_utils import Database

from archive import migrations
from archive.errors import AlreadyRunningError, OlderSchemaError
from archive.folder import Folder
from archive.search_schema import SEARCH_TABLES
from archive.store import Archive
from archive.upgrade import upgrade

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
    for table, known in columns().items():
        for row in range(1, 4):
            values = [_value(name, kind, row) for name, kind in known]
            names = ", ".join(name for name, _ in known)
            db.conn.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", values)


def _value(name: str, kind: str, row: int) -> Any:
    if name == "id" or name.endswith("_id") or kind == "INTEGER":
        return row if kind == "INTEGER" else f"name{row}"
    return row / 4 if kind == "REAL" else f"Hội nghị {name} {row}"


@cache
def columns() -> dict[str, list[tuple[str, str]]]:
    """The tables of the first release, and the name and type of each column."""
    db = old()
    return {
        table: [(column.name, column.type) for column in db[table].columns]
        for table in db.table_names()
        if not table.startswith((*SEARCH_TABLES, "_sqlite"))
    }


def content(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the first release, in that release's columns."""
    return {
        table: db.conn.execute(f"SELECT {', '.join(name for name, _ in known)} FROM {table} ORDER BY rowid").fetchall()
        for table, known in columns().items()
    }


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


# -- `migrate` on archives ------------------------------------------------------------------------


def old_archive(folder: Path) -> Path:
    """An archive of the first release, with rows in every table."""
    Folder(folder).make()
    db = Database(folder / "archive.db")
    db.conn.execute("PRAGMA journal_mode = WAL")
    migrations.migrate(db, until=FIRST)
    with db.atomic():
        fill(db)
    db.close()
    return folder


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive that has something to migrate, whatever this release has changed so far."""
    return old_archive(tmp_path / "older")


def hashed(path: Path) -> str:
    """A digest of the rows that the first release knows."""
    db = Database(path)
    found = hashlib.sha256(repr(content(db)).encode()).hexdigest()
    db.close()
    return found


def killed_after(seconds: float, act: Callable[[], object]) -> None:
    """Act in a child process that is killed after a time."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def killed_at(statement: int, act: Callable[[], object]) -> bool:
    """Act in a child process that kills itself before the nth SQL statement; tells whether it came so far."""
    child = os.fork()
    if child == 0:
        left = statement
        connect = sqlite3.connect

        def count(_: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
            conn = connect(*arguments, **options)
            conn.set_trace_callback(count)
            return conn

        sqlite3.connect = traced  # type: ignore[assignment]  # in the child only
        try:
            act()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def test_migrate_killed_at_any_statement_leaves_the_old_or_the_new_archive(older: Path, tmp_path: Path) -> None:
    before, statement, states = hashed(older / "archive.db"), 0, []
    while True:
        folder = tmp_path / "copy"
        shutil.copytree(older, folder)
        killed = killed_at(statement, lambda folder=folder: upgrade(folder))  # type: ignore[misc]
        with sqlite3.connect(folder / "archive.db") as conn:
            applied = migrations.applied(Database(conn))
            assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert applied in ([FIRST], migrations.names()), f"killed at statement {statement}"
        assert hashed(folder / "archive.db") == before, f"killed at statement {statement}"
        states.append(applied == migrations.names())
        upgrade(folder)
        assert migrations.applied(Database(folder / "archive.db")) == migrations.names()
        assert hashed(folder / "archive.db") == before
        shutil.rmtree(folder)
        if not killed:
            break
        statement += 1
    assert states == sorted(states), "once it is new it stays new"
    assert statement > 15
    print(
        f"\nkilled at each of {statement} statements: {states.count(False)} times as it was, the rest as it should be"
    )


@pytest.mark.prove
def test_migrate_killed_at_any_moment_leaves_the_old_or_the_new_archive(
    older: Path, tmp_path: Path, full: bool
) -> None:
    """Between the statements too: while the copy is made, while a transaction is committed."""
    before, states = hashed(older / "archive.db"), []
    for moment in range(200 if full else 10):
        folder = tmp_path / "copy"
        shutil.copytree(older, folder)
        killed_after(moment * (0.0005 if full else 0.01), lambda folder=folder: upgrade(folder))  # type: ignore[misc]
        assert hashed(folder / "archive.db") == before
        applied = migrations.applied(Database(folder / "archive.db"))
        assert applied in ([FIRST], migrations.names())
        states.append(applied == [FIRST])
        upgrade(folder)
        assert hashed(folder / "archive.db") == before
        shutil.rmtree(folder)
    assert 0 < sum(states) < len(states)
    print(f"\n{len(states)} kills: {sum(states)} times as it was, the rest as it should be")


def test_an_older_archive_is_opened_after_migrate_and_the_copy_is_named(older: Path) -> None:
    with pytest.raises(OlderSchemaError, match=r"luutru --archive .* migrate"):
        Archive.open(older)
    before = (older / "archive.db").read_bytes()
    assert luutru(older, "crawl").returncode == 1
    assert (older / "archive.db").read_bytes() == before, "no command changes it unasked"
    done = luutru(older, "migrate")
    assert done.returncode == 0, done.stderr
    (backup,) = older.glob("archive-before-*.db")
    assert str(backup) in done.stdout
    assert migrations.applied(Database(backup)) == [FIRST]
    assert hashed(backup) == hashed(older / "archive.db")
    assert "up to date" in luutru(older, "migrate").stdout
    assert luutru(older, "status").returncode == 0


def test_migrate_waits_for_nobody(older: Path) -> None:
    with Folder(older).writing(), pytest.raises(AlreadyRunningError):
        upgrade(older)


def test_captures_after_the_clock_was_set_back_stay_behind_those_before() -> None:
    db = old("0006_changes")
    fill(db)
    for number, timestamp in enumerate(("20260301000000", "20260302000000", "20260101000000", "20260303000000"), 10):
        columns = ", ".join(column.name for column in db["captures"].columns if column.name not in ("id", "timestamp"))
        db.conn.execute(
            f"INSERT INTO captures (id, timestamp, {columns}) SELECT ?, ?, {columns} FROM captures WHERE id = 1",
            [number, timestamp],
        )
    db.conn.execute("DROP TRIGGER captures_no_delete")
    db.conn.execute("DELETE FROM captures WHERE id < 10")
    db.conn.commit()
    db.conn.execute("PRAGMA foreign_keys = OFF")
    migrations.migrate(db)
    places = db.conn.execute("SELECT place FROM captures ORDER BY id").fetchall()
    assert places == [(None,), (None,), ("20260302000000",), (None,)]
