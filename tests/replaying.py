"""Other people's software in an environment of its own, and a pywb that serves a collection."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import missing

ORACLES = Path(os.environ.get("LUUTRU_ORACLES") or Path(__file__).parents[1] / ".venv-oracles") / "bin"


def oracle(program: str) -> Path:
    """A program of the environment that `make oracles` makes; skips the test where it is missing."""
    if not (ORACLES / program).exists():
        missing(f"{program} (make oracles)")
    return ORACLES / program


@contextmanager
def pywb(folder: Path, *add: str) -> Iterator[int]:
    """The port of a pywb that serves what is added as collection `c`."""
    for command in (["init", "c"], ["add", "c", *add]):
        subprocess.run([str(oracle("wb-manager")), *command], cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        command = [str(oracle("wayback")), "-b", "127.0.0.1", "-p", str(port)]
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
