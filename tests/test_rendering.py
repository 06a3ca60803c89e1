"""A portal whose pages scripts make, crawled with Chromium; and what such a page may not do."""

from __future__ import annotations

import http.server
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from running import luutru
from serving import portal
from test_lifecycle import add, answer

from archive import warc

SHELL = "<html><title>Cổng</title><body><div id='app'></div><script src='/app.js'></script>{more}</body></html>"
SCRIPT = """
fetch('/api' + location.pathname).then(r => r.json()).then(found => {
  const app = document.getElementById('app');
  document.title = found.title || document.title;
  if (!found.list) document.head.innerHTML += "<meta property='og:type' content='article'>";
  app.innerHTML = found.list
    ? '<ul>' + found.list.map(e => `<li><h3><a href="${e.url}">${e.title}</a></h3></li>`).join('') + '</ul>'
    : `<article><h1>${found.title}</h1><time datetime='2026-03-02T08:00:00+07:00'>02/03/2026 08:00</time>`
      + found.text.map(t => `<p>${t}</p>`).join('') + '</article>';
});
"""
TEXTS = (
    ("Hội nghị về công tác chuyển đổi số", "Sáng nay, Ủy ban nhân dân huyện đánh giá kết quả chuyển đổi số của các xã.",
     "Dịch vụ công trực tuyến toàn trình đạt tỷ lệ cao nhất từ trước đến nay, người dân hài lòng hơn.",
     "Đoạn cuối: tổ công nghệ số cộng đồng sẽ đến từng thôn để hướng dẫn bà con cài đặt ứng dụng."),
    ("Ra quân xây dựng nông thôn mới", "Hơn hai trăm đoàn viên thanh niên đã tham gia làm đường bê tông nội đồng.",
     "Con đường dài một cây số nối khu sản xuất với trục chính, kinh phí do nhân dân đóng góp và ngân sách hỗ trợ.",
     "Lãnh đạo huyện biểu dương tinh thần của tuổi trẻ và trao tặng giấy khen cho ba chi đoàn."),
    ("Kiểm tra công tác phòng, chống thiên tai", "Đoàn kiểm tra đã khảo sát các hồ chứa trước mùa mưa bão năm nay.",
     "Hai hồ bị thấm nhẹ ở mái hạ lưu; chủ đập phải xử lý xong trước khi tích nước trở lại.",
     "Phương án sơ tán dân vùng trũng thấp được rà soát, bổ sung lực lượng và phương tiện tại chỗ."),
)  # fmt: skip
ARTICLES = {
    f"/tin-tuc/bai-viet-{number}-{number}00.html": {"title": title, "text": text}
    for number, (title, *text) in enumerate(TEXTS, 1)
}


def scripted(more: str = "") -> Any:
    listed = {"list": [{"url": url, "title": found["title"]} for url, found in ARTICLES.items()]}
    told = {"/": listed, **ARTICLES}

    def answered(path: str) -> bytes:
        if path == "/app.js":
            return answer(SCRIPT).replace(b"text/html", b"text/javascript")
        if path.startswith("/api/") and path[4:] in told:
            return answer(json.dumps(told[path[4:]])).replace(b"text/html", b"application/json")
        return answer(SHELL.format(more=more)) if path in told else answer("", "404 Not Found")

    return answered


@contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """Another machine that nobody may be led to."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}", hits
        server.shutdown()


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        return conn.execute(sql).fetchall()


HELD = "SELECT article_key, title, body, status, version_count FROM articles ORDER BY 1"
READ = (
    "SELECT captures.id, url, captures.status, rendered IS NOT NULL, kind, verdict, reason, text_sha256 FROM captures"
    " JOIN readings ON capture_id = captures.id ORDER BY captures.id"
)


def test_what_scripts_make_is_read_and_both_it_and_the_answer_are_kept(tmp_path: Path, need: Any) -> None:
    need("chromium")
    with portal(scripted()) as served:
        add(tmp_path, "cong", served.url, 'render = "js"')
        done = luutru(tmp_path, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stdout + done.stderr
        assert served.asked.count("/app.js") == 1, "scripts are asked for once"
        assert luutru(tmp_path, "crawl", "--delay", "0", "--recheck").returncode == 0
    held = rows(tmp_path, HELD)
    assert [(title, version) for _, title, _, _, version in held] == [(a["title"], 1) for a in ARTICLES.values()]
    assert all(text in body for found, (_, _, body, _, _) in zip(ARTICLES.values(), held, strict=True)
               for text in found["text"])  # fmt: skip
    pairs = rows(
        tmp_path,
        "SELECT filename, offset, length, rendered FROM captures WHERE run_id = 1 AND url LIKE '%100.html' ORDER BY id",
    )
    assert [each[3] is not None for each in pairs] == [False, True]
    assert pairs[1][3].startswith("Chromium ")
    wire, made = (warc.read_block(tmp_path, *each[:3]).decode() for each in pairs)
    assert "Đoạn cuối" not in wire
    assert "Đoạn cuối" in made
    assert set(rows(tmp_path, "SELECT planned - new - changed - unchanged - gone - suspect - other - failed - refused"
                    " - put_off FROM runs")) == {(0,)}  # fmt: skip
    before = rows(tmp_path, READ)
    assert luutru(tmp_path, "verify", "--deep").returncode == 0
    assert luutru(tmp_path, "rebuild").returncode == 0
    assert rows(tmp_path, HELD) == held
    assert rows(tmp_path, READ) == before


def test_a_page_can_lead_the_browser_to_no_other_machine(tmp_path: Path, need: Any) -> None:
    need("chromium")
    with canary() as (place, hits):
        tricks = (
            f"<img src='http://{place}/img'><iframe src='http://{place}/frame'></iframe>"
            f"<script src='http://{place}/script.js'></script><link rel='stylesheet' href='http://{place}/style'>"
            f"<script>fetch('http://{place}/fetch'); new WebSocket('ws://{place}/socket');"
            f"navigator.sendBeacon('http://{place}/beacon'); new EventSource('http://{place}/events');"
            f"fetch('file:///etc/passwd'); setTimeout(() => {{ location = 'http://{place}/moved' }}, 50);</script>"
        )
        with portal(scripted(tricks)) as served:
            add(tmp_path, "cong", served.url, 'render = "js"')
            assert luutru(tmp_path, "crawl", "--delay", "0").returncode == 0
        assert hits == []
    assert len(rows(tmp_path, HELD)) == len(ARTICLES)


def test_without_a_browser_nothing_is_asked_and_a_sentence_says_what_is_needed(tmp_path: Path) -> None:
    with portal(scripted()) as served:
        add(tmp_path, "cong", served.url, 'render = "js"')
        done = subprocess.run(
            [sys.executable, "-m", "crawler", "--archive", str(tmp_path), "crawl", "cong", "--delay", "0"],
            env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 4
    assert 'render = "js" needs' in done.stderr
    assert served.asked == []


@pytest.mark.prove
@pytest.mark.parametrize("script", ["while (true) {}", "setInterval(() => fetch('/api/'), 1)"])
def test_scripts_that_never_end_cost_their_own_page_alone(tmp_path: Path, need: Any, full: bool, script: str) -> None:
    need("chromium")
    if not full and "while" in script:
        pytest.skip("it takes half a minute: make prove")
    more = "<script>if (location.pathname.includes('-200')) { " + script + " }</script>"
    with portal(scripted(more)) as served:
        add(tmp_path, "cong", served.url, 'render = "js"')
        luutru(tmp_path, "crawl", "--delay", "0")
    assert len(rows(tmp_path, HELD)) >= len(ARTICLES) - 1
