"""A good guest: RFC 9309's rules one by one, and nothing that others could connect to while a crawl runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from making import Maker
from running import luutru
from test_hostile import pages, portal, portal_file, rows, text
from wire import head

from archive import frontier
from archive.clock import now
from archive.records import Exchange, Kind, Link, Visit
from archive.store import Archive
from crawler.politeness import ROBOTS_SIZE, Politeness
from crawler.portals import Portal
from crawler.visit import ROBOTS_MOVES, visit

OURS = Portal(id="p", name="P", home="http://p.vn/", family="liferay")


def allowed(rules: str | bytes, path: str, agent: str = "luutru/0.1.0 (+mailto:a@b.vn)") -> bool:
    manners = Politeness(agent)
    manners.learn_robots("p.vn", 200, rules.encode() if isinstance(rules, str) else rules)
    return manners.forbids("p.vn", f"http://p.vn{path}") is None


@pytest.mark.parametrize(
    ("rules", "path", "is_allowed"),
    [
        ("User-agent: *\nDisallow: /a", "/a/1", False),
        ("User-agent: *\nDisallow: /a", "/b", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/1", True),  # the most specific rule
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/1", False),  # wherever it stands
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),  # the least restrictive of equals
        ("User-agent: *\nDisallow: /*.pdf$", "/x/1.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/1.pdf?y", True),
        ("User-agent: *\nDisallow: /x*y", "/x/1/y/2", False),
        ("User-agent: LuuTru\nDisallow: /", "/", False),  # names of robots know no case
        ("User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /a", "/b", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: luutru\nDisallow: /a", "/b", True),  # our group alone counts
        ("User-agent: other\nUser-agent: luutru\nDisallow: /a", "/a", False),  # a group of two
        ("User-agent: luutru\nDisallow: /a\n\nUser-agent: luutru\nDisallow: /b", "/a", False),  # groups are joined
        ("User-agent: *\nDisallow:", "/a", True),
        ("user-agent:*\r\ndisallow:/a # why", "/a", False),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("Disallow: /a", "/a", True),  # of no group
        ("User-agent: *\nDisallow: /tin-tức", "/tin-t%E1%BB%A9c/1", False),
        ("User-agent: *\nDisallow: /tin-t%e1%bb%a9c", "/tin-t%E1%BB%A9c/1", False),
        ("<html>404</html>", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_robots_txt_says_what_rfc_9309_makes_of_it(rules: str, path: str, is_allowed: bool) -> None:
    assert allowed(rules, path) is is_allowed


def test_of_a_long_robots_txt_at_least_500_kib_are_read() -> None:
    rules = "User-agent: *\n" + "Allow: /x\n" * 51_000 + "Disallow: /a\n"
    assert 510_000 < len(rules) <= ROBOTS_SIZE == 500 * 1024
    assert not allowed(rules, "/a")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_robots_txt_that_is_not_to_be_had_allows_all(status: int) -> None:
    manners = Politeness("luutru")
    manners.learn_robots("p.vn", status, b"User-agent: *\nDisallow: /")
    assert manners.forbids("p.vn", "http://p.vn/a") is None


def test_a_robots_txt_is_followed_to_other_hosts_but_not_for_ever(tmp_path: Path) -> None:
    manners = Politeness("luutru")
    with Archive.open(tmp_path, write=True) as archive:
        make = Maker(archive)

        def answer(url: str, raw: bytes) -> Visit:
            with archive.transaction() as conn:
                lease = frontier.take(conn, "p", Link(url=url, kind=Kind.ROBOTS), make.run, now())
            exchange = Exchange(url=url, request=b"GET / HTTP/1.1\r\n\r\n", response=raw, started_at=now())
            stored = make.warc.append(exchange, lease)
            return visit(OURS, replace(lease), exchange, stored, manners)

        moved = head(b"301 Moved", b"Location: https://khac.gov.vn/robots.txt", b"Content-Length: 0")
        asked = manners.robots_address("p.vn", "http")
        answer(asked, moved)
        asked = manners.robots_address("p.vn", "http")
        assert asked == "https://khac.gov.vn/robots.txt"
        answer(asked, text("User-agent: *\nDisallow: /kin"))
        assert manners.forbids("p.vn", "http://p.vn/kin")
        assert manners.forbids("khac.gov.vn", "https://khac.gov.vn/kin") is None, "they are the rules of p.vn"

        for number in range(ROBOTS_MOVES + 1):
            assert not manners.host("q.vn").is_known
            on = head(b"302 Found", f"Location: http://q{number}.vn/robots.txt".encode(), b"Content-Length: 0")
            answer(manners.robots_address("q.vn", "http"), on)
        assert manners.forbids("q.vn", "http://q.vn/a") is None


def test_nobody_can_connect_to_a_crawl(tmp_path: Path) -> None:
    """Scrapy opens a telnet console and a remote control by default."""
    listening: list[str] = []

    def answer(path: str) -> bytes:
        if path == "/":
            listening.extend(_listeners(crawls()))
        return pages({})(path)

    def crawls() -> list[int]:
        mine = [Path(f"/proc/{each.name}") for each in Path("/proc").iterdir() if each.name.isdigit()]
        return [int(each.name) for each in mine if str(tmp_path) in _command(each)]

    with portal(answer) as server:
        portal_file(tmp_path, server.url)
        assert luutru(tmp_path, "crawl", "p").returncode == 0
        assert "/" in server.asked
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(2,)]
    assert listening == ["none"]


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _listeners(processes: list[int]) -> list[str]:
    """The listening sockets of processes, `none` where they are there and have none."""
    inodes = set()
    for process in processes:
        inodes |= {link.readlink().name for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                found.append(fields[1])
    return found or (["none"] if processes else [])
