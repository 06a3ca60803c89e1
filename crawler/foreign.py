"""The commands that take in what others have captured."""

from __future__ import annotations

import json
from pathlib import Path

import click

from archive.cli import as_json, example
from archive.errors import DamageError, LuutruError
from archive.folder import Folder
from archive.language import _
from archive.store import Archive, note_failure
from crawler import families, portals

MOST_SHOWN = 10
"""Reasons and hosts that are listed on a terminal."""


@click.group(name="import")
def import_() -> None:
    """Take in WARC and WACZ files that others made."""


def _command(name: str, about: str, epilog: str) -> None:
    """Add the command that imports one kind of files. Which kind a file is, its first bytes tell."""

    @import_.command(name=name, help=about, epilog=epilog)
    @click.argument("paths", nargs=-1, required=True, metavar="PATH...",
                    type=click.Path(path_type=Path, exists=True, dir_okay=False))  # fmt: skip
    @click.option("--portal", "wanted", multiple=True, metavar="PORTAL|URL", help="Take only what is of this portal;"
                  " an address makes a portal of a host that none is known for.")  # fmt: skip
    @as_json
    @click.pass_obj
    def command(folder: Path, paths: tuple[Path, ...], wanted: tuple[str, ...], as_json: bool) -> None:
        try:
            _import(folder, paths, wanted, as_json)
        except LuutruError as error:
            note_failure(folder, error)
            raise


_HOW = (
    " Each answer goes the way that a crawl's answers go, at the time at which it was captured; what is held already is"
    " passed over, so an import that was stopped is gone on with by importing again. A host of which the home page is"
    " in the files becomes a portal. Exit code 7: a part of a file could not be read, and all else was imported; 4: a"
    " file is no WARC or WACZ."
)
_command("warc", "Import WARC files, as wget, Heritrix, Browsertrix, Common Crawl, pywb and luutru write them." + _HOW,
         example("luutru import warc crawl-00000.warc.gz --portal https://cong.example/"))  # fmt: skip
_command("wacz", "Import WACZ files, as Browsertrix, ArchiveWeb.page and luutru write them." + _HOW,
         example("luutru import wacz portal.wacz"))  # fmt: skip


def _import(folder: Path, paths: tuple[Path, ...], wanted: tuple[str, ...], as_json: bool) -> None:
    """Import files and say what became of them."""
    from crawler.importing import Counts, take
    from crawler.progress import show
    from crawler.receiving import Hosts
    from crawler.run import Run

    known = portals.known(Folder(folder).portals, families.families())
    with Archive.open(folder, write=True) as archive:
        hosts = Hosts(archive.folder, list(known.values()), wanted)
        run = Run(archive, ())
        counts = Counts()
        if as_json:
            take(run, paths, hosts, counts)
        else:
            with show(run, lines=False):
                take(run, paths, hosts, counts)
    if as_json:
        told = {"imported": counts.imported, "known": counts.known, "left": counts.left, "hosts": counts.hosts,
                "damage": counts.damage, "portals": [portal.id for portal in hosts.made]}  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for portal in hosts.made:
            click.echo(_("Made a portal of {home}: {id}").format(home=portal.home, id=portal.id))
        for line in counts.damage:
            click.echo(line)
        click.echo(_("{imported} captures imported, {known} were held already.").format(
            imported=counts.imported, known=counts.known))  # fmt: skip
        for reason, count in counts.left.most_common(MOST_SHOWN):
            click.echo(_("left out: {count} {reason}").format(count=count, reason=reason))
        for host, count in counts.hosts.most_common(MOST_SHOWN):
            click.echo(f"  {count}  {host}")
    if counts.damage:
        raise DamageError(
            _("{count} places could not be read; all else was imported.").format(count=len(counts.damage))
        )
