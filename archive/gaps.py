"""The command that shows what is held of what portals published, and what is missing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from archive import coverage as covering
from archive import paper
from archive.cli import as_json, example
from archive.coverage import Count, Coverage
from archive.export import known_portal
from archive.language import _
from archive.store import Archive

_COLUMNS = ("expected", "held", "missing", "gone", "unknown")


@click.command(epilog=example("luutru coverage tpcaolanh.dongthap.gov.vn --gaps"))
@click.argument("portal_id", metavar="[PORTAL]", required=False)
@click.option("--gaps", is_flag=True, help="Name each address that is missing, and why.")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page, all of it.")
@as_json
@click.pass_obj
def coverage(folder: Path, portal_id: str | None, gaps: bool, page: Path | None, as_json: bool) -> None:
    """Show how much is held of what portals are known to have published: by portal, or one by section and month.

    Expected is what lists, feeds, sitemaps and links name; unknown is an estimate: what pages of lists that were not
    read would name. Gone is what the portal no longer had when it was asked for.
    """
    with Archive.open(folder) as archive:
        known_portal(archive.conn, portal_id)
        known = [row[0] for row in archive.conn.execute("SELECT id FROM portals ORDER BY id")]
        found = [covering.of(archive.conn, each) for each in known if portal_id in (None, each)]
    if page is not None:
        values = {"columns": _COLUMNS, "sorted": _sorted, "numbers": _numbers, "share": _share}
        paper.write(page, "coverage.html", folder=folder, portals=found, **values)
        click.echo(_("Written: {file}.").format(file=page))
    elif as_json:
        click.echo(json.dumps([_told(each, gaps=gaps) for each in found], ensure_ascii=False, indent=2))
    elif gaps:
        _show_gaps(found)
    else:
        _show(found, by_place=portal_id is not None)


def _told(found: Coverage, *, gaps: bool) -> dict[str, Any]:
    """What is held of a portal, as JSON has it."""
    places = [
        {"section": section, "month": month, **_numbers(count)} for (section, month), count in _sorted(found)
    ]  # fmt: skip
    told = {"portal": found.portal_id, **_numbers(found.total), "places": places}
    return {**told, "gaps": [asdict(each) for each in found.gaps]} if gaps else told


def _numbers(count: Count) -> dict[str, int]:
    return {name: getattr(count, name) for name in _COLUMNS}


def _sorted(found: Coverage) -> list[tuple[covering.Place, Count]]:
    return sorted(found.counts.items(), key=lambda each: (each[0][0] or "", each[0][1] or ""))


def _share(count: Count) -> str:
    return f"{100 * count.held / count.expected:.1f} %" if count.expected else "–"


def _show(found: list[Coverage], *, by_place: bool) -> None:
    table = Table(box=None)
    for heading in ("portal", *(("section", "month") if by_place else ()), *_COLUMNS, "share"):
        table.add_column(_(heading), overflow="fold")
    for each in found:
        if by_place:
            for (section, month), count in _sorted(each):
                numbers = map(str, _numbers(count).values())
                table.add_row(each.portal_id, section or "–", month or "–", *numbers, _share(count))
        total = each.total
        places = (_("total"), "") if by_place else ()
        table.add_row(each.portal_id, *places, *map(str, _numbers(total).values()), _share(total))
    Console().print(table)


def _show_gaps(found: list[Coverage]) -> None:
    for each in found:
        for gap in each.gaps:
            click.echo(f"{gap.portal_id}  {gap.month or '–'}  {gap.url}\n    {gap.why}")
    if not any(each.gaps for each in found):
        click.echo(_("Nothing that is known is missing."))


COMMANDS = (coverage,)
