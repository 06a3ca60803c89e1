"""A page that asks too much of its reader costs that page, not the crawl."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from running import luutru
from test_hostile import address, article, held, html, pages, portal, portal_file, rows

from archive.records import Verdict
from archive.store import Archive
from crawler.looking import Seen, look
from crawler.parsers.bounds import HARMLESS
from crawler.parsers.page import Page
from crawler.portals import Portal
from crawler.readers import Readers

OURS = Portal(id="p", name="P", home="http://p.vn/", family="liferay")
SLOW = b"<html><body>" + b"<!---->" * 500_000
LARGE = b"<html><body>" + b"<div class='a'>x</div>" * 700_000


def a_page(body: bytes) -> Page:
    return Page(url="http://p.vn/tin/1.html", status=200, headers={"content-type": "text/html"}, body=body)


def with_readers(what: Callable[[Readers], Awaitable[None]]) -> None:
    async def run() -> None:
        readers = Readers()
        try:
            await what(readers)
        finally:
            await readers.close()

    asyncio.run(run())


def test_readers_see_what_the_crawls_own_process_would_see() -> None:
    body = article(1).partition(b"\r\n\r\n")[2].replace(b"</body>", b"<!--" + b"x" * HARMLESS + b"--></body>")

    async def compare(readers: Readers) -> None:
        for number in range(3):
            page = a_page(body.replace(b"Tin", b"Tin %d" % number))
            seen = await readers.look(page, OURS, (), at_article=True)
            assert seen == look(a_page(page.body), OURS, (), at_article=True)
            assert seen.reading.article is not None

    with_readers(compare)


def test_a_page_that_takes_too_long_or_too_much_is_unreadable_and_the_next_one_is_read() -> None:
    good = article(1).partition(b"\r\n\r\n")[2] + b" " * HARMLESS

    async def go(readers: Readers) -> None:
        results = await asyncio.gather(
            *(readers.look(a_page(each), OURS, (), at_article=False) for each in (SLOW, good, LARGE, good))
        )
        slow, one, large, other = results
        assert (slow.reading.verdict, slow.reading.reason) == (
            Verdict.UNREADABLE, "parser limit: it takes more than 5 seconds of processor time",
        )  # fmt: skip
        assert large.reading.verdict is Verdict.UNREADABLE
        assert "parser limit" in (large.reading.reason or "")
        assert one.reading.verdict is other.reading.verdict is Verdict.GOOD

    with_readers(go)


def test_a_reader_that_is_killed_costs_one_page() -> None:
    good = article(1).partition(b"\r\n\r\n")[2] + b" " * HARMLESS

    async def go(readers: Readers) -> None:
        asked = asyncio.ensure_future(readers.look(a_page(SLOW), OURS, (), at_article=False))
        while not (children := _children()):
            await asyncio.sleep(0.02)
        os.kill(children[0], signal.SIGKILL)
        seen: Seen = await asked
        assert seen.reading.reason == "parser limit: its reader broke off (signal 9)"
        assert (await readers.look(a_page(good), OURS, (), at_article=False)).reading.verdict is Verdict.GOOD

    with_readers(go)


def _children(pid: int | str = "self") -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(each) for task in tasks for each in (task / "children").read_text().split()]


def test_a_crawl_that_is_killed_leaves_no_reader_behind(tmp_path: Path) -> None:
    with portal(pages({"/nang": html(SLOW.decode())}, articles=2)) as server:
        portal_file(tmp_path, server.url)
        command = [sys.executable, "-m", "crawler", "--archive", str(tmp_path), "crawl", "p"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while not (readers := [each for each in _children(process.pid) if "crawler.readers" in _command(each)]):
                assert process.poll() is None
                time.sleep(0.02)
            process.kill()
    gone = time.monotonic() + 20
    while any("crawler.readers" in _command(each) for each in readers):
        assert time.monotonic() < gone
        time.sleep(0.05)
    with Archive.open(tmp_path, write=True):
        pass  # nobody else holds the lock


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def test_a_crawl_goes_on_past_a_page_that_its_reader_cannot_end(tmp_path: Path) -> None:
    heavy = html(SLOW.decode())
    with portal(pages({"/nang": heavy}, articles=12)) as server:
        portal_file(tmp_path, server.url)
        done = luutru(tmp_path, "crawl", "p", timeout=120)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert held(tmp_path) == 12
    ((verdict, reason),) = rows(
        tmp_path,
        "SELECT verdict, reason FROM readings JOIN captures ON captures.id = capture_id WHERE url LIKE '%/nang'",
    )
    assert (verdict, reason) == ("unreadable", "parser limit: it takes more than 5 seconds of processor time")
    assert luutru(tmp_path, "rebuild", timeout=120).returncode == 0
    assert rows(tmp_path, "SELECT count(*) FROM readings WHERE verdict = 'unreadable'") == [(1,)]
    assert held(tmp_path) == 12


UNITS = (
    "<div>", "<i>", "<b><i></b>", "<a href=x>y", "<table><tr><td>", "<tr><td>x", "<ul><li>", "<p>x", "<", "&",
    "<!---->", "<script>", "<h1>x", "<title>x", " ", "\n", "1", "1/1/2020 ", "ngày 1 tháng 1 năm ", "Tác giả: ", "A a ",
    "Nguồn: ", "Nguyễn Văn A, ", "Nguyễn Văn A<br>", "µ¸¶·¹", "n-", "\u0301", "<a><p></a></p>", "\u00a0", ".",
    "<div style='display:none'><a href=http://x.com>b</a>", "<strong>x</strong>", "(", '"', "[",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_page_that_is_read_at_once_costs_less_than_a_second(unit: str) -> None:
    body = (
        "<html><head><meta property=og:title content=T></head><body>" + unit * (HARMLESS // len(unit.encode()))
    ).encode()
    began = time.process_time()
    look(a_page(body[:HARMLESS]), OURS, (), at_article=True)
    assert time.process_time() - began < 1


def test_addresses_of_an_article_stay_what_they_were(tmp_path: Path) -> None:
    """What is large is read by another process; nothing of it is different in the archive."""
    padded = article(1).replace(b"</body>", b"<!--" + b"x" * HARMLESS + b"--></body>")
    body = padded.partition(b"\r\n\r\n")[2]
    with portal(pages({}, articles=2)) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p").returncode == 0
    answers = pages({}, articles=2)
    with portal(lambda path: html(_inner(body)) if path == address(1) else answers(path)) as again:
        text = (tmp_path / "portals/p.toml").read_text(encoding="utf-8").replace(server.url, again.url)
        (tmp_path / "portals/p.toml").write_text(text, encoding="utf-8")
        assert luutru(tmp_path, "crawl", "p", "--recheck").returncode == 0
    assert rows(tmp_path, "SELECT DISTINCT version_count FROM articles") == [(1,)]


def _inner(body: bytes) -> str:
    return body.decode().partition("<body>")[2].rpartition("</body>")[0]
