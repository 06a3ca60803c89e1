"""The commands that go through the stored captures again."""

from __future__ import annotations

import json
from pathlib import Path

import click

from archive.cli import as_json, example
from archive.errors import DamageError
from archive.folder import Folder
from archive.language import _
from crawler import families, portals


@click.command(epilog=example("luutru --archive ./archive-data rebuild"))
@as_json
@click.pass_obj
def rebuild(folder: Path, as_json: bool) -> None:
    """Make archive.db anew from the WARC files and the portals' files.

    The old one is untouched until the new one is whole, and is then kept under another name. Exit code 7 where
    records of the WARC files are damaged: they are named, and all others are in the new tables.
    """
    from crawler.rebuilding import rebuild as make

    files = [*sorted(portals.SHIPPED.glob("*.toml")), *sorted(Folder(folder).portals.glob("*.toml"))]
    made = make(folder, portals.read_all(files, families.families()))
    if as_json:
        shown = {"files": made.files, "captures": made.captures, "articles": made.articles, "versions": made.versions,
                 "damage": made.damage, "kept": str(made.kept) if made.kept else None}  # fmt: skip
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for line in made.damage:
            click.echo(line)
        click.echo(_("{captures} captures of {files} files: {articles} articles in {versions} versions.").format(
            captures=made.captures, files=made.files, articles=made.articles, versions=made.versions))  # fmt: skip
        if made.kept:
            click.echo(_("The database as it was is kept in {file}.").format(file=made.kept))
    if made.damage:
        raise DamageError(f"{folder}: damage was found in {len(made.damage)} places.")


COMMANDS = (rebuild,)
