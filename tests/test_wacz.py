"""A WACZ of ours: other people's software validates it and replays what the server sent."""

from __future__ import annotations

import gzip
import http.client
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from replaying import oracle, pywb
from running import add_sample, luutru

from archive import warc
from archive.cdxj import surt
from archive.http import parse
from archive.store import Archive
from crawler.sample.server import serve

ADDRESSES = [
    "http://www.a.gov.vn/", "http://a.vn", "https://A.vn:443/X/y/?b=2&a=1&A=0", "http://www2.a.vn:8080/a/../b//c",
    "http://127.0.0.1:8787/x y?q=%20a&", "http://a.vn/tin-t%E1%BB%A9c/?", "http://a.vn/tin-tức#x", "http://a.vn/?a=&b",
    "http://a.vn/a?sid=1234567890abcdef1234567890abcdef&b=1", "http://a.vn/%2541", "http://đồng.vn/",
    "http://a.vn/(S(1234567890abcdef12345678))/x.aspx?a", "http://[::1]:80/a", "http://a.vn/?a=b&a=a=c&a-=1",
    "http://a.vn///..#f?=", "http://user:p@a.vn/a+b?c+d", "http://a.vn/a%23b?c%23d", "http://a.vn/web/guest/-/x?p_p_id=1",
]  # fmt: skip
"""Addresses whose keys need care."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the sample portal, and beside it a WACZ of it."""
    folder = tmp_path_factory.mktemp("wacz") / "a"
    with serve() as sample:
        add_sample(folder, sample)
        assert luutru(folder, "crawl", "sample", "--delay", "0").returncode == 0
    done = luutru(folder, "export", "wacz", str(folder.parent / "a.wacz"), "--portal", "sample")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def package(archive: Path) -> Path:
    return archive.parent / "a.wacz"


def test_wacz_validate_accepts_it(package: Path) -> None:
    command = [str(oracle("wacz")), "validate", "-f", str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "is valid" in done.stdout


def test_the_records_are_those_of_the_archive_byte_for_byte(archive: Path, package: Path) -> None:
    with zipfile.ZipFile(package) as opened, Archive.open(archive) as own:
        lines = gzip.decompress(opened.read("indexes/index.cdx.gz")).decode().splitlines()
        found = set()
        for line in lines:
            fields = json.loads(line.split(" ", 2)[2])
            file = opened.read(f"archive/{fields['filename']}")
            start, length = int(fields["offset"]), int(fields["length"])
            found.add(file[start : start + length])
        held = {
            (archive / name).read_bytes()[offset : offset + length]
            for name, offset, length in own.conn.execute("SELECT filename, offset, length FROM captures")
        }
        assert lines == sorted(lines)
        assert found == held
        assert opened.getinfo("archive/" + fields["filename"]).compress_type == zipfile.ZIP_STORED


def test_pywb_replays_every_article_and_file(archive: Path, package: Path, tmp_path: Path) -> None:
    with pywb(tmp_path, "--unpack-wacz", str(package)) as port, Archive.open(archive) as own:
        rows = own.conn.execute(
            "SELECT url, timestamp, filename, offset, length FROM captures JOIN readings ON capture_id = captures.id"
            " WHERE kind IN ('article', 'document', 'image') AND status = 200"
        ).fetchall()
        assert len(rows) > 100
        for url, stamp, *place in rows:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", f"/c/{stamp}id_/{url}", headers={"Accept-Encoding": "gzip, deflate"})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            assert answer.status == 200, url
            assert body == parse(warc.read_block(archive, *place)).entity, url


def test_the_pages_are_the_versions(archive: Path, package: Path) -> None:
    with zipfile.ZipFile(package) as opened, Archive.open(archive) as own:
        pages = [json.loads(line) for line in opened.read("pages/pages.jsonl").decode().splitlines()[1:]]
        titles = {row[0] for row in own.conn.execute("SELECT title FROM versions")}
    assert titles <= {page["title"] for page in pages}


def test_keys_are_those_of_the_wayback_machine() -> None:
    code = "import json, surt, sys; print(json.dumps([surt.surt(url) for url in json.loads(sys.argv[1])]))"
    command = [str(oracle("python")), "-c", code, json.dumps(ADDRESSES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [surt(url) for url in ADDRESSES] == json.loads(done.stdout)


def test_a_damaged_record_is_not_passed_on(archive: Path, tmp_path: Path) -> None:
    copied = tmp_path / "b"
    subprocess.run(["cp", "-r", str(archive), str(copied)], check=True)
    file = next(copied.rglob("*.warc.gz"))
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    done = luutru(copied, "export", "wacz", str(tmp_path / "b.wacz"))
    assert done.returncode == 7
    assert file.name in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
