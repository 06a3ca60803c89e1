"""Bad input gets a sentence that names what and where, an exit code, an issue, and loses nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import missing
from making import Maker
from running import add_sample, luutru
from wire import PAGE, head, raw_server, sized

from archive.store import Archive
from crawler.sample.server import serve
from crawler.sample.site import Site


def issues(folder: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(folder / "archive.db") as conn:
        return conn.execute("SELECT kind, message FROM issues ORDER BY id").fetchall()


def portal_file(folder: Path, text: str, name: str = "p") -> None:
    (folder / "portals").mkdir(parents=True, exist_ok=True)
    (folder / f"portals/{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive that is there already."""
    Archive.open(tmp_path, write=True).close()
    return tmp_path


def test_an_unknown_portal(folder: Path) -> None:
    done = luutru(folder, "crawl", "nosuch")
    assert done.returncode == 4
    assert "no portal 'nosuch'" in done.stderr
    assert [kind for kind, _ in issues(folder)] == ["config"]


def test_every_mistake_of_every_portal_file_at_once_before_the_first_request(folder: Path) -> None:
    with serve() as sample:
        add_sample(folder, sample)
        portal_file(folder, 'name = ""\nhome = "ftp://x"\nfamily = "wordpres"\nschedule = "99"\nfoo = 1\n', "one")
        portal_file(folder, "name = \n", "two")
        done = luutru(folder, "crawl")
        assert sample.requests == []
    assert done.returncode == 4
    for said in ("one.toml: name:", "one.toml: home:", "one.toml: family:", "one.toml: schedule:", "one.toml: foo:"):
        assert said in done.stderr
    assert "two.toml: is not valid TOML" in done.stderr
    assert [kind for kind, _ in issues(folder)] == ["config"]


@pytest.mark.parametrize("home", ["http://127.0.0.1:99999/", "http://[::1/", "http://a b/", "http://u:p@127.0.0.1/"])
def test_a_home_that_is_no_address(folder: Path, home: str) -> None:
    portal_file(folder, f'name = "P"\nhome = "{home}"\nfamily = "liferay"\ndelay = 0\n')
    done = luutru(folder, "crawl", "p", timeout=60)
    assert done.returncode == 4
    assert f"p.toml: home: must be an http or https address (it says '{home}')" in done.stderr


def test_settings_that_are_wrong(folder: Path) -> None:
    portal_file(folder, 'name = "P"\nhome = "http://127.0.0.1:9/"\nfamily = "liferay"\n')
    (folder / "luutru.toml").write_text("contact = 5\ndelay = 0.01\n", encoding="utf-8")
    done = luutru(folder, "crawl", "p")
    assert done.returncode == 4
    assert "luutru.toml: contact:" in done.stderr
    assert "luutru.toml: delay:" in done.stderr


def test_an_unreachable_host(folder: Path) -> None:
    portal_file(folder, 'name = "P"\nhome = "http://127.0.0.1:9/"\nfamily = "liferay"\ndelay = 0\n')
    done = luutru(folder, "crawl", "p")
    assert done.returncode == 5
    assert "127.0.0.1:9" in done.stdout
    assert {kind for kind, _ in issues(folder)} == {"failed", "stopped"}
    unknown = luutru(folder, "crawl", "http://127.0.0.1:7/")
    assert unknown.returncode == 5
    assert "http://127.0.0.1:7/robots.txt cannot be reached" in unknown.stderr


def test_no_delay_is_for_private_hosts_only(folder: Path) -> None:
    portal_file(folder, 'name = "P"\nhome = "http://93.184.216.34/"\nfamily = "liferay"\n')
    done = luutru(folder, "crawl", "p", "--delay", "0")
    assert done.returncode == 4
    assert "93.184.216.34 is not one" in done.stderr


def test_a_second_crawl_at_the_same_time(folder: Path) -> None:
    with Archive.open(folder, write=True):
        portal_file(folder, 'name = "P"\nhome = "http://127.0.0.1:9/"\nfamily = "liferay"\n')
        done = luutru(folder, "crawl", "p")
    assert done.returncode == 75
    assert f"process {os.getpid()}" in done.stderr
    assert [kind for kind, _ in issues(folder)] == ["running"]


def test_an_archive_of_a_newer_schema(folder: Path) -> None:
    with sqlite3.connect(folder / "archive.db") as conn:
        conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('luutru', '9_new', '')")
    for command in (["status"], ["crawl"], ["search", "x"], ["verify"]):
        done = luutru(folder, *command)
        assert (done.returncode, "newer luutru" in done.stderr) == (6, True)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"this is not a database, whatever its name says" * 50)
    done = luutru(tmp_path, "status")
    assert done.returncode == 1
    assert "archive.db is damaged or no SQLite file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_that_cannot_be_read_is_kept_and_reported(folder: Path) -> None:
    home = b'<html><head><script>Liferay.ThemeDisplay={}</script></head><body><a href="/x.html">x</a></body></html>'
    empty = head(b"200 OK", b"Content-Type: text/html", b"Content-Length: 0")
    cut = head(b"200 OK", b"Content-Type: text/html", b"Content-Length: 99999") + PAGE
    answers = {
        "/robots.txt": head(b"404 Not Found", b"Content-Length: 0"),
        "/": head(b"200 OK", b"Content-Type: text/html", sized(home + b'<a href="/cut">')) + home + b'<a href="/cut">',
        "/x.html": empty,
        "/cut": cut,
    }
    with raw_server(answers) as server:
        portal_file(folder, f'name = "P"\nhome = "{server.url}/"\nfamily = "liferay"\ndelay = 0\n')
        done = luutru(folder, "crawl", "p")
    assert done.returncode == 9
    found = issues(folder)
    assert ("suspect", "empty") in found
    assert any(kind == "failed" and "/cut: incomplete answer" in message for kind, message in found)
    with sqlite3.connect(folder / "archive.db") as conn:
        assert conn.execute("SELECT count(*) FROM captures WHERE url LIKE '%/cut'").fetchone()[0] == 3
        row = conn.execute("SELECT planned, suspect, failed, exit_code FROM runs").fetchone()
    assert row[1:] == (1, 1, 9)


def test_ctrl_c_ends_a_crawl_cleanly_and_the_next_goes_on(folder: Path) -> None:
    with serve(site=Site(copies=3)) as sample:
        add_sample(folder, sample)
        command = [sys.executable, "-m", "crawler", "--archive", str(folder), "crawl", "sample"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while len(sample.requests) < 40:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 11, errors
        assert "Traceback" not in errors
        assert luutru(folder, "crawl", "sample").returncode == 0
    with sqlite3.connect(folder / "archive.db") as conn:
        assert conn.execute("SELECT count(*) FROM articles").fetchone()[0] == len(sample.site.expected())
        assert [row[0] for row in conn.execute("SELECT exit_code FROM runs")] == [11, 0]
        for row in conn.execute(
            "SELECT planned, new + changed + unchanged + gone + suspect + other + failed + refused + put_off FROM runs"
        ):
            assert row[0] == row[1]


def test_budgets_stop_a_crawl_and_the_next_goes_on(folder: Path) -> None:
    with serve() as sample:
        add_sample(folder, sample)
        limited = luutru(folder, "crawl", "sample", "--limit", "5", "--json-lines")
        assert limited.returncode == 0
        assert 5 <= limited.stdout.count("archived ") <= 7
        timed = luutru(folder, "crawl", "sample", "--budget", "0.2s")
        assert timed.returncode == 15
        assert luutru(folder, "crawl", "sample").returncode == 0
    with sqlite3.connect(folder / "archive.db") as conn:
        assert conn.execute("SELECT count(*) FROM articles").fetchone()[0] == len(sample.site.expected())
    assert len(sample.requests) - len(set(sample.requests)) <= 2, "robots.txt is asked for in every run, pages are not"


@pytest.mark.prove
def test_a_full_disk_stops_a_crawl_and_after_room_is_made_it_goes_on(tmp_path: Path, full: bool) -> None:
    sizes = range(400, 1400, 50 if full else 400)
    for size in sizes:
        stopped_by_a_disk_of(size, tmp_path / str(size))
    print(f"\n{len(sizes)} sizes of a disk: each crawl stopped with code 3, went on, and lost nothing")


def stopped_by_a_disk_of(kilobytes: int, disk: Path) -> None:
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        missing("the right to mount a small disk")
    try:
        with serve() as sample:
            add_sample(disk / "a", sample)
            full = luutru(disk / "a", "crawl", "sample", "--json-lines")
            assert full.returncode == 3, full.stderr
            assert "Cannot write to" in full.stderr
            assert "Traceback" not in full.stderr
            acknowledged = full.stdout.count("archived ")
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
            again = luutru(disk / "a", "crawl", "sample", "--json-lines")
            assert again.returncode == 0, again.stderr
            held = len(sample.site.expected())
        assert acknowledged + again.stdout.count("archived ") == held
        assert luutru(disk / "a", "verify", "--deep").returncode == 0
        with sqlite3.connect(disk / "a/archive.db") as conn:
            assert conn.execute("SELECT count(*), sum(version_count) FROM articles").fetchone() == (held, held)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_an_archive_on_a_disk_that_cannot_be_written_to_is_read_and_not_crawled_into(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        missing("the right to mount a small disk")
    try:
        with Archive.open(disk / "a", write=True) as archive:
            make = Maker(archive)
            make.article()
            make.warc.close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        found = luutru(disk / "a", "search", "hoa binh")
        assert (found.returncode, "Hoà Bình" in found.stdout) == (0, True), found.stderr
        assert luutru(disk / "a", "verify", "--deep").returncode == 0
        assert luutru(disk / "a", "history", "1").returncode == 0
        crawled = luutru(disk / "a", "crawl", "p")
        assert crawled.returncode in (3, 4)
        assert "Traceback" not in crawled.stderr
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
