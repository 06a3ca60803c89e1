"""The rows of an article's documents and images, in the caller's transaction."""

from __future__ import annotations

import sqlite3

from archive.order import WHEN
from archive.records import Article, File

_HELD = "mimetype, bytes, sha256, capture_id, text, search_extra"


def put(conn: sqlite3.Connection, article_id: int | None, article: Article) -> None:
    """Note an article's documents and images; what is held already is linked at once."""
    for attachment in article.attachments:
        conn.execute(
            "INSERT INTO attachments (article_id, name, url) VALUES (?, ?, ?)"
            " ON CONFLICT (article_id, url) DO UPDATE SET name = excluded.name",
            [article_id, attachment.name, attachment.url],
        )
        held = conn.execute(
            f"SELECT {_HELD} FROM attachments WHERE url = ? AND capture_id IS NOT NULL LIMIT 1", [attachment.url]
        ).fetchone()
        if held:
            conn.execute(
                f"UPDATE attachments SET ({_HELD}) = (?, ?, ?, ?, ?, ?)"
                " WHERE article_id = ? AND url = ? AND capture_id IS NULL",
                [*held, article_id, attachment.url],
            )
    for image in article.images:
        conn.execute(
            "INSERT INTO images (article_id, url, alt, caption, capture_id) VALUES (?1, ?2, ?3, ?4,"
            " (SELECT capture_id FROM images WHERE url = ?2 AND capture_id IS NOT NULL LIMIT 1))"
            " ON CONFLICT (article_id, url) DO UPDATE SET alt = excluded.alt, caption = excluded.caption",
            [article_id, image.url, image.alt, image.caption],
        )


def hold(conn: sqlite3.Connection, url: str, capture_id: int, mimetype: str | None, file: File) -> None:
    """Link a fetched document or image to the articles that show it; a document that changed is unread again.

    One that was imported does not take the place of a younger one.
    """
    when = f"(SELECT {WHEN} FROM captures WHERE id ="
    where = f"url = :url AND (capture_id IS NULL OR {when} capture_id) <= {when} :capture))"
    values = {"url": url, "capture": capture_id, "type": mimetype, "bytes": file.size, "sha256": file.sha256}
    conn.execute(
        "UPDATE attachments SET mimetype = :type, bytes = :bytes, sha256 = :sha256, capture_id = :capture,"
        f" text = CASE WHEN sha256 = :sha256 THEN text END WHERE {where}",
        values,
    )
    conn.execute(f"UPDATE images SET capture_id = :capture WHERE {where}", values)


def unlinked(conn: sqlite3.Connection) -> list[tuple[int, str | None]]:
    """Captures of documents and images that came before an article that shows them, the newest of each address, and
    their media types.
    """
    return conn.execute(
        "SELECT captures.id, captures.mimetype FROM (SELECT url FROM attachments WHERE capture_id IS NULL"
        " UNION SELECT url FROM images WHERE capture_id IS NULL) AS wanted JOIN captures ON captures.id ="
        " (SELECT id FROM captures WHERE captures.url = wanted.url AND status = 200 AND EXISTS (SELECT 1 FROM readings"
        f" WHERE capture_id = captures.id AND kind IN ('document', 'image')) ORDER BY {WHEN} DESC, id DESC LIMIT 1)"
    ).fetchall()
