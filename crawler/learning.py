"""Learning a portal's templates while it is crawled, and reading again what was read without it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from archive import rereading, templates
from archive.clock import now
from archive.records import Issue, Tier, Verdict
from archive.rereading import Held
from crawler import learnt
from crawler.doubts import disagreement
from crawler.pages import of_capture
from crawler.parsers import template
from crawler.reading import read
from crawler.run import FIRST_TRY, PortalRun, Run
from crawler.visit import links_of


def learn(run: Run, each: PortalRun, *, at_end: bool = False) -> None:
    """Learn the templates of a portal, if it is time."""
    if each.unlearnt >= (template.FEWEST if at_end else each.learn_at):
        each.learn_at = max(FIRST_TRY, 2 * each.unlearnt)
        _learn(run, each)
        if at_end:
            each.unlearnt = 0


def cross_check(run: Run) -> None:
    """Compare what families made of a sample of the run's articles with what a template learnt from them makes.

    A family that still knows its software, but no longer where it shows what, is noticed here.
    """
    for each in run.portals.values():
        captures = islice(
            rereading.read_by(run.archive.conn, each.portal.id, Tier.FAMILY, run_id=run.id), template.MOST
        )
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
    pages = [
        of_capture(archive, held)
        for held in islice(rereading.read_by(archive.conn, each.portal.id, Tier.GENERIC), 3 * template.MOST)
    ]
    found = learnt.learn(page for page in pages if learnt.read(page, each.templates).article is None)
    if not found:
        return
    at = now()
    with archive.transaction() as conn:
        for one in found:
            templates.put(conn, each.portal.id, run.id, at, one.pages, template.dumped(one))
    for one in found:
        message = f"a template was learnt from {one.pages} pages"
        if each.templates:
            message = f"pages have another design than those before: {message}"
        archive.note(Issue(kind="template", message=message), run_id=run.id, portal_id=each.portal.id)
        each.templates = (*each.templates, one)
    each.unlearnt = 0
    _read_again(run, each, rereading.read_by(archive.conn, each.portal.id, Tier.GENERIC, run_id=run.id))


def _read_again(run: Run, each: PortalRun, captures: Iterable[Held]) -> None:
    for held in list(captures):
        reading, links = read(of_capture(run.archive, held), each.portal, each.templates)
        if reading.tier is Tier.LEARNT and reading.verdict is Verdict.GOOD and reading.article:
            wanted = links_of(each.portal, reading, links)
            kept = rereading.keep(run.archive, each.current, held, reading, wanted)
            run.tell(held.url, kept)
