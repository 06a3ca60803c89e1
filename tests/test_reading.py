"""The way of one page: which family reads it, and what every answer of a server becomes."""

from __future__ import annotations

import inspect
from types import SimpleNamespace

import pytest
from liferay_pages import SEED, SEED_TITLE, frame, liferay7, paragraphs
from page_files import page_of

from archive.records import Kind, Tier, Verdict
from crawler.families import Family, families
from crawler.parsers.page import Page
from crawler.reading import read


@pytest.mark.parametrize("name", families())
def test_every_family_has_the_protocol_s_functions(name: str) -> None:
    family = families()[name]
    assert isinstance(family.READER, str)
    assert isinstance(family.VERIFIED, bool)
    for function, wanted in inspect.getmembers(Family, inspect.isfunction):
        if not function.startswith("_"):
            names = list(inspect.signature(getattr(family, function)).parameters)
            assert names == list(inspect.signature(wanted).parameters)[1:]
            assert getattr(family, function).__doc__


def test_an_article_is_read_by_its_family() -> None:
    reading, links = read(page_of(liferay7(paragraphs(SEED))), SimpleNamespace(family="liferay", options={}))
    assert (reading.reader, reading.tier, reading.kind) == ("liferay/1", Tier.FAMILY, Kind.ARTICLE)
    assert reading.verdict is Verdict.GOOD
    assert reading.article is not None
    assert reading.article.title == SEED_TITLE
    assert reading.missing == ("summary", "published_at")
    assert links


@pytest.mark.parametrize("family", ["liferay", "generic", "no-such-family", None])
def test_a_page_of_other_software_falls_to_the_generic_reader(family: str | None) -> None:
    reading, _ = read(page_of("<h1>Giới thiệu</h1><p>Một trang.</p>"), SimpleNamespace(family=family))
    assert reading.reader == "generic/1"
    assert reading.kind is Kind.OTHER


@pytest.mark.parametrize(
    ("status", "body", "verdict", "reason"),
    [
        (404, "x", Verdict.GONE, "http 404"),
        (410, "", Verdict.GONE, "http 410"),
        (503, "x", Verdict.SUSPECT, "http 503"),
        (403, "x", Verdict.SUSPECT, "http 403"),
        (200, " ", Verdict.SUSPECT, "empty"),
    ],
)
def test_an_answer_without_a_page_has_its_verdict(status: int, body: str, verdict: Verdict, reason: str) -> None:
    reading, links = read(page_of(body, status=status), None)
    assert (reading.verdict, reading.reason, links) == (verdict, reason, ())


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"%PDF-1.4", "text/html", Kind.DOCUMENT),
        (b"\x89PNG\r\n\x1a\n", "text/html", Kind.IMAGE),
        (b"x", "image/jpeg", Kind.IMAGE),
        (b"x", "application/msword", Kind.DOCUMENT),
        (b"<rss><channel/></rss>", "text/html", Kind.FEED),
        (b'<?xml version="1.0"?><urlset/>', "application/xml", Kind.SITEMAP),
        (
            b'<?xml version="1.0"?><!DOCTYPE html><html><body>x</body></html>',
            "application/xhtml+xml",
            Kind.OTHER,
        ),
    ],
)
def test_a_file_is_known_by_its_first_bytes(body: bytes, content_type: str, kind: Kind) -> None:
    assert read(page_of(body, content_type=content_type), None)[0].kind is kind


def test_an_article_without_title_and_text_is_unreadable() -> None:
    page = page_of(
        frame('<div class="asset-full-content"><div class="asset-content"></div></div>', ""), "https://x.vn/a"
    )
    reading, _ = read(page, None)
    assert (reading.verdict, reading.reason, reading.article) == (
        Verdict.UNREADABLE,
        "neither title nor body",
        None,
    )


def test_a_reader_s_fault_is_recorded_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(page: Page) -> Kind:
        raise IndexError("list index out of range")

    monkeypatch.setattr(families()["generic"], "kind", broken)
    reading, links = read(page_of("<p>x"), None)
    assert (reading.verdict, reading.reason) == (Verdict.UNREADABLE, "IndexError: list index out of range")
    assert links == ()
