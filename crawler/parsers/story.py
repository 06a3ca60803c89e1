"""The parts of an article that a family has found, on their way into one record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lxml import html

from archive.records import Article
from crawler.parsers import attachments, breadcrumbs, text
from crawler.parsers.dates import Stamp
from crawler.parsers.page import Page
from crawler.parsers.text import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one page shows of an article; `root` holds its text, `out` is what in there is none of it."""

    page: Page
    root: html.HtmlElement
    out: Collection[html.HtmlElement]
    title: str
    summary: str | None
    blocks: Sequence[Block]
    author: str | None = None
    source: str | None = None
    published_at: Stamp | None = None
    updated_at: Stamp | None = None
    section: str | None = None
    parts: tuple[str, ...] = ()

    def article(self, key: str, url: str) -> Article | None:
        """The record, with the documents and images of the text; None without any of them."""
        body = text.joined(self.blocks)
        documents = attachments.attachments(self.page, self.root, self.out)
        pictures = attachments.images(self.page, self.root, self.out)
        if not (self.title or body or documents or pictures):
            return None
        return Article(
            key=key,
            url=url,
            title=self.title,
            body=body,
            summary=self.summary,
            author=self.author,
            source=self.source,
            published_at=self.published_at.time if self.published_at else None,
            updated_at=self.updated_at.time if self.updated_at else None,
            section=self.section or breadcrumbs.section(self.page, self.title),
            attachments=documents,
            images=pictures,
            parts=self.parts,
        )
