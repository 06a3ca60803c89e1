"""Portals that answer badly: each crawl ends by itself, adds up, and loses nothing that could be had."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from making import ARTICLE, Maker
from running import luutru
from serving import portal
from wire import head, sized

from archive import frontier
from archive.clock import now
from archive.records import Kind, Link
from archive.store import OUTCOMES, Archive
from crawler.politeness import Politeness

NOT_FOUND = head(b"404 Not Found", b"Content-Length: 0")
TOTAL = " + ".join(OUTCOMES)


def html(text: str) -> bytes:
    page = f"<html><head><script>Liferay.ThemeDisplay={{}}</script></head><body>{text}</body></html>".encode()
    return head(b"200 OK", b"Content-Type: text/html; charset=utf-8", sized(page)) + page


def address(number: int) -> str:
    return f"/-/asset_publisher/q/content/id/{number}"


def article(number: int) -> bytes:
    return html(
        f'<div class="asset-full-content"><h4 class="component-title"><span class="asset-title">Hội nghị {number}'
        f'</span></h4><div class="asset-content"><div class="journal-content-article"><p>Nội dung số {number} của'
        " hội nghị về công tác dân vận tại xã.</p></div></div></div>"
    )


def entries(*urls: str) -> str:
    return "".join(
        f'<div class="asset-abstract"><h3 class="asset-title"><a href="{url}">Tin</a></h3></div>' for url in urls
    )


def pages(answers: dict[str, bytes], *, articles: int = 2, robots: bytes = NOT_FOUND) -> Callable[[str], bytes]:
    """A home page that lists articles and links every answer's path."""
    listed = entries(*(address(number) for number in range(1, articles + 1)))
    home = html(listed + "".join(f'<a href="{path}">x</a>' for path in answers))
    found = {"/": home, "/robots.txt": robots} | answers
    found |= {address(number): article(number) for number in range(1, articles + 1)}
    return lambda path: found.get(path, NOT_FOUND)


def portal_file(folder: Path, url: str, more: str = "", name: str = "p") -> None:
    (folder / "portals").mkdir(parents=True, exist_ok=True)
    text = f'name = "P"\nhome = "{url}/"\nfamily = "liferay"\ndelay = 0\n{more}'
    (folder / f"portals/{name}.toml").write_text(text, encoding="utf-8")


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "archive.db") as conn:
        return conn.execute(sql).fetchall()


def held(folder: Path) -> int:
    ((count,),) = rows(folder, "SELECT count(*) FROM articles")
    assert isinstance(count, int)
    assert rows(folder, f"SELECT id FROM runs WHERE planned != {TOTAL}") == []
    return count


def busy(seconds: str) -> bytes:
    return head(b"503 Service Unavailable", b"Content-Length: 0", b"Retry-After: " + seconds.encode())


def test_a_server_that_is_busy_for_ever_is_not_asked_for_ever(tmp_path: Path) -> None:
    with portal(pages({"/busy": busy("1")})) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p", timeout=60).returncode == 0
        assert server.asked.count("/busy") == 3
    assert held(tmp_path) == 2
    assert rows(tmp_path, "SELECT suspect, put_off FROM runs") == [(1, 0)]


@pytest.mark.parametrize("value", ["7200", "315360000", "Fri, 31 Dec 9999 23:59:59 -1200"])
def test_an_address_that_is_put_off_does_not_hold_up_what_is_new(tmp_path: Path, value: str) -> None:
    def answer(path: str) -> bytes:
        return pages({"/busy": busy(value)}, articles=articles)(path)

    with portal(answer) as server:
        portal_file(tmp_path, server.url)
        articles = 2
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        assert rows(tmp_path, "SELECT put_off FROM runs") == [(1,)]
        articles = 5
        assert luutru(tmp_path, "crawl", "p").returncode == 0
    assert held(tmp_path) == 5
    tomorrow = (now() + timedelta(days=1, minutes=1)).isoformat()
    assert rows(tmp_path, f"SELECT 1 FROM _frontier WHERE state = 'queued' AND due_at > '{tomorrow}'") == []


def test_an_old_pass_that_was_cut_short_does_not_hold_up_what_is_new(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        make = Maker(archive)
        home = [Link(url="http://p.vn/", kind=Kind.PAGE)]
        with archive.transaction() as conn:
            frontier.add(conn, "p", [Link(url="http://p.vn/left", kind=Kind.PAGE)], 1, now())
            frontier.done(conn, 1, kind=None, number=1, again=now() + timedelta(days=30), article_id=None)
            assert frontier.begin_pass(conn, "p", home, now() + timedelta(hours=1)) == make.current.number == 1
            assert frontier.begin_pass(conn, "p", home, now() + timedelta(hours=23)) == 2
        queued = archive.conn.execute("SELECT url FROM _frontier WHERE state = 'queued' ORDER BY id").fetchall()
    assert queued == [("http://p.vn/",), ("http://p.vn/left",)]


def test_an_article_seen_just_before_a_pass_began_is_not_seen_in_it(tmp_path: Path) -> None:
    other = replace(ARTICLE, url=ARTICLE.url + "/again")
    with Archive.open(tmp_path, write=True) as archive:
        make = Maker(archive)
        make.article()
        at = now()  # the same second, most often: times alone cannot tell the passes apart
        with archive.transaction() as conn:
            frontier.done(conn, 1, kind=None, number=1, again=at + timedelta(days=30), article_id=None)
            frontier.end_pass(conn, "p", at, at)
            make.current.number = frontier.begin_pass(conn, "p", [], at)
            for url in (ARTICLE.url, other.url):
                frontier.add(conn, "p", [Link(url=url, kind=Kind.ARTICLE, key=ARTICLE.key)], 1, at)
            conn.execute("UPDATE _frontier SET article_key = ? WHERE id > 1", [ARTICLE.key])
            frontier.make_due(conn, "p", at)
            _, first, second = frontier.lease(conn, "p", make.run, now(), 3)
            assert not frontier.is_seen(conn, first)
            assert not frontier.is_seen(conn, second)
        make.article()
        assert frontier.is_seen(archive.conn, second)


@pytest.mark.parametrize(
    "target", ["http://[::1", "http://127.0.0.1:99999/", "javascript:x", "", "file:///etc/passwd", "\\"]
)
def test_a_redirect_to_no_address_is_a_page_like_any_other(tmp_path: Path, target: str) -> None:
    moved = head(b"302 Found", b"Content-Length: 0", b"Location: " + target.encode())
    with portal(pages({"/moved": moved})) as server:
        portal_file(tmp_path, server.url)
        done = luutru(tmp_path, "crawl", "p")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert held(tmp_path) == 2


def test_a_redirect_to_the_same_address_with_a_slash_is_followed(tmp_path: Path) -> None:
    moved = head(b"301 Moved", b"Content-Length: 0", b"Location: /xa/")
    with portal(pages({"/xa": moved, "/xa/": html(entries(address(9))), address(9): article(9)})) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        assert server.asked.count("/xa") == 1
        assert server.asked.count("/xa/") == 1
    assert held(tmp_path) == 3


@pytest.mark.parametrize("target", ["http://[::1", "file:///etc/passwd", "OTHER", ""])
def test_robots_txt_that_moves_elsewhere_is_none(tmp_path: Path, target: str) -> None:
    with portal(lambda _: NOT_FOUND) as other:
        target = target.replace("OTHER", other.url)
        moved = head(b"302 Found", b"Content-Length: 0", b"Location: " + target.encode())
        with portal(pages({}, robots=moved)) as server:
            portal_file(tmp_path, server.url)
            done = luutru(tmp_path, "crawl", "p", timeout=60)
            assert server.asked.count("/robots.txt") == 1
        assert other.asked == []
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert held(tmp_path) == 2


def text(body: str) -> bytes:
    return head(b"200 OK", b"Content-Type: text/plain", sized(body.encode())) + body.encode()


def test_robots_txt_that_has_moved_within_the_portal_is_kept_to(tmp_path: Path) -> None:
    moved = head(b"302 Found", b"Content-Length: 0", b"Location: /r.txt")
    rules = text("User-agent: *\nDisallow: /no\n")
    with portal(pages({"/no": html("x"), "/r.txt": rules}, robots=moved)) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p", timeout=60).returncode == 0
        assert server.asked[:2] == ["/robots.txt", "/r.txt"]
        assert "/no" not in server.asked
    assert held(tmp_path) == 2


def test_odd_lines_of_robots_txt_end_nothing(tmp_path: Path) -> None:
    rules = text("Sitemap: http://[x\nSitemap: /s.xml\nUser-agent: *\nCrawl-delay: nan\nDisallow: /" + "*a" * 999)
    with portal(pages({}, robots=rules)) as server:
        portal_file(tmp_path, server.url)
        done = luutru(tmp_path, "crawl", "p", timeout=60)
        assert "/s.xml" in server.asked
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert held(tmp_path) == 2


def test_a_crawl_delay_of_a_day_is_not_waited_for() -> None:
    manners = Politeness("luutru")
    manners.learn_robots("p.vn", 200, b"User-agent: *\nCrawl-delay: 86400\n")
    assert manners.crawl_delay("p.vn") == 60


def test_an_address_that_cannot_be_asked_for_fails_and_the_others_go_on(tmp_path: Path) -> None:
    with portal(pages({})) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        with sqlite3.connect(tmp_path / "archive.db") as conn:
            conn.execute(
                "UPDATE _frontier SET url = 'http://127.0.0.1:99999/', state = 'queued', due_at = '' WHERE id = 1"
            )
        done = luutru(tmp_path, "crawl", "p", timeout=60)
    assert "Traceback" not in done.stderr
    assert rows(tmp_path, "SELECT kind FROM issues") == [("failed",)]
    assert held(tmp_path) == 2


def paged(total: int, *, sitemap: range = range(0)) -> Callable[[str], bytes]:
    """A section of ten articles a page, newest first; the home page shows the newest ten, as its first page does."""

    def answer(path: str) -> bytes:
        number = path.rpartition("/")[2]
        if path == "/sitemap.xml":
            places = "".join(f"<url><loc>{address(each)}</loc></url>" for each in sitemap)
            return text(f"<?xml version='1.0'?><urlset>{places}</urlset>")
        if path == "/" or path.startswith("/tin"):
            page = int(path.partition("cur=")[2] or 1)
            newest = total - (page - 1) * 10
            further = f'<a href="/tin?p_p_id=101_INSTANCE_q&amp;_101_INSTANCE_q_cur={page + 1}">Sau</a>'
            shown = entries(*(address(each) for each in range(newest, max(newest - 10, 0), -1)))
            return html(shown + (further if path != "/" and newest > 10 else ""))
        return article(int(number)) if number.isdigit() and 1 <= int(number) <= total else NOT_FOUND

    return answer


SECTION = '[[sections]]\nname = "Tin"\nurl = "{}/tin"\n'


def test_deep_paging_is_followed_where_a_sitemap_names_most_articles(tmp_path: Path) -> None:
    with portal(paged(200, sitemap=range(21, 201))) as server:
        portal_file(tmp_path, server.url, SECTION.format(server.url))
        assert luutru(tmp_path, "crawl", "p").returncode == 0
    assert held(tmp_path) == 200


def test_further_pages_are_looked_at_again_where_the_home_page_named_what_the_first_shows(tmp_path: Path) -> None:
    def answer(path: str) -> bytes:
        return paged(total)(path)

    with portal(answer) as server:
        portal_file(tmp_path, server.url, SECTION.format(server.url))
        total = 30
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        total = 65
        assert luutru(tmp_path, "crawl", "p").returncode == 0
    assert held(tmp_path) == 65


def test_a_calendar_beside_articles_chosen_at_random_ends(tmp_path: Path) -> None:
    chosen = Random(5)

    def answer(path: str) -> bytes:
        beside = entries(*(address(each) for each in chosen.sample(range(1, 31), 4)))
        month = int(path.partition("thang=")[2] or 1)
        if path.startswith("/lich"):
            return html(f'{beside}<a href="/lich?thang={month + 1}">sau</a><a href="/lich?thang={month - 1}">trước</a>')
        return pages({"/lich?thang=1": NOT_FOUND}, articles=30)(path)

    with portal(answer) as server:
        portal_file(tmp_path, server.url, "budget_pages = 400\n")
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        assert len(server.asked) < 200
    assert held(tmp_path) == 30


def test_a_portal_under_a_path_is_asked_for_with_its_slash(tmp_path: Path) -> None:
    found = {"/xa/": html(entries(address(1))), address(1): article(1)}
    with portal(lambda path: found.get(path, NOT_FOUND)) as server:
        portal_file(tmp_path, f"{server.url}/xa")
        assert luutru(tmp_path, "crawl", "p").returncode == 0
    assert held(tmp_path) == 1


def test_a_space_that_is_not_followed_further_is_one_issue(tmp_path: Path) -> None:
    many = html("".join(f'<a href="/loc?a={a}&amp;b={b}">x</a>' for a in range(20) for b in range(20)))
    with portal(lambda path: many if path.startswith("/loc") else pages({"/loc?a=0&amp;b=0": many})(path)) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p").returncode == 0
    assert held(tmp_path) == 2
    assert rows(tmp_path, "SELECT kind, message FROM issues") == [
        ("trap", "30 pages like /loc?a&b led to 0 articles; no more are fetched in this pass")
    ]
    ((refused,),) = rows(tmp_path, "SELECT refused FROM runs")
    assert isinstance(refused, int)
    assert refused > 360


def test_a_portal_that_forbids_its_home_page_is_an_issue(tmp_path: Path) -> None:
    with portal(pages({}, robots=text("User-agent: *\nDisallow: /\n"))) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        assert server.asked == ["/robots.txt"]
        (issue,) = rows(tmp_path, "SELECT kind, message FROM issues")
    assert issue == ("robots", f"robots.txt of 127.0.0.1:{server.port} forbids {server.url}/")


def test_maintenance_in_place_of_articles_is_suspect_and_no_article_is_lost(tmp_path: Path) -> None:
    notice = html("<h1>Hệ thống đang bảo trì</h1><p>Xin quý vị quay lại sau.</p>")
    down = False

    def answer(path: str) -> bytes:
        return notice if down and path != "/robots.txt" else pages({}, articles=10)(path)

    with portal(answer) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        down = True
        assert luutru(tmp_path, "crawl", "p", "--recheck").returncode == 9
        assert held(tmp_path) == 10
        assert rows(tmp_path, "SELECT DISTINCT status, version_count FROM articles") == [("live", 1)]
        assert server.asked.count(address(10)) == 1, "a portal that shows the same notice everywhere is asked on"
        kinds = rows(
            tmp_path,
            "SELECT kind, message, count(*) FROM issues WHERE kind != 'suspects' GROUP BY 1, 2 ORDER BY 1 DESC",
        )
        assert kinds[0] == ("suspect", "maintenance", 5), "the home page, the sitemap, three articles"
        assert kinds[1][0] == "stopped"
        assert str(kinds[1][1]).startswith("3 of 10 known articles are suspect")
        down = False
        assert luutru(tmp_path, "crawl", "p", "--recheck").returncode == 0
    assert rows(tmp_path, "SELECT unchanged FROM runs WHERE id = 3") == [(10,)]


def test_ctrl_c_twice_does_not_wait_for_an_answer_and_is_an_interruption(tmp_path: Path) -> None:
    done = threading.Event()

    def answer(path: str) -> bytes:
        if path == "/slow":
            done.wait(60)
        return pages({"/slow": NOT_FOUND})(path)

    with portal(answer) as server:
        portal_file(tmp_path, server.url)
        command = [sys.executable, "-m", "crawler", "--archive", str(tmp_path), "crawl", "p"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while "/slow" not in server.asked:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        done.set()
    assert (process.returncode, "Traceback" in errors) == (11, False)
    held(tmp_path)
    assert rows(tmp_path, "SELECT exit_code FROM runs") == [(11,)]
