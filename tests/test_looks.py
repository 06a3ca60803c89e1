"""When an address is looked at again: young articles often, old ones by how often the portal's old ones change."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from making import ARTICLE, Maker, verdict

from archive.clock import VIETNAM
from archive.frontier import CHANGED_MOST
from archive.looks import EARLY, look_for_missing, next_look, settled
from archive.migrations import make
from archive.records import Kind, Link, Verdict
from archive.store import Archive, Database

DAY = timedelta(days=1)
NOW = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)
URLS = [f"http://p.vn/-/bai-viet-{number}" for number in range(20_000)]


@pytest.mark.parametrize(("age", "days"), [(0, 1), (6, 1), (8, 7), (29, 7)])
def test_a_young_article_is_looked_at_by_its_age(age: int, days: int) -> None:
    assert next_look(Kind.ARTICLE, NOW - age * DAY, NOW, url=URLS[0]) == NOW + days * DAY - EARLY


def test_what_a_first_crawl_found_on_one_day_is_not_due_on_one_day_and_seldom() -> None:
    due = [(next_look(Kind.ARTICLE, NOW - 400 * DAY, NOW, url=url) - NOW).days for url in URLS]
    assert min(due) >= 93
    assert max(due) <= 300
    assert max(Counter(due).values()) < 0.04 * len(URLS)
    a_year = sum(365 / days for days in due)
    assert a_year / 365 / len(URLS) <= 0.006


def portal(changed: int, unchanged: int) -> sqlite3.Connection:
    db = Database(memory=True)
    make(db)
    db.conn.execute("PRAGMA foreign_keys = OFF")
    db.conn.execute("INSERT INTO run_portals (run_id, portal_id, changed, unchanged) VALUES (1, 'p', ?, ?)",
                    [changed, unchanged])  # fmt: skip
    return db.conn


@pytest.mark.parametrize(("changed", "unchanged", "days"), [(0, 0, 200), (0, 500, 200), (5, 245, 100), (50, 50, 30)])
def test_the_more_a_portal_changes_the_sooner_its_old_articles_are_looked_at(
    changed: int, unchanged: int, days: int
) -> None:
    assert round(settled(portal(changed, unchanged), "p") / DAY) == days


def test_an_article_that_is_missing_is_looked_at_until_it_is_removed_and_then_rarely(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        made = Maker(archive)
        made.article(when=NOW)
        at, looked = NOW, []
        for _ in range(6):
            made.visit(ARTICLE.url, reading=verdict(Verdict.GONE, "http 404"), when=at)
            looked.append((at - NOW).days)
            status = archive.conn.execute("SELECT status FROM articles").fetchone()[0]
            at = look_for_missing(at, url=ARTICLE.url, is_new=status == "gone")
    assert looked[:3] == [0, 7, 14]
    assert status == "removed"
    assert looked[3] - looked[2] >= 45


def test_lists_are_looked_through_within_six_weeks() -> None:
    due = [(next_look(Kind.LISTING, None, NOW, url=url) - NOW).days for url in URLS]
    assert (min(due), max(due)) == (12, 40)


def test_on_six_days_of_the_week_nothing_is_due_of_what_is_old() -> None:
    looks = [next_look(kind, NOW - 400 * DAY, NOW, url=url) for url in URLS for kind in (Kind.ARTICLE, Kind.LISTING)]
    assert len({look.weekday() for look in looks}) == 1
    assert {(look.hour, look.minute) for look in looks} == {(0, 0)}


SITEMAP = "http://p.vn/sitemap.xml"


def told_of(archive: Archive, made: Maker, changed: list[datetime | None]) -> list[str]:
    """What is queued after a sitemap has told when each of some articles, seen before, was changed."""
    for number in range(len(changed)):
        made.article(replace(ARTICLE, key=f"entry:{number}", url=URLS[number]), when=NOW)
    links = tuple(
        Link(url=url, kind=Kind.PAGE, changed_at=at) for url, at in zip(URLS, changed, strict=False)
    )  # fmt: skip
    reading = replace(verdict(Verdict.GOOD), kind=Kind.SITEMAP)
    made.visit(SITEMAP, reading=reading, kind=Kind.SITEMAP, links=links, when=NOW + DAY)
    rows = archive.conn.execute(
        "SELECT url FROM _frontier WHERE state = 'queued' AND article_id IS NOT NULL ORDER BY id"
    )
    return [row[0] for row in rows]


def test_what_a_sitemap_says_was_changed_is_looked_at_at_once(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        before: list[datetime | None] = [NOW - DAY] * 38
        assert told_of(archive, Maker(archive), [*before, NOW + DAY, None]) == [URLS[38]]


def test_a_sitemap_that_says_so_of_everything_is_believed_of_little(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        made = Maker(archive)
        assert len(told_of(archive, made, [NOW + DAY] * 80)) == CHANGED_MOST
