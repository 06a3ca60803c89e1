"""How the portals and the archive stand: the table, the page, the metrics, and what the doctor finds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from making import Maker, verdict
from running import luutru

from archive import health, overview
from archive.clock import now
from archive.folder import WRITER, Folder
from archive.records import Verdict
from archive.store import Archive


@pytest.fixture
def maker(tmp_path: Path) -> Iterator[Maker]:
    """An archive whose portal gave an article and a page that is not believed."""
    with Archive.open(tmp_path, write=True) as archive:
        archive.folder.settings_file.write_text('contact = "mailto:a@example.org"\n', encoding="utf-8")
        made = Maker(archive)
        made.article()
        yield made
        made.warc.close()


def _wrong(folder: Path, at: object = None) -> dict[str, str]:
    found = health.check(Folder(folder), at or now())
    return {each.name: each.said for each in found if not each.is_well}


def test_the_last_good_run_is_one_that_the_portal_answered(maker: Maker) -> None:
    conn = maker.archive.conn
    maker.archive.end_run(maker.run, 0)
    (row,) = overview.portals(conn)
    good = row["last_good"]
    assert (row["articles"], row["new"], row["exit_code"], row["last_run"]) == (1, 1, 0, good)
    conn.execute("UPDATE runs SET started_at = '2026-01-01T05:00:00+07:00'")
    maker.run = maker.archive.begin_run()
    maker.visit("http://p.vn/2", reading=verdict(Verdict.SUSPECT, "maintenance"))
    maker.archive.end_run(maker.run, 9)
    (row,) = overview.portals(conn)
    assert (row["last_good"], row["suspect"], row["new"], row["exit_code"]) == ("2026-01-01T05:00:00+07:00", 1, 0, 9)
    assert row["last_run"] > row["last_good"]


def test_the_doctor_finds_nothing_wrong_with_a_sound_archive(tmp_path: Path, maker: Maker) -> None:
    assert _wrong(tmp_path) == {}
    said = {each.name: each.said for each in health.check(Folder(tmp_path), now())}
    assert said["writer"] == f"process {os.getpid()} is writing"
    assert Folder(tmp_path).holder(WRITER) == str(os.getpid())


def test_the_doctor_finds_what_is_wrong(tmp_path: Path, maker: Maker) -> None:
    assert "clock" in _wrong(tmp_path, now() - timedelta(days=400))["clock"]
    assert "luutru verify" in _wrong(tmp_path, now() + timedelta(days=32))["verify"]
    (file,) = (tmp_path / "warc").rglob("*.warc.gz")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert file.name in _wrong(tmp_path)["warc"]
    file.write_bytes(whole)
    (tmp_path / "luutru.toml").write_text('contact = ""\n', encoding="utf-8")
    assert "contact" in _wrong(tmp_path)["contact"]
    (tmp_path / "luutru.toml").write_text("delay = 'x'\n", encoding="utf-8")
    assert "luutru.toml" in _wrong(tmp_path)["archive"]


def test_the_doctor_tells_of_a_disk_that_is_nearly_full(tmp_path: Path, maker: Maker, monkeypatch) -> None:
    monkeypatch.setattr(health, "FREE_LEAST", 1 << 60)
    assert "only" in _wrong(tmp_path)["disk"]


def test_a_verify_is_remembered_with_what_it_found(tmp_path: Path, maker: Maker) -> None:
    maker.archive.end_run(maker.run, 0)
    maker.warc.close()
    assert luutru(tmp_path, "verify").returncode == 0
    assert "verify" not in _wrong(tmp_path, now() + timedelta(days=30))
    (file,) = (tmp_path / "warc").rglob("*.warc.gz")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert luutru(tmp_path, "verify").returncode == 7
    assert "damage" in _wrong(tmp_path)["verify"]


def test_the_commands_tell_the_same_as_a_table_a_page_and_metrics(tmp_path: Path, maker: Maker) -> None:
    maker.archive.end_run(maker.run, 0)
    (tmp_path / "portals/p.toml").write_text(
        'name = "P"\nhome = "http://p.vn/"\nfamily = "generic"\nschedule = "0 5 * * *"\n', encoding="utf-8"
    )
    maker.archive.conn.execute(
        "INSERT INTO issues (portal_id, kind, message, at) VALUES ('p', 'silent', '<b>silence', '2026-01-01T00:00:00')"
    )
    (row,) = json.loads(luutru(tmp_path, "status", "--json").stdout)
    assert (row["portal"], row["articles"], row["alerts"], row["next"][10:16]) == ("p", 1, 1, "T05:00")
    assert " 1 " in luutru(tmp_path, "status").stdout
    assert luutru(tmp_path, "status", "--html", str(tmp_path / "s.html")).returncode == 0
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;silence" in page
    assert "<b>silence" not in page
    metrics = luutru(tmp_path, "metrics").stdout
    assert 'luutru_articles{portal="p"} 1\n' in metrics
    for line in metrics.splitlines():  # the text format: a comment, or name, labels and a number
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"\n]*",?)+\})? [\d.e+-]+', line), line


def test_the_doctors_exit_code_tells_of_portals_that_nobody_crawls(tmp_path: Path, maker: Maker) -> None:
    maker.archive.end_run(maker.run, 0)
    toml = 'name = "P"\nhome = "http://p.vn/"\nfamily = "generic"\n'
    (tmp_path / "portals/p.toml").write_text(toml, encoding="utf-8")
    done = luutru(tmp_path, "doctor")
    assert done.returncode == 0, done.stdout
    maker.archive.conn.execute("UPDATE _passes SET started_at = '2026-01-01T05:00:00+07:00', ended_at = started_at")
    done = luutru(tmp_path, "doctor", "--json")
    assert done.returncode == 1
    wrong = [each for each in json.loads(done.stdout) if not each["is_well"]]
    assert [each["name"] for each in wrong] == ["schedule"]
    (tmp_path / "portals/p.toml").write_text("name = 3\n", encoding="utf-8")
    assert "portals/p.toml: home" in luutru(tmp_path, "doctor").stdout


def test_the_guides_backup_is_restored_and_sound_also_while_the_archive_is_written_to(
    tmp_path: Path, maker: Maker, need
) -> None:
    """The blocks of docs/operations.md, letter for letter but for the place; the writer has the archive open."""
    need("sqlite3")
    guide = (Path(__file__).parents[1] / "docs/operations.md").read_text(encoding="utf-8")
    back_up, restore = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "portals/p.toml").write_text(
        'name = "P"\nhome = "http://p.vn/"\nfamily = "generic"\n', encoding="utf-8"
    )
    root = tmp_path.parent / f"{tmp_path.name}-srv"
    root.mkdir()
    (root / "archive").symlink_to(tmp_path)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def follow(block: str) -> str:
        script = "set -e\n" + block.replace("/srv/", f"{root}/")
        done = subprocess.run(["bash"], input=script, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "0 damaged" in follow(back_up)
    maker.article(at="http://p.vn/later")
    assert "0 damaged" in follow(back_up)
    assert "0 damaged" in follow(restore)
    restored = root / "restored"
    with Archive.open(restored, write=True) as archive:
        ours = maker.archive.conn.execute("SELECT * FROM versions").fetchall()
        assert archive.conn.execute("SELECT * FROM versions").fetchall() == ours
