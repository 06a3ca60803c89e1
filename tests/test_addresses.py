"""Addresses, documents, feeds and what pages say for machines."""

from __future__ import annotations

import gzip
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_files import page_of

from archive.clock import VIETNAM
from archive.records import Kind
from crawler.families import generic
from crawler.parsers import attachments, feeds, metadata, urls


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Tinh.gov.vn", "http://tinh.gov.vn/"),
        ("http://tinh.gov.vn:80/a/./b/../c", "http://tinh.gov.vn/a/c"),
        ("https://tinh.gov.vn:8443/a#b", "https://tinh.gov.vn:8443/a"),
        ("http://tinh.gov.vn/%7etin/%c4%90", "http://tinh.gov.vn/~tin/%C4%90"),
        ("http://tinh.gov.vn/Đồng Tháp?q=ữ", "http://tinh.gov.vn/%C4%90%E1%BB%93ng%20Th%C3%A1p?q=%E1%BB%AF"),
        ("http://tinh.gov.vn/100%.html", "http://tinh.gov.vn/100%25.html"),
        ("ftp://tinh.gov.vn/", None),
        ("http://", None),
        ("http://[::1", None),
    ],
)
def test_an_address_has_one_spelling(url: str, expected: str | None) -> None:
    assert urls.normalise(url) == expected


@given(st.text(max_size=60), st.sampled_from(["", "http://tinh.gov.vn/", "https://TINH.gov.vn:443/a?b=", "//x/"]))
def test_normalising_twice_changes_nothing(tail: str, start: str) -> None:
    once = urls.normalise(start + tail)
    assert once is None or urls.normalise(once) == once


def test_the_generic_form_drops_visits_and_keeps_pages() -> None:
    assert (
        generic.canonical("http://a.vn/t;jsessionid=1?PHPSESSID=2&page=2&utm_source=z&fbclid=3")
        == "http://a.vn/t?page=2"
    )


def test_documents_are_found_by_ending_and_by_library() -> None:
    page = page_of(
        """<div><a href="/a b/Công văn số 1.PDF">Công văn số 1</a>
        <a href='/c/document_library/get_file?uuid=1&groupId=2'>x</a>
        <a href="/documents/1/2/B%C3%A1o+c%C3%A1o/0f0e0d0c-0000-1111-2222-333344445555?t=1"></a>
        <a href="/anh.jpg"><img src="/anh.jpg"></a><a href="/tin.html">Tin</a><a href="data:,x.pdf">d</a>
        <a href="file:///C:/x.doc">f</a><iframe src="/xem/van-ban.pdf"></iframe>
        <a href="/a%20b/Công văn số 1.PDF">lại</a></div>"""
    )
    found = attachments.attachments(page, page.tree)
    assert [(document.name, document.url.rpartition("/")[2][:12]) for document in found] == [
        ("Công văn số 1", "C%C3%B4ng%20"),
        ("x", "get_file?uui"),
        ("Báo cáo", "0f0e0d0c-000"),
        ("van-ban.pdf", "van-ban.pdf"),
    ]


def test_the_caption_is_the_figcaption_or_the_centred_line_below() -> None:
    page = page_of(
        """<div><figure><img src="1.jpg" alt=""><figcaption>Một</figcaption></figure>
        <p align="center"><img src="2.jpg" alt="Alt"></p><p align="center">Hai</p>
        <p><img src="3.jpg"></p><p>Một đoạn văn dài của bài viết.</p>
        <table><tr><td><img src="4.jpg"></td></tr><tr><td style="text-align:center">Bốn</td></tr></table>
        <img src="data:image/png;base64,xx"></div>"""
    )
    found = attachments.images(page, page.tree)
    assert [(image.alt, image.caption) for image in found] == [
        (None, "Một"),
        ("Alt", "Hai"),
        (None, None),
        (None, "Bốn"),
    ]


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><link>http://a.vn/</link>
<item><link>http://a.vn/tin-1.html</link></item>
<item><link> http://a.vn/tin-2.html#x </link></item></channel></rss>"""
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/>'
ATOM += '<link rel="edit" href="/2"/></entry></feed>'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
SITEMAP = f'<urlset xmlns="{NAMESPACE}"><url><loc>http://a.vn/x</loc></url></urlset>'
INDEX = "<sitemapindex><sitemap><loc>http://a.vn/s.xml</loc></sitemap></sitemapindex>"


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (
            RSS,
            Kind.FEED,
            [("http://a.vn/tin-1.html", Kind.ARTICLE), ("http://a.vn/tin-2.html", Kind.ARTICLE)],
        ),
        (ATOM, Kind.FEED, [("http://a.vn/1", Kind.ARTICLE)]),
        (SITEMAP, Kind.SITEMAP, [("http://a.vn/x", Kind.PAGE)]),
        (INDEX, Kind.SITEMAP, [("http://a.vn/s.xml", Kind.SITEMAP)]),
        ("<html><body>x</body></html>", None, []),
        ("junk", None, []),
    ],
)
def test_feeds_and_sitemaps_give_their_addresses(
    body: str, kind: Kind | None, expected: list[tuple[str, Kind]]
) -> None:
    for data in (body.encode(), gzip.compress(body.encode())):
        page = page_of(data, "http://a.vn/rss")
        assert feeds.kind(page) is kind
        assert [(link.url, link.kind) for link in feeds.links(page)] == expected


def test_sitemaps_and_atom_feeds_tell_when_a_page_was_changed() -> None:
    sitemap = SITEMAP.replace("</loc>", "</loc><lastmod> 2026-03-01T08:00:00+07:00 </lastmod>")
    atom = ATOM.replace("</entry>", "<updated>2026-03-01T08:00:00+07:00</updated></entry>")
    for body in (sitemap, atom):
        (link,) = feeds.links(page_of(body, "http://a.vn/rss"))
        assert link.changed_at == datetime(2026, 3, 1, 8, tzinfo=VIETNAM)
    assert feeds.links(page_of(SITEMAP, "http://a.vn/rss"))[0].changed_at is None


def test_entities_of_a_feed_are_never_read() -> None:
    entity = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    bomb = f"{entity}<rss><channel><item><link>&f;</link></item></channel></rss>"
    assert feeds.links(page_of(bomb, "http://a.vn/rss")) == ()


def test_microdata_and_json_ld_tell_an_article() -> None:
    page = page_of(
        """<title>Tên bài - Tin tức - Tỉnh</title>
        <meta property="article:published_time" content="2017-02-28+0706:30:29">
        <script type="application/ld+json">
        {"@graph": [{"@type": "NewsArticle", "headline": "Tên bài"}]}</script>
        <script type="application/ld+json">{broken</script>"""
    )
    found = metadata.read(page)
    assert found.is_article
    assert found.title == "Tên bài"
    assert str(found.published_at) == "2017-02-28 06:30:29+07:00"
    assert metadata.title_parts(page) == ["Tên bài", "Tin tức", "Tỉnh"]
