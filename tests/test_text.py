"""Text of elements: what becomes a block, a line, a space, and what nobody sees."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from page_files import page_of

from crawler.parsers import text


def body(markup: str) -> str:
    return text.joined(text.blocks(html.fragment_fromstring(markup, create_parent="div")))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Một</p><p>Hai</p>", "Một\n\nHai"),
        ("<p>Một<br>Hai<br/>Ba</p>", "Một\nHai\nBa"),
        ("Một<br><br>Hai<br>&nbsp;<br>Ba", "Một\n\nHai\n\nBa"),
        ("<div>Trần<div>Lồng</div>Đuôi</div>", "Trần\n\nLồng\n\nĐuôi"),
        ("<p>Hội <span>ng</span><b>hị</b> tổng<!-- x --> kết</p>", "Hội nghị tổng kết"),
        ("<p>Lư&shy;ợng\u200b mưa&nbsp;&nbsp;\u3000lớn</p>", "Lượng mưa lớn"),
        ("<p>Ho\u0323\u0302i</p>", "Hội"),
        ("<ul><li>Một<li>Hai<ul><li>Hai một</ul></ul>", "Một\nHai\nHai một"),
        (
            "<figure><img alt='không'><figcaption>Chú thích</figcaption></figure><p>Bài</p>",
            "Chú thích\n\nBài",
        ),
        ("<p>Xem <a href='/a'>tại đây</a>.</p>", "Xem tại đây."),
        ("<pre>Một\nHai</pre>", "Một\nHai"),
    ],
)
def test_markup_reads_as_a_reader_sees_it(markup: str, expected: str) -> None:
    assert body(markup) == expected


@pytest.mark.parametrize(
    "hidden",
    [
        '<span class="taglib-text hide-accessible">null</span>',
        '<span class="sr-only">null</span>',
        '<svg class="lexicon-icon"><title>null</title></svg>',
        '<i style="color:red; DISPLAY : none">null</i>',
        "<b hidden>null</b>",
        "<script>null</script><style>null</style><noscript>null</noscript><!-- null -->",
        '<div class="hidden hide d-none">null</div>',
    ],
)
def test_what_is_hidden_is_no_text(hidden: str) -> None:
    assert body(f"<p>Hội {hidden}nghị</p>".replace("<p>", "<div>").replace("</p>", "</div>")).split() == [
        "Hội",
        "nghị",
    ]


def test_a_class_that_shows_on_wide_screens_is_not_hidden() -> None:
    assert body('<p class="d-none d-md-block">Thấy</p>') == "Thấy"


def test_null_within_a_sentence_stays() -> None:
    assert body("<p>Giá trị null là hợp lệ</p>") == "Giá trị null là hợp lệ"


def test_a_table_is_rows_on_lines_with_tabs_between_cells() -> None:
    markup = "<table><tr><th>STT<th>Họ tên<tr><td>1<td><p>Nguyễn</p><p>Văn A</p><tr><td><td>Cộng</table>"
    assert body(f"<p>Trên</p>{markup}<p>Dưới</p>") == "Trên\n\nSTT\tHọ tên\n1\tNguyễn Văn A\nCộng\n\nDưới"


def test_a_table_that_lays_out_the_page_keeps_its_paragraphs() -> None:
    assert body("<table><tr><td><p>Một.</p><p>Hai.</p></td></tr></table>") == "Một.\n\nHai."
    nested = "<table><tr><td>Trái<td><table><tr><td>a<td>b</table></table>"
    assert body(nested) == "Trái\n\na\tb"


@given(st.text())
def test_clean_is_idempotent_and_nfc_and_one_line(words: str) -> None:
    once = text.clean(words)
    assert text.clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    assert "\n" not in once
    assert "  " not in once


TAGS = """<p> </p> <div> </div> <table> <tr> <td> </td> </tr> </table> <ul> <li> </ul> <br> <b> </b>
<span> </span> <!-- --> <a> chữ &nbsp; \u0323 <pre> </pre> <figure> <figcaption> <svg> <td>"""
FRAGMENTS = st.lists(st.sampled_from(TAGS.split()), max_size=60)


@given(FRAGMENTS)
def test_any_nesting_of_tags_gives_clean_blocks(parts: list[str]) -> None:
    found = text.blocks(page_of(" ".join(parts)).tree)
    for block in found:
        assert block.text.strip()
        assert all(line == line.strip(" ") for line in block.text.split("\n"))
        assert unicodedata.is_normalized("NFC", block.text)
