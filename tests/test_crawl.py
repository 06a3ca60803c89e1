"""The main job end to end, over loopback: crawl, archive, crawl again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from running import add_sample, luutru

from archive.clock import iso
from archive.store import OUTCOMES
from crawler.sample.server import SamplePortal, serve
from crawler.sample.truth import Expected


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SamplePortal, sqlite3.Connection, Path]]:
    """The sample portal after one crawl."""
    folder = tmp_path_factory.mktemp("crawl")
    with serve() as sample:
        add_sample(folder, sample)
        done = luutru(folder, "crawl", "sample")
        assert done.returncode == 0, done.stderr
        conn = sqlite3.connect(folder / "archive.db")
        conn.row_factory = sqlite3.Row
        yield sample, conn, folder
        conn.close()


def test_every_article_is_found_exactly_once(crawled: tuple[SamplePortal, sqlite3.Connection, Path]) -> None:
    sample, conn, _ = crawled
    held = [row["article_key"] for row in conn.execute("SELECT article_key FROM articles")]
    assert sorted(held) == sorted(each.key for each in sample.site.expected())


def _row(conn: sqlite3.Connection, key: str) -> sqlite3.Row:
    return conn.execute("SELECT * FROM articles WHERE article_key = ?", [key]).fetchone()


@pytest.mark.parametrize("field", ["title", "summary", "body", "author", "source", "published_at"])
def test_a_field_is_exact_for_every_article(crawled: tuple[SamplePortal, sqlite3.Connection, Path], field: str) -> None:
    sample, conn, _ = crawled
    wrong = []
    for each in sample.site.expected():
        truth = getattr(each, field)
        if field == "published_at" and truth is not None:
            truth = iso(truth)
        found = _row(conn, each.key)[field]
        if found != truth:
            wrong.append((each.entry_id, found, truth))
    assert wrong == []


def _urls(conn: sqlite3.Connection, table: str, each: Expected) -> set[str]:
    sql = f"SELECT {table}.url FROM {table} JOIN articles ON articles.id = article_id WHERE article_key = ?"
    return {row[0] for row in conn.execute(sql, [each.key])}


def test_documents_and_images_are_held(crawled: tuple[SamplePortal, sqlite3.Connection, Path]) -> None:
    sample, conn, _ = crawled
    for each in sample.site.expected():
        for table, truth in (("attachments", each.attachments), ("images", each.images)):
            assert _urls(conn, table, each) == {urljoin(sample.url, file.url) for file in truth}, each.entry_id
    for table in ("attachments", "images"):
        assert conn.execute(f"SELECT count(*) FROM {table} WHERE capture_id IS NULL").fetchone()[0] == 0


def test_few_pages_are_asked_for_besides_the_articles(
    crawled: tuple[SamplePortal, sqlite3.Connection, Path],
) -> None:
    sample, conn, _ = crawled
    files = conn.execute("SELECT count(*) FROM readings WHERE kind IN ('document', 'image')").fetchone()[0]
    articles = len(sample.site.expected())
    assert (len(sample.requests) - files) / articles <= 1.6


def test_files_are_fetched_after_pages(crawled: tuple[SamplePortal, sqlite3.Connection, Path]) -> None:
    _, conn, _ = crawled
    kinds = [row[0] for row in conn.execute("SELECT kind FROM readings ORDER BY capture_id")]
    first_image = kinds.index("image")
    assert not {"article", "listing", "feed", "sitemap"} & set(kinds[first_image:])


def test_what_robots_txt_forbids_is_not_asked_for(crawled: tuple[SamplePortal, sqlite3.Connection, Path]) -> None:
    sample, conn, _ = crawled
    assert not [path for path in sample.requests if path.startswith(("/web/guest/noi-bo", "/c/"))]
    assert conn.execute("SELECT refused FROM runs").fetchone()[0] >= 1


def test_the_run_adds_up(crawled: tuple[SamplePortal, sqlite3.Connection, Path]) -> None:
    _, conn, _ = crawled
    row = conn.execute(f"SELECT planned, {' + '.join(OUTCOMES)} AS total, exit_code FROM runs").fetchone()
    assert row["planned"] == row["total"] > 100
    assert row["exit_code"] == 0


def test_endless_spaces_end(crawled: tuple[SamplePortal, sqlite3.Connection, Path]) -> None:
    sample, conn, _ = crawled
    assert 0 < len([path for path in sample.requests if "lich-cong-tac" in path]) < 20
    assert conn.execute("SELECT count(*) FROM issues WHERE kind = 'trap'").fetchone()[0] > 0


def test_requests_are_honest(crawled: tuple[SamplePortal, sqlite3.Connection, Path]) -> None:
    sample, _, _ = crawled
    assert sample.requests[0] == "/robots.txt"
    assert len(sample.requests) == len(set(sample.requests)), "an address was asked for twice"


def test_a_second_crawl_finds_nothing_changed_then_an_edit_and_a_removal(tmp_path: Path) -> None:
    with serve() as sample:
        add_sample(tmp_path, sample)
        assert luutru(tmp_path, "crawl", "sample").returncode == 0
        again = luutru(tmp_path, "crawl", "sample", "--recheck", "--json-lines")
        assert (again.returncode, again.stdout) == (0, "")
        first, second = sample.site.expected()[:2]
        sample.site.edit(first.entry_id, title="Tiêu đề đã sửa")
        sample.site.remove(second.entry_id)
        third = luutru(tmp_path, "crawl", "sample", "--recheck", "--json-lines")
        assert third.stdout.count("archived ") == 1
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        runs = conn.execute("SELECT new, changed, unchanged, gone FROM runs ORDER BY id").fetchall()
        sums = conn.execute(f"SELECT planned, {' + '.join(OUTCOMES)} FROM runs").fetchall()
        edited = conn.execute("SELECT title, version_count FROM articles WHERE article_key = ?", [first.key]).fetchone()
        removed = conn.execute("SELECT status, body FROM articles WHERE article_key = ?", [second.key]).fetchone()
    articles = len(sample.site.expected()) + 1
    assert runs[0][:2] == (articles, 0)
    assert runs[1][:2] == (0, 0)
    assert articles <= runs[1][2] <= articles * 1.05
    assert runs[2][:2] == (0, 1)
    for row in sums:
        assert row[0] == row[1], "robots.txt, which every run asks for first, was taken up twice"
    assert edited == ("Tiêu đề đã sửa", 2)
    assert removed == ("gone", second.body)
