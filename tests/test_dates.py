"""Times as portals print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.parsers import dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("27/02/2017", "2017-02-27 00:00:00"),
        ("27/02/2017 23:16", "2017-02-27 23:16:00"),
        ("27-02-2017 05:06:07", "2017-02-27 05:06:07"),
        ("05:21 24/04/2015", "2015-04-24 05:21:00"),
        ("23:16, 27/02/2017", "2017-02-27 23:16:00"),
        ("Thứ sáu - 21/04/2023 16:08", "2023-04-21 16:08:00"),
        ("Cập nhật ngày: 24/04/2015 05:21:36", "2015-04-24 05:21:36"),
        ("24/04/2015 - 05:21", "2015-04-24 05:21:00"),
        ("Thứ Hai, ngày 05 tháng 3 năm 2021", "2021-03-05 00:00:00"),
        ("15 giờ 30 phút, ngày 5/3/2021", "2021-03-05 15:30:00"),
        ("15h30 ngày 5/3/2021", "2021-03-05 15:30:00"),
        ("03/05/2019 03:15 CH", "2019-05-03 15:15:00"),
        ("3/5/2019 12:05 SA", "2019-05-03 00:05:00"),
        ("Ngày đăng: 08/07/2024  11:38 | Lượt xem: 12", "2024-07-08 11:38:00"),
        ("Thứ Sáu, 11/08/2017 | 10:55 GMT+7", "2017-08-11 10:55:00"),
        ("2017-02-28+0706:30:29", "2017-02-28 06:30:29"),
        ("2017-02-27T23:31:12Z", "2017-02-28 06:31:12"),
        ("2017-02-28T06:31:12+07:00", "2017-02-28 06:31:12"),
        ("2017-02-28 06:31:12.0", "2017-02-28 06:31:12"),
        ("27 Tháng Hai 2017", "2017-02-27 00:00:00"),
        ("Ngày 09 tháng 5 năm 2022", "2022-05-09 00:00:00"),
        ("Thứ hai, Tháng 5 9, 2022", "2022-05-09 00:00:00"),
        ("Tháng Mười Hai 28, 2020", "2020-12-28 00:00:00"),
        ("Đăng ngày 2022-05-09 07:55", "2022-05-09 07:55:00"),
        ("2022/05/09 07:55:00 2022/05/09 07:55:00", "2022-05-09 07:55:00"),
        ("9th May 2022", "2022-05-09 00:00:00"),
        ("Posted on Monday, December 28, 2020 2:05 PM", "2020-12-28 14:05:00"),
        ("Published on 2022-05-09 · Tagged with nông nghiệp", "2022-05-09 00:00:00"),
        ("28-Dec-2020", "2020-12-28 00:00:00"),
    ],
)
def test_a_time_line_is_read_day_first_in_vietnam(text: str, expected: str) -> None:
    assert str(dates.parse(text)) == f"{expected}+07:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/02/2020",
        "13/13/2020",
        "25:10 01/02/2020",
        "01/02/2021 - 05/02/2021",
        "(tự động cập nhật vào lúc 12:00:00 02/08/2024)",
        "Giấy phép số 12/GP-TTĐT ngày 25/11/2016",
        "Kế hoạch số 273/KH-UBND ngày 25/11/2016 của UBND tỉnh",
        "Cao Lãnh, ngày 5 tháng 3 năm 2021",
        "Số 12/2017/NĐ-CP",
        "192.168.1.1",
        "10/2020",
        "Hôm nay 02/08/2024",
        "2021-02-01 - 2021-02-05",
        "08:00 17:00 01/02/2021",
        "Tháng 5 năm 2022",
        "May 2022",
        "Ngày 32 tháng 5 năm 2022",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59-23:00",
    ],
)
def test_what_is_no_time_of_an_article_gives_none(text: str) -> None:
    assert dates.parse(text) is None


def test_a_line_of_an_update_says_so() -> None:
    stamp = dates.stamp("Cập nhật: 02/08/2024 08:00")
    assert stamp is not None
    assert stamp.updated


@given(st.text(max_size=60) | st.from_regex(r"[0-9/:. hT+-]{1,30}", fullmatch=True))
def test_any_text_gives_a_time_with_a_zone_or_none(text: str) -> None:
    time = dates.parse(text)
    assert time is None or time.utcoffset() == dates.VIETNAM.utcoffset(None)
