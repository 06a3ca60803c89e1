"""The structured source of the sample portal's articles, from which pages and truth are both made."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.resources import files
from typing import Any, TypeAlias

SECTION_FILES = ("tin-tuc", "van-ban", "hoat-dong", "thong-bao")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; a `heading` is printed bold."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one paragraph, parted by single `<br>`."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breaks:
    """Paragraphs that the editor parted by two `<br>` instead of by tags."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of plain cells, its first row the head."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image; `style` is where its caption stands: `centred`, `figure` or `table`."""

    name: str
    alt: str | None = None
    caption: str | None = None
    style: str = "centred"


@dataclass(frozen=True, slots=True)
class Document:
    """A paragraph that links an attached document."""

    name: str
    text: str
    lead: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Outward:
    """A paragraph that is a link to another host."""

    url: str
    text: str


Block: TypeAlias = Paragraph | Lines | Breaks | Items | Table | Picture | Document | Outward

_BLOCKS: dict[str, Callable[..., Block]] = {
    "heading": partial(Paragraph, heading=True),
    "lines": Lines,
    "breaks": Breaks,
    "list": Items,
    "table": Table,
    "image": Picture,
    "file": Document,
    "link": Outward,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section page: `generation` is the Liferay version (6 or 7), `style` its kind of listing."""

    slug: str
    name: str
    instance: str
    generation: int
    style: str

    @property
    def portlet(self) -> str:
        """The portlet id of the section's asset publisher."""
        if self.generation == 6:
            return f"101_INSTANCE_{self.instance}"
        return f"com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_{self.instance}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article as its editor meant it: plain NFC text, no markup.

    `entry_id` is Liferay's asset entry id; `number` counts the stories of one copy from 0 and decides
    which traits of markup an article has. `listed` is `all`, `feed` (in the feed only), `sitemap`
    (in the sitemap only) or `none`. With `time_shown` false no page shows when it was published.
    """

    entry_id: int
    number: int
    copy: int = 1
    section: Section
    title: str
    url_title: str
    published: datetime
    modified: datetime
    blocks: tuple[Block, ...]
    summary: str | None = None
    byline: str | None = None
    byline_label: str | None = None
    byline_style: str = "plain"
    source: str | None = None
    source_style: str = "label"
    time_shown: bool = True
    listed: str = "all"

    @property
    def closing(self) -> tuple[str, ...]:
        """The last lines as printed: the byline and the source."""
        lines = []
        if self.byline:
            lines.append(f"{self.byline_label} {self.byline}" if self.byline_label else self.byline)
        if self.source:
            lines.append(f"(Theo {self.source})" if self.source_style == "theo" else f"Nguồn: {self.source}")
        return tuple(lines)


def url_title(title: str) -> str:
    """The title as Liferay puts it into an address.

    >>> url_title("Đê bao ấp Tân Hậu: 92 %")
    'de-bao-ap-tan-hau-92'
    """
    bare = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def block_of(source: str | Mapping[str, Any]) -> Block:
    """A block from its form in a data file: a string is a paragraph, a table is named by its first key."""
    if isinstance(source, str):
        return Paragraph(source)
    fields = dict(source)
    kind, content = next(iter(fields.items()))
    del fields[kind]
    if kind not in _BLOCKS:
        raise ValueError(f"no block of an article: {source!r}")
    return _BLOCKS[kind](_frozen(content), **fields)


def _frozen(content: Any) -> Any:
    return tuple(map(_frozen, content)) if isinstance(content, list) else content


@cache
def base_stories() -> tuple[Story, ...]:
    """The stories of the data files, in the files' order; the first is the project's seed article."""
    folder = files("crawler.sample") / "articles"
    stories: list[Story] = []
    blocks: dict[int, tuple[Block, ...]] = {}
    taken: set[str] = set()
    for name in SECTION_FILES:
        fields = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        articles = fields.pop("articles")
        section = Section(**fields)
        for article in articles:
            entry_id, time = article.pop("id"), article.pop("time")
            same_as = article.pop("same_as", entry_id)
            blocks[entry_id] = blocks.get(same_as) or tuple(map(block_of, article.pop("blocks")))
            address = url_title(article["title"])
            address = address if address not in taken else f"{address}-2"
            taken.add(address)
            stories.append(
                Story(
                    **article,
                    entry_id=entry_id,
                    number=len(stories),
                    section=section,
                    url_title=address,
                    published=time,
                    modified=time,
                    blocks=blocks[entry_id],
                )
            )
    return tuple(stories)


def copies_of(count: int) -> Iterable[Story]:
    """The base stories `count` times; ids, addresses, titles, times and first paragraphs vary."""
    for copy in range(1, count + 1):
        for story in base_stories():
            yield story if copy == 1 else _varied(story, copy)


def _varied(story: Story, copy: int) -> Story:
    mark = f" (bản {copy})"
    first, *rest = story.blocks
    if isinstance(first, Paragraph):
        first = replace(first, text=first.text + mark)
    time = story.published - timedelta(minutes=copy - 1)
    return replace(
        story,
        entry_id=story.entry_id + (copy - 1) * 100_000_000,
        copy=copy,
        title=story.title + mark,
        url_title=f"{story.url_title}-ban-{copy}",
        published=time,
        modified=time,
        blocks=(first, *rest),
    )
