"""Opening an archive, and everything about runs and portals that is written to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from archive import __version__, coverage, migrations, warc
from archive.clock import iso, now
from archive.errors import (
    ConfigError,
    LuutruError,
    NewerSchemaError,
    OlderSchemaError,
    OutOfSpaceError,
    UnreadableError,
)
from archive.folder import Folder, sync_folder
from archive.provinces import provinces_now
from archive.records import Issue, Stored

OUTCOMES = ("new", "changed", "unchanged", "gone", "suspect", "other", "failed", "refused", "put_off")
"""What can become of an address that a run takes up; `planned` is their sum."""

_FULL = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")


class Archive:
    """An open archive. Use `Archive.open`; a context manager that closes it."""

    def __init__(self, folder: Folder, conn: sqlite3.Connection, resources: ExitStack) -> None:
        self.folder = folder
        self.conn = conn
        self.db = Database(conn, recursive_triggers=False)
        self._resources = resources

    @classmethod
    def open(cls, path: Path | str, *, write: bool = False) -> Archive:
        """Open the archive in a folder, for reading or as its one writer.

        The writer makes what is missing, gives back what a crash left and cuts torn tails off the WARC
        files. Raises `ConfigError` where there is no archive to read, `AlreadyRunningError`,
        `NewerSchemaError`, `OlderSchemaError`, `OutOfSpaceError`.
        """
        folder = Folder(Path(path))
        if not write and not folder.exists():
            raise ConfigError(f"There is no archive in {folder.path}; make one with: luutru --archive {path} init")
        with ExitStack() as stack:
            if write:
                folder.make()
                stack.enter_context(folder.writing())
            with writes(folder):
                conn = connect(folder, write=write)
                stack.callback(conn.close)
                archive = cls(folder, conn, ExitStack())
                _check_schema(archive.db, folder, write=write)
                if write:
                    archive._recover()
            archive._resources = stack.pop_all()
        return archive

    def close(self) -> None:
        """Close the database and let go of the lock."""
        self._resources.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on the disk when the block ends, or nothing of it."""
        with writes(self.folder):
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.conn
                self.conn.execute("COMMIT")
            except BaseException:
                if self.conn.in_transaction:
                    self.conn.execute("ROLLBACK")
                raise

    def _recover(self) -> None:
        """Give back what a killed run held, close its books, and cut the WARC files' torn tails.

        Raises `LuutruError` where there are WARC files that this database has never heard of: it is not
        theirs, and cutting by it would move them all away.
        """
        if not self.conn.execute("SELECT 1 FROM runs LIMIT 1").fetchone():
            stray = next((self.folder.path / "warc").rglob("*.warc.gz"), None)
            if stray is not None:
                raise LuutruError(
                    f"{self.folder.database} is new, but {stray} is there already: put the archive.db that belongs"
                    " to it back, or begin a new archive in another folder."
                )
        for cut in warc.recover(self.folder.path, self.committed()):
            self.note(Issue(kind=cut.kind, message=cut.message))
        killed = [row[0] for row in self.conn.execute("SELECT id FROM runs WHERE ended_at IS NULL AND planned = 0")]
        if killed:
            with self.transaction():
                for run_id in killed:
                    self._add_up(run_id)

    def committed(self) -> dict[str, int]:
        """Where the last committed record of each WARC file ends, in bytes."""
        return dict(self.conn.execute("SELECT filename, committed FROM _warc_files").fetchall())

    # -- runs -------------------------------------------------------------------------------------

    def begin_run(self) -> int:
        """Note a new run; returns its number."""
        with self.transaction() as conn:
            cursor = conn.execute("INSERT INTO runs (started_at, version) VALUES (?, ?)", [iso(now()), __version__])
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def end_run(self, run_id: int, exit_code: int) -> None:
        """Note a run's end, its exit code and its sums, and what is held of its portals now."""
        with self.transaction() as conn:
            self._add_up(run_id)
            portals = conn.execute("SELECT portal_id FROM run_portals WHERE run_id = ?", [run_id]).fetchall()
            coverage.put(conn, (row[0] for row in portals))
            conn.execute("UPDATE runs SET ended_at = ?, exit_code = ? WHERE id = ?", [iso(now()), exit_code, run_id])

    def _add_up(self, run_id: int) -> None:
        """Count what a run took up and left, and sum the portals' outcomes.

        `planned` was counted when addresses were leased, the outcomes when they were answered, and what
        is put off is counted here in the frontier: a difference between them would show.
        """
        self.conn.execute(
            "UPDATE run_portals SET put_off = put_off + (SELECT count(*) FROM _frontier"
            " WHERE run_id = run_portals.run_id AND portal_id = run_portals.portal_id AND state != 'done')"
            " WHERE run_id = ?",
            [run_id],
        )
        self.conn.execute(
            "UPDATE _frontier SET run_id = NULL, state = 'queued' WHERE run_id = ? AND state != 'done'",
            [run_id],
        )
        columns = ("planned", *OUTCOMES)
        self.conn.execute(
            f"UPDATE runs SET ({', '.join(columns)}) ="
            f" (SELECT {', '.join(f'coalesce(sum({name}), 0)' for name in columns)}"
            " FROM run_portals WHERE run_id = runs.id) WHERE id = ?",
            [run_id],
        )

    def counts(self, run_id: int, portal_id: str | None = None) -> dict[str, int]:
        """A run's outcomes so far, of one portal or of all."""
        columns = ("planned", *OUTCOMES)
        row = self.conn.execute(
            f"SELECT {', '.join(f'coalesce(sum({name}), 0)' for name in columns)} FROM run_portals"
            " WHERE run_id = ? AND coalesce(portal_id = ?, 1)",
            [run_id, portal_id],
        ).fetchone()
        return dict(zip(columns, row, strict=True))

    # -- portals and issues -----------------------------------------------------------------------

    def put_portal(self, portal: Mapping[str, str | None]) -> None:
        """Note a portal, or what its file now says of it. `portal` has the table's columns as keys."""
        row = {**portal, "province_now": provinces_now().get(portal.get("province") or "")}
        names = list(row)
        with self.transaction() as conn:
            conn.execute(
                f"INSERT INTO portals ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
                f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names[1:])}",
                list(row.values()),
            )

    def note(
        self, issue: Issue, *, run_id: int | None = None, portal_id: str | None = None, url: str | None = None
    ) -> None:
        """Keep an issue in a transaction of its own."""
        with self.transaction() as conn:
            insert_issue(conn, issue, at=now(), run_id=run_id, portal_id=portal_id, url=url, capture_id=None)


def insert_issue(
    conn: sqlite3.Connection, issue: Issue, *, at: datetime, run_id: int | None, portal_id: str | None,
    url: str | None, capture_id: int | None,
) -> None:  # fmt: skip
    """Keep an issue in the caller's transaction."""
    conn.execute(
        "INSERT INTO issues (run_id, portal_id, url, capture_id, kind, message, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [run_id, portal_id, url, capture_id, issue.kind, issue.message, iso(at)],
    )


def put_file(conn: sqlite3.Connection, stored: Stored | warc.Noted, at: datetime) -> None:
    """Note that a WARC file is committed up to the end of a record, in the caller's transaction."""
    conn.execute(
        "INSERT INTO _warc_files (filename, head_length, head_sha256, committed, created_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (filename) DO UPDATE SET committed = excluded.committed",
        [stored.filename, stored.head_length, stored.head_sha256, stored.offset + stored.length, iso(at)],
    )


def note_failure(path: Path, error: LuutruError) -> None:
    """Keep the failure of a command as an issue, where there is an archive that can be written to.

    Needs no writer lock: a command that failed because another one holds it is noted too.
    """
    folder = Folder(path)
    if not folder.exists() or isinstance(error, NewerSchemaError | OlderSchemaError):
        return
    # A full disk or a damaged database is what most of these failures are about.
    with suppress(sqlite3.Error), closing(sqlite3.connect(folder.database, timeout=5)) as conn, conn:
        issue = Issue(kind=error.kind, message=str(error))
        insert_issue(conn, issue, at=now(), run_id=None, portal_id=None, url=None, capture_id=None)


@contextmanager
def writes(folder: Folder) -> Iterator[None]:
    """Turn SQLite's "disk full" and "read-only" errors into `OutOfSpaceError`."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith(_FULL):
            raise OutOfSpaceError(f"Cannot write to {folder.database}: {error}.") from error
        raise
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
            raise UnreadableError(
                f"{folder.database} is damaged or no SQLite file: {error}. Put a copy back, or make it anew with:"
                f" luutru --archive {folder.path} rebuild"
            ) from error
        raise


def connect(folder: Folder, *, write: bool) -> sqlite3.Connection:
    """A connection to the archive's database, whatever tables it has."""
    new = not folder.exists()
    # One thread at a time uses it; it is not bound to the thread that made it.
    conn = sqlite3.connect(folder.database, isolation_level=None, timeout=30, check_same_thread=False)
    if not write and not _can_be_read(conn) and not _has_log(folder):
        # A log's index needs a place beside the database: there is none on a disk that cannot be written to.
        conn.close()
        address = f"{folder.database.absolute().as_uri()}?immutable=1"
        conn = sqlite3.connect(address, isolation_level=None, check_same_thread=False, uri=True)
    conn.execute("PRAGMA foreign_keys = ON")
    if write:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        if new:
            sync_folder(folder.path)
    else:
        conn.execute("PRAGMA query_only = ON")
    return conn


def _can_be_read(conn: sqlite3.Connection) -> bool:
    try:
        conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


def _has_log(folder: Folder) -> bool:
    """Whether there are commits that only the write-ahead log holds."""
    log = folder.database.with_name(folder.database.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def refuse_newer(db: Database, folder: Folder) -> None:
    """Raise `NewerSchemaError` where a newer release has changed the tables."""
    newer = migrations.unknown(db)
    if newer:
        raise NewerSchemaError(
            f"{folder.database} was written by a newer luutru (it has {newer[0]}; this is {__version__}); "
            "upgrade luutru to open it."
        )


def _check_schema(db: Database, folder: Folder, *, write: bool) -> None:
    refuse_newer(db, folder)
    if not migrations.pending(db):
        return
    if migrations.applied(db):
        raise OlderSchemaError(
            f"{folder.database} was written by an older luutru; bring it up to this one with: "
            f"luutru --archive {folder.path} migrate"
        )
    if not write:
        raise LuutruError(f"{folder.database} has no tables of luutru; crawl or init makes them.")
    migrations.make(db)
