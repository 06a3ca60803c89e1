"""`reparse`: what today's readers make of the captures of articles, beside what was made of them before.

The portal has shown nothing new: a text that differs is a further row of `versions` for the same capture, never a
change, and every permanent address answers as before, with the newer reading.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from archive import rereading, templates, versions
from archive.records import Kind, Reading, Verdict
from archive.rereading import Held
from archive.store import Archive
from archive.versions import Text
from crawler import learnt
from crawler.learnt import Templates
from crawler.looking import Look
from crawler.pages import of_capture
from crawler.parts import joined
from crawler.portals import Portal
from crawler.readers import waiting
from crawler.unread import read_documents

SAMPLES = 10
"""Articles that are shown with what they would become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One text of an article as it was read before and as it is read now, in the fields that differ."""

    article_id: int
    timestamp: str
    reader: str
    before: dict[str, object]
    after: dict[str, object]


@dataclass(slots=True, kw_only=True)
class Reparsed:
    """What came of it, or would."""

    captures: int = 0
    """Captures that were read."""
    new: int = 0
    """Articles on pages of which no article was read before."""
    articles: set[int] = field(default_factory=set)
    """Articles with a text that is read otherwise."""
    by_field: Counter[str] = field(default_factory=Counter)
    """Texts that differ, by field."""
    samples: list[Difference] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Addresses whose capture shows no article any more, by today's readers: they stay as they were."""
    documents: int = 0
    """Documents that were tried again."""


def reparse(
    archive: Archive, known: Mapping[str, Portal], *, portal_id: str | None = None, compare: bool = False
) -> Reparsed:
    """Read the captures that made versions again; with `compare` nothing is written.

    Each capture is a transaction of its own: an interrupted run loses nothing, and the next one goes on.
    """
    found = Reparsed()
    learnt_of: dict[str, Templates] = {}
    with waiting() as look:
        for held, article_id in rereading.versions_held(archive.conn, portal_id):
            portal = known.get(held.portal_id)
            if portal is None:
                continue
            if held.portal_id not in learnt_of:
                learnt_of[held.portal_id] = learnt.known(templates.of(archive.conn, held.portal_id))
            found.captures += 1
            reading = _read(archive, held, portal, learnt_of[held.portal_id], look)
            if reading is not None:
                _take(found, archive, held, article_id, reading, compare=compare)
        _take_new(found, archive, known, portal_id, look, compare=compare)
    if not compare:
        found.documents = rereading.forget_unread(archive, portal_id)
        asyncio.run(read_documents(archive))
    return found


def _take_new(
    found: Reparsed, archive: Archive, known: Mapping[str, Portal], portal_id: str | None, look: Look, *, compare: bool
) -> None:
    """Take the articles of pages that nobody has read as such."""
    for each in [portal_id] if portal_id else known:
        kept = learnt.known(templates.of(archive.conn, each))
        for held in reversed(list(rereading.read_by_nobody(archive.conn, each, listings=False))):
            found.captures += 1
            reading = _read(archive, held, known[each], kept, look)
            if reading and reading.article and reading.verdict is Verdict.GOOD and reading.kind is Kind.ARTICLE:
                if rereading.is_article(archive.conn, held):
                    continue
                found.new += 1
                if not compare:
                    rereading.keep(archive, rereading.current_pass(archive.conn, each), held, reading, ())


def _read(archive: Archive, held: Held, portal: Portal, known: Templates, look: Look) -> Reading | None:
    """Today's reading of a capture; None for a further page of an article that is split over several."""
    reading = look(of_capture(archive, held), portal, known, at_article=True).reading
    if reading.kind is Kind.PART:
        return None
    if not (reading.article and reading.article.parts):
        return reading
    return joined(archive, portal, reading, held.at, is_imported=held.is_imported)


def _take(found: Reparsed, archive: Archive, held: Held, article_id: int, reading: Reading, *, compare: bool) -> None:
    former = versions.of_capture(archive.conn, article_id, held.id)
    assert former is not None, "the capture made a version"
    if reading.article is None or reading.verdict is not Verdict.GOOD:
        found.unread.append(f"{held.url} ({reading.reader}: {reading.reason or reading.kind})")
        return
    now = Text.of(reading.article)
    differing = list(_differing(former.text, now))
    if differing:
        found.articles.add(article_id)
        found.by_field.update(differing)
        if len(found.samples) < SAMPLES:
            found.samples.append(
                Difference(
                    article_id=article_id,
                    timestamp=former.timestamp,
                    reader=reading.reader,
                    before={name: getattr(former.text, name) for name in differing},
                    after={name: getattr(now, name) for name in differing},
                )
            )
    if differing and not compare:
        rereading.reread(archive, held, article_id, reading)


def _differing(before: Text, after: Text) -> Iterator[str]:
    return (each.name for each in fields(Text) if getattr(before, each.name) != getattr(after, each.name))
