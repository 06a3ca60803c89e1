"""WARC and WACZ files that others made: imported, every article is read, at its own time, and only once."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from running import add_sample, luutru
from warcio.capture_http import capture_http
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.clock import iso
from archive.integrity import verify
from archive.store import Archive
from crawler.sample.server import SamplePortal, serve

FIELDS = ("title", "summary", "body", "author", "source", "published_at")


@pytest.fixture(scope="module")
def sample() -> Iterator[SamplePortal]:
    with serve() as portal:
        yield portal


@pytest.fixture(scope="module")
def crawled(sample: SamplePortal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the sample portal that was crawled."""
    folder = tmp_path_factory.mktemp("crawled") / "a"
    add_sample(folder, sample)
    assert luutru(folder, "crawl", "sample", "--delay", "0").returncode == 0
    return folder


@pytest.fixture(scope="module")
def addresses(crawled: Path) -> list[str]:
    """What a crawl asked for: the home page first, and no form."""
    with closing(sqlite3.connect(crawled / "archive.db")) as conn:
        rows = conn.execute("SELECT DISTINCT url FROM captures WHERE url NOT LIKE '%#%' AND status = 200 ORDER BY id")
        return [row[0] for row in rows]


@pytest.fixture(scope="module")
def by_wget(addresses: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("wget"):
        if os.environ.get("LUUTRU_NO_SKIP"):
            pytest.fail("wget is not installed")
        pytest.skip("wget is not installed")
    folder = tmp_path_factory.mktemp("wget")
    (folder / "list").write_text("\n".join(addresses))
    command = ["wget", "-q", "-i", "list", "-O", "all", "--warc-file=wget", "--tries=1", "--no-config"]
    subprocess.run(command, cwd=folder, check=True, timeout=120)
    return folder / "wget.warc.gz"


@pytest.fixture(scope="module")
def by_warcio(addresses: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("warcio") / "warcio.warc.gz"
    with capture_http(str(path)):
        for address in addresses:
            parts = urlsplit(address)
            connection = http.client.HTTPConnection(parts.netloc, timeout=20)
            connection.request("GET", parts._replace(scheme="", netloc="").geturl())
            connection.getresponse().read()
            connection.close()
    return path


def take(folder: Path, kind: str, path: Path, code: int = 0, *options: str) -> dict[str, Any]:
    done = luutru(folder, "import", kind, str(path), "--json", *options)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def misread(folder: Path, sample: SamplePortal) -> list[tuple[str, str]]:
    """Articles of the sample that are missing or differ, with the field."""
    wrong = []
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        conn.row_factory = sqlite3.Row
        held = {row["article_key"]: row for row in conn.execute("SELECT * FROM articles")}
    for each in sample.site.expected():
        for field in FIELDS:
            truth = getattr(each, field)
            if field == "published_at" and truth is not None:
                truth = iso(truth)
            if each.key not in held or held[each.key][field] != truth:
                wrong.append((each.key, field))
    assert len(held) == len(sample.site.expected())
    return wrong


def contents(folder: Path) -> list[tuple[Any, ...]]:
    """What an archive tells of articles."""
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        return [
            *conn.execute(
                "SELECT article_key, title, body, status, first_seen, last_seen, version_count FROM articles ORDER BY 1"
            ),
            *conn.execute("SELECT url, sha256, text FROM attachments ORDER BY 1, 2"),
            *conn.execute("SELECT article_key, timestamp, text_sha256 FROM versions JOIN articles"
                          " ON articles.id = article_id ORDER BY 1, 2"),
            *conn.execute("SELECT url, timestamp, status, digest, origin FROM captures ORDER BY 1, 2"),
        ]  # fmt: skip


@pytest.mark.parametrize("maker", ["wget", "warcio"])
def test_every_article_of_a_file_is_read_and_twice_is_once(
    maker: str, sample: SamplePortal, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(f"by_{maker}")
    told = take(tmp_path, "warc", path)
    assert told["portals"]
    assert misread(tmp_path, sample) == []
    before = contents(tmp_path)
    again = take(tmp_path, "warc", path)
    assert (again["imported"], again["known"]) == (0, told["imported"])
    assert contents(tmp_path) == before
    with Archive.open(tmp_path) as archive:
        assert verify(archive, deep=True).damage == []
        origin, timestamp = archive.conn.execute("SELECT origin, timestamp FROM captures LIMIT 1").fetchone()
        unread = archive.conn.execute("SELECT count(*) FROM attachments WHERE capture_id IS NULL").fetchone()
    assert origin.startswith(path.name)
    assert maker in origin.lower()
    assert datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC).date() == datetime.now(UTC).date()
    assert unread == (0,)


def test_what_was_imported_outlives_a_rebuild(by_warcio: Path, tmp_path: Path) -> None:
    take(tmp_path, "warc", by_warcio)
    before = contents(tmp_path)
    done = luutru(tmp_path, "rebuild")
    assert done.returncode == 0, done.stdout
    assert contents(tmp_path) == before


def test_a_wacz_of_ours_has_nothing_new_for_its_own_archive_and_all_for_another(
    crawled: Path, sample: SamplePortal, tmp_path: Path
) -> None:
    package = tmp_path / "a.wacz"
    assert luutru(crawled, "export", "wacz", str(package)).returncode == 0
    assert take(crawled, "wacz", package)["imported"] == 0
    other = tmp_path / "b"
    take(other, "wacz", package)
    assert misread(other, sample) == []


def test_a_file_of_before_does_not_undo_what_was_crawled_since(by_warcio: Path, tmp_path: Path) -> None:
    with serve() as now:
        key = now.site.expected()[0].key
        old = tmp_path / "old"
        add_sample(old, now)
        assert luutru(old, "crawl", "sample", "--delay", "0").returncode == 0
        package = tmp_path / "old.wacz"
        assert luutru(old, "export", "wacz", str(package)).returncode == 0
        edited = now.site.edit(now.site.expected()[0].entry_id, title="Tiêu đề đã được sửa lại hoàn toàn")
        folder = tmp_path / "new"
        add_sample(folder, now)
        assert luutru(folder, "crawl", "sample", "--delay", "0").returncode == 0
    take(folder, "wacz", package)
    with Archive.open(folder) as archive:
        title, count, number = archive.conn.execute(
            "SELECT title, version_count, id FROM articles WHERE article_key = ?", [key]
        ).fetchone()
        kinds = archive.conn.execute("SELECT kind, added FROM changes WHERE article_id = ?", [number]).fetchall()
        others = archive.conn.execute("SELECT count(*) FROM changes WHERE article_id != ?", [number]).fetchone()
        assert verify(archive).damage == []
    assert (title, count) == (edited.title, 2)
    assert kinds == [("title", edited.title)]
    assert others == (0,)


def test_an_import_that_is_killed_is_gone_on_with_by_the_next(by_warcio: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crawler", "--archive", str(tmp_path / "a"), "import", "warc", str(by_warcio)]
    for most in (20, 60):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            until = time.monotonic() + 60
            while _captures(tmp_path / "a") < most and process.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
            process.kill()
    assert _captures(tmp_path / "a") >= 60
    take(tmp_path / "a", "warc", by_warcio)
    take(tmp_path / "b", "warc", by_warcio)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    with Archive.open(tmp_path / "a") as archive:
        assert verify(archive).damage == []


def _captures(folder: Path) -> int:
    if not (folder / "archive.db").exists():
        return 0
    with closing(sqlite3.connect(folder / "archive.db", timeout=10)) as conn:
        try:
            return int(conn.execute("SELECT count(*) FROM captures").fetchone()[0])
        except sqlite3.OperationalError:  # its tables are being made
            return 0


# -- what is odd, broken or hostile -------------------------------------------------------------------

PAGE = b"<html><head><title>x</title></head><body><p>" + "Cổng thông tin".encode() + b"</p></body></html>"


def warc(*records: tuple[str, bytes, dict[str, str]], packed: bool = True) -> bytes:
    """A WARC file as warcio writes it: address, response, further fields."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for url, block, fields in records:
        kind = fields.pop("kind", "response")
        head, _, body = block.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = StatusAndHeaders(
            lines[0].partition(" ")[2],
            [(name, value) for name, _, value in (line.partition(": ") for line in lines[1:])],
            protocol=lines[0].partition(" ")[0],
        )
        record = writer.create_warc_record(
            url, kind, payload=BytesIO(body), http_headers=headers if lines[0].startswith("HTTP") else None,
            warc_headers_dict={"WARC-Date": "2024-05-01T00:00:00Z", **fields},
        )  # fmt: skip
        writer.write_record(record)
    return out.getvalue()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def test_a_file_of_the_past_of_an_unknown_portal_makes_one_and_other_hosts_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(warc(
        ("https://mang.example/x", OK + b"\r\n" + PAGE, {}),
        ("https://cong.example/", OK + b"\r\n" + PAGE, {}),
        ("https://cong.example/tin", OK + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n" + PAGE, {}),
        ("https://cong.example/cu", OK + b"Transfer-Encoding: chunked\r\n\r\n" + PAGE, {}),
        ("https://cong.example?a=1", OK + b"\r\n" + PAGE, {}),
        ("https://cong.example/x.js", b"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n\r\n", {}),
    ))  # fmt: skip
    told = take(tmp_path / "a", "warc", file)
    assert (told["portals"], told["hosts"], told["imported"]) == (["cong.example"], {"mang.example": 1}, 5)
    with closing(sqlite3.connect(tmp_path / "a/archive.db")) as conn:
        rows = conn.execute("SELECT url, timestamp FROM captures ORDER BY url").fetchall()
        verdicts = {row[0] for row in conn.execute("SELECT verdict FROM readings")}
        waiting = {row[0] for row in conn.execute("SELECT state FROM _frontier")}
        planned = conn.execute("SELECT planned, failed FROM runs").fetchone()
    addresses = [f"https://cong.example/{path}" for path in ("", "?a=1", "cu", "tin", "x.js")]
    assert rows == [(address, "20240501000000") for address in addresses]
    assert verdicts <= {"other", "good"}
    assert waiting == {"queued"}
    assert planned == (5, 0)
    with Archive.open(tmp_path / "a") as archive:
        assert verify(archive, deep=True).damage == []


def test_only_what_is_wanted_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(warc(*((f"https://{host}.example/", OK + b"\r\n" + PAGE, {}) for host in "abc")))
    told = take(tmp_path / "a", "warc", file, 0, "--portal", "https://b.example/")
    assert (told["portals"], told["imported"]) == (["b.example"], 1)
    done = luutru(tmp_path / "a", "import", "warc", str(file), "--portal", "nowhere")
    assert done.returncode == 4
    assert "nowhere" in done.stderr


WHOLE = [(f"https://cong.example/{n}", OK + b"\r\n" + PAGE, {}) for n in ("", "1", "2", "3")]


def _spoilt(name: str) -> bytes:
    plain, packed = warc(*((*each[:2], {}) for each in WHOLE), packed=False), warc(*((*each[:2], {}) for each in WHOLE))
    third = packed.index(b"\x1f\x8b", len(packed) // 2)
    return {
        "cut short": packed[:-40],
        "a bit flipped": packed[: third + 60] + bytes([packed[third + 60] ^ 8]) + packed[third + 61 :],
        "bytes between": packed[:third] + b"garbage" * 9 + packed[third:],
        "another digest": plain.replace(b"</p></body>", b"!!!</body>", 1),
        "a wrong length": plain.replace(b"Content-Length: ", b"Content-Length: 9", 2),
        "all in one gzip member": gzip.compress(plain),
        "no date": plain.replace(b"WARC-Date: 2024-05-01", b"WARC-Date: 2024-99-01", 1),
        "the far future": plain.replace(b"WARC-Date: 2024-05-01", b"WARC-Date: 2999-05-01", 1),
    }[name]


@pytest.mark.parametrize(
    "name",
    ["cut short", "a bit flipped", "bytes between", "another digest", "a wrong length", "no date", "the far future"],
)
def test_damage_is_named_with_its_place_and_all_else_is_imported(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(_spoilt(name))
    told = take(tmp_path / "a", "warc", file, 7, "--portal", "https://cong.example/")
    assert told["imported"] >= 2
    assert told["damage"]
    assert all("a.warc.gz: at byte " in line for line in told["damage"])


def test_a_file_that_is_one_gzip_member_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(_spoilt("all in one gzip member"))
    assert take(tmp_path / "a", "warc", file)["imported"] == 4


def test_what_is_no_warc_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    for name, data in {
        "text": b"hello",
        "nothing": b"",
        "zip": b"PK\x03\x04broken",
        "zipped": gzip.compress(b"x"),
    }.items():
        file = tmp_path / name
        file.write_bytes(data)
        done = luutru(tmp_path / "a", "import", "warc", str(file))
        assert done.returncode == 4, (name, done.stderr)
        assert str(file) in done.stderr
        assert "Traceback" not in done.stderr


def test_a_wacz_of_traps_unpacks_nothing_to_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "a.wacz"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("archive/bomb.warc", bytes(50_000_000))
        package.writestr("../../archive/evil.warc.gz", b"x")
        package.writestr("archive/good.warc.gz", warc(*((*each[:2], {}) for each in WHOLE)))
    told = take(tmp_path / "a", "wacz", file, 7)
    assert told["imported"] == 4
    assert "a bomb" in told["damage"][0]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "a.wacz"]


def test_what_cannot_be_imported_is_counted_by_reason(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(warc(
        ("https://cong.example/", OK + b"\r\n" + PAGE, {}),
        ("https://cong.example/1", OK + b"\r\n", {"kind": "revisit"}),
        ("dns:cong.example", b"x\r\n\r\ncong.example. 1 IN A 1.2.3.4", {"Content-Type": "text/dns"}),
        ("https://cong.example/2", OK + b"\r\n" + PAGE, {"WARC-Segment-Number": "1"}),
    ))  # fmt: skip
    told = take(tmp_path / "a", "warc", file)
    assert told["imported"] == 1
    assert told["left"] == {
        "revisit records": 1, "not of the web": 1, "parts of records that are split over several": 1,
    }  # fmt: skip
