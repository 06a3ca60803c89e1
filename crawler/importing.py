"""Importing WARC and WACZ files that others made: each answer goes the way that a crawl's answers go."""

from __future__ import annotations

import asyncio
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from archive import frontier, notes, templates, visits
from archive.clock import digits, now
from archive.errors import ConfigError, DamageError
from archive.foreign import Flaw, Record, records
from archive.http import HttpResponse, parse
from archive.pairs import Answer, answers
from archive.records import Exchange, Issue, Kind, Lease, Link
from archive.store import Archive
from archive.warc import sha1_digest
from crawler import families, learnt
from crawler.learning import learn
from crawler.looking import Look
from crawler.parsers import urls
from crawler.parts import complete, whole
from crawler.portals import Portal
from crawler.readers import waiting
from crawler.receiving import Hosts
from crawler.run import INTERRUPTED, PortalRun, Run, entries, entry_url
from crawler.unread import link_files, read_documents
from crawler.visit import visit

MOST_PACKED = 100
"""WARC files in a WACZ are stored as they are; one that is packed and so many times larger is a bomb."""
MOST_HOSTS = 10_000
"""Hosts without a portal that are counted one by one."""
MOST_AHEAD = timedelta(days=1)
"""A record that is dated further ahead of the clock is not believed."""

_WARC = re.compile(r"archive/[^/]+\.warc(?:\.gz)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_PAGES = ("", "text/html", "application/xhtml+xml", "text/xml", "application/xml")
"""Media types of pages; the addresses of all else are kept as they are, as crawls do."""


@dataclass(slots=True)
class Counts:
    """What became of the answers in the files."""

    imported: int = 0
    known: int = 0
    """Held already."""
    left: Counter[str] = field(default_factory=Counter)
    """Left out, by reason."""
    hosts: Counter[str] = field(default_factory=Counter)
    """Left out because no portal is known for their host, by host."""
    damage: list[str] = field(default_factory=list)
    """Where something could not be read, and what."""


def take(run: Run, paths: Sequence[Path], hosts: Hosts, counts: Counts) -> None:
    """Import WARC and WACZ files into a run without portals, and count what was found.

    Killed at any moment, it is gone on with by the next import. Raises `ConfigError` for a path that is neither, after
    all others were imported, and `OutOfSpaceError`.
    """
    wrong: ConfigError | None = None
    try:
        with waiting() as look:
            taken = _Import(run, hosts, look, counts)
            for path in paths:
                try:
                    taken.path(path)
                except ConfigError as error:
                    wrong = wrong or error
        for each in run.portals.values():
            learn(run, each, at_end=True)
        run.settle(now())
        link_files(run.archive)
    except KeyboardInterrupt:
        _end(run, INTERRUPTED)
        raise
    for line in counts.damage:
        run.archive.note(Issue(kind="import", message=line), run_id=run.id)
    _end(run, wrong.exit_code if wrong else DamageError.exit_code if counts.damage else 0)
    asyncio.run(read_documents(run.archive))
    if wrong:
        raise wrong


def _end(run: Run, code: int) -> None:
    run.archive.end_run(run.id, code)
    notes.write(run.archive, run.warc)
    run.warc.close()


class _Import:
    """The import of some files."""

    def __init__(self, run: Run, hosts: Hosts, look: Look, counts: Counts) -> None:
        self.run = run
        self.archive = run.archive
        self.hosts = hosts
        self.look = look
        self.counts = counts

    def path(self, path: Path) -> None:
        """Import a file; once more where a home page that came late in it made a portal of what was left out."""
        made = len(self.hosts.made)
        if not self._go_through(path, self.counts):
            raise ConfigError(f"{path}: no response could be read in it; it is no WARC file, or an empty one.")
        if len(self.hosts.made) > made:
            again = Counts()
            self._go_through(path, again)
            self.counts.imported += again.imported
            self.counts.left, self.counts.hosts = again.left, again.hosts

    def _go_through(self, path: Path, counts: Counts) -> bool:
        """Import what a file holds that is not held; returns whether it holds any answer."""
        has_answers = False
        for name, found in _records(path):
            for each in answers(found):
                has_answers = has_answers or not isinstance(each, Flaw)
                self._take(name, each, counts)
        return has_answers

    def _take(self, name: str, each: Answer | Flaw, counts: Counts) -> None:
        """Import an answer, or count why not."""
        if isinstance(each, Flaw):
            flaw: Flaw | None = each
        else:
            flaw = _flaw(each)
        if flaw is not None and flaw.is_damage:
            counts.damage.append(f"{name}: at byte {flaw.offset}: {flaw.problem}.")
        elif flaw is not None:
            counts.left[flaw.problem] += 1
        else:
            self._receive(name, cast(Answer, each), counts)

    def _receive(self, name: str, each: Answer, counts: Counts) -> None:
        url = cast(str, urls.normalise(each.record.url))
        exchange = _exchange(name, each)
        answer = parse(exchange.response)
        portal = self.hosts.of(url, answer)
        if portal is None:
            counts.left["of a host without a portal"] += 1
            if len(counts.hosts) < MOST_HOSTS:
                counts.hosts[urls.site(url)] += 1
            return
        address = _canonical(portal, url, answer)
        if self._is_known(portal, {url, address, each.record.url}, exchange, answer):
            counts.known += 1
            return
        self._keep(self._portal_run(portal), address, exchange)
        counts.imported += 1

    def _keep(self, each: PortalRun, address: str, exchange: Exchange) -> None:
        """As a crawl: the record first, durable, then what is read of it."""
        run = self.run
        lease = recalled(self.archive, each.portal, address, run.id, exchange)
        stored = run.store(exchange, lease)
        run.warc.sync()
        found = visit(each.portal, lease, exchange, stored, run.politeness, each.templates, self.look)
        found = whole(run, found)
        run.tell(address, run.keep(each, found))
        complete(run, found)
        each.unlearnt += each.may_teach(found.reading)
        learn(run, each)

    def _portal_run(self, portal: Portal) -> PortalRun:
        if portal.id not in self.run.portals:
            self.archive.put_portal(portal.row())
            found = PortalRun(portal, visits.Pass(portal.id, 0))
            found.templates = learnt.known(templates.of(self.archive.conn, portal.id))
            self.run.portals[portal.id] = found
        return self.run.portals[portal.id]

    def _is_known(self, portal: Portal, addresses: set[str], exchange: Exchange, answer: HttpResponse) -> bool:
        """Whether the archive holds the same answer of the same second."""
        row = self.archive.conn.execute(
            f"SELECT 1 FROM captures WHERE url IN ({', '.join('?' * len(addresses))}) AND portal_id = ?"
            " AND timestamp = ? AND status IS ? AND digest = ?",
            [*addresses, portal.id, digits(exchange.started_at), answer.status or None, sha1_digest(answer.entity)],
        ).fetchone()
        return row is not None


def recalled(archive: Archive, portal: Portal, address: str, run_id: int, exchange: Exchange) -> Lease:
    """The lease of an imported answer: it is taken for what the frontier knows, or the portal's file says."""
    known = {link.url: link.kind for link in entries(portal)}
    kind = known.get(address, Kind.ROBOTS if urlsplit(address).path == "/robots.txt" else Kind.PAGE)
    with archive.transaction() as conn:
        link = Link(url=address, kind=kind)
        return frontier.recall(conn, portal.id, link, run_id, exchange.started_at)


def _flaw(each: Answer) -> Flaw | None:
    """Why an answer is not imported, if so."""
    record = each.record
    at = _moment(record.fields.get("warc-date", ""))
    problem, is_damage = None, False
    if record.kind != "response":
        problem = f"{record.kind} records"
    elif not record.url.lower().startswith(("http:", "https:")) or urls.normalise(record.url) is None:
        problem = "not of the web"
    elif each.method != "GET":
        problem = "not asked for with GET"
    elif "warc-segment-number" in record.fields:
        problem = "parts of records that are split over several"
    elif at is None or at > now() + MOST_AHEAD:
        problem, is_damage = "a record without a date that can be believed", True
    elif record.doubt:
        problem, is_damage = record.doubt, True
    return Flaw(offset=record.offset, problem=problem, is_damage=is_damage) if problem else None


def _exchange(name: str, each: Answer) -> Exchange:
    record = each.record
    at = _moment(record.fields["warc-date"])
    assert at is not None, "it was looked at"
    origin = " ".join(f"{name}@{record.offset} {record.id} {each.software}".split())
    return Exchange(
        url=record.url, request=each.request.block if each.request else b"", response=record.block, started_at=at,
        ip=record.fields.get("warc-ip-address"), truncated=record.fields.get("warc-truncated"),
        origin="".join(letter for letter in origin if letter.isprintable())[:500],
    )  # fmt: skip


def _canonical(portal: Portal, url: str, answer: HttpResponse) -> str:
    """The address as a crawl would have it: that of an entry, the family's form for a page, itself for a file."""
    canonical = families.families()[portal.family].canonical
    for entry in (portal.home, *(section.url for section in portal.sections)):
        if canonical(entry) == canonical(url):
            return entry_url(portal, entry)
    mimetype = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return canonical(url) if mimetype in _PAGES else url


def _moment(date: str) -> datetime | None:
    """The time of a WARC-Date; `None` where it is none."""
    if not _DATE.match(date):
        return None
    try:
        found = datetime.fromisoformat(date)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _records(path: Path) -> Iterator[tuple[str, Iterator[Record | Flaw]]]:
    """The WARC files in a path, each by its name: the file itself, or those within a WACZ."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            file.seek(0)
            yield path.name, _guarded(file)
            return
    try:
        with zipfile.ZipFile(path) as package:
            yield from _parts(path, package)
    except zipfile.BadZipFile as error:
        raise ConfigError(f"{path}: cannot be read as a WACZ: {error}.") from error


def _parts(path: Path, package: zipfile.ZipFile) -> Iterator[tuple[str, Iterator[Record | Flaw]]]:
    """The WARC files of a WACZ. Nothing is unpacked to the disk, whatever their names."""
    if sum(each.compress_size for each in package.infolist()) > path.stat().st_size:
        raise ConfigError(f"{path}: cannot be read as a WACZ: its parts overlap.")
    for part in package.infolist():
        if not _WARC.fullmatch(part.filename):
            continue
        name = f"{path.name}#{part.filename}"
        if part.file_size > MOST_PACKED * max(part.compress_size, 1):
            yield name, iter([Flaw(offset=part.header_offset, problem=f"it unpacks to {part.file_size} bytes: a bomb")])
            continue
        try:
            with package.open(part) as file:
                yield name, _guarded(cast(BinaryIO, file))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:  # broken, encrypted, unknown packing
            yield name, iter([Flaw(offset=part.header_offset, problem=f"cannot be unpacked: {error}")])


def _guarded(file: BinaryIO) -> Iterator[Record | Flaw]:
    """The records of a file, and what stops the reading of it."""
    try:
        yield from records(file)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        yield Flaw(offset=file.tell(), problem=f"cannot be read on: {error}")
