"""`rebuild`: the tables made anew from the WARC files, by going through every exchange as the crawl did."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive import coverage, frontier, notes, templates, visits
from archive.beside import anew
from archive.clock import iso
from archive.holdings import File, files_of
from archive.members import Flaw, Member, members, moment_of
from archive.notes import Told
from archive.records import Exchange, Kind, Lease, Link, Stored, Visit
from archive.store import Archive
from archive.warc import ADDRESS, KIND, NOTE_TYPE, ORIGIN, PORTAL, RENDERED, TLS, Noted
from crawler import learnt
from crawler.importing import recalled
from crawler.learning import learn, use
from crawler.looking import Look
from crawler.parsers import template
from crawler.parts import complete, whole
from crawler.portals import POLITE_DELAY, Portal
from crawler.readers import waiting
from crawler.run import PortalRun, Run, entries
from crawler.unread import link_files, read_documents
from crawler.visit import visit


@dataclass(slots=True, kw_only=True)
class Rebuilt:
    """What came of it: how much, what was found damaged (each in a sentence), and where the old database is."""

    files: int = 0
    captures: int = 0
    articles: int = 0
    versions: int = 0
    damage: list[str] = field(default_factory=list)
    kept: Path | None = None


def rebuild(path: Path, known: Mapping[str, Portal]) -> Rebuilt:
    """Make an archive's database anew. `known` are the portals that have a file. Raises as `archive.beside.anew`."""
    found = Rebuilt()
    with anew(path) as made:
        conn = made.archive.conn
        files, told = files_of(path), Told()
        for file in files:
            _take_notes(file, told, found)
        told.reserve(conn)
        with waiting() as look:
            replay = _Replay(made.archive, known, told, found, look)
            for file in files:
                replay.file(file)
            replay.end()
        asyncio.run(read_documents(made.archive))
        with made.archive.transaction():
            told.write(conn)
            coverage.put(conn, [row[0] for row in conn.execute("SELECT id FROM portals ORDER BY id").fetchall()])
        found.files = len(files)
        found.captures, found.articles, found.versions = conn.execute(
            "SELECT (SELECT count(*) FROM captures), (SELECT count(*) FROM articles), (SELECT count(*) FROM versions)"
        ).fetchone()
    found.kept = made.kept
    return found


def _take_notes(file: File, told: Told, found: Rebuilt) -> None:
    """Take in what the notes in a file tell, and name what in it is no record."""
    size = file.path.stat().st_size
    for each in members(file.path):
        if isinstance(each, Flaw):
            if each.offset + each.length < size:  # a torn tail is what a crash leaves: the next crawl moves it away
                found.damage.append(f"{file.name}: {each.length} bytes at {each.offset} are no record: {each.problem}.")
        elif _is_note(each):
            try:
                told.add(each.block)
            except ValueError as error:
                found.damage.append(f"{file.name}: the note at {each.offset} cannot be read: {error}.")


def _is_note(member: Member) -> bool:
    return member.kind == "metadata" and member.fields.get("content-type") == NOTE_TYPE


class _Replay:
    """The runs of an archive, gone through again one after another."""

    def __init__(
        self, archive: Archive, known: Mapping[str, Portal], told: Told, found: Rebuilt, look: Look
    ) -> None:  # fmt: skip
        self.archive = archive
        self.known = dict(known)
        self.found = found
        self.look = look
        for row in told.of("portals"):
            if row["id"] not in self.known:
                self.known[row["id"]] = _portal(row["id"], row["home_url"], row["family"], row["name"])
        self.told_runs = {row["id"] for row in told.of("runs")}
        self.templates = sorted(told.of("templates"), key=lambda row: row["id"])
        self.run: Run | None = None
        self.at = datetime.min.replace(tzinfo=UTC)

    def file(self, file: File) -> None:
        """Go through the exchanges of a file."""
        if self.run is None or self.run.id != file.run_id:
            self.end()
            self.run = self._begin(file)
        request: Member | None = None
        for each in members(file.path):
            if isinstance(each, Member) and each.kind == "response" and request is not None:
                self._exchange(self.run, file, request, each)
            elif isinstance(each, Member) and _is_note(each):
                with self.archive.transaction() as conn:
                    notes.put(conn, _noted(file, each))
            request = each if isinstance(each, Member) and each.kind == "request" else None

    def _begin(self, file: File) -> Run:
        with self.archive.transaction() as conn:
            conn.execute(
                "INSERT INTO runs (id, started_at, version) VALUES (?, ?, ?)",
                [file.run_id, iso(file.at), file.software.removeprefix("luutru/") or "unknown"],
            )
        return Run(self.archive, (), run_id=file.run_id)

    def end(self) -> None:
        """End the run that is gone through; where no note tells what was learnt in it, it is learnt again."""
        if self.run is None:
            return
        self._learn_until(None)
        self.run.settle(self.at)
        link_files(self.archive)
        for each in self.run.portals.values():
            if self.run.id not in self.told_runs:
                learn(self.run, each, at_end=True)
        with self.archive.transaction() as conn:
            conn.execute("UPDATE _frontier SET state = 'queued', run_id = NULL WHERE state = 'leased'")
        self.run = None

    def _exchange(self, run: Run, file: File, request: Member, response: Member) -> None:
        exchange = _exchanged(request, response)
        if exchange is None:
            self.found.damage.append(f"{file.name}: the record at {response.offset} has no date or no address.")
            return
        self._learn_until(exchange.started_at)
        each = self._portal_run(run, request, exchange)
        lease = self._lease(each, request, exchange)
        stored = _stored(file, request, response)
        kept = visit(each.portal, lease, exchange, stored, run.politeness, each.templates, self.look)
        self._keep(run, each, whole(run, kept), exchange.started_at)

    def _keep(self, run: Run, each: PortalRun, kept: Visit, at: datetime) -> None:
        run.keep(each, kept, at)
        self.at = at
        complete(run, kept)
        each.unlearnt += each.may_teach(kept.reading)

    def _portal_run(self, run: Run, request: Member, exchange: Exchange) -> PortalRun:
        portal = self._portal(request.fields.get(PORTAL.lower()), exchange.url)
        if portal.id not in run.portals:
            self.archive.put_portal(portal.row())
            each = PortalRun(portal, visits.Pass(portal.id, 0))
            each.templates = learnt.known(templates.of(self.archive.conn, portal.id))
            with self.archive.transaction() as conn:
                if exchange.origin is None:
                    each.current.number = frontier.begin_pass(conn, portal.id, entries(portal), exchange.started_at)
            run.portals[portal.id] = each
        return run.portals[portal.id]

    def _portal(self, name: str | None, url: str) -> Portal:
        """The portal of a record: as it tells, else by its host."""
        parts = urlsplit(url)
        if name is None:
            host = parts.netloc.lower().removeprefix("www.")
            name = next(
                (each.id for each in self.known.values() if each.host.removeprefix("www.") == host), parts.netloc
            )
        if name not in self.known:
            self.known[name] = _portal(name, f"{parts.scheme}://{parts.netloc}/", "generic", name)
        return self.known[name]

    def _lease(self, each: PortalRun, request: Member, exchange: Exchange) -> Lease:
        """The lease as it was: what the address was taken for, and the article that it had shown by then."""
        url = request.fields.get(ADDRESS.lower(), exchange.url)
        assert isinstance(self.run, Run)
        if exchange.origin is not None:
            return recalled(self.archive, each.portal, url, self.run.id, exchange)
        with self.archive.transaction() as conn:
            row = conn.execute(
                "SELECT kind, article_id FROM _frontier WHERE portal_id = ? AND url = ?", [each.portal.id, url]
            ).fetchone()
            told = request.fields.get(KIND.lower())
            kind = Kind(told) if told else Kind(row[0]) if row else _guessed(url)
            lease = frontier.take(conn, each.portal.id, Link(url=url, kind=kind), self.run.id, exchange.started_at)
        return replace(lease, article_id=row[1] if row and kind is not Kind.ROBOTS else None)

    def _learn_until(self, at: datetime | None) -> None:
        """Use the templates that had been learnt by then, in this run or before."""
        assert self.run is not None
        while self.templates and self.templates[0]["run_id"] <= self.run.id:
            row = self.templates[0]
            if row["run_id"] == self.run.id and at is not None and at <= datetime.fromisoformat(row["learnt_at"]):
                return
            self.templates.pop(0)
            self._use(self.run, row)

    def _use(self, run: Run, row: dict[str, Any]) -> None:
        """Keep a template, and read again what this run has read without it."""
        if row["portal_id"] not in run.portals:  # all of a short run may be of one second
            self.archive.put_portal(self._portal(row["portal_id"], "").row())
        with self.archive.transaction() as conn:
            notes.put_row(conn, "templates", row)
        each = run.portals.get(row["portal_id"])
        if each is None:
            return
        found = template.loaded(row["template"])
        if row["run_id"] == run.id:
            use(run, each, [found])
        else:
            each.templates = learnt.current((found, *each.templates))


def _portal(name: str, home: str, family: str, title: str) -> Portal:
    return Portal.model_validate({"id": name, "name": title, "home": home, "family": family, "delay": POLITE_DELAY})


def _guessed(url: str) -> Kind:
    return Kind.ROBOTS if urlsplit(url).path == "/robots.txt" else Kind.PAGE


def _exchanged(request: Member, response: Member) -> Exchange | None:
    """What was on the wire, and when."""
    at, url = moment_of(response.fields.get("warc-date", "")), response.fields.get("warc-target-uri")
    if at is None or not url:
        return None
    return Exchange(
        url=url, request=request.block, response=response.block, started_at=at,
        ip=response.fields.get("warc-ip-address"), truncated=response.fields.get("warc-truncated"),
        tls=request.fields.get(TLS.lower()), origin=request.fields.get(ORIGIN.lower()),
        rendered=request.fields.get(RENDERED.lower()),
    )  # fmt: skip


def _stored(file: File, request: Member, response: Member) -> Stored:
    return Stored(
        filename=file.name, offset=response.offset, length=response.length, record_sha256=response.sha256,
        request_length=request.length, request_sha256=request.sha256,
        digest=response.fields.get("warc-payload-digest", ""),
        head_length=file.head_length, head_sha256=file.head_sha256,
    )  # fmt: skip


def _noted(file: File, member: Member) -> Noted:
    return Noted(
        filename=file.name, offset=member.offset, length=member.length, record_sha256=member.sha256,
        head_length=file.head_length, head_sha256=file.head_sha256,
    )  # fmt: skip
