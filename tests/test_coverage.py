"""What is held of what a portal is known to have, told beside the sample portal's truth."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from making import ARTICLE, Maker, verdict
from running import add_sample, luutru

from archive import coverage, frontier
from archive.clock import now
from archive.records import Kind, Link, Verdict
from archive.store import Archive
from crawler.sample.server import serve
from crawler.sample.site import Site


def told(folder: Path, *options: str) -> dict[str, Any]:
    done = luutru(folder, "coverage", "--json", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)[0]  # type: ignore[no-any-return]


def test_a_crawl_that_is_cut_short_knows_how_much_it_lacks_and_a_whole_one_that_nothing_is_missing(
    tmp_path: Path,
) -> None:
    with serve(0, site=Site(copies=3)) as sample:
        truth = len(sample.site.expected())
        add_sample(tmp_path, sample)
        luutru(tmp_path, "crawl", "sample", "--delay", "0", "--limit", "40")
        partly = told(tmp_path, "--gaps")
        assert partly["held"] == 40
        assert abs(partly["expected"] - truth) <= 0.15 * truth
        assert partly["missing"] == len(partly["gaps"]) > 0
        assert {gap["why"] for gap in partly["gaps"]} == {"waiting"}
        luutru(tmp_path, "crawl", "sample", "--delay", "0")
    whole = told(tmp_path)
    assert (whole["expected"], whole["held"], whole["missing"], whole["unknown"]) == (truth, truth, 0, 0)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        rows = conn.execute("SELECT sum(expected), sum(held) FROM coverage").fetchone()
        months = dict(conn.execute("SELECT substr(published_at, 1, 7), count(*) FROM articles GROUP BY 1").fetchall())
        counted = dict(conn.execute("SELECT month, sum(held) FROM coverage GROUP BY 1").fetchall())
    assert rows == (truth, truth)
    assert counted == months


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    with Archive.open(tmp_path, write=True) as opened:
        yield opened


def links(archive: Archive, make: Maker, *found: Link) -> None:
    """A list that names addresses."""
    with archive.transaction() as conn:
        lease = frontier.take(conn, "p", Link(url="http://p.vn/tin", kind=Kind.LISTING), make.run, now())
        frontier.add(conn, "p", found, lease.id, now())


def test_each_missing_article_is_named_with_the_reason_and_the_month_of_its_neighbours(archive: Archive) -> None:
    make = Maker(archive)
    urls = {name: f"http://p.vn/-/{name}" for name in ("waits", "gone", "notice", "fails")}
    links(archive, make, *(Link(url=url, kind=Kind.ARTICLE) for url in (ARTICLE.url, *urls.values())))
    make.article()
    make.visit(urls["gone"], reading=verdict(Verdict.GONE, "http 404"))
    make.visit(urls["notice"], reading=verdict(Verdict.SUSPECT, "maintenance"))
    make.visit(urls["fails"], failed="the connection broke off")
    found = coverage.of(archive.conn, "p")
    gaps = {gap.url.rpartition("/")[2]: (gap.why, gap.month, gap.is_gone) for gap in found.gaps}
    assert gaps == {
        "waits": ("waiting", "2021-03", False),
        "gone": ("gone: http 404", "2021-03", True),
        "notice": ("suspect: maintenance", "2021-03", False),
        "fails": ("failed: the connection broke off", "2021-03", False),
    }
    assert (found.total.expected, found.total.held, found.total.missing, found.total.gone) == (4, 1, 3, 1)


def test_an_article_that_is_held_under_another_address_is_not_missing(archive: Archive) -> None:
    make = Maker(archive)
    links(archive, make, Link(url="http://p.vn/khac", kind=Kind.ARTICLE, key=ARTICLE.key))
    make.article()
    assert coverage.of(archive.conn, "p").gaps == []


def test_pages_of_a_list_that_nobody_read_count_as_much_as_those_that_were(archive: Archive) -> None:
    make = Maker(archive)
    pages = [f"http://p.vn/tin?page={number}" for number in (2, 3, 9)]
    links(archive, make, *(Link(url=url, kind=Kind.LISTING) for url in pages))
    kept = make.visit(pages[0], reading=verdict(Verdict.OTHER), kind=Kind.LISTING)
    with archive.transaction() as conn:
        row = conn.execute("SELECT id FROM _frontier WHERE url = ?", [pages[0]]).fetchone()
        found = [Link(url=f"http://p.vn/-/{number}", kind=Kind.ARTICLE) for number in range(10)]
        frontier.add(conn, "p", found, row[0], now())
        conn.execute("UPDATE _frontier SET kind = 'listing' WHERE id = ?", [row[0]])
    assert kept.outcome == "other"
    total = coverage.of(archive.conn, "p").total
    assert (total.missing, total.unknown, total.expected) == (10, 70, 80)


def test_the_page_shows_what_the_table_has_and_escapes_what_portals_wrote(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", write=True) as archive:
        make = Maker(archive)
        links(archive, make, Link(url="http://p.vn/-/<script>alert(1)</script>", kind=Kind.ARTICLE))
        make.article()
    done = luutru(tmp_path / "a", "coverage", "--html", str(tmp_path / "page.html"))
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.html").read_text()
    assert "50.0 %" in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
