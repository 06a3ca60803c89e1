"""A good guest: robots.txt by RFC 9309, Retry-After, Crawl-delay, and hosts that fail are left alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from making import ARTICLE, Maker
from running import luutru
from wire import WireServer, head, raw_server, sized

from archive.records import Kind, Reading, Tier, Verdict
from archive.store import Archive
from crawler.politeness import BREAKER, Politeness, retry_after

NOTHING = head(b"404 Not Found", b"Content-Length: 0")


def page(text: str) -> bytes:
    body = f"<html><head><title>Tin</title></head><body>{text}</body></html>".encode()
    return head(b"200 OK", b"Content-Type: text/html; charset=utf-8", sized(body)) + body


def text(words: str) -> bytes:
    return head(b"200 OK", b"Content-Type: text/plain", sized(words.encode())) + words.encode()


def crawl(folder: Path, answers: dict[str, bytes], **fields: str) -> tuple[int, WireServer, str]:
    """Crawl a portal of raw answers; returns the exit code, the server, and what was said."""
    with raw_server({"/robots.txt": NOTHING, "/sitemap.xml": NOTHING, **answers}) as server:
        (folder / "portals").mkdir(exist_ok=True)
        more = "".join(f"{name} = {value}\n" for name, value in fields.items())
        toml = f'name = "P"\nhome = "{server.url}/"\nfamily = "generic"\ndelay = 0\n{more}'
        (folder / "portals/p.toml").write_text(toml, encoding="utf-8")
        done = luutru(folder, "crawl", "p")
    assert "Traceback" not in done.stderr
    return done.returncode, server, done.stdout + done.stderr


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "archive.db") as conn:
        return conn.execute(sql).fetchall()


def test_a_robots_txt_that_has_moved_is_followed_once_on_the_portals_own_host(tmp_path: Path) -> None:
    moved = head(b"301 Moved", b"Location: /rules.txt", b"Content-Length: 0")
    rules = text("User-agent: *\nDisallow: /x\n")
    links = page('<a href="/x">x</a><a href="/y">y</a>')
    code, server, _ = crawl(tmp_path, {"/robots.txt": moved, "/rules.txt": rules, "/": links})
    assert code == 0
    assert "/y" in server.requests
    assert "/x" not in server.requests
    assert rows(tmp_path, "SELECT count(*) FROM captures WHERE url LIKE '%/rules.txt'") == [(1,)]


def test_a_robots_txt_does_not_send_us_to_other_machines(tmp_path: Path) -> None:
    with raw_server({"/robots.txt": text("User-agent: *\nDisallow: /\n")}) as other:
        moved = head(b"301 Moved", f"Location: {other.url}/robots.txt".encode(), b"Content-Length: 0")
        code, _, _ = crawl(tmp_path, {"/robots.txt": moved, "/": page("x")})
    assert code == 0
    assert other.requests == {}


def test_a_robots_txt_that_moves_for_ever_allows_all(tmp_path: Path) -> None:
    loop = head(b"302 Found", b"Location: /robots.txt", b"Content-Length: 0")
    code, _, _ = crawl(tmp_path, {"/robots.txt": loop, "/": page("xin chào")})
    assert code == 0
    assert rows(tmp_path, "SELECT count(*) FROM captures WHERE url LIKE '%robots.txt'") == [(6,)]


def test_a_robots_txt_that_answers_503_forbids_everything(tmp_path: Path) -> None:
    code, server, said = crawl(tmp_path, {"/robots.txt": head(b"503 Busy", b"Content-Length: 0"), "/": page("x")})
    assert code == 5
    assert "/" not in server.requests
    assert "RFC 9309" in said


def test_a_home_page_that_is_missing_is_not_silent(tmp_path: Path) -> None:
    code, _, _ = crawl(tmp_path, {"/": NOTHING})
    assert code == 5


def test_a_page_that_is_always_busy_is_asked_three_times(tmp_path: Path) -> None:
    busy = head(b"503 Busy", b"Retry-After: 1", b"Content-Length: 0")
    links = "".join(f'<a href="/{n}">{n}</a>' for n in range(8))
    answers = {"/": page(links + '<a href="/busy">b</a>'), "/busy": busy, **{f"/{n}": page(str(n)) for n in range(8)}}
    began = time.monotonic()
    code, _, _ = crawl(tmp_path, answers)
    assert code == 0
    assert time.monotonic() - began < 60
    assert rows(tmp_path, "SELECT count(*) FROM captures WHERE url LIKE '%/busy'") == [(3,)]
    assert rows(tmp_path, "SELECT suspect FROM runs") == [(1,)]


def test_a_long_retry_after_is_put_off_to_another_run(tmp_path: Path) -> None:
    busy = head(b"429 Slow down", b"Retry-After: 99999", b"Content-Length: 0")
    code, _, _ = crawl(
        tmp_path, {"/": page('<a href="/busy">b</a><a href="/ok">o</a>'), "/busy": busy, "/ok": page("x")}
    )
    assert code == 0
    assert rows(tmp_path, "SELECT put_off FROM runs") == [(1,)]


def test_redirect_chains_and_loops_end(tmp_path: Path) -> None:
    def to(path: str) -> bytes:
        return head(b"302 Found", f"Location: {path}".encode(), b"Content-Length: 0")

    chain = {f"/r{n}": to(f"/r{n + 1}") for n in range(40)}
    answers = {"/": page('<a href="/r0">r</a><a href="/a">a</a>'), "/a": to("/b"), "/b": to("/a"), **chain}
    code, server, _ = crawl(tmp_path, answers)
    assert code == 0
    assert len([path for path in server.requests if path.startswith("/r") and path != "/robots.txt"]) <= 7


def test_one_request_at_a_time_to_a_host_without_any_delay(tmp_path: Path) -> None:
    most = 0
    now = 0
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            nonlocal most, now
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.01)
            body = b"".join(b'<a href="/%d">x</a>' % n for n in range(60)) if self.path == "/" else b"x"
            with lock:
                now -= 1
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        (tmp_path / "portals").mkdir()
        for name in ("one", "two"):  # two portals on one host are one host
            toml = f'name = "P"\nhome = "http://127.0.0.1:{server.server_port}/"\nfamily = "generic"\ndelay = 0\n'
            (tmp_path / f"portals/{name}.toml").write_text(toml, encoding="utf-8")
        done = luutru(tmp_path, "crawl")
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert most == 1


def test_scrapys_own_command_crawls_with_the_same_manners(tmp_path: Path) -> None:
    with raw_server({"/robots.txt": NOTHING, "/sitemap.xml": NOTHING, "/": page("xin chào")}) as server:
        (tmp_path / "portals").mkdir()
        toml = f'name = "P"\nhome = "{server.url}/"\nfamily = "generic"\ndelay = 0\n'
        (tmp_path / "portals/p.toml").write_text(toml, encoding="utf-8")
        (tmp_path / "luutru.toml").write_text('contact = "mailto:a@b.vn"\n', encoding="utf-8")
        command = [sys.executable, "-m", "scrapy", "crawl", "portal", "-a", "portal=p", "-a", f"archive={tmp_path}"]
        root = Path(__file__).parents[1]
        done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert b"User-Agent: luutru/0.1.0 (+mailto:a@b.vn)\r\n" in server.requests["/"]
    assert rows(tmp_path, "SELECT exit_code, planned FROM runs") == [(0, 3)]


def test_a_crawl_delay_is_kept(tmp_path: Path) -> None:
    answers = {
        "/robots.txt": text("User-agent: *\nCrawl-delay: 1\n"),
        "/": page('<a href="/1">1</a><a href="/2">2</a>'),
        "/1": page("1"),
        "/2": page("2"),
    }
    began = time.monotonic()
    code, _, _ = crawl(tmp_path, answers)
    assert code == 0
    assert time.monotonic() - began > 3  # home, sitemap, two pages


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("Tue, 24 Nov 2026 05:10:00 GMT", 600), ("soon", None), ("-5", None), ("", None)],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: int | None) -> None:
    now = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    expected = now + timedelta(seconds=seconds) if seconds is not None else None
    assert retry_after([value], now) == expected


def test_robots_txt_is_read_by_rfc_9309() -> None:
    def rules(status: int | None, body: bytes) -> Callable[[str], str | None]:
        manners = Politeness("luutru/1 (+x)")
        manners.learn_robots("a.vn", status, body)
        return lambda path: manners.forbids("a.vn", f"http://a.vn{path}")

    assert rules(200, b"\xef\xbb\xbfUser-agent: luutru\nDisallow: /x")("/x/1")
    assert rules(200, b"User-agent: luutru\nDisallow: /x\nAllow: /x/y")("/x/y") is None
    assert rules(200, b"\x00\xff not robots at all")("/x") is None
    assert rules(404, b"User-agent: *\nDisallow: /")("/x") is None
    assert rules(500, b"")("/x")
    assert rules(None, b"")("/x")


def test_a_host_that_never_answers_is_left_alone() -> None:
    manners = Politeness("luutru")
    for _ in range(BREAKER - 1):
        manners.failed("a.vn", "time-out")
    manners.answered("a.vn")
    assert manners.host("a.vn").closed is None
    for _ in range(BREAKER):
        manners.failed("a.vn", "time-out")
    assert "12 times in a row" in (manners.host("a.vn").closed or "")


def test_an_article_that_becomes_another_kind_of_page_is_suspect(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        make = Maker(archive)
        make.article()
        listing = Reading(reader="test/1", tier=Tier.FAMILY, kind=Kind.LISTING, verdict=Verdict.GOOD)
        assert make.visit(ARTICLE.url, reading=listing).outcome == "suspect"
        assert archive.conn.execute("SELECT status, body FROM articles").fetchone() == ("live", ARTICLE.body)
