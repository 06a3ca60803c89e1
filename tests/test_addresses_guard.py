"""A portal cannot make us call other machines, or read files of ours: not a single connection reaches a canary."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from running import luutru
from serving import portal
from wire import head, sized

from archive.records import Kind, Lease
from crawler.politeness import Politeness
from crawler.visit import no_answer
from crawler.wire import addresses
from crawler.wire.addresses import permits
from crawler.wire.asking import Asked, Servers
from crawler.wire.connecting import Terms
from crawler.wire.errors import ForbiddenAddressError

NOT_FOUND = head(b"404 Not Found", b"Content-Length: 0")


class Canary:
    """Listens, and counts who connects."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.create_server((address, 0), family=family)
        self.port = self._socket.getsockname()[1]
        self.hits = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                found, _ = self._socket.accept()
            except OSError:
                return
            self.hits += 1
            found.close()

    def close(self) -> None:
        self._socket.close()


@contextmanager
def canaries(*where: str) -> Iterator[list[Canary]]:
    found = [Canary(each) for each in where]
    yield found
    for each in found:
        each.close()


def ask(url: str, own: str | None) -> None:
    async def once() -> None:
        servers = Servers()
        try:
            await servers.ask(Asked(url=url), Terms(own=own, seconds=5))
        finally:
            servers.close()

    asyncio.run(once())


# A name of a machine: in dotted and other forms, as IPv6, in IPv6 dress, by names that lead to loopback.
PRIVATE = (
    "127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0x7f000001", "localhost", "0.0.0.0", "0",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "10.0.0.1", "192.168.1.1", "172.16.0.1",
    "169.254.169.254", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "100.64.0.1", "224.0.0.1",
    "[ff02::1]", "255.255.255.255", "198.18.0.1", "[fec0::1]", "[::127.0.0.1]", "240.0.0.1", "[2001:db8::1]",
)  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_in_any_form_is_not_connected_to(host: str) -> None:
    with canaries("127.0.0.1") as (canary,):
        # A portal of the public internet, and one on another port of the same machine.
        for own in ("cong.gov.vn", "127.0.0.1:1", None):
            with pytest.raises(ForbiddenAddressError):
                ask(f"http://{host}:{canary.port}/", own)
        assert canary.hits == 0


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "data:,x", "http:///x"]
)
def test_only_http_and_https_are_asked(url: str) -> None:
    with pytest.raises((ForbiddenAddressError, ValueError)):
        ask(url, None)


def test_the_address_that_is_connected_to_is_the_one_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers with a public address when it is asked about first, and with a private one then."""
    with canaries("127.0.0.1") as (canary,):
        asked: list[str] = []

        def answers(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
            asked.append(host)
            each = "192.0.9.1" if len(asked) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0))]

        monkeypatch.setattr(socket, "getaddrinfo", answers)
        monkeypatch.setattr(addresses, "is_public", lambda address: str(address) == "192.0.9.1")
        connected: list[str] = []

        async def once() -> None:
            loop = asyncio.get_running_loop()
            real = loop.create_connection

            async def create(factory: object, host: str, *rest: object, **more: object) -> object:
                connected.append(host)
                raise OSError("not in this test")

            loop.create_connection = create  # type: ignore[method-assign,assignment]
            try:
                with pytest.raises(Exception, match="not in this test"):
                    await Servers().ask(Asked(url=f"http://cong.vn:{canary.port}/"), Terms(own="cong.vn"))
            finally:
                loop.create_connection = real  # type: ignore[method-assign]

        asyncio.run(once())
        assert connected == ["192.0.9.1"]
        assert canary.hits == 0


def test_of_a_name_with_public_and_private_addresses_only_the_public_ones_are_used() -> None:
    url, own = "http://cong.gov.vn/", "cong.gov.vn"
    assert [each for each in ("8.8.8.8", "10.1.1.1", "127.0.0.1", "2400::1") if permits(url, own, each)] == [
        "8.8.8.8", "2400::1",
    ]  # fmt: skip


def test_a_portal_whose_file_names_a_private_machine_may_be_asked_there_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert permits("http://127.0.0.1:81/x", "127.0.0.1:81", "127.0.0.1")
    assert permits("http://localhost:81/x", "localhost:81", "::1")
    assert permits("https://intranet/x", "intranet", "10.0.0.7")
    assert not permits("http://127.0.0.1:82/", "127.0.0.1:81", "127.0.0.1")
    assert not permits("http://127.0.0.2:81/", "127.0.0.1:81", "127.0.0.2")
    assert not permits("http://cong.gov.vn/", "cong.gov.vn", "127.0.0.1"), "its owner may lead it anywhere"
    hosts = tmp_path / "hosts"
    hosts.write_text("# ours\n10.0.0.7  Cong.gov.vn  cong\n", encoding="utf-8")
    monkeypatch.setattr(addresses, "HOSTS", hosts)
    assert permits("http://cong.gov.vn/", "cong.gov.vn", "10.0.0.7"), "the owner of this machine says so"
    assert not permits("http://cong.gov.vn/", "cong.gov.vn", "10.0.0.8")


def page(body: str, kind: bytes = b"text/html; charset=utf-8") -> bytes:
    data = body.encode()
    return head(b"200 OK", b"Content-Type: " + kind, sized(data)) + data


def moved(target: str) -> bytes:
    return head(b"302 Found", b"Content-Length: 0", b"Location: " + target.encode())


def lures(target: str, path: str) -> dict[str, bytes]:
    """Pages of a portal that lead to a machine of ours in every way that a page has."""
    entity = (
        f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY x SYSTEM "{target}"><!ENTITY f SYSTEM "file://{path}">'
        f'<!ENTITY % p SYSTEM "{target}/dtd"> %p;]>'
    )
    article = (
        '<script>Liferay.ThemeDisplay={}</script><div class="asset-full-content"><h4><span class="asset-title">Tin'
        '</span></h4><div class="asset-content"><div class="journal-content-article"><p>Nội dung của tin này.</p>'
        f'<img src="{target}/a.png"><a href="{target}/documents/qd.pdf">Quyết định</a></div></div></div>'
    )
    home = page(
        f'<html><head><base href="{target}/"><link rel="canonical" href="{target}/c">'
        f'<meta http-equiv="refresh" content="0; url={target}/r"></head><body>'
        + "".join(f'<a href="{{}}{name}">{name}</a>' for name in ("/moved", "/article", "/file", "/feed", "/frame"))
        + f'<a href="{target}/x">x</a><a href="file://{path}">f</a><iframe src="{target}/f"></iframe></body></html>'
    )
    return {
        "/": home,
        "/moved": moved(f"{target}/moved"),
        "/file": moved(f"file://{path}"),
        "/article": page(f"<html><head></head><body>{article}</body></html>"),
        "/frame": page(f'<html><frameset><frame src="{target}/f"></frameset></html>'),
        "/sitemap.xml": page(
            f"{entity}<urlset><url><loc>{target}/s</loc></url><url><loc>&x;</loc></url><url><loc>/&f;</loc></url></urlset>",
            b"application/xml",
        ),
        "/feed": page(
            f"{entity}<rss><channel><item><link>{target}/i</link></item><item><title>&f;</title></item></channel></rss>",
            b"application/rss+xml",
        ),
        "/robots.txt": page(f"User-agent: *\nAllow: /\nSitemap: {target}/map.xml\n", b"text/plain"),
    }


def test_a_crawl_of_a_portal_that_points_at_us_connects_to_nothing_else(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("MAT-KHAU-CUA-TOI", encoding="utf-8")
    with canaries("127.0.0.1", "127.0.0.2", "::1") as found:
        answers: dict[str, bytes] = {}
        with portal(lambda path: answers.get(path, NOT_FOUND)) as server:
            at = f"http://127.0.0.1:{found[0].port}"
            answers = lures(at, str(secret))
            answers["/"] = answers["/"].replace(b'href="{}', f'href="{server.url}'.encode())
            for number, host in enumerate(("127.0.0.2", "[::1]", "localhost", "2130706433", "0")):
                answers[f"/moved{number}"] = moved(f"http://{host}:{found[min(number, 2)].port}/")
            links = "".join(f'<a href="{server.url}/moved{number}">m</a>' for number in range(5)).encode()
            home = answers["/"].replace(b"</body>", links + b"</body>").partition(b"\r\n\r\n")[2]
            answers["/"] = page(home.decode())
            (tmp_path / "portals").mkdir()
            toml = f'name = "P"\nhome = "{server.url}/"\nfamily = "generic"\ndelay = 0\n'
            (tmp_path / "portals/p.toml").write_text(toml, encoding="utf-8")
            done = luutru(tmp_path, "crawl", "p")
            asked = set(server.asked)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert {"/moved", "/article", "/file", "/feed", "/frame", "/sitemap.xml", "/moved4"} <= asked
        assert [each.hits for each in found] == [0, 0, 0]
    assert b"MAT-KHAU-CUA-TOI" not in b"".join(each.read_bytes() for each in tmp_path.glob("archive.db*"))


def test_a_new_portal_that_leads_elsewhere_is_not_followed_there(tmp_path: Path) -> None:
    with canaries("127.0.0.1") as (canary,):
        target = f"http://127.0.0.1:{canary.port}/"
        with portal(lambda path: NOT_FOUND if path == "/robots.txt" else moved(target)) as server:
            done = luutru(tmp_path, "portal", "add", f"{server.url}/")
        assert done.returncode == 5, done.stderr
        menu = page(f'<html><body><nav><a href="{target}tin">Tin</a></nav></body></html>')
        with portal(lambda path: menu if path == "/" else NOT_FOUND) as server:
            luutru(tmp_path, "portal", "add", f"{server.url}/")
        assert canary.hits == 0


def test_a_portal_whose_own_name_leads_to_us_is_not_asked_and_says_so() -> None:
    manners = Politeness("luutru")
    error = ForbiddenAddressError("cong.gov.vn leads to 169.254.169.254: not a public address")
    robots = Lease(id=1, portal_id="p", url=manners.robots_address("cong.gov.vn", "http"), kind=Kind.ROBOTS, attempts=0,
                   article_id=None)  # fmt: skip
    kept = no_answer(robots, error, manners)
    assert (kept.refused, kept.again_at, kept.failed) == (str(error), None, None)
    assert "169.254.169.254" in (manners.forbids("cong.gov.vn", "http://cong.gov.vn/") or "")
