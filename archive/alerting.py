"""The command that shows and sends alerts."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive import alerts as known
from archive.cli import as_json, example
from archive.clock import iso, now
from archive.errors import ConfigError, CrawlFailedError
from archive.language import _
from archive.store import Archive


@click.command(epilog=example("luutru alerts --send || echo look at the archive"))
@click.option("--portal", "portal_id", help="Only of this portal.")
@click.option("--send", is_flag=True, help="Tell those that were not told yet, as [alerts] in luutru.toml says.")
@as_json
@click.pass_obj
def alerts(folder: Path, portal_id: str | None, send: bool, as_json: bool) -> None:
    """Show what an archivist should know now, the loudest first: a portal that is broken in silence before all.

    They are found at the end of each run, beside the portal's own past, and close by themselves. Exit code 9 while
    any is open, 1 where one could not be sent: it is tried again the next time.
    """
    wrong: list[str] = []
    with Archive.open(folder, write=send) as archive:
        found = known.opened(archive.conn, portal_id)
        fresh = [each for each in found if each.told_at is None]
        if send:
            hooks = archive.folder.settings().alerts
            if not (hooks.command or hooks.webhook or hooks.email):
                raise ConfigError(f"{archive.folder.settings_file}: [alerts] names no command, webhook or email.")
            wrong = known.send(hooks, fresh) if fresh else []
            if fresh and not wrong:
                with archive.transaction() as conn:
                    conn.executemany("UPDATE issues SET told_at = ? WHERE id = ?", [(iso(now()), e.id) for e in fresh])
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        for each in found:
            click.echo(f"{each.at[:16].replace('T', ' ')}  {each.portal_id}  {each.kind}: {each.message}")
        if not found:
            click.echo(_("There is nothing to look at."))
    for line in wrong:
        click.echo(line, err=True)
    sys.exit(1 if wrong else CrawlFailedError.exit_code if found else 0)


COMMANDS = (alerts,)
