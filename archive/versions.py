"""An article's texts over time: what counts as one, which came when, and their permanent addresses."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archive.clock import iso
from archive.normalise import nfc
from archive.order import NEWEST, WHEN
from archive.records import Article, Attachment

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_CACHE = re.compile(r"(?:t|ts|time|timestamp|_|cb|rnd|rand|random|nocache)=[\w.]*", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/?]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a version is made of; times as the archive writes them."""

    title: str
    summary: str | None
    body: str
    author: str | None
    published_at: str | None
    attachments: tuple[Attachment, ...]

    @classmethod
    def of(cls, article: Article) -> Text:
        """The text of an article as a page shows it."""
        return cls(
            title=article.title, summary=article.summary, body=article.body, author=article.author,
            published_at=iso(article.published_at) if article.published_at else None, attachments=article.attachments,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text that the portal showed, as the newest reader of its capture read it.

    Article and timestamp are its permanent address; `id` is the row that answers there now.
    """

    id: int
    article_id: int
    capture_id: int
    timestamp: str
    reader: str
    text_sha256: str
    text: Text


def same(old: Text, new: Text) -> bool:
    """Whether two texts are one version: white space, invisible letters, spellings in bytes and times that are
    only more exact do not count, nor where the lead ends, nor the order and the cache keys of attachments."""
    return (
        plain(old.title) == plain(new.title)
        and plain(whole(old)) == plain(whole(new))
        and plain(old.author or "") == plain(new.author or "")
        and same_time(old.published_at, new.published_at)
        and attached(old).keys() == attached(new).keys()
    )


def plain(text: str) -> str:
    """The text as it is compared: NFC, one space for white space of any kind, nothing invisible.

    >>> plain(" Hội\\u00a0nghị\\u200b\\n\\ntổng  kết ")
    'Hội nghị tổng kết'
    """
    return " ".join(nfc(text).translate(_INVISIBLE).split())


def whole(text: Text) -> str:
    """Lead and body: where a portal sets the lead off is a matter of its layout."""
    return "\n\n".join(filter(None, (text.summary, text.body)))


def same_time(old: str | None, new: str | None) -> bool:
    """Whether two times are one, one of them perhaps without seconds or without the time of day.

    >>> same_time("2021-03-05T00:00:00+07:00", "2021-03-05T08:30:00+07:00")
    True
    >>> same_time("2021-03-05T08:30:00+07:00", "2021-03-05T08:31:00+07:00")
    False
    """
    if old == new or old is None or new is None:
        return old == new
    exact = 10 if "T00:00:00" in (old[10:19], new[10:19]) else 16 if ":00" in (old[16:19], new[16:19]) else 19
    return old[:exact] == new[:exact]


def attached(text: Text) -> dict[tuple[str, str], Attachment]:
    """The documents by what tells them apart: the address without cache key, session and scheme, and the name."""
    return {(_address(each.url), plain(each.name)): each for each in text.attachments}


def _address(url: str) -> str:
    parts = urlsplit(_SESSION.sub("", url))
    query = "&".join(pair for pair in parts.query.split("&") if not _CACHE.fullmatch(pair))
    return f"{parts.netloc}{parts.path}?{query}"


_COLUMNS = (
    "id, article_id, capture_id, timestamp, reader, text_sha256, title, summary, body, author, published_at,"
    " attachments"
)


def newest(conn: sqlite3.Connection, article_id: int) -> Version | None:
    """The text that the portal showed last, by its newest reader."""
    return next(_versions(conn, f"article_id = ? ORDER BY {NEWEST} LIMIT 1", article_id), None)


def before(conn: sqlite3.Connection, article_id: int, capture_id: int) -> Version | None:
    """The text that the portal had shown last when a capture was made, by its newest reader."""
    where = (
        f"article_id = ?1 AND EXISTS (SELECT 1 FROM captures, captures AS given WHERE captures.id = versions.capture_id"
        f" AND given.id = ?2 AND ({WHEN}, captures.id) < (coalesce(given.place, given.timestamp), given.id))"
        f" ORDER BY {NEWEST} LIMIT 1"
    )
    return next(_versions(conn, where, article_id, capture_id), None)


def of_capture(conn: sqlite3.Connection, article_id: int, capture_id: int) -> Version | None:
    """What the newest reader made of a capture, if it made a version."""
    where = "article_id = ? AND capture_id = ? ORDER BY id DESC LIMIT 1"
    return next(_versions(conn, where, article_id, capture_id), None)


def find(conn: sqlite3.Connection, article_id: int, timestamp: str) -> Version | None:
    """The version at a permanent address; of several captures in one second the last."""
    where = f"article_id = ? AND timestamp = ? ORDER BY {NEWEST} LIMIT 1"
    return next(_versions(conn, where, article_id, timestamp), None)


def history(conn: sqlite3.Connection, article_id: int) -> list[Version]:
    """The versions of an article, the oldest first, each as its newest reader read it."""
    where = f"id IN (SELECT max(id) FROM versions WHERE article_id = ? GROUP BY capture_id) ORDER BY {NEWEST}"
    return list(_versions(conn, where, article_id))[::-1]


def _versions(conn: sqlite3.Connection, where: str, *values: object) -> Iterator[Version]:
    # A cursor of its own: the connection may give its rows out as dicts.
    cursor = conn.cursor()
    cursor.row_factory = None
    return map(_version, cursor.execute(f"SELECT {_COLUMNS} FROM versions WHERE {where}", values))


def _version(row: tuple[Any, ...]) -> Version:
    number, article_id, capture_id, timestamp, reader, sha256, title, summary, body, author, published_at, files = row
    text = Text(
        title=title,
        summary=summary,
        body=body,
        author=author,
        published_at=published_at,
        attachments=tuple(Attachment(url=url, name=name) for url, name in json.loads(files)),
    )
    return Version(
        id=number,
        article_id=article_id,
        capture_id=capture_id,
        timestamp=timestamp,
        reader=reader,
        text_sha256=sha256,
        text=text,
    )
