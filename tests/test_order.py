"""The order of an article's texts in time: our own captures by their numbers, imported ones by their time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from making import ARTICLE, Maker, verdict

from archive import articles, versions
from archive.clock import VIETNAM, digits
from archive.integrity import verify
from archive.records import Article, Verdict
from archive.store import Archive

DAY = timedelta(days=1)
BEGIN = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)
FILE = "wayback.warc.gz@0 heritrix"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, write=True) as opened:
        yield opened
        assert verify(opened).damage == []


def saying(name: str) -> Article:
    return replace(ARTICLE, body=ARTICLE.body.replace("Nguyễn Văn Đức", name))


def steps_of(archive: Archive) -> list[tuple[str, str, str]]:
    return archive.conn.execute(
        "SELECT substr(seen_at, 1, 10), removed, added FROM changes ORDER BY seen_at"
    ).fetchall()  # fmt: skip


def test_an_imported_text_takes_its_place_between_those_that_were_crawled(archive: Archive) -> None:
    make = Maker(archive)
    make.article(saying("Trần Thị Mai"), when=BEGIN)
    make.article(saying("Lê Văn Hùng"), when=BEGIN + 10 * DAY)
    kept = make.article(saying("Phạm Thị Lan"), when=BEGIN + 5 * DAY, origin=FILE)
    assert kept.outcome == "changed"
    assert steps_of(archive) == [
        ("2026-03-06", "Trần Thị Mai", "Phạm Thị Lan"),
        ("2026-03-11", "Phạm Thị Lan", "Lê Văn Hùng"),
    ]
    body, last_seen, count = archive.conn.execute("SELECT body, last_seen, version_count FROM articles").fetchone()
    assert "Lê Văn Hùng" in body
    assert (last_seen[:10], count) == ("2026-03-11", 3)
    assert [each.timestamp for each in versions.history(archive.conn, 1)] == [
        digits(BEGIN + days * DAY) for days in (0, 5, 10)
    ]


def test_an_imported_text_that_is_older_than_all_is_the_first(archive: Archive) -> None:
    make = Maker(archive)
    make.article(saying("Trần Thị Mai"), when=BEGIN)
    make.article(saying("Lê Văn Hùng"), when=BEGIN - 5 * DAY, origin=FILE)
    assert steps_of(archive) == [("2026-03-01", "Lê Văn Hùng", "Trần Thị Mai")]
    first_seen, body = archive.conn.execute("SELECT first_seen, body FROM articles").fetchone()
    assert first_seen[:10] == "2026-02-24"
    assert "Trần Thị Mai" in body


def test_an_imported_text_that_is_newer_is_what_the_article_is_now(archive: Archive) -> None:
    make = Maker(archive)
    make.article(saying("Trần Thị Mai"), when=BEGIN)
    make.article(saying("Lê Văn Hùng"), when=BEGIN + DAY, origin=FILE)
    assert "Lê Văn Hùng" in archive.conn.execute("SELECT body FROM articles").fetchone()[0]


def test_an_imported_text_that_stood_there_then_is_no_version(archive: Archive) -> None:
    make = Maker(archive)
    make.article(saying("Trần Thị Mai"), when=BEGIN)
    make.article(saying("Lê Văn Hùng"), when=BEGIN + 10 * DAY)
    assert make.article(saying("Trần Thị Mai"), when=BEGIN + DAY, origin=FILE).outcome == "unchanged"
    assert make.article(saying("Lê Văn Hùng"), when=BEGIN + 9 * DAY, origin=FILE).outcome == "changed"
    assert steps_of(archive) == [("2026-03-10", "Trần Thị Mai", "Lê Văn Hùng")]


def test_what_was_imported_of_before_neither_loses_an_article_nor_brings_it_back(archive: Archive) -> None:
    make = Maker(archive)
    missing = verdict(Verdict.GONE, "http 404")
    make.article(when=BEGIN)
    make.visit(ARTICLE.url, reading=missing, when=BEGIN - DAY, origin=FILE)
    assert archive.conn.execute("SELECT status FROM articles").fetchone() == ("live",)
    make.visit(ARTICLE.url, reading=missing, when=BEGIN + 10 * DAY)
    make.article(when=BEGIN + 5 * DAY, origin=FILE)
    assert archive.conn.execute("SELECT status, substr(last_seen, 1, 10) FROM articles").fetchone() == (
        "gone", "2026-03-06",
    )  # fmt: skip
    make.article(when=BEGIN + 11 * DAY, origin=FILE)
    assert archive.conn.execute("SELECT status FROM articles").fetchone() == ("live",)


def test_a_clock_that_was_set_back_does_not_make_what_is_new_old(archive: Archive) -> None:
    make = Maker(archive)
    make.article(saying("Trần Thị Mai"), when=BEGIN)
    make.article(saying("Lê Văn Hùng"), when=BEGIN - 30 * DAY)
    make.article(saying("Phạm Thị Lan"), when=BEGIN - 29 * DAY)
    assert "Phạm Thị Lan" in archive.conn.execute("SELECT body FROM articles").fetchone()[0]
    assert [each.timestamp for each in versions.history(archive.conn, 1)] == [
        digits(BEGIN + days * DAY) for days in (0, -30, -29)
    ]
    standing = articles.standing(archive.conn, 1)
    assert standing is not None
    assert "Phạm Thị Lan" in standing.body
