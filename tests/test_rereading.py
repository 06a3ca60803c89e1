"""Captures that are read again: a reader's change is no change of the portal's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from making import ARTICLE, Maker, good
from running import luutru

from archive import rereading, templates
from archive.clock import now
from archive.integrity import verify
from archive.records import Tier
from archive.store import Archive

GUESSED = replace(good(ARTICLE), tier=Tier.GENERIC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, write=True) as opened:
        yield opened


def test_another_text_of_the_same_capture_is_no_new_version(archive: Archive, tmp_path: Path) -> None:
    make = Maker(archive)
    make.visit(ARTICLE.url, reading=GUESSED)
    (held,) = rereading.read_by_nobody(archive.conn, "p", listings=False)
    better = replace(ARTICLE, body="Bản đọc tốt hơn.")
    reading = replace(good(better), tier=Tier.LEARNT, doubts=("the page states another title",))
    kept = rereading.keep(archive, make.current, held, reading, ())
    told = archive.conn.execute("SELECT kind, message, capture_id FROM issues").fetchall()
    assert told == [("doubt", "the page states another title", held.id)]
    assert (kept.outcome, kept.article_id) == (None, 1)
    assert archive.conn.execute("SELECT body, version_count FROM articles").fetchall() == [("Bản đọc tốt hơn.", 1)]
    assert archive.conn.execute("SELECT count(*), count(DISTINCT timestamp) FROM versions").fetchone() == (2, 1)
    assert list(rereading.read_by_nobody(archive.conn, "p", listings=False)) == []
    assert verify(archive).damage == []
    assert make.article(better).outcome == "unchanged"
    make.warc.close()
    shown = json.loads(luutru(tmp_path, "history", "1", "--json").stdout)
    assert [row["letters"] for row in shown["versions"]] == [len("Bản đọc tốt hơn.")]


def test_an_article_that_no_reading_had_found_is_new_in_the_run_that_captured_it(archive: Archive) -> None:
    make = Maker(archive)
    make.visit(ARTICLE.url, reading=replace(GUESSED, article=None, kind="other", verdict="other"))
    (held,) = rereading.read_by_nobody(archive.conn, "p", listings=False)
    assert rereading.keep(archive, make.current, held, good(ARTICLE), ()).outcome == "new"
    assert archive.conn.execute("SELECT new, other FROM run_portals").fetchone() == (1, 0)
    assert archive.conn.execute("SELECT kind, article_id FROM _frontier WHERE id = 2").fetchone() == ("article", 1)


def test_the_templates_of_a_portal_are_all_kept_the_newest_first(archive: Archive) -> None:
    make, at = Maker(archive), now()
    with archive.transaction() as conn:
        for text in ("first", "second"):
            templates.put(conn, "p", make.run, at, 20, text)
    assert templates.of(archive.conn, "p") == ["second", "first"]
    assert templates.of(archive.conn, "q") == []
