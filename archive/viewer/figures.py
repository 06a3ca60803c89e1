"""What the archive holds, in numbers; each within a moment on a million articles."""

from __future__ import annotations

import sqlite3

from archive.rows import Row
from archive.rows import rows as named


def rows(conn: sqlite3.Connection, sql: str, *values: object) -> list[Row]:
    """The rows of a query as dicts."""
    return list(named(conn, sql, values))


def one(conn: sqlite3.Connection, sql: str, *values: object) -> Row | None:
    """The first row of a query, or None."""
    found = rows(conn, sql, *values)
    return found[0] if found else None


def totals(conn: sqlite3.Connection) -> Row:
    """How many portals, articles, versions, captures and documents there are, and when the newest came."""
    found = one(conn, """
        SELECT (SELECT count(*) FROM portals) AS portals, (SELECT count(*) FROM articles) AS articles,
          (SELECT count(*) FROM versions) AS versions, (SELECT count(*) FROM captures) AS captures,
          (SELECT count(*) FROM attachments WHERE capture_id IS NOT NULL) AS documents,
          (SELECT count(*) FROM articles WHERE gone_since IS NOT NULL) AS gone,
          (SELECT timestamp FROM captures ORDER BY id DESC LIMIT 1) AS newest,
          (SELECT timestamp FROM captures ORDER BY id LIMIT 1) AS oldest""")  # fmt: skip
    assert found is not None
    return found


def portals(conn: sqlite3.Connection, portal_id: str | None = None) -> list[Row]:
    """Each portal, or one: what is held of it, since when, and how fresh that is."""
    return rows(conn, """
        SELECT portals.*, counted.articles, counted.newest, counted.oldest, coalesce(counted.gone, 0) AS gone,
          last.started_at AS last_run
        FROM portals LEFT JOIN (
          SELECT portal_id, max(started_at) AS started_at FROM run_portals JOIN runs ON runs.id = run_id
          WHERE ?1 IS NULL OR portal_id = ?1 GROUP BY portal_id
        ) AS last ON last.portal_id = portals.id LEFT JOIN (
          SELECT portal_id, count(*) AS articles, max(published_at) AS newest, min(published_at) AS oldest,
            sum(status IN ('gone', 'removed')) AS gone FROM articles
          WHERE ?1 IS NULL OR portal_id = ?1 GROUP BY portal_id
        ) AS counted ON counted.portal_id = portals.id
        WHERE ?1 IS NULL OR portals.id = ?1 ORDER BY province_now, name""", portal_id)  # fmt: skip


def months(conn: sqlite3.Connection, portal_id: str | None = None) -> dict[str, int]:
    """How many articles were published in each month, as far as the pages say."""
    where = "portal_id = ?1" if portal_id is not None else "?1 IS NULL"
    found = rows(
        conn,
        "SELECT substr(published_at, 1, 7) AS month, count(*) AS articles FROM articles"
        f" WHERE published_at IS NOT NULL AND {where} GROUP BY month ORDER BY month",
        portal_id,
    )
    return {row["month"]: row["articles"] for row in found}


def runs(conn: sqlite3.Connection, most: int = 5) -> list[Row]:
    """The last runs."""
    return rows(conn, "SELECT * FROM runs ORDER BY id DESC LIMIT ?", most)


def completeness(conn: sqlite3.Connection, portal_id: str) -> Row:
    """How much is held of what a portal is known to have published, as last counted (see `coverage`), and what else is
    known: documents that are linked and not held, addresses that the last run failed at or was refused, and when all
    addresses known then had last been gone through.
    """
    found = one(conn, """
        SELECT sum(expected) AS expected, sum(held) AS held, sum(missing) AS missing, sum(gone) AS gone,
          sum(unknown) AS unknown, max(counted_at) AS counted_at,
          (SELECT count(*) FROM attachments JOIN articles ON articles.id = article_id
            WHERE articles.portal_id = ?1 AND capture_id IS NULL) AS documents,
          (SELECT failed FROM run_portals WHERE portal_id = ?1 ORDER BY run_id DESC LIMIT 1) AS failed,
          (SELECT refused FROM run_portals WHERE portal_id = ?1 ORDER BY run_id DESC LIMIT 1) AS refused,
          (SELECT ended_at FROM _passes WHERE portal_id = ?1) AS whole
        FROM coverage WHERE portal_id = ?1""", portal_id)  # fmt: skip
    assert found is not None
    return found
