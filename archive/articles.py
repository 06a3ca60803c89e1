"""An article's rows: the article as it stands, and its versions."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from archive import attachments, states, steps, versions
from archive.clock import digits, iso
from archive.normalise import fold, search_extra
from archive.order import NEWEST, WHEN
from archive.records import Article, Issue, Lease, Reading, Standing
from archive.versions import Text, Version

_SQL_VERSION = """
INSERT INTO versions (article_id, capture_id, timestamp, title, summary, body, author, source, published_at,
  updated_at, section, attachments, text_sha256, reader)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

_SQL_ARTICLE = """
INSERT INTO articles (id, title, published_at, portal_id, section, summary, body, author, source, updated_at, url,
  article_key, status, first_seen, last_seen, version_count, search_extra)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'live', ?, ?, 1, ?)"""

_SQL_NUMBER = """
SELECT coalesce(
  (SELECT id FROM _article_numbers WHERE portal_id = ?1 AND article_key = ?2 AND id NOT IN (SELECT id FROM articles)),
  (SELECT id FROM _article_numbers WHERE portal_id = ?1 AND url = ?3 AND id NOT IN (SELECT id FROM articles)),
  1 + max((SELECT ifnull(max(id), 0) FROM articles), (SELECT ifnull(max(id), 0) FROM _article_numbers)))"""

_SQL_ARTICLE_CHANGED = """
UPDATE articles SET title = ?, published_at = ?, section = ?, summary = ?, body = ?, author = ?, source = ?,
  updated_at = ?, version_count = version_count + ?, search_extra = ? WHERE id = ?"""


def lengths(conn: sqlite3.Connection, portal_id: str, most: int = 200) -> list[int]:
    """The letters of the bodies of a portal's last articles, the oldest of them first."""
    rows = conn.execute(
        "SELECT length(body) FROM articles WHERE portal_id = ? ORDER BY id DESC LIMIT ?", [portal_id, most]
    ).fetchall()
    return [row[0] for row in reversed(rows)]


@dataclass(slots=True, kw_only=True)
class ArticleWriter:
    """Writes what one capture says of an article, in the caller's transaction.

    `article_id` is the article that was written or found, once it is. An imported capture may be older than what is
    held: then it becomes a part of the article's past, and what the article is stays as it was.
    """

    conn: sqlite3.Connection
    portal_id: str
    lease: Lease
    capture_id: int
    captured_at: datetime
    put_issue: Callable[[Issue], None]
    article_id: int | None = None

    def put(self, reading: Reading, article: Article) -> str:
        """Write what a good page shows: a new article, a new version, or that it was seen. Returns the outcome."""
        known = self._find(article)
        if known is None:
            article = self._own_key(article)
            known = self._by_key(article.key)
        if known is None:
            self.article_id = self._insert_article(article)
            self._put_new(reading, article)
            return "new"
        self.article_id = known
        self._seen()
        former = versions.before(self.conn, known, self.capture_id)
        if former is not None and (reading.repeats or self._is_same(former, article)):
            return "unchanged"
        self._put_new(reading, article)
        latest = versions.newest(self.conn, known)
        assert latest is not None, "it was just written"
        if former is None or latest.capture_id != self.capture_id:
            self.conn.execute("UPDATE articles SET version_count = version_count + 1 WHERE id = ?", [known])
            steps.derive(self.conn, known)
        else:
            self._update_article(article, more=1)
            steps.put(self.conn, former, latest)
        return "changed"

    def _put_new(self, reading: Reading, article: Article) -> None:
        self._tell_doubts(reading)
        self._put_version(reading, article)
        attachments.put(self.conn, self.article_id, article)

    def put_again(self, reading: Reading, article: Article) -> bool:
        """Write what another reading of a capture that made a version shows; returns whether the article is new.

        The portal has shown nothing new: a text that differs is a further row of the same capture, no change, and
        the article's state stays.
        """
        self.article_id = self._find(article) or self._by_key(article.key)
        if self.article_id is None:
            return self.put(reading, article) == "new"
        self.reread(reading, article)
        return False

    def reread(self, reading: Reading, article: Article) -> None:
        """Write what another reading of a capture of a known article shows, if the capture made a version."""
        assert self.article_id is not None, "the article is known"
        self._tell_doubts(reading)
        former = versions.of_capture(self.conn, self.article_id, self.capture_id)
        if former is None or former.text_sha256 == sha256_of(article):
            return
        latest = versions.newest(self.conn, self.article_id)
        self._put_version(reading, article)
        if former == latest:
            self._update_article(article)
            attachments.put(self.conn, self.article_id, article)
        steps.derive(self.conn, self.article_id)

    def _is_same(self, former: Version, article: Article) -> bool:
        return former.text_sha256 == sha256_of(article) or versions.same(former.text, Text.of(article))

    def _seen(self) -> None:
        """Note that the portal shows the article; one that was missing is back."""
        seen = iso(self.captured_at)
        if self._is_imported():
            self.conn.execute(
                "UPDATE articles SET first_seen = min(first_seen, ?1), last_seen = max(last_seen, ?1) WHERE id = ?2",
                [seen, self.article_id],
            )
        else:
            self.conn.execute("UPDATE articles SET last_seen = ? WHERE id = ?", [seen, self.article_id])
        if states.of(self.conn, self.article_id) in (states.GONE, states.REMOVED) and not self._is_past():
            self._put_state(states.LIVE, None)

    def _is_imported(self) -> bool:
        row = self.conn.execute("SELECT origin FROM captures WHERE id = ?", [self.capture_id]).fetchone()
        return row[0] is not None

    def _is_past(self) -> bool:
        """Whether the archive knows what became of the article after an imported capture was made."""
        later = "SELECT last_seen > ?2 OR EXISTS (SELECT 1 FROM states WHERE article_id = ?1 AND at > ?2)"
        row = self.conn.execute(f"{later} FROM articles WHERE id = ?1", [self.article_id, iso(self.captured_at)])
        return self._is_imported() and bool(row.fetchone()[0])

    def _tell_doubts(self, reading: Reading) -> None:
        for doubt in reading.doubts:
            self.put_issue(Issue(kind="doubt", message=doubt))

    def _by_key(self, key: str) -> int | None:
        row = self.conn.execute(
            "SELECT id FROM articles WHERE portal_id = ? AND article_key = ?", [self.portal_id, key]
        ).fetchone()
        return row[0] if row else None

    def _find(self, article: Article) -> int | None:
        """The article that this address has shown before, if the portal's identity still agrees.

        One that is only the address (`url:…`), as after a redesign, cannot disagree.
        """
        if self.lease.article_id is None:
            return None
        row = self.conn.execute(
            "SELECT id FROM articles WHERE id = ? AND (article_key = ? OR article_key = ? OR ? LIKE 'url:%')",
            [self.lease.article_id, article.key, _own(article), article.key],
        ).fetchone()
        return row[0] if row else None

    def _own_key(self, article: Article) -> Article:
        """The article, under a key of its own where its portal gives one identity to two articles.

        Two addresses with one identity are one article, unless neither title nor text agree: then
        merging them would overwrite one by the other, so both are kept and a person is told.
        """
        row = self.conn.execute(
            "SELECT url, title, body FROM articles WHERE portal_id = ? AND article_key = ?",
            [self.portal_id, article.key],
        ).fetchone()
        if row is None or row[0] == article.url or fold(row[1]) == fold(article.title) or row[2] == article.body:
            return article
        self.put_issue(
            Issue(
                kind="identity",
                message=f"{article.key} is also the identity of another article, {row[0]}; both are kept",
            )
        )
        return replace(article, key=_own(article))

    def _insert_article(self, article: Article) -> int:
        seen = iso(self.captured_at)
        number = self.conn.execute(_SQL_NUMBER, [self.portal_id, article.key, article.url]).fetchone()[0]
        cursor = self.conn.execute(
            _SQL_ARTICLE,
            [number, article.title, _time(article.published_at), self.portal_id, article.section, article.summary,
             article.body, article.author, article.source, _time(article.updated_at), article.url, article.key,
             seen, seen, _extra(article)],
        )  # fmt: skip
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _update_article(self, article: Article, *, more: int = 0) -> None:
        self.conn.execute(
            _SQL_ARTICLE_CHANGED,
            [article.title, _time(article.published_at), article.section, article.summary, article.body,
             article.author, article.source, _time(article.updated_at), more, _extra(article), self.article_id],
        )  # fmt: skip

    def _put_version(self, reading: Reading, article: Article) -> None:
        self.conn.execute(
            _SQL_VERSION,
            [self.article_id, self.capture_id, digits(self.captured_at), article.title, article.summary,
             article.body, article.author, article.source, _time(article.published_at), _time(article.updated_at),
             article.section, _attachments(article), sha256_of(article), reading.reader],
        )  # fmt: skip

    def put_gone(self, reason: str | None) -> str:
        """Note that the portal no longer shows a known article; its text stays."""
        self.article_id = self.lease.article_id
        if self.article_id is not None and not self._is_past():
            status = states.missing(self.conn, self.article_id, self.captured_at)
            if status:
                self._put_state(status, reason)
        return "gone"

    def _put_state(self, status: str, reason: str | None) -> None:
        assert self.article_id is not None, "the article is known"
        states.put(self.conn, self.article_id, status, self.captured_at, self.capture_id, reason)


def standing(conn: sqlite3.Connection, article_id: int, until: str | None = None) -> Standing | None:
    """What an article's newest version says, or the one before it that stood at a time (14 digits), if any did; None
    for an article that is not held.
    """
    row = conn.execute(
        "SELECT articles.id, article_key, versions.title, versions.summary, versions.body, versions.reader,"
        " EXISTS (SELECT 1 FROM readings WHERE capture_id = versions.capture_id AND missing LIKE '%end'),"
        " articles.status IN ('gone', 'removed') FROM versions"
        " JOIN articles ON articles.id = article_id WHERE article_id = ?1"
        f" ORDER BY ?2 IS NOT NULL AND (SELECT {WHEN} FROM captures WHERE captures.id = versions.capture_id) > ?2,"
        f" {NEWEST} LIMIT 1",
        [article_id, until],
    ).fetchone()
    names = ("article_id", "key", "title", "summary", "body", "reader", "is_open", "is_gone")
    return Standing(**dict(zip(names, row, strict=True))) if row else None


def last_read(conn: sqlite3.Connection, article_id: int, url: str, reader: str) -> str | None:
    """The SHA-256 of the text that a reader, in any of its versions, last found to be good at an article's address,
    since the article's newest version; None where it has not read it since.
    """
    row = conn.execute(
        "SELECT text_sha256 FROM readings JOIN captures ON captures.id = capture_id WHERE url = ? AND verdict = 'good'"
        " AND substr(reader, 1, instr(reader, '/')) = ?"
        f" AND ({WHEN}, captures.id) > (SELECT {WHEN}, captures.id FROM captures JOIN versions"
        f" ON captures.id = versions.capture_id WHERE article_id = ? ORDER BY {NEWEST} LIMIT 1)"
        f" ORDER BY {WHEN} DESC, captures.id DESC, readings.id DESC LIMIT 1",
        [url, reader.partition("/")[0] + "/", article_id],
    ).fetchone()
    return row[0] if row else None


def standing_of(conn: sqlite3.Connection, portal_id: str, key: str, until: str | None = None) -> Standing | None:
    """As `standing`, of the article with an identity."""
    row = conn.execute("SELECT id FROM articles WHERE portal_id = ? AND article_key = ?", [portal_id, key]).fetchone()
    return standing(conn, row[0], until) if row else None


def _own(article: Article) -> str:
    return f"{article.key} {article.url}"


def _time(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _extra(article: Article) -> str:
    return search_extra("\n".join(filter(None, (article.title, article.summary, article.body))))


def _attachments(article: Article) -> str:
    return json.dumps([[file.url, file.name] for file in article.attachments], ensure_ascii=False)


def sha256_of(article: Article) -> str:
    """SHA-256 over what makes a version: title, summary, body, author, time and attachments."""
    return text_sha256(article.title, article.summary, article.body, article.author, _time(article.published_at),
                       _attachments(article))  # fmt: skip


def text_sha256(*parts: str | None) -> str:
    """SHA-256 of a version by its columns title, summary, body, author, published_at and attachments."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
