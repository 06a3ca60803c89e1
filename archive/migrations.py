"""One function a migration: how an archive of any earlier release becomes one of this release.

To change the tables, change `archive/schema.py` and add a function here under the next free number, never
touching one that has been on trunk: a test compares a new archive with one that went through all of them. A
column that is added goes to the end of its table's columns in `schema.py`, where SQLite puts it too. A table
that needs another shape is made anew beside the old one, filled, and renamed; `Table.transform` of sqlite-utils
would drop the triggers that keep the search tables in step.
"""

from __future__ import annotations

import sqlite3
from importlib.resources import files

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive import provinces, steps
from archive.schema import NEWEST

_migrations = Migrations("luutru")


@_migrations(name="0001_first")
def _first(db: Database) -> None:
    _run(db, files("archive").joinpath("tables/0001_first.sql").read_text(encoding="utf-8"))


@_migrations(name="0002_notes")
def _notes(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE _warc_notes (
          filename TEXT NOT NULL,
          offset INTEGER NOT NULL,
          length INTEGER NOT NULL,
          record_sha256 TEXT NOT NULL,
          PRIMARY KEY (filename, offset)
        ) STRICT;""",
    )


@_migrations(name="0003_numbers")
def _numbers(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE _article_numbers (
          id INTEGER PRIMARY KEY NOT NULL,
          portal_id TEXT NOT NULL,
          article_key TEXT NOT NULL,
          url TEXT NOT NULL
        ) STRICT;
        CREATE INDEX _article_numbers_key ON _article_numbers(portal_id, article_key);
        CREATE INDEX _article_numbers_url ON _article_numbers(portal_id, url);""",
    )


@_migrations(name="0004_tls")
def _tls(db: Database) -> None:
    _run(db, "ALTER TABLE captures ADD COLUMN tls TEXT;")


@_migrations(name="0005_read_text")
def _read_text(db: Database) -> None:
    _run(db, "ALTER TABLE readings ADD COLUMN text_sha256 TEXT;")


@_migrations(name="0006_changes")
def _changes(db: Database) -> None:
    _run(db, files("archive").joinpath("tables/0006_changes.sql").read_text(encoding="utf-8"))
    for (article_id,) in db.conn.execute(
        "SELECT article_id FROM versions GROUP BY article_id HAVING count(DISTINCT capture_id) > 1"
    ).fetchall():
        steps.derive(db.conn, article_id)


@_migrations(name="0007_order")
def _order(db: Database) -> None:
    _run(
        db,
        """ALTER TABLE captures ADD COLUMN place TEXT;
        ALTER TABLE captures ADD COLUMN origin TEXT;
        DROP TRIGGER captures_no_update;
        UPDATE captures SET place = latest FROM
          (SELECT id AS number, max(timestamp) OVER (ORDER BY id) AS latest FROM captures)
          WHERE number = id AND timestamp < latest;
        CREATE TRIGGER captures_no_update BEFORE UPDATE ON captures
        BEGIN SELECT RAISE(ABORT, 'captures are append-only'); END;""",
    )


@_migrations(name="0008_coverage")
def _coverage(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE coverage (
          id INTEGER PRIMARY KEY NOT NULL,
          portal_id TEXT NOT NULL REFERENCES portals(id),
          section TEXT,
          month TEXT,
          expected INTEGER NOT NULL,
          held INTEGER NOT NULL,
          missing INTEGER NOT NULL,
          gone INTEGER NOT NULL,
          unknown INTEGER NOT NULL,
          counted_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX coverage_portal ON coverage(portal_id);""",
    )


@_migrations(name="0009_alerts")
def _alerts(db: Database) -> None:
    _run(db, "ALTER TABLE issues ADD COLUMN closed_at TEXT;\nALTER TABLE issues ADD COLUMN told_at TEXT;")


@_migrations(name="0010_provinces")
def _provinces(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE provinces (
          old_code TEXT PRIMARY KEY NOT NULL,
          old_name TEXT NOT NULL UNIQUE,
          new_code TEXT NOT NULL,
          new_name TEXT NOT NULL
        ) STRICT;""",
    )
    provinces.fill(db.conn)


@_migrations(name="0011_counting")
def _counting(db: Database) -> None:
    _run(
        db,
        """CREATE INDEX articles_portal ON articles(portal_id, published_at, status, section);
        CREATE INDEX articles_gone ON articles(gone_since) WHERE gone_since IS NOT NULL;""",
    )


@_migrations(name="0012_listed")
def _listed(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE _listed (
          listing_id INTEGER NOT NULL REFERENCES _frontier(id),
          place INTEGER NOT NULL,
          address_id INTEGER NOT NULL REFERENCES _frontier(id),
          capture_id INTEGER NOT NULL REFERENCES captures(id),
          PRIMARY KEY (listing_id, place)
        ) STRICT;
        CREATE INDEX _listed_address ON _listed(address_id);
        CREATE TABLE _delisted (
          article_id INTEGER PRIMARY KEY NOT NULL REFERENCES articles(id),
          capture_id INTEGER NOT NULL REFERENCES captures(id),
          at TEXT NOT NULL
        ) STRICT;""",
    )


@_migrations(name="0013_rendered")
def _rendered(db: Database) -> None:
    _run(db, "ALTER TABLE captures ADD COLUMN rendered TEXT;")


def make(db: Database) -> None:
    """Make the tables of this release in an empty database, in one transaction."""
    with db.atomic():
        _run(db, NEWEST)
        provinces.fill(db.conn)
        _migrations.ensure_migrations_table(db)
        for name in names():
            _migrations._record_applied(db, name)


def migrate(db: Database, *, until: str | None = None) -> None:
    """Do what is pending, up to and with `until`, in one transaction: killed, it leaves the tables as they were."""
    later = [name for name in names() if until is not None and name > until]
    with db.atomic():
        _migrations.apply(db, stop_before=later)


def names() -> list[str]:
    """The migrations that this release knows, in their order."""
    return [migration.name for migration in _migrations._migrations]


def applied(db: Database) -> list[str]:
    """The migrations that the database went through or was made with."""
    return [migration.name for migration in _migrations.applied(db)]


def pending(db: Database) -> list[str]:
    """The migrations that the database still needs."""
    return [migration.name for migration in _migrations.pending(db)]


def unknown(db: Database) -> list[str]:
    """The migrations of a newer release that the database has."""
    return [name for name in applied(db) if name not in names()]


def _run(db: Database, script: str) -> None:
    for statement in statements(script):
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
