"""What a portal changed, told from two texts."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.changes import changes
from archive.records import Attachment
from archive.versions import Text, same

DECREE = Attachment(url="http://p.vn/documents/1/qd.pdf", name="Quyết định 273")
TEXT = Text(
    title="Huyện ủy tổ chức hội nghị tổng kết",
    summary="Sáng 5/3, Huyện ủy tổ chức hội nghị.",
    body="""Ngày 5/3, ông Nguyễn Văn Đức đến thăm xã Tân Hậu. Tổng kinh phí thực hiện là 12 tỷ đồng. \
Hội nghị đã thông qua nghị quyết.

Đại biểu đã phát biểu ý kiến tại hội nghị. Theo Quyết định số 273/QĐ-UBND, ba xã được hỗ trợ.

Tin, ảnh: Thành Nguyên""",
    author="Thành Nguyên",
    published_at="2021-03-05T08:30:00+07:00",
    attachments=(DECREE,),
)


def told(new: Text, old: Text = TEXT) -> dict[str, tuple[str, str]]:
    """Kinds and what was removed and added."""
    return {each.kind.value: ("|".join(each.removed), "|".join(each.added)) for each in changes(old, new)}


def edited(was: str, is_now: str) -> dict[str, tuple[str, str]]:
    assert was in TEXT.body
    return told(replace(TEXT, body=TEXT.body.replace(was, is_now)))


@pytest.mark.parametrize(
    ("was", "is_now", "kind", "removed", "added"),
    [
        ("nghị quyết", "nghi quyết", "typo", "nghị", "nghi"),
        ("phát biểu", "phát bểu", "typo", "biểu", "bểu"),
        ("đã phát", "đã đã phát", "typo", "", "đã"),
        ("Hội nghị", "Hộinghị", "typo", "Hội nghị", "Hộinghị"),
        ("nghị quyết.", "nghị quyết!", "typo", ".", "!"),
        ("ông Nguyễn", "Ông Nguyễn", "typo", "ông", "Ông"),
        ("5/3", "05/03", "typo", "5/3", "05/03"),
        ("12 tỷ", "15 tỷ", "number", "12 tỷ đồng", "15 tỷ đồng"),
        ("12 tỷ", "12 triệu", "number", "tỷ đồng", "triệu đồng"),
        ("ba xã", "bốn xã", "number", "ba xã được", "bốn xã được"),
        ("273/QĐ-UBND", "274/QĐ-UBND", "number", "273/QĐ-UBND", "274/QĐ-UBND"),
        ("Nguyễn Văn Đức", "Trần Thị Mai", "name", "Nguyễn Văn Đức", "Trần Thị Mai"),
        ("Nguyễn Văn Đức", "Nguyễn Văn Đúc", "name", "Nguyễn Văn Đức", "Nguyễn Văn Đúc"),
        ("ông Nguyễn Văn Đức", "bà Trần Thị Mai", "name", "ông Nguyễn Văn Đức", "bà Trần Thị Mai"),
        ("Đức đến", "Đức và bà Trần Thị Mai đến", "name", "", "và bà Trần Thị Mai"),
        ("Nguyễn Văn Đức", "Nguyễng Văn Đức", "typo", "Nguyễn", "Nguyễng"),
        ("thông qua", "bác bỏ", "wording", "thông qua", "bác bỏ"),
        ("Hội nghị đã thông qua nghị quyết.", "", "sentence removed", "Hội nghị đã thông qua nghị quyết.", ""),
        ("ý kiến tại hội nghị.", "ý kiến tại hội nghị. Đoàn đi thăm.", "sentence added", "", "Đoàn đi thăm."),
    ],
)
def test_an_edit_has_its_kind_and_its_words(was: str, is_now: str, kind: str, removed: str, added: str) -> None:
    assert edited(was, is_now) == {kind: (removed, added)}


def test_several_edits_are_told_apart() -> None:
    new = replace(TEXT, body=TEXT.body.replace("12 tỷ", "15 tỷ").replace("Đức", "Đạt").replace("thăm", "tham"))
    assert list(told(new)) == ["number", "name", "typo"]


def test_a_sentence_that_stands_elsewhere_has_moved() -> None:
    sentence = "Hội nghị đã thông qua nghị quyết."
    body = f"{sentence}\n\n" + TEXT.body.replace(sentence, "")
    assert told(replace(TEXT, body=body)) == {"moved": ("", sentence)}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"title": "Tên khác"}, "title"),
        ({"summary": "Chiều 5/3, Huyện ủy họp."}, "summary"),
        ({"published_at": "2021-03-05T08:31:00+07:00"}, "time"),
        ({"published_at": None}, "time"),
        ({"attachments": ()}, "attachment"),
        ({"attachments": (replace(DECREE, url="http://p.vn/documents/1/khac.pdf"),)}, "attachment"),
    ],
)
def test_a_part_of_the_article_has_its_own_kind(change: dict[str, object], kind: str) -> None:
    assert list(told(replace(TEXT, **change))) == [kind]  # type: ignore[arg-type]


def test_a_byline_and_a_document_that_the_text_prints_are_told_once() -> None:
    new = replace(TEXT, author="Diệu Hoa", body=TEXT.body.replace("Thành Nguyên", "Diệu Hoa"))
    assert told(new) == {"byline": ("Thành Nguyên", "Diệu Hoa")}
    printed = replace(TEXT, body=f"{TEXT.body}\n\nXem chi tiết: {DECREE.name}")
    gone = replace(TEXT, attachments=())
    assert told(gone, printed) == {"attachment": (f"{DECREE.name} {DECREE.url}", "")}


@pytest.mark.parametrize(
    "change",
    [
        {"title": " Huyện ủy\u00a0tổ  chức hội nghị\u200b tổng kết "},
        {"title": "Huye\u0323\u0302n u\u0309y to\u0302\u0309 chu\u031b\u0301c ho\u0323\u0302i nghi\u0323"
                  " to\u0302\u0309ng ke\u0302\u0301t"},
        {"body": TEXT.body.replace("\n\n", "\n").replace(". ", ".\n\n")},
        {"summary": None, "body": f"{TEXT.summary}\n\n{TEXT.body}"},
        {"published_at": "2021-03-05T08:30:42+07:00"},
        {"published_at": "2021-03-05T00:00:00+07:00"},
        {"attachments": (replace(DECREE, url=f"{DECREE.url}?t=1614907800000"),)},
        {"attachments": (replace(DECREE, url=DECREE.url.replace("http:", "https:")),)},
    ],
)  # fmt: skip
def test_what_only_the_layout_changed_is_no_change(change: dict[str, object]) -> None:
    new = replace(TEXT, **change)  # type: ignore[arg-type]
    assert same(TEXT, new)
    assert told(new) == {}


def test_the_order_of_documents_is_no_change() -> None:
    other = replace(DECREE, url="http://p.vn/documents/2/kh.docx", name="Kế hoạch")
    assert told(replace(TEXT, attachments=(other, DECREE)), replace(TEXT, attachments=(DECREE, other))) == {}


SPELT = "Hội nghị 12 tỷ đồng . , Nguyễn Văn A hoà hòa UBND x7 - “ ” ( a"
WORDS = st.sampled_from([*SPELT.split(), "\n", "\n\n"])
BODIES = st.lists(WORDS, max_size=30).map(" ".join)


@given(BODIES, BODIES)
def test_there_are_changes_exactly_where_texts_are_not_the_same(old: str, new: str) -> None:
    texts = replace(TEXT, body=old), replace(TEXT, body=new)
    assert (changes(*texts) == ()) == same(*texts)
    for each in changes(*texts):
        assert each.added or each.removed


@pytest.mark.parametrize("piece", ["a. ", "Hội nghị số {}. ", "từ{} ", "Dòng {} của bảng\t{}\n", ", "])
def test_telling_changes_of_an_endless_text_ends_soon(piece: str) -> None:
    bodies = ["".join(piece.format(at, at * step) for at in range(60_000)) for step in (1, 7)]
    began = process_time()
    changes(replace(TEXT, body=bodies[0]), replace(TEXT, body="Mới. " + bodies[1][::-1]))
    changes(replace(TEXT, body=bodies[0]), replace(TEXT, body=bodies[1]))
    assert process_time() - began < 20
