"""The asset that a Liferay page shows in full: its node, title, bar of metadata and what hangs on to it.

6.2 prints the title outside (`.taglib-header h3.header-title`), 7.x inside (`h4.component-title
.asset-title`); with the title switched off (`no-title`) a heading of the web content's template has it, or
`<title>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lxml import html

from crawler.parsers import boilerplate, dates, head, metadata, names, text
from crawler.parsers.page import Page
from crawler.parsers.text import Block
from crawler.parsers.tokens import tokens
from crawler.parsers.xpath import elements

_ASSETS = elements('descendant::div[contains(@class, "asset-full-content") or contains(@class, "asset-content")]')
_OUT = tokens(
    """
    asset-links asset-ratings asset-flag asset-user-actions asset-metadata asset-details asset-tags
    asset-categories asset-more asset-actions asset-edit-actions asset-related-assets asset-discussion
    taglib-social-bookmarks taglib-ratings taglib-flags taglib-discussion taglib-header taglib-page-
    iterator taglib-asset-links taglib-asset-tags-summary taglib-asset-categories-summary lfr-
    discussion-container lfr-discussion lfr-pagination lfr-meta-actions lfr-icon-menu pagination pager
    pagination-bar taglib-pages lfr-asset-metadata portlet-title portlet-title-text portlet-topper
    journal-article-page-number icons-container component-title
    """
)
_HEADER_TITLES = elements('descendant::*[contains(@class, "header-title")]')
_PAGE_HEADINGS = elements('descendant::*[self::h1 or self::h2][contains(@class, "hide-accessible")]')
_TEMPLATE_TITLES = elements(
    'descendant::*[self::h1 or self::h2 or self::h3 or self::h4 or contains(@class, "title")'
    ' or contains(@class, "tieu-de") or contains(@class, "tieude") or contains(@class, "headline")]'
)
_BAR_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?:[\s,-]+\d{1,2}:\d{2}(?::\d{2})?(?:\s*(?:AM|PM|SA|CH)\b)?)?")
_BY = re.compile(r"^\s*(?:bởi|by|tác giả|người viết|đăng bởi)\s*:?\s*", re.IGNORECASE)
_ENTRY_ID = re.compile(r"(?:_101(?:_INSTANCE_\w+?)?|AssetPublisherPortlet_INSTANCE_\w+?)_(\d+)\Z")
_ENOUGH = 3
_PORTLET = "portlet-boundary"
_TEMPLATE_HEAD = 6


Named = tuple[html.HtmlElement, list[str]]
"""An element and its classes."""


class Bar(NamedTuple):
    """What the bar of metadata says."""

    stamps: tuple[dates.Stamp, ...]
    author: str | None
    section: str | None


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset shown in full, its own text, and the named elements beside and within that text."""

    whole: html.HtmlElement
    content: html.HtmlElement
    beside: tuple[Named, ...]
    within: tuple[Named, ...]

    @property
    def left_out(self) -> set[html.HtmlElement]:
        """What Liferay hangs on to an asset: ratings, links, flags, pagers of articles with several pages."""
        return {element for element, names in self.within if not _OUT.isdisjoint(names)}


@lru_cache(maxsize=1)
def full(page: Page) -> tuple[Asset, ...]:
    """The assets that the page shows whole, not as an abstract or a title; three stand for many."""
    wholes: list[html.HtmlElement] = []
    contents: list[html.HtmlElement] = []
    for element in _ASSETS(page.tree):
        names = (element.get("class") or "").split()
        if "asset-full-content" in names:
            wholes.append(element)
        elif "asset-content" in names and len(contents) < _ENOUGH and not _is_abstract(element):
            contents.append(element)
    return tuple(map(_asset, (wholes or contents)[:_ENOUGH]))


def entry(page: Page) -> str | None:
    """The id of the one asset entry that the page shows in full, as the page itself says it."""
    shown = full(page)
    if len(shown) != 1:
        return None
    for element, classes in (*shown[0].beside, *shown[0].within):
        anchor = element.get("id") or ""
        if "lfr-asset-anchor" in classes and anchor.isdigit():
            return anchor
    found = _ENTRY_ID.search(shown[0].content.get("id") or "")
    return found[1] if found else None


def title(page: Page, asset: Asset, found: Sequence[Block]) -> str:
    """The title as printed over the article; "" where there is none."""
    for candidate in _stated_titles(asset):
        if candidate and not boilerplate.is_label(candidate):
            return candidate
    return page_title(page, found) or _template_title(asset.content, found) or page_title(page, ())


def page_title(page: Page, found: Sequence[Block]) -> str:
    """The title among the hidden page heading and the parts of `<title>`.

    With blocks only one that the fragment repeats; without, the first that is no interface string.
    """
    parts = metadata.title_parts(page)
    whole = metadata.whole_title(page)
    headings = [text.raw(element) for element in _PAGE_HEADINGS(page.tree)]
    if found:
        shown = [block.text for block in found[:_TEMPLATE_HEAD] if not boilerplate.is_label(block.text)]
        for line in shown:
            if any(head.same(line, heading) for heading in headings) or _begins(whole, line):
                return line
        return ""
    site = metadata.open_graph(page).get("og:site_name", "")
    candidates = headings + ([" - ".join(parts[:-2])] if len(parts) > 2 else []) + parts[:1]
    return next((name for name in candidates if name and name != site and not boilerplate.is_label(name)), "")


def bar(asset: Asset) -> Bar:
    """Times, author and category beside the asset's text."""
    stamps: dict[str, dates.Stamp] = {}
    author = section = None
    for element, classes in asset.beside:
        if role := _date_role(classes):
            if stamp := _stamp(text.raw(element), role):
                stamps.setdefault(role, stamp)
        elif "metadata-author" in classes or "user-info" in classes:
            author = author or names.person(_BY.sub("", text.raw(element)))
        elif "metadata-categories" in classes or "asset-categories" in classes:
            link = element.find(".//a")
            section = section or (text.line(link) if link is not None else None) or None
    order = [stamps[role] for role in ("publish", "create", "modified") if role in stamps]
    return Bar(tuple(order), author, section)


def _asset(whole: html.HtmlElement) -> Asset:
    """6.x and 7.x put the text into `.asset-content`; a vendor's template may lack it."""
    named = [(element, names.split()) for element in whole.iter("*") if (names := element.get("class"))]
    content = next((element for element, names in named if "asset-content" in names), whole)
    inner = set(content.iter("*")) - {content}
    beside = tuple(item for item in named if item[0] not in inner) if content is not whole else tuple(named)
    return Asset(whole, content, beside, tuple(item for item in named if item[0] in inner))


def _is_abstract(element: html.HtmlElement) -> bool:
    """6.2 prints abstracts as `.asset-abstract > .asset-content > .asset-summary`."""
    return any("asset-abstract" in (up.get("class") or "") for up in element.iterancestors())


def _stated_titles(asset: Asset) -> Iterator[str]:
    """The titles that Liferay itself prints for the asset, the most visible first."""
    yield from (text.line(element) for element, classes in asset.beside if "asset-title" in classes)
    portlet = next((up for up in asset.whole.iterancestors() if _PORTLET in (up.get("class") or "")), None)
    for element in _HEADER_TITLES(portlet if portlet is not None else asset.whole.getroottree().getroot()):
        if element not in {inner for inner, _ in asset.within}:
            yield text.line(element)
    stated = (element.get("data-analytics-asset-title") for element in asset.content.iter("*"))
    yield from (text.clean(name) for name in stated if name)


def _template_title(root: html.HtmlElement, found: Sequence[Block]) -> str:
    """A heading at the head of the web content's template."""
    first = [block.text for block in found[:_TEMPLATE_HEAD]]
    for element in _TEMPLATE_TITLES(root):
        words = text.line(element)
        if words in first and not boilerplate.is_label(words) and not dates.stamp(words):
            return words
    return ""


def _begins(whole: str, words: str) -> bool:
    """Whether `<title>` is these words, or has them before its page and site."""
    return bool(words) and whole.lower().startswith(words.lower()) and not whole[len(words) :][:1].isalnum()


def _date_role(names: Sequence[str]) -> str | None:
    if "metadata-modified-date" in names:
        return "modified"
    if "metadata-create-date" in names:
        return "create"
    return "publish" if "metadata-publish-date" in names or "date-info" in names else None


def _stamp(words: str, role: str) -> dates.Stamp | None:
    """The first date of a node that holds nothing but the asset's dates."""
    found = _BAR_DATE.search(text.clean(words))
    stamp = dates.stamp(words) or (dates.stamp(found[0]) if found else None)
    return dates.Stamp(stamp.time, updated=role == "modified") if stamp else None
