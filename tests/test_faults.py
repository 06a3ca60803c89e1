"""A hostile portal cannot stop the crawl of the others: each wire fault ends by itself, in time and in memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme
from faults import FAULTS, FAULTY, SOUND_NEVERTHELESS, TUNED, UNSEEN, FaultyPortal, faulty
from running import luutru
from serving import portal
from test_hostile import NOT_FOUND, address, entries, held, html, portal_file, rows
from test_tls import serving

from crawler.politeness import BREAKER

HEALTHY = 40
"""Articles of the portal beside them."""


class Memory:
    """The most that a process and its children took together, in MiB (PSS), looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self.most = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(pid,), daemon=True)
        self._thread.start()

    def _watch(self, pid: int) -> None:
        while not self._done.wait(0.1):
            self.most = max(self.most, sum(map(_pss, _tree(pid))))

    def end(self) -> float:
        self._done.set()
        self._thread.join()
        return self.most


def _tree(pid: int) -> list[int]:
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [each for child in (task / "children").read_text().split() for each in _tree(int(child))]
    except OSError:
        pass
    return found


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def crawl(
    folder: Path, names: Iterable[str], timeout: float, ca: trustme.CA | None = None
) -> tuple[dict[str, FaultyPortal], float, float]:
    """Crawl a portal for each fault and a sound one, all at once; returns what they saw, seconds, and MiB."""
    folder.mkdir(exist_ok=True)
    (folder / "luutru.toml").write_text(f'contact = "mailto:a@b.vn"\ntimeout = {timeout}\n', encoding="utf-8")
    context, trusting, place = None, dict(os.environ), "http://127.0.0.1"
    if ca:
        context, place = serving(ca.issue_cert("localhost")), "https://localhost"
        ca.cert_pem.write_to_path(folder / "ca.pem")
        trusting["SSL_CERT_FILE"] = str(folder / "ca.pem")
    with ExitStack() as stack:
        seen = {name: stack.enter_context(faulty(FAULTS[name], context=context)) for name in names}
        healthy = stack.enter_context(faulty(None, HEALTHY, context))
        for name, each in (*seen.items(), ("healthy", healthy)):
            portal_file(folder, f"{place}:{each.port}", name=name.replace("_", "-"))
        command = [sys.executable, "-m", "crawler", "--archive", str(folder), "crawl"]
        began = time.monotonic()
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=trusting)
        memory = Memory(process.pid)
        out, errors = process.communicate(timeout=300)
        took, most = time.monotonic() - began, memory.end()
    assert "Traceback" not in out + errors, errors
    assert process.returncode in (0, 9), errors
    return seen, took, most


def check(folder: Path, seen: dict[str, FaultyPortal], seconds: float) -> None:
    """Every sound article is there, no broken one is believed, and no fault held its portal for too long."""
    held(folder)
    found = dict(rows(folder, "SELECT portal_id, count(*) FROM articles WHERE url NOT LIKE '%/99' GROUP BY 1"))
    assert found.pop("healthy") == HEALTHY
    assert found == {name.replace("_", "-"): 2 for name in seen}
    broken = {
        str(row[0]) for row in rows(folder, f"SELECT portal_id FROM articles WHERE url LIKE '%{address(FAULTY)}'")
    }
    assert broken <= {name.replace("_", "-") for name in SOUND_NEVERTHELESS}
    lasted = {name: each.last - each.first for name, each in seen.items()}
    assert {name: each for name, each in lasted.items() if each > seconds} == {}
    assert all(each.tries for each in seen.values())


@pytest.mark.prove
@pytest.mark.parametrize("half", ["tuned", "unseen"])
def test_each_wire_fault_ends_by_itself_and_the_portal_beside_it_is_crawled(
    tmp_path: Path, half: str, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    names = TUNED if half == "tuned" else UNSEEN
    seen, took, most = crawl(tmp_path / "a", names, 25 if full else 3)
    check(tmp_path / "a", seen, 60 if full else 30)
    with capsys.disabled():
        slowest = max(seen, key=lambda name: seen[name].last - seen[name].first)
        lasted = seen[slowest].last - seen[slowest].first
        print(
            f"\n{half}: {len(seen)} faults in {took:.0f} s, the slowest {slowest} {lasted:.0f} s, peak {most:.0f} MiB"
        )
    assert most < 512


def test_wire_faults_within_tls_end_by_themselves_too(tmp_path: Path) -> None:
    names = tuple(FAULTS)[::5]
    seen, _, _ = crawl(tmp_path / "a", names, 3, trustme.CA())
    check(tmp_path / "a", seen, 30)


SHAKES = {
    "hangs": FAULTS["hangs_before_the_head"],
    "resets": FAULTS["resets_at_once"],
    "closes": FAULTS["closes_at_once"],
    "is-noise": FAULTS["bytes_of_noise"],
    "is-plain": FAULTS["http_0_9"],
    "drips": FAULTS["drips_the_head"],
}


def test_handshakes_that_go_wrong_end_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "luutru.toml").write_text("timeout = 3\n", encoding="utf-8")
    with ExitStack() as stack:
        seen = {name: stack.enter_context(faulty(None, shake=shake)) for name, shake in SHAKES.items()}
        for name, each in seen.items():
            portal_file(tmp_path, f"https://localhost:{each.port}", 'tls = "accept"\n', name=name)
        healthy = stack.enter_context(faulty(None, HEALTHY))
        portal_file(tmp_path, f"http://127.0.0.1:{healthy.port}", name="healthy")
        done = luutru(tmp_path, "crawl", timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (5, False), done.stderr
    assert held(tmp_path) == HEALTHY
    assert all(0 < each.tries <= 6 for each in seen.values())


def test_many_hanging_pages_do_not_cost_as_many_time_outs(tmp_path: Path) -> None:
    """200 articles of which each hangs: the host is left alone after a few, and is asked again in the next run."""
    listed = [address(number) for number in range(1, 201)]
    asked: list[str] = []

    def answer(path: str) -> bytes:
        asked.append(path)
        if path == "/":
            return html(entries(*listed))
        if path in listed:
            done.wait(60)
        return NOT_FOUND

    done = threading.Event()
    with portal(answer) as server, faulty(None, HEALTHY) as healthy:
        portal_file(tmp_path, server.url, name="hanging")
        portal_file(tmp_path, f"http://127.0.0.1:{healthy.port}", name="healthy")
        (tmp_path / "luutru.toml").write_text("timeout = 1\n", encoding="utf-8")
        completed = luutru(tmp_path, "crawl", timeout=100)
        done.set()
    assert "Traceback" not in completed.stderr
    assert sum(path in listed for path in asked) == BREAKER // 2
    assert held(tmp_path) == HEALTHY
    assert rows(tmp_path, "SELECT count(*) FROM _frontier WHERE portal_id = 'hanging' AND state = 'queued'") >= [(194,)]
    ((message,),) = rows(tmp_path, "SELECT message FROM issues WHERE kind = 'stopped'")
    assert "6 times in a row, last:" in str(message)


@pytest.mark.prove
def test_a_hostile_portal_slows_the_others_by_a_tenth_at_most(
    tmp_path: Path, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """The healthy portal is polite (its delay is most of its time), as portals are; all faults run beside it."""
    took = {}
    for name, names in (("alone", ()), ("beside", tuple(FAULTS)[:: 1 if full else 6])):
        folder = tmp_path / name
        folder.mkdir()
        with ExitStack() as stack:
            for each in names:
                port = stack.enter_context(faulty(FAULTS[each])).port
                portal_file(folder, f"http://127.0.0.1:{port}", name=each.replace("_", "-"))
            healthy = stack.enter_context(faulty(None, 60 if full else 12))
            portal_file(folder, f"http://127.0.0.1:{healthy.port}", "", name="healthy")
            file = folder / "portals/healthy.toml"
            file.write_text(file.read_text(encoding="utf-8").replace("delay = 0", "delay = 0.5"), encoding="utf-8")
            (folder / "luutru.toml").write_text(f"timeout = {25 if full else 3}\n", encoding="utf-8")
            done = luutru(folder, "crawl", timeout=300)
            assert "Traceback" not in done.stderr
            took[name] = healthy.times[-1] - healthy.times[0]
    with capsys.disabled():
        print(f"\nthe healthy portal: {took['alone']:.1f} s alone, {took['beside']:.1f} s beside {len(names)} faults")
    assert took["beside"] < (1.1 if full else 3) * took["alone"]
