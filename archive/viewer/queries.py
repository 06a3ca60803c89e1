"""Questions that are often asked, as SQL to go on from: each within Datasette's default limits."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.viewer.site import Answer, Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query with its name in Datasette, what it answers, and its SQL; `:name` in it is asked of the reader."""

    name: str
    title: str
    description: str
    sql: str


QUESTIONS = (
    Question(
        name="search_articles",
        title="Articles with these words",
        description="As the search page reads the words, best first.",
        sql="""SELECT articles.id, articles.title, published_at, portal_id, url FROM articles_fts
JOIN articles ON articles.id = articles_fts.rowid
WHERE articles_fts MATCH vi_match(:words) ORDER BY articles_fts.rank LIMIT 100""",
    ),
    Question(
        name="search_documents",
        title="Documents with these words",
        description="In the names and texts of the documents that articles link.",
        sql="""SELECT articles.id AS article, articles.title, attachments.name, attachments.url FROM attachments_fts
JOIN attachments ON attachments.id = attachments_fts.rowid JOIN articles ON articles.id = article_id
WHERE attachments_fts MATCH vi_match(:words) ORDER BY attachments_fts.rank LIMIT 100""",
    ),
    Question(
        name="removed",
        title="What was removed, and what shows it",
        description="Articles that portals no longer show, the last ones first, with the capture as evidence.",
        sql="""SELECT articles.id, title, articles.portal_id, published_at, gone_since, articles.status,
  reason, captures.url, captures.filename, captures.offset FROM articles
JOIN states ON states.id = (SELECT max(id) FROM states WHERE article_id = articles.id)
JOIN captures ON captures.id = states.capture_id
WHERE gone_since IS NOT NULL ORDER BY gone_since DESC LIMIT 100""",
    ),
    Question(
        name="changed_numbers",
        title="Numbers that were changed",
        description="What articles said before and after, the newest changes first.",
        sql="""SELECT changes.article_id AS article, title, seen_at, removed, added FROM changes
JOIN articles ON articles.id = changes.article_id WHERE kind = 'number' ORDER BY seen_at DESC LIMIT 100""",
    ),
    Question(
        name="changed_most",
        title="Articles that were changed most often",
        description="How many changes of any kind were seen in each.",
        sql="""SELECT article_id AS article, changed, title, portal_id FROM
  (SELECT article_id, count(*) AS changed FROM changes GROUP BY article_id ORDER BY changed DESC LIMIT 50)
JOIN articles ON articles.id = article_id ORDER BY changed DESC""",
    ),
    Question(
        name="months",
        title="Articles of a portal by month",
        description="How many articles of a portal are held of each month of publication.",
        sql="""SELECT substr(published_at, 1, 7) AS month, count(*) AS articles FROM articles
WHERE portal_id = :portal GROUP BY month ORDER BY month DESC LIMIT 1000""",
    ),
    Question(
        name="held",
        title="How much is held of each portal",
        description="Of what lists, feeds and links name; unknown is an estimate of what stands on lists not read.",
        sql="""SELECT portal_id, sum(expected) AS expected, sum(held) AS held, sum(missing) AS missing,
  sum(gone) AS gone, sum(unknown) AS unknown, max(counted_at) AS counted_at FROM coverage
GROUP BY portal_id ORDER BY sum(missing) + sum(unknown) DESC LIMIT 1000""",
    ),
    Question(
        name="evidence",
        title="The evidence for an article",
        description="Each version with its capture: file, offset and digest.",
        sql="""SELECT versions.timestamp, versions.title, captures.url, captures.status, filename, offset, length,
  record_sha256, reader FROM versions JOIN captures ON captures.id = capture_id
WHERE article_id = :article ORDER BY versions.timestamp, versions.id""",
    ),
    Question(
        name="issues_by_kind",
        title="What a person should look at",
        description="Issues by kind, with the newest of each.",
        sql="SELECT kind, count(*) AS issues, max(at) AS newest FROM issues GROUP BY kind ORDER BY issues DESC",
    ),
)


def page(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`queries`: all of them."""
    return Answer(template="queries.html", context={"questions": QUESTIONS})
