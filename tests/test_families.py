"""Families whose templates mark each part of an article, on pages written after the software's markup."""

from __future__ import annotations

import pytest
from family_pages import FOOT, MENU, PAGES, TEXT, TITLE
from page_files import page_of

from archive.clock import iso
from archive.records import Kind, Tier
from crawler import families
from crawler.families import nukeviet
from crawler.reading import family_of, read

HOST = "https://xa.example"


@pytest.mark.parametrize("name", PAGES)
def test_an_article_is_read(name: str) -> None:
    path, key, lead, markup = PAGES[name]
    reading, _ = read(page_of(markup, HOST + path), None)
    assert (reading.reader.partition("/")[0], reading.tier) == (name.partition("-")[0], Tier.FAMILY)
    found = reading.article
    assert found
    assert (found.key, found.title, found.summary, found.body) == (key, TITLE, lead, TEXT)
    assert (found.author, found.source) == ("Thành Nguyên", None)
    assert found.published_at
    assert iso(found.published_at)[:10] == "2021-03-05"
    assert [(each.url, each.name) for each in found.attachments] == [(f"{HOST}/tep/ke-hoach.pdf", "kế hoạch")]
    assert [(each.alt, each.caption) for each in found.images] == [("Hội nghị", "Quang cảnh hội nghị")]


@pytest.mark.parametrize("name", PAGES)
def test_no_other_family_takes_the_page(name: str) -> None:
    path, _, _, markup = PAGES[name]
    page = page_of(markup, HOST + path)
    assert family_of(page, None)[0] == name.partition("-")[0]
    claims = [family for family, rules in families.families().items() if rules.recognises(page)]
    assert claims == [name.partition("-")[0], families.LAST_RESORT]


def test_what_a_family_cannot_tell_is_left_to_the_last_resort() -> None:
    words = "<p>Nội dung bài viết của một giao diện khác, dài hơn hai trăm chữ cái để được coi là bài.</p>" * 4
    markup = (
        f'<html><head><title>{TITLE}</title><meta name="generator" content="WordPress 6.1"></head><body>{MENU}'
        f'<div class="x"><h1>{TITLE}</h1>{words}</div>{FOOT}</body></html>'
    )
    reading, _ = read(page_of(markup, HOST + "/gioi-thieu-xa"), None)
    assert (reading.tier, reading.kind) == (Tier.GENERIC, Kind.ARTICLE)


@pytest.mark.parametrize("view", ["print", "savefile", "sendmail"])
def test_nukeviet_s_other_views_are_the_article(view: str) -> None:
    assert nukeviet.canonical(f"{HOST}/vi/news/{view}/tin-xa/a-191.html") == f"{HOST}/vi/news/tin-xa/a-191.html"
    assert nukeviet.identity(f"{HOST}/vi/news/{view}/tin-xa/a-191.html") == "news:191"


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ('<form class="post-password-form"><p>Nội dung này được bảo mật.</p></form>', Kind.OTHER),
        (
            '<p>Phần sau.</p><div class="page-links"><a>1</a><span class="post-page-numbers current">2</span></div>',
            Kind.PART,
        ),
    ],
)
def test_wordpress_s_locked_posts_and_further_pages_are_no_articles_of_their_own(inside: str, kind: Kind) -> None:
    title = '<meta name="generator" content="WordPress 6"><h1 class="entry-title">A</h1>'
    markup = f'{title}<div class="entry-content">{inside}</div>'
    assert families.families()["wordpress"].kind(page_of(markup, HOST + "/2021/03/a/2/")) is kind


def test_nukeviet_s_refusal_is_no_article() -> None:
    page = page_of("Your request is blocked (Code: 4) <script>nv_base_siteurl</script>", HOST + "/vi/news/a/b-1.html")
    assert nukeviet.kind(page) is Kind.OTHER
