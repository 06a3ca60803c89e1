"""Why a page is read as it is: what became of each of its blocks, and what took it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archive.records import Article, Reading, Tier
from crawler.learnt import Templates
from crawler.parsers import boilerplate, dates, head
from crawler.parsers.page import Page
from crawler.parsers.places import Seen, masked
from crawler.parsers.template import said
from crawler.parsers.text import Block


class Line(NamedTuple):
    """A block of the page: the field that has it, or why none has."""

    became: str
    place: str
    text: str


def explain(page: Page, reading: Reading, templates: Templates) -> Iterator[Line]:
    """The page's blocks in reading order. Hidden elements are not among them."""
    seen = Seen(page)
    recurring = said(templates) if reading.tier is Tier.LEARNT else frozenset()
    for block in seen.blocks:
        became = (_field(block, reading.article) if reading.article else None) or _dropped(block)
        if became == "other" and masked(block.text) in recurring:
            became = "recurring"
        yield Line(became, seen.place(block).rpartition("/")[2], block.text)


def _field(block: Block, article: Article) -> str | None:
    """The article's field that holds the block's text."""
    if head.same(block.text, article.title):
        return "title"
    words = " ".join(block.text.split())
    if words in " ".join((article.summary or "").split()):
        return "summary"
    if words in " ".join(article.body.split()):
        return "body"
    stamp = dates.stamp(words)
    return "time" if stamp and stamp.time in (article.published_at, article.updated_at) else None


def _dropped(block: Block) -> str:
    if boilerplate.is_label(block.text):
        return "label"
    if block.linked:
        return "link"
    return "date" if dates.stamp(block.text.replace("\n", " ")) else "other"


def fields(article: Article) -> dict[str, object]:
    """The article's fields as a person compares them."""
    return {
        "key": article.key,
        "title": article.title,
        "summary": article.summary,
        "body": article.body,
        "author": article.author,
        "source": article.source,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "updated_at": article.updated_at.isoformat() if article.updated_at else None,
        "section": article.section,
        "attachments": [[each.url, each.name] for each in article.attachments],
        "images": [[each.url, each.alt, each.caption] for each in article.images],
    }
