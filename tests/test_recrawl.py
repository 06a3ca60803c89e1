"""Portals that go bad between two crawls, over loopback: one missing article is gone, many are an outage."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import page_modes as modes
import pytest
from page_site import Site, served
from running import luutru
from serving import Portal
from wire import head

from archive.clock import digits, moment
from archive.store import OUTCOMES

COUNT = 20
SITEMAP = 1
"""Addresses that these portals do not know: the sitemap."""
NOT_FOUND = head(b"404 Not Found", b"Content-Length: 0")


def portal_file(folder: Path, server: Portal, site: Site, name: str = "p") -> None:
    (folder / "portals").mkdir(parents=True, exist_ok=True)
    text = f'name = "P"\nhome = "{server.url}/"\nfamily = "{site.kept.family}"\ndelay = 0\n'
    (folder / f"portals/{name}.toml").write_text(text, encoding="utf-8")


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as conn, conn:
        return conn.execute(sql).fetchall()


@pytest.fixture(scope="module")
def first_crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Site]]:
    folder = tmp_path_factory.mktemp("first")
    with served("nukeviet", COUNT) as (server, site):
        portal_file(folder, server, site)
        done = luutru(folder, "crawl", "p")
        assert done.returncode == 0, done.stderr
        assert rows(folder, "SELECT count(*) FROM articles") == [(COUNT,)]
        yield folder, site


@pytest.fixture
def crawled(first_crawl: tuple[Path, Site], tmp_path: Path) -> tuple[Path, Site]:
    """A portal of twenty articles after a first crawl."""
    folder, site = first_crawl
    site.bad, site.everywhere = {}, None
    return shutil.copytree(folder, tmp_path / "archive"), site


def again(folder: Path) -> int:
    code = luutru(folder, "crawl", "p", "--recheck").returncode
    assert rows(folder, f"SELECT id FROM runs WHERE planned != {' + '.join(OUTCOMES)}") == []
    return code


def states(folder: Path) -> dict[str, int]:
    return dict(rows(folder, "SELECT status, count(*) FROM articles GROUP BY status"))


def last_run(folder: Path, what: str) -> int:
    ((count,),) = rows(folder, f"SELECT {what} FROM runs ORDER BY id DESC LIMIT 1")
    return int(count)


def test_two_articles_that_are_missing_are_gone_and_come_back(crawled: tuple[Path, Site]) -> None:
    folder, site = crawled
    paths = list(site.kept.articles)
    site.bad = {paths[3]: NOT_FOUND, paths[9]: modes.moved("/")(site.kept.articles[paths[9]])}
    assert again(folder) == 0
    assert states(folder) == {"live": COUNT - 2, "gone": 2}
    evidence = rows(
        folder,
        "SELECT verdict, reason FROM readings JOIN captures ON captures.id = capture_id JOIN articles USING (url)"
        " WHERE articles.status = 'gone' AND verdict != 'good' AND url LIKE '%" + paths[3] + "' ORDER BY readings.id",
    )
    assert evidence == [("suspect", "missing: http 404"), ("gone", "http 404")]
    assert rows(folder, "SELECT count(*) FROM issues WHERE kind IN ('suspect', 'outage')") == [(0,)]
    site.bad = {}
    assert again(folder) == 0
    assert states(folder) == {"live": COUNT}


@pytest.mark.parametrize("way", ["404", "soft 404", "redirect to login", "maintenance"])
def test_where_many_answer_alike_nobody_is_gone_and_the_portal_is_stopped(crawled: tuple[Path, Site], way: str) -> None:
    folder, site = crawled
    found = {mode.name: mode.make for mode in modes.APART}
    make = {"404": lambda _: NOT_FOUND}.get(way) or found[way]
    site.bad = {path: make(shown) for path, shown in list(site.kept.articles.items())[::2]}
    assert again(folder) == 9
    assert states(folder) == {"live": COUNT}
    assert rows(folder, "SELECT DISTINCT version_count FROM articles") == [(1,)]
    assert last_run(folder, "gone") == SITEMAP
    assert 5 <= last_run(folder, "suspect") <= 6, "a fifth of twenty, and one more that was under way"
    assert rows(folder, "SELECT count(*) FROM issues WHERE kind = 'stopped'") == [(1,)]
    site.bad = {}
    assert again(folder) == 0
    assert last_run(folder, "unchanged") == COUNT


def test_two_articles_are_not_gone_from_a_portal_that_answers_nothing(crawled: tuple[Path, Site]) -> None:
    folder, site = crawled
    paths = list(site.kept.articles)[:2]
    with closing(sqlite3.connect(folder / "archive.db")) as conn, conn:
        marks = " OR ".join(f"url LIKE '%{path}'" for path in paths)
        conn.execute(f"UPDATE _frontier SET due_at = '9999' WHERE NOT ({marks})")
        conn.execute(f"UPDATE _frontier SET due_at = '' WHERE {marks}")
    site.everywhere = NOT_FOUND
    luutru(folder, "crawl", "p")
    assert states(folder) == {"live": COUNT}
    assert rows(folder, "SELECT DISTINCT message FROM issues WHERE kind = 'outage'") == [
        ("nothing of the portal is answered as it should be; no article is taken for gone",)
    ]


def test_what_lasts_is_told_once(tmp_path: Path) -> None:
    with served("nukeviet", COUNT) as (portal, site):
        portal_file(tmp_path, portal, site, "p")
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        shown = next(iter(site.kept.articles.values()))
        told = []
        for spam in (f"{modes.HIDDEN[0]}{modes.VISIBLE[0]}", modes.VISIBLE[0]):
            site.bad = {
                next(iter(site.kept.articles)): modes.with_paragraphs(lambda all_, spam=spam: (*all_, spam))(shown)
            }
            assert [again(tmp_path), again(tmp_path)] == [0, 0]
            told += [sorted(rows(tmp_path, "SELECT message FROM issues WHERE kind = 'hacked'"))]
    hidden, visible = told[0]
    assert hidden[0].startswith("hidden links: ")
    assert visible[0].startswith("links to gambling sites: ")
    assert told[1] == [hidden, visible, visible]


def test_a_page_that_is_hacked_again_is_told_again(tmp_path: Path) -> None:
    with served("nukeviet", COUNT) as (portal, site):
        portal_file(tmp_path, portal, site, "p")
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        path, shown = next(iter(site.kept.articles.items()))
        hacked = modes.with_paragraphs(lambda all_: (*all_, modes.HIDDEN[0]))(shown)
        for site.bad in ({path: hacked}, {}, {path: hacked}):
            assert again(tmp_path) == 0
    found = rows(tmp_path, "SELECT message, closed_at IS NULL FROM issues WHERE kind = 'hacked' ORDER BY id")
    assert [is_open for _, is_open in found] == [0, 1]
    assert found[0][0] == found[1][0]


def test_articles_that_all_lead_to_one_page_are_suspect(crawled: tuple[Path, Site]) -> None:
    folder, site = crawled
    site.bad = {path: modes.moved("/thong-bao-chung.html")(shown) for path, shown in site.kept.articles.items()}
    assert again(folder) == 9
    assert states(folder) == {"live": COUNT}
    assert last_run(folder, "suspect") >= 4


def test_other_portals_go_on_when_one_is_stopped(tmp_path: Path) -> None:
    with served("nukeviet", COUNT) as (first, site), served("liferay", COUNT) as (second, other):
        portal_file(tmp_path, first, site, "a")
        portal_file(tmp_path, second, other, "b")
        assert luutru(tmp_path, "crawl", "a", "b").returncode == 0
        site.everywhere = modes.ok(modes.MAINTENANCE[1])
        done = luutru(tmp_path, "crawl", "a", "b", "--recheck")
        assert done.returncode == 9
        assert "a: stopped: 5 of 20 known articles are suspect" in done.stdout
    found = rows(tmp_path, "SELECT portal_id, suspect, unchanged FROM run_portals WHERE run_id = 2 ORDER BY 1")
    assert found == [("a", 7, 0), ("b", 0, COUNT)], "the home page, its section and five articles of the first"


def let_a_week_pass(folder: Path) -> None:
    """As far as the archive can tell: all captures were made eight days earlier."""
    with closing(sqlite3.connect(folder / "archive.db")) as conn, conn:
        conn.execute("DROP TRIGGER captures_no_update")
        conn.create_function("week_before", 1, lambda time: digits(moment(time) - timedelta(days=8)))
        conn.execute("UPDATE captures SET timestamp = week_before(timestamp)")


def test_what_has_been_missing_for_long_is_gone_and_suspect_for_long_stops_nothing(
    crawled: tuple[Path, Site],
) -> None:
    folder, site = crawled
    paths = list(site.kept.articles)
    site.bad = dict.fromkeys(paths[:5], NOT_FOUND) | dict.fromkeys(paths[5:8], modes.ok(modes.WAF[0]))
    assert again(folder) == 9
    assert states(folder) == {"live": COUNT}
    let_a_week_pass(folder)
    again(folder)
    assert states(folder) == {"live": COUNT - 5, "gone": 5}
    assert rows(folder, "SELECT count(*) FROM issues WHERE kind = 'stopped'") == [(1,)], "only the first time"
    assert last_run(folder, "unchanged") == COUNT - 8
    again(folder)
    assert rows(folder, "SELECT count(*) FROM issues WHERE kind = 'stopped'") == [(1,)], "gone ones count no more"


def test_one_text_on_many_new_addresses_is_no_article(tmp_path: Path) -> None:
    with served("nukeviet", 12) as (server, site):
        portal_file(tmp_path, server, site)
        first = next(iter(site.kept.articles.values()))
        notice = first.article(
            "Thông báo", "", ("<p>Kính mời quý vị xem nội dung tại trang thông tin mới của huyện.</p>",)
        )
        site.bad = dict.fromkeys(list(site.kept.articles)[2:], modes.ok(notice))
        luutru(tmp_path, "crawl", "p")
        found = rows(tmp_path, "SELECT count(*) FROM articles WHERE title = 'Thông báo'")
        assert found == [(3,)]
        reasons = rows(tmp_path, "SELECT count(*) FROM readings WHERE reason LIKE '%other addresses show the same%'")
        assert reasons == [(7,)]


def test_an_edit_after_a_redesign_is_a_version(crawled: tuple[Path, Site]) -> None:
    folder, site = crawled
    site.bad = {path: modes.redesigned(shown) for path, shown in site.kept.articles.items()}
    assert again(folder) == 0
    (path, shown), *_ = site.kept.articles.items()
    paragraphs = (*shown.paragraphs, "<p>Tin cập nhật.</p>")
    site.bad[path] = modes.redesigned(replace(shown, paragraphs=paragraphs))
    assert again(folder) == 0
    assert last_run(folder, "changed") == 1
    assert rows(folder, "SELECT count(*) FROM articles WHERE body LIKE '%Tin cập nhật.%'") == [(1,)]
    assert again(folder) == 0
    assert (last_run(folder, "changed"), last_run(folder, "unchanged")) == (0, COUNT)


@pytest.mark.parametrize("design", [modes.redesigned, modes.redesigned_plainly])
def test_a_redesign_that_can_be_read_is_no_version_and_one_that_cannot_is_loud(
    crawled: tuple[Path, Site], design: modes.Make
) -> None:
    folder, site = crawled
    site.bad = {path: design(shown) for path, shown in site.kept.articles.items()}
    again(folder)  # a template may be learnt of it, and all is read again
    again(folder)
    assert rows(folder, "SELECT count(*), max(version_count) FROM articles") == [(COUNT, 1)]
    assert rows(folder, "SELECT count(*) FROM articles WHERE body = ''") == [(0,)]
    site.bad = {path: modes.unreadable(shown) for path, shown in site.kept.articles.items()}
    assert again(folder) == 9
    assert rows(folder, "SELECT DISTINCT version_count FROM articles") == [(1,)]
    assert rows(folder, "SELECT count(*) > 0 FROM issues WHERE message LIKE 'redesign: %'") == [(1,)]


def test_rebuild_gives_the_same_verdicts(crawled: tuple[Path, Site]) -> None:
    folder, site = crawled
    (first, _one), (second, _two), (third, three), (fourth, four), *_ = site.kept.articles.items()
    site.bad = {
        first: NOT_FOUND,
        second: modes.ok(modes.MAINTENANCE[0]),
        third: modes.redesigned(three),
        fourth: modes.EDITS["a sentence more"](four),
    }
    again(folder)
    site.bad[third] = modes.redesigned(replace(three, paragraphs=(*three.paragraphs, "<p>Tin cập nhật.</p>")))
    again(folder)
    site.bad = dict.fromkeys(list(site.kept.articles)[2:], NOT_FOUND)
    again(folder)
    asked = (
        "SELECT url, status, title, body, version_count FROM articles ORDER BY url",
        "SELECT url, timestamp, verdict, reason FROM readings JOIN captures ON captures.id = capture_id"
        " WHERE readings.id IN (SELECT max(id) FROM readings GROUP BY capture_id) ORDER BY captures.id",
        "SELECT article_id, capture_id, text_sha256 FROM versions ORDER BY 1, 2, 3",
    )
    before = [rows(folder, sql) for sql in asked]
    assert luutru(folder, "rebuild").returncode == 0
    assert [rows(folder, sql) for sql in asked] == before
