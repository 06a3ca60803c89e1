"""Captures that are read again by today's readers: nothing of it looks like the portal's doing."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from running import add_sample, luutru

from archive.articles import text_sha256
from crawler.sample.server import serve

FIRST = "SELECT id FROM versions v WHERE id = (SELECT min(id) FROM versions WHERE article_id = v.article_id)"
FACTS = (
    "SELECT count(*), sum(version_count) FROM articles",
    "SELECT count(*) FROM changes",
    "SELECT DISTINCT article_id, timestamp FROM versions ORDER BY 1, 2",
    "SELECT id, status, first_seen, last_seen, gone_since FROM articles ORDER BY id",
    "SELECT count(*), min(due_at), max(due_at), sum(pass) FROM _frontier",
)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reparse") / "a"
    with serve() as sample:
        add_sample(folder, sample)
        assert luutru(folder, "crawl", "sample", "--delay", "0").returncode == 0
    return folder


@pytest.fixture
def spoilt(crawled: Path, tmp_path: Path) -> Path:
    """The archive as an older reader would have left it: leads lost in five articles, a byline read as a title."""
    folder = tmp_path / "a"
    for file in crawled.rglob("*"):
        target = folder / file.relative_to(crawled)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.is_file():
            target.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(folder / "archive.db")) as conn, conn:
        triggers = conn.execute("SELECT name, sql FROM sqlite_master WHERE name = 'versions_no_update'").fetchall()
        conn.execute("DROP TRIGGER versions_no_update")
        conn.create_function("sha256", -1, text_sha256)
        text = "sha256('Tin', NULL, body, author, published_at, attachments)"
        spoil = f"summary = NULL, title = 'Tin', reader = 'liferay/0', text_sha256 = {text}"
        chosen = "article_id IN (SELECT id FROM articles WHERE summary IS NOT NULL ORDER BY id LIMIT 5)"
        assert conn.execute(f"UPDATE versions SET {spoil} WHERE {chosen}").rowcount == 5
        conn.execute(
            "UPDATE articles SET summary = NULL, title = 'Tin'"
            " WHERE id IN (SELECT article_id FROM versions WHERE reader = 'liferay/0')"
        )
        for _, sql in triggers:
            conn.execute(sql)
    return folder


def facts(folder: Path) -> list[object]:
    with closing(sqlite3.connect(folder / "archive.db")) as conn, conn:
        return [conn.execute(sql).fetchall() for sql in FACTS]


def content(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "archive.db")) as conn, conn:
        return hashlib.sha256("\n".join(conn.iterdump()).encode()).hexdigest()


def test_compare_shows_what_would_change_and_writes_nothing(spoilt: Path) -> None:
    before = content(spoilt)
    shown = json.loads(luutru(spoilt, "reparse", "--compare", "--json").stdout)
    assert len(shown["articles"]) == 5
    assert shown["by_field"] == {"title": 5, "summary": 5}
    assert {each["before"]["title"] for each in shown["samples"]} == {"Tin"}
    assert all(each["after"]["summary"] for each in shown["samples"])
    assert (shown["unread"], shown["new"], shown["written"]) == ([], 0, False)
    assert content(spoilt) == before
    assert "Nothing was written." in luutru(spoilt, "reparse", "--compare").stdout


def test_what_is_read_better_is_no_edit_and_every_address_answers(spoilt: Path, crawled: Path) -> None:
    before = facts(spoilt)
    done = luutru(spoilt, "reparse")
    assert done.returncode == 0, done.stderr
    assert facts(spoilt) == before
    articles = "SELECT id, title, summary, body, author, published_at FROM articles ORDER BY id"
    with (
        closing(sqlite3.connect(spoilt / "archive.db")) as now,
        closing(sqlite3.connect(crawled / "archive.db")) as then,
    ):
        assert now.execute(articles).fetchall() == then.execute(articles).fetchall()
        assert now.execute("SELECT count(*) FROM versions").fetchone()[0] == 65
    assert luutru(spoilt, "verify").returncode == 0
    assert json.loads(luutru(spoilt, "reparse", "--json").stdout)["articles"] == []
    with closing(sqlite3.connect(spoilt / "archive.db")) as now, now:
        assert now.execute("SELECT count(*) FROM versions").fetchone()[0] == 65


def test_an_unknown_portal_is_told(crawled: Path) -> None:
    done = luutru(crawled, "reparse", "--portal", "nowhere")
    assert done.returncode == 4
    assert "nowhere" in done.stderr
