"""The commands that need an archive and no crawler."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archive import describe as descriptions
from archive.clock import now
from archive.describe import tables
from archive.errors import ConfigError, DamageError, UnreadableError
from archive.exporting import export
from archive.health import note_verified
from archive.integrity import verify as check
from archive.language import _
from archive.order import WHEN
from archive.search import search as find
from archive.store import Archive
from archive.upgrade import upgrade

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def example(command: str) -> str:
    """The epilogue of a command's help: one call as one would type it."""
    return f"Example:  {command}"


@click.command(epilog=example("luutru init ./archive-data --contact mailto:archive@example.org"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--contact", default=None, help="Where portals' administrators can reach you (in the User-Agent).")
def init(folder: Path, contact: str | None) -> None:
    """Make an archive in FOLDER; what is there already stays."""
    with Archive.open(folder, write=True) as archive:
        settings = archive.folder.settings_file
        if contact is not None:
            text = settings.read_text(encoding="utf-8")
            if 'contact = ""' not in text:
                raise ConfigError(f"{settings}: contact is set already; edit the file to change it.")
            settings.write_text(text.replace('contact = ""', f"contact = {json.dumps(contact)}"), encoding="utf-8")
            archive.folder.settings()
    click.echo(_("The archive is ready: {folder}").format(folder=folder))
    if not archive.folder.settings().contact:
        click.echo(_("Please set a contact address in {file}.").format(file=settings))


def _as_dict(cursor: Any, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


@click.command(epilog=example('luutru search "hội nghị tổng kết"'))
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="Most articles to show.")
@as_json
@click.pass_obj
def search(folder: Path, query: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find articles, with Vietnamese marks or without. Put words that stand together in quotes."""
    with Archive.open(folder) as archive:
        found = find(archive.conn, " ".join(query), limit=limit)
    if as_json:
        click.echo(json.dumps([asdict(hit) for hit in found.hits], ensure_ascii=False, indent=2))
        return
    if found.guess:
        click.echo(str(found.guess))
    for hit in found.hits:
        click.echo(f"{hit.id}  {(hit.published_at or '')[:10]}  {click.style(hit.title, bold=True)}")
        snippet = " ".join(hit.snippet.split())
        on, off = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("[", "]")
        click.echo("    " + snippet.replace("⟦", on).replace("⟧", off))
        click.echo(f"    {hit.url}")
    if not found.hits:
        click.echo(_("Nothing found."))


@click.command(epilog=example("luutru history 17"))
@click.argument("article", type=int)
@as_json
@click.pass_obj
def history(folder: Path, article: int, as_json: bool) -> None:
    """Show the versions and states of ARTICLE (its number), and the evidence for each."""
    with Archive.open(folder) as archive:
        archive.conn.row_factory = _as_dict
        rows = archive.conn.execute(
            "SELECT versions.id AS version, versions.timestamp, title, author, published_at, length(body) AS letters,"
            " reader, filename, offset, length, record_sha256 FROM versions JOIN captures ON captures.id = capture_id"
            " WHERE versions.id IN (SELECT max(id) FROM versions WHERE article_id = ? GROUP BY capture_id)"
            f" ORDER BY {WHEN}, capture_id",
            [article],
        ).fetchall()
        states = archive.conn.execute(
            "SELECT states.status, at, reason, captures.url, captures.status AS http, filename, offset, length,"
            " record_sha256 FROM states JOIN captures ON captures.id = capture_id WHERE article_id = ?"
            " ORDER BY states.id",
            [article],
        ).fetchall()
        kinds: dict[int, list[str]] = {}
        for step in archive.conn.execute(
            "SELECT to_version, kind FROM changes WHERE article_id = ? ORDER BY id", [article]
        ):
            kinds.setdefault(step["to_version"], []).append(step["kind"])
        about = archive.conn.execute(
            "SELECT status, gone_since, first_seen, last_seen, url FROM articles WHERE id = ?", [article]
        ).fetchone()
    if about is None:
        raise ConfigError(f"There is no article {article} in {folder}.")
    for row in rows:
        row["changes"] = kinds.get(row["version"], [])
    if as_json:
        told = {"article": article, **about, "versions": rows, "states": states}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"{about['url']}\n{about['status']}, {about['first_seen']} … {about['last_seen']}")
    for row in rows:
        click.echo(f"{row['timestamp']}  {row['title']}  ({row['letters']})  {', '.join(row['changes'])}")
        click.echo(_evidence(row))
    for row in states:
        click.echo(f"{row['at']}  {row['status']}  {row['reason'] or ''}  {row['url']}")
        click.echo(_evidence(row))


def _evidence(row: dict[str, Any]) -> str:
    return f"    {row['filename']} @{row['offset']}+{row['length']}  sha256 {row['record_sha256'][:16]}…"


@click.command(epilog=example("luutru verify --deep"))
@click.option("--deep", is_flag=True, help="Also parse every record and compare its payload's digest.")
@as_json
@click.pass_obj
def verify(folder: Path, deep: bool, as_json: bool) -> None:
    """Check every byte of the archive against its digest; name what is wrong. Exit code 7 on damage."""
    try:
        with Archive.open(folder) as archive:
            report = check(archive, deep=deep)
            note_verified(archive.folder, report, deep=deep, at=now())
    except UnreadableError as error:
        raise DamageError(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        for line in (*report.damage, *report.notes):
            click.echo(line)
        click.echo(_("{records} records in {files} files checked ({bytes} bytes); {damage} damaged.").format(
            records=report.records, files=report.files, bytes=report.bytes, damage=len(report.damage)))  # fmt: skip
    if report.damage:
        raise DamageError(f"{folder}: damage was found in {len(report.damage)} places.")


@click.command(epilog=example("luutru --archive ./archive-data migrate"))
@as_json
@click.pass_obj
def migrate(folder: Path, as_json: bool) -> None:
    """Bring an archive of an older luutru up to this one, after a copy of its database.

    All of it is done, or nothing: it may be interrupted at any moment and called again.
    """
    found = upgrade(folder)
    if as_json:
        backup = str(found.backup) if found.backup else None
        click.echo(json.dumps({"done": found.done, "backup": backup}, ensure_ascii=False, indent=2))
    elif found.backup:
        click.echo(_("The database as it was is kept in {file}.").format(file=found.backup))
        click.echo(_("Done: {migrations}.").format(migrations=", ".join(found.done)))
    else:
        click.echo(_("The archive is up to date."))


@click.command(epilog=example("luutru describe articles"))
@click.argument("table", required=False)
@as_json
def describe(table: str | None, as_json: bool) -> None:
    """Say what the tables and columns mean."""
    found = [each for each in tables() if table in (None, each.name)]
    if not found:
        raise ConfigError(f"There is no table {table!r}; there are: {', '.join(t.name for t in tables())}")
    if as_json:
        everything = descriptions.metadata()["databases"]["archive"]["tables"]
        click.echo(json.dumps({each.name: everything[each.name] for each in found}, ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(click.style(each.name, bold=True) + f": {each.description}")
        for column in each.columns:
            click.echo(f"  {column.name:<16} {column.description}")
        click.echo()


COMMANDS = (init, search, history, verify, migrate, export, describe)
