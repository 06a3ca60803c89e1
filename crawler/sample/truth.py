"""What a perfect reader makes of the sample portal, computed from the source and never from a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from archive.records import Attachment, Image
from crawler.sample.addresses import article, file_path
from crawler.sample.story import (
    Block,
    Breaks,
    Document,
    Items,
    Lines,
    Outward,
    Paragraph,
    Picture,
    Story,
    Table,
)
from crawler.sample.traits import traits_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One article as it should be read; the addresses of files are paths on the portal.

    `title` to `images` follow `archive.records.Article`. `published_at` is `None` where no page of
    the portal shows it. `traits` names the oddities of the article's markup.
    """

    key: str
    entry_id: int
    path: str
    title: str
    summary: str | None
    body: str
    author: str | None
    source: str | None
    published_at: datetime | None
    section: str
    attachments: tuple[Attachment, ...]
    images: tuple[Image, ...]
    traits: frozenset[str]


def expected_of(story: Story) -> Expected:
    """The truth of one story."""
    texts = [text for block in story.blocks if (text := block_text(block))]
    return Expected(
        key=f"entry:{story.entry_id}",
        entry_id=story.entry_id,
        path=article(story),
        title=story.title,
        summary=story.summary,
        body="\n\n".join((*texts, *story.closing)).replace("\u00a0", " "),  # the seed's text has some
        author=story.byline,
        source=story.source,
        published_at=story.published if story.time_shown else None,
        section=story.section.name,
        attachments=tuple(_attachments(story)),
        images=tuple(_images(story)),
        traits=traits_of(story),
    )


def block_text(block: Block) -> str:
    """A block's text: rows and items on lines, a tab between cells, paragraphs parted by blank lines."""
    match block:
        case Paragraph(text=text) | Outward(text=text):
            return text
        case Lines(lines=lines) | Items(items=lines):
            return "\n".join(lines)
        case Breaks(paragraphs=paragraphs):
            return "\n\n".join(paragraphs)
        case Table(rows=rows):
            return "\n".join("\t".join(row) for row in rows)
        case Picture(caption=caption):
            return caption or ""
        case Document(text=text, lead=lead, tail=tail):
            return f"{lead}{text}{tail}"


def _attachments(story: Story) -> Iterable[Attachment]:
    for block in story.blocks:
        if isinstance(block, Document):
            yield Attachment(url=file_path(story, block), name=block.text)


def _images(story: Story) -> Iterable[Image]:
    for block in story.blocks:
        if isinstance(block, Picture):
            yield Image(url=file_path(story, block), alt=block.alt, caption=block.caption)
