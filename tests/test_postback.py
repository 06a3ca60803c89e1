"""Lists whose pager is a script that posts a form are crawled to their end."""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from page_files import page_of
from running import luutru

from crawler.parsers import postback

ARTICLES, EACH, GROUP = 37, 3, 4
WORDS = "<p>Ủy ban nhân dân xã vừa họp bàn việc làm đường, có đông đủ đại biểu các ấp về dự và góp ý kiến.</p>" * 3


class AspNet:
    """A list in the manner of a GridView: numbers in groups, dots to the next group, a state that must come back."""

    def __init__(self) -> None:
        self.states: dict[str, int] = {}
        self.asked: list[tuple[str, str]] = []

    def listing(self, number: int) -> str:
        state = secrets.token_hex(20)
        self.states[state] = number
        first = (number - 1) // GROUP * GROUP + 1
        pages = -(-ARTICLES // EACH)
        pager = [str(n) if n == number else self.link(n, str(n)) for n in range(first, min(first + GROUP, pages + 1))]
        if first > 1:
            pager.insert(0, self.link(first - 1, "..."))
        if first + GROUP <= pages:
            pager.append(self.link(first + GROUP, "..."))
        numbers = range((number - 1) * EACH, min(number * EACH, ARTICLES))
        items = "".join(f'<li><a href="/tin.aspx?id={n}">Tin số {n} của xã</a></li>' for n in numbers)
        return (
            '<html><head><title>Tin tức</title></head><body><form method="post" action="./danh-sach.aspx" id="f">'
            f'<input type="hidden" name="__EVENTTARGET"><input type="hidden" name="__VIEWSTATE" value="{state}">'
            f'<input type="text" name="tim" value=""><ul>{items}</ul><table><tr><td>{" ".join(pager)}</td></tr></table>'
            "<a href=\"javascript:__doPostBack('ctl00$thoat','')\">Đăng xuất</a></form></body></html>"
        )

    @staticmethod
    def link(number: int, label: str) -> str:
        return f"<a href=\"javascript:__doPostBack('ctl00$main$gv','Page${number}')\">{label}</a>"

    def answer(self, method: str, path: str, form: dict[str, list[str]]) -> str | None:
        self.asked.append((method, path))
        if path == "/":
            return '<html><body><a href="/danh-sach.aspx">Tin tức của xã nhà</a></body></html>'
        if path == "/danh-sach.aspx" and method == "GET":
            return self.listing(1)
        if path == "/danh-sach.aspx":
            asked = re.fullmatch(r"Page\$(\d+)", form["__EVENTARGUMENT"][0])
            right = form["__VIEWSTATE"][0] in self.states and form["__EVENTTARGET"] == ["ctl00$main$gv"] and asked
            return self.listing(int(asked[1])) if asked and right else None
        if found := re.fullmatch(r"/tin\.aspx\?id=(\d+)", path):
            title = f"Tin số {found[1]} của xã"
            return (
                f'<html><head><title>{title}</title><meta property="og:type" content="article"></head><body>'
                f"<h1>{title}</h1><div class='content'>{WORDS}<p>Số {found[1]}</p></div></body></html>"
            )
        return None


@contextmanager
def served(site: AspNet) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
            body = site.answer(self.command, self.path, form)
            data = (body or "Server Error").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = reply

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_list_behind_postbacks_is_crawled_to_its_end(tmp_path: Path) -> None:
    site = AspNet()
    with served(site) as url:
        (tmp_path / "portals").mkdir()
        file = f'name = "P"\nhome = "{url}/"\nfamily = "generic"\ndelay = 0\n'
        (tmp_path / "portals/p.toml").write_text(file, encoding="utf-8")
        for _ in range(2):
            done = luutru(tmp_path, "crawl", "p", "--recheck")
            assert done.returncode == 0, done.stdout + done.stderr
            with sqlite3.connect(tmp_path / "archive.db") as conn:
                assert conn.execute("SELECT count(*), max(version_count) FROM articles").fetchone() == (ARTICLES, 1)
            posts = [path for method, path in site.asked if method == "POST"]
            assert len(posts) == -(-ARTICLES // EACH) - 1  # each further page once
            site.asked.clear()
    assert luutru(tmp_path, "verify", "--deep").returncode == 0


def test_only_pagers_are_posted() -> None:
    site = AspNet()
    page = page_of(site.listing(5), "http://xa.example/danh-sach.aspx#trang=5")
    assert [link.url for link in postback.links(page)] == [
        f"http://xa.example/danh-sach.aspx#trang={n}" for n in (6, 7, 8, 9)
    ]
    form = postback.form(page, 9)
    assert form
    assert form.url == "http://xa.example/danh-sach.aspx"
    assert parse_qs(form.body.decode(), keep_blank_values=True)["__EVENTARGUMENT"] == ["Page$9"]
    assert postback.form(page, 12) is None
    elsewhere = site.listing(1).replace("./danh-sach.aspx", "http://other.example/")
    assert postback.form(page_of(elsewhere, "http://xa.example/danh-sach.aspx"), 2) is None
