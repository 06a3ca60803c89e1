"""The database against itself: what its tables say of each other, and what each row says of itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlite_utils import Database

from archive import migrations, steps
from archive.articles import text_sha256
from archive.order import NEWEST
from archive.store import OUTCOMES

_SUM = " + ".join(OUTCOMES)

QUESTIONS = {
    "article {} differs from its newest version": f"""
        SELECT articles.id FROM articles LEFT JOIN versions ON versions.id =
          (SELECT id FROM versions WHERE article_id = articles.id ORDER BY {NEWEST} LIMIT 1)
        WHERE versions.id IS NULL OR articles.title IS NOT versions.title OR articles.summary IS NOT versions.summary
          OR articles.body IS NOT versions.body OR articles.author IS NOT versions.author
          OR articles.published_at IS NOT versions.published_at""",
    "article {} counts {} versions and has {}": """
        SELECT id, version_count, found FROM (SELECT id, version_count,
          (SELECT count(DISTINCT capture_id) FROM versions WHERE article_id = articles.id) AS found FROM articles)
        WHERE version_count != found""",
    "version {} is dated {}, its capture {} {}": """
        SELECT versions.id, versions.timestamp, capture_id, captures.timestamp FROM versions
        JOIN captures ON captures.id = capture_id WHERE versions.timestamp != captures.timestamp""",
    "version {} of article {} has a capture of another portal, {}": """
        SELECT versions.id, articles.id, captures.portal_id FROM versions
        JOIN captures ON captures.id = capture_id JOIN articles ON articles.id = article_id
        WHERE captures.portal_id != articles.portal_id""",
    "version {} has a capture, {}, that no reader found good": """
        SELECT id, capture_id FROM versions
        WHERE NOT EXISTS (SELECT 1 FROM readings WHERE capture_id = versions.capture_id
          AND (verdict = 'good' OR kind = 'part'))""",
    "version {} says the same of capture {} as version {} before it": """
        SELECT id, capture_id, former FROM (
          SELECT id, capture_id, {row} AS said,
            lag(id) OVER before AS former, lag({row}) OVER before AS said_before FROM versions
          WINDOW before AS (PARTITION BY article_id, capture_id ORDER BY id))
        WHERE said = said_before""",
    "capture {} shows an article, and its address has none: {}": """
        SELECT captures.id, captures.url FROM captures
        JOIN readings ON readings.id = (SELECT max(id) FROM readings WHERE capture_id = captures.id)
        LEFT JOIN _frontier ON _frontier.portal_id = captures.portal_id AND _frontier.url = captures.url
        WHERE readings.kind = 'article' AND readings.verdict = 'good' AND _frontier.article_id IS NULL""",
    "captures {} and {} lie at one place, {} {}": """
        SELECT min(id), max(id), filename, offset FROM captures GROUP BY filename, offset HAVING count(*) > 1""",
    "run {} planned {} addresses and accounts for {}": f"""
        SELECT id, planned, {_SUM} FROM runs WHERE ended_at IS NOT NULL AND planned != {_SUM}""",
    "run {} on portal {} planned {} addresses and accounts for {}": f"""
        SELECT run_id, portal_id, planned, {_SUM} FROM run_portals
        WHERE run_id IN (SELECT id FROM runs WHERE ended_at IS NOT NULL) AND planned != {_SUM}""",
    "run {} has other sums than its portals: {} planned, {} by the portals": """
        SELECT id, planned, found FROM (SELECT id, planned, ended_at,
          (SELECT coalesce(sum(planned), 0) FROM run_portals WHERE run_id = runs.id) AS found FROM runs)
        WHERE ended_at IS NOT NULL AND planned != found""",
}
"""What is told of each row that a query finds: no row, no damage."""

_ROW = (
    "json_array(title, summary, body, author, source, published_at, updated_at, section, attachments, text_sha256,"
    " reader)"
)


def damage(conn: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the database, a sentence each. Raises `sqlite3.DatabaseError` where it cannot be read."""
    for (line,) in conn.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield line
    for table, row, parent, _ in conn.execute("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} points to a row of {parent} that is missing"
    yield from _missing(conn)
    for said, sql in QUESTIONS.items():
        for found in conn.execute(sql.replace("{row}", _ROW)):
            yield said.format(*found)
    columns = "title, summary, body, author, published_at, attachments, text_sha256, id"
    for *text, sha256, number in conn.execute(f"SELECT {columns} FROM versions ORDER BY id"):
        if text_sha256(*text) != sha256:
            yield f"the text of version {number} does not match its SHA-256"
    for article_id in steps.differing(conn):
        yield f"the changes of article {article_id} are not those between its versions; rebuild makes them anew"


def _missing(conn: sqlite3.Connection) -> Iterator[str]:
    """Tables, indexes and triggers that an archive has and this one has not."""
    new = Database(memory=True)
    migrations.make(new)
    sql = "SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL"
    wanted = set(new.conn.execute(sql).fetchall())
    new.close()
    for kind, name in sorted(wanted - set(conn.execute(sql).fetchall())):
        yield f"the {kind} {name} is missing"
