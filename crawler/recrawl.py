"""What only several pages of a run can tell of a portal: a text on many addresses, an outage, a portal gone bad."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive import articles, looks, missing, witnesses
from archive.clock import digits
from archive.missing import Missing
from archive.records import Kind, Reading, Standing, Verdict, Visit
from archive.store import Archive
from archive.visits import MISSING, Kept
from crawler import verdicts
from crawler.parsers.thresholds import (
    LASTING_SHARE,
    LIST_SAME,
    SHARED_BY,
    SUSPECT_FEWEST,
    SUSPECT_ROW,
    SUSPECT_SHARE,
    WITNESSES,
)


@dataclass(slots=True)
class Recrawl:
    """A portal's known articles as a run finds them again."""

    due: int = 0
    """Known articles that the run will ask for."""
    good: set[int] = field(default_factory=set)
    """Articles that the run has seen, known before or not."""
    suspect: dict[int, str] = field(default_factory=dict)
    """Why known articles are suspect."""
    missing: dict[int, Missing] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    """Known articles that were asked for."""
    row: int = 0
    """Suspects since the last good article."""
    _shown: dict[int, set[str]] = field(default_factory=dict)
    """Keys of the articles that showed a title and text."""
    _past: set[int] = field(default_factory=set)
    """Articles that were gone before."""
    _lasting: set[int] = field(default_factory=set)
    """Articles that have been suspect for longer than outages last."""
    _led: Counter[str] = field(default_factory=Counter)
    """How many known articles lead to an address."""
    _absent: dict[int, str] = field(default_factory=dict)
    """The outcome, gone or other, of addresses that are linked as articles and have never shown one, by lease."""
    _has_witnesses: bool = False
    _answers: bool = False
    """Whether any page of the portal was answered as it should be."""
    _lists: list[set[str]] = field(default_factory=list)
    """What the home page and the sections link."""

    def judged(self, conn: sqlite3.Connection, visit: Visit, at: datetime, *, is_entry: bool) -> Visit:
        """The visit with the verdict that its page deserves beside the archive's version and the run's other pages."""
        reading = visit.reading
        if reading is None or visit.again_at:
            return visit
        if is_entry and reading.verdict is Verdict.GOOD:
            self._lists.append({link.url for link in visit.links})
        held = _held(conn, visit, reading)
        if held is not None:
            reading = self._beside(conn, visit, reading, held)
        if (
            reading.verdict is Verdict.GOOD
            and reading.article
            and not (held and verdicts.is_same(reading.article, held))
        ):
            reading = self._unshared(reading)
        if held is not None and held.is_gone:
            self._past.add(held.article_id)
        elif held is not None and reading.verdict is Verdict.SUSPECT and missing.lasts(conn, visit.lease, at):
            self._lasting.add(held.article_id)
        return replace(visit, reading=reading)

    def _beside(self, conn: sqlite3.Connection, visit: Visit, reading: Reading, held: Standing) -> Reading:
        """The reading with the verdict beside the version that is held; that the article is missing is left open."""
        reading = verdicts.against(reading, held, is_new=_is_new(conn, visit.lease.url, reading, held))
        if reading.reason == verdicts.A_LIST and self._is_an_entrys(visit):
            reading = replace(reading, verdict=Verdict.GONE)
        if (reading.reason or "").startswith(verdicts.MOVED):
            reading = self._alone(reading)
        if reading.verdict is Verdict.GONE and not held.is_gone:
            reading = replace(reading, verdict=Verdict.SUSPECT, reason=f"{MISSING}{reading.reason}")
        return reading

    def _is_an_entrys(self, visit: Visit) -> bool:
        """Whether the page links what the home page or a section does: it is served in the article's place."""
        own = {link.url for link in visit.links}
        return any(len(own & each) >= LIST_SAME * max(len(each), len(own), 1) for each in self._lists)

    def _unshared(self, reading: Reading) -> Reading:
        """Suspect where other articles' addresses have shown the same title and text."""
        article = reading.article
        assert article is not None
        keys = self._shown.setdefault(hash((article.title, article.summary, article.body)), set())
        keys.add(article.key)
        if len(keys) <= SHARED_BY:
            return reading
        reason = f"{len(keys) - 1} other addresses show the same: {article.title[:80]}"
        return replace(reading, verdict=Verdict.SUSPECT, reason=reason)

    def _alone(self, reading: Reading) -> Reading:
        """Suspect where other known articles lead to the same address: a notice, a login."""
        if reading.verdict is not Verdict.OTHER or reading.reason is None:
            return reading
        self._led[reading.reason] += 1
        return reading if self._led[reading.reason] <= SHARED_BY else replace(reading, verdict=Verdict.SUSPECT)

    def note(self, visit: Visit, kept: Kept) -> None:
        """Remember what became of an article's address."""
        self._answers = self._answers or _is_answered(visit)
        if kept.outcome in ("new", "changed", "unchanged") and kept.article_id is not None:
            self.good.add(kept.article_id)
            self.row = 0
        known, reading = visit.lease.article_id, visit.reading
        if known is None and kept.outcome in ("gone", "other") and visit.lease.kind is Kind.ARTICLE:
            self._absent[visit.lease.id] = kept.outcome
        if known is None or known in self._past or kept.outcome is None:
            return
        self.known.add(known)
        if reading is None or kept.outcome != "suspect" or not visit.capture or not kept.capture_id:
            return
        if (reading.reason or "").startswith(MISSING):
            self.missing[known] = Missing(
                lease=visit.lease, capture_id=kept.capture_id, captured_at=visit.capture.at, reading=reading
            )
        else:
            self.suspect[known] = reading.reason or reading.verdict
            self.row += known not in self._lasting

    def lacks_witnesses(self) -> bool:
        """Whether articles are missing and too few known ones are asked for to tell an outage; says so once."""
        coming = self.due - len(self.known)
        if self._has_witnesses or not (self.missing or "gone" in self._absent.values()) or coming >= WITNESSES:
            return False
        self._has_witnesses = True
        return True

    def _bad(self) -> set[int]:
        return (self.suspect.keys() | self.missing.keys()) - self.good

    def _lost(self) -> dict[int, Missing]:
        return {number: each for number, each in self.missing.items() if number not in self.good}

    def why_stop(self) -> str | None:
        """Why no more of the portal is asked for: too many of its known articles are suspect, in any order, or a row
        of them without a good one between.
        """
        bad = self._bad()
        asked = max(self.due, len(bad))
        fresh = bad - self._lasting
        many = len(fresh) >= SUSPECT_FEWEST and len(fresh) > SUSPECT_SHARE * asked
        many = many or (len(bad) >= SUSPECT_FEWEST and len(bad) > LASTING_SHARE * asked)
        if not many and self.row < SUSPECT_ROW:
            return None
        reasons = Counter([*self.suspect.values(), *(each.reading.reason or "" for each in self._lost().values())])
        most = ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3))
        return f"{len(bad)} of {asked} known articles are suspect, and none of them was changed: {most}"

    def settle(self, archive: Archive, run_id: int, at: datetime) -> None:
        """Decide what the missing articles are, at the end of the run."""
        lost, bad = self._lost(), self._bad()
        if not (lost or self._absent):
            return
        asked = self.known | bad
        is_out = len(bad) >= SUSPECT_FEWEST and len(bad) > SUSPECT_SHARE * len(asked)
        outage = f"{len(lost)} of {len(asked)} known articles are missing at once; none is taken for gone"
        if not self._answers:
            is_out, outage = True, "nothing of the portal is answered as it should be; no article is taken for gone"
        missing.settle(archive, run_id, lost.values(), outage if is_out else None, at, is_up=bool(self._lists))
        if is_out:
            with archive.transaction() as conn:
                witnesses.ask_again(conn, self._absent, looks.tomorrow(at))


def _is_answered(visit: Visit) -> bool:
    """Whether a page came, whatever it holds: what shows that a portal works."""
    reading, capture = visit.reading, visit.capture
    if reading is None or capture is None or reading.kind is Kind.ROBOTS:
        return False
    return capture.status == 200 and reading.verdict in (Verdict.GOOD, Verdict.OTHER)


def _is_new(conn: sqlite3.Connection, url: str, reading: Reading, held: Standing) -> bool | None:
    """After a redesign: whether the reader's text differs from what it read there last; None where it never did."""
    if reading.article is None or not verdicts.is_redesign(reading, held):
        return None
    last = articles.last_read(conn, held.article_id, url, reading.reader)
    return articles.sha256_of(reading.article) != last if last else None


def _held(conn: sqlite3.Connection, visit: Visit, reading: Reading) -> Standing | None:
    """The version to compare with: of the article known at the address, or of the one that its reader finds there.

    An imported capture is compared with what the portal showed then.
    """
    lease, capture = visit.lease, visit.capture
    until = digits(capture.at) if capture and capture.origin else None
    held = articles.standing(conn, lease.article_id, until) if lease.article_id is not None else None
    if held is not None and reading.article and verdicts.is_another(reading, held):
        return articles.standing_of(conn, lease.portal_id, reading.article.key, until)
    return held
