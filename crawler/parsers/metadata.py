"""What a page says of itself for machines: Open Graph, schema.org microdata, JSON-LD, and its `<title>`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from lxml import html

from crawler.parsers import dates, text
from crawler.parsers.page import Page
from crawler.parsers.xpath import elements, strings

_META = elements("//meta[@content][@property or @name]")
_JSON_LD = strings('//script[@type="application/ld+json"]/text()')
_SCOPES = elements('//*[@itemscope][contains(@itemtype, "schema.org/")][contains(@itemtype, "Article")]')
_PROPERTIES = elements(".//*[@itemprop]")
_ARTICLE = re.compile(r"(?:News|Report|Scholarly|Social|Tech)?Article|BlogPosting")
_BETWEEN_PARTS = re.compile(r"\s+[-–—|»:]+\s+|\s*[|»]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The statements about the article of a page; None where there is no such statement."""

    is_article: bool = False
    """The page calls itself one article."""
    articles: int = 0
    """Article scopes and objects on the page."""
    title: str | None = None
    description: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    section: str | None = None
    scope: html.HtmlElement | None = None
    """The microdata element of the one article."""


@lru_cache(maxsize=2)
def read(page: Page) -> Metadata:
    """What Open Graph, microdata and JSON-LD say, microdata first, for they are most often right."""
    graph = open_graph(page)
    scopes = article_scopes(page)
    objects = json_ld(page)
    micro = _microdata(scopes[0]) if len(scopes) == 1 else {}
    linked = objects[0] if len(objects) == 1 else {}
    published = (
        micro.get("datePublished"),
        _string(linked, "datePublished"),
        graph.get("article:published_time"),
    )
    updated = (micro.get("dateModified"), _string(linked, "dateModified"), graph.get("article:modified_time"))
    articles = max(len(scopes), len(objects))
    called_article = graph.get("og:type", "").lower() == "article" or "article:published_time" in graph
    return Metadata(
        is_article=articles == 1 or (called_article and articles < 2),
        articles=articles,
        title=micro.get("headline") or _string(linked, "headline") or graph.get("og:title"),
        description=micro.get("description"),
        published_at=_first_time(published),
        updated_at=_first_time(updated),
        section=graph.get("article:section"),
        scope=scopes[0] if len(scopes) == 1 else None,
    )


def open_graph(page: Page) -> dict[str, str]:
    """The `og:` and `article:` properties, the first of each."""
    found: dict[str, str] = {}
    for element in _META(page.tree):
        name = (element.get("property") or element.get("name")).lower()
        if name.startswith(("og:", "article:")) and name not in found and (value := text.clean(element.get("content"))):
            found[name] = value
    return found


def article_scopes(page: Page) -> list[html.HtmlElement]:
    """The microdata elements of articles."""
    return list(_SCOPES(page.tree))


def json_ld(page: Page) -> list[dict[str, Any]]:
    """The JSON-LD objects that are articles; broken JSON is passed over."""
    found: list[dict[str, Any]] = []
    for script in _JSON_LD(page.tree):
        try:
            value = json.loads(script)
        except (ValueError, RecursionError):
            continue
        found.extend(node for node in _nodes(value) if _is_article(node))
    return found


def title_parts(page: Page) -> list[str]:
    """The `<title>` cut at its separators: often the article, the site's page, the site."""
    element = page.tree.find(".//title")
    whole = text.clean(element.text or "") if element is not None else ""
    return [part for part in _BETWEEN_PARTS.split(whole) if part]


def whole_title(page: Page) -> str:
    """The `<title>` on one line; "" where there is none."""
    element = page.tree.find(".//title")
    return text.clean(element.text or "") if element is not None else ""


def _microdata(scope: html.HtmlElement) -> dict[str, str]:
    """The properties of the article itself, not those of the things nested in it."""
    found: dict[str, str] = {}
    for element in _PROPERTIES(scope):
        name = element.get("itemprop").strip()
        if name in found or element.get("itemscope") is not None or not _belongs(element, scope):
            continue
        value = element.get("content") or element.get("datetime") or text.raw(element)
        if value := text.clean(value):
            found[name] = value
    return found


def _belongs(element: html.HtmlElement, scope: html.HtmlElement) -> bool:
    for parent in element.iterancestors():
        if parent is scope:
            return True
        if parent.get("itemscope") is not None:
            return False
    return False


def _nodes(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD document, those of its `@graph` included."""
    if isinstance(value, list):
        for item in value[:100]:
            yield from _nodes(item, depth + 1) if depth < 4 else ()
    elif isinstance(value, dict):
        yield value
        if depth < 4:
            yield from _nodes(value.get("@graph"), depth + 1)


def _is_article(node: dict[str, Any]) -> bool:
    kind = node.get("@type")
    names = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and _ARTICLE.fullmatch(name) for name in names)


def _string(node: dict[str, Any], key: str) -> str | None:
    value = node.get(key)
    return text.clean(value) or None if isinstance(value, str) else None


def _first_time(values: tuple[str | None, ...]) -> datetime | None:
    return next((time for value in values if value and (time := dates.parse(value))), None)
