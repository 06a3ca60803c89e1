"""The cookie challenge D1N: never an article, and answered only where the portal's file says so."""

from __future__ import annotations

import socketserver
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from running import luutru
from test_lifecycle import D1N, add, probe, working

TOKEN = b"D1N=0123456789abcdef0123456789abcdef"


@contextmanager
def guarded(*, content: bool = True) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """A portal behind the challenge; yields its address, and the paths that were asked for, with the cookie or not.

    `content`: whether the cookie contents it.
    """
    asked: list[tuple[str, bool]] = []
    behind = working(datetime.now(UTC), articles=4)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline():
                fields = b"".join(iter(lambda: self.rfile.readline().strip() + b"\n", b"\n"))
                path = line.split(b" ")[1].decode()
                has_cookie = b"\nCookie: " + TOKEN in b"\n" + fields
                asked.append((path, has_cookie))
                self.wfile.write(behind(path) if has_cookie and content else D1N)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        return conn.execute(sql).fetchall()


READ = (
    "SELECT verdict, readings.reason, count(*) FROM captures JOIN readings ON readings.id = (SELECT max(id)"
    " FROM readings WHERE capture_id = captures.id) WHERE url NOT LIKE '%robots.txt' GROUP BY 1, 2"
)


def test_the_challenge_is_suspect_and_never_an_article_unless_the_file_allows_an_answer(tmp_path: Path) -> None:
    with guarded() as (home, asked):
        add(tmp_path, "cong", home)
        luutru(tmp_path, "crawl", "--delay", "0")
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(0,)]
    assert {(verdict, reason) for verdict, reason, _ in rows(tmp_path, READ)} == {("suspect", "challenge")}
    assert not any(has_cookie for _, has_cookie in asked)


def test_where_the_file_allows_it_the_challenge_is_answered_once_and_that_is_recorded(tmp_path: Path) -> None:
    with guarded() as (home, asked):
        add(tmp_path, "cong", home, 'challenge = "answer"')
        done = luutru(tmp_path, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stdout + done.stderr
        assert probe(tmp_path)[0]["state"] == "live"
    assert rows(tmp_path, "SELECT count(*) FROM articles WHERE title LIKE 'Hội nghị số%'") == [(4,)]
    told = rows(tmp_path, "SELECT capture_id IS NOT NULL, message FROM issues WHERE kind = 'challenge' AND run_id = 1")
    assert told == [(1, "its challenge is answered with the cookie D1N, as its file allows")]
    crawled = asked[: rows(tmp_path, "SELECT count(*) FROM captures WHERE run_id = 1")[0][0]]
    assert [path for path, has_cookie in crawled if not has_cookie] == ["/robots.txt", "/"]
    planned = rows(tmp_path, "SELECT planned - new - changed - unchanged - gone - suspect - other - failed - refused"
                   " - put_off FROM runs")  # fmt: skip
    assert set(planned) == {(0,)}
    before = rows(tmp_path, READ)
    assert luutru(tmp_path, "verify").returncode == 0
    assert luutru(tmp_path, "rebuild").returncode == 0
    assert rows(tmp_path, READ) == before


def test_a_server_that_no_cookie_contents_is_not_asked_for_ever(tmp_path: Path) -> None:
    with guarded(content=False) as (home, asked):
        add(tmp_path, "cong", home, 'challenge = "answer"')
        luutru(tmp_path, "crawl", "--delay", "0")
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(0,)]
    assert len([path for path, _ in asked if path == "/"]) <= 4


def test_a_portal_behind_a_challenge_is_not_added_as_if_that_were_its_page(tmp_path: Path) -> None:
    with guarded() as (home, _):
        done = luutru(tmp_path, "portal", "add", home)
    assert done.returncode == 5
    assert "challenge" in done.stderr
