"""Pages of unknown software: standard marks, headings and named bodies."""

# markup stays on the lines that it has

from __future__ import annotations

import pytest
from page_files import page_of

from archive.records import Kind, Tier
from crawler.reading import read

TITLE = "Khai mạc Lễ hội hoa Sa Đéc"
LONG = "Ủy ban nhân dân tỉnh vừa ban hành kế hoạch triển khai công tác cải cách hành chính trên địa bàn năm 2021."
MORE = "Sở Nội vụ chủ trì, phối hợp với các cơ quan, đơn vị liên quan tổ chức thực hiện kế hoạch này từ đầu năm."
URL = "https://snv.tinh.gov.vn/tin/khai-mac-123.html"


def frame(content: str) -> str:
    return f"""<html lang="vi"><head><title>{TITLE} - Sở Nội vụ</title></head><body>
<header>Thứ Sáu, 01/01/2021 10:55</header><nav><a href="/">Trang chủ</a></nav><div class="main">{content}</div>
<footer>Giấy phép số 12/GP-TTĐT ngày 01/02/2010 (tự động cập nhật vào lúc 12:00:00 02/08/2024)</footer></body></html>"""


@pytest.mark.parametrize(
    "content",
    [
        f'<h1>{TITLE}</h1><div class="content-detail"><p>{LONG}</p><p>{MORE}</p><p>Minh Tú</p></div>',
        f"<h1>{TITLE}</h1><div>{LONG}</div><p>{MORE}</p><p>Minh Tú</p>",
        f'<div class="article"><div class="articleHeadline"><h1><a href="">{TITLE}</a></h1></div>'
        f'<div class="articleEntry"><p>{LONG}</p><p>{MORE}</p><p>Minh Tú</p></div></div>',
        f'<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{TITLE}</h1>'
        f'<div itemprop="articleBody"><p>{LONG}</p><p>{MORE}</p><p>Minh Tú</p></div></div>',
    ],
)
def test_an_article_is_known_by_its_heading_and_its_text(content: str) -> None:
    reading, _ = read(page_of(frame(content), URL), None)
    assert (reading.kind, reading.tier) == (Kind.ARTICLE, Tier.GENERIC)
    assert reading.article is not None
    assert reading.article.title == TITLE
    assert reading.article.body == f"{LONG}\n\n{MORE}\n\nMinh Tú"
    assert reading.article.author == "Minh Tú"
    assert reading.article.published_at is None
    assert "published_at" in reading.missing


def test_the_time_and_the_sapo_beside_the_heading_are_the_article_s() -> None:
    content = (
        f'<h1>{TITLE}</h1><div class="date">Ngày đăng: 11/12/2020 08:00 | Lượt xem: 12</div><p class="sapo">{LONG}</p>'
        f'<div class="news-content"><p>{MORE}</p><p>{LONG}</p></div><div class="related"><a href="/x">Tin</a></div>'
    )
    found = read(page_of(frame(content), URL), None)[0].article
    assert found is not None
    assert str(found.published_at) == "2020-12-11 08:00:00+07:00"
    assert (found.summary, found.body) == (LONG, f"{MORE}\n\n{LONG}")


def test_a_page_of_links_is_a_listing() -> None:
    entries = "".join(f'<h3><a href="/tin/bai-viet-{n}.html">Bài viết {n}</a></h3>' for n in range(100, 110))
    pager = '<ul class="pagination"><li><a href="/tin?page=2">2</a></li></ul>'
    reading, links = read(page_of(frame(entries + pager), "https://snv.tinh.gov.vn/tin"), None)
    assert reading.kind is Kind.LISTING
    kinds = [link.kind for link in links]
    assert (kinds.count(Kind.ARTICLE), kinds.count(Kind.LISTING)) == (10, 1)


def test_the_home_page_is_a_listing_and_a_short_page_is_neither() -> None:
    assert read(page_of(frame(""), "https://snv.tinh.gov.vn/"), None)[0].kind is Kind.LISTING
    assert read(page_of(frame("<h1>Liên hệ</h1>"), "https://snv.tinh.gov.vn/lien-he"), None)[0].kind is Kind.OTHER


TEXT = "<p>Hội nghị bàn về giao thông nông thôn và thu ngân sách của xã trong năm nay, có nhiều ý kiến.</p>" * 4
SITE = '<meta property="og:site_name" content="Xã Tân Thuận"><meta property="og:type" content="article">'


@pytest.mark.parametrize(
    ("path", "head", "kind"),
    [
        ("/tin/hoi-nghi", "", Kind.ARTICLE),
        ("/tags/hoi-nghi", "", Kind.OTHER),
        ("/chuyen-muc/hoi-nghi/", "", Kind.OTHER),
        ("/2021/05/", "", Kind.OTHER),
        ("/2021/05/hoi-nghi-tong-ket", "", Kind.ARTICLE),
        ("/tin/hoi-nghi", SITE + '<meta property="og:title" content="Hội nghị tổng kết">', Kind.ARTICLE),
        ("/luu-tru", SITE + '<meta property="og:title" content="Xã Tân Thuận">', Kind.OTHER),
        ("/tag/x", SITE + '<meta property="og:title" content="Hội nghị tổng kết">', Kind.OTHER),
    ],
)
def test_lists_of_unknown_software_are_no_articles(path: str, head: str, kind: Kind) -> None:
    body = f"<body><div><h1>Hội nghị tổng kết</h1>{TEXT}</div></body>"
    markup = f"<html><head><title>Hội nghị tổng kết</title>{head}</head>{body}</html>"
    assert read(page_of(markup, f"https://xa.tinh.gov.vn{path}"), None)[0].kind is kind
