"""Which portals to save first: how soon each may be lost, times how much of it is not held yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crawler.lifecycle import State
from crawler.portals import Portal

_OF_STATE = {
    State.LIVE: 1.0, State.FROZEN: 3.0, State.REDIRECTING: 3.0, State.TLS_BROKEN: 2.0, State.BLOCKED: 1.5,
    State.SOFT_DEAD: 1.5, State.DEAD: 0.5, State.DNS_GONE: 0.1, State.TAKEN_OVER: 0.1,
}  # fmt: skip
"""How much each state adds to the risk. Of what is gone hardly anything is left to save: it is tried last. Behind a
home page that leads elsewhere or shows a notice the articles often still answer for a while."""
ENDED, ENDS_SOON = 4.0, 3.0
"""A publisher that is no more keeps its portal up for as long as nobody notices; one that ends soon still works."""
SOON = 90
"""Days."""
FAILING = 2.0
"""What is added to the risk where all that was asked for lately failed."""
LATELY = 3
"""Runs."""
NEVER = 5000
"""Articles that a portal is taken to have of which nothing was ever fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endangered:
    """A portal, its risk (1 where nothing is known against it), the articles and pages that are not held, and why."""

    portal: Portal
    status: str
    risk: float
    not_held: int
    why: tuple[str, ...]

    @property
    def score(self) -> float:
        """What the order goes by."""
        return round(self.risk * self.not_held, 1)


def order(conn: sqlite3.Connection, portals: Iterable[Portal], today: date) -> list[Endangered]:
    """The portals that are not retired, the most urgent first."""
    statuses = dict(conn.execute("SELECT id, status FROM portals").fetchall())
    found = [
        _endangered(conn, portal, statuses.get(portal.id, State.LIVE), today)
        for portal in portals
        if statuses.get(portal.id) != State.RETIRED
    ]
    return sorted(found, key=lambda each: (-each.score, -each.risk, each.portal.id))


def _endangered(conn: sqlite3.Connection, portal: Portal, status: str, today: date) -> Endangered:
    state = State(status) if status in set(State) else State.LIVE
    risk, why = _OF_STATE.get(state, 1.0), []
    if state is not State.LIVE:
        why.append(_lifecycle(conn, portal.id) or status)
    ends, reason = _of_end(portal, today)
    share = _failing(conn, portal.id)
    if share:
        reason += (f"{share:.0%} of what was asked for in its last runs failed or was suspect",)
    not_held, held = _not_held(conn, portal.id)
    return Endangered(
        portal=portal, status=status, risk=round(risk * ends * (1 + FAILING * share), 2), not_held=not_held,
        why=(*why, *reason, held),
    )  # fmt: skip


def _of_end(portal: Portal, today: date) -> tuple[float, tuple[str, ...]]:
    """What the legal end of the publisher does to the risk."""
    if portal.end is None:
        return 1.0, ()
    taken = f"; its successor is {portal.successor}" if portal.successor else ""
    if portal.end <= today:
        return ENDED, (f"its publisher ended on {portal.end}{taken}",)
    if (portal.end - today).days <= SOON:
        return ENDS_SOON, (f"its publisher ends on {portal.end}{taken}",)
    return 1.0, ()


def _lifecycle(conn: sqlite3.Connection, portal_id: str) -> str | None:
    row = conn.execute(
        "SELECT message FROM issues WHERE portal_id = ? AND kind = 'lifecycle' ORDER BY id DESC LIMIT 1", [portal_id]
    ).fetchone()
    return str(row[0]) if row else None


def _failing(conn: sqlite3.Connection, portal_id: str) -> float:
    """The share of what its last runs asked for that failed or was suspect."""
    row = conn.execute(
        "SELECT sum(suspect + failed), sum(planned - refused - put_off) FROM (SELECT * FROM run_portals"
        " WHERE portal_id = ? AND planned > 0 ORDER BY run_id DESC LIMIT ?)",
        [portal_id, LATELY],
    ).fetchone()
    return min(row[0] / row[1], 1.0) if row[1] else 0.0


def _not_held(conn: sqlite3.Connection, portal_id: str) -> tuple[int, str]:
    """How much is known not to be held, and that in a sentence."""
    if not conn.execute("SELECT 1 FROM _passes WHERE portal_id = ?", [portal_id]).fetchone():
        return NEVER, "nothing of it was ever crawled"
    missing, unknown = conn.execute(
        "SELECT coalesce(sum(missing), 0), coalesce(sum(unknown), 0) FROM coverage WHERE portal_id = ?", [portal_id]
    ).fetchone()
    waiting = conn.execute(
        "SELECT count(*) FROM _frontier WHERE portal_id = ? AND state != 'done' AND pass = 0", [portal_id]
    ).fetchone()[0]
    lacks = max(missing + unknown, waiting)
    return lacks, f"{missing} articles are missing, about {unknown} unread, {waiting} addresses wait"
