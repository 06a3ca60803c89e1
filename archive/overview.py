"""How each portal stands, in one row: what is held, its last run, its last good one, what is open."""

from __future__ import annotations

import sqlite3
from typing import Any

from archive.alerts import KINDS
from archive.rows import rows

BAD_SHARE = 0.2
"""A run fails, and was no good one for a portal, where more than this share of what was asked for was suspect or
failed."""


def portals(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    """A row for each portal. `new` to `failed` are of its last run; a good run is one that the portal answered."""
    found = rows(
        conn,
        f"""
        WITH seen AS (
          SELECT portal_id, runs.id, started_at, exit_code, run_portals.*,
            run_portals.new + run_portals.changed + run_portals.unchanged + run_portals.other > 0
              AND run_portals.suspect + run_portals.failed
              <= {BAD_SHARE} * (run_portals.planned - run_portals.refused) AS is_good
          FROM run_portals JOIN runs ON runs.id = run_id)
        SELECT portals.id AS portal, status,
          (SELECT count(*) FROM articles WHERE portal_id = portals.id) AS articles,
          (SELECT coalesce(sum(version_count), 0) FROM articles WHERE portal_id = portals.id) AS versions,
          (SELECT count(*) FROM captures WHERE portal_id = portals.id) AS captures,
          (SELECT count(*) FROM _frontier WHERE portal_id = portals.id AND state != 'done') AS waiting,
          (SELECT count(*) FROM issues WHERE portal_id = portals.id) AS issues,
          (SELECT count(*) FROM issues WHERE portal_id = portals.id AND closed_at IS NULL AND kind IN ({KINDS}))
            AS alerts,
          (SELECT sum(expected) FROM coverage WHERE portal_id = portals.id) AS expected,
          (SELECT sum(held) FROM coverage WHERE portal_id = portals.id) AS held,
          (SELECT max(started_at) FROM seen WHERE portal_id = portals.id AND is_good) AS last_good,
          last.started_at AS last_run, last.exit_code, last.new, last.changed, last.gone, last.suspect, last.failed
        FROM portals LEFT JOIN seen AS last
          ON last.portal_id = portals.id AND last.id = (SELECT max(id) FROM seen WHERE portal_id = portals.id)
        ORDER BY portals.id""",
    )
    return list(found)


def runs(conn: sqlite3.Connection, most: int = 10) -> list[dict[str, Any]]:
    """The last runs, the newest first."""
    return list(rows(conn, "SELECT * FROM runs ORDER BY id DESC LIMIT ?", [most]))


def issues(conn: sqlite3.Connection, most: int = 50) -> list[dict[str, Any]]:
    """The last issues, the newest first."""
    return list(rows(conn, "SELECT * FROM issues ORDER BY id DESC LIMIT ?", [most]))
