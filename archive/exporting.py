"""The command `export`: articles as CSV, JSON lines or Parquet, and the captures as WACZ."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from archive import wacz
from archive.clock import VIETNAM, now
from archive.export import WRITERS, articles, whole
from archive.language import _
from archive.store import Archive

_path = click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
_portal = click.option("--portal", "portal_id", help="Only of this portal.")
_overwrite = click.option("--overwrite", is_flag=True, help="Replace the file if it is there already.")


@click.group()
def export() -> None:
    """Write articles or captures into one file for other programs."""


def _articles(name: str, about: str) -> click.Command:
    """The command that writes the articles in one format."""

    @click.command(name=name, help=about, epilog=f"Example:  luutru export {name} articles.{name} --since 2026-01-01")
    @_path
    @_portal
    @click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only articles published on this day or later"
                  " (first seen then, where the page does not say when).")  # fmt: skip
    @_overwrite
    @click.pass_obj
    def command(folder: Path, path: Path, portal_id: str | None, since: datetime | None, overwrite: bool) -> None:
        with Archive.open(folder) as archive, whole(path, overwrite=overwrite) as file:
            day = since.replace(tzinfo=VIETNAM) if since else None
            count = WRITERS[name](articles(archive, portal_id=portal_id, since=day), file)
        click.echo(_("{count} articles are in {path}.").format(count=count, path=path), err=True)

    return command


for _name, _about in (
    ("csv", "Write the articles into a CSV file: UTF-8 with a byte order mark. A text that begins with = + - @ ' a tab"
     " or a carriage return gets an apostrophe before it, so that no spreadsheet runs it as a formula."),
    ("jsonl", "Write the articles into a file with one JSON object a line."),
    ("parquet", "Write the articles into a Parquet file. Needs the extra: pip install \"luutru[parquet]\"."),
):  # fmt: skip
    export.add_command(_articles(_name, _about))


@export.command(name="wacz", epilog="Example:  luutru export wacz portal.wacz --portal tpcaolanh.dongthap.gov.vn")
@_path
@_portal
@_overwrite
@click.pass_obj
def export_wacz(folder: Path, path: Path, portal_id: str | None, overwrite: bool) -> None:
    """Write the captures into a WACZ file, which ReplayWeb.page and pywb replay. Every record goes in byte for byte."""
    with Archive.open(folder) as archive, whole(path, overwrite=overwrite) as file:
        count = wacz.write(archive, file, portal_id=portal_id, at=now())
    click.echo(_("{count} captures are in {path}.").format(count=count, path=path), err=True)
