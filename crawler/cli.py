"""The one console command: crawling, portals and the sample; the archive's commands are mounted here."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive import alerting, cite, gaps, lifecycles, past, serving
from archive.cli import COMMANDS, as_json, example
from archive.clock import now
from archive.errors import ConfigError, LuutruError
from archive.folder import Folder
from archive.language import _, choose
from archive.normalise import fold
from archive.provinces import provinces_now
from archive.store import Archive, note_failure
from crawler import again, dying, families, foreign, operating, overseeing, portals
from crawler.portals import Portal
from crawler.spans import Span

if TYPE_CHECKING:
    from archive.records import Reading
    from crawler.learnt import Templates
    from crawler.parsers.page import Page

DEFAULT_ARCHIVE = Path("archive-data")
RESCUED_AT_A_TIME = 16
"""Portals that a rescue works on at a time: the next one's turn comes when one of them is done."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--archive", "folder", envvar="LUUTRU_ARCHIVE", default=DEFAULT_ARCHIVE, show_default=True,
              type=click.Path(path_type=Path, file_okay=False), help="The archive's folder.")  # fmt: skip
@click.option("--lang", type=click.Choice(["en", "vi"]), help="Language of messages; by default the locale's.")
@click.version_option(package_name="luutru")
@click.pass_context
def luutru(context: click.Context, folder: Path, lang: str | None) -> None:
    """Keep Vietnamese government portals: crawl, archive, search."""
    choose(lang)
    context.obj = folder


def main() -> None:
    """Run a command; a failure is one sentence and its exit code (docs/commands.md)."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)  # Scrapy sets the level of its own loggers
    logging.basicConfig(handlers=[handler], format="%(levelname)s %(name)s: %(message)s")
    try:
        luutru(standalone_mode=False)
    except LuutruError as error:
        click.echo(f"luutru: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Interrupted."), err=True)
        sys.exit(11)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _folders(folder: Path) -> tuple[Path, Path]:
    """Where portal files are looked for: the archivist's own first."""
    return Folder(folder).portals, portals.SHIPPED


@luutru.command(epilog=example("luutru crawl https://tpcaolanh.dongthap.gov.vn/ --budget 2h"))
@click.argument("names", nargs=-1, metavar="[PORTAL|URL]...")
@click.option("--limit", type=click.IntRange(1), help="Stop after so many new or changed articles.")
@click.option("--budget", type=Span(), help="Stop after so long (90s, 30m, 2h); the next run goes on.")
@click.option("--delay", type=click.FloatRange(0, 3600), help="Seconds between requests to one host.")
@click.option("--recheck", is_flag=True, help="Ignore due times: look at all known articles again now.")
@click.option(
    "--rescue", is_flag=True, help="Take the portals that may be lost first, in the order of `luutru rescue`."
)
@click.option("--dry-run", is_flag=True, help="Only say which portals would be crawled.")
@click.option("--json-lines", is_flag=True, help="Print a line 'archived ID URL' for each article once it is on disk.")
@click.pass_obj
def crawl(
    folder: Path, names: tuple[str, ...], limit: int | None, budget: timedelta | None, delay: float | None,
    recheck: bool, rescue: bool, dry_run: bool, json_lines: bool,
) -> None:  # fmt: skip
    """Crawl portals into the archive; without a name every portal that is due.

    A crawl that was stopped or killed is taken up where it was. Ctrl+C stops it cleanly.
    """
    if rescue and names:
        raise click.UsageError("--rescue chooses the portals itself: name none.")
    try:
        code = _crawl(
            folder, names, limit=limit, budget=budget, delay=delay, recheck=recheck, rescue=rescue, dry_run=dry_run,
            lines=json_lines,
        )  # fmt: skip
    except LuutruError as error:
        note_failure(folder, error)
        raise
    sys.exit(code)


def _crawl(
    folder: Path, names: tuple[str, ...], *, limit: int | None, budget: timedelta | None, delay: float | None,
    recheck: bool, rescue: bool, dry_run: bool, lines: bool,
) -> int:  # fmt: skip
    """`crawl` without the bookkeeping of failures; returns the exit code."""
    from crawler.crawl import crawl as start

    first = not Folder(folder).exists()
    chosen = [_portal(folder, name, delay) for name in names]
    if dry_run:
        due = chosen if names else dying.to_rescue(folder) if rescue else _due(folder, recheck=recheck)
        for portal in due:
            click.echo(f"{portal.id}  {portal.home}")
        return 0
    with Archive.open(folder, write=True) as archive:
        if first:
            click.echo(_("Made a new archive: {folder}").format(folder=folder), err=True)
        if not archive.folder.settings().contact:
            click.echo(
                _("Please set a contact address in {file}.").format(file=archive.folder.settings_file),
                err=True,
            )
        if not names:
            chosen = dying.to_rescue(folder) if rescue else _due(folder, recheck=recheck)
        if not chosen:
            click.echo(_("No portal is due."))
            return 0
        return start(
            archive, chosen, delay=delay, limit=limit, budget=budget, recheck=recheck, lines=lines,
            at_a_time=RESCUED_AT_A_TIME if rescue else None,
        )  # fmt: skip


def _portal(folder: Path, name: str, delay: float | None) -> Portal:
    """The portal of a name or an address; an unknown address is probed and written down first."""
    if not name.startswith(("http://", "https://")):
        return portals.read(portals.find(name, _folders(folder)), families.families())
    known = portals.at(name, portals.read_all(_files(folder), families.families()).values())
    if known:
        return known
    from crawler.probe import add

    found = add(Folder(folder), name, delay=delay)
    click.echo(found.summary(), err=True)
    return found.portal


def _files(folder: Path) -> list[Path]:
    return sorted(Folder(folder).portals.glob("*.toml"))


def _due(folder: Path, *, recheck: bool) -> list[Portal]:
    """The archive's own portals whose schedule has come round since their last pass began, and that are not retired."""
    known = portals.read_all(_files(folder), families.families())
    if not Folder(folder).exists():
        return list(known.values())
    with Archive.open(folder) as archive:
        last = dict(archive.conn.execute("SELECT portal_id, started_at FROM _passes").fetchall())
        open_passes = {row[0] for row in archive.conn.execute("SELECT portal_id FROM _passes WHERE ended_at IS NULL")}
        away = lifecycles.retired(archive.conn)
    return [
        portal
        for portal in known.values()
        if portal.id not in away
        and (
            recheck
            or portal.id in open_passes
            or portal.is_due(datetime.fromisoformat(last[portal.id]) if portal.id in last else None, now())
        )
    ]


@luutru.group()
def portal() -> None:
    """Portals: add, list, show, probe, retire."""


@portal.command(name="add", epilog=example("luutru portal add https://tpcaolanh.dongthap.gov.vn/"))
@click.argument("address")
@click.option("--id", "portal_id", help="The portal's id; by default made from its host.")
@click.pass_obj
def portal_add(folder: Path, address: str, portal_id: str | None) -> None:
    """Read ADDRESS, recognise its software, find sections and feeds, and write the portal's file."""
    from crawler.probe import add

    found = add(Folder(folder), address, portal_id=portal_id)
    click.echo(found.summary())


@portal.command(name="list", epilog=example("luutru portal list --province 'Phú Thọ'"))
@click.option("--own", "only_own", is_flag=True, help="Only the archive's own portals, which are crawled when due.")
@click.option("--province", help="Only portals of a province, of the 63 before July 2025 or of the 34 since.")
@as_json
@click.pass_obj
def portal_list(folder: Path, only_own: bool, province: str | None, as_json: bool) -> None:
    """List the archive's own portals (marked *) and those that come with luutru, by province."""
    own, shipped = _folders(folder)
    files = [*([] if only_own else sorted(shipped.glob("*.toml"))), *_files(folder)]
    found = portals.read_all(files, families.families()).values()
    rows = [{"id": p.id, "name": p.name, "province": p.province, "province_now": provinces_now().get(p.province or ""),
             "home": p.home, "family": p.family, "own": (own / f"{p.id}.toml").exists(), "verified": p.verified}
            for p in found if province is None or _is_of(p, province)]  # fmt: skip
    rows.sort(
        key=lambda row: (row["province_now"] is None, row["province_now"] or "", row["province"] or "", row["id"])
    )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        mark, place = "*" if row["own"] else " ", row["province"] or "-"
        if row["province_now"] not in (None, place):
            place = f"{place} → {row['province_now']}"
        click.echo(f"{mark} {row['id']:<28} {row['family']:<15} {place:<34} {row['home']}")


def _is_of(portal: Portal, province: str) -> bool:
    """Whether a portal is of a province, as it was or as it is, written with or without its signs."""
    names = (portal.province or "", provinces_now().get(portal.province or "") or "")
    return fold(province) in {fold(name) for name in names}


@portal.command(name="show", epilog=example("luutru portal show tpcaolanh.dongthap.gov.vn"))
@click.argument("portal_id")
@click.option(
    "--template", is_flag=True, help="Show the templates learnt of its pages instead, as JSON, the newest first."
)
@as_json
@click.pass_obj
def portal_show(folder: Path, portal_id: str, template: bool, as_json: bool) -> None:
    """Show a portal's file, and whether its family has been confirmed on real pages."""
    if template:
        _show_template(folder, portal_id)
        return
    file = portals.find(portal_id, _folders(folder))
    found = portals.read(file, families.families())
    verified = families.families()[found.family].VERIFIED
    if as_json:
        click.echo(
            json.dumps({**found.model_dump(mode="json"), "family_verified": verified}, ensure_ascii=False, indent=2)
        )
        return
    click.echo(f"# {file}")
    click.echo(file.read_text(encoding="utf-8").rstrip())
    if not verified:
        click.echo(_("# The family {family} has not been confirmed on real pages.").format(family=found.family))


def _show_template(folder: Path, portal_id: str) -> None:
    with Archive.open(folder) as archive:
        rows = archive.conn.execute(
            "SELECT learnt_at, template FROM templates WHERE portal_id = ? ORDER BY id DESC", [portal_id]
        ).fetchall()
    if not rows:
        raise ConfigError(f"No template has been learnt of the portal {portal_id} in {folder}.")
    learnt = [{"learnt_at": at, **json.loads(kept)} for at, kept in rows]
    click.echo(json.dumps(learnt, ensure_ascii=False, indent=2))


@luutru.command(epilog=example("luutru read page.html --url https://cong.example/tin/5 --explain"))
@click.argument("source", metavar="URL|FILE")
@click.option("--url", help="The address of a page in a file.")
@click.option("--portal", "portal_id", help="Read it as a page of this portal.")
@click.option("--explain", is_flag=True, help="Show what became of each block of the page.")
@as_json
@click.pass_obj
def read(folder: Path, source: str, url: str | None, portal_id: str | None, explain: bool, as_json: bool) -> None:
    """Read one page again, from a file or from the newest capture of an address, and show what is read.

    Nothing is fetched and nothing is written.
    """
    from crawler.explain import explain as blocks_of
    from crawler.explain import fields

    page, reading, templates = _read_page(folder, source, url, portal_id)
    about = {
        "reader": reading.reader, "tier": reading.tier, "kind": reading.kind, "verdict": reading.verdict,
        "reason": reading.reason, "confidence": reading.confidence,
        "missing": reading.missing, "doubts": reading.doubts,
    }  # fmt: skip
    article = fields(reading.article) if reading.article else None
    lines = list(blocks_of(page, reading, templates)) if explain else []
    if as_json:
        shown = {**about, "article": article} | ({"blocks": [line._asdict() for line in lines]} if explain else {})
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for name, value in {**about, **(article or {})}.items():
        if value not in (None, (), []):
            click.echo(click.style(f"{name}: ", bold=True) + str(value))
    for line in lines:
        kept = line.became in ("title", "summary", "body", "time")
        said = " ".join(line.text.split())
        click.echo(f"{'+' if kept else '-'} {line.became:<9} {line.place[-32:]:<32} {said[:100]}")


@luutru.command(epilog=example("luutru savepage https://cong.example/tin/5 --to tests/pages/cong"))
@click.argument("source", metavar="URL|FILE")
@click.option("--url", help="The address of a page in a file.")
@click.option("--portal", "portal_id", help="Read it as a page of this portal.")
@click.option("--to", "to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder.")
@click.option("--name", help="Name of the two files; by default from the address.")
@click.pass_obj
def savepage(folder: Path, source: str, url: str | None, portal_id: str | None, to: Path, name: str | None) -> None:
    """Make a test of a page: the page and what is read of it as JSON, to be checked by a person."""
    from crawler.savepage import save

    page, reading, _templates = _read_page(folder, source, url, portal_id)
    for path in save(page, reading, to, name):
        click.echo(path)


def _read_page(folder: Path, source: str, url: str | None, portal_id: str | None) -> tuple[Page, Reading, Templates]:
    from crawler.pages import page as page_of
    from crawler.reading import read as read_page

    page, held_by, templates = page_of(folder, source, url)
    portal_id = portal_id or held_by
    portal = portals.read(portals.find(portal_id, _folders(folder)), families.families()) if portal_id else None
    return page, read_page(page, portal, templates)[0], templates


@luutru.command(epilog=example("luutru demo"))
@click.pass_obj
def demo(folder: Path) -> None:
    """Crawl the bundled sample portal over loopback into the archive, and say what to try next."""
    from crawler.demo import demo as show

    sys.exit(show(folder))


_MOUNTED = (
    COMMANDS, past.COMMANDS, cite.COMMANDS, gaps.COMMANDS, alerting.COMMANDS, serving.COMMANDS, again.COMMANDS,
    operating.COMMANDS, overseeing.COMMANDS, dying.COMMANDS,
)  # fmt: skip

for command in (*chain(*_MOUNTED), foreign.import_):
    luutru.add_command(command)
for command in dying.OF_PORTALS:
    portal.add_command(command)


def reference() -> str:
    """All commands with their help, as Markdown (docs/commands.md)."""
    lines: list[str] = []

    def walk(command: click.Command, context: click.Context) -> None:
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.commands[name]
                walk(child, click.Context(child, info_name=name, parent=context, max_content_width=100))
        else:
            lines.extend([f"## {context.command_path}", "", "```", command.get_help(context), "```", ""])

    walk(luutru, click.Context(luutru, info_name="luutru"))
    return "\n".join(lines).rstrip() + "\n"
