"""Where articles are missing, others are asked for: an outage must not look like a deletion because little was due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from making import ARTICLE, Maker, verdict

from archive import frontier, witnesses
from archive.clock import VIETNAM, due
from archive.records import Kind, Lease, Link, Verdict, Visit
from archive.store import Archive
from archive.visits import Kept
from crawler.recrawl import Recrawl

NOW = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)
LEASE = Lease(id=1, portal_id="p", url="http://p.vn/-/1", kind=Kind.ARTICLE, attempts=0, article_id=None)
ABSENT = Visit(lease=LEASE, reading=verdict(Verdict.GONE, "http 404"))


def test_articles_that_are_live_and_were_not_asked_for_in_this_pass_are_witnesses(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        made = Maker(archive)
        for number in range(9):
            url = f"http://p.vn/-/{number}"
            made.article(replace(ARTICLE, key=f"entry:{number}", url=url, title=f"Hội nghị {number}"), when=NOW)
        with archive.transaction() as conn:
            conn.execute("UPDATE _passes SET ended_at = started_at")
            conn.execute("UPDATE _frontier SET due_at = ?", [due(NOW + timedelta(days=900))])
            made.current.number = frontier.begin_pass(conn, "p", [Link(url="http://p.vn/", kind=Kind.PAGE)], NOW)
        made.visit("http://p.vn/-/0", reading=verdict(Verdict.GONE, "http 404"), when=NOW)
        with archive.transaction() as conn:
            witnesses.call(conn, "p", made.current.number, NOW, 5)
        rows = conn.execute("SELECT url FROM _frontier WHERE state = 'queued' AND article_id IS NOT NULL").fetchall()
    assert len(rows) == 5
    assert ("http://p.vn/-/0",) not in rows


@pytest.mark.parametrize(("due", "lacks"), [(0, True), (4, True), (5, False)])
def test_witnesses_are_called_once_and_only_where_few_articles_are_due(due: int, lacks: bool) -> None:
    recrawl = Recrawl(due=due)
    assert not recrawl.lacks_witnesses()
    recrawl.note(ABSENT, Kept(outcome="gone"))
    assert recrawl.lacks_witnesses() == lacks
    assert not recrawl.lacks_witnesses()


@pytest.mark.parametrize(("what", "outcome"), [(Verdict.GONE, "gone"), (Verdict.OTHER, "other")])
def test_what_was_no_article_in_an_outage_is_asked_for_the_next_day(
    tmp_path: Path, what: Verdict, outcome: str
) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        made = Maker(archive)
        made.visit(LEASE.url, reading=verdict(what, "login"))
        number = archive.conn.execute("SELECT id FROM _frontier WHERE url = ?", [LEASE.url]).fetchone()[0]
        recrawl = Recrawl()
        recrawl.note(replace(ABSENT, lease=replace(LEASE, id=number)), Kept(outcome=outcome))
        recrawl.settle(archive, made.run, NOW)  # not one page of the portal was answered
        again = archive.conn.execute("SELECT due_at FROM _frontier WHERE id = ?", [number]).fetchone()[0]
    assert due(NOW) < again < due(NOW + timedelta(days=1))
