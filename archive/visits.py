"""What one visit to an address leaves in the archive: all of it in one transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from archive import attachments, frontier, listed, looks, order, states
from archive.articles import ArticleWriter, sha256_of
from archive.clock import digits, iso, now
from archive.records import Capture, Issue, Kind, Link, Reading, Verdict, Visit
from archive.store import Archive, insert_issue, put_file

_SQL_CAPTURE = """
INSERT INTO captures (run_id, portal_id, url, timestamp, status, mimetype, digest, filename, offset, length,
  record_sha256, request_length, request_sha256, truncated, tls, origin, place, rendered)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


MISSING = "missing: "
"""How the reason of a suspect reading begins while it is open whether the article is gone or the portal is out."""

HACKED = "hacked"
"""The kind of the issues that tell of smuggled links and advertisements."""

REDESIGN = "redesign: "
"""How the reason of a suspect reading begins where a template may be learnt from the page: no reader finds the article
where it was, or another one finds another text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a visit. `outcome` is one of `archive.store.OUTCOMES`, or `None`: asked again later."""

    outcome: str | None
    article_id: int | None = None
    capture_id: int | None = None
    new_links: int = 0


@dataclass(slots=True)
class Pass:
    """A portal's pass as this process goes through it, with what it has met so far."""

    portal_id: str
    number: int
    known: set[int] = field(default_factory=set)
    """Hashes of addresses that are in the frontier, so that a menu's links cost one look-up each."""
    articles: set[int] = field(default_factory=set)
    """Hashes of addresses that are articles."""
    offered: dict[str, set[int]] = field(default_factory=dict)
    """Hashes of the articles that pages of a shape offered."""
    hacked: set[str] | None = None
    """Addresses with open issues of that kind; None until they were looked up."""
    later: timedelta = looks.SETTLED_MOST
    """How long the portal's old articles are left alone."""


def keep(archive: Archive, run_id: int, current: Pass, visit: Visit, at: datetime | None = None) -> Kept:
    """Write all of a visit in one transaction. Call it after the WARC file has been synced.

    `at` is when the visit was, if not now.
    """
    with archive.transaction() as conn:
        return _Keeper(conn, run_id, current, visit, at or now()).keep()


def insert_reading(conn: sqlite3.Connection, capture_id: int, reading: Reading, at: datetime) -> None:
    """Note what a reader made of a capture, in the caller's transaction."""
    conn.execute(
        "INSERT INTO readings (capture_id, reader, tier, kind, verdict, reason, missing, confidence, read_at,"
        " text_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [capture_id, reading.reader, reading.tier, reading.kind, reading.verdict, reading.reason,
         ",".join(reading.missing) or None, reading.confidence, iso(at),
         sha256_of(reading.article) if reading.article else None],
    )  # fmt: skip


class _Keeper:
    """One visit on its way into the tables."""

    def __init__(self, conn: sqlite3.Connection, run_id: int, current: Pass, visit: Visit, at: datetime) -> None:
        self.conn = conn
        self.run_id = run_id
        self.current = current
        self.visit = visit
        self.lease = visit.lease
        self.at = at
        self.reading = _judged(visit)
        self.capture_id: int | None = None
        self.article_id: int | None = None

    def keep(self) -> Kept:
        visit = self.visit
        if visit.before and visit.before.capture and visit.before.reading:
            insert_reading(self.conn, self._put_capture(visit.before.capture), visit.before.reading, now())
        if visit.capture:
            self.capture_id = self._put_capture(visit.capture)
        self._close_healed()
        for issue in [issue for issue in visit.issues if not self._are_told(issue.kind)]:
            self._put_issue(issue)
        if visit.again_at:
            if self.reading:
                self._put_reading(self.reading)
            frontier.put_off(self.conn, self.lease.id, visit.again_at)
            return Kept(outcome=None, capture_id=self.capture_id)
        outcome = self._outcome()
        new_links = self._put_links()
        self._end_lease()
        self.conn.execute(
            f"UPDATE run_portals SET {outcome} = {outcome} + 1 WHERE run_id = ? AND portal_id = ?",
            [self.run_id, self.current.portal_id],
        )
        return Kept(outcome=outcome, article_id=self.article_id, capture_id=self.capture_id, new_links=new_links)

    def _is_imported(self) -> bool:
        return self.visit.capture is not None and self.visit.capture.origin is not None

    def _outcome(self) -> str:
        """Write what was read; returns the outcome."""
        visit, reading = self.visit, self.reading
        if visit.failed is not None:
            self._put_issue(Issue(kind="failed", message=visit.failed))
            return "failed"
        if visit.refused is not None:
            return "refused"
        assert reading is not None, "a visit ends with a reading, failed, refused or again_at"
        self._put_reading(reading)
        if visit.file and visit.capture and self.capture_id:
            attachments.hold(self.conn, self.lease.url, self.capture_id, visit.capture.mimetype, visit.file)
        if reading.verdict is Verdict.GOOD and reading.article:
            articles = self._articles()
            outcome = articles.put(reading, reading.article)
            self.article_id = articles.article_id
            return outcome
        if reading.verdict is Verdict.GONE:
            self.article_id = self.lease.article_id
            return self._articles().put_gone(reading.reason)
        if reading.verdict in (Verdict.SUSPECT, Verdict.UNREADABLE):
            if not (reading.reason or "").startswith(MISSING):  # the end of the run tells what it means
                self._put_issue(Issue(kind=reading.verdict, message=reading.reason or reading.verdict))
            return "suspect"
        return "other"

    def _articles(self) -> ArticleWriter:
        assert self.visit.capture, "a reading has its capture"
        assert self.capture_id is not None
        return ArticleWriter(
            conn=self.conn, portal_id=self.current.portal_id, lease=self.lease, capture_id=self.capture_id,
            captured_at=self.visit.capture.at, put_issue=self._put_issue,
        )  # fmt: skip

    def _put_capture(self, capture: Capture) -> int:
        stored = capture.stored
        cursor = self.conn.execute(
            _SQL_CAPTURE,
            [self.run_id, self.current.portal_id, capture.url, digits(capture.at), capture.status, capture.mimetype,
             stored.digest, stored.filename, stored.offset, stored.length, stored.record_sha256,
             stored.request_length, stored.request_sha256, capture.truncated, capture.tls, capture.origin,
             None if capture.origin else order.place(self.conn, digits(capture.at)), capture.rendered],
        )  # fmt: skip
        put_file(self.conn, stored, self.at)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _put_reading(self, reading: Reading) -> None:
        assert self.capture_id is not None, "a reading has its capture"
        insert_reading(self.conn, self.capture_id, reading, now())

    def _close_healed(self) -> None:
        """Close what was told of a page that was hacked, where it is so no longer: when it is again, it is news."""
        current, url = self.current, self.lease.url
        if current.hacked is None:
            rows = self.conn.execute(
                "SELECT url FROM issues WHERE portal_id = ? AND kind = ? AND closed_at IS NULL",
                [current.portal_id, HACKED],
            )
            current.hacked = {row[0] for row in rows}
        is_hacked = any(issue.kind == HACKED for issue in self.visit.issues)
        if is_hacked:
            current.hacked.add(url)
        elif url in current.hacked and self.reading and self.reading.tier:
            current.hacked.discard(url)
            self.conn.execute(
                "UPDATE issues SET closed_at = ? WHERE portal_id = ? AND url = ? AND kind = ? AND closed_at IS NULL",
                [iso(self.at), current.portal_id, url, HACKED],
            )

    def _are_told(self, kind: str) -> bool:
        """Whether the last issues of a kind at this address said the same, and are open: what lasts is told once."""
        rows = self.conn.execute(
            "SELECT message FROM issues WHERE portal_id = ?1 AND url = ?2 AND kind = ?3 AND closed_at IS NULL"
            " AND run_id IS (SELECT run_id FROM issues WHERE portal_id = ?1 AND url = ?2 AND kind = ?3"
            " ORDER BY id DESC LIMIT 1)",
            [self.current.portal_id, self.lease.url, kind],
        )
        return {row[0] for row in rows} == {issue.message for issue in self.visit.issues if issue.kind == kind}

    def _put_issue(self, issue: Issue) -> None:
        insert_issue(
            self.conn, issue, at=self.at, run_id=self.run_id, portal_id=self.current.portal_id,
            url=self.lease.url, capture_id=self.capture_id,
        )  # fmt: skip

    # -- the frontier -----------------------------------------------------------------------------

    def _put_links(self) -> int:
        """Queue what the page links; returns how many addresses were new."""
        current, links = self.current, self.visit.links
        fresh = [link for link in links if hash(link.url) not in current.known]
        added = frontier.add(self.conn, current.portal_id, fresh, self.lease.id, self.at)
        self._learn(fresh, added)
        if not self._is_imported():
            frontier.look_at_changed(self.conn, current.portal_id, links, self.at)
        if self.visit.failed or self.visit.refused or self._is_imported():
            return len(added)
        self._note_list()
        frontier.count_page(self.conn, self.lease.id, current.number)
        fruit = self._fruit()
        if fruit:
            frontier.credit(self.conn, self.lease.id, fruit, current.number)
        if any(link.kind is Kind.LISTING for link in links) and frontier.has_news(self.conn, current.portal_id, links):
            frontier.look_again(self.conn, current.portal_id, links, current.number, self.at)
        return len(added)

    def _note_list(self) -> None:
        """Remember what a page of a list shows, for those that it will show no longer."""
        reading = self.reading
        if reading and self.capture_id and reading.kind is Kind.LISTING and reading.verdict is Verdict.GOOD:
            portal_id, links = self.current.portal_id, self.visit.links
            listed.note(self.conn, portal_id, self.lease.id, links, self.capture_id, self.at)
        elif reading and reading.verdict is Verdict.GONE:
            listed.forget(self.conn, self.lease.id)

    def _learn(self, fresh: list[Link], added: tuple[Link, ...]) -> None:
        """Remember which addresses are known, and which of them are articles."""
        current = self.current
        current.known.update(hash(link.url) for link in fresh)
        new = {link.url for link in added}
        # A sitemap names addresses without saying which are articles; listings may say so later.
        current.articles.update(hash(link.url) for link in self.visit.links if link.kind is Kind.ARTICLE)
        for link in fresh:
            if link.url not in new and self._is_article(link.url):
                current.articles.add(hash(link.url))

    def _is_article(self, url: str) -> bool:
        row = self.conn.execute(
            "SELECT article_id FROM _frontier WHERE portal_id = ? AND url = ?", [self.current.portal_id, url]
        ).fetchone()
        return row is not None and row[0] is not None

    def _fruit(self) -> int:
        """1 for an article, or for a page that offers an article that no page of its shape offered before.

        The page on which an article was first found is credited too.
        """
        current = self.current
        if self.article_id is not None:
            current.articles.add(hash(self.lease.url))
            parent = self.conn.execute("SELECT found_on FROM _frontier WHERE id = ?", [self.lease.id]).fetchone()[0]
            if parent is not None:
                frontier.credit(self.conn, parent, 1, current.number)
            return 1
        offered = current.offered.setdefault(frontier.shape(self.lease.url), set())
        offer = {hash(link.url) for link in self.visit.links} & current.articles - offered
        offered |= offer
        return int(bool(offer))

    def _end_lease(self) -> None:
        """End the lease: when the address is due again depends on what came of it."""
        reading = self.reading
        if reading and reading.verdict in (Verdict.GOOD, Verdict.OTHER):
            kind = reading.kind
            published_at = reading.article.published_at if reading.article else None
            later = self.current.later
            again = looks.next_look(kind, published_at, self.at, url=self.lease.url, later=later)
        elif reading and reading.verdict is Verdict.GONE:
            kind = self.lease.kind
            is_new = self.article_id is not None and states.of(self.conn, self.article_id) == states.GONE
            again = looks.look_for_missing(self.at, url=self.lease.url, is_new=is_new)
        else:
            kind = self.lease.kind
            again = looks.tomorrow(self.at)
        if self._is_imported():
            frontier.recalled(self.conn, self.lease.id, kind, again, self.article_id)
            return
        frontier.done(
            self.conn,
            self.lease.id,
            kind=kind,
            number=self.current.number,
            again=again,
            article_id=self.article_id,
        )


def _judged(visit: Visit) -> Reading | None:
    """The reading, suspect where an article's address answers with a page without one: maintenance, a login.

    A redirect is left to the address that it leads to.
    """
    reading = visit.reading
    is_open = visit.again_at is not None  # it is looked at again, or its scripts are still to make it
    if reading is None or is_open or visit.lease.article_id is None or reading.article is not None:
        return reading
    whole = visit.capture is not None and visit.capture.status == 200
    if not whole or reading.verdict not in (Verdict.GOOD, Verdict.OTHER):
        return reading
    return replace(reading, verdict=Verdict.SUSPECT, reason=f"shows article {visit.lease.article_id} no longer")
