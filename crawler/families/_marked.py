"""Families whose template marks each part of an article by a class, an id or an attribute."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from lxml import html

from archive.records import Article, Kind, Link
from crawler.families import generic
from crawler.parsers import bylines, dates, head, metadata, text
from crawler.parsers.links import Pages, by_address, further_pages, harvest, is_home, is_paging
from crawler.parsers.page import Page
from crawler.parsers.story import Story
from crawler.parsers.xpath import Elements, css

NONE = css("luutru-none")
"""What a template does not print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Where a template prints what; of several elements the first with text counts."""

    title: Elements
    body: Elements
    summary: Elements = NONE
    time: Elements = NONE
    updated: Elements = NONE
    author: Elements = NONE
    """The article's own author line, never the account that posted it."""
    source: Elements = NONE
    section: Elements = NONE
    out: Elements = NONE
    """What stands within the body and is none of it."""
    parts: Elements = NONE
    """The links to the other pages of an article that is split over several."""
    entries: Elements = NONE
    """The entries of a list of articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What such families have in common, as the functions of a family: a module takes those that it has not."""

    fingerprint: tuple[bytes, ...] = ()
    """Any of these in its source marks a page as the software's."""
    address: re.Pattern[str]
    """What addresses of articles look like."""
    marks: Marks
    identity: Callable[[str], str | None]
    named: Callable[[Page], str | None] = lambda _: None
    """The identity that the page itself tells, where its address does not."""
    canonical: Callable[[str], str] = generic.canonical

    def recognises(self, page: Page) -> bool:
        """Whether the page carries the software's marks."""
        return any(mark in page.body for mark in self.fingerprint)

    def key(self, page: Page) -> str:
        """The identity as the address or the page tells it, else the address."""
        return self.identity(page.url) or self.named(page) or generic.key(page)

    def kind(self, page: Page) -> Kind:
        """ARTICLE, or a PART of one, where one body is marked; LISTING where several are, or entries; else PAGE."""
        if is_home(page.url):
            return Kind.LISTING
        bodies = _bodies(self.marks, page)
        if len(bodies) == 1 and _line(self.marks.title, page):
            return Kind.PART if self._parts(page) is None else Kind.ARTICLE
        if is_paging(page.url):
            return Kind.LISTING
        if not bodies and self.address.search(page.url):
            return Kind.PAGE
        return Kind.LISTING if bodies or self.marks.entries(page.tree) else Kind.PAGE

    def _parts(self, page: Page) -> Pages | None:
        return further_pages(page, self.marks.parts(page.tree), self.canonical)

    def links(self, page: Page) -> tuple[Link, ...]:
        """The site's addresses on the page; articles by what their addresses look like."""
        return harvest(page, self.canonical, by_address(self.address))

    def article(self, page: Page, portal: object) -> Article | None:
        """The article at the marks; None where no body is marked. The account that posted it is not its author."""
        del portal  # no options
        bodies = _bodies(self.marks, page)
        if not bodies:
            return None
        root = bodies[0]
        out = set(self.marks.out(root))
        title = _line(self.marks.title, page)
        lead = next((element for element in self.marks.summary(page.tree) if text.blocks(element)), None)
        if lead is not None and text.holds(root, lead):
            out.add(lead)
        start = head.split(text.blocks(root, out), title or "", root)
        stamps = (_stamp(self.marks.time, page, updated=False), _stamp(self.marks.updated, page, updated=True))
        published, updated = head.time_of([stamp for stamp in (*stamps, *start.stamps) if stamp])
        stated = metadata.read(page)
        if published is None and stated.published_at:
            published = dates.Stamp(stated.published_at, updated=False)
        if published and updated and updated.time == published.time:
            updated = None
        byline = bylines.find(start.body)
        author, source = _line(self.marks.author, page), _line(self.marks.source, page)
        return Story(
            page=page,
            root=root,
            out=out,
            title=title or stated.title or "",
            summary=text.joined(text.blocks(lead)) if lead is not None else start.summary,
            blocks=start.body,
            author=_said(author, "author") or byline.author,
            source=_said(source, "source") or byline.source,
            published_at=published,
            updated_at=updated,
            section=_line(self.marks.section, page) or stated.section,
            parts=self._parts(page) or (),
        ).article(self.key(page), self.canonical(page.url))


def _outermost(found: list[html.HtmlElement]) -> list[html.HtmlElement]:
    """The elements that stand in no other of them."""
    among = set(found)
    return [element for element in found if among.isdisjoint(element.iterancestors())]


@lru_cache(maxsize=2)
def _bodies(marks: Marks, page: Page) -> list[html.HtmlElement]:
    """Where a page has articles' texts: asked for its kind, and again for its article."""
    return _outermost(marks.body(page.tree))


@lru_cache(maxsize=16)
def _line(marks: Elements, page: Page) -> str | None:
    return next((line for element in marks(page.tree) if (line := text.line(element))), None)


def _said(line: str | None, field: str) -> str | None:
    """An author or source line without its label."""
    return (getattr(bylines.read(line), field) or line.partition(":")[2].strip() or line) if line else None


def _stamp(marks: Elements, page: Page, *, updated: bool) -> dates.Stamp | None:
    """The time of the first element that states one: in an attribute for machines, or as it is printed."""
    for element in marks(page.tree):
        for words in (element.get("datetime"), element.get("content"), element.get("title"), text.raw(element)):
            if words and (stamp := dates.stamp(words)):
                return dates.Stamp(stamp.time, updated=updated)
    return None
