"""The pages of the sample portal, rendered by Liferay-like templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.sample import addresses
from crawler.sample.markup import body_html, shown, summary_html
from crawler.sample.story import Paragraph, Picture, Section, Story

SITE_NAME = "Trang thông tin điện tử xã Tân Thuận Thượng"
WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
PAGE_SIZES = (5, 10, 20, 30)

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals.update(site_name=SITE_NAME, addresses=addresses, shown=shown, weekdays=WEEKDAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What differs from one view of a page to the next, and what surrounds every page.

    `visits` counts the portal's page views; `fresh` is a token that no other view has.
    """

    origin: str
    now: datetime
    visits: int
    fresh: str
    sections: tuple[Section, ...]

    @property
    def clock(self) -> str:
        """The page clock, which is never an article's date."""
        return f"Hôm nay: {WEEKDAYS[self.now.weekday()]}, ngày {self.now:%d/%m/%Y}"

    @property
    def months(self) -> tuple[str, str]:
        """The calendar's ways to last month and to next month."""
        return months_around(self.now.year, self.now.month)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """An article's entry in a listing."""

    story: Story
    title: str
    href: str
    canonical: str
    text: str
    time: str | None
    image: str | None


def months_around(year: int, month: int) -> tuple[str, str]:
    """Addresses of the calendar's month before and month after."""
    first = year * 12 + month - 1
    before, after = first - 1, first + 1
    return addresses.calendar(before // 12, before % 12 + 1), addresses.calendar(after // 12, after % 12 + 1)


def article_time(story: Story) -> str | None:
    """The time as the section's template prints it, `None` where the article shows none."""
    if not story.time_shown:
        return None
    time = story.published
    match story.section.slug:
        case "tin-tuc":
            return f"{WEEKDAYS[time.weekday()]} - {time:%d/%m/%Y %H:%M}"
        case "van-ban":
            return f"{time:%H:%M, %d/%m/%Y}"
        case "hoat-dong":
            return f"{time:%d/%m/%Y %H:%M}"
    return f"Ngày đăng: {time:%d/%m/%Y - %H:%M}"


def teaser(story: Story, view: View, back: str) -> Teaser:
    """The article's entry; its two links differ in every way in which Liferay lets them differ."""
    canonical = addresses.article(story)
    ways = (
        canonical,
        addresses.with_redirect(canonical, back),
        canonical + "/maximized" if story.section.generation == 6 else canonical,
        addresses.with_session(canonical, view.fresh.upper()),
        addresses.article_by_id(story),
    )
    first = next((block.text for block in story.blocks if isinstance(block, Paragraph)), "")
    words = (story.summary or first).split()
    text = " ".join(words[:30]) + ("..." if len(words) > 30 else "")
    picture = next((block for block in story.blocks if isinstance(block, Picture)), None)
    return Teaser(
        story=story,
        title=shown(story.title, story),
        href=ways[story.number % len(ways)],
        canonical=canonical,
        text=shown(text, story),
        time=f"{story.published:%d/%m/%Y}" if story.time_shown else None,
        image=addresses.file_path(story, picture) if picture else None,
    )


def article_page(story: Story, view: View, *, visits: int, related: Sequence[Story], printed: bool) -> str:
    """An article's page, or its print version without the portal around it."""
    generation = story.section.generation
    return _render(
        f"article{generation}.html",
        view,
        frame="print.html" if printed else f"theme{generation}.html",
        page_title=f"{shown(story.title, story)} - Chi tiết bài viết - {SITE_NAME}",
        canonical=view.origin + addresses.article(story),
        story=story,
        section=story.section,
        title=shown(story.title, story),
        time=article_time(story),
        modified=story.modified if story.modified != story.published and story.time_shown else None,
        summary=summary_html(story) if story.summary else None,
        body=body_html(story, view.origin),
        article_visits=visits,
        related=[teaser(other, view, addresses.article(story)) for other in related],
    )


def listing_page(section: Section, stories: Sequence[Story], view: View, *, cur: int, delta: int) -> str:
    """One page of a section's listing; a page number too high shows the last page, as Liferay does."""
    last = max(1, -(-len(stories) // delta))
    cur = min(max(cur, 1), last)
    chosen = stories[(cur - 1) * delta : cur * delta]
    back = addresses.listing(section, cur) if cur > 1 else addresses.section_page(section)
    return _render(
        f"listing{section.generation}.html",
        view,
        frame=f"theme{section.generation}.html",
        page_title=f"{section.name} - {SITE_NAME}",
        canonical=view.origin + addresses.section_page(section),
        section=section,
        teasers=[teaser(story, view, back) for story in chosen],
        cur=cur,
        last=last,
        delta=delta,
        total=len(stories),
        sizes=PAGE_SIZES,
    )


def home_page(newest: Sequence[tuple[Section, Sequence[Story]]], view: View) -> str:
    """The home page with the newest articles of every section."""
    groups = [(section, [teaser(story, view, addresses.HOME) for story in stories]) for section, stories in newest]
    return _render(
        "home.html",
        view,
        frame="theme7.html",
        page_title=f"Trang chủ - {SITE_NAME}",
        canonical=view.origin + addresses.HOME,
        groups=groups,
    )


def plain_page(name: str, view: View, *, title: str, generation: int = 7, **fields: Any) -> str:
    """A page that is neither an article nor a listing, from the template `name`."""
    fields.setdefault("canonical", view.origin + addresses.HOME)
    return _render(
        f"{name}.html",
        view,
        frame=f"theme{generation}.html",
        page_title=f"{title} - {SITE_NAME}",
        title=title,
        **fields,
    )


def feed(section: Section, stories: Sequence[Story], view: View) -> str:
    """The section's feed: Atom from Liferay 6.2, RSS from Liferay 7."""
    return _render(f"feed{section.generation}.xml", view, section=section, stories=stories)


def sitemap(stories: Sequence[Story], view: View) -> str:
    """The sitemap: the portal's pages and those articles that have display pages."""
    return _render("sitemap.xml", view, stories=stories)


def _render(name: str, view: View, **fields: Any) -> str:
    return _TEMPLATES.get_template(name).render(view=view, **fields)
