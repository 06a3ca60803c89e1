"""From an answer to what is kept of it: the reading, the links, or when to ask again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from archive.clock import now
from archive.http import HttpResponse, parse
from archive.records import Capture, Exchange, File, Issue, Kind, Lease, Link, Reading, Stored, Verdict, Visit
from crawler import challenge, families, moves
from crawler.learnt import Templates
from crawler.looking import Look, Seen, look
from crawler.parsers import urls
from crawler.parsers.page import Page
from crawler.politeness import PUT_OFF_MOST, ROBOTS_SIZE, TRIES, TRIES_SLOW, Politeness, retry_after, retry_at
from crawler.portals import Portal
from crawler.run import entry_url, waits_until
from crawler.wire.errors import ForbiddenAddressError, NoAnswerError, RefusedError, SilentError

READER = "wire/1"
"""What read an answer that needs no family: redirects, robots.txt."""
ROBOTS_MOVES = 5
"""Redirects of robots.txt that are followed (RFC 9309, 2.3.1.2)."""

_TRUNCATED = {
    "time": "it took too long", "length": "it is too large", "disconnect": "the connection broke off",
    "unspecified": "what came is not what the answer declares",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An answer that is a page: what comes of it is known once it has been read."""

    lease: Lease
    capture: Capture
    page: Page
    wire: Unread | None = None
    """The answer that a browser made the page of, if one did."""

    @property
    def at_article(self) -> bool:
        """Whether its address has shown an article before."""
        return self.lease.article_id is not None


def visit(
    portal: Portal, lease: Lease, exchange: Exchange, stored: Stored, manners: Politeness,
    templates: Templates = (), look: Look = look,
) -> Visit:  # fmt: skip
    """What is to be kept of an answer. Pure but for what `manners` learns of the host."""
    found = judged(portal, lease, exchange, stored, manners)
    if isinstance(found, Visit):
        return found
    return with_reading(portal, found, look(found.page, portal, templates, at_article=found.at_article))


def judged(portal: Portal, lease: Lease, exchange: Exchange, stored: Stored, manners: Politeness) -> Visit | Unread:
    """As `visit`, but for the reading of a page, which may be left to another process."""
    answer = parse(exchange.response)
    capture = Capture(
        url=lease.url, at=exchange.started_at, status=answer.status or None, mimetype=_mimetype(answer),
        truncated=exchange.truncated, stored=stored, tls=exchange.tls, origin=exchange.origin,
        rendered=exchange.rendered,
    )  # fmt: skip
    host = manners.host_of(lease.url, lease.kind)
    if lease.kind is Kind.ROBOTS:
        return _robots(portal, lease, capture, answer, manners, host)
    if not answer.status or exchange.truncated or not answer.complete:
        return _incomplete(lease, capture, answer, manners)
    manners.answered(host)
    if answer.status in (429, 503) or answer.status >= 500:
        later = _ask_later(lease, answer, manners, host)
        if later:
            return Visit(lease=lease, capture=capture, reading=_unbelieved(answer.status), again_at=later)
    if 300 <= answer.status < 400 and "location" in answer.headers:
        return _redirect(portal, lease, capture, answer)
    page = Page(url=lease.url, status=answer.status, headers=answer.headers, body=answer.body)
    return Unread(lease=lease, capture=capture, page=page)


def is_to_render(portal: Portal, unread: Unread) -> bool:
    """Whether an answer is a page that scripts are still to make, as the portal's file says."""
    page, capture = unread.page, unread.capture
    is_page = page.status == 200 and page.media_type in ("text/html", "application/xhtml+xml")
    is_of_the_wire = capture.rendered is None and capture.origin is None
    return portal.render == "js" and is_of_the_wire and is_page and challenge.cookie(page) is None


def unrendered(unread: Unread) -> Visit:
    """What is to be kept of a page before its scripts have made it: it is read when they have."""
    reading = Reading(
        reader=READER, tier=None, kind=Kind.OTHER, verdict=Verdict.OTHER, reason="its scripts are still to make it"
    )
    return Visit(lease=unread.lease, capture=unread.capture, reading=reading, again_at=unread.capture.at)


def with_reading(portal: Portal, unread: Unread, seen: Seen) -> Visit:
    """What is to be kept of a page that has been read."""
    if is_to_render(portal, unread):  # a rebuild comes by here: what a browser made of it is the next record
        return unrendered(unread)
    file, body = None, unread.page.body
    if seen.reading.kind in (Kind.DOCUMENT, Kind.IMAGE):
        file = File(size=len(body), sha256=hashlib.sha256(body).hexdigest())
    if challenge.answers(portal, unread.lease, unread.page, seen.reading):
        said = Issue(kind="challenge", message="its challenge is answered with the cookie D1N, as its file allows")
        return Visit(
            lease=unread.lease, capture=unread.capture, reading=seen.reading, again_at=unread.capture.at,
            issues=(said,),
        )  # fmt: skip
    return Visit(
        lease=unread.lease, capture=unread.capture, reading=seen.reading, file=file,
        links=links_of(portal, seen.reading, seen.links), issues=seen.issues,
    )  # fmt: skip


def unanswered(
    lease: Lease, reason: str, manners: Politeness, capture: Capture | None = None, *,
    tries: int = TRIES, is_hosts_fault: bool = True,
) -> Visit:  # fmt: skip
    """What is to be kept where no whole answer came: another try, or the failure."""
    host = manners.host_of(lease.url, lease.kind)
    again = retry_at(lease.attempts, now(), tries)
    if lease.kind is Kind.ROBOTS and again:
        manners.wait(host, again)
    elif lease.kind is Kind.ROBOTS:
        manners.learn_robots(host, None, b"", reason)
    elif is_hosts_fault and lease.attempts == 0:
        manners.failed(host, reason, slow=tries == TRIES_SLOW)
    if again:
        return Visit(lease=lease, capture=capture, again_at=again)
    return Visit(lease=lease, capture=capture, failed=f"{lease.url}: {reason}")


def no_answer(lease: Lease, error: BaseException | None, manners: Politeness) -> Visit:
    """What is to be kept where not a byte of an answer came."""
    if isinstance(error, ForbiddenAddressError):
        return _forbidden(lease, str(error), manners)
    slow, pointless = isinstance(error, SilentError), isinstance(error, RefusedError)
    reason = str(error) if isinstance(error, NoAnswerError | ValueError) else f"{type(error).__name__}: {error}"
    return unanswered(lease, reason, manners, tries=1 if pointless else TRIES_SLOW if slow else TRIES)


def _forbidden(lease: Lease, reason: str, manners: Politeness) -> Visit:
    """An address that leads to a machine that may not be asked; a robots.txt that has moved there is none."""
    if lease.kind is Kind.ROBOTS:
        host = manners.host_of(lease.url, lease.kind)
        has_moved = manners.host(host).robots_url is not None
        manners.learn_robots(host, 404 if has_moved else None, b"", reason)
    return Visit(lease=lease, refused=reason, issues=(Issue(kind="address", message=reason),))


def _incomplete(lease: Lease, capture: Capture, answer: HttpResponse, manners: Politeness) -> Visit:
    """What did not arrive whole is evidence of nothing: another try, or the failure."""
    why = _TRUNCATED.get(capture.truncated or "") or answer.problem or "no status line"
    tries = {"time": TRIES_SLOW, "length": 1}.get(capture.truncated or "", TRIES)
    lost = capture.truncated in ("time", "disconnect")
    return unanswered(lease, f"incomplete answer: {why}", manners, capture, tries=tries, is_hosts_fault=lost)


def links_of(portal: Portal, reading: Reading, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """What a page leads to on its own portal, the documents and images of its article among it."""
    if reading.article:
        links = (*(Link(url=url, kind=Kind.PART) for url in reading.article.parts), *links)
        links += tuple(Link(url=each.url, kind=Kind.DOCUMENT) for each in reading.article.attachments)
        if portal.images:
            links += tuple(Link(url=each.url, kind=Kind.IMAGE) for each in reading.article.images)
    once = {link.url: link for link in reversed(links)}  # what was said first of an address counts
    return tuple(_known_by(portal, link) for link in reversed(once.values()) if is_ours(portal, link.url))


def _known_by(portal: Portal, link: Link) -> Link:
    """The link with its article's identity, where the address tells it."""
    if link.kind is not Kind.ARTICLE:
        return link
    return replace(link, key=families.families()[portal.family].identity(link.url))


def _redirect(portal: Portal, lease: Lease, capture: Capture, answer: HttpResponse) -> Visit:
    canonical = families.families()[portal.family].canonical
    named = answer.headers["location"][:2000]
    target = urls.join(lease.url, named)
    links: tuple[Link, ...] = ()
    issues: tuple[Issue, ...] = ()
    if target is None:
        target = named
    elif is_ours(portal, target):
        # A server may insist on a form that the family takes for another spelling of this one: /xa to /xa/.
        url = canonical(target)
        links = (Link(url=target if url == lease.url else url, kind=lease.kind),)
    elif lease.url == entry_url(portal, portal.home):
        issues = (Issue(kind="moved", message=f"The home page redirects to another site: {target}"),)
    reading = Reading(reader=READER, tier=None, kind=Kind.OTHER, verdict=Verdict.OTHER, reason=f"redirect to {target}")
    if lease.article_id is not None:
        reading = moves.judged(portal, lease.url, target, reading)
    return Visit(lease=lease, capture=capture, reading=reading, links=links, issues=issues)


def _robots(
    portal: Portal, lease: Lease, capture: Capture, answer: HttpResponse, manners: Politeness, host: str
) -> Visit:
    known = manners.host(host)
    reading = Reading(reader=READER, tier=None, kind=Kind.ROBOTS, verdict=Verdict.OTHER)
    if 300 <= answer.status < 400 and known.robots_moves < ROBOTS_MOVES:
        target = urls.join(lease.url, answer.headers.get("location", ""))
        if target:  # also on another host (2.3.1.2); which machines may be asked is decided when connecting
            known.robots_moves += 1
            known.robots_url = target
            return Visit(lease=lease, capture=capture, reading=reading)
    # Of what never ends, the part that is read has come (2.5).
    enough = capture.truncated == "length" and len(answer.body) >= ROBOTS_SIZE
    whole = answer.complete and not capture.truncated
    if not answer.status or not (whole or enough):
        return _incomplete(lease, capture, answer, manners)
    manners.learn_robots(host, answer.status, answer.body)
    sitemaps = (urls.join(lease.url, url) for url in known.sitemaps)
    links = tuple(Link(url=url, kind=Kind.SITEMAP) for url in sitemaps if url and is_ours(portal, url))
    return Visit(lease=lease, capture=capture, reading=reading, links=links)


def _ask_later(lease: Lease, answer: HttpResponse, manners: Politeness, host: str) -> datetime | None:
    """When a busy or broken server is asked again: Retry-After first, else after a pause; not for ever."""
    at = now()
    pause = retry_at(lease.attempts, at)
    named = retry_after([answer.headers["retry-after"]], at) if "retry-after" in answer.headers else None
    if not pause or not named or named <= at:
        return pause
    if waits_until(named):
        manners.wait(host, named)
    return min(named, at + PUT_OFF_MOST)


def _unbelieved(status: int) -> Reading:
    return Reading(reader=READER, tier=None, kind=Kind.OTHER, verdict=Verdict.SUSPECT, reason=f"http {status}")


def _mimetype(answer: HttpResponse) -> str | None:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower() or None


def is_ours(portal: Portal, url: str) -> bool:
    """Whether an address is on the portal's own host, with or without www, by http or https."""
    parts = urlsplit(url)
    bare = parts.netloc.lower().removeprefix("www.")
    return parts.scheme in ("http", "https") and bare == portal.host.removeprefix("www.")
