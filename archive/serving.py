"""The command `serve`: the archive in Datasette with the viewer, for oneself or for everybody."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from archive import describe
from archive.children import start
from archive.cli import example
from archive.language import _
from archive.store import Archive

_PUBLIC = {
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 200,
    "max_returned_rows": 1000,
    "max_csv_mb": 20,
    "num_sql_threads": 4,
    "allow_download": 0,
    "allow_csv_stream": 0,
    "suggest_facets": 0,
}
"""Datasette's settings where everybody may ask."""


@click.command(epilog=example("luutru serve --port 8001"))
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--public", is_flag=True, help="For everybody: with limits, without readers' own SQL and downloads.")
@click.option("--sql", is_flag=True, help="With --public: let everybody run SQL of their own, within the limits.")
@click.option("--https", is_flag=True, help="Readers come by https, through a proxy: write addresses so.")
@click.option("--memory", default=1024, show_default=True, type=click.IntRange(256),
              help="With --public: the most megabytes that it may take.")  # fmt: skip
@click.option("--with-schedule", is_flag=True, help="Keep the schedule meanwhile (`luutru schedule run`).")
@click.pass_obj
def serve(
    folder: Path, port: int, host: str, public: bool, sql: bool, https: bool, memory: int, with_schedule: bool
) -> None:
    """Open the archive in Datasette with the viewer, on this machine only, with every table and column described.

    Nothing is ever written to the archive by the server, and a crawl may go on meanwhile.
    """
    with Archive.open(folder) as archive:
        database = archive.folder.database
    described: dict[str, Any] = describe.metadata()
    if with_schedule:  # before the limits, which are the server's; it ends with the server
        start([sys.executable, "-m", "crawler", "--archive", str(folder), "schedule", "run"])
    settings: dict[str, int] = {"force_https_urls": 1} if https else {}
    if public:
        described["plugins"] = {"luutru": {"public": True, "memory": memory}}
        settings |= {**_PUBLIC, "default_allow_sql": int(sql)}
        resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
        os.environ["MALLOC_ARENA_MAX"] = "2"  # else each thread reserves 64 MB of the limit
    with tempfile.NamedTemporaryFile("w", suffix=".json", prefix="luutru-metadata-", delete=False) as file:
        json.dump(described, file)
    click.echo(_("Serving {folder} on http://{host}:{port}/ (stop with Ctrl+C)").format(
        folder=folder, host=host, port=port))  # fmt: skip
    arguments = ["-m", "datasette", "serve", str(database), "--host", host, "--port", str(port)]
    arguments += ["--metadata", file.name]
    for name, value in settings.items():
        arguments += ["--setting", name, str(value)]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 (our own interpreter, no shell)


COMMANDS = (serve,)
