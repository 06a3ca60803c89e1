"""The tables made anew from the WARC files say what the old ones said."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from running import add_sample, luutru

from crawler.sample.server import SamplePortal, serve

QUERIES = {
    "portals": "SELECT * FROM portals ORDER BY id",
    "runs": "SELECT * FROM runs ORDER BY id",
    "run_portals": "SELECT * FROM run_portals ORDER BY run_id, portal_id",
    "captures": "SELECT * FROM captures ORDER BY id",
    "readings": "SELECT capture_id, reader, tier, kind, verdict, reason, missing, confidence FROM readings"
    " WHERE id IN (SELECT max(id) FROM readings GROUP BY capture_id) ORDER BY capture_id",
    "articles": "SELECT * FROM articles ORDER BY id",
    "changes": "SELECT article_id, seen_at, kind, added, removed FROM changes ORDER BY article_id, seen_at, kind",
    "states": "SELECT article_id, status, at, reason FROM states ORDER BY id",
    "versions": "SELECT article_id, capture_id, timestamp, title, summary, body, author, source, published_at,"
    " updated_at, section, attachments, text_sha256, reader FROM versions"
    " WHERE id IN (SELECT max(id) FROM versions GROUP BY article_id, capture_id) ORDER BY article_id, capture_id",
    "attachments": "SELECT article_id, name, url, mimetype, bytes, sha256, capture_id, text, search_extra"
    " FROM attachments ORDER BY article_id, url",
    "images": "SELECT article_id, url, alt, caption, capture_id FROM images ORDER BY article_id, url",
    "templates": "SELECT * FROM templates ORDER BY id",
    "issues": "SELECT run_id, portal_id, url, capture_id, kind, message FROM issues ORDER BY 1, 2, 3, 4, 5, 6",
    "_warc_files": "SELECT filename, head_length, head_sha256, committed FROM _warc_files ORDER BY filename",
    "_warc_notes": "SELECT * FROM _warc_notes ORDER BY filename, offset",
    "answered": "SELECT portal_id, url, kind, article_key, shape, article_id FROM _frontier "
    " WHERE url IN (SELECT url FROM captures) ORDER BY portal_id, url",
}
"""What is to be the same. Not: when a reading was made, numbers of rows that nobody points to from outside."""


def content(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(database)) as conn, conn:
        return {name: conn.execute(sql).fetchall() for name, sql in QUERIES.items()}


def differences(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> dict[str, Any]:
    """For each query whose rows differ, some that only the one has and some that only the other has."""

    def only(rows: list[Any], others: list[Any]) -> list[Any]:
        return [row for row in rows if row not in others][:3]

    return {
        name: (only(one[name], other[name]), only(other[name], one[name])) for name in one if one[name] != other[name]
    }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, SamplePortal]]:
    """An archive of three runs over the sample portal, and the portal."""
    folder = tmp_path_factory.mktemp("rebuild") / "a"
    with serve() as sample:
        add_sample(folder, sample)
        assert luutru(folder, "crawl", "sample", "--limit", "8").returncode == 0
        assert luutru(folder, "crawl", "sample").returncode == 0
        assert luutru(folder, "crawl", "sample", "--recheck", "--budget", "0.3s").returncode == 15
        yield folder, sample


@pytest.fixture
def folder(crawled: tuple[Path, SamplePortal], tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(crawled[0], tmp_path / "a"))


def test_a_rebuilt_archive_equals_the_old_one(folder: Path) -> None:
    before = content(folder / "archive.db")
    done = luutru(folder, "rebuild", "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert content(Path(made["kept"])) == before
    assert differences(before, content(folder / "archive.db")) == {}
    assert luutru(folder, "verify", "--deep").returncode == 0


def test_without_its_database_an_archive_is_rebuilt_and_crawled_on(
    crawled: tuple[Path, SamplePortal], folder: Path
) -> None:
    before = content(folder / "archive.db")
    (folder / "archive.db").write_bytes(b"SQLite format 3\x00" + bytes(5000))
    assert luutru(folder, "rebuild").returncode == 0
    assert differences(before, content(folder / "archive.db")) == {}
    asked = len(crawled[1].requests)
    again = luutru(folder, "crawl", "sample", "--json-lines")
    assert again.returncode == 0, again.stderr
    assert "archived" not in again.stdout
    known = {row[3] for row in before["captures"]}
    fetched = [path for path in crawled[1].requests[asked:] if crawled[1].url + path in known]
    assert len(fetched) < len(known) / 4, "what is held is not fetched again, but for the portal's entries"
    assert luutru(folder, "verify", "--deep").returncode == 0


@pytest.mark.prove
def test_a_rebuild_killed_at_any_moment_leaves_the_archive_as_it_was(folder: Path, full: bool) -> None:
    before = content(folder / "archive.db")
    old = (folder / "archive.db").stat().st_ino
    killed = 0
    for number in range(30 if full else 2):
        command = [sys.executable, "-m", "crawler", "--archive", str(folder), "rebuild"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=0.5 + number * (0.3 if full else 1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        killed += process.returncode != 0
        swapped = (folder / "archive.db").stat().st_ino != old
        assert swapped or process.returncode != 0
        assert differences(before, content(folder / "archive.db")) == {}
        old = (folder / "archive.db").stat().st_ino
    assert killed
    assert luutru(folder, "verify").returncode == 0
    print(f"\n{killed} rebuilds killed, the others whole: content the same each time")


def test_what_is_damaged_is_named_and_the_rest_is_there(folder: Path) -> None:
    before = content(folder / "archive.db")
    row = next(row for row in before["captures"] if row[5] == 200 and row[0] > 20)
    number, filename, offset = row[0], row[8], row[9]
    path = folder / filename
    data = bytearray(path.read_bytes())
    data[offset + 200] ^= 0x40
    path.write_bytes(data)
    done = luutru(folder, "rebuild")
    assert done.returncode == 7
    assert f"{filename}: " in done.stdout
    assert f" bytes at {offset} are no record" in done.stdout
    after = content(folder / "archive.db")
    assert len(after["captures"]) == len(before["captures"]) - 1
    left = [row[3:] for row in before["captures"] if row[0] != number]
    assert [row[3:] for row in after["captures"]] == left
    known = {row[0]: row for row in before["articles"]}
    assert {row[0] for row in after["articles"]} <= set(known), "articles keep their numbers"
    assert luutru(folder, "verify").returncode == 7


def test_articles_keep_their_numbers_whatever_is_read_of_the_pages_before_them(folder: Path) -> None:
    """Permanent addresses: even where the first WARC file is lost."""
    before = {row[0]: (row[3], row[11]) for row in content(folder / "archive.db")["articles"]}
    first = min((folder / "warc").rglob("*.warc.gz"), key=lambda path: path.name)
    first.unlink()
    assert luutru(folder, "rebuild").returncode == 0
    after = {row[0]: (row[3], row[11]) for row in content(folder / "archive.db")["articles"]}
    assert after
    assert all(before[number] == row for number, row in after.items())


def test_files_without_our_fields_are_rebuilt_by_host_and_address(folder: Path) -> None:
    before = content(folder / "archive.db")
    for path in (folder / "warc").rglob("*.warc.gz"):
        plain = gzip.decompress(path.read_bytes())
        assert b"Luutru-Portal: sample\r\n" in plain
        plain = re.sub(rb"Luutru-\w+: [^\r]*\r\n", b"", plain)
        records = [record for record in re.split(rb"(?=WARC/1\.1\r\n)", plain) if record]
        kept = [record for record in records if b"luutru-note" not in record]
        path.write_bytes(b"".join(gzip.compress(record.replace(b"luutru-run", b"luutru-xxx")) for record in kept))
    assert luutru(folder, "rebuild").returncode == 0
    after = content(folder / "archive.db")
    for name in ("portals", "readings", "versions", "attachments", "images"):
        assert after[name] == before[name], name
    told = [[row[3:] for row in found["articles"]] for found in (before, after)]
    assert told[0] == told[1]
