"""Liferay 6.2 and 7.x: addresses, kinds, identities and articles."""

# ruff: noqa: E501  # addresses and markup stay on the lines that they have

from __future__ import annotations

from collections.abc import Callable

import pytest
from liferay_pages import SEED, SEED_TITLE, frame, liferay7, liferay62, paragraphs
from page_files import page_of

from archive.records import Article, Kind
from crawler.families import liferay
from crawler.reading import read

URL = "https://tpcaolanh.dongthap.gov.vn/chi-tiet-bai-viet/-/asset_publisher/1mOz/content/id/15859178"
LONG = "Ủy ban nhân dân tỉnh vừa ban hành kế hoạch triển khai công tác cải cách hành chính trên địa bàn tỉnh năm 2021."
Markup = Callable[..., str]
BOTH = pytest.mark.parametrize("markup", [liferay62, liferay7])


def article_of(markup: str, url: str = URL) -> Article:
    found = liferay.article(page_of(markup, url), None)
    assert found is not None
    return found


@BOTH
@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize(
    "before",
    [
        "",
        "<h1>Chi tiết bài viết</h1><h2>Tin tức</h2>",
        "<div>Chi tiết bài viết <span>Tin tức</span></div>",
        '<div class="nav-tin"><a href="/t">Chuyên mục nào đó</a></div><span class="ngay">08:15 11/12/2020</span>',
    ],
)
def test_the_seed_is_read_without_its_chrome(markup: Markup, shown: bool, before: str) -> None:
    found = article_of(markup(f"{before}<h3>{SEED_TITLE}</h3>{paragraphs(SEED)}", shown=shown))
    assert found.title == SEED_TITLE
    assert found.body == "\n\n".join(SEED)
    assert found.author == "Thành Nguyên"
    assert found.summary is None
    assert found.key == "entry:15859178"
    assert found.url == URL
    shown_time = str(found.published_at) if found.published_at else None
    assert shown_time == ("2020-12-11 08:15:00+07:00" if "08:15" in before else None)


@BOTH
def test_no_time_is_invented(markup: Markup) -> None:
    body = paragraphs((LONG, "Kế hoạch số 273/KH-UBND ngày 25/11/2016", "Cao Lãnh, ngày 5 tháng 3 năm 2021"))
    assert article_of(markup(body)).published_at is None


def test_the_bar_of_metadata_gives_time_author_and_section() -> None:
    bar = (
        '<div class="asset-metadata"><span class="metadata-entry metadata-publish-date">24/04/15 05:21</span>'
        '<span class="metadata-entry metadata-modified-date">25/04/2015 06:00</span>'
        '<span class="metadata-entry metadata-author">Bởi Nguyễn Thị Hoa</span>'
        '<span class="metadata-entry metadata-view-count">12 Xem</span></div>'
    )
    found = article_of(liferay62(paragraphs((LONG,)), bar=bar))
    assert str(found.published_at) == "2015-04-24 05:21:00+07:00"
    assert str(found.updated_at) == "2015-04-25 06:00:00+07:00"
    assert found.author == "Nguyễn Thị Hoa"
    assert found.body == LONG
    assert article_of(liferay7(paragraphs((LONG,)))).section == "Xây dựng Đảng"


@BOTH
@pytest.mark.parametrize(
    "sapo",
    [
        f'<p class="sapo">{LONG}</p>',
        f'<p><strong class="text-muted">{LONG}</strong></p>',
        f'<p class="text-justify"><strong class="text-muted"><p>{LONG}</p></strong></p>',
        f'<div class="news-lead"><p>{LONG}</p></div>',
        f"<p><b>{LONG}</b></p>",
    ],
)
def test_a_sapo_is_the_summary_and_not_again_in_the_body(markup: Markup, sapo: str) -> None:
    found = article_of(markup(f"<span>23:16, 27/02/2017</span>{sapo}{paragraphs(SEED)}"))
    assert found.summary == LONG
    assert found.body == "\n\n".join(SEED)
    assert str(found.published_at) == "2017-02-27 23:16:00+07:00"


@BOTH
def test_a_bold_heading_is_no_sapo(markup: Markup) -> None:
    assert article_of(markup(f"<p><b>Xác định rõ lộ trình</b></p><p>{LONG}</p>")).summary is None


@BOTH
def test_a_post_that_is_one_link_is_an_article(markup: Markup) -> None:
    link = '<p><a href="/documents/1/2/Quy%E1%BA%BFt+%C4%91%E1%BB%8Bnh.pdf/0f0e0d0c-0000-1111-2222-333344445555?t=1">Tải về</a></p>'
    page = page_of(markup(link), URL)
    assert liferay.kind(page) is Kind.ARTICLE
    found = article_of(markup(link))
    assert found.title == SEED_TITLE
    assert found.body == "Tải về"
    assert [document.name for document in found.attachments] == ["Quyết định.pdf"]


@BOTH
def test_an_image_of_the_document_library_is_no_attachment(markup: Markup) -> None:
    image = (
        '<p style="text-align:center"><img alt="Hội nghị" src="/documents/1/2/anh.jpg/0f0e0d0c-0000-1111-2222-333344445555"></p>'
        '<p style="text-align:center"><em>Quang cảnh hội nghị</em></p>'
    )
    found = article_of(markup(f"<p>{LONG}</p>{image}<p>{LONG}</p>"))
    assert not found.attachments
    assert [(picture.alt, picture.caption) for picture in found.images] == [("Hội nghị", "Quang cảnh hội nghị")]
    assert "Quang cảnh hội nghị" in found.body


def test_the_pager_of_an_article_with_several_pages_is_no_text() -> None:
    pager = '<div class="taglib-page-iterator"><a class="journal-article-page-number" href="?p=2">2</a></div>'
    assert article_of(liferay62(f"<p>{LONG}</p>{pager}")).body == LONG


@pytest.mark.parametrize(
    "title",
    [f"{SEED_TITLE} - Chi tiết bài viết - Thành phố Cao Lãnh", f"{SEED_TITLE} - Tin tức - Cổng thông tin"],
)
def test_the_title_of_the_page_serves_where_none_is_printed(title: str) -> None:
    found = article_of(liferay62(paragraphs(SEED), shown=False, page_title=title))
    assert found.title == SEED_TITLE


A = "https://x.gov.vn"
FRIENDLY = A + "/tin/-/asset_publisher/q/content/hoi-nghi"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (FRIENDLY + "/maximized?redirect=%2Ftin&inheritRedirect=true", FRIENDLY),
        (FRIENDLY + "/10157/pop_up?_101_INSTANCE_q_viewMode=print", FRIENDLY + "/10157"),
        (FRIENDLY + ";jsessionid=0A1B?viewMode=print#p_101", FRIENDLY),
        (A + "/tin;jsessionid=0A1B", A + "/tin"),
        (
            A + "/tin/?p_p_id=101_INSTANCE_q&p_p_lifecycle=0&p_p_state=normal&_101_INSTANCE_q_cur=1",
            A + "/tin",
        ),
        (
            A
            + "/tin?p_p_id=101_INSTANCE_q&p_p_lifecycle=0&p_p_mode=view&_101_INSTANCE_q_delta=5&_101_INSTANCE_q_cur=2",
            A + "/tin?p_p_id=101_INSTANCE_q&_101_INSTANCE_q_cur=2",
        ),
        ("HTTPS://X.gov.vn:443/a/../tin?doAsUserId=3&p_auth=zz", A + "/tin"),
        (A + "/chi-tiet?id=27797", A + "/chi-tiet?id=27797"),
    ],
)
def test_an_address_has_one_canonical_form(url: str, expected: str) -> None:
    assert liferay.canonical(url) == expected
    assert liferay.canonical(expected) == expected


def test_raw_addresses_of_an_article_are_one() -> None:
    first = (
        A + "/tin?p_p_id=101_INSTANCE_q&p_p_lifecycle=0&p_p_state=maximized&p_p_mode=view"
        "&_101_INSTANCE_q_struts_action=%2Fasset_publisher%2Fview_content&_101_INSTANCE_q_assetEntryId=42"
        "&_101_INSTANCE_q_type=content&_101_INSTANCE_q_urlTitle=hoi-nghi&_101_INSTANCE_q_redirect=%2F"
    )
    second = (
        A + "/tin?_101_INSTANCE_q_assetEntryId=42&_101_INSTANCE_q_type=content&p_p_id=101_INSTANCE_q"
        "&_101_INSTANCE_q_struts_action=%2fasset_publisher%2fview_content"
    )
    assert liferay.canonical(first) == liferay.canonical(second)
    assert liferay.key(page_of("", first)) == "entry:42"
    seven = "_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_q_assetEntryId=42"
    assert liferay.key(page_of("", f"{A}/tin?p_p_id=x&p_p_lifecycle=0&{seven}")) == "entry:42"


@BOTH
def test_the_entry_id_within_a_page_counts_only_under_an_asset_address(markup: Markup) -> None:
    body = markup(paragraphs(SEED))
    assert liferay.key(page_of(body, FRIENDLY)) == "entry:15859178"
    assert liferay.key(page_of("", FRIENDLY + "/10157")) == "title:10157/hoi-nghi"
    assert liferay.key(page_of("", FRIENDLY)) == "title:x.gov.vn/hoi-nghi"
    first = liferay.key(page_of(body, A + "/tin-tuc/bai-1"))
    assert first == "url:/tin-tuc/bai-1"
    assert first != liferay.key(page_of(body, A + "/tin-tuc/bai-2"))


def test_a_vendor_s_column_is_no_part_of_the_identity() -> None:
    assert liferay.key(page_of("", A + "/chi-tiet?id=27797&_c=3")) == "url:/chi-tiet?id=27797"
    assert liferay.key(page_of("", A + "/danh-muc?id=75&_c=3")) == "url:/danh-muc?id=75&_c=3"


ABSTRACTS = "".join(
    f'<div class="asset-abstract"><h3 class="asset-title"><a href="/tin/-/asset_publisher/q/content/bai-{n}'
    f'?redirect=%2Ftin">Bài {n}</a></h3><div class="asset-content"><div class="asset-summary">Tóm tắt</div>'
    f'<div class="asset-more"><a href="/tin/-/asset_publisher/q/content/bai-{n}">Đọc tiếp</a></div></div></div>'
    for n in range(5)
)
PAGER = (
    '<div class="taglib-page-iterator"><form action="/tin?p_p_id=101_INSTANCE_q"><select name="_101_INSTANCE_q_cur">'
    '<option value="1">1</option><option value="3">3</option></select></form><ul class="pager">'
    '<li><a href="/tin?p_p_id=101_INSTANCE_q&amp;p_p_lifecycle=0&amp;_101_INSTANCE_q_delta=5&amp;_101_INSTANCE_q_cur=2">Tiếp</a>'
    "<li><a href=\"javascript:submitForm(document.f, '\\x2ftin\\x3fp_p_id\\x3d101_INSTANCE_q\\x26_101_INSTANCE_q_cur\\x3d4');\">4</a>"
    "</ul></div>"
)


def test_a_list_of_abstracts_is_a_listing_that_leads_to_articles_and_pages() -> None:
    page = page_of(frame(f"<div class='portlet-boundary'>{ABSTRACTS}{PAGER}</div>"), A + "/tin")
    assert liferay.kind(page) is Kind.LISTING
    found = {link.url: link.kind for link in liferay.links(page)}
    assert [url for url, kind in found.items() if kind is Kind.ARTICLE] == [
        f"{A}/tin/-/asset_publisher/q/content/bai-{n}" for n in range(5)
    ]
    pages = {url.rpartition("=")[2] for url, kind in found.items() if kind is Kind.LISTING}
    assert pages == {"2", "3", "4"}
    assert found[A + "/trang-chu"] is Kind.PAGE


@pytest.mark.parametrize(
    "href",
    [
        "/c/portal/login?p_l_id=1",
        "/c/portal/logout",
        "/html/js/barebone.jsp",
        "/combo?browserId=x",
        "/theme/main.css?t=1",
        "https://khac.gov.vn/tin",
        "mailto:a@b.vn",
        "javascript:void(0)",
        "#tren",
        "/en/web/guest/home",
        "/tin?p_p_id=77&p_p_lifecycle=1",
        "file:///C:/a.doc",
    ],
)
def test_links_that_lead_nowhere_are_left_out(href: str) -> None:
    markup = f'<div id="p_p_id_x"><a href="{href}">x</a></div>'
    assert liferay.links(page_of(markup, A + "/tin")) == ()


def test_hosts_with_and_without_www_are_one_portal() -> None:
    page = page_of('<a href="http://www.x.gov.vn/a">a</a><a href="//x.gov.vn/b">b</a>', A + "/tin")
    assert [link.url for link in liferay.links(page)] == ["http://www.x.gov.vn/a", A + "/b"]


def test_web_content_beside_makes_no_article() -> None:
    assert read(page_of(frame("<h1>Liên hệ</h1>"), A + "/lien-he"), None)[0].kind is Kind.OTHER


def test_the_home_page_is_a_listing() -> None:
    assert liferay.kind(page_of(frame(""), A + "/web/guest/trang-chu")) is Kind.LISTING


def test_a_layout_table_around_the_seed_gives_no_chrome() -> None:
    rows = f"<tr><td>Chi tiết bài viết</td><td>Tin tức</td></tr><tr><td colspan=2>{SEED_TITLE}</td></tr>"
    table = f"<table>{rows}<tr><td colspan=2>{paragraphs(SEED)}</td></tr></table>"
    page = page_of(liferay62(table), "https://tinh.gov.vn/-/asset_publisher/q/content/id/15859178")
    article = liferay.article(page, None)
    assert article is not None
    assert article.body == "\n\n".join(SEED)
