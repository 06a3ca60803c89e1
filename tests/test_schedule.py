"""The schedule: whose turn it is, told by simulated clocks; and the real scheduler, killed and stopped."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from making import Maker
from running import luutru
from serving import portal as serve_portal
from viewing import running
from wire import head, sized

from archive.clock import VIETNAM, iso
from archive.folder import Folder
from archive.integrity import verify
from archive.store import Archive
from crawler import families, portals
from crawler.portals import Portal
from crawler.sample.server import SamplePortal, serve
from crawler.sample.site import Site
from crawler.schedule import next_turn, turns
from crawler.units import check, crontab_line, units


def portal(**fields: object) -> Portal:
    return Portal.model_validate({"id": "p", "name": "P", "home": "http://p.example/", "family": "generic", **fields})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("cron", "count", "is_right"),
    [
        ("0 5 * * *", 365, lambda each: (each.hour, each.minute) == (5, 0)),
        ("30 2 * * 1", 52, lambda each: each.weekday() == 0),  # Monday, as cron counts: others take 1 for Tuesday
        ("0 0 31 * *", 7, lambda each: each.day == 31),
        ("15 23 L * *", 12, lambda each: (each + timedelta(days=1)).day == 1),
        ("0 */6 * * *", 1460, lambda each: each.hour % 6 == 0),
        (None, 365, lambda each: (each.hour, each.minute) == (23, 17)),  # a day after the last time
    ],
)
def test_in_a_year_a_portal_is_crawled_each_time_its_schedule_comes_round_and_no_more(
    cron: str | None, count: int, is_right: Callable[[datetime], bool]
) -> None:
    """A crawl takes 20 minutes; the clock goes by five minutes."""
    each = portal(schedule=cron)
    now, since = at("2025-12-31T23:57"), at("2025-12-31T23:17")
    crawled = []
    while now < at("2027-01-01T00:00"):
        turn, missed = next_turn(each, since, now)
        assert missed == 0
        if turn <= now:
            crawled.append(each.following(since))
            since = each.following(since)
            now += timedelta(minutes=20)
        else:
            now = max(turn, now + timedelta(minutes=5))
    crawled = [each for each in crawled if each.year == 2026]
    assert len(crawled) == count
    assert all(map(is_right, crawled))


def test_times_that_were_missed_are_told_and_made_up_once() -> None:
    each, since, now = portal(schedule="0 5 * * *"), at("2026-03-01T05:00:02"), at("2026-03-11T09:30")
    assert next_turn(each, since, now) == (now, 9)
    assert next_turn(each, now, now) == (at("2026-03-12T05:00"), 0)
    assert next_turn(portal(schedule="* * * * *"), since, now)[1] == 100


def test_a_portal_that_was_never_crawled_is_due_and_quiet_hours_are_waited_for() -> None:
    day = portal(schedule="0 5 * * *", quiet_hours="07:30-17:00")
    assert next_turn(day, None, at("2026-02-28T06:00")) == (at("2026-02-28T06:00"), 0)
    assert next_turn(day, None, at("2026-02-28T07:30"))[0] == at("2026-02-28T17:00")
    night = portal(schedule="0 23 * * *", quiet_hours="22:00-06:00")
    assert next_turn(night, at("2026-02-28T12:00"), at("2026-02-28T12:00"))[0] == at("2026-03-01T06:00")
    assert next_turn(night, None, at("2026-03-01T00:10"))[0] == at("2026-03-01T06:00")
    assert next_turn(night, None, at("2026-03-01T06:00"))[0] == at("2026-03-01T06:00")


@pytest.mark.parametrize(
    ("codes", "goes_on"),
    [
        ([0], False), ([9], False), ([15], False),
        ([0, None], True), ([None, None, 11], True), ([11] * 9, True), ([None, 11, None, None], True),
        ([0, None, None, None], False),
    ],
)  # fmt: skip
def test_a_crawl_that_broke_off_is_gone_on_with_at_once_but_not_what_is_killed_again_and_again(
    tmp_path: Path, codes: list[int | None], goes_on: bool
) -> None:
    now = datetime.now(VIETNAM)
    with Archive.open(tmp_path, write=True) as archive:
        maker = Maker(archive)
        maker.article()
        for number, code in enumerate(codes, 2):
            archive.conn.execute("INSERT INTO runs (id, started_at, version) VALUES (?, ?, '1')", [number, iso(now)])
            archive.conn.execute("INSERT INTO run_portals (run_id, portal_id) VALUES (?, 'p')", [number])
            if code is not None:
                archive.end_run(number, code)
        (turn,) = turns(archive.conn, [portal(schedule="0 5 * * *")], now)
        assert turn.at is not None
        assert (turn.at == now) == goes_on


def test_only_portals_that_somebody_confirmed_and_nobody_retired_have_a_turn(tmp_path: Path) -> None:
    now = datetime.now(VIETNAM)
    added, checked = portal(id="added"), portal(id="checked", verified=True)
    with Archive.open(tmp_path, write=True) as archive:
        maker = Maker(archive)  # of the portal p, which has a pass and no article
        assert [(turn.portal.id, turn.why_not) for turn in turns(archive.conn, [added, checked, portal()], now)] == [
            ("checked", None), ("added", "not confirmed"), ("p", "not confirmed"),
        ]  # fmt: skip
        maker.article()
        assert turns(archive.conn, [portal()], now)[0].why_not is None
        archive.conn.execute("UPDATE portals SET status = 'retired'")
        assert turns(archive.conn, [portal()], now)[0].why_not == "retired"


@pytest.mark.parametrize(
    "wrong", ['quiet_hours = "07:00-07:00"', 'bandwidth = "fast"', "bandwidth = 10", 'schedule = "0 0 30 2 *"']
)
def test_a_wrong_time_or_bandwidth_is_told(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "p.toml"
    file.write_text(f'name = "P"\nhome = "http://p.example/"\nfamily = "generic"\n{wrong}\n', encoding="utf-8")
    with pytest.raises(portals.ConfigError, match=wrong.split(maxsplit=1)[0]):
        portals.read(file, families.families())


@pytest.mark.parametrize(("given", "bytes_"), [(200_000, 200_000), ("200KB/s", 200_000), ("1.5 MB/s", 1_500_000)])
def test_a_bandwidth_is_bytes_a_second(given: object, bytes_: int) -> None:
    assert portal(bandwidth=given).bandwidth == bytes_


def test_the_units_are_what_systemd_takes_whatever_the_folder_is_called(tmp_path: Path, need) -> None:
    need("systemd-analyze")
    folder = tmp_path / 'lưu "trữ" 100% $HOME'
    files = []
    for name, text in units(folder, f"/bin/true --archive '{folder}' schedule run --once", "root").items():
        files.append(tmp_path / name)
        files[-1].write_text(text, encoding="utf-8")
    assert check(files) == []
    files[0].write_text(files[0].read_text(encoding="utf-8").replace("/bin/true", "/nowhere"), encoding="utf-8")
    assert check(files)
    assert crontab_line("luutru --archive 100%") == "*/10 * * * * luutru --archive 100\\%"


def test_install_writes_units_that_run_this_luutru(tmp_path: Path) -> None:
    assert luutru(tmp_path / "a", "init", str(tmp_path / "a")).returncode == 0
    done = luutru(tmp_path / "a", "schedule", "install", "--dir", str(tmp_path / "units"), "--budget", "30m")
    assert done.returncode == 0, done.stderr
    service = (tmp_path / "units/luutru-a.service").read_text(encoding="utf-8")
    assert f"--archive {tmp_path}/a schedule run --once --budget 1800s" in service
    assert "*/10 * * * * " in done.stdout
    line = done.stdout.splitlines()[-1].removeprefix("*/10 * * * * ")
    environment = {"PATH": "/usr/bin:/bin"}
    said = subprocess.run(line, shell=True, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (said.returncode, said.stderr) == (0, "")


def _confirmed(folder: Path, sample: SamplePortal, *lines: str) -> None:
    """Write the sample portal's file, checked by a person, and slow enough to be caught."""
    toml = sample.toml.replace('"0 5 * * *"', '"* * * * *"').replace("delay = 0", "delay = 0.03")
    (folder / "portals/sample.toml").write_text("\n".join(["verified = true", *lines, toml]), encoding="utf-8")


def _scheduler(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crawler", "--archive", str(folder), "schedule", "run", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")


def _crawls(folder: Path) -> set[int]:
    """The crawls that run on an archive now."""
    found = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            words = (each / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(folder).encode() in words and b"crawl" in words:
            found.add(int(each.name))
    return found


def _until(is_so: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def _held(folder: Path) -> int:
    with sqlite3.connect(folder / "archive.db") as conn:
        return int(conn.execute("SELECT count(*) FROM articles").fetchone()[0])


@pytest.mark.prove
@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_scheduler_and_its_crawls_may_be_killed_at_any_moment_and_the_next_start_goes_on(
    tmp_path: Path, full: bool
) -> None:
    kills = 14 if full else 1
    with serve(site=Site(copies=2 * kills)) as sample:
        luutru(tmp_path, "init", str(tmp_path))
        _confirmed(tmp_path, sample)
        for number in range(kills):
            scheduler = _scheduler(tmp_path)
            _until(lambda: len(_crawls(tmp_path)) == 1)
            asked = len(sample.requests)
            _until(lambda asked=asked: len(sample.requests) > asked + 20)
            second = luutru(tmp_path, "schedule", "run")
            assert (second.returncode, len(_crawls(tmp_path))) == (75, 1)
            if number % 2:  # the crawl: the scheduler starts another one
                (crawl,) = _crawls(tmp_path)
                os.kill(crawl, signal.SIGKILL)
                _until(lambda crawl=crawl: len(_crawls(tmp_path) - {crawl}) == 1)
            scheduler.send_signal(signal.SIGKILL)
            scheduler.wait()
            _until(lambda: not _crawls(tmp_path))  # which was asked to stop, and frees the archive
        done = luutru(tmp_path, "schedule", "run", "--once")
        assert done.returncode == 0, done.stdout + done.stderr
        assert _held(tmp_path) == len({each.key for each in sample.site.expected()})
    with Archive.open(tmp_path) as archive:
        assert verify(archive).damage == []
        codes = [row[0] for row in archive.conn.execute("SELECT exit_code FROM runs ORDER BY id")]
        assert codes[0] == 11
        assert codes[-1] == 0


def test_a_scheduler_that_is_stopped_lets_its_crawl_finish_cleanly(tmp_path: Path) -> None:
    with serve(site=Site()) as sample:
        luutru(tmp_path, "init", str(tmp_path))
        _confirmed(tmp_path, sample)
        (tmp_path / "portals/broken.toml").write_text("name = 3\n", encoding="utf-8")
        scheduler = _scheduler(tmp_path)
        _until(lambda: len(sample.requests) > 20)
        scheduler.send_signal(signal.SIGTERM)
        said, _ = scheduler.communicate(timeout=60)
        assert scheduler.returncode == 0
        assert said.count("broken.toml: name") == 1  # told once, and the others go on
        shown = luutru(tmp_path, "schedule", "show", "--json")
        assert shown.returncode == 4
        (row,) = json.loads(shown.stdout)
        assert (row["portal"], row["exit_code"]) == ("sample", 11)
        assert datetime.fromisoformat(row["next"]) <= datetime.now(VIETNAM)  # it is gone on with at once


def test_nothing_is_asked_of_a_portal_in_its_quiet_hours(tmp_path: Path) -> None:
    now = datetime.now(VIETNAM)
    with serve(site=Site()) as sample:
        hours = f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=2):%H:%M}"
        luutru(tmp_path, "init", str(tmp_path))
        _confirmed(tmp_path, sample, f'quiet_hours = "{hours}"')
        done = luutru(tmp_path, "crawl", "sample")
        assert done.returncode == 15
        assert "quiet hours" in done.stdout
        assert sample.requests == []
        shown = json.loads(luutru(tmp_path, "schedule", "show", "--json").stdout)
        assert shown[0]["next"][11:16] == hours[6:]
        _confirmed(tmp_path, sample)
        (row,) = json.loads(luutru(tmp_path, "schedule", "show", "--json").stdout)
        assert datetime.fromisoformat(row["next"]) <= datetime.now(VIETNAM)  # its time was not used up


def test_a_portal_with_a_bandwidth_is_not_asked_for_more_than_that(tmp_path: Path) -> None:
    asked = []

    def answer(path: str) -> bytes:
        asked.append((path, time.monotonic()))
        if path in ("/robots.txt", "/sitemap.xml"):
            return head(b"404 Not Found", b"Content-Length: 0")
        links = "".join(f'<a href="/{number}">{number}</a>' for number in range(4))
        body = f"<html><title>Tin</title><body>{links}{'x' * 50_000}</body></html>".encode()
        return head(b"200 OK", b"Content-Type: text/html", sized(body)) + body

    with serve_portal(answer) as served:
        (tmp_path / "portals").mkdir()
        toml = f'name = "P"\nhome = "{served.url}/"\nfamily = "generic"\ndelay = 0\nbandwidth = "100KB/s"\n'
        (tmp_path / "portals/p.toml").write_text(toml, encoding="utf-8")
        assert luutru(tmp_path, "crawl", "p").returncode == 0
    after = [later[1] - each[1] for each, later in pairwise(asked) if "." not in each[0]]
    assert len(after) >= 4
    assert sum(after) >= 0.45 * len(after)  # of 0.5: the first request may have been slow to arrive


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_server_with_the_schedule_ends_with_both(tmp_path: Path) -> None:
    with serve(site=Site()) as sample:
        luutru(tmp_path, "init", str(tmp_path))
        _confirmed(tmp_path, sample)
        command = [sys.executable, "-m", "crawler", "--archive", str(tmp_path), "serve", "--with-schedule"]
        with running(command):
            _until(lambda: len(sample.requests) > 5)
        _until(lambda: Folder(tmp_path).holder(".schedule.lock") is None)
        assert not _crawls(tmp_path)
    with Archive.open(tmp_path, write=True) as archive:
        assert archive.conn.execute("SELECT exit_code FROM runs").fetchall() == [(11,)]
