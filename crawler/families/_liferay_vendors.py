"""Article pages of vendors' layers over Liferay. Unverified: known from their templates only."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import html

from crawler.parsers import dates, text
from crawler.parsers.page import Page
from crawler.parsers.xpath import Elements, elements


class Layer(NamedTuple):
    """Where a vendor's template prints the parts of an article; "" where it has no such part."""

    mark: str
    """A string of the page's source that is there on every article page of the layer."""
    content: Elements
    title: Elements
    time: Elements | None
    author: Elements | None
    source: Elements | None
    summary: Elements | None
    others: Elements
    """What stands within the content and is none of it."""

    def read(self, part: Elements | None, page: Page) -> str | None:
        """The visible text of a part on one line; None where the page has none."""
        found = part(page.tree) if part is not None else None
        return (text.line(found[0]) or None) if found else None

    def stamps(self, page: Page) -> tuple[dates.Stamp, ...]:
        """The times of the layer's time line."""
        words = self.read(self.time, page)
        stamp = dates.stamp(words) if words else None
        return (stamp,) if stamp else ()


LAYERS = (
    Layer(  # Hòa Bình (FPT): article_detail.jsp
        mark="content_detail_news",
        content=elements('//*[@id="content_detail_news"]//*[@id="contentDetail"]'),
        title=elements('//*[@id="titleDetail"]'),
        time=elements('//*[@id="content_detail_news"]//*[contains(@class, "date_time")]'),
        author=elements('//*[@id="content_detail_news"]//*[@class="author"]'),
        source=elements('//*[@id="content_detail_news"]//*[@class="source"]'),
        summary=elements('//*[@id="leadDetail"]'),
        others=elements('.//*[contains(@class, "list_detail")]'),
    ),
    Layer(  # VPortal/eGov (Vietsoftware): view_article.jspf
        mark="wd-introduction",
        content=elements('//*[contains(@class, "wd-introduction")]'),
        title=elements('//*[contains(@class, "wd-introduction")]//h3[contains(@class, "wd-tlh3-4")]'),
        time=elements('//*[contains(@class, "wd-introduction")]//p[contains(@class, "wd-date")]'),
        author=elements('//*[contains(@class, "wd-introduction")]//p[contains(@class, "wd-actor")]'),
        source=None,
        summary=None,
        others=elements(
            './/h3[contains(@class, "wd-tlh3")] | .//p[contains(@class, "wd-date")]'
            ' | .//p[contains(@class, "wd-actor")]'
            ' | .//a[contains(@class, "wd-download-pdf")]'
            ' | .//ul[contains(@class, "wd-outside-support") or contains(@class, "wd-other-news")]'
        ),
    ),
)

ARTICLE_LINK = re.compile(r"/chi-tiet(?:-[\w-]+)?/?\?(?:[^#]*&)?id=\d+")
"""Addresses of articles: Đà Nẵng `/chi-tiet?id=27797&_c=3`, Đồng Tháp `/tin-tuc/chi-tiet?id=7742453`."""
PRESENTATION = frozenset(("_c",))
"""Their parameters that choose the column an article is shown under, not the article (Đà Nẵng)."""


def layer(page: Page) -> tuple[Layer, html.HtmlElement] | None:
    """The layer that prints an article on this page, and the article's content."""
    for candidate in LAYERS:
        if candidate.mark.encode() in page.body and (found := candidate.content(page.tree)):
            return candidate, found[0]
    return None
