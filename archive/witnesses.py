"""Known articles that are asked for because others are missing: they tell an outage from a deletion."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from archive.clock import due
from archive.records import Kind


def call(conn: sqlite3.Connection, portal_id: str, number: int, now: datetime, most: int) -> None:
    """Queue live articles that this pass has not asked for, those first that are not due for the longest time."""
    conn.execute(
        "UPDATE _frontier SET state = 'queued', attempts = 0, due_at = ? WHERE id IN ("
        "SELECT _frontier.id FROM _frontier JOIN articles ON articles.id = article_id AND articles.url = _frontier.url"
        " WHERE _frontier.portal_id = ? AND state = 'done' AND pass < ? AND kind = ? AND status = 'live'"
        " ORDER BY due_at DESC LIMIT ?)",
        [due(now), portal_id, number, Kind.ARTICLE, most],
    )


def ask_again(conn: sqlite3.Connection, lease_ids: Iterable[int], again: datetime) -> None:
    """Let addresses that were answered be due at `again`, whatever their answers would mean."""
    conn.executemany("UPDATE _frontier SET due_at = ? WHERE id = ?", [(due(again), each) for each in lease_ids])
