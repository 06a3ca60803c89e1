"""Pages: charsets, bounds, and junk that must not stop a crawl."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_files import page_of

from crawler.parsers import text
from crawler.parsers.page import Page
from crawler.reading import read

WORDS = "Ủy ban nhân dân thành phố Cao Lãnh"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f"<p>{WORDS}".encode(), "text/html; charset=iso-8859-1"),
        (f"<meta charset=windows-1258><p>{WORDS}".encode(), "text/html"),
        (f"<p>{WORDS}".encode(), "text/html; charset=hex"),
        (f"<p>{WORDS}".encode(), "text/html; charset=idna"),
        (f"<p>{WORDS}".encode("utf-16"), "text/html; charset=utf-8"),
        (f"<html><body><p>{WORDS}</p></body></html>".encode("utf-16-le"), "text/html; charset=utf-16"),
        (b"\xef\xbb\xbf" + f"<p>{WORDS}".encode(), "text/html; charset=latin1"),
        (f"<p>{WORDS} ".encode() + "ế".encode()[:2], "text/html; charset=iso-8859-1"),
    ],
)
def test_the_bytes_decide_where_the_declared_charset_is_wrong(body: bytes, content_type: str) -> None:
    assert WORDS in page_of(body, content_type=content_type).tree.text_content()


def test_a_real_windows_1258_page_is_read_as_such() -> None:
    page = page_of("<p>Cô gái đe\u0323p".encode("cp1258"), content_type="text/html; charset=windows-1258")
    assert text.raw(page.tree) == "Cô gái đẹp"


def test_references_are_resolved_against_the_base_element() -> None:
    page = page_of('<head><base href="/goc/"></head><p>x', url="https://tinh.gov.vn/a/b")
    assert page.absolute("văn bản.pdf") == "https://tinh.gov.vn/goc/v%C4%83n%20b%E1%BA%A3n.pdf"
    assert page.absolute("mailto:a@b.vn") is None
    assert page.absolute("javascript:void(0)") is None


@pytest.mark.parametrize(
    "crowded",
    [
        b"<div " + b" ".join(b'a%d="x%d"' % (n, n) for n in range(100_000)) + b">",
        b"<div " + b" ".join(b"a%d" % n for n in range(100_000)) + b">",
        b"<div " + b" ".join(b'a%d=">"' % n for n in range(100_000)) + b">",
        b'<div x" ' + b" ".join(b"a%d" % n for n in range(100_000)) + b">",
        b"<a" * 500_000,
        b"<div>" * 100_000 + b"x" + b"</div>" * 100_000,
        b"<table><tr><td>" * 30_000,
        b"<p>" * 200_000,
        b"<b><i>" * 100_000,
    ],
)
def test_hostile_markup_is_read_within_a_second(crowded: bytes) -> None:
    page = page_of(b"<html><body>" + crowded + b"Chu</div><p>Sau</p></body></html>")
    read(page_of(b"<p>"), None)  # the readers are loaded
    started = time.process_time()
    reading, _ = read(page, None)
    assert time.process_time() - started < 1
    assert reading.reason is None or "Error" not in reading.reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"\x00\x00\x00",
        b"\xff\xfe\xfa\x01" * 50,
        bytes(range(256)) * 20,
        b"<?xml version='1.0' encoding='hex'?><a/>",
        b"<p>&#xD800;&#0;&#x110000;&bogus;</p>",
        b"<!-- only a comment -->",
        b"<frameset><frame src=a>",
        b"<html><body><a href='http://[::1'>x</a><a href='//'>y</a><a href='http://a:b'>z</a><base href='http://['>",
        b"%PDF-1.4 junk",
    ],
)
def test_junk_never_raises(body: bytes) -> None:
    for url in ("https://tinh.gov.vn/", "https://tinh.gov.vn/-/asset_publisher/a/content/b", "x", ""):
        reading, _ = read(Page(url=url, status=200, headers={}, body=body), None)
        assert reading.reason is None or "Error" not in reading.reason


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html; charset=utf-16", "text/html; charset=windows-1258"]),
)
def test_any_bytes_are_a_page(body: bytes, content_type: str) -> None:
    for wrapped in (body, b"<html>portlet-boundary_<div class='asset-full-content'>" + body):
        reading, _ = read(page_of(wrapped, content_type=content_type), None)
        assert reading.reason is None or "Error" not in reading.reason


def test_what_follows_an_early_end_of_the_page_is_read_too() -> None:
    page = page_of("<html><body><p>một</p></body></html><html><body><p>hai</p></BODY></html><p>ba")
    assert [node.text for node in page.tree.iter("p")] == ["một", "hai", "ba"]
