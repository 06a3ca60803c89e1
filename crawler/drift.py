"""What is no longer as a portal usually is: told at the end of each run from what the archive holds, at no request.

A baseline is the portal's own past, so nothing has to be configured; `[expect]` of its file adds what a person knows.
The thresholds are below, each with what it is for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from archive import alerts
from archive.alerts import Alert
from archive.clock import iso
from archive.overview import BAD_SHARE
from crawler.parsers.boilerplate import is_label
from crawler.portals import Portal
from crawler.run import Run, entries

RECENT, FEWEST, BASELINE = 20, 8, 200
"""Articles found since the portal's first run that are looked at, the least of them, and those they stand beside."""
USUAL, LOST = 0.8, 0.5
"""A field that this share of the baseline has, and less than half as many of the recent ones, is not read any more."""
SHORTER = 0.35
"""Share of the usual length below which the texts are cut: half of the body may be a real habit of a month."""
LEAKING, CLEAN = 0.3, 0.05
"""Share of texts with lines of the portal's software in them: of the recent ones, and of the baseline at most."""
GAPS, QUIET_LEAST = 2, timedelta(days=7)
"""A portal is silent for longer than twice its longest silence of a year, and at least a week …"""
TET, TET_LEAST = ((1, 18), (3, 4)), timedelta(days=15)
"""… and two weeks in the season of Tết, which begins between 21 January and 20 February and closes offices for a week:
the articles that are held of a portal may not reach back to the last one, and its silence is no habit of the year."""
FREQUENT = 20
"""Articles of the last year from which on its silences are a habit."""
BAD_FEWEST = 3
"""Answers that are suspect or failed, at least, beside the share of them by which a crawl fails."""
MISSING_SHARE, MISSING_LEAST = 0.1, 20
"""Share of what is expected that is missing after a whole pass."""
_FIELDS = ("title", "summary", "author", "published_at")


def watch(run: Run, at: datetime) -> None:
    """Open and close the alerts of a run's portals."""
    for each in run.portals.values():
        found = drift(run.archive.conn, each.portal, at)
        with run.archive.transaction() as conn:
            alerts.settle(conn, each.portal.id, found, at, run.id)


def drift(conn: sqlite3.Connection, portal: Portal, at: datetime) -> dict[Alert, str]:
    """What is wrong with a portal now: each alert with its reason, in a sentence."""
    found = {}
    for checked in (_lists, _reading, _publishing, _last_run, _holding):
        found.update(dict(checked(conn, portal, at)))
    return found


Found = Iterator[tuple[Alert, str]]


def _lists(conn: sqlite3.Connection, portal: Portal, at: datetime) -> Found:
    """The home page and the sections: do they still list articles?"""
    broken = []
    for link in entries(portal):
        rows = conn.execute(
            "SELECT readings.kind, verdict, reason FROM captures JOIN readings ON readings.id ="
            " (SELECT max(id) FROM readings WHERE capture_id = captures.id) WHERE url = ? AND portal_id = ?"
            " AND status = 200 ORDER BY captures.id DESC LIMIT 10",
            [link.url, portal.id],
        ).fetchall()
        kinds = [row[0] for row in rows]
        if rows and kinds[0] != "listing" and "listing" in kinds[1:]:
            broken.append(f"{link.url} ({rows[0][2] or rows[0][0]})")
    if broken:
        yield Alert.NO_LIST, f"no articles are listed any more on {', '.join(broken)}"


def _reading(conn: sqlite3.Connection, portal: Portal, at: datetime) -> Found:
    """The fields, length and lines of the articles found lately, beside those before."""
    begun = "(SELECT min(run_id) FROM captures WHERE portal_id = ?1)"
    columns = f"articles.id, body, {', '.join(f'articles.{name}' for name in _FIELDS)}"
    recent = conn.execute(
        f"SELECT {columns} FROM articles WHERE portal_id = ?1 AND first_seen >"
        f" (SELECT coalesce(max(ended_at), max(started_at)) FROM runs WHERE id = {begun}) ORDER BY id DESC LIMIT ?2",
        [portal.id, RECENT],
    ).fetchall()
    if len(recent) < FEWEST:
        return
    before = conn.execute(
        f"SELECT {columns} FROM articles WHERE portal_id = ? AND id < ? ORDER BY published_at DESC LIMIT ?",
        [portal.id, min(row[0] for row in recent), BASELINE],
    ).fetchall()
    if len(before) < RECENT:
        return
    lost = [name for place, name in enumerate(_FIELDS, 2) if _is_lost(_share(before, place), _share(recent, place))]
    if lost:
        yield Alert.FIELDS, f"the last {len(recent)} articles have no {', '.join(lost)}, as most before them have"
    usual, now = (median(len(row[1]) for row in rows) for rows in (before, recent))
    if now < SHORTER * usual:
        yield (
            Alert.SHORT,
            f"half of the last {len(recent)} texts have {now:.0f} letters at most; usual are {usual:.0f}",
        )
    if _leaks(recent) >= LEAKING and _leaks(before) <= CLEAN:
        yield Alert.LEAKS, f"lines of the portal's software stand in the last {len(recent)} texts"


def _share(rows: Sequence[Any], place: int) -> float:
    return sum(bool(row[place]) for row in rows) / len(rows)


def _is_lost(usual: float, now: float) -> bool:
    return usual >= USUAL and now < LOST * usual


def _leaks(rows: Sequence[Any]) -> float:
    return sum(any(line and is_label(line) for line in row[1].split("\n")) for row in rows) / len(rows)


def _publishing(conn: sqlite3.Connection, portal: Portal, at: datetime) -> Found:
    """How often it publishes: its own habit, and what its file expects."""
    days = [
        datetime.fromisoformat(row[0])
        for row in conn.execute(
            "SELECT coalesce(published_at, first_seen) AS day FROM articles WHERE portal_id = ? AND day BETWEEN ? AND ?"
            " ORDER BY day",
            [portal.id, iso(at - timedelta(days=365)), iso(at)],
        )
    ]
    if len(days) >= FREQUENT and portal.end is None:
        is_tet = _is_tet(at)
        longest = max((end - begin for begin, end in pairwise(days) if is_tet or not _is_tet(end)), default=QUIET_LEAST)
        silence = at - days[-1]
        least = TET_LEAST if is_tet else QUIET_LEAST
        if silence > max(GAPS * longest, least):
            yield Alert.SILENT, f"nothing new for {silence.days} days; its longest silence in a year was {longest.days}"
    expected = portal.expect.new_articles_per_week
    if expected and _is_a_week_old(conn, portal.id, at):
        week = sum(day > at - timedelta(days=7) for day in days)
        if not expected[0] <= week <= expected[1]:
            yield Alert.AMOUNT, f"{week} articles in a week; its file expects {expected[0]} to {expected[1]}"


def _is_tet(day: datetime) -> bool:
    return TET[0] <= (day.month, day.day) <= TET[1]


def _is_a_week_old(conn: sqlite3.Connection, portal_id: str, at: datetime) -> bool:
    row = conn.execute("SELECT min(first_seen) FROM articles WHERE portal_id = ?", [portal_id]).fetchone()
    return row[0] is not None and row[0] <= iso(at - timedelta(days=7))


def _last_run(conn: sqlite3.Connection, portal: Portal, at: datetime) -> Found:
    """What came of the last runs."""
    rows = conn.execute(
        "SELECT planned - refused - put_off, suspect, failed,"
        # A server that answers 503 to robots.txt is asked for nothing else: that answer alone is none.
        " new + changed + unchanged + iif(planned > 1, other, 0) FROM run_portals"
        " WHERE portal_id = ? AND planned > 0 ORDER BY run_id DESC LIMIT 2",
        [portal.id],
    ).fetchall()
    if len(rows) == 2 and not any(row[3] for row in rows):
        yield Alert.UNREACHABLE, "nothing was answered in the last two runs"
    elif rows and any(rows[0][1::2]) and (rows[0][1] + rows[0][2]) > max(BAD_SHARE * rows[0][0], BAD_FEWEST - 1):
        yield Alert.SUSPECTS, f"{rows[0][1]} answers were suspect and {rows[0][2]} failed of {rows[0][0]}"


def _holding(conn: sqlite3.Connection, portal: Portal, at: datetime) -> Found:
    """How much is missing after a whole pass."""
    missing, expected = conn.execute(
        "SELECT coalesce(sum(missing), 0), coalesce(sum(expected), 0) FROM coverage JOIN _passes USING (portal_id)"
        " WHERE portal_id = ? AND ended_at IS NOT NULL",
        [portal.id],
    ).fetchone()
    if missing > max(MISSING_LEAST, MISSING_SHARE * expected):
        yield Alert.MISSING, f"{missing} of {expected} articles are missing; see: luutru coverage --gaps"
