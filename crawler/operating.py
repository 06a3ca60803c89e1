"""The commands that keep an archive going: its schedule, how its portals stand, its health, its metrics."""

from __future__ import annotations

import json
import pwd
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from archive.cli import as_json, example
from archive.clock import iso, now
from archive.errors import ConfigError
from archive.folder import Folder, out_of_space
from archive.language import _
from archive.store import Archive
from crawler import scheduling, units
from crawler.schedule import Turn, turns
from crawler.spans import Span

BUDGET = timedelta(hours=2)


@click.group()
def schedule() -> None:
    """The schedule: show it, keep it, have systemd or cron keep it."""


_budget = click.option(
    "--budget", type=Span(), default=f"{BUDGET.total_seconds() / 3600:g}h", show_default=True,
    help="What one crawl may take; a portal that needs longer goes on at its next time.",
)  # fmt: skip


@schedule.command(name="run", epilog=example("luutru --archive /srv/archive schedule run"))
@click.option("--once", is_flag=True, help="Crawl what is due now, and end with the exit code of that.")
@_budget
@click.pass_obj
def schedule_run(folder: Path, once: bool, budget: timedelta) -> None:
    """Crawl the archive's own portals when their time comes, until it is stopped (SIGTERM, Ctrl+C).

    What is due at the same time is one crawl in one child process; there is never a second. Times that were missed
    are told, and made up once. A portal that nobody has confirmed is left out: set `verified = true` in its file, or
    crawl it once by hand.
    """
    code = scheduling.Scheduler(folder, budget).run(once=once)
    sys.exit(code if code >= 0 else 128 - code)


@schedule.command(name="show", epilog=example("luutru schedule show --json"))
@as_json
@click.pass_obj
def schedule_show(folder: Path, as_json: bool) -> None:
    """Show when each of the archive's own portals comes next, and its last run: when, how long, exit code."""
    found, wrong = scheduling.own(Folder(folder))
    with Archive.open(folder) as archive:
        rows = [_row(each) for each in turns(archive.conn, found, now())]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _table(rows)
    if wrong:
        raise ConfigError("\n".join(wrong))


def _row(turn: Turn) -> dict[str, Any]:
    last = turn.last
    span = (last.ended_at - last.started_at) if last and last.ended_at else None
    return {
        "portal": turn.portal.id, "schedule": turn.portal.schedule, "next": iso(turn.at) if turn.at else None,
        "why_not": turn.why_not, "missed": turn.missed, "last": iso(last.started_at) if last else None,
        "seconds": span.total_seconds() if span else None, "exit_code": last.exit_code if last else None,
    }  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> None:
    table = Table(box=None)
    for heading in ("portal", "schedule", "next", "missed", "last run", "duration", "exit"):
        table.add_column(_(heading), overflow="fold")
    for row in rows:
        span = timedelta(seconds=row["seconds"]) if row["seconds"] is not None else "–"
        coming = minute(row["next"]) or _(row["why_not"])
        code = row["exit_code"] if row["exit_code"] is not None else "–"
        cells = (row["schedule"] or _("daily"), coming, row["missed"], minute(row["last"]) or "–", span, code)
        table.add_row(row["portal"], *map(str, cells))
    Console().print(table)


def minute(moment: str | None) -> str | None:
    """A time as a table shows it."""
    return moment[:16].replace("T", " ") if moment else None


@schedule.command(name="install", epilog=example("luutru --archive /srv/archive schedule install --user"))
@click.option("--user", "for_user", is_flag=True, help="For your own account (~/.config/systemd/user).")
@click.option("--dir", "to", type=click.Path(path_type=Path, file_okay=False), help="Write the units here instead.")
@_budget
@click.pass_obj
def schedule_install(folder: Path, for_user: bool, to: Path | None, budget: timedelta) -> None:
    """Write a systemd service and timer that keep the schedule, and print the line of a crontab that does the same.

    Where systemd is there, it checks them. The timer looks every ten minutes for what is due, so the units stay as
    they are when portals or their times change.
    """
    with Archive.open(folder):
        pass
    owner = pwd.getpwuid(folder.stat().st_uid).pw_name
    place = to or (Path.home() / ".config/systemd/user" if for_user else Path("/etc/systemd/system"))
    command = f"{scheduling.command_of(folder)} schedule run --once --budget {budget.total_seconds():.0f}s"
    files = []
    with out_of_space(place):
        place.mkdir(parents=True, exist_ok=True)
        for name, text in units.units(folder, command, None if for_user else owner).items():
            files.append(place / name)
            files[-1].write_text(text, encoding="utf-8")
            click.echo(_("Written: {file}.").format(file=files[-1]))
    wrong = units.check(files)
    if wrong:
        raise ConfigError("\n".join(wrong))
    systemctl = "systemctl --user" if for_user else "systemctl"
    click.echo(_("Begin with: {command}").format(
        command=f"{systemctl} daemon-reload && {systemctl} enable --now {files[-1].name}"))  # fmt: skip
    click.echo(_("Or, as a line of a crontab:"))
    click.echo(units.crontab_line(command))


COMMANDS = (schedule,)
