"""What the log says is archived is never lost: the real crawl, killed with SIGKILL again and again."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from running import add_sample

from archive.integrity import verify
from archive.store import Archive
from crawler.sample.server import serve
from crawler.sample.site import Site


def _start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crawler", "--archive", str(folder), "crawl", "sample", "--delay", "0"]
    return subprocess.Popen(
        [*command, "--json-lines"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def _acknowledged(output: str) -> set[tuple[int, str]]:
    return {(int(number), url) for number, url in re.findall(r"^archived (\d+) (\S+)$", output, re.M)}


@pytest.mark.prove
def test_a_crawl_killed_at_any_moment_loses_nothing_it_has_acknowledged(tmp_path: Path, full: bool) -> None:
    kills = 200 if full else 8
    chance = random.Random(20250701)
    killed = rounds = runs = refetched = 0
    with serve(site=Site(copies=5)) as sample:
        expected = {each.key for each in sample.site.expected()}
        while killed < kills:
            folder = tmp_path / str(rounds)
            rounds += 1
            add_sample(folder, sample)
            asked = len(sample.requests)
            acknowledged: set[tuple[int, str]] = set()
            while True:
                process = _start(folder)
                try:
                    # From before the first request to the middle of the crawl.
                    output, errors = process.communicate(timeout=chance.uniform(0.5, 2.0))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    output, errors = process.communicate()
                    killed += 1
                else:
                    assert process.returncode == 0, errors
                acknowledged |= _acknowledged(output)
                if process.returncode == 0:
                    break
            pages = [path for path in sample.requests[asked:] if path != "/robots.txt"]
            refetched += len(pages) - len(set(pages))
            with Archive.open(folder) as archive:
                held = dict(archive.conn.execute("SELECT id, article_key FROM articles").fetchall())
                doubled = archive.conn.execute(
                    "SELECT article_id FROM versions GROUP BY article_id HAVING count(*) > 1"
                ).fetchall()
                runs += archive.conn.execute("SELECT count(*) FROM runs").fetchone()[0]
                report = verify(archive, deep=True)
            assert {number for number, _ in acknowledged} <= set(held), "an acknowledged article is lost"
            assert sorted(held.values()) == sorted(expected)
            assert doubled == []
            assert report.damage == []
    print(
        f"\n{killed} kills in {rounds} crawls of {len(expected)} articles, {runs} runs: 0 acknowledged lost,"
        f" 0 duplicate versions, {refetched} requests repeated, verify clean"
    )
