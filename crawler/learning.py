"""Learning a portal's templates while it is crawled, and reading again what was read without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from archive import rereading, templates
from archive.clock import now
from archive.records import Issue, Tier, Verdict
from archive.rereading import Held
from archive.store import Archive
from crawler import learnt
from crawler.doubts import disagreement
from crawler.pages import of_capture
from crawler.parsers import template
from crawler.reading import read
from crawler.run import FIRST_TRY, PortalRun, Run
from crawler.visit import links_of

LARGEST = 256 * 1024
"""Bytes of a page that is learnt from or read again in the crawl's own process, where all portals wait for it."""
FEW_ARTICLES = 0.1
"""Articles that a family finds on a page that nobody knows, below which its listings may be articles."""


def learn(run: Run, each: PortalRun, *, at_end: bool = False) -> None:
    """Learn the templates of a portal, if it is time."""
    if each.unlearnt >= (template.FEWEST_LINES if at_end else each.learn_at):
        each.learn_at = max(FIRST_TRY, 2 * each.unlearnt)
        _learn(run, each)
        if at_end:
            each.unlearnt = 0


def cross_check(run: Run) -> None:
    """Compare what families made of a sample of the run's articles with what a template learnt from them makes.

    A family that still knows its software, but no longer where it shows what, is noticed here.
    """
    for each in run.portals.values():
        captures = islice(rereading.read_by_family(run.archive.conn, each.portal.id, run.id), template.MOST)
        pages = {held: of_capture(run.archive, held) for held in captures}
        found = learnt.learn(pages.values())
        if not found:
            continue
        for held, page in pages.items():
            own = read(page, each.portal)[0].article
            other = learnt.read(page, found).article
            reason = disagreement(own, other) if own and other else None
            if reason:
                issue = Issue(kind="disagreement", message=f"family and learnt template disagree: {reason}")
                run.archive.note(issue, run_id=run.id, portal_id=each.portal.id, url=held.url)


def _learn(run: Run, each: PortalRun) -> None:
    archive = run.archive
    listings = _shows_its_family_only_listings(archive, each)
    anew = not learnt.settled(each.templates)
    held = list(rereading.read_by_nobody(archive.conn, each.portal.id, listings=listings))
    if anew:
        held += rereading.read_by_template(archive.conn, each.portal.id)
    captures = (of_capture(archive, one) for one in held[: 3 * template.MOST])
    pages = [page for page in captures if len(page.body) <= LARGEST]
    unread = pages if anew else [page for page in pages if learnt.read(page, each.templates).article is None]
    looked_at = len(pages)
    found = [replace(one, listings=listings, anew=anew, looked_at=looked_at) for one in learnt.learn(unread)]
    if not found:
        return
    at = now()
    with archive.transaction() as conn:
        for one in found:
            templates.put(conn, each.portal.id, run.id, at, one.pages, template.dumped(one))
    if learnt.places(found) != learnt.places(each.templates):
        for one in found:
            issue = Issue(kind="template", message=_message(one, each.templates))
            archive.note(issue, run_id=run.id, portal_id=each.portal.id)
    use(run, each, found)


def use(run: Run, each: PortalRun, found: Sequence[template.Template]) -> None:
    """Read the portal's pages by newly learnt templates, and again what this run has read without them."""
    conn = run.archive.conn
    each.templates = learnt.current((*found, *each.templates))
    each.unlearnt = 0
    listings = any(one.listings for one in found)
    captures = list(rereading.read_by_nobody(conn, each.portal.id, run.id, listings=listings))
    if any(one.anew for one in found):
        captures += rereading.read_by_template(conn, each.portal.id, run.id)
    read_again(run, each, captures)


def _message(found: template.Template, known: learnt.Templates) -> str:
    if not found.body:
        return f"{len(found.chrome)} lines recur on {found.pages} pages that no template reads"
    message = f"a template was learnt from {found.pages} pages"
    has_design = any(each.body for each in known)
    return f"pages have another design than those before: {message}" if has_design else message


def _shows_its_family_only_listings(archive: Archive, each: PortalRun) -> bool:
    """Whether the family takes the portal's articles for listings: a vendor prints them by templates of its own."""
    conn, portal_id = archive.conn, each.portal.id
    articles = len(list(rereading.read_by_family(conn, portal_id)))
    return articles < FEW_ARTICLES * len(list(rereading.read_by_nobody(conn, portal_id, listings=True)))


def read_again(run: Run, each: PortalRun, captures: Iterable[Held]) -> None:
    """Read captures by what has been learnt since, and keep what is an article by it."""
    for held in list(captures):
        page = of_capture(run.archive, held)
        if len(page.body) > LARGEST:
            continue
        reading, links = read(page, each.portal, each.templates)
        if reading.tier is Tier.LEARNT and reading.verdict is Verdict.GOOD and reading.article:
            wanted = links_of(each.portal, reading, links)
            kept = rereading.keep(run.archive, each.current, held, reading, wanted)
            run.tell(held.url, kept)
