"""The public search page stays up: odd queries and hostile SQL of six readers while a crawl writes."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest
from running import add_sample, luutru
from viewing import Viewer, running

from archive.integrity import verify
from archive.store import Archive
from crawler.sample.server import serve
from crawler.sample.site import Site

READERS = 6
MEMORY = 1024
"""Megabytes that the server may take."""
SQL = (
    "select count(*) from articles, versions, captures, readings, attachments",
    "with recursive n(i) as (select 1 union all select i + 1 from n) select sum(i) from n",
    "select hex(zeroblob(500000000))",
    "delete from articles",
    "attach 'file:///etc/passwd' as x",
    "select load_extension('x')",
    "select writefile('/tmp/x', 'y')",
    "pragma writable_schema = 1",
    "select * from articles where title match 'x'",
)
WORDS = (
    "hội nghị", "hoi nghi", "HỘI", "hooij nghij", '"quyết định số"', "273/QĐ-UBND", "nguyen van", "OR", "NOT", "NEAR(",
    "*", "a*", "title:", "title:hội", "after:2020", "before:x", "-hội", '"', "''", "%", "(((", "^", "{title}:x",
    "\u0000",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "😀", "ơ" * 3000, "AND " * 500, "đ", "../..",
    "<script>alert(1)</script>", "1 OR 1=1", "\u0301\u0301", "portal:khong-co", "author:A OR author:B",
)  # fmt: skip


def path(chance: random.Random) -> str:
    """What a reader, or who is none, may ask for."""
    odd = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
    order = chance.choice(["relevance", "newest", "oldest", "x"])
    return chance.choice(
        (
            f"/search?{urlencode({'q': odd, 'order': order, 'page': chance.choice(['1', '2', '-1', '9999999', 'x'])})}",
            f"/search.csv?{urlencode({'q': odd})}",
            f"/archive/articles.json?{urlencode({'_search': odd})}",
            f"/archive/articles?{urlencode({'_search': odd, '_facet': 'section', '_sort': 'published_at'})}",
            f"/archive.json?{urlencode({'sql': chance.choice(SQL)})}",
            f"/archive/-/query.json?{urlencode({'sql': chance.choice(SQL)})}",
            f"/article/{chance.randint(0, 400)}",
            f"/changes?{urlencode({'q': odd})}",
            "/", "/removed", "/queries", "/feed/articles.atom", f"/web/20260101000000/http://{chance.choice(WORDS)[:40]!a}/",
        )
    ).replace(" ", "%20")  # fmt: skip


def read(viewer: Viewer, seed: int, until: float, seen: Counter[int], bad: list[str]) -> None:
    """Read until a time; what is answered is counted by its status."""
    chance = random.Random(seed)
    while time.monotonic() < until:
        asked = path(chance)
        try:
            status = viewer.get(asked.encode("ascii", "ignore").decode()).status
        except OSError as error:
            status, asked = 599, f"{asked}: {error}"
        seen[status] += 1
        if status >= 500:
            bad.append(f"{status} {asked[:200]}")


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024


@pytest.mark.prove
@pytest.mark.parametrize("sql", [(), ("--sql",)], ids=["pages", "open to SQL"])
def test_the_public_page_stays_up_while_a_crawl_writes(tmp_path: Path, full: bool, sql: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "crawler", "--archive", str(tmp_path)]
    seen: Counter[int] = Counter()
    bad: list[str] = []
    peak = 0.0
    with serve(0, site=Site(copies=5 if full else 1)) as sample:
        add_sample(tmp_path, sample)
        luutru(tmp_path, "crawl", "sample", "--delay", "0", "--limit", "20")
        with running([*command, "serve", "--public", "--memory", str(MEMORY), *sql]) as viewer:
            until = time.monotonic() + (600 if full else 8)
            readers = [
                threading.Thread(target=read, args=(viewer, seed, until, seen, bad)) for seed in range(READERS)
            ]  # fmt: skip
            for reader in readers:
                reader.start()
            crawls = 0
            while time.monotonic() < until:
                with subprocess.Popen(
                    [*command, "crawl", "sample", "--delay", "0", "--recheck"], stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                ) as crawl:  # fmt: skip
                    while crawl.poll() is None:
                        peak = max(peak, memory(viewer.pid))
                        time.sleep(0.2)
                assert crawl.returncode == 0
                crawls += 1
            for reader in readers:
                reader.join(120)
            assert not any(reader.is_alive() for reader in readers)
            assert viewer.get("/").status == 200
    print(f"{sum(seen.values())} answers {dict(seen)}, {crawls} crawls, at most {peak:.0f} MB")
    assert bad == []
    assert seen[200] > READERS
    assert peak < MEMORY
    with Archive.open(tmp_path) as archive:
        assert verify(archive).damage == []
