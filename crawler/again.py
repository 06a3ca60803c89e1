"""The commands that go through the stored captures again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from archive.cli import as_json, example
from archive.errors import DamageError
from archive.folder import Folder
from archive.language import _
from archive.store import Archive
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

    made = make(folder, _portals(folder))
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


@click.command(epilog=example("luutru reparse --portal tpcaolanh.dongthap.gov.vn --compare"))
@click.option("--portal", "portal_id", help="Only the captures of this portal.")
@click.option("--compare", is_flag=True, help="Write nothing; show what would become of the articles.")
@as_json
@click.pass_obj
def reparse(folder: Path, portal_id: str | None, compare: bool, as_json: bool) -> None:
    """Read the stored captures of articles again, by today's readers and templates.

    The portal has shown nothing new: no edit appears, and every permanent address still answers. Documents that
    nobody could read are tried again. Interrupted, it goes on when it is started again.
    """
    from crawler.reparsing import reparse as read_again

    if portal_id is not None:
        portals.find(portal_id, (Folder(folder).portals, portals.SHIPPED))
    with Archive.open(folder, write=not compare) as archive:
        found = read_again(archive, _portals(folder), portal_id=portal_id, compare=compare)
    if as_json:
        shown = {"captures": found.captures, "new": found.new, "articles": sorted(found.articles),
                 "by_field": found.by_field, "samples": [asdict(each) for each in found.samples],
                 "unread": found.unread, "documents": found.documents, "written": not compare}  # fmt: skip
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
        return
    for each in found.samples:
        click.echo(f"{each.article_id} {each.timestamp} {each.reader}")
        for name, before in each.before.items():
            click.echo(f"  {name}: {_short(before)}\n  {' ' * len(name)}→ {_short(each.after[name])}")
    for line in found.unread:
        click.echo(_("No article is read of {address}; it stays as it was.").format(address=line))
    counts = ", ".join(f"{name}: {count}" for name, count in found.by_field.most_common()) or "-"
    message = _("{captures} captures were read: {articles} articles are read otherwise ({fields}), {new} found.")
    click.echo(message.format(captures=found.captures, articles=len(found.articles), fields=counts, new=found.new))
    if compare:
        click.echo(_("Nothing was written."))


def _portals(folder: Path) -> dict[str, portals.Portal]:
    """All portals that are shipped or the archive's own."""
    return portals.known(Folder(folder).portals, families.families())


def _short(value: object) -> str:
    line = " ".join(str(value).split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH // 2]} … {line[-_WIDTH // 2 :]}"


_WIDTH = 160
"""Letters of a field that a sample shows."""

COMMANDS = (rebuild, reparse)
