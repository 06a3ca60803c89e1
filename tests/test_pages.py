"""Saved pages: each field is what the JSON beside the page says. `luutru savepage` makes such a pair."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from page_files import page_of
from running import luutru

from crawler.explain import fields
from crawler.reading import read
from crawler.sample.site import Site

FOLDER = Path(__file__).parent / "pages"
SAVED = sorted(FOLDER.rglob("*.json"))
FIELDS = ("key", "title", "summary", "body", "author", "source", "published_at", "updated_at", "section",
          "attachments", "images")  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_a_saved_page_reads_as_it_should(path: Path, field: str) -> None:
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    body = gzip.decompress(path.with_suffix(".html.gz").read_bytes())
    reading, _ = read(page_of(body, said["url"], content_type=said["content_type"]), None)
    assert reading.article
    assert fields(reading.article)[field] == said["article"][field]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    site = Site()
    body = site.respond(site.expected()[0].path, {"host": "cong.vn"})[2]
    (tmp_path / "page.html").write_bytes(body)
    return tmp_path / "page.html"


def test_a_page_in_a_file_is_read_and_explained(tmp_path: Path, saved: Path) -> None:
    url = "http://cong.vn" + Site().expected()[0].path
    done = luutru(tmp_path, "read", str(saved), "--url", url, "--explain")
    assert done.returncode == 0, done.stderr
    assert "reader: liferay/1" in done.stdout
    kept = [line for line in done.stdout.splitlines() if line.startswith("+ ")]
    assert sum(line.startswith("+ title") for line in kept) >= 1
    assert any(line.startswith("+ body") and "Thành Nguyên" in line for line in kept)
    assert any(line.startswith("- link") for line in done.stdout.splitlines())
    said = json.loads(luutru(tmp_path, "read", str(saved), "--url", url, "--json").stdout)
    assert said["article"]["author"] == "Thành Nguyên"
    assert said["tier"] == "family"


def test_a_page_becomes_a_fixture_in_one_command(tmp_path: Path, saved: Path) -> None:
    url = "http://cong.vn" + Site().expected()[0].path
    arguments = ("savepage", str(saved), "--url", url, "--to", str(tmp_path / "pages"), "--name", "seed")
    assert luutru(tmp_path, *arguments).returncode == 0
    test_a_saved_page_reads_as_it_should(tmp_path / "pages/seed.json", "body")
    again = luutru(tmp_path, *arguments)
    assert again.returncode == 4
    assert "seed.html.gz is there already" in again.stderr


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    for source, said in (("missing.html", "missing.html cannot be read"), ("http://cong.vn/1", "There is no archive")):
        done = luutru(tmp_path / "none", "read", source)
        assert (done.returncode, said in done.stderr) == (4, True)
