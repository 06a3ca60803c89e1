"""What became of an article over time, and the steps between its versions, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from making import ARTICLE, Maker, good, verdict

from archive import rereading, steps
from archive.clock import VIETNAM
from archive.integrity import verify
from archive.records import Tier, Verdict
from archive.store import Archive

DAY = timedelta(days=1)
BEGIN = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, write=True) as opened:
        yield opened


def test_an_article_is_gone_then_removed_and_live_again_each_with_the_capture_that_shows_it(archive: Archive) -> None:
    make = Maker(archive)
    make.article(when=BEGIN)
    missing = verdict(Verdict.GONE, "http 404")
    for days in (1, 5, 14, 15, 16):
        make.visit(ARTICLE.url, reading=missing, when=BEGIN + days * DAY)
    make.article(when=BEGIN + 20 * DAY)
    told = archive.conn.execute(
        "SELECT states.status, substr(at, 1, 10), timestamp, reason FROM states"
        " JOIN captures ON captures.id = capture_id"
    ).fetchall()
    assert told == [
        ("gone", "2026-03-02", "20260301220000", "http 404"),
        ("removed", "2026-03-16", "20260315220000", "http 404"),
        ("live", "2026-03-21", "20260320220000", None),
    ]
    assert archive.conn.execute("SELECT status, gone_since, body FROM articles").fetchone() == (
        "live", None, ARTICLE.body,
    )  # fmt: skip


def test_reading_an_old_capture_again_is_no_change_and_wakes_no_article_up(archive: Archive) -> None:
    make = Maker(archive)
    guessed = good(ARTICLE)
    make.visit(ARTICLE.url, reading=guessed, when=BEGIN)
    edited = replace(ARTICLE, body=ARTICLE.body.replace("Nguyễn Văn Đức", "Trần Thị Mai"))
    make.visit(ARTICLE.url, reading=replace(guessed, article=edited), when=BEGIN + DAY)
    make.visit(ARTICLE.url, reading=verdict(Verdict.GONE, "http 404"), when=BEGIN + 2 * DAY)
    rows = archive.conn.execute("SELECT kind, removed, added FROM changes").fetchall()
    assert rows == [("name", "Nguyễn Văn Đức", "Trần Thị Mai")]
    for held in list(rereading.read_by_family(archive.conn, "p")):
        article = ARTICLE if held.at == BEGIN else edited
        again = replace(article, body=article.body.replace("Ngày", "Mới: ngày"))
        rereading.keep(archive, make.current, held, replace(good(again), tier=Tier.LEARNT), ())
    assert archive.conn.execute("SELECT count(*), count(DISTINCT timestamp) FROM versions").fetchone() == (4, 2)
    assert archive.conn.execute("SELECT kind, removed, added FROM changes").fetchall() == rows
    status, body, last_seen = archive.conn.execute("SELECT status, body, last_seen FROM articles").fetchone()
    assert (status, body[:9], last_seen[:10]) == ("gone", "Mới: ngày", "2026-03-02")
    assert verify(archive).damage == []


def test_changes_are_found_without_marks_and_can_be_told_anew(archive: Archive) -> None:
    make = Maker(archive)
    make.article(when=BEGIN)
    make.article(replace(ARTICLE, body=ARTICLE.body.replace("Nguyễn Văn Đức", "Đỗ Thị Mai")), when=BEGIN + DAY)
    find = "SELECT count(*) FROM changes_fts WHERE changes_fts MATCH ?"
    for words in ('added_d:"do thi mai"', 'added:"Đỗ Thị Mai"', 'removed:"nguyen van"'):
        assert archive.conn.execute(find, [words]).fetchone() == (1,), words
    assert archive.conn.execute(find, ['removed:"thi mai"']).fetchone() == (0,)
    assert archive.db["changes"].detect_fts() == "changes_fts"
    told = archive.conn.execute("SELECT article_id, kind, added, removed, seen_at FROM changes").fetchall()
    with archive.transaction() as conn:
        steps.derive(conn, 1)
    assert archive.conn.execute("SELECT article_id, kind, added, removed, seen_at FROM changes").fetchall() == told


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM changes WHERE kind = 'number'",
        "UPDATE changes SET added = 'Lê Văn Tám' WHERE kind = 'name'",
        "UPDATE changes SET kind = 'typo' WHERE kind = 'name'",
        "INSERT INTO changes SELECT 9, 1, to_version, from_version, seen_at, 'title', '', 'Tin' FROM changes LIMIT 1",
    ],
)
def test_changes_that_the_versions_do_not_show_are_damage_and_can_be_told_anew(archive: Archive, damage: str) -> None:
    make = Maker(archive)
    make.article(when=BEGIN)
    edited = ARTICLE.body.replace("Nguyễn Văn Đức", "Trần Thị Mai").replace("5/3", "6/3")
    make.article(replace(ARTICLE, body=edited), when=BEGIN + DAY)
    assert verify(archive).damage == []
    with archive.transaction() as conn:
        assert conn.execute(damage).rowcount == 1
    assert [line for line in verify(archive).damage if "the changes of article 1 are not" in line]
    with archive.transaction() as conn:
        steps.derive(conn, 1)
    assert verify(archive).damage == []
