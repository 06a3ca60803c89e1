"""The commands that tell how an archive and its portals stand: a table, a page, metrics, a check-up."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from archive import alerts, health, metrics, overview, paper
from archive.cli import as_json, example
from archive.clock import iso, now
from archive.folder import Folder
from archive.health import Finding
from archive.language import _
from archive.store import Archive
from crawler import scheduling
from crawler.operating import minute
from crawler.schedule import turns

_SHOWN = ("portal", "articles", "coverage", "new", "changed", "gone", "suspect", "alerts", "last good", "exit", "next")
_NUMBERS = _SHOWN[1:8]
OVERDUE = 2
"""So many missed times of a portal, and nobody keeps the schedule."""


@click.command(epilog=example("luutru --archive ./archive-data status --html status.html"))
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False),
              help="Write a page with this, the last runs, and what should be looked at.")  # fmt: skip
@as_json
@click.pass_obj
def status(folder: Path, page: Path | None, as_json: bool) -> None:
    """Show each portal: articles held and their share of what is known, what came of its last run, its next one.

    The last good run is the last one in which it answered and at most a fifth was suspect or failed.
    """
    with Archive.open(folder) as archive:
        rows = _rows(archive, now())
        if page:
            _write(archive, page, rows)
            return
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo(_("No portal has been crawled yet. Try: luutru crawl ADDRESS"))
        return
    table = Table(box=None)
    for heading in _SHOWN:
        table.add_column(_(heading), overflow="fold")
    for row in rows:
        table.add_row(*_cells(row))
    Console().print(table)


def _rows(archive: Archive, at: datetime) -> list[dict[str, Any]]:
    found, _wrong = scheduling.own(archive.folder)
    coming = {each.portal.id: each for each in turns(archive.conn, found, at)}
    rows = overview.portals(archive.conn)
    for row in rows:
        turn = coming.get(row["portal"])
        row["next"] = iso(turn.at) if turn and turn.at else None
        row["why_not"] = turn.why_not if turn else None
    return rows


def _cells(row: dict[str, Any]) -> list[str]:
    """A portal's row as people read it."""
    share = f"{100 * row['held'] / row['expected']:.0f} %" if row["expected"] else None
    coming = minute(row["next"]) or (_(row["why_not"]) if row["why_not"] else None)
    told = (row["portal"], row["articles"], share, row["new"], row["changed"], row["gone"], row["suspect"],
            row["alerts"], minute(row["last_good"]), row["exit_code"], coming)  # fmt: skip
    return [str(each) if each is not None else "–" for each in told]


def _write(archive: Archive, page: Path, rows: list[dict[str, Any]]) -> None:
    paper.write(
        page, "status.html", folder=archive.folder.path, at=minute(iso(now())), shown=_SHOWN, numbers=_NUMBERS,
        portals=[dict(zip(_SHOWN, _cells(row), strict=True)) for row in rows], runs=overview.runs(archive.conn),
        alerts=alerts.opened(archive.conn, None), issues=overview.issues(archive.conn), minute=minute,
    )  # fmt: skip
    click.echo(_("Written: {file}.").format(file=page))


@click.command(name="metrics", epilog=example("luutru metrics > luutru.prom.new && mv luutru.prom.new luutru.prom"))
@click.pass_obj
def metrics_(folder: Path) -> None:
    """Print the archive's numbers as Prometheus reads them, for node_exporter's textfile collector."""
    with Archive.open(folder) as archive:
        click.echo(metrics.text(archive.conn, archive.folder), nl=False)


@click.command(epilog=example("luutru doctor || echo look at the archive"))
@as_json
@click.pass_obj
def doctor(folder: Path, as_json: bool) -> None:
    """Look at what may be wrong with the archive and the machine: versions, disk, clock, permissions, locks, files,
    the last verify, the contact address, portals' files, the schedule.

    It takes about a second and writes nothing. Exit code 1 where something is wrong.
    """
    found = health.check(Folder(folder), now())
    if all(each.is_well for each in found if each.name == "archive"):
        found += _schedule(folder)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        for each in found:
            mark = click.style("ok   ", fg="green") if each.is_well else click.style("wrong", fg="red")
            click.echo(f"{mark}  {each.name:<12} {each.said}")
    sys.exit(0 if all(each.is_well for each in found) else 1)


def _schedule(folder: Path) -> list[Finding]:
    """Whether the portals' files are right, and portals come to their turn."""
    found, wrong = scheduling.own(Folder(folder))
    said = "; ".join(" ".join(line.split()) for line in wrong) or f"{len(found)} files are right"
    files = Finding(name="portals", is_well=not wrong, said=said)
    with Archive.open(folder) as archive:
        late = [each for each in turns(archive.conn, found, now()) if each.missed >= OVERDUE]
    told = ", ".join(f"{each.portal.id} ({each.missed} times)" for each in late)
    said = f"not crawled when it was time: {told}; does anything keep the schedule?" if late else "nobody waits"
    return [files, Finding(name="schedule", is_well=not late, said=said)]


COMMANDS = (status, metrics_, doctor)
