"""What the archive keeps of visits, and that it cannot be undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from making import ARTICLE, Maker, verdict
from sqlite_utils import Database

from archive.describe import tables
from archive.errors import AlreadyRunningError, ConfigError, LuutruError, NewerSchemaError
from archive.integrity import verify
from archive.migrations import make as make_tables
from archive.records import File, Issue, Kind, Link, Reading, Verdict
from archive.search_schema import SEARCH_TABLES
from archive.store import OUTCOMES, Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, write=True) as opened:
        yield opened


@pytest.fixture
def make(archive: Archive) -> Maker:
    return Maker(archive)


def one(archive: Archive, sql: str, *values: object) -> tuple[object, ...]:
    return archive.conn.execute(sql, values).fetchone()


def test_a_new_article_is_a_version_tied_to_its_capture(archive: Archive, make: Maker) -> None:
    kept = make.article()
    assert kept.outcome == "new"
    assert one(archive, "SELECT title, published_at, status, version_count, author FROM articles") == (
        "Đường liên xã Hoà Bình", "2021-03-05T08:30:00+07:00", "live", 1, "Thành Nguyên",
    )  # fmt: skip
    assert one(archive, "SELECT count(*) FROM versions JOIN captures ON captures.id = capture_id") == (1,)
    assert one(archive, "SELECT reader, tier, verdict FROM readings") == ("test/1", "family", "good")


def test_the_same_text_again_is_no_version(archive: Archive, make: Maker) -> None:
    make.article()
    assert make.article().outcome == "unchanged"
    assert one(archive, "SELECT count(*) FROM versions") == (1,)


@pytest.mark.parametrize(
    "change",
    [{"title": "Khác"}, {"body": "Khác"}, {"summary": None}, {"author": "Diệu Hoa"}, {"published_at": None},
     {"attachments": ()}],
)  # fmt: skip
def test_a_changed_text_is_a_new_version(archive: Archive, make: Maker, change: dict[str, object]) -> None:
    make.article()
    kept = make.article(replace(ARTICLE, **change))
    assert kept.outcome == "changed"
    assert one(archive, "SELECT version_count FROM articles") == (2,)
    assert one(archive, "SELECT count(DISTINCT timestamp || id) FROM versions") == (2,)


def test_one_article_at_two_addresses_is_one_article(archive: Archive, make: Maker) -> None:
    make.article()
    assert make.article(replace(ARTICLE, url="http://p.vn/x"), at="http://p.vn/x").outcome == "unchanged"
    assert one(archive, "SELECT count(*) FROM articles") == (1,)


def test_two_articles_that_the_portal_gives_one_identity_are_both_kept(archive: Archive, make: Maker) -> None:
    other = replace(ARTICLE, url="http://p.vn/y", title="Chuyện khác hẳn", body="Một bài khác.", attachments=())
    make.article()
    assert make.article(other, at="http://p.vn/y").outcome == "new"
    assert make.article(other, at="http://p.vn/y").outcome == "unchanged"
    assert make.article(replace(other, body="Sửa."), at="http://p.vn/y").outcome == "changed"
    assert one(archive, "SELECT count(*) FROM articles") == (2,)
    assert one(archive, "SELECT kind FROM issues") == ("identity",)


def test_captures_readings_and_versions_cannot_be_changed(archive: Archive, make: Maker) -> None:
    make.article()
    for table in ("captures", "readings", "versions"):
        for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                archive.conn.execute(sql)


def test_a_missing_article_is_gone_and_comes_back(archive: Archive, make: Maker) -> None:
    make.article()
    assert make.visit(ARTICLE.url, reading=verdict(Verdict.GONE, "http 404")).outcome == "gone"
    status, since, body = one(archive, "SELECT status, gone_since, body FROM articles")
    assert (status, body) == ("gone", ARTICLE.body)
    assert since
    assert make.article().outcome == "unchanged"
    assert one(archive, "SELECT status, gone_since FROM articles") == ("live", None)


def test_a_suspect_answer_is_kept_and_changes_nothing(archive: Archive, make: Maker) -> None:
    make.article()
    assert make.visit(ARTICLE.url, reading=verdict(Verdict.SUSPECT, "http 503")).outcome == "suspect"
    assert one(archive, "SELECT status, version_count, body FROM articles") == ("live", 1, ARTICLE.body)
    assert one(archive, "SELECT count(*) FROM captures") == (2,)
    assert one(archive, "SELECT kind, message FROM issues") == ("suspect", "http 503")


def test_a_document_is_linked_to_its_article_once_it_is_held(archive: Archive, make: Maker) -> None:
    make.article()
    assert one(archive, "SELECT capture_id FROM attachments") == (None,)
    reading = Reading(reader="test/1", tier=None, kind=Kind.DOCUMENT, verdict=Verdict.OTHER)
    file = File(size=2, sha256="ab")
    make.visit(ARTICLE.attachments[0].url, kind=Kind.DOCUMENT, reading=reading, file=file)
    assert one(archive, "SELECT bytes, sha256, capture_id IS NOT NULL FROM attachments") == (2, "ab", 1)
    again = replace(ARTICLE, key="entry:2", url="http://p.vn/2", title="Bài khác", body="Khác")
    make.article(again)
    assert one(archive, "SELECT sha256 FROM attachments WHERE article_id = 2") == ("ab",)


def test_what_a_run_took_up_and_what_came_of_it_add_up(archive: Archive, make: Maker) -> None:
    make.article()
    make.article(replace(ARTICLE, body="Sửa"))
    make.visit("http://p.vn/404", reading=verdict(Verdict.GONE))
    make.visit("http://p.vn/x", failed="no answer", issues=(Issue(kind="note", message="seen"),))
    make.visit("http://p.vn/robbed", refused="robots.txt forbids it")
    make.visit("http://p.vn/later", again_at=ARTICLE.published_at)
    archive.end_run(make.run, 0)
    row = one(archive, f"SELECT planned, {' + '.join(OUTCOMES)}, put_off, refused, failed FROM runs")
    assert row == (6, 6, 1, 1, 1)


def test_links_are_queued_once_and_by_what_they_are(archive: Archive, make: Maker) -> None:
    links = (Link(url="http://p.vn/a", kind=Kind.ARTICLE), Link(url="http://p.vn/b", kind=Kind.LISTING))
    listing = Reading(reader="test/1", tier=None, kind=Kind.LISTING, verdict=Verdict.OTHER)
    assert make.visit("http://p.vn/", kind=Kind.PAGE, reading=listing, links=links).new_links == 2
    assert make.visit("http://p.vn/", kind=Kind.PAGE, reading=listing, links=links).new_links == 0


def test_a_second_writer_is_told_to_wait(archive: Archive) -> None:
    with pytest.raises(AlreadyRunningError, match="is writing to"):
        Archive.open(archive.folder.path, write=True)
    with Archive.open(archive.folder.path) as reader:
        assert one(reader, "SELECT count(*) FROM articles") == (0,)


def test_an_archive_of_a_newer_schema_is_refused(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        archive.conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('luutru', '9999_later', '')"
        )
    with pytest.raises(NewerSchemaError, match="9999_later"):
        Archive.open(tmp_path)


def test_where_there_is_no_archive_a_reader_is_told_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="init"):
        Archive.open(tmp_path / "nowhere")


def test_a_new_database_beside_old_warc_files_is_refused_and_nothing_is_moved(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        Maker(archive).article()
    for file in tmp_path.glob("archive.db*"):
        file.unlink()
    with pytest.raises(LuutruError, match="put the archive"):
        Archive.open(tmp_path, write=True)
    assert len(list((tmp_path / "warc").rglob("*.warc.gz"))) == 1


def test_every_table_and_column_is_described() -> None:
    db = Database(memory=True)
    make_tables(db)
    described = {table.name: [column.name for column in table.columns] for table in tables()}
    for name in db.table_names():
        if not name.startswith((*SEARCH_TABLES, "_sqlite_migrations")):
            assert described[name] == [column.name for column in db[name].columns]
    assert all(column.description for table in tables() for column in table.columns)


def test_migrations_leave_search_in_step(archive: Archive, make: Maker) -> None:
    """The law over every migration: after all of them, the triggers are there and the index agrees."""
    make.article()
    triggers = {row[0] for row in archive.conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert {"articles_search_insert", "articles_search_update", "articles_search_delete"} <= triggers
    make.article(replace(ARTICLE, title="Tên mới"))
    archive.conn.execute("UPDATE articles SET summary = NULL")
    assert one(archive, "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'ten moi'") == (1,)
    archive.conn.execute("UPDATE articles SET summary = ?", [ARTICLE.summary])
    assert verify(archive).damage == []
    assert archive.db["articles"].detect_fts() == "articles_fts"


def test_verify_names_what_is_wrong(archive: Archive, make: Maker) -> None:
    for number in range(5):
        make.article(replace(ARTICLE, key=f"entry:{number}", url=f"http://p.vn/{number}", body=str(number)))
    assert verify(archive, deep=True).damage == []
    (path,) = (archive.folder.path / "warc").rglob("*.warc.gz")
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        damage = verify(archive).damage
        assert len(damage) == 1
        assert path.name in damage[0]
    path.write_bytes(whole[:-1])
    assert "too early" in verify(archive).damage[0]
    path.unlink()
    assert "cannot be read" in verify(archive).damage[0]
    path.write_bytes(whole)
    (path.parent / "foreign.warc.gz").write_bytes(b"x")
    assert "foreign.warc.gz" in verify(archive).notes[0]
