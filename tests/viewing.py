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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path
from tempfile import TemporaryFile

from conftest import missing
from making import ARTICLE, Maker, verdict

from archive import coverage
from archive.clock import VIETNAM
from archive.records import Verdict
from archive.store import Archive

BEGIN = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)
OLD, NEW = "20260228220000", "20260307220000"
PAGE = "<p>Thứ sáu, 05/03/2021 | 08:30 GMT+7</p><script>alert(1)</script>".encode()

COMING = Path(os.environ.get("LUUTRU_DATASETTE") or Path(__file__).parents[1] / ".venv-datasette") / "bin/python"


def python(release: str) -> str:
    """The Python with Datasette `0.65` or `1.0`; skips the test where the latter is missing."""
    if release == "0.65":
        return sys.executable
    if not COMING.exists():
        missing("Datasette 1.0 (make oracles)")
    return str(COMING)


_STOCK = "import sys; sys._called_from_test = True; from datasette.cli import cli; cli()"
"""By this mark Datasette loads no installed plugins."""


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
    pid: int

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
    run = ["-m", "datasette"] if plugin else ["-c", _STOCK]
    with running([python(release), *run, "serve", str(folder / "archive.db"), *options]) as viewer:
        yield viewer


@contextmanager
def running(command: list[str]) -> Iterator[Viewer]:
    """Run a command that serves on a port of 127.0.0.1, which it is given with --port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with TemporaryFile() as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
        try:
            for _ in range(600):
                if process.poll() is not None:
                    log.seek(0)
                    raise AssertionError(log.read().decode())
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield Viewer(port, process.pid)
        finally:
            process.terminate()
            process.wait(20)


def sample(path: Path) -> Path:
    """Make an archive with an edited article that has a document, and a removed one of two years later."""
    with Archive.open(path, write=True) as archive:
        make = Maker(archive)
        make.article(when=BEGIN, body=PAGE)
        body = ARTICLE.body.replace("Nguyễn Văn Đức", "Trần Thị Mai").replace("5/3", "6/3")
        make.article(replace(ARTICLE, body=body), when=BEGIN + timedelta(days=7), body=PAGE)
        other = replace(ARTICLE, key="entry:2", url="http://p.vn/2", title="Thu hồi đất", attachments=(),
                        published_at=datetime(2023, 5, 2, tzinfo=VIETNAM), section="Tin tức",
                        author="=HYPERLINK(1)")  # fmt: skip
        make.article(other, when=BEGIN + timedelta(days=7))
        make.visit(other.url, reading=verdict(Verdict.GONE, "http 404"), when=BEGIN + timedelta(days=8))
        make.document(ARTICLE.attachments[0].url, b"%PDF-1.4 some document")
        with archive.transaction() as conn:
            coverage.put(conn, ["p"])
        archive.end_run(make.run, 0)
        make.warc.close()
    return path
