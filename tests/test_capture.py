"""What is kept of an exchange is what was on the wire, byte for byte."""

from __future__ import annotations

import gzip
import pickle
import subprocess
import sys
from pathlib import Path

from wire import PAGE, chunked, exchanges, head, raw_server, sized

from archive.records import Exchange


def fetch(tmp_path: Path, port: int, *paths: str) -> dict[str, Exchange | None]:
    out = tmp_path / "found"
    script = Path(__file__).with_name("fetch_wire.py")
    subprocess.run([sys.executable, str(script), str(port), str(out), *paths], check=True, timeout=120)
    return pickle.loads(out.read_bytes())


def test_exchanges_are_kept_as_they_were_on_the_wire(tmp_path: Path) -> None:
    answers = {path: raw for path, (raw, _) in exchanges().items()}
    with raw_server(answers) as server:
        found = fetch(tmp_path, server.port, *answers)
    for path, raw in answers.items():
        exchange = found[path]
        assert exchange is not None, path
        assert exchange.response == raw, path
        assert exchange.request == server.requests[path], path
        assert exchange.truncated is None, path
        assert exchange.ip == "127.0.0.1"
        assert b"luutru-wire" not in exchange.request.lower(), path


def test_many_requests_at_once_do_not_mix_their_bytes(tmp_path: Path) -> None:
    answers = {}
    for number in range(80):
        body = b"page %d " % number * 400
        raw = head(b"200 OK", b"Transfer-Encoding: chunked") + chunked(body, 997)
        answers[f"/{number}"] = raw
    with raw_server(answers) as server:
        found = fetch(tmp_path, server.port, *answers)
    assert {path: exchange.response for path, exchange in found.items() if exchange} == answers


def test_what_came_of_a_broken_transfer_is_kept_and_marked(tmp_path: Path) -> None:
    cut = head(b"200 OK", b"Content-Length: 5000") + PAGE
    cut_chunk = head(b"200 OK", b"Transfer-Encoding: chunked") + chunked(PAGE)[:-20]
    slow = head(b"200 OK", b"Content-Length: 5000") + PAGE  # on a connection that stays open
    no_chunks = head(b"200 OK", b"Transfer-Encoding: chunked") + b"<html>\n"
    with raw_server({"/cut": cut, "/cut-chunk": cut_chunk, "/slow": slow, "/no-chunks": no_chunks}) as server:
        found = fetch(tmp_path, server.port, "/cut", "/cut-chunk", "/slow", "/no-chunks")
    for path, raw, why in (
        ("/cut", cut, "disconnect"),
        ("/cut-chunk", cut_chunk, "disconnect"),
        ("/slow", slow, "time"),
        ("/no-chunks", no_chunks, "unspecified"),
    ):
        exchange = found[path]
        assert exchange is not None, path
        assert (exchange.response, exchange.truncated) == (raw, why), path


def test_a_host_that_does_not_answer_leaves_nothing(tmp_path: Path) -> None:
    assert fetch(tmp_path, 9, "/") == {"/": None}


def test_a_compressed_page_is_kept_compressed(tmp_path: Path) -> None:
    zipped = gzip.compress(PAGE * 100, mtime=0)
    raw = head(b"200 OK", b"Content-Encoding: gzip", sized(zipped)) + zipped
    with raw_server({"/": raw}) as server:
        found = fetch(tmp_path, server.port, "/")
        assert found["/"] is not None
        assert found["/"].response == raw
        assert b"Accept-Encoding: gzip, deflate\r\n" in server.requests["/"]


def test_a_connection_that_went_stale_leaves_one_whole_exchange(tmp_path: Path) -> None:
    """The server closes after the first answer without saying so; the second request is sent again."""
    first = head(b"200 OK", sized(b"one")) + b"one"
    second = head(b"200 OK", sized(b"two")) + b"two"
    with raw_server({"/stale": first, "/second": second}) as server:
        found = fetch(tmp_path, server.port, "/stale", "/second")
    assert [found[path].response for path in ("/stale", "/second")] == [first, second]  # type: ignore[union-attr]
    assert found["/second"].request == server.requests["/second"]  # type: ignore[union-attr]


def test_an_answer_over_the_size_limit_is_kept_as_far_as_it_came(tmp_path: Path) -> None:
    raw = head(b"200 OK", b"Content-Length: 999999999") + PAGE
    with raw_server({"/huge": raw}) as server:
        found = fetch(tmp_path, server.port, "/huge")
    assert found["/huge"] is not None
    assert found["/huge"].truncated == "length"
    assert raw.startswith(found["/huge"].response)
