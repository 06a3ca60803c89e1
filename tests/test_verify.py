"""`verify` finds and names every damage, and nothing that is none."""

from __future__ import annotations

import gzip
import random
import re
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from making import ARTICLE, Maker
from running import luutru

from archive import notes, pieces
from archive.errors import LuutruError
from archive.integrity import verify
from archive.pieces import Piece
from archive.store import Archive
from archive.warc import WarcWriter


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of several WARC files, with articles, an edit, documents and the notes of three runs."""
    folder = tmp_path_factory.mktemp("verify") / "a"
    with Archive.open(folder, write=True) as archive:
        chance = random.Random(5)
        for run in range(3):
            make = Maker(archive)
            make.warc = WarcWriter(folder, run_id=make.run, roll_over=9000)
            for number in range(8):
                own = {"key": f"entry:{run}{number}", "url": f"http://p.vn/{run}{number}"}
                make.article(replace(ARTICLE, **own), body=chance.randbytes(chance.randrange(40, 3000)))
            make.article(replace(ARTICLE, key="entry:00", url="http://p.vn/00", body=f"Lần {run}"))
            make.document(f"http://p.vn/documents/{run}.pdf", chance.randbytes(2000))
            archive.end_run(make.run, 0)
            notes.write(archive, make.warc)
            make.warc.close()
        assert verify(archive, deep=True).damage == verify(archive).notes == []
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "a"))


def laid(folder: Path) -> dict[Path, list[Piece]]:
    """What lies where in its WARC files."""
    with Archive.open(folder) as archive:
        rows = archive.conn.execute("SELECT filename, head_length, head_sha256 FROM _warc_files").fetchall()
        return {folder / row[0]: list(pieces.of_file(archive.conn, *row)) for row in rows}


def damage(folder: Path, *, deep: bool = False) -> list[str]:
    with Archive.open(folder) as archive:
        return verify(archive, deep=deep).damage


def at(folder: Path, path: Path, piece: Piece) -> str:
    return f"{path.relative_to(folder).as_posix()}: {piece.what} at {piece.offset}+{piece.length}: "


@pytest.mark.prove
def test_every_flipped_bit_is_found_and_named(folder: Path, full: bool) -> None:
    files, chance, count = laid(folder), random.Random(1), 600 if full else 60
    for _ in range(count):
        path = chance.choice(list(files))
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        (hit,) = (piece for piece in files[path] if piece.offset <= place < piece.offset + piece.length)
        (line,) = damage(folder)
        assert line.startswith(at(folder, path, hit))
        path.write_bytes(whole)
    assert damage(folder, deep=True) == []
    print(f"\n{count} flipped bits: all found, with file and record, nothing else told")


@pytest.mark.prove
def test_every_cut_is_found_and_all_that_it_took_is_named(folder: Path, full: bool) -> None:
    files, chance, count = laid(folder), random.Random(2), 300 if full else 30
    for _ in range(count):
        path = chance.choice(list(files))
        whole = path.read_bytes()
        size = chance.randrange(len(whole))
        path.write_bytes(whole[:size])
        lost = [piece for piece in files[path] if piece.offset + piece.length > size]
        found = damage(folder)
        assert [line.partition(": the file")[0] + ": " for line in found] == [at(folder, path, each) for each in lost]
        path.write_bytes(whole)
    assert damage(folder) == []
    print(f"\n{count} cuts: all found, every record that was lost is named, nothing else told")


@pytest.mark.prove
def test_every_record_that_is_taken_out_is_found_and_named(folder: Path, full: bool) -> None:
    files, chance, count = laid(folder), random.Random(3), 20 if full else 8
    for _ in range(count):
        path = chance.choice(list(files))
        whole, taken = path.read_bytes(), chance.choice(files[path][:-1])
        path.write_bytes(whole[: taken.offset] + whole[taken.offset + taken.length :])
        found = damage(folder)
        assert at(folder, path, taken) + "it is not in the file." in found
        assert len(found) == 2
        assert "lie elsewhere" in found[1]
        path.write_bytes(whole)
    print(f"\n{count} records taken out: each named")


def test_a_removed_file_is_named(folder: Path) -> None:
    for path in laid(folder):
        whole = path.read_bytes()
        path.unlink()
        assert damage(folder) == [f"{path.relative_to(folder).as_posix()}: cannot be read (No such file or directory)."]
        path.write_bytes(whole)


def test_swapped_files_and_records_out_of_order_are_told(folder: Path) -> None:
    files = laid(folder)
    one, other = list(files)[:2]
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    found = damage(folder)
    assert {line.partition(":")[0] for line in found} == {path.relative_to(folder).as_posix() for path in (one, other)}
    other.write_bytes(second)
    a, b = files[one][1:3], files[one][3:5]
    start, middle, end = a[0].offset, b[0].offset, b[1].offset + b[1].length
    one.write_bytes(first[:start] + first[middle:end] + first[start:middle] + first[end:])
    (line,) = damage(folder)
    assert "4 records lie elsewhere than they should" in line
    assert a[0].what in line


def test_a_record_that_was_put_in_is_told(folder: Path) -> None:
    files = laid(folder)
    path = next(iter(files))
    whole, piece = path.read_bytes(), files[path][3]
    own = gzip.compress(b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 2\r\n\r\nok\r\n\r\n", mtime=0)
    path.write_bytes(whole[: piece.offset] + own + whole[piece.offset :])
    found = damage(folder)
    assert any(f"the record at {piece.offset} is not one that the database knows" in line for line in found)


DOUBLED = (
    "CREATE TEMP TABLE twin AS SELECT * FROM {table} WHERE id = {row}; UPDATE twin SET id = 99;"
    " INSERT INTO {table} SELECT * FROM twin"
)
EDITS = {
    "UPDATE versions SET body = body || '.' WHERE id = 3": "the text of version 3 does not match",
    "UPDATE versions SET timestamp = '19990101000000' WHERE id = 2": "version 2 is dated 19990101000000",
    "UPDATE versions SET capture_id = 10 WHERE id = 2": "version 2 has a capture, 10, that no reader found good",
    "DELETE FROM versions WHERE id = 4": "article 4 differs from its newest version",
    DOUBLED.format(table="versions", row=5): "version 99 says the same of capture 5 as version 5",
    "UPDATE articles SET title = 'x' WHERE id = 6": "article 6 differs from its newest version",
    "UPDATE articles SET version_count = 7 WHERE id = 6": "article 6 counts 7 versions and has 1",
    "DELETE FROM captures WHERE id = 12": "points to a row of captures that is missing",
    DOUBLED.format(table="captures", row=7): "captures 7 and 99 lie at one place",
    "UPDATE runs SET new = new + 1 WHERE id = 2": "run 2 planned",
    "UPDATE run_portals SET other = other + 1 WHERE run_id = 3": "run 3 on portal p planned",
    "UPDATE _warc_files SET committed = committed - 1": "bytes are committed, the records end at",
    "DELETE FROM _warc_notes": "bytes are committed, the records end at",
    "DROP TRIGGER versions_no_update": "the trigger versions_no_update is missing",
    "DROP INDEX captures_url": "the index captures_url is missing",
    "INSERT INTO articles_fts(articles_fts, rowid, title, body, title_d, body_d, extra)"
    " SELECT 'delete', id, title, body, title_d, body_d, extra FROM _articles_search WHERE id = 2":
        "articles_fts does not agree",
    "UPDATE _frontier SET article_id = NULL WHERE article_id = 9": "shows an article, and its address has none",
}  # fmt: skip
DEEP_EDITS = {
    "UPDATE captures SET timestamp = '19990101000000' WHERE id = 10": "the database says 19990101000000",
    "UPDATE captures SET url = 'http://p.vn/xyz' WHERE id = 10": "the database says http://p.vn/xyz",
    "UPDATE captures SET status = 404 WHERE id = 10": "its status is 200, the database says 404",
    "UPDATE captures SET digest = 'sha1:A' WHERE id = 10": "the database says sha1:A",
}


@pytest.mark.parametrize("sql", [*EDITS, *DEEP_EDITS])
def test_an_edited_database_is_told(folder: Path, sql: str) -> None:
    """By another program, which has put the triggers aside."""
    with sqlite3.connect(folder / "archive.db") as conn:
        triggers = conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%ABORT%'"
        ).fetchall()
        for name, _ in triggers:
            if name not in sql:
                conn.execute(f"DROP TRIGGER {name}")
        conn.executescript(sql)
        for name, made in triggers:
            if name not in sql:
                conn.execute(made)
    found = damage(folder, deep=sql in DEEP_EDITS)
    assert any((EDITS | DEEP_EDITS)[sql] in line for line in found), found


def test_a_document_that_is_not_the_one_of_its_digest_is_told_by_deep(folder: Path) -> None:
    with sqlite3.connect(folder / "archive.db") as conn:
        conn.execute(
            "INSERT INTO attachments (article_id, name, url, sha256, capture_id) SELECT 1, 'x', 'http://p.vn/x', 'ab',"
            " max(id) FROM captures"
        )
    assert "its document does not match" in damage(folder, deep=True)[0]


def test_a_damaged_database_is_named_with_exit_code_7(folder: Path) -> None:
    whole = (folder / "archive.db").read_bytes()
    for spoilt in (b"x" * len(whole), whole[:4096] + b"\xff" * 8192 + whole[12288:], whole[: len(whole) // 2]):
        (folder / "archive.db").write_bytes(spoilt)
        done = luutru(folder, "verify")
        assert done.returncode == 7, done.stdout + done.stderr
        assert "archive.db" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


@pytest.fixture
def older(folder: Path) -> Path:
    """An archive whose database is the copy from before its last run."""
    shutil.copy(folder / "archive.db", folder / "copy.db")
    with Archive.open(folder, write=True) as archive:
        make = Maker(archive)
        make.article(replace(ARTICLE, key="entry:new", url="http://p.vn/new"))
        archive.end_run(make.run, 0)
        notes.write(archive, make.warc)
        make.warc.close()
    (folder / "copy.db").replace(folder / "archive.db")
    return folder


def test_a_database_older_than_the_files_is_told_and_nothing_is_cut_by_it(older: Path) -> None:
    before = {path: path.read_bytes() for path in (older / "warc").rglob("*.warc.gz")}
    (line,) = damage(older)
    assert "archive.db is older than the WARC files" in line
    with pytest.raises(LuutruError, match="older than the WARC files"):
        Archive.open(older, write=True)
    assert {path: path.read_bytes() for path in (older / "warc").rglob("*.warc.gz")} == before
    assert list((older / "lost+found").iterdir()) == []


def test_a_note_that_a_crash_left_without_its_commit_does_not_lock_the_archive(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", write=True) as archive:
        make = Maker(archive)
        make.article()
        archive.end_run(make.run, 0)
        assert make.warc.note(b"{}", archive.committed())
        make.warc.close()
    with Archive.open(tmp_path / "a", write=True) as archive:
        assert [path.stat().st_size > 0 for path in (tmp_path / "a/lost+found").iterdir()] == [True]
        assert verify(archive, deep=True).damage == []


def test_what_a_crash_leaves_is_no_damage(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        make = Maker(archive)
        make.article(replace(ARTICLE, key="entry:new", url="http://p.vn/new"))
        written = archive.folder.path / make.warc._name
    with written.open("ab") as file:
        file.write(b"\x1f\x8b torn")
    (folder / "warc/.DS_Store").write_bytes(b"x")
    with Archive.open(folder) as archive:
        report = verify(archive)
    assert report.damage == []
    assert re.search(r"7 bytes after the last committed record", "\n".join(report.notes))
    with Archive.open(folder, write=True) as archive:
        report = verify(archive)
    assert report.damage == []
    assert "lost+found/" in report.notes[-1]
