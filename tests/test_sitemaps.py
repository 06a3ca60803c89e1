"""Sitemaps as large as the protocol allows, 50,000 addresses and 50 MB, are read whole, packed or not."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from running import luutru
from serving import portal
from test_hostile import NOT_FOUND, html
from wire import head, sized

MOST = 50_000
IMAGE = '<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>{origin}/a.jpg</i:loc></i:image>'
SITEMAPS = {"/packed.xml.gz": "gzip", "/encoded.xml": "encoding", "/plain.xml": "", "/images.xml": "images"}


def urlset(origin: str, path: str, *, images: bool) -> bytes:
    """47 MB of addresses: long ones, or short ones with images."""
    more, pad = (IMAGE.format(origin=origin) * 7, "") if images else ("", "x" * 830)
    entries = "".join(
        f"<url><loc>{origin}{path}/{number}{pad}.html</loc><lastmod>2026-03-01T08:00:00+07:00</lastmod>{more}</url>"
        for number in range(MOST)
    )
    return (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
    )


def sitemap(origin: str, path: str) -> bytes:
    """The answer with a sitemap, packed as its name in SITEMAPS says."""
    how = SITEMAPS[path]
    body = urlset(origin, path, images=how == "images")
    assert 46_000_000 < len(body) < 50_000_000
    packed = gzip.compress(body, 1) if how in ("gzip", "encoding") else body
    lines = [b"Content-Type: application/xml", *([b"Content-Encoding: gzip"] if how == "encoding" else [])]
    return head(b"200 OK", *lines, sized(packed)) + packed


@pytest.mark.prove
def test_the_largest_sitemaps_are_read_whole(tmp_path: Path, full: bool) -> None:
    paths = list(SITEMAPS) if full else ["/packed.xml.gz"]

    def answer(path: str) -> bytes:
        if path == "/":
            return html('<a href="/gioi-thieu">Giới thiệu</a>')
        if path == "/sitemap.xml":
            entries = "".join(f"<sitemap><loc>{site.url}{each}</loc></sitemap>" for each in paths)
            index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'
            return head(b"200 OK", b"Content-Type: text/xml", sized(index.encode())) + index.encode()
        return sitemap(site.url, path) if path in paths else NOT_FOUND

    with portal(answer) as site:
        (tmp_path / "portals").mkdir()
        toml = f'name = "P"\nhome = "{site.url}/"\nfamily = "liferay"\ndelay = 0\nbudget_pages = {len(paths) + 3}\n'
        (tmp_path / "portals/p.toml").write_text(toml, encoding="utf-8")
        done = luutru(tmp_path, "crawl", "p", timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        for path in paths:
            found = conn.execute("SELECT count(*) FROM _frontier WHERE url LIKE ?", [f"%{path}/%"]).fetchone()[0]
            assert found == MOST, path
