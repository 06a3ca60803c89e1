"""Articles that are split over several pages: their texts are joined, as far as the archive holds the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from archive import articles, rereading
from archive.clock import digits
from archive.records import Article, Issue, Kind, Reading, Verdict, Visit
from archive.store import Archive
from crawler import verdicts
from crawler.pages import of_capture
from crawler.portals import Portal
from crawler.reading import family_of, read
from crawler.run import Run


def whole(run: Run, visit: Visit) -> Visit:
    """The visit, with the text of the whole article where it shows the first page of one."""
    if visit.reading is None or visit.reading.article is None or not visit.reading.article.parts:
        return visit
    assert visit.capture, "a reading has its capture"
    portal = run.portals[visit.lease.portal_id].portal
    is_imported = visit.capture.origin is not None
    reading = joined(run.archive, portal, visit.reading, visit.capture.at, is_imported=is_imported)
    return replace(visit, reading=reading)


def complete(run: Run, visit: Visit) -> None:
    """Join the article anew after a further page of it has come."""
    if visit.reading is None or visit.reading.kind is not Kind.PART or visit.reading.verdict is Verdict.SUSPECT:
        return
    each = run.portals[visit.lease.portal_id]
    assert visit.capture, "a reading has its capture"
    held = rereading.part(run.archive.conn, visit.lease.url, visit.capture.at)
    if held is None:
        return
    page = of_capture(run.archive, held)
    key = family_of(page, each.portal)[1].key(page)
    split = rereading.split_article(run.archive.conn, each.portal.id, key, held.at)
    if split is None:
        return
    reading, _ = read(of_capture(run.archive, split.first), each.portal, each.templates)
    if reading.article is None or visit.lease.url not in reading.article.parts:
        return
    first = split.first
    whole_article = joined(run.archive, each.portal, reading, first.at, is_imported=first.is_imported)
    until = digits(held.at) if held.is_imported else None
    known = articles.standing_of(run.archive.conn, each.portal.id, reading.article.key, until)
    judged = verdicts.against(whole_article, known) if known else whole_article
    if judged.verdict is Verdict.GOOD:
        rereading.join(run.archive, each.current, split, held, judged)
    else:
        issue = Issue(kind=judged.verdict, message=judged.reason or judged.verdict)
        run.archive.note(issue, run_id=run.id, portal_id=each.portal.id, url=held.url)


def joined(archive: Archive, portal: Portal, reading: Reading, at: datetime, *, is_imported: bool) -> Reading:
    """The reading of a first page with the texts of the others, as they were when it was captured; `parts` is missing
    while some are not held.
    """
    assert reading.article is not None, "a first page shows an article"
    within = rereading.near(is_imported=is_imported)
    held = [rereading.part(archive.conn, url, at, within=within) for url in reading.article.parts]
    article = reading.article
    for capture in held:
        if capture is not None:
            page = of_capture(archive, capture)
            part = family_of(page, portal)[1].article(page, portal)
            article = _with(article, part) if part else article
    found = tuple(field for field in reading.missing if field != "author" or not article.author)
    return replace(reading, article=article, missing=found if all(held) else (*found, "parts"))


def _with(article: Article, part: Article) -> Article:
    """The article with the text, the files and the byline of a further page."""
    return replace(
        article,
        body="\n\n".join(filter(None, (article.body, part.summary, part.body))),
        author=part.author or article.author,
        source=part.source or article.source,
        attachments=tuple(dict.fromkeys((*article.attachments, *part.attachments))),
        images=tuple(dict.fromkeys((*article.images, *part.images))),
    )
