"""A real Datasette over loopback that shows an archive, of the installed release or of the coming one."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from conftest import missing

COMING = Path(os.environ.get("LUUTRU_DATASETTE") or Path(__file__).parents[1] / ".venv-datasette") / "bin/python"


def python(release: str) -> str:
    """The Python with Datasette `0.65` or `1.0`; skips the test where the latter is missing."""
    if release == "0.65":
        return sys.executable
    if not COMING.exists():
        missing("Datasette 1.0 (make oracles)")
    return str(COMING)


@dataclass
class Seen:
    """An answer."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass
class Viewer:
    """A running Datasette."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> Seen:
        """Ask for a path as it is, without following redirects."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in names.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        found = Seen(answer.status, answer.headers, answer.read())
        connection.close()
        return found


@contextmanager
def datasette(folder: Path, *options: str, release: str = "0.65", plugin: bool = True) -> Iterator[Viewer]:
    """Serve the archive in a folder; without the plugin as where luutru is not installed."""
    command = ["-m", "datasette", "serve", str(folder / "archive.db"), *options]
    environment = {**os.environ, **({} if plugin else {"DATASETTE_LOAD_PLUGINS": ""})}
    with running([python(release), *command], environment) as viewer:
        yield viewer


@contextmanager
def running(command: list[str], environment: dict[str, str] | None = None) -> Iterator[Viewer]:
    """Run a command that serves on a port of 127.0.0.1, which it is given with --port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*command, "--port", str(port)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise AssertionError(process.communicate()[0].decode())
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Viewer(port)
    finally:
        process.terminate()
        process.communicate(timeout=20)
