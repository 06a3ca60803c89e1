"""`portal probe`: asking portals where they stand, with every answer kept as a capture like a crawl's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive import frontier, lifecycles, notes, rereading, templates
from archive.clock import now
from archive.http import parse
from archive.records import Exchange, Kind, Lease, Link, Visit
from archive.store import Archive
from archive.visits import Kept
from crawler import challenge, families, learnt, lifecycle, portals
from crawler.lifecycle import Standing, State
from crawler.parsers import urls
from crawler.parsers.page import Page
from crawler.parts import complete, whole
from crawler.politeness import ROBOTS_SIZE
from crawler.portals import Portal
from crawler.probe import MOVES
from crawler.readers import Readers
from crawler.run import INTERRUPTED, PortalRun, Run
from crawler.settings import DEFAULT_REQUEST_HEADERS
from crawler.visit import ROBOTS_MOVES, Unread, is_ours, judged, no_answer, with_reading
from crawler.wire.asking import Asked, Servers
from crawler.wire.errors import NoAnswerError

AT_A_TIME = 8
"""Portals that are asked at a time; each of them is asked one thing after another."""
SAMPLE = 3
"""Articles of which the time is looked at where none that is held is new."""
MONTHS = 6
"""A portal with nothing newer is frozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A portal, where it stands, since when that is known, and the capture that shows it, where it answered."""

    portal: Portal
    standing: Standing
    checked_at: datetime
    url: str
    """The address whose answer, or silence, tells it."""
    capture_id: int | None = None


def unknown(address: str) -> Portal:
    """A portal of which nothing but its address is known."""
    parts = urlsplit(address)
    home = address if parts.path else f"{address}/"
    name = portals.id_of(parts.netloc.lower())
    return Portal.model_validate({"id": name, "name": parts.netloc, "home": home, "family": "generic"})


def probe(
    archive: Archive, chosen: Sequence[Portal], *, delay: float | None = None, months: int = MONTHS
) -> list[Found]:
    """Ask portals where they stand, write it into `portals` and `issues`, and return it in their order.

    `portals.status` and an issue of the kind `lifecycle` change when what is found does; a retired portal stays so.
    It is a run of its own; no pass begins, and what is due stays due.
    """
    run = Run(archive, chosen, delay=delay)
    code = 1
    try:
        found = asyncio.run(_all(run, chosen, months))
        code = 0
    except KeyboardInterrupt:
        code = INTERRUPTED
        raise
    finally:
        run.settle(now())
        archive.end_run(run.id, code)
        notes.write(archive, run.warc)
        run.warc.close()
    return found


async def _all(run: Run, chosen: Sequence[Portal], months: int) -> list[Found]:
    servers, readers, gate = Servers(), Readers(), asyncio.Semaphore(AT_A_TIME)

    async def one(portal: Portal) -> Found:
        async with gate:
            found = await _Probe(run, run.portals[portal.id], servers, readers).standing(months)
        lifecycles.put(
            run.archive, run.id, portal.id, status=found.standing.state, why=found.standing.why,
            is_known=found.standing.state is not State.UNKNOWN, at=found.checked_at, url=found.url,
            capture_id=found.capture_id,
        )  # fmt: skip
        return found

    try:
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(one(portal)) for portal in chosen]
        return [each.result() for each in asked]
    finally:
        servers.close()
        await readers.close()


class _Probe:
    """One portal being asked."""

    def __init__(self, run: Run, each: PortalRun, servers: Servers, readers: Readers) -> None:
        self.run = run
        self.each = each
        self.portal = each.portal
        self.servers = servers
        self.readers = readers
        self.url = each.home
        self.capture_id: int | None = None
        self.asked = 0
        self.links: tuple[Link, ...] = ()
        run.archive.put_portal(self.portal.row())
        each.templates = learnt.known(templates.of(run.archive.conn, self.portal.id))
        each.current.number = rereading.current_pass(run.archive.conn, self.portal.id).number

    async def standing(self, months: int) -> Found:
        try:
            standing = await self._robots() or await self._home() or await self._news(months)
        except NoAnswerError as error:
            standing = lifecycle.of_error(error)
        return Found(portal=self.portal, standing=standing, checked_at=now(), url=self.url, capture_id=self.capture_id)

    async def _robots(self) -> Standing | None:
        """Ask for robots.txt; where the portal stands if that forbids its home page."""
        parts = urlsplit(self.portal.home)
        manners = self.run.politeness
        status = 200
        for _hop in range(ROBOTS_MOVES + 1):
            if manners.host(parts.netloc).is_known:
                break
            place = manners.robots_address(parts.netloc, parts.scheme)
            _visit, page = await self._ask(Link(url=place, kind=Kind.ROBOTS))
            status = page.status
        host = manners.host(parts.netloc)
        if host.robots_url and host.closed and not is_ours(self.portal, host.robots_url):
            return lifecycle.of_move(host.robots_url, self._successor())
        if host.closed:
            return Standing(state=State.BLOCKED if status in lifecycle.BLOCKING else State.DEAD, why=host.closed)
        if why := manners.forbids(parts.netloc, self.each.home):
            return Standing(state=State.BLOCKED, why=why)
        return None

    async def _home(self) -> Standing | None:
        """Ask for the home page, to where it has moved on its own host; None where it shows a portal."""
        url = self.each.home
        for _hop in range(MOVES + 1):
            visit, page = await self._ask(Link(url=url, kind=Kind.PAGE))
            if self._answers(visit, page):
                visit, page = await self._ask(Link(url=url, kind=Kind.PAGE))
            target = self._target(page)
            if target is None:
                break
            if not is_ours(self.portal, target):
                return lifecycle.of_move(target, self._successor())
            if target == url:
                break
            url = target
        else:
            return Standing(state=State.DEAD, why=f"the home page redirects more than {MOVES} times")
        if wrong := lifecycle.of_status(page.status):
            return wrong
        if visit.reading is None:
            return Standing(state=State.DEAD, why=visit.failed or "its answer cannot be read")
        self.links = visit.links
        return lifecycle.of_page(page, visit.reading)

    def _answers(self, visit: Visit, page: Page) -> bool:
        """Whether the page is a challenge; the answer then goes along with the next requests to its host."""
        answer = challenge.cookie(page) if self.portal.challenge == "answer" and visit.reading else None
        if answer:
            self.each.cookies[urlsplit(page.url).netloc] = answer
        return answer is not None

    def _target(self, page: Page) -> str | None:
        if 300 <= page.status < 400:
            return urls.join(page.url, page.headers.get("location", ""))
        return lifecycle.leads_to(page) if page.status == 200 else None

    async def _news(self, months: int) -> Standing:
        """How new its articles are: those that are held, and where none of these is new, a few that it shows first."""
        at = now()
        times = [lifecycles.newest(self.run.archive.conn, self.portal.id, at)]
        found = lifecycle.of_news(times[0], at, months)
        if times[0] is not None and found.state is State.LIVE:
            return found
        home = (self.url, self.capture_id)
        for link in self._sample():
            if self.run.politeness.forbids(urlsplit(link.url).netloc, link.url):
                continue
            try:
                visit, _page = await self._ask(link)
            except NoAnswerError:
                continue
            article = visit.reading.article if visit.reading else None
            times.append(article.published_at if article else None)
        self.url, self.capture_id = home
        dated = [each for each in times if each is not None and each <= at + timedelta(days=1)]
        return lifecycle.of_news(max(dated, default=None), at, months)

    def _sample(self) -> list[Link]:
        """The first articles that the home page shows, else its first pages; of what was asked for nothing."""
        home = families.families()[self.portal.family].canonical(self.portal.home)
        shown = [link for link in self.links if link.url not in (home, self.each.home)]
        articles = [link for link in shown if link.kind is Kind.ARTICLE]
        return (articles or [link for link in shown if link.kind is Kind.PAGE])[:SAMPLE]

    def _successor(self) -> str | None:
        """The address of the portal that took over, where the file names its id or address."""
        named = self.portal.successor
        if named is None or named.startswith(("http://", "https://")):
            return named
        return portals.home_of(named, (self.run.archive.folder.portals, portals.SHIPPED)) or f"http://{named}/"

    async def _ask(self, link: Link) -> tuple[Visit, Page]:
        """Ask for an address, keep what came, and say what it is. Raises `NoAnswerError`."""
        self.url, self.capture_id = link.url, None
        with self.run.archive.transaction() as conn:
            lease = frontier.take(conn, self.portal.id, link, self.run.id, now())
        lease = replace(lease, attempts=frontier.NO_MORE)  # what fails now is asked again by a crawl, or by hand
        if self.asked:
            await asyncio.sleep(self.run.delays[self.portal.host])
        self.asked += 1
        agent = (b"User-Agent", self.run.politeness.user_agent.encode())
        cookie = self.each.cookies.get(urlsplit(link.url).netloc)
        named = DEFAULT_REQUEST_HEADERS | ({"Cookie": cookie} if cookie else {})
        headers = tuple((name.encode(), value.encode()) for name, value in named.items())
        try:
            exchange = await self.servers.ask(Asked(url=link.url, headers=(*headers, agent)), self.each.terms)
        except (NoAnswerError, ValueError) as error:
            self._keep(no_answer(lease, error, self.run.politeness))
            raise (error if isinstance(error, NoAnswerError) else NoAnswerError(str(error))) from error
        visit = await self._visit(lease, exchange)
        self.capture_id = self._keep(visit).capture_id
        answer = (
            parse(exchange.response, most_body=ROBOTS_SIZE) if link.kind is Kind.ROBOTS else parse(exchange.response)
        )
        return visit, Page(url=link.url, status=answer.status or 0, headers=answer.headers, body=answer.body)

    async def _visit(self, lease: Lease, exchange: Exchange) -> Visit:
        stored = self.run.store(exchange, lease)
        found = judged(self.portal, lease, exchange, stored, self.run.politeness)
        if isinstance(found, Unread):
            seen = await self.readers.look(
                found.page, self.portal, self.each.templates, at_article=found.at_article
            )  # fmt: skip
            found = with_reading(self.portal, found, seen)
        return whole(self.run, found)

    def _keep(self, visit: Visit) -> Kept:
        if visit.capture:
            self.run.warc.sync()
        kept = self.run.keep(self.each, visit)
        complete(self.run, visit)
        return kept
