"""Notes in the WARC files tell what exchanges cannot, each thing once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from making import ARTICLE, Maker

from archive import notes, warc
from archive.clock import now
from archive.integrity import verify
from archive.records import Exchange, Issue
from archive.store import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, write=True) as opened:
        yield opened


def told(archive: Archive) -> list[dict[str, Any]]:
    rows = archive.conn.execute("SELECT filename, offset, length FROM _warc_notes ORDER BY rowid")
    return [json.loads(warc.read_block(archive.folder.path, *row)) for row in rows]


def test_a_note_tells_what_is_new_since_the_one_before(archive: Archive) -> None:
    make = Maker(archive)
    make.article()
    archive.note(Issue(kind="stopped", message="x"), run_id=make.run, portal_id="p")
    archive.end_run(make.run, 0)
    notes.write(archive, make.warc)
    make.run = archive.begin_run()
    make.article(replace(ARTICLE, key="entry:2", url="http://p.vn/2"))
    archive.end_run(make.run, 0)
    notes.write(archive, make.warc)
    first, second = told(archive)
    assert [(row["id"], row["article_key"]) for row in first["articles"]] == [(1, "entry:1")]
    assert [(row["id"], row["article_key"]) for row in second["articles"]] == [(2, "entry:2")]
    assert [row["message"] for row in first["issues"]] == ["x"]
    assert first["runs"][0]["exit_code"] == 0
    assert [row["id"] for row in first["portals"]] == ["p"]
    assert second["issues"] == []
    assert [row["id"] for row in second["runs"]] == [2]
    make.warc.close()
    assert verify(archive, deep=True).damage == []


def test_a_note_never_covers_an_exchange_that_is_not_committed(archive: Archive) -> None:
    make = Maker(archive)
    make.article()
    make.warc.append(Exchange(url="http://p.vn/x", request=b"", response=b"HTTP/1.1 200 OK\r\n\r\n", started_at=now()))
    notes.write(archive, make.warc)
    make.warc.close()
    assert [row[0] for row in archive.conn.execute("SELECT count(*) FROM _warc_files")] == [2]
    assert verify(archive).damage == []
    archive.close()
    with Archive.open(archive.folder.path, write=True) as again:
        assert [kind for (kind,) in again.conn.execute("SELECT kind FROM issues")] == ["torn"]
        assert verify(again).damage == []
        assert len(told(again)[0]["articles"]) == 1
