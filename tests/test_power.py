"""Pull the plug when you like: the archive of every disk state that a power cut may leave is whole."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from disk import CALLS, Disk, Op, record

from archive.integrity import verify
from archive.store import Archive
from crawler.sample.server import serve


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Op]]:
    """The folder of a crawl and everything that it wrote there, in order."""
    if shutil.which("strace") is None:
        from conftest import missing

        missing("strace")
    base = tmp_path_factory.mktemp("power")
    folder, trace = base / "archive", base / "trace"
    with serve() as sample:
        (folder / "portals").mkdir(parents=True)
        (folder / "portals/sample.toml").write_text(sample.toml, encoding="utf-8")
        command = ["strace", "-f", "-qq", "-y", "-xx", "-s", "100000000", "-e", f"trace={CALLS}", "-o", str(trace)]
        command += [sys.executable, "-m", "crawler", "--archive", str(folder), "crawl", "sample", "--delay", "0"]
        done = subprocess.run([*command, "--json-lines"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder, record(trace, folder)


@pytest.mark.prove
def test_no_power_cut_loses_an_acknowledged_article(crawl: tuple[Path, list[Op]], tmp_path: Path, full: bool) -> None:
    folder, ops = crawl
    states = 2000 if full else 40
    chance = random.Random(19450902)
    moments = sorted(chance.randrange(len(ops)) for _ in range(states))
    disk = Disk()
    acknowledged: set[int] = set()
    done = 0
    kept_something = 0
    for moment in moments:
        for op in ops[done:moment]:
            disk.do(op)
            if op.kind == "ack":
                acknowledged |= {int(n) for n in re.findall(rb"^archived (\d+) ", op.data, re.M)}
        done = moment
        place = tmp_path / "disk"
        _materialise(disk.after_power_cut(chance, str(folder)), folder, place)
        with Archive.open(place, write=True) as archive:
            held = {row[0] for row in archive.conn.execute("SELECT id FROM articles")}
            report = verify(archive)
        assert acknowledged <= held, f"at operation {moment} of {len(ops)}: lost {acknowledged - held}"
        assert report.damage == [], f"at operation {moment} of {len(ops)}"
        kept_something += bool(held)
        shutil.rmtree(place)
    assert kept_something > states / 3
    print(f"\n{states} disk states out of {len(ops)} operations, {len(acknowledged)} acknowledged: 0 lost, 0 damaged")


@pytest.mark.prove
def test_the_model_sees_a_missing_fsync(crawl: tuple[Path, list[Op]], tmp_path: Path) -> None:
    """The proof can fail: without the WARC files' fsyncs it does."""
    folder, ops = crawl
    chance = random.Random(7)
    disk = Disk()
    for op in ops:
        if not (op.kind == "sync" and op.path.endswith(".warc.gz")):
            disk.do(op)
    damaged = 0
    for _ in range(5):
        place = tmp_path / "disk"
        _materialise(disk.after_power_cut(chance, str(folder)), folder, place)
        with Archive.open(place, write=True) as archive:
            damaged += bool(verify(archive).damage)
        shutil.rmtree(place)
    assert damaged >= 4


def _materialise(state: dict[str, bytes | None], folder: Path, place: Path) -> None:
    place.mkdir()
    for name, content in state.items():
        if name.endswith("-shm"):
            continue  # memory shared between processes; SQLite makes it anew
        target = place / Path(name).relative_to(folder)
        if content is None:
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
