"""The whole durable crawl against bare default Scrapy, on the same static portals over 16 loopback addresses.

Both sides fetch the same pages from the same nginx with 16 requests in flight, one a host. Bare Scrapy only
fetches; luutru writes WARC files (fsync), reads, and commits each page. Usage: crawl.py [--pages N] [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive import warc

HOSTS = [f"127.0.0.{n}" for n in range(1, 17)]
PER_LISTING = 20
WORDS = (
    "hội nghị tổng kết công tác tuyên giáo tổ chức ủy ban kiểm tra thành phố xã đường liên ấp nông thôn mới chính "
    "quyền địa phương nhân dân đại biểu đề nghị tiếp tục thực hiện nhiệm vụ kế hoạch năm phòng chống dịch bệnh"
).split()
CHROME = "<script>" + "var Liferay = Liferay || {}; Liferay.ThemeDisplay = {};\n" * 800 + "</script>"

BARE = """
import sys
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

class Bare(Spider):
    name = "bare"
    async def start(self):
        for line in open(sys.argv[1]):
            yield Request(line.strip(), dont_filter=True)
    def parse(self, response):
        pass

process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
                               "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
process.crawl(Bare)
process.start()
"""


@dataclass
class Cost:
    """What one run cost."""

    seconds: float
    cpu: float
    memory: float
    """Peak PSS of the process tree in MiB."""


def portal(folder: Path, articles: int, chance: random.Random) -> list[str]:
    """Write one host's pages: listings of 20 articles and article pages of about 58 KB. Returns the paths."""
    paths = ["/"]
    listings = (articles + PER_LISTING - 1) // PER_LISTING
    for page in range(listings):
        links = "".join(
            f'<div class="asset-abstract"><h3 class="asset-title"><a href="/-/asset_publisher/aBcD/content/id/{n}">'
            f"Bài viết số {n}</a></h3></div>"
            for n in range(page * PER_LISTING, min(articles, (page + 1) * PER_LISTING))
        )
        following = f'<a class="next" href="/p{page + 1}?_101_INSTANCE_aBcD_cur={page + 2}">Tiếp</a>'
        body = links + (following if page + 1 < listings else "")
        (folder / ("index.html" if page == 0 else f"p{page}")).write_text(_page("Tin tức", body), encoding="utf-8")
        if page:
            paths.append(f"/p{page}?_101_INSTANCE_aBcD_cur={page + 1}")
    content = folder / "-/asset_publisher/aBcD/content/id"
    content.mkdir(parents=True)
    for number in range(articles):
        text = "".join(f"<p>{' '.join(chance.choices(WORDS, k=90)).capitalize()}.</p>" for _ in range(6))
        article = (
            '<div class="asset-full-content"><h4 class="component-title"><span class="asset-title">'
            f'Bài viết số {number}</span></h4><div class="asset-content">'
            f'<div class="journal-content-article">{text}</div></div></div>'
        )
        (content / str(number)).write_text(_page(f"Bài viết số {number}", article), encoding="utf-8")
        paths.append(f"/-/asset_publisher/aBcD/content/id/{number}")
    (folder / "robots.txt").write_text("User-agent: *\nDisallow:\n", encoding="utf-8")
    return paths


def _page(title: str, body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{CHROME}</head><body>{body}</body></html>"


@contextmanager
def nginx(root: Path) -> Iterator[int]:
    """Serve each host's folder; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    servers = "".join(
        f"server {{ listen {host}:{port}; root {root}/{host}; default_type text/html; charset utf-8; }}\n"
        for host in HOSTS
    )
    config = root / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 1; pid {root}/pid; error_log {root}/error.log;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ access_log off; keepalive_requests 1000000;\n{servers}}}\n"
    )
    process = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(config)])
    try:
        for _ in range(100):
            try:
                socket.create_connection((HOSTS[-1], port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def measure(command: list[str]) -> Cost:
    """Run a command; its time, CPU and peak memory with all its children."""
    before = os.times()
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = [0.0]
    thread = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    thread.start()
    assert process.wait() == 0, command
    seconds = time.monotonic() - began
    thread.join()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(seconds, cpu, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_pss(pid) for pid in _tree(process.pid)))
        time.sleep(0.1)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [each for child in task.read_text().split() for each in _tree(int(child))]
        except OSError:
            continue
    return found


def _pss(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def luutru(folder: Path, port: int, articles: int) -> list[str]:
    """The command of a crawl of all portals into a fresh archive."""
    (folder / "portals").mkdir(parents=True)
    for number, host in enumerate(HOSTS):
        toml = f'name = "P"\nhome = "http://{host}:{port}/"\nfamily = "liferay"\ndelay = 0\n'
        (folder / f"portals/p{number}.toml").write_text(toml, encoding="utf-8")
    return [sys.executable, "-m", "crawler", "--archive", str(folder), "crawl", "--json-lines"]


def check(folder: Path, articles: int) -> None:
    """Every article must be there, and every byte right."""
    with sqlite3.connect(folder / "archive.db") as conn:
        held = conn.execute("SELECT count(*) FROM articles").fetchone()[0]
    assert held == articles, f"{held} of {articles} articles"
    subprocess.run(
        [sys.executable, "-m", "crawler", "--archive", str(folder), "verify"], check=True, stdout=subprocess.DEVNULL
    )


def sizes(folder: Path) -> str:
    """What the archive takes: its WARC files beside the wire's bytes, its database beside the text of the articles."""
    with sqlite3.connect(folder / "archive.db") as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        captures, articles, text = conn.execute(
            "SELECT (SELECT count(*) FROM captures), count(*), sum(length(CAST(title || body AS BLOB))) FROM articles"
        ).fetchone()
        places = conn.execute("SELECT filename, offset, length FROM captures").fetchall()
    wire = sum(len(warc.read_block(folder, *place)) for place in places)
    files = sum(path.stat().st_size for path in (folder / "warc").rglob("*.warc.gz"))
    database = (folder / "archive.db").stat().st_size
    return (
        f"WARC: {files / captures:.0f} bytes a capture, {files / wire:.2f} x the answers' bytes;"
        f" archive.db: {database / articles:.0f} bytes an article, {database / text:.2f} x the articles' text"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000, help="articles over all hosts")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    per_host = options.pages // len(HOSTS)
    chance = random.Random(34)
    with tempfile.TemporaryDirectory(prefix="luutru-bench-") as name:
        root = Path(name)
        root.chmod(0o755)
        paths = []
        for host in HOSTS:
            (root / host).mkdir()
            paths = portal(root / host, per_host, chance)
        with nginx(root) as port:
            urls = root / "urls"
            urls.write_text("".join(f"http://{host}:{port}{path}\n" for path in paths for host in HOSTS))
            (root / "bare.py").write_text(BARE)
            pages = len(paths) * len(HOSTS)
            costs: dict[str, list[Cost]] = {"bare Scrapy": [], "luutru": []}
            for turn in range(options.rounds):
                costs["bare Scrapy"].append(measure([sys.executable, str(root / "bare.py"), str(urls)]))
                archive = root / f"archive{turn}"
                costs["luutru"].append(measure(luutru(archive, port, per_host)))
                check(archive, per_host * len(HOSTS))
                space = sizes(archive)
                shutil.rmtree(archive)
    show(costs, pages)
    print(space)


def show(costs: dict[str, list[Cost]], pages: int) -> None:
    """The figures of the fastest round of each side, and their ratios."""
    print(f"{pages} pages over {len(HOSTS)} hosts, {os.cpu_count()} cores; the best of {len(costs['luutru'])} rounds")
    print(f"{'':<14}{'pages/s':>10}{'CPU ms/page':>14}{'peak MiB':>10}")
    best = {name: min(runs, key=lambda cost: cost.seconds) for name, runs in costs.items()}
    for name, cost in best.items():
        print(f"{name:<14}{pages / cost.seconds:>10.0f}{1000 * cost.cpu / pages:>14.2f}{cost.memory:>10.0f}")
    one, two = best["luutru"], best["bare Scrapy"]
    print(f"{'ratio':<14}{two.seconds / one.seconds:>10.2f}{one.cpu / two.cpu:>14.2f}{one.memory / two.memory:>10.2f}")


if __name__ == "__main__":
    main()
