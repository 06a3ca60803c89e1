"""Bylines: who wrote it, where it was taken from, and lines that only look like one."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.parsers import bylines, text

LONG = "Đồng chí Phan Văn Thương, Tỉnh ủy viên, Bí thư Thành ủy, tham dự Hội nghị và phát biểu chỉ đạo."


def found(*lines: str, tail: str = "") -> tuple[str | None, str | None]:
    markup = "".join(f"<p>{line}</p>" for line in lines) + tail
    return tuple(bylines.find(text.blocks(html.fragment_fromstring(markup, create_parent="div"))))


@pytest.mark.parametrize(
    ("last", "author"),
    [
        ("Thành Nguyên", "Thành Nguyên"),
        ("Diệu Hoa", "Diệu Hoa"),
        ("Dương Đại Lâm", "Dương Đại Lâm"),
        ("BBT", "BBT"),
        ("Hồng Hạnh - Minh Tú", "Hồng Hạnh - Minh Tú"),
        ("Tin, ảnh: Ngọc Hà", "Ngọc Hà"),
        ("Tin: Ngọc Hà - Ảnh: Văn Tú", "Ngọc Hà - Văn Tú"),
        ("Bài, ảnh: H.T", "H.T"),
        ("Tác giả: Nguyễn Văn A", "Nguyễn Văn A"),
        ("(Thực hiện: Lê Na)", "Lê Na"),
        ("ThS. Nguyễn Văn Bình", "ThS. Nguyễn Văn Bình"),
        ("Th\u0061\u0300nh Nguyên", "Thành Nguyên"),
    ],
)
def test_the_last_line_names_the_author(last: str, author: str) -> None:
    assert found(LONG, last) == (author, None)
    assert found(f"{LONG}<br>{last}") == (author, None)
    assert found(LONG, last, tail='<p><a href="/a.pdf">Tải về</a></p>') == (author, None)


@pytest.mark.parametrize(
    ("last", "source"),
    [
        ("Theo ĐCSVN", "ĐCSVN"),
        ("(Theo Báo Đồng Tháp)", "Báo Đồng Tháp"),
        ("Nguồn: TTXVN", "TTXVN"),
        ("Theo chinhphu.vn", "chinhphu.vn"),
    ],
)
def test_a_source_is_no_author(last: str, source: str) -> None:
    assert found(LONG, last) == (None, source)
    assert found(LONG, "Thành Nguyên", last) == ("Thành Nguyên", source)


def test_author_and_source_on_one_line() -> None:
    assert found(LONG, "Nguyễn An (Theo TTXVN)") == ("Nguyễn An", "TTXVN")


@pytest.mark.parametrize(
    "last",
    [
        "Ảnh: Thành Nguyên",
        '<a href="/a.pdf">Xem chi tiết văn bản tại đây:</a>',
        '<a href="/a">Thành Nguyên</a>',
        "Cao Lãnh, ngày 5 tháng 3 năm 2021",
        "Xin trân trọng cảm ơn!",
        "Chúc bạn có một chuyến đi thú vị và thành công!",
        "Phó Chủ tịch UBND tỉnh",
        "Đồng Tháp",
        "TM. ỦY BAN NHÂN DÂN",
        "Theo Quyết định số 12/QĐ-UBND ngày 3/4/2020",
        "Theo kế hoạch, lễ hội sẽ diễn ra.",
        LONG,
    ],
)
def test_a_line_that_is_no_byline_gives_none(last: str) -> None:
    assert found(LONG, last) == (None, None)


def test_a_signature_is_no_byline() -> None:
    assert found(LONG, "KT. CHỦ TỊCH<br>PHÓ CHỦ TỊCH<br>(Đã ký)<br>Nguyễn Văn A") == (None, None)
    assert found(LONG, "Chủ tịch", "Nguyễn Văn A") == (None, None)


def test_a_list_of_names_is_no_byline() -> None:
    assert found(LONG, "Nguyễn Văn A", "Trần Văn B", "Lê Văn C") == (None, None)
    assert found(LONG, tail="<table><tr><td>Nguyễn Văn A</td></tr></table>") == (None, None)
    assert found(LONG, tail="<figure><figcaption>Nguyễn Văn A</figcaption></figure>") == (None, None)


def test_a_name_alone_is_no_article_to_close() -> None:
    assert found("Thành Nguyên") == (None, None)


def test_a_caption_that_names_an_office_does_not_hide_the_byline() -> None:
    assert found(LONG, "Đồng chí Chủ tịch UBND tỉnh phát biểu", "Thành Nguyên") == ("Thành Nguyên", None)
