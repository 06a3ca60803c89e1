"""The rows of an article's documents and images, in the caller's transaction."""

from __future__ import annotations

import sqlite3

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
    """Link a fetched document or image to the articles that show it; a document that changed is unread again."""
    conn.execute(
        "UPDATE attachments SET mimetype = ?1, bytes = ?2, sha256 = ?3, capture_id = ?4,"
        " text = CASE WHEN sha256 = ?3 THEN text END WHERE url = ?5",
        [mimetype, file.size, file.sha256, capture_id, url],
    )
    conn.execute("UPDATE images SET capture_id = ? WHERE url = ?", [capture_id, url])
