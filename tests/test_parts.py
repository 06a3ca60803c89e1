"""Articles that are split over several pages are archived whole, and change as wholes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import page_modes as modes
from page_files import page_of
from running import luutru
from serving import portal

from archive.records import Kind
from crawler.reading import read

HEAD = '<html><head><meta name="generator" content="WordPress 6.1"><link rel="shortlink" href="{url}/?p=7"></head>'
WORDS = {
    1: "Sáng nay, Ủy ban nhân dân xã tổ chức hội nghị tổng kết công tác năm, có đông đủ đại biểu các ấp về dự.",
    2: "Các đại biểu đã thảo luận về thu ngân sách, giao thông nông thôn và công tác chăm lo hộ nghèo.",
    3: "Kết luận hội nghị, Chủ tịch xã đề nghị các ngành tiếp tục phát huy kết quả đạt được.</p><p>Thành Nguyên",
}


def page(url: str, number: int, words: str) -> str:
    """A page of the post, as WordPress's wp_link_pages shows the others."""
    links = "".join(
        f'<span class="post-page-numbers current" aria-current="page">{n}</span>'
        if n == number
        else f'<a href="{url}/2021/03/bai/{n if n > 1 else ""}/" class="post-page-numbers">{n}</a>'
        for n in WORDS
    ).replace('//"', '/"')
    return (
        f'{HEAD.format(url=url)}<body><h1 class="entry-title">Bài nhiều trang</h1><time class="published"'
        f' datetime="2021-03-05T08:30:00+07:00"></time><div class="entry-content"><p>{words}</p>'
        f'<div class="page-links">Trang: {links}</div></div></body></html>'
    )


def answer(body: str, kind: str = "text/html") -> bytes:
    data = body.encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def test_a_first_page_names_the_others_and_they_are_parts() -> None:
    url = "http://xa.example"
    reading, _ = read(page_of(page(url, 1, WORDS[1]).encode(), url + "/2021/03/bai/"), None)
    assert reading.article
    assert len(reading.article.parts) == 2
    for number in (2, 3):
        reading, _ = read(page_of(page(url, number, WORDS[number]).encode(), f"{url}/2021/03/bai/{number}/"), None)
        assert (reading.kind, reading.article) == (Kind.PART, None)


def test_the_parts_are_joined_and_a_changed_part_is_a_version(tmp_path: Path) -> None:
    words = dict(WORDS)
    missing: set[int] = set()
    notices: set[int] = set()

    def serve(path: str) -> bytes:
        if path == "/":
            return answer(f'<html><body><a href="{site.url}/2021/03/bai/">Bài nhiều trang</a></body></html>')
        if path.rstrip("/").rpartition("/")[2] in map(str, notices):
            return answer(modes.MAINTENANCE[0])
        for number in (3, 2, 1):
            if path.rstrip("/") == "/2021/03/bai" + (f"/{number}" if number > 1 else "") and number not in missing:
                return answer(page(site.url, number, words[number]))
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def crawl() -> None:
        done = luutru(tmp_path, "crawl", "p", "--recheck")
        assert done.returncode == 0, done.stdout + done.stderr

    def held(sql: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(tmp_path / "archive.db") as conn:
            return conn.execute(sql).fetchall()

    with portal(serve) as site:
        (tmp_path / "portals").mkdir()
        file = f'name = "P"\nhome = "{site.url}/"\nfamily = "wordpress"\ndelay = 0\n'
        (tmp_path / "portals/p.toml").write_text(file, encoding="utf-8")
        missing.add(3)
        crawl()
        assert held("SELECT body FROM articles") == [(f"{WORDS[1]}\n\n{WORDS[2]}",)]
        newest = "SELECT missing FROM readings WHERE kind = 'article' ORDER BY id DESC LIMIT 1"
        assert "parts" in str(held(newest))
        missing.clear()
        crawl()
        whole = "\n\n".join(WORDS.values()).replace("</p><p>", "\n\n")
        assert held("SELECT body, author, version_count FROM articles") == [(whole, "Thành Nguyên", 1)]
        assert "parts" not in str(held(newest))
        crawl()
        assert held("SELECT body, version_count FROM articles") == [(whole, 1)]
        assert held("SELECT unchanged, changed FROM runs ORDER BY id DESC LIMIT 1") == [(1, 0)]
        words[2] = "Các đại biểu không thảo luận gì thêm về ngân sách và giao thông nông thôn của xã nhà."
        crawl()
        assert held("SELECT body, version_count FROM articles") == [(whole.replace(WORDS[2], words[2]), 2)]
        assert held("SELECT changed FROM runs ORDER BY id DESC LIMIT 1") == [(1,)]
        texts = held("SELECT body, version_count FROM articles")
        for spoilt in (modes.lost(words[2]), modes.mojibake(words[2])):
            words[2], kept = spoilt, words[2]
            crawl()
            words[2] = kept
            assert held("SELECT body, version_count FROM articles") == texts
        notices.add(2)
        crawl()
        assert held("SELECT body, version_count FROM articles") == texts
    assert luutru(tmp_path, "verify").returncode == 0
