"""Articles that are split over several pages: their texts are joined, as far as the archive holds the pages."""

from __future__ import annotations

from dataclasses import replace

from archive import articles, rereading
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
    return replace(visit, reading=joined(run.archive, run.portals[visit.lease.portal_id].portal, visit.reading))


def complete(run: Run, visit: Visit) -> None:
    """Join the article anew after a further page of it has come."""
    if visit.reading is None or visit.reading.kind is not Kind.PART or visit.reading.verdict is Verdict.SUSPECT:
        return
    each = run.portals[visit.lease.portal_id]
    held = rereading.newest_part(run.archive.conn, visit.lease.url)
    if held is None:
        return
    page = of_capture(run.archive, held)
    split = rereading.split_article(run.archive.conn, each.portal.id, family_of(page, each.portal)[1].key(page))
    if split is None:
        return
    reading, _ = read(of_capture(run.archive, split.first), each.portal, each.templates)
    if reading.article is None or visit.lease.url not in reading.article.parts:
        return
    whole_article = joined(run.archive, each.portal, reading)
    known = articles.standing_of(run.archive.conn, each.portal.id, reading.article.key)
    judged = verdicts.against(whole_article, known) if known else whole_article
    if judged.verdict is Verdict.GOOD:
        rereading.join(run.archive, each.current, split, held, judged)
    else:
        issue = Issue(kind=judged.verdict, message=judged.reason or judged.verdict)
        run.archive.note(issue, run_id=run.id, portal_id=each.portal.id, url=held.url)


def joined(archive: Archive, portal: Portal, reading: Reading) -> Reading:
    """The reading of a first page with the texts of the others; `parts` is missing while some are not held."""
    assert reading.article is not None, "a first page shows an article"
    held = [rereading.newest_part(archive.conn, url) for url in reading.article.parts]
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
