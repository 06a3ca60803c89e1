"""The commands that show what a portal changed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archive import versions
from archive.cli import as_json, example
from archive.errors import ConfigError
from archive.hunks import ChangeKind
from archive.language import _
from archive.normalise import fold, nfc, spellings
from archive.query import WORD, Term
from archive.rows import rows
from archive.store import Archive
from archive.units import unit
from archive.versions import Text, Version
from archive.wording import differing

_SQL = """
SELECT changes.article_id AS article, old.timestamp AS "from", new.timestamp AS "to", seen_at, kind, removed, added,
  articles.title, articles.url, portal_id AS portal FROM changes
JOIN versions AS old ON old.id = from_version JOIN versions AS new ON new.id = to_version
JOIN articles ON articles.id = changes.article_id
WHERE (?1 IS NULL OR changes.id IN (SELECT rowid FROM changes_fts WHERE changes_fts MATCH ?1))
  AND (?2 IS NULL OR portal_id = ?2) AND (?3 IS NULL OR seen_at >= ?3) AND (?4 IS NULL OR kind = ?4)
ORDER BY seen_at DESC, changes.id DESC"""


@click.command(epilog=example('luutru changes --removed "Nguyễn Văn A" --since 2026-01-01'))
@click.option("--removed", help="Words that stood together and were removed; with Vietnamese marks or without.")
@click.option("--added", help="Words that were added.")
@click.option("--portal", help="Only of this portal.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was seen on this day or later.")
@click.option("--kind", type=click.Choice([kind.value for kind in ChangeKind]), help="Only changes of this kind.")
@as_json
@click.pass_obj
def changes(
    folder: Path, removed: str | None, added: str | None, portal: str | None, since: datetime | None,
    kind: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Show what portals changed in articles after they had been archived, the newest first."""
    with Archive.open(folder) as archive:
        shown = list(found(archive.conn, removed=removed, added=added, portal=portal, since=since, kind=kind))
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for row in shown:
        click.echo(f"{row['article']}  {row['from']} → {row['to']}  {row['kind']}  {row['title']}")
        for side, mark, colour in (("removed", "-", "red"), ("added", "+", "green")):
            for piece in row[side].splitlines():
                click.secho(f"    {mark} {piece}", fg=colour)
    if not shown:
        click.echo(_("Nothing found."))


def found(
    conn: sqlite3.Connection, *, removed: str | None = None, added: str | None = None, portal: str | None = None,
    since: datetime | None = None, kind: str | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """What portals changed, the newest first: with words that were removed or added, of a portal, since a day."""
    wanted = {"removed": removed, "added": added}
    expression = " AND ".join(f"{{{side} {side}_d}} : {_phrase(words)}" for side, words in wanted.items() if words)
    for row in rows(conn, _SQL, [expression or None, portal, since and since.strftime("%F"), kind]):
        if all(_has(row[side], words) for side, words in wanted.items()):
            yield row


def _phrase(words: str) -> str:
    forms = unit(Term(tuple(WORD.findall(nfc(words))), quoted=True)).near
    return "(" + " OR ".join(f'"{" ".join(form)}"' for form in forms) + ")"


def _has(text: str, words: str | None) -> bool:
    """Whether words that were asked for with marks stand there with these marks, in whatever place (hòa, hoà)."""
    if not words or nfc(words).lower() == fold(words):
        return True
    wanted, found = (" ".join(min(spellings(word)) for word in WORD.findall(nfc(each))) for each in (words, text))
    return f" {wanted} " in f" {found} "


@click.command(epilog=example("luutru diff 17 20260301050000 20260308050000"))
@click.argument("article", type=int)
@click.argument("first", metavar="[FROM]", required=False)
@click.argument("last", metavar="[TO]", required=False)
@as_json
@click.pass_obj
def diff(folder: Path, article: int, first: str | None, last: str | None, as_json: bool) -> None:
    """Show word by word what changed in ARTICLE (its number) between two versions (14-digit timestamps).

    By default the last two. What was removed stands in [-…-], what was added in {+…+}; in colours on a terminal.
    """
    with Archive.open(folder) as archive:
        found = versions.history(archive.conn, article)
        if not found:
            raise ConfigError(f"There is no article {article} in {folder}.")
        new = _version(found, last) if last else found[-1]
        old = _version(found, first) if first else found[max(found.index(new) - 1, 0)]
    lines = list(_lines(old.text, new.text))
    if as_json:
        told = {"article": article, "from": old.timestamp, "to": new.timestamp, "lines": lines}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"{article}  {old.timestamp} → {new.timestamp}")
    for line in lines:
        click.echo(f"{line['part']}: " + _marked(line["text"]))
    if not lines:
        click.echo(_("The two are the same."))


def _version(found: list[Version], timestamp: str) -> Version:
    for version in reversed(found):
        if version.timestamp == timestamp:
            return version
    raise ConfigError(f"There is no version {timestamp}; there are: {', '.join(each.timestamp for each in found)}.")


def _lines(old: Text, new: Text) -> Iterator[dict[str, Any]]:
    """What differs, by part of the article: the text with what was removed and added in marks."""
    for part, said in differing(old, new):
        yield {"part": part, "text": "".join(_MARKS[kind].format(text) for kind, text in said).strip()}


_MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}


def _marked(text: str) -> str:
    """The marks in colours; click takes them out again where the output is no terminal, so the marks stay."""
    text = re.sub(r"\[-.*?-\]", lambda match: click.style(match[0], fg="red"), text, flags=re.DOTALL)
    return re.sub(r"\{\+.*?\+\}", lambda match: click.style(match[0], fg="green"), text, flags=re.DOTALL)


COMMANDS = (changes, diff)
