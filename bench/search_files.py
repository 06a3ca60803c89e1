"""The files that `bench/search.py` compares: an archive, and naive search tables over the same articles."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.migrations import make
from archive.normalise import search_extra

NAIVE = {"default": "unicode61", "folding": "unicode61 remove_diacritics 2"}
_TONES = dict(zip("oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
                  "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(), strict=True))  # fmt: skip
_PLACES = _TONES | {new: old for old, new in _TONES.items()}


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a corpus: its paragraphs are separated by blank lines."""

    title: str
    lead: str
    body: str

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.lead}\n{self.body}"


def flip(word: str) -> str:
    """A syllable with its tone mark in the other place (hòa, hoà), or as it is where it has only one."""
    for ending, other in _PLACES.items():
        if word.lower().endswith(ending) and not word.lower().endswith(f"q{ending}"):
            return word[: -len(ending)] + other
    return word


def read(corpus: Path, most: int) -> list[Article]:
    """The first articles of a corpus, every other one with its tone marks in the old place."""
    found = []
    with corpus.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number == most:
                break
            row = (
                json.loads(line)
                if corpus.suffix == ".jsonl"
                else dict(zip(("title", "lead", "body"), line.rstrip("\n").split("\t"), strict=True))
            )
            texts = [row[name].replace("\\n", "\n") for name in ("title", "lead", "body")]
            if number % 2:
                for new, old in _TONES.items():
                    texts = [text.replace(new, old) if f"q{new}" not in text else text for text in texts]
            found.append(Article(*texts))
    return found


def multiply(articles: list[Article], count: int) -> Iterator[Article]:
    """Those articles, and as many more as are missing to `count`, put together from their titles and paragraphs."""
    yield from articles[:count]
    chance = random.Random(7)
    for _ in range(count - len(articles)):
        one, two, three = chance.choices(articles, k=3)
        halves = one.title.split(), two.title.split()
        title = " ".join((*halves[0][: len(halves[0]) // 2], *halves[1][len(halves[1]) // 2 :]))
        paragraphs = one.body.split("\n\n")[::2] + two.body.split("\n\n")[1::2]
        yield Article(title, three.lead, "\n\n".join(paragraphs))


def write_archive(path: Path, articles: Iterator[Article]) -> None:
    """The articles in an archive's tables, filled by its own triggers."""
    conn = _fresh(path)
    make(Database(conn))
    conn.execute("INSERT INTO portals (id, name, home_url, family) VALUES ('p', 'P', 'http://p.vn/', 'generic')")
    conn.executemany(
        "INSERT INTO articles (id, title, published_at, portal_id, section, summary, body, url, article_key, status,"
        " first_seen, last_seen, version_count, search_extra) VALUES"
        " (?1, ?2, ?3, 'p', ?4, ?5, ?6, 'http://p.vn/' || ?1, ?1, 'live', ?3, ?3, 1, ?7)",
        (
            (number, each.title, _day(number), f"Mục {number % 9}", each.lead, each.body, search_extra(each.text))
            for number, each in enumerate(articles)
        ),
    )
    _close(conn)


def _day(number: int) -> str:
    return f"{2005 + number % 20}-{1 + number // 20 % 12:02}-{1 + number // 240 % 28:02}T08:00:00+07:00"


def write_naive(path: Path, articles: Iterator[Article], tokenizer: str) -> None:
    """The articles in a table, with a search table as Datasette's tutorial makes it."""
    conn = _fresh(path)
    conn.executescript(f"""
        CREATE TABLE articles (id INTEGER PRIMARY KEY, title, published_at, portal_id, section, summary, body, url,
          article_key UNIQUE, status, first_seen, last_seen, version_count);
        CREATE VIRTUAL TABLE articles_fts USING fts5(title, summary, body, content='articles', content_rowid='id',
          tokenize='{tokenizer}');
        CREATE TRIGGER articles_insert AFTER INSERT ON articles BEGIN
          INSERT INTO articles_fts(rowid, title, summary, body) VALUES (new.id, new.title, new.summary, new.body);
        END;""")
    conn.executemany(
        "INSERT INTO articles VALUES (?1, ?2, ?3, 'p', ?4, ?5, ?6, 'http://p.vn/' || ?1, ?1, 'live', ?3, ?3, 1)",
        (
            (number, each.title, _day(number), f"Mục {number % 9}", each.lead, each.body)
            for number, each in enumerate(articles)
        ),
    )
    _close(conn)


def _fresh(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA journal_mode = OFF")
    conn.execute("PRAGMA synchronous = OFF")
    conn.execute("PRAGMA cache_size = -400000")
    return conn


def _close(conn: sqlite3.Connection) -> None:
    conn.commit()
    conn.execute("PRAGMA journal_mode = DELETE")
    conn.close()


def index_size(path: Path, *tables: str) -> int:
    """Bytes of the blocks of full-text indexes, as SQLite stores them."""
    conn = sqlite3.connect(path)
    return sum(int(conn.execute(f"SELECT sum(length(block)) FROM {table}_data").fetchone()[0]) for table in tables)
