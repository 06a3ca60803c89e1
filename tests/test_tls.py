"""TLS is verified; without a valid certificate, or by what is outdated, only where the portal's file says so."""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from test_hostile import address, article, entries, html, rows

from archive.warc import TLS

NOW = datetime.now(UTC)
CHAIN = {
    "expired": ("certificate has expired", lambda ca: ca.issue_cert("localhost", not_after=NOW - timedelta(days=2))),
    "an unknown authority's": ("unable to get local issuer", lambda _: trustme.CA().issue_cert("localhost")),
    "another host's": ("Hostname mismatch", lambda ca: ca.issue_cert("cong.gov.vn")),
    "without its chain": ("unable to get local issuer", lambda ca: ca.create_child_ca().issue_cert("localhost")),
}


@contextmanager
def secure(context: ssl.SSLContext) -> Iterator[tuple[str, list[str]]]:
    """A portal of one article over TLS; yields its address and what was asked for."""
    found = {"/": html(entries(address(1))), address(1): article(1)}
    asked: list[str] = []

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            lines = secured.makefile("rb")
            while line := lines.readline():
                while lines.readline().strip():
                    pass
                path = line.split(b" ")[1].decode()
                asked.append(path)
                secured.sendall(found.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))

    def listen() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield f"https://localhost:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)


def serving(certificate: trustme.LeafCert, *, whole: bool = True) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with certificate.private_key_and_cert_chain_pem.tempfile() as both:
        if whole:
            context.load_cert_chain(both)
    if not whole:
        leaf = certificate.cert_chain_pems[0]
        with leaf.tempfile() as only, certificate.private_key_pem.tempfile() as key:
            context.load_cert_chain(only, key)
    return context


def crawl(folder: Path, url: str, ca: trustme.CA, tls: str = "verify") -> subprocess.CompletedProcess[str]:
    (folder / "portals").mkdir(parents=True, exist_ok=True)
    toml = f'name = "P"\nhome = "{url}/"\nfamily = "liferay"\ndelay = 0\ntls = "{tls}"\n'
    (folder / "portals/p.toml").write_text(toml, encoding="utf-8")
    ca.cert_pem.write_to_path(folder / "ca.pem")
    command = [sys.executable, "-m", "crawler", "--archive", str(folder), "crawl", "p"]
    trusting = os.environ | {"SSL_CERT_FILE": str(folder / "ca.pem")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=trusting)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def test_a_portal_with_a_good_certificate_is_crawled_and_nothing_is_marked(tmp_path: Path) -> None:
    ca = trustme.CA()
    with secure(serving(ca.issue_cert("localhost"))) as (url, _):
        for tls in ("verify", "accept", "legacy"):
            assert crawl(tmp_path / tls, url, ca, tls).returncode == 0
            assert rows(tmp_path / tls, "SELECT count(*) FROM articles") == [(1,)]
            assert rows(tmp_path / tls, "SELECT DISTINCT tls FROM captures") == [(None,)]


@pytest.mark.parametrize("kind", CHAIN)
def test_a_bad_certificate_ends_the_crawl_with_its_reason_unless_it_is_to_be_accepted(
    tmp_path: Path, kind: str
) -> None:
    ca = trustme.CA()
    reason, issue = CHAIN[kind]
    context = serving(issue(ca), whole=kind != "without its chain")
    with secure(context) as (url, asked):
        done = crawl(tmp_path / "verify", url, ca)
        assert done.returncode == 5
        assert reason in done.stdout + done.stderr
        assert asked == [], "not a word is said to a server that cannot prove who it is"
        assert rows(tmp_path / "verify", "SELECT count(*) FROM captures") == [(0,)]
        assert crawl(tmp_path / "accept", url, ca, "accept").returncode == 0
    assert rows(tmp_path / "accept", "SELECT count(*) FROM articles") == [(1,)]
    ((mark,),) = rows(tmp_path / "accept", "SELECT DISTINCT tls FROM captures")
    assert str(mark).startswith("accept: ")
    assert reason in str(mark)
    (warc,) = (tmp_path / "accept/warc").rglob("*.warc.gz")
    marks = gzip.decompress(warc.read_bytes()).count(f"{TLS}: accept: ".encode())
    assert rows(tmp_path / "accept", "SELECT count(*) FROM captures") == [(marks,)]


def test_a_certificate_that_a_server_made_itself_is_a_bad_one(tmp_path: Path, need: Callable[[str], str]) -> None:
    key, own = tmp_path / "key.pem", tmp_path / "own.pem"
    command = [need("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(own)]
    names = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    with secure(context) as (url, asked):
        done = crawl(tmp_path / "verify", url, trustme.CA())
        assert (done.returncode, asked) == (5, [])
        assert "self-signed certificate" in done.stdout
        assert crawl(tmp_path / "accept", url, trustme.CA(), "accept").returncode == 0
    assert rows(tmp_path / "accept", "SELECT DISTINCT tls FROM captures") == [("accept: self-signed certificate",)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_outdated_server_is_crawled_only_where_its_file_says_legacy(tmp_path: Path) -> None:
    ca = trustme.CA()
    context = serving(ca.issue_cert("localhost"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1
    with secure(context) as (url, asked):
        for tls in ("verify", "accept"):
            assert crawl(tmp_path / tls, url, ca, tls).returncode == 5
        assert asked == []
        assert crawl(tmp_path / "legacy", url, ca, "legacy").returncode == 0
    ((mark,),) = rows(tmp_path / "legacy", "SELECT DISTINCT tls FROM captures")
    assert str(mark).startswith("legacy: ")
    assert rows(tmp_path / "legacy", "SELECT count(*) FROM articles") == [(1,)]
