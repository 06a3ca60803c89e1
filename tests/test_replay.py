"""Other people's software reads our WARC files: pywb replays the bytes, FastWARC confirms the digests.

Both live in an environment of their own (pywb is GPL and pins old packages): `make oracles`.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import missing
from test_capture import fetch
from wire import exchanges, raw_server

from archive.clock import digits
from archive.http import parse
from archive.warc import WarcWriter

ORACLES = Path(os.environ.get("LUUTRU_ORACLES") or Path(__file__).parents[1] / ".venv-oracles") / "bin"
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
    if not (ORACLES / "wayback").exists():
        missing("pywb (make oracles)")
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
def pywb(archived: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a pywb that serves the file as collection `c`."""
    folder = tmp_path_factory.mktemp("pywb")
    for command in (["init", "c"], ["add", "c", str(archived[0])]):
        subprocess.run([str(ORACLES / "wb-manager"), *command], cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        command = [str(ORACLES / "wayback"), "-b", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(300):
            assert process.poll() is None, (folder / "log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("path", sorted(set(exchanges()) - set(NOT_REPLAYED)))
def test_pywb_replays_what_the_server_sent(
    path: str, archived: tuple[Path, dict[str, tuple[str, str]]], pywb: int
) -> None:
    url, stamp = archived[1][path]
    connection = http.client.HTTPConnection("127.0.0.1", pywb, timeout=30)
    connection.request("GET", f"/c/{stamp}id_/{url}", headers={"Accept-Encoding": "gzip, deflate"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    sent = parse(exchanges()[path][0])
    assert response.status == sent.status
    assert body == sent.entity


def test_fastwarc_finds_the_same_records_and_confirms_their_digests(archived: tuple[Path, object]) -> None:
    done = subprocess.run(
        [str(ORACLES / "python"), "-c", FASTWARC, str(archived[0])], check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    assert found == [["warcinfo", True]] + [["request", True], ["response", True]] * len(exchanges())
