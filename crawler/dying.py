"""The commands on portals that may be lost: where each stands, putting one away, and which to save first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from archive import lifecycles
from archive.cli import as_json, example
from archive.clock import VIETNAM, iso, now
from archive.errors import ConfigError
from archive.folder import Folder
from archive.language import _
from archive.store import Archive
from crawler import families, portals
from crawler.portals import Portal
from crawler.rescuing import Endangered, order


@click.command(epilog=example("luutru portal probe tpcaolanh http://www.cong.example/ --json"))
@click.argument("names", nargs=-1, metavar="[PORTAL|URL]...")
@click.option("--months", type=click.IntRange(1), default=6, show_default=True, help="Frozen: nothing newer than this.")
@click.option("--delay", type=click.FloatRange(0, 3600), help="Seconds between requests to one host.")
@as_json
@click.pass_obj
def probe(folder: Path, names: tuple[str, ...], months: int, delay: float | None, as_json: bool) -> None:
    """Ask portals where they stand in their lives; without a name all of the archive's own that are not retired.

    live, frozen (nothing new for months), redirecting, soft-dead (a notice in the home page's place), dead (no
    connection, no home page), dns-gone, taken-over (gambling, for sale, defaced), blocked (403, a challenge,
    silence) or tls-broken. Answers are kept as captures; `portals.status` and an issue of the kind `lifecycle` tell
    what was found and when. Three requests a portal, at most eight. Exit code 0 whatever is found.
    """
    from crawler.probing import probe as ask

    with Archive.open(folder, write=True) as archive:
        chosen = [_portal(archive, name) for name in names] or _own(archive)
        found = ask(archive, list({each.id: each for each in chosen}.values()), delay=delay, months=months)
        told = [
            {"id": each.portal.id, "name": each.portal.name, "home": each.portal.home, "state": each.standing.state,
             "why": each.standing.why, "checked_at": iso(each.checked_at), "url": each.url,
             "unit": each.portal.unit, "end": each.portal.end and each.portal.end.isoformat(),
             "successor": each.portal.successor, "capture": _capture(archive, each.capture_id)}
            for each in found
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for row in told:
        click.echo(f"{row['state']:<12} {row['id']:<28} {row['why']}")
        if row["end"]:
            click.echo(f"{'':<41} {_ended(row)}")


def _ended(row: dict[str, Any]) -> str:
    told = _("{unit} ends or ended on {end}").format(unit=row["unit"] or row["name"], end=row["end"])
    return told + (_("; taken over by {successor}").format(successor=row["successor"]) if row["successor"] else "")


def _capture(archive: Archive, capture_id: int | None) -> dict[str, Any] | None:
    """Where the evidence is."""
    names = ("id", "url", "timestamp", "status", "filename", "offset", "length", "record_sha256")
    row = archive.conn.execute(f"SELECT {', '.join(names)} FROM captures WHERE id = ?", [capture_id]).fetchone()
    return dict(zip(names, row, strict=True)) if row else None


def _portal(archive: Archive, name: str) -> Portal:
    """The portal of an id or an address; one that nobody knows by its address alone."""
    if not portals.is_address(name):
        own = archive.folder.portals
        return portals.read(portals.find(name, (own, portals.SHIPPED)), families.families())
    own_first = (*_own(archive, retired=True), *portals.known(archive.folder.portals, families.families()).values())
    found = portals.at(name, own_first)
    if found is None:
        from crawler.probing import unknown

        found = unknown(name)
    return found


def _own(archive: Archive, *, retired: bool = False) -> list[Portal]:
    """The archive's own portals: those that have a file there, and those of which it holds something."""
    known = portals.known(archive.folder.portals, families.families())
    files = {file.stem for file in archive.folder.portals.glob("*.toml")}
    rows = archive.conn.execute("SELECT id FROM portals WHERE EXISTS (SELECT 1 FROM _frontier WHERE portal_id = id)")
    held = files | {row[0] for row in rows}
    away = set() if retired else lifecycles.retired(archive.conn)
    return [portal for portal in known.values() if portal.id in held - away]


@click.command(epilog=example("luutru portal retire tpcaolanh"))
@click.argument("portal_id")
@click.option("--undo", is_flag=True, help="Take it up again.")
@click.pass_obj
def retire(folder: Path, portal_id: str, undo: bool) -> None:
    """Put a portal away: it is never due again. All that is held of it stays, and `crawl PORTAL` still takes it."""
    with Archive.open(folder, write=True) as archive:
        if lifecycles.status_of(archive.conn, portal_id) is None:
            archive.put_portal(_portal(archive, portal_id).row())
        lifecycles.retire(archive, portal_id, now(), undo=undo)
    click.echo(
        _("{id} is taken up again.").format(id=portal_id) if undo else _("{id} is retired.").format(id=portal_id)
    )


@click.command(epilog=example("luutru rescue --json"))
@as_json
@click.pass_obj
def rescue(folder: Path, as_json: bool) -> None:
    """Show which portals to save first, and why: how soon each may be lost, times what is not held of it yet.

    The risk goes by what `portal probe` found last, the legal end of the publisher, and what failed lately; what is not
    held by lists and waiting addresses. `crawl --rescue --budget 8h` works it off in this order.
    """
    with Archive.open(folder) as archive:
        found = endangered(archive)
    if as_json:
        told = [
            {"id": each.portal.id, "status": each.status, "risk": each.risk, "not_held": each.not_held,
             "score": each.score, "why": each.why, "home": each.portal.home, "unit": each.portal.unit,
             "end": each.portal.end and each.portal.end.isoformat(), "successor": each.portal.successor}
            for each in found
        ]  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(f"{each.score:>9.0f}  {each.portal.id}  ({_('risk')} {each.risk:g} × {each.not_held})")
        for line in each.why:
            click.echo(f"{'':<11}{line}")
    if not found:
        click.echo(_("There is no portal to rescue."))


def endangered(archive: Archive) -> list[Endangered]:
    """The archive's own portals, the most urgent first."""
    return order(archive.conn, _own(archive), now().astimezone(VIETNAM).date())


def to_rescue(folder: Path) -> list[Portal]:
    """The portals of which something is not held, the most urgent first. Raises `ConfigError` where there is none."""
    if not Folder(folder).exists():
        raise ConfigError(f"There is no archive in {folder}: nothing to rescue yet.")
    with Archive.open(folder) as archive:
        return [each.portal for each in endangered(archive) if each.not_held]


COMMANDS = (rescue,)
OF_PORTALS = (probe, retire)
