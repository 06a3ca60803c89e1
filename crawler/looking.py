"""All that is looked for on one page, in one go: the reading, its links, and what a person should see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from archive.records import Issue, Kind, Link, Reading
from archive.visits import HACKED
from crawler import notices
from crawler.learnt import Templates
from crawler.parsers.page import Page
from crawler.portals import Portal
from crawler.reading import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was made of a page."""

    reading: Reading
    links: tuple[Link, ...] = ()
    issues: tuple[Issue, ...] = ()


class Look(Protocol):
    """A way to look at a page: `look` itself, or by another process."""

    def __call__(self, page: Page, portal: Portal, templates: Templates, *, at_article: bool) -> Seen:
        """What is seen."""


def look(page: Page, portal: Portal, templates: Templates, *, at_article: bool) -> Seen:
    """Read a page; `at_article` where its address has shown an article before: then also what it says instead."""
    reading, links = read(page, portal, templates)
    if at_article and reading.article is None and reading.kind in (Kind.LISTING, Kind.OTHER):
        reading = replace(reading, reason=reading.reason or notices.sign(page))
    issues = tuple(Issue(kind=HACKED, message=what) for what in page.smuggled) if reading.tier else ()
    return Seen(reading=reading, links=links, issues=issues)
