"""The section of an article by the trail over it."""

from __future__ import annotations

import pytest
from page_files import page_of

from crawler.parsers.breadcrumbs import section

TITLE = "Hội nghị tổng kết công tác năm 2020 của thành phố"
STATED = (
    '<script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": ['
    '{"@type": "ListItem", "item": {"@id": "/", "name": "Trang chủ"}}, '
    '{"@type": "ListItem", "name": "Kinh tế", "item": "/kt"}]}</script>'
)


def trail(*names: str, mark: str = 'class="breadcrumb"') -> str:
    return f"<div {mark}>" + " » ".join(f'<a href="/x">{name}</a>' for name in names) + "</div>"


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        (trail("Trang chủ", "Tin tức", "Kinh tế"), "Kinh tế"),
        (trail("Trang nhất", "Tin tức", "Chi tiết bài viết"), "Tin tức"),
        (trail("Home", "Tin tức - Sự kiện", TITLE), "Tin tức - Sự kiện"),
        (trail("Trang chủ", "Văn hóa", TITLE[:30] + "..."), "Văn hóa"),
        (trail("Trang chủ", "Xã hội", mark='aria-label="breadcrumb"'), "Xã hội"),
        (trail("Trang chủ", "Xã hội", mark='id="taglib-breadcrumb"'), "Xã hội"),
        (trail("Trang chủ"), None),
        (STATED, "Kinh tế"),
        (trail("Trang chủ") + STATED, "Kinh tế"),
        (STATED.replace('"Kinh tế"', "17"), None),
        ('<script type="application/ld+json">{"BreadcrumbList"</script>', None),
        ('<div class="menu"><a href="/x">Kinh tế</a></div>', None),
    ],
)
def test_the_last_page_of_the_trail_but_the_article_s_own_is_the_section(markup: str, wanted: str | None) -> None:
    assert section(page_of(f"<html><body>{markup}<h1>{TITLE}</h1></body></html>"), TITLE) == wanted
