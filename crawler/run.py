"""One crawl run: its archive, its portals and their passes, what it may still do, and how it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urljoin, urlsplit

from archive import __version__, frontier, listed, looks, notes, templates, visits, witnesses
from archive.articles import lengths
from archive.clock import now
from archive.errors import CrawlFailedError, LuutruError, OutOfSpaceError, UnreachableError
from archive.overview import BAD_SHARE
from archive.records import Exchange, Issue, Kind, Lease, Link, Reading, Stored, Tier, Verdict, Visit
from archive.store import Archive
from archive.visits import Kept
from archive.warc import WarcWriter
from crawler import families, learnt
from crawler.doubts import Habit
from crawler.learnt import Templates
from crawler.parsers.thresholds import WITNESSES
from crawler.politeness import RETRY_AFTER_MOST, Politeness
from crawler.portals import Portal, polite
from crawler.recrawl import Recrawl
from crawler.wire.connecting import Terms

HELD = 16
"""Addresses leased at a time; a crash gives them back."""
FIRST_TRY = 16
"""Pages without a template after which a portal's first one is tried; then after twice as many, and at the end."""
INTERRUPTED, TIME_LIMIT = 11, 15

Listener = Callable[[str, Kept], None]
"""Told of each address and what became of it, after the commit."""


@dataclass(slots=True)
class PortalRun:
    """A portal in a run."""

    portal: Portal
    current: visits.Pass
    terms: Terms = field(default_factory=Terms)
    """How its servers are asked."""
    held: deque[Lease] = field(default_factory=deque)
    traps: set[tuple[str, str]] = field(default_factory=set)
    """What was refused as endless, by reason and shape: told once each."""
    answered: int = 0
    """Pages answered in this run, counted against the portal's budget."""
    stopped: str | None = None
    """Why nothing more is fetched from it in this run."""
    unreachable: str | None = None
    """Why its home page could not be had."""
    templates: Templates = ()
    """What has been learnt of its pages, where no family knows them."""
    unlearnt: int = 0
    """Pages that may teach a template, since one was learnt last, or tried to."""
    habit: Habit = field(default_factory=lambda: Habit(()))
    """How long its articles usually are."""
    learn_at: int = FIRST_TRY
    """So many of them are the next occasion to learn."""
    recrawl: Recrawl = field(default_factory=Recrawl)
    """What became of its known articles."""
    entries: frozenset[str] = field(init=False)
    """The addresses of its home page and sections."""
    cookies: dict[str, str] = field(default_factory=dict)
    """The answers to challenges, by host: sent along where the portal's file allows it."""
    spoilt: bool = False
    """Whether it was stopped because too many of them are suspect."""

    def __post_init__(self) -> None:
        self.entries = frozenset(link.url for link in entries(self.portal) if link.kind is not Kind.SITEMAP)

    def may_teach(self, reading: Reading | None) -> bool:
        """Whether a template may be learnt from a page that was read so."""
        if reading is None:
            return False
        is_open = reading.tier is Tier.LEARNT and not learnt.settled(self.templates)
        return reading.tier is Tier.GENERIC or reading.kind is Kind.LISTING or is_open

    @property
    def home(self) -> str:
        """The home page's address as the frontier has it."""
        return entry_url(self.portal, self.portal.home)


class Run:
    """A crawl of some portals into one archive. `begin` it, let the scheduler take leases, then `end` it.

    With `run_id` it is an earlier run that is gone through again.
    """

    def __init__(
        self, archive: Archive, portals: Sequence[Portal], *, delay: float | None = None,
        limit: int | None = None, budget: timedelta | None = None, recheck: bool = False,
        at_a_time: int | None = None, run_id: int | None = None,
    ) -> None:  # fmt: skip
        self.archive = archive
        settings = archive.folder.settings()
        self.delays: dict[str, float] = {}
        for each in portals:
            wanted = polite(each, _first(delay, each.delay, settings.delay))
            self.delays[each.host] = max(wanted, self.delays.get(each.host, 0))
        self.politeness = Politeness(f"luutru/{__version__} (+{settings.contact or 'no contact address set'})")
        self.listeners: list[Listener] = []
        self.error: BaseException | None = None
        self.exit_code: int | None = None
        self.id = archive.begin_run() if run_id is None else run_id
        self.warc = WarcWriter(archive.folder.path, operator=settings.contact, run_id=self.id)
        self._limit = limit
        self._ends_at = now() + budget if budget else None
        self._recheck = recheck
        self._articles = 0
        self._at_a_time = at_a_time
        self.portals = {
            portal.id: PortalRun(
                portal, visits.Pass(portal.id, 0), Terms(own=portal.host, tls=portal.tls, seconds=settings.timeout)
            )
            for portal in portals
        }

    # -- beginning and end ------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin, or go on with, each portal's pass."""
        for each in self.portals.values():
            self.archive.put_portal(each.portal.row())
            each.habit = Habit(lengths(self.archive.conn, each.portal.id))
            each.templates = learnt.known(templates.of(self.archive.conn, each.portal.id))
            with self.archive.transaction() as conn:
                if self._recheck:
                    frontier.make_due(conn, each.portal.id, now())
                each.current.number = frontier.begin_pass(conn, each.portal.id, entries(each.portal), now())
                each.current.later = looks.settled(conn, each.portal.id)
                each.recrawl.due = frontier.articles_due(conn, each.portal.id, now())

    def end(self) -> int:
        """Decide what missing articles are, give back what is held, close the books and the WARC file; returns the
        exit code."""
        self.settle(now())
        with self.archive.transaction() as conn:
            for each in self.portals.values():
                frontier.give_back(conn, each.held, self.id)
                frontier.end_pass(conn, each.portal.id, now(), now() + RETRY_AFTER_MOST)
        code = self._code()
        self.archive.end_run(self.id, code)
        if self.error is None:  # else the next run tells it
            notes.write(self.archive, self.warc)
        self.warc.close()
        return code

    def _code(self) -> int:
        if isinstance(self.error, LuutruError):
            return self.error.exit_code
        if self.error is not None:
            return 1
        if any(each.spoilt for each in self.portals.values()):
            return CrawlFailedError.exit_code
        if any(each.unreachable for each in self.portals.values()):
            return UnreachableError.exit_code
        counts = self.archive.counts(self.id)
        asked = counts["planned"] - counts["refused"]
        if asked and (counts["suspect"] + counts["failed"]) / asked > BAD_SHARE:
            return CrawlFailedError.exit_code
        return self.exit_code or 0

    def abort(self, error: BaseException) -> None:
        """Stop the run because of an error: nothing more is handed out."""
        self.error = self.error or error
        self.stop("the run was aborted", None)
        if isinstance(error, OutOfSpaceError):
            return
        self.archive.note(Issue(kind="aborted", message=str(error) or type(error).__name__), run_id=self.id)

    def stop(self, reason: str, exit_code: int | None) -> None:
        """Hand out nothing more; what is under way is finished."""
        self.exit_code = self.exit_code or exit_code
        for each in self.portals.values():
            each.stopped = each.stopped or reason

    # -- leases -----------------------------------------------------------------------------------

    def next_lease(self) -> Lease | None:
        """The next address to fetch, from the portals in turn, as far as manners and budgets allow."""
        if self._ends_at and now() >= self._ends_at:
            self.stop("the time budget is used up", TIME_LIMIT)
        for each in self._in_turn():
            lease = self._next_of(each)
            if lease:
                if self._at_a_time is None:
                    self.portals[each.portal.id] = self.portals.pop(each.portal.id)  # to the end of the queue
                return lease
        return None

    def _in_turn(self) -> Iterable[PortalRun]:
        """The portals that may be worked on now: all, or the first few that are not done."""
        if self._at_a_time is None:
            return list(self.portals.values())
        return islice((each for each in self.portals.values() if not self._is_done(each)), self._at_a_time)

    def _is_done(self, each: PortalRun) -> bool:
        until = now() + RETRY_AFTER_MOST
        return bool(each.stopped) or not (each.held or frontier.is_open(self.archive.conn, each.portal.id, until))

    def _next_of(self, each: PortalRun) -> Lease | None:
        while not (each.stopped or self._is_quiet(each)):
            if each.answered >= each.portal.budget_pages:
                self._stop_portal(each, f"its budget of {each.portal.budget_pages} pages is used up")
                return None
            if not each.held and not self._take_more(each):
                return None
            lease = each.held[0]
            name = urlsplit(lease.url).netloc
            host = self.politeness.host(name)
            if host.busy or (host.quiet_until and host.quiet_until > now()):
                return None
            if not host.is_known:
                host.busy = True
                return self._take_robots(each, name)
            if host.closed and name == each.portal.host:
                self._stop_portal(each, host.closed)
                return None
            each.held.popleft()
            if not (self._pass_over(each, lease) or self._refuse(each, name, lease)):
                host.busy = True
                return lease
        return None

    def _is_quiet(self, each: PortalRun) -> bool:
        """Whether the portal's quiet hours have begun: nothing more is asked of it then."""
        until = each.portal.quiet_until(now())
        if until is not None:
            each.stopped = (
                f"these are its quiet hours ({each.portal.quiet_hours}); nothing is asked before {until:%H:%M}"
            )
            self.exit_code = self.exit_code or TIME_LIMIT
        return until is not None

    def _take_more(self, each: PortalRun) -> bool:
        with self.archive.transaction() as conn:
            each.held.extend(frontier.lease(conn, each.portal.id, self.id, now(), HELD))
        return bool(each.held)

    def _take_robots(self, each: PortalRun, name: str) -> Lease:
        url = self.politeness.robots_address(name, urlsplit(each.held[0].url).scheme)
        with self.archive.transaction() as conn:
            return frontier.take(conn, each.portal.id, Link(url=url, kind=Kind.ROBOTS), self.id, now())

    def _pass_over(self, each: PortalRun, lease: Lease) -> bool:
        """Leave out an address whose article was seen at another one in this pass; tells whether it did."""
        if lease.attempts or not frontier.is_seen(self.archive.conn, lease):
            return False
        with self.archive.transaction() as conn:
            again = looks.next_look(Kind.PAGE, None, now(), url=lease.url)
            frontier.pass_over(conn, lease, self.id, each.current.number, again)
        return True

    def _refuse(self, each: PortalRun, name: str, lease: Lease) -> bool:
        """Refuse an address that robots.txt forbids or that has become worthless; tells whether it did."""
        forbidden = self.politeness.forbids(name, lease.url)
        trap = None if forbidden else frontier.exhausted(self.archive.conn, lease, each.current.number)
        if not (forbidden or trap):
            return False
        issues: tuple[Issue, ...] = ()
        if trap and (trap, frontier.shape(lease.url)) not in each.traps:  # thousands of addresses, one thing to look at
            each.traps.add((trap, frontier.shape(lease.url)))
            issues = (Issue(kind="trap", message=trap),)
        elif forbidden and lease.url == entry_url(each.portal, each.portal.home):
            issues = (Issue(kind="robots", message=forbidden),)
        self._keep(each, Visit(lease=lease, refused=forbidden or trap, issues=issues))
        return True

    def _stop_portal(self, each: PortalRun, reason: str) -> None:
        each.stopped = reason
        if not each.answered:
            each.unreachable = reason
        self.archive.note(Issue(kind="stopped", message=reason), run_id=self.id, portal_id=each.portal.id)

    def is_waiting(self) -> bool:
        """Whether any portal has something left that is worth waiting for."""
        return any(
            not each.stopped
            and (each.held or frontier.is_waiting(self.archive.conn, each.portal.id, now() + RETRY_AFTER_MOST))
            for each in self.portals.values()
        )

    # -- visits -----------------------------------------------------------------------------------

    def store(self, exchange: Exchange, lease: Lease) -> Stored:
        """Append an exchange to the WARC file, before anything reads it."""
        return self.warc.append(exchange, lease)

    def finish(self, visit: Visit) -> None:
        """Make a visit durable: WARC first, then one transaction; then tell who listens."""
        each = self.portals[visit.lease.portal_id]
        self.politeness.host(self.politeness.host_of(visit.lease.url, visit.lease.kind)).busy = False
        if visit.capture:
            self.warc.sync()
            each.answered += visit.lease.kind is not Kind.ROBOTS
        if visit.lease.url == each.home:
            each.unreachable = _no_home(visit)
        each.unlearnt += each.may_teach(visit.reading)
        self._keep(each, _doubted(each, visit))

    def keep(self, each: PortalRun, visit: Visit, at: datetime | None = None) -> Kept:
        """Judge a visit beside what the archive holds and what the run has seen, and write all of it.

        `at` is when the visit was, if not now.
        """
        visit = each.recrawl.judged(self.archive.conn, visit, at or now(), is_entry=visit.lease.url in each.entries)
        kept = visits.keep(self.archive, self.id, each.current, visit, at)
        each.recrawl.note(visit, kept)
        return kept

    def settle(self, at: datetime) -> None:
        """Decide what the run's missing articles are, and which are unlisted."""
        for each in self.portals.values():
            each.recrawl.settle(self.archive, self.id, at)
            with self.archive.transaction() as conn:
                listed.settle(conn, each.portal.id)

    def _keep(self, each: PortalRun, visit: Visit) -> None:
        kept = self.keep(each, visit)
        if not each.stopped and (why := each.recrawl.why_stop()):
            each.spoilt = True
            self._stop_portal(each, why)
        if each.recrawl.lacks_witnesses():
            with self.archive.transaction() as conn:
                witnesses.call(conn, each.portal.id, each.current.number, now(), WITNESSES)
        self.tell(visit.lease.url, kept)

    def tell(self, url: str, kept: Kept) -> None:
        """Tell who listens what became of an address; counts the article against the limit."""
        for listener in self.listeners:
            listener(url, kept)
        self._articles += kept.outcome in ("new", "changed")
        if self._limit and self._articles >= self._limit:
            self.stop(f"the limit of {self._limit} articles is reached", None)


def _doubted(each: PortalRun, visit: Visit) -> Visit:
    """The visit, with a doubt where its article is far shorter than the portal's articles are."""
    reading = visit.reading
    doubt = each.habit.doubt(reading.article) if reading and reading.article else None
    return replace(visit, reading=replace(reading, doubts=(*reading.doubts, doubt))) if reading and doubt else visit


def _first(*delays: float | None) -> float:
    """The first delay that is given; the last one always is."""
    return next(each for each in delays if each is not None)


def _no_home(visit: Visit) -> str | None:
    """Why a visit to a home page did not give one; `None` where it did, or is to be tried again."""
    reading = visit.reading
    if visit.again_at or (reading and reading.verdict not in (Verdict.GONE, Verdict.SUSPECT)):
        return None
    if (
        visit.capture
        and visit.capture.status == 200
        and not visit.lease.attempts
        and reading
        and reading.reason != "empty"
    ):
        return None  # it answers, if only with a notice: that is suspect
    return visit.failed or visit.refused or (reading.reason if reading else None)


def entry_url(portal: Portal, url: str) -> str:
    """The address of an entry: canonical, but with the slash at its end that its file gives it.

    Below the home of the host, a server may know only the one with the slash.
    """
    found = families.families()[portal.family].canonical(url)
    asked = url.partition("#")[0]
    return found + "/" if asked.endswith("/") and "?" not in found and not found.endswith("/") else found


def entries(portal: Portal) -> list[Link]:
    """Where every pass over a portal begins."""
    sections = [Link(url=entry_url(portal, section.url), kind=Kind.LISTING) for section in portal.sections]
    home = Link(url=entry_url(portal, portal.home), kind=Kind.PAGE)
    sitemap = Link(url=urljoin(portal.home, "/sitemap.xml"), kind=Kind.SITEMAP)
    return [home, *sections, sitemap]


def waits_until(moment: datetime) -> bool:
    """Whether a run waits for an address that may be asked again then, or leaves it to a later run."""
    return moment - now() <= RETRY_AFTER_MOST
