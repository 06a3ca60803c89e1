"""Pages of real software, served and crawled like any portal, then searched with stock Datasette."""

from __future__ import annotations

import gzip
import html
import json
import re
import sqlite3
import subprocess
import sys
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from running import luutru

AS_SAVED = b"127.0.0.1:18081"
"""The host in the pages' own addresses."""
LISTINGS = {
    "/vi/": "listing-vi", "/vi/news/": "listing-vi-news", "/vi/news/content/": "listing-vi-news-content",
    "/vi/news/Doi-tac/": "listing-vi-news-doi-tac", "/vi/news/Tuyen-dung/": "listing-vi-news-tuyen-dung",
    "/vi/news/tin-tuc-su-kien/": "listing-vi-news-tin-tuc-su-kien", "/vi/news/rss/": "listing-vi-news-rss",
}  # fmt: skip
OTHERS = {"/robots.txt": "robots.txt", "/sitemap.xml": "sitemap.xml", "/sitemap-vi.news.xml": "sitemap-vi.news.xml"}


@contextmanager
def portal(pages: Path, software: str) -> Iterator[str]:
    """Serve the pages of one software at the paths where they were, with NukeViet's listings and sitemap."""
    truth = json.loads((pages / "truth.json").read_text(encoding="utf-8"))
    files = {each["url_path"]: pages / software / f"{each['id']}.html.gz" for each in truth}
    files |= {path: pages / "nukeviet45" / f"{name}.html.gz" for path, name in LISTINGS.items()}
    files |= {path: pages / "nukeviet45" / f"{name}.gz" for path, name in OTHERS.items()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            file = files.get(self.path)
            self.send_response(200 if file else 302 if self.path == "/" else 404)
            body = b""
            if file:
                host = self.headers["Host"].encode()
                body = gzip.decompress(file.read_bytes()).replace(AS_SAVED, host)
                kind = (
                    "text/xml"
                    if body.startswith(b"<?xml")
                    else "text/plain"
                    if file.stem == "robots.txt"
                    else "text/html"
                )
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
            if self.path == "/":
                self.send_header("Location", "/vi/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def plain(markup: str) -> list[str]:
    """The words of a body, read from its markup by other means than the readers'."""
    text = re.sub(r"</?(?:p|div|br|tr|td|th|li|ul|ol|table|tbody|figure|figcaption|h\d|hr|img)\b[^>]*>", " ", markup)
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\xad", "")
    return unicodedata.normalize("NFC", text).split()


def f1(found: list[str], truth: list[str], size: int = 4) -> float:
    """F1 of the two texts' shingles of four words."""
    one, two = (Counter(zip(*(words[at:] for at in range(size)), strict=False)) for words in (found, truth))
    common = sum((one & two).values())
    return 2 * common / max(sum(one.values()) + sum(two.values()), 1) if one or two else float(found == truth)


@dataclass
class Score:
    words: int
    f1: float
    exact: bool
    fields: dict[str, bool]


def crawl(folder: Path, pages: Path, software: str, family: str) -> list[Score]:
    """Crawl the pages of a software into an archive and score what it holds."""
    truth = json.loads((pages / "truth.json").read_text(encoding="utf-8"))
    (folder / "portals").mkdir(parents=True)
    with portal(pages, software) as home:
        toml = f'name = "{software}"\nhome = "{home}"\nfamily = "{family}"\ndelay = 0\n'
        (folder / f"portals/{software}.toml").write_text(toml, encoding="utf-8")
        done = luutru(folder, "crawl", software)
        assert done.returncode == 0, done.stderr + done.stdout
    conn = sqlite3.connect(folder / "archive.db")
    conn.row_factory = sqlite3.Row
    scores = []
    for each in truth:
        row = conn.execute("SELECT * FROM articles WHERE url = ?", [home.rstrip("/") + each["url_path"]]).fetchone()
        assert row is not None, each["url_path"]
        scores.append(_score(dict(row), each, software))
    conn.close()
    return scores


def _score(row: dict[str, Any], truth: dict[str, Any], software: str) -> Score:
    body, right = row["body"].split(), plain(truth["body_html"])
    # What each page shows, read as Vietnamese time.
    shown = truth["published_nukeviet"] if software == "nukeviet45" else truth["published_liferay"]
    day = re.sub(r"(\d\d)/(\d\d)/(\d{4}) (\d\d:\d\d)", r"\3-\2-\1T\4", shown).replace(" ", "T")[:16]
    fields = {
        "title": row["title"] == unicodedata.normalize("NFC", truth["title"]),
        "summary": " ".join((row["summary"] or "").split()) == " ".join((truth["summary"] or "").split()),
        "time": (row["published_at"] or "")[:16] == day,
        "author": row["author"] == truth["byline"],
        "source": row["source"] == truth["source"],
    }
    return Score(len(right), f1(body, right), body == right, fields)


def report(name: str, scores: list[Score]) -> str:
    """The figures by length class."""
    lines = [f"{name}: {len(scores)} articles"]
    for low, high in ((0, 30), (30, 100), (100, 300), (300, 10**6)):
        some = [score for score in scores if low <= score.words < high]
        if some:
            mean = sum(score.f1 for score in some) / len(some)
            exact = sum(score.exact for score in some)
            lines.append(
                f"  {low}-{high if high < 10**6 else ''} words: {len(some)} articles, F1 {mean:.3f}, exact {exact}"
            )
    for field in scores[0].fields:
        lines.append(f"  {field}: {sum(score.fields[field] for score in scores)} of {len(scores)} right")
    return "\n".join(lines)


def test_a_real_liferay_portal_is_crawled_and_read_exactly(pages: Path, tmp_path: Path) -> None:
    scores = crawl(tmp_path, pages, "liferay73", "liferay")
    print("\n" + report("liferay73", scores))
    assert all(score.exact for score in scores)
    assert all(all(score.fields.values()) for score in scores)


def test_a_real_nukeviet_portal_is_crawled_and_read_exactly(pages: Path, tmp_path: Path) -> None:
    scores = crawl(tmp_path, pages, "nukeviet45", "nukeviet")
    print("\n" + report("nukeviet45, its family", scores))
    assert all(score.exact and all(score.fields.values()) for score in scores)


def test_a_real_portal_of_unknown_software_is_read_by_what_is_learnt_of_it(pages: Path, tmp_path: Path) -> None:
    scores = crawl(tmp_path, pages, "nukeviet45", "generic")
    print("\n" + report("nukeviet45, learnt", scores))
    assert all(all(score.fields.values()) for score in scores)
    assert all(score.exact for score in scores)
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        tiers = conn.execute(
            "SELECT DISTINCT tier FROM readings JOIN versions USING (capture_id) WHERE readings.id IN"
            " (SELECT max(id) FROM readings GROUP BY capture_id)"
        ).fetchall()
        assert tiers == [("learnt",)]
        assert conn.execute("SELECT max(version_count) FROM articles").fetchone() == (1,)


def _datasette(database: Path, query: str) -> set[int]:
    """What the search box of stock Datasette finds among the articles."""
    path = f"/archive/articles.json?_search={query}&_shape=array&_col=id&_size=100"
    command = [sys.executable, "-m", "datasette", str(database), "--get", path]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return {row["id"] for row in json.loads(answer.stdout)}


def test_stock_datasette_finds_the_same_with_marks_and_without(pages: Path, tmp_path: Path) -> None:
    crawl(tmp_path, pages, "liferay73", "liferay")
    database = tmp_path / "archive.db"
    for marked, bare in (("tàu ngầm", "tau ngam"), ("khí hậu", "khi hau"), ("bắc giang", "bac giang")):
        found = _datasette(database, marked.replace(" ", "+"))
        assert found
        assert found == _datasette(database, bare.replace(" ", "+"))
        assert found == _datasette(database, unicodedata.normalize("NFD", marked).replace(" ", "+"))
