"""Articles that a portal takes out of its lists while their pages still answer, over loopback."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from page_modes import ok
from page_site import _nukeviet_article, _nukeviet_listing, nukeviet_path, paragraphs_of, stories
from running import luutru
from serving import portal
from wire import head

from crawler.sample.markup import summary_html
from crawler.sample.story import Story

NOT_FOUND = head(b"404 Not Found", b"Content-Length: 0")
COUNT = 14
STORIES = sorted(
    (story for story in stories(60) if story.time_shown), key=lambda story: story.published, reverse=True
)[: COUNT + 1]  # fmt: skip
FRESH, SHOWN = STORIES[0], STORIES[1:]
TAKEN = 4
"""The place of the article that is taken out, on the first page of the list."""


class Lists:
    """A portal with one list by date on two pages, the second of which the first one links."""

    def __init__(self) -> None:
        self.first, self.second = SHOWN[:10], SHOWN[10:]
        self.missing: set[str] = set()
        self.elsewhere: list[Story] = []
        """Articles that the second page lists too, at another address of theirs."""

    def __call__(self, path: str) -> bytes:
        pages = {"/": self.first, "/vi/news/tin/page-2/": self.second}
        if path in pages:
            paging = '<div class="pagination"><a href="/vi/news/tin/page-2/">2</a></div></body>'
            more = _nukeviet_listing(self.elsewhere).replace("/vi/news/tin/", "/vi/news/khac/")
            content = _nukeviet_listing(pages[path]) + (more if path != "/" else "")
            return ok(content.replace("</body>", paging))
        story = next((each for each in STORIES if nukeviet_path(each) == path.replace("/khac/", "/tin/")), None)
        if story is None or path in self.missing:
            return NOT_FOUND
        lead = str(summary_html(story)) if story.summary else ""
        return ok(_nukeviet_article(story)(story.title, lead, paragraphs_of(story)))


@pytest.fixture(scope="module")
def first_crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Lists]]:
    folder, lists = tmp_path_factory.mktemp("first"), Lists()
    with portal(lists) as server:
        (folder / "portals").mkdir()
        toml = f'name = "P"\nhome = "{server.url}/"\nfamily = "nukeviet"\ndelay = 0\n'
        (folder / "portals/p.toml").write_text(toml, encoding="utf-8")
        again(folder, 1)
        assert rows(folder, "SELECT status, count(*) FROM articles GROUP BY status") == [("live", COUNT)]
        yield folder, lists


@pytest.fixture
def crawled(first_crawl: tuple[Path, Lists], tmp_path: Path) -> tuple[Path, Lists]:
    folder, lists = first_crawl
    vars(lists).update(vars(Lists()))
    return shutil.copytree(folder, tmp_path / "archive"), lists


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        return conn.execute(sql).fetchall()


def again(folder: Path, times: int = 2) -> None:
    for _ in range(times):
        done = luutru(folder, "crawl", "p", "--recheck")
        assert done.returncode == 0, done.stdout + done.stderr


def others(folder: Path) -> list[tuple[object, ...]]:
    """The articles that are not live."""
    return rows(folder, "SELECT url, status FROM articles WHERE status != 'live' ORDER BY id")


def test_an_article_that_its_list_drops_is_unlisted_and_live_again_when_it_is_listed(
    crawled: tuple[Path, Lists],
) -> None:
    folder, lists = crawled
    dropped = lists.first[TAKEN]
    lists.first = [*lists.first[:TAKEN], *lists.first[TAKEN + 1 :], lists.second[0]]
    lists.second = lists.second[1:]
    again(folder)
    ((url, status),) = others(folder)
    assert (str(url).endswith(nukeviet_path(dropped)), status) == (True, "unlisted")
    told = "SELECT states.status, reason, url FROM states JOIN captures ON captures.id = capture_id ORDER BY states.id"
    home = rows(folder, "SELECT home_url FROM portals")[0][0]
    assert rows(folder, told) == [("unlisted", f"no longer listed on {home}", home)]
    before = rows(folder, "SELECT article_id, status, at, reason FROM states ORDER BY id")
    assert luutru(folder, "rebuild").returncode == 0
    assert rows(folder, "SELECT article_id, status, at, reason FROM states ORDER BY id") == before
    lists.first = [*lists.first[:TAKEN], dropped, *lists.first[TAKEN:-1]]
    lists.second = SHOWN[10:]
    again(folder, 1)
    assert others(folder) == []
    assert [row[0] for row in rows(folder, told)] == ["unlisted", "live"]


def test_of_two_that_are_dropped_the_one_that_is_missing_is_gone(crawled: tuple[Path, Lists]) -> None:
    folder, lists = crawled
    newest, _ = lists.first.pop(0), lists.first.pop(TAKEN)
    again(folder)
    assert [row[1] for row in others(folder)] == ["unlisted", "unlisted"]
    lists.missing = {nukeviet_path(newest)}
    again(folder, 1)
    assert {str(url).endswith(nukeviet_path(newest)): status for url, status in others(folder)} == {
        True: "gone",
        False: "unlisted",
    }


def newer(lists: Lists) -> None:
    """What is new pushes others to the next page, and the oldest off the last one."""
    lists.first = [FRESH, *SHOWN[:9]]
    lists.second = SHOWN[9:-1]


def moved(lists: Lists) -> None:
    """An article is taken out of its place and stands on the other page."""
    lists.second = [lists.first.pop(TAKEN), *lists.second]


def elsewhere(lists: Lists) -> None:
    """An article is listed under another address of its own."""
    lists.elsewhere = [lists.first.pop(TAKEN)]


def fewer(lists: Lists) -> None:
    """The list is cut: another list, or an error."""
    lists.first = lists.first[:3]


def by_reading(lists: Lists) -> None:
    """A list by how much is read, which drops one."""
    lists.first = [lists.first[each] for each in (3, 1, 0, 2, 8, 7, 5, 6, 9)]


def replaced(lists: Lists) -> None:
    """Something new in its place: the same article under another address, perhaps."""
    lists.first = [*lists.first[:TAKEN], FRESH, *lists.first[TAKEN + 1 :]]


@pytest.mark.parametrize("change", [newer, moved, elsewhere, fewer, by_reading, replaced])
def test_what_lists_do_all_the_time_takes_nobody_for_unlisted(
    crawled: tuple[Path, Lists], change: Callable[[Lists], None]
) -> None:
    folder, lists = crawled
    change(lists)
    again(folder)
    assert others(folder) == []


def test_one_that_was_pinned_is_not_unlisted(crawled: tuple[Path, Lists]) -> None:
    folder, lists = crawled
    lists.first = [SHOWN[8], *SHOWN[:8], SHOWN[9]]
    again(folder, 1)
    lists.first = lists.first[1:]
    again(folder)
    assert others(folder) == []
