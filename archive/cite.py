"""How to cite an archived text: for reference managers and as one writes it, with its permanent address."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from archive import versions
from archive.cli import as_json, example
from archive.clock import VIETNAM, moment
from archive.errors import ConfigError
from archive.normalise import fold
from archive.store import Archive

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text that is cited: what the portal printed, and where the archive has it."""

    article_id: int
    timestamp: str
    """14 digits, UTC: when it was captured."""
    title: str
    author: str | None
    portal: str
    published: date | None
    url: str
    address: str
    """The permanent address of this text."""

    @property
    def archived(self) -> date:
        """The day of the capture, in Viet Nam."""
        return moment(self.timestamp).astimezone(VIETNAM).date()


def address(article_id: int, timestamp: str, site: str | None = None) -> str:
    """The permanent address of a text: a whole one where a viewer's address is given.

    >>> address(17, "20260301050000"), address(17, "20260301050000", "https://luutru.example/")
    ('luutru:17/20260301050000', 'https://luutru.example/article/17/20260301050000')
    """
    if site is None:
        return f"luutru:{article_id}/{timestamp}"
    return f"{site.rstrip('/')}/article/{article_id}/{timestamp}"


def source(
    conn: sqlite3.Connection, article_id: int, timestamp: str | None = None, site: str | None = None
) -> Source | None:
    """The text to cite: that of a timestamp, else the newest; None where there is none."""
    find = versions.find(conn, article_id, timestamp) if timestamp else versions.newest(conn, article_id)
    if find is None:
        return None
    url, portal = conn.execute(
        "SELECT articles.url, name FROM articles JOIN portals ON portals.id = portal_id WHERE articles.id = ?",
        [article_id],
    ).fetchone()
    text = find.text
    return Source(
        article_id=article_id, timestamp=find.timestamp, title=" ".join(text.title.split()), author=text.author,
        portal=portal, published=datetime.fromisoformat(text.published_at).date() if text.published_at else None,
        url=url, address=address(article_id, find.timestamp, site),
    )  # fmt: skip


def _vietnamese(cited: Source) -> str:
    who = f"{cited.author} ({cited.published.year if cited.published else 'k.n.'}), " if cited.author else ""
    when = f", ngày {cited.published:%d/%m/%Y}" if cited.published else ""
    return (
        f"{who}“{cited.title}”, {cited.portal}{when}, {cited.url}, bản lưu ngày {cited.archived:%d/%m/%Y}:"
        f" {cited.address}."
    )


def _long(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _apa(cited: Source) -> str:
    day = cited.published
    when = f"({day.year}, {_MONTHS[day.month - 1]} {day.day})" if day else "(n.d.)"
    archived = f"{cited.url} (archived {_long(cited.archived)}, at {cited.address})"
    if cited.author:
        return f"{_ended(cited.author)} {when}. {_ended(cited.title)} {_ended(cited.portal)} {archived}"
    return f"{_ended(cited.portal)} {when}. {_ended(cited.title)} {archived}"


def _chicago(cited: Source) -> str:
    who = f"{_ended(cited.author)} " if cited.author else ""
    when = f"{_long(cited.published)}. " if cited.published else ""
    return (
        f"{who}“{_ended(cited.title)}” {_ended(cited.portal)} {when}{cited.url}."
        f" Archived {_long(cited.archived)}, at {cited.address}."
    )


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _bibtex(cited: Source) -> str:
    day = cited.published
    fields = {
        "author": cited.author and f"{{{_tex(cited.author)}}}",
        "title": f"{{{_tex(cited.title)}}}",
        "howpublished": _tex(cited.portal),
        "year": day and str(day.year),
        "month": day and str(day.month),
        "day": day and str(day.day),
        "url": _percent(cited.url),
        "urldate": cited.archived.isoformat(),
        "note": f"Archived at {_tex(cited.address)}",
        "langid": "vietnamese",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{_key(cited)},\n" + ",\n".join(lines) + "\n}"


def _key(cited: Source) -> str:
    words = re.findall(r"[a-z0-9]+", fold(cited.title))[:2]
    return "".join([*words, str(cited.published.year if cited.published else ""), f"-{cited.article_id}"])


_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    each: f"\\{each}" for each in "{}$&#_%"
}


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def _percent(url: str) -> str:
    """An address in which no letter ends a field or begins a command."""
    return "".join(f"%{ord(letter):02X}" if letter in "{}\\" else letter for letter in url)


def _csl(cited: Source) -> str:
    item: dict[str, Any] = {
        "id": f"luutru-{cited.article_id}-{cited.timestamp}",
        "type": "webpage",
        "title": cited.title,
        **({"author": [{"literal": cited.author}]} if cited.author else {}),
        "container-title": cited.portal,
        **({"issued": _parts(cited.published)} if cited.published else {}),
        "accessed": _parts(cited.archived),
        "URL": cited.url,
        "archive": "luutru",
        "archive_location": cited.address,
        "language": "vi-VN",
    }
    return json.dumps([item], ensure_ascii=False, indent=2)


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


STYLES: dict[str, Callable[[Source], str]] = {
    "vietnamese": _vietnamese,
    "apa": _apa,
    "chicago": _chicago,
    "bibtex": _bibtex,
    "csl": _csl,
}
"""What a source is written as: three ways for people, BibTeX, and CSL-JSON for Zotero and the like."""


@click.command(epilog=example("luutru cite 17 --version 20260301050000 --style bibtex"))
@click.argument("article", type=int)
@click.option("--version", "timestamp", help="The 14-digit timestamp of the text; by default the newest.")
@click.option("--style", type=click.Choice(list(STYLES)), default="vietnamese", show_default=True, help="How.")
@click.option("--site", help="Address of the viewer that readers of the citation can open.")
@as_json
@click.pass_obj
def cite(folder: Path, article: int, timestamp: str | None, style: str, site: str | None, as_json: bool) -> None:
    """Say how to cite ARTICLE (its number), with the permanent address of its text."""
    with Archive.open(folder) as archive:
        found = source(archive.conn, article, timestamp, site)
        if found is None:
            known = [each.timestamp for each in versions.history(archive.conn, article)]
            raise ConfigError(
                f"Article {article} has no version {timestamp}; there are: {', '.join(known)}." if known
                else f"There is no article {article} in {folder}."
            )  # fmt: skip
    if as_json:
        told = {"address": found.address, **{name: write(found) for name, write in STYLES.items()}}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(STYLES[style](found))


COMMANDS = (cite,)
