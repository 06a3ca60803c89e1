"""Responses are read from the bytes of the wire, whatever these are."""

from __future__ import annotations

import gzip
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire import PAGE, chunked, exchanges, head, sized

from archive.http import parse

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@pytest.mark.parametrize("path", exchanges())
def test_an_odd_response_is_read(path: str) -> None:
    raw, body = exchanges()[path]
    answer = parse(raw)
    assert answer.body == body
    assert answer.complete
    assert answer.problem is None


def test_headers_are_read_as_utf_8_or_latin_1() -> None:
    answer = parse(head(b"200 OK", "X-A: Đồng Tháp".encode(), b"X-B: caf\xe9", b"x-b: 2"))
    assert answer.headers["x-a"] == "Đồng Tháp"
    assert answer.headers["x-b"] == "café, 2"


def test_bare_line_feeds_end_lines_too() -> None:
    answer = parse(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok")
    assert (answer.status, answer.body, answer.complete) == (200, b"ok", True)


def test_interim_responses_are_skipped() -> None:
    answer = parse(head(b"103 Early Hints", b"Link: </a.css>") + head(b"200 OK", b"Content-Length: 2") + b"ok")
    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (head(b"200 OK", b"Content-Length: 99") + PAGE[:9], "9 of 99"),
        (head(b"200 OK", b"Transfer-Encoding: chunked") + chunked(PAGE)[:-5], "last chunk"),
        (head(b"200 OK", b"Transfer-Encoding: chunked") + b"2\r\nok\r\nzz\r\nok", "size is broken"),
        (b"nonsense", "no status line"),
        (b"", "no status line"),
    ],
)
def test_a_broken_transfer_is_incomplete(raw: bytes, problem: str) -> None:
    answer = parse(raw)
    assert not answer.complete
    assert problem in (answer.problem or "")


def _zipped(data: bytes) -> bytes:
    return head(b"200 OK", b"Content-Encoding: gzip", sized(data)) + data


def test_a_gzip_body_cut_short_or_with_a_wrong_checksum_is_incomplete() -> None:
    whole = gzip.compress(PAGE * 50)
    cut = parse(_zipped(whole[:-12]))
    assert not cut.complete
    assert cut.body.startswith(PAGE)
    wrong = whole[:-8] + bytes(byte ^ 1 for byte in whole[-8:-4]) + whole[-4:]
    assert not parse(_zipped(wrong)).complete


def test_all_members_of_a_gzip_body_are_read() -> None:
    answer = parse(_zipped(gzip.compress(b"one ") + gzip.compress(b"two")))
    assert (answer.body, answer.complete) == (b"one two", True)


def test_a_bare_deflate_stream_is_read() -> None:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = squeeze.compress(PAGE) + squeeze.flush()
    assert parse(head(b"200 OK", b"Content-Encoding: deflate", sized(data)) + data).body == PAGE


def test_a_decompression_bomb_is_cut() -> None:
    answer = parse(_zipped(gzip.compress(bytes(5_000_000))), most_body=1_000_000)
    assert (len(answer.body), answer.complete) == (1_000_000, False)


def test_an_unknown_encoding_is_said_and_left_alone() -> None:
    answer = parse(head(b"200 OK", b"Content-Encoding: dcb", b"Content-Length: 3") + b"\1bc")
    assert (answer.body, answer.problem) == (b"\1bc", "unknown content encoding dcb")


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
def test_a_body_that_is_not_encoded_as_declared_is_taken_as_it_is(encoding: str) -> None:
    answer = parse(head(b"200 OK", f"Content-Encoding: {encoding}".encode(), b"Content-Length: 99") + PAGE * 50)
    assert (answer.body, answer.complete) == (PAGE * 50, True)
    chunks = parse(head(b"200 OK", b"Transfer-Encoding: chunked", f"Content-Encoding: {encoding}".encode()) + PAGE)
    assert (chunks.body, chunks.complete) == (PAGE, True)


@pytest.mark.parametrize(("encoding", "packed"), [("br", brotli.compress(PAGE)), ("zstd", zstd.compress(PAGE))])
def test_what_only_browsers_ask_for_is_decoded_too(encoding: str, packed: bytes) -> None:
    sent = head(b"200 OK", f"Content-Encoding: {encoding}".encode(), sized(packed))
    assert (parse(sent + packed).body, parse(sent + packed).complete) == (PAGE, True)
    assert not parse(sent.replace(sized(packed), b"X: y") + packed[:-3]).complete


@given(st.binary(max_size=400))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    parse(raw)
    parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip, deflate\r\n\r\n" + raw)
    parse(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(raw)[: len(raw)])
