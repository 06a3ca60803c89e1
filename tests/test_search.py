"""Searching in the file with stock parts, and with exact spellings first."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ARTICLE, Maker
from sqlite_utils import Database

from archive.migrations import make
from archive.normalise import fold, search_extra
from archive.search import facets, register, search, where
from archive.store import Archive

TEXTS = {
    1: ("Đường liên xã Hoà Bình", "Ông Nguyễn Văn Đức thăm thuỷ lợi."),
    2: ("Dương Đại Lâm viết về đường sắt", "UBND tỉnh ra Quyết định số 273/QĐ-UBND về kỹ thuật."),
    3: ("Hội nghị tổng kết", "Thủy lợi và hòa giải ở cơ sở; nghị quyết của hội đồng nhân dân."),
}

EMPTY = sqlite3.connect(":memory:")
make(Database(EMPTY))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("search"), write=True) as opened:
        writer = Maker(opened)
        for number, (title, body) in TEXTS.items():
            article = replace(ARTICLE, key=f"entry:{number}", url=f"http://p.vn/{number}", title=title, body=body)
            writer.article(replace(article, summary=f"Trích yếu số {number}"))
        yield opened


def stock(archive: Archive, query: str) -> set[int]:
    """What a plain MATCH on the folded table finds."""
    rows = archive.conn.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", [query])
    return {row[0] for row in rows}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("duong", {1, 2}),
        ("đường", {1, 2}),
        ("ĐƯỜNG", {1, 2}),
        ('"' + unicodedata.normalize("NFD", "Đường") + '"', {1, 2}),
        ("hòa", {1, 3}),
        ("hoà", {1, 3}),
        ("thuy loi", {1, 3}),
        ("duc", {1}),
        ('"uy ban nhan dan"', {2}),
        ("hdnd", {3}),
        ("ki", {2}),
        ("273qdubnd", {2}),
        ("qd", {2}),
        ("trich", {1, 2, 3}),
    ],
)
def test_stock_search_finds(archive: Archive, query: str, found: set[int]) -> None:
    assert stock(archive, query) == found


def test_a_word_with_a_bar_finds_no_word_without_it(archive: Archive) -> None:
    assert stock(archive, "đương") == {1, 2}
    assert stock(archive, '"đương đại"') == set()
    assert stock(archive, '"duong dai"') == {2}


def test_exact_spelling_comes_first(archive: Archive) -> None:
    assert search(archive.conn, "dương").hits[0].id == 2
    assert search(archive.conn, "đường").hits[0].id in (1, 2)
    assert search(archive.conn, "thuỷ lợi").hits[0].id in (1, 3)
    assert {hit.id for hit in search(archive.conn, "hoà").hits} == {1, 3}


def test_snippets_keep_the_spelling(archive: Archive) -> None:
    assert "⟦Đường liên xã⟧ Hoà" in search(archive.conn, "duong lien xa").hits[0].snippet


@given(st.text(max_size=40))
def test_no_query_is_an_error(query: str) -> None:
    assert search(EMPTY, query).hits == ()


@given(st.text(max_size=60))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    search_extra(text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"thuy loi"', {1, 3}),
        ("thuy -kham", {1, 3}),
        ("hội -nghị", set()),
        ("liên OR viết", {1, 2}),
        ("đườ*", {1, 2}),
        ("title:thuy", set()),
        ("title:duong", {1, 2}),
        ("portal:p duong", {1, 2}),
        ("portal:q duong", set()),
        ("after:2021-03-05 before:2021 duong", {1, 2}),
        ("before:2020 duong", set()),
    ],
)
def test_operators(archive: Archive, query: str, found: set[int]) -> None:
    result = search(archive.conn, query)
    assert {hit.id for hit in result.hits} == found
    assert result.total == len(found)


def test_pages_are_pages_of_one_result(archive: Archive) -> None:
    for order in ("relevance", "newest", "oldest"):
        whole = [hit.id for hit in search(archive.conn, "duong OR hoa", order=order).hits]
        assert len(set(whole)) == len(whole) == 3
        pages = [search(archive.conn, "duong OR hoa", limit=1, offset=at, order=order).hits for at in range(4)]
        assert [hit.id for page in pages for hit in page] == whole


def test_what_is_found_is_counted_by_portal_section_and_year(archive: Archive) -> None:
    assert facets(archive.conn, "duong") == {"portal": (("p", 2),), "section": (), "year": (("2021", 2),)}


def test_the_query_as_sql_finds_the_same(archive: Archive) -> None:
    statement = where(archive.conn, "đường portal:p")
    assert statement is not None
    rows = archive.conn.execute(statement.sql, statement.parameters).fetchall()
    assert [row[0] for row in rows] == [hit.id for hit in search(archive.conn, "đường portal:p").hits]


def test_sql_can_ask_as_people_type(archive: Archive) -> None:
    register(archive.conn)
    rows = archive.conn.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH vi_match('Thuỷ, lợi?')")
    assert {row[0] for row in rows} == {1, 3}
