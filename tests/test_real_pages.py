"""Real pages against what they say: exactness, shingle F1 and fields, by software and by length of the body.

The truth's text is made here by BeautifulSoup with this file's own few lines, so that a fault of the reader's
own text rules cannot hide. White space is left out of the comparison.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from datetime import datetime

import pytest
from bs4 import BeautifulSoup, NavigableString
from bs4.element import PreformattedString
from page_files import real_page, truth

from archive.records import Article, Kind
from crawler.reading import read

TRUTH = truth()
SOFTWARE = ("liferay73", "nukeviet45")
INLINE = {"a", "b", "strong", "i", "em", "u", "span", "font", "sup", "sub", "small"}
LENGTHS = ((30, "under 30"), (100, "30-99"), (300, "100-299"), (10**9, "300 and more"))

pytestmark = pytest.mark.skipif(not TRUTH, reason="the real pages are not at hand (LUUTRU_PAGES)")


def words_of(markup: str) -> list[str]:
    soup = BeautifulSoup(markup, "html.parser")
    for tag in soup.find_all(True):
        if tag.name not in INLINE:
            tag.insert_before(" ")
            tag.insert_after(" ")
    strings = (part for part in soup.descendants if isinstance(part, NavigableString))
    text = "".join(str(part) for part in strings if not isinstance(part, PreformattedString))
    return unicodedata.normalize("NFC", text.replace("\u00ad", "").replace("\u200b", "")).split()


def f1(found: list[str], wanted: list[str]) -> float:
    """F1 of the shingles of three words (of all words where there are fewer)."""
    size = min(3, len(found), len(wanted)) or 1
    first, second = (Counter(zip(*(words[n:] for n in range(size)), strict=False)) for words in (found, wanted))
    common = (first & second).total()
    return 2 * common / (first.total() + second.total()) if common else float(not wanted and not found)


def article_of(software: str, item: dict[str, str | None]) -> Article:
    reading, _ = read(real_page(f"{software}/{item['id']}.html"), None)
    assert reading.kind is Kind.ARTICLE
    assert reading.article is not None
    return reading.article


def nfc(text: str | None) -> str | None:
    return unicodedata.normalize("NFC", text) if text else None


CASES = [pytest.param(software, item, id=f"{software}-{item['id']}") for software in SOFTWARE for item in TRUTH]


@pytest.mark.parametrize(("software", "item"), CASES)
def test_the_fields_are_the_page_s(software: str, item: dict[str, str | None]) -> None:
    found = article_of(software, item)
    assert found.title == nfc(item["title"])
    assert found.summary == nfc(item["summary"])
    assert (found.author, found.source) == (nfc(item["byline"]), nfc(item["source"]))


@pytest.mark.parametrize(("software", "item"), CASES)
def test_the_body_is_the_page_s(software: str, item: dict[str, str | None]) -> None:
    found = article_of(software, item).body
    wanted = words_of(item["body_html"] or "")
    assert "".join(found.split()) == "".join(wanted)
    assert f1(found.split(), wanted) > 0.99
    assert unicodedata.is_normalized("NFC", found)


@pytest.mark.parametrize(("software", "item"), CASES)
def test_the_time_is_the_page_s(software: str, item: dict[str, str | None]) -> None:
    time = article_of(software, item).published_at
    assert time is not None
    assert str(time.utcoffset()) == "7:00:00"
    shown = (
        datetime.fromisoformat(item["published_liferay"] or "").strftime("%d/%m/%Y %H:%M")
        if software == "liferay73"
        else item["published_nukeviet"]
    )
    assert time.strftime("%d/%m/%Y %H:%M") == shown


def test_the_figures_by_software_and_length(capsys: pytest.CaptureFixture[str]) -> None:
    figures: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    for software in SOFTWARE:
        for item in TRUTH:
            found, wanted = article_of(software, item).body, words_of(item["body_html"] or "")
            length = next(name for most, name in LENGTHS if len(wanted) < most)
            exact = "".join(found.split()) == "".join(wanted)
            figures[software, length].append((f1(found.split(), wanted), exact))
    with capsys.disabled():
        for (software, length), values in figures.items():
            mean = sum(value for value, _ in values) / len(values)
            exact = sum(exact for _, exact in values)
            print(f"\n{software:11} {length:13} F1 {mean:.3f}  exact {exact}/{len(values)}", end="")
    assert figures


def test_twelve_articles_with_one_id_in_the_page_are_twelve() -> None:
    keys = {
        read(real_page(f"liferay73/{item['id']}.html"), None)[0].article.key  # type: ignore[union-attr]
        for item in TRUTH
    }
    assert len(keys) == len(TRUTH)


@pytest.mark.parametrize(
    "name", ["listing-vi-news", "listing-vi-news-tin-tuc-su-kien", "listing-vi-news-doi-tac", "listing-vi"]
)
def test_real_listings_lead_to_articles(name: str) -> None:
    reading, links = read(real_page(f"nukeviet45/{name}.html", "http://127.0.0.1:18081/vi/news/"), None)
    assert reading.kind is Kind.LISTING
    assert sum(link.kind is Kind.ARTICLE for link in links) > 1


def test_a_real_vendor_home_page_is_a_listing_of_its_articles() -> None:
    page = real_page("saved/danang_home_2017_liferay.htm", "http://danang.gov.vn/web/guest/trang-chu")
    reading, links = read(page, None)
    assert (reading.reader, reading.kind) == ("liferay/1", Kind.LISTING)
    assert "http://danang.gov.vn/web/guest/chi-tiet?id=27757&_c=3" in {
        link.url for link in links if link.kind is Kind.ARTICLE
    }


@pytest.mark.parametrize("name", ["sitemap.xml", "sitemap-vi.news.xml"])
def test_real_sitemaps_are_read(name: str) -> None:
    reading, links = read(real_page(f"nukeviet45/{name}", "http://127.0.0.1:18081/sitemap.xml"), None)
    assert reading.kind is Kind.SITEMAP
    assert links
