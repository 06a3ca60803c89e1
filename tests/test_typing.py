"""What people type and what they mean: Telex and VNI keys, slips, short forms, numbers, odd input."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ARTICLE, Maker

from archive.keys import from_keys
from archive.query import parse
from archive.search import facets, match, search, where
from archive.store import Archive

TEXTS = {
    1: ("Hội nghị tổng kết phong trào thi đua", "Đồng chí Nguyễn Văn Đức chủ trì, đường liên xã được khánh thành."),
    2: ("UBND tỉnh Đồng Tháp họp thường kỳ", "Theo Nghị định 100/2019/NĐ-CP và Quyết định số 273/QĐ-UBND về kỹ thuật."),
    3: ("Ủy ban nhân dân tỉnh Đồng Tháp tiếp công dân", "Sở GD&ĐT báo cáo; bản đồ quy hoạch được công bố."),
    4: ("Bán đồ cũ ở chợ", "Bạn đọ giá trước khi mua; hội đồng và nghị viên không tổng hợp, kết quả chưa có."),
}


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with Archive.open(tmp_path_factory.mktemp("typing"), write=True) as opened:
        make = Maker(opened)
        for number, (title, body) in TEXTS.items():
            own = replace(ARTICLE, key=f"entry:{number}", url=f"http://p.vn/{number}", title=title, body=body)
            make.article(replace(own, summary=None))
        opened.conn.execute(
            "INSERT INTO attachments (article_id, name, url, text) VALUES"
            " (4, 'Phụ lục', 'http://p.vn/a.pdf', 'Danh mục vật tư y tế trúng thầu năm 2024')"
        )
        yield opened.conn


def found(conn: sqlite3.Connection, query: str) -> list[int]:
    return [hit.id for hit in search(conn, query).hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("hooij nghij toorng keets", 1),
        ("hooji nghij", 1),
        ("ho65i nghi5 to63ng ke61t", 1),
        ("dduwowngf lieen xax", 1),
        ("ubnd tinh dong thap tiep cong dan", 3),
        ("ủy ban nhân dân tỉnh đồng tháp họp", 2),
        ("sở giáo dục và đào tạo báo cáo", 3),
        ("so gddt bao cao", 3),
        ("100/nd-cp", 2),
        ("100 2019 nd cp", 2),
        ("nghi dinh 100/2019/ND-CP", 2),
        ("273qdubnd", 2),
        ("273 qd ubnd", 2),
        ("kĩ thuật", 2),
        ("bản đồ", 3),
        ("bán đồ", 4),
        ("nguyen van duc", 1),
    ],
)
def test_what_is_meant_is_found_first(conn: sqlite3.Connection, query: str, first: int) -> None:
    assert found(conn, query)[:1] == [first]


@pytest.mark.parametrize(
    ("query", "first", "sentence"),
    [
        ("hooij nghij", 1, "“hội nghị”"),
        ("khanh thsnh duong", 1, "nearly so"),
        ("hội nghij tổng kêt", 1, "Telex"),
        ("hội nghị tổng kết xyzabc", 1, "“xyzabc” was left out"),
        ("tiep cong dan dong thap hop", 3, "one word was left out"),
    ],
)
def test_a_guess_is_told(conn: sqlite3.Connection, query: str, first: int, sentence: str) -> None:
    result = search(conn, query)
    assert result.hits
    assert result.hits[0].id == first
    assert sentence in str(result.guess)


@pytest.mark.parametrize("query", ["hội nghị portal:p", "hoi nghi tong ket after:2020", "uy ban tinh portal:q"])
def test_what_is_found_is_counted_under_conditions(conn: sqlite3.Connection, query: str) -> None:
    result = search(conn, query)
    assert result.total == len(result.hits)
    assert sum(count for _, count in facets(conn, query)["portal"]) == result.total


def test_what_is_found_as_typed_is_no_guess(conn: sqlite3.Connection) -> None:
    assert search(conn, "hoi nghi").guess is None
    assert search(conn, "chẳng có gì giống thế này cả").guess is None


def test_quoted_words_mean_just_that(conn: sqlite3.Connection) -> None:
    assert found(conn, '"hoi nghi tong ket"') == [1]
    assert found(conn, '"nghi hoi tong"') == []
    assert found(conn, '"ubnd tiep"') == []


def test_an_article_is_found_by_the_words_of_its_documents(conn: sqlite3.Connection) -> None:
    for query in ("vat tu y te", "vật tư y tế", "vật tư"):
        hits = search(conn, query).hits
        assert [(hit.id, hit.document) for hit in hits] == [(4, "Phụ lục")]
        assert "⟦" in hits[0].snippet


def test_documents_are_found_beside_articles_in_the_spelling_that_was_typed(conn: sqlite3.Connection) -> None:
    conn.execute("SAVEPOINT here")
    for number in range(10, 40):
        conn.execute(
            "INSERT INTO articles (id, title, portal_id, body, url, article_key, status, first_seen, last_seen,"
            " version_count) VALUES (?1, 'Mua vật tư y tế', 'p', '', ?1, ?1, 'live', '', '', 1)",
            [number],
        )
    result = search(conn, "vật tư y tế", limit=100)
    assert result.total == len(result.hits) == 31
    assert [hit.document for hit in result.hits[-1:]] == ["Phụ lục"]
    conn.execute("ROLLBACK TO here")


def test_snippets_mark_what_was_found_in_its_own_spelling(conn: sqlite3.Connection) -> None:
    assert "Ông" not in search(conn, "nguyen van duc").hits[0].snippet
    assert "⟦Nguyễn Văn Đức⟧" in search(conn, "nguyen van duc").hits[0].snippet
    assert "⟦UBND về kỹ thuật⟧" in search(conn, "uy ban nhan dan ve ki thuat").hits[0].snippet
    assert "⟦bản đồ⟧" in search(conn, "bản đồ").hits[0].snippet


ODD = [
    "", " ", "\0", 'a\0b"', '"', '""', '"""', "-", "--", "-a", "OR", "OR OR", "a OR", "OR a", "|", "*", "**", "a*b*",
    '"a" "', "(", "a AND (b", "NEAR(a b)", "title:", "title:*", "portal:", 'portal:"', "after:", "after:99/99/9999",
    "before:x", "^a", "{a b}: c", "a: b", "😀", "😀 hội 🇻🇳", "\ud800", "hội\udfff", "\u0301", "a\u0301\u0323\u0302",
    "đ" * 100_000, "a " * 50_000, '"' * 1000, "-" * 1000, "title:" * 500, "x OR " * 300, "''; DROP TABLE articles; --",
    "ﬁ ﷺ İI ß", "二 三", "1/2/3/4/5", "9" * 50, "\u200b\u202e", "_", "a_b", "NOT", "author:'%_", "section:%",
]  # fmt: skip


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
def test_odd_input_is_no_error(conn: sqlite3.Connection, query: str) -> None:
    _ask(conn, query)


SHORT = [each for each in ODD if len(each) < 40]


@given(st.lists(st.sampled_from([*SHORT, "hội", "nghij", "ubnd", "273", "qđ", " ", ":", "title:hoi"])).map("".join))
def test_no_mixture_of_odd_input_is_an_error(query: str) -> None:
    _ask(_EMPTY, query)


def _ask(conn: sqlite3.Connection, query: str) -> None:
    parse(query)
    result = search(conn, query)
    assert result.total >= len(result.hits)
    for order in ("newest", "oldest"):
        assert search(conn, query, order=order, offset=1).total == result.total
    facets(conn, query)
    statement = where(conn, query)
    if statement:
        conn.execute(statement.sql, statement.parameters)
    for table in ("articles_fts", "attachments_fts", "changes_fts"):
        conn.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ?", [match(query)]).fetchall()


def _empty() -> sqlite3.Connection:
    from sqlite_utils import Database

    from archive.migrations import make

    conn = sqlite3.connect(":memory:")
    make(Database(conn))
    return conn


_EMPTY = _empty()


@given(st.text(alphabet="aeioudwsfrxjz0123456789ng", max_size=12))
def test_keys_make_a_syllable_or_nothing(word: str) -> None:
    read = from_keys(word)
    assert read is None or read != word
