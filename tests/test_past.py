"""The commands that show what a portal changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from making import ARTICLE, Maker, verdict
from running import luutru

from archive.clock import VIETNAM
from archive.records import Verdict
from archive.store import Archive

BEGIN = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Archive.open(tmp_path, write=True) as archive:
        make = Maker(archive)
        make.article(when=BEGIN)
        edited = replace(ARTICLE, body=ARTICLE.body.replace("Nguyễn Văn Đức", "Trần Thị Mai").replace("5/3", "6/3"))
        make.article(edited, when=BEGIN + timedelta(days=7))
        make.visit(ARTICLE.url, reading=verdict(Verdict.GONE, "http 404"), when=BEGIN + timedelta(days=8))
        make.warc.close()
    return tmp_path


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ((), ["name", "number"]),
        (("--removed", "Nguyễn Văn Đức"), ["name"]),
        (("--removed", "nguyen van duc"), ["name"]),
        (("--removed", "Nguyễn Văn Đúc"), []),
        (("--added", "Nguyễn Văn Đức"), []),
        (("--added", "6/3", "--kind", "number", "--portal", "p"), ["number"]),
        (("--since", "2026-03-08"), ["name", "number"]),
        (("--since", "2026-03-09"), []),
        (("--portal", "q"), []),
    ],
)
def test_changes_are_found_by_what_was_removed_and_added(
    folder: Path, options: tuple[str, ...], kinds: list[str]
) -> None:
    found = luutru(folder, "changes", *options, "--json")
    assert found.returncode == 0, found.stderr
    assert sorted(row["kind"] for row in json.loads(found.stdout)) == kinds


@pytest.mark.parametrize(
    ("removed", "is_found"), [("Hòa giải kỹ thuật", True), ("hoa giai ki thuat", True), ("hỏa giải", False)]
)
def test_words_are_found_in_whatever_spelling_they_were_removed(tmp_path: Path, removed: str, is_found: bool) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        make = Maker(archive)
        body = ARTICLE.body.replace("Nguyễn Văn Đức", "tổ hoà giải kĩ thuật")
        make.article(replace(ARTICLE, body=body), when=BEGIN)
        make.article(when=BEGIN + timedelta(days=7))
        make.warc.close()
    found = luutru(tmp_path, "changes", "--removed", removed, "--json")
    assert bool(json.loads(found.stdout)) is is_found, found.stderr


def test_a_difference_is_shown_word_by_word(folder: Path) -> None:
    shown = luutru(folder, "diff", "1")
    assert "Ngày [-5/3-]{+6/3+}, ông [-Nguyễn Văn Đức-]{+Trần Thị Mai+} đến thăm." in shown.stdout, shown.stderr
    assert "20260228220000 → 20260307220000" in shown.stdout
    back = luutru(folder, "diff", "1", "20260307220000", "20260228220000")
    assert "{+Nguyễn Văn Đức+}" in back.stdout
    assert luutru(folder, "diff", "1", "20990101000000").returncode == 4


def test_the_history_of_an_article_has_its_states_and_their_evidence(folder: Path) -> None:
    told = json.loads(luutru(folder, "history", "1", "--json").stdout)
    assert [version["changes"] for version in told["versions"]] == [[], ["number", "name"]]
    assert [(state["status"], state["reason"], state["at"]) for state in told["states"]] == [
        ("gone", "http 404", "2026-03-09T05:00:00+07:00")
    ]
