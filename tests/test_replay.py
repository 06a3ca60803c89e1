"""Other people's software reads our WARC files: pywb replays the bytes, FastWARC confirms the digests.

Both live in an environment of their own (pywb is GPL and pins old packages): `make oracles`.
"""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from replaying import oracle, pywb
from test_capture import fetch
from wire import exchanges, raw_server

from archive.clock import digits
from archive.http import parse
from archive.warc import WarcWriter

NOT_REPLAYED = {"/reason": "pywb answers 500 over a reason that is not Latin-1"}
FASTWARC = """
import json, sys
from fastwarc.warc import ArchiveIterator
records = ArchiveIterator(open(sys.argv[1], "rb"), parse_http=False)
print(json.dumps([[r.headers["WARC-Type"], r.verify_block_digest()] for r in records]))
"""


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, tuple[str, str]]]:
    """The odd exchanges, fetched from a raw server into a WARC file; address and timestamp by path."""
    oracle("wayback")
    folder = tmp_path_factory.mktemp("replay")
    answers = {path: raw for path, (raw, _) in exchanges().items()}
    with raw_server(answers) as server:
        found = fetch(folder, server.port, *answers)
    writer = WarcWriter(folder)
    places = {}
    for path, exchange in found.items():
        assert exchange is not None
        stored = writer.append(exchange)
        places[path] = (exchange.url, digits(exchange.started_at))
    writer.sync()
    writer.close()
    return folder / stored.filename, places


@pytest.fixture(scope="module")
def port(archived: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a pywb that serves the file as collection `c`."""
    with pywb(tmp_path_factory.mktemp("pywb"), str(archived[0])) as found:
        yield found


@pytest.mark.parametrize("path", sorted(set(exchanges()) - set(NOT_REPLAYED)))
def test_pywb_replays_what_the_server_sent(
    path: str, archived: tuple[Path, dict[str, tuple[str, str]]], port: int
) -> None:
    url, stamp = archived[1][path]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", f"/c/{stamp}id_/{url}", headers={"Accept-Encoding": "gzip, deflate"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    sent = parse(exchanges()[path][0])
    assert response.status == sent.status
    assert body == sent.entity


def test_fastwarc_finds_the_same_records_and_confirms_their_digests(archived: tuple[Path, object]) -> None:
    done = subprocess.run(
        [str(oracle("python")), "-c", FASTWARC, str(archived[0])], check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    assert found == [["warcinfo", True]] + [["request", True], ["response", True]] * len(exchanges())
