"""The software that portals run: one module a family, found by its file.

A module whose name begins with an underscore belongs to a family and is none itself.
"""

from __future__ import annotations

import pkgutil
from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

from archive.records import Article, Kind, Link
from crawler.parsers.page import Page


class Family(Protocol):
    """What every family module has, under these names and with this order of arguments."""

    READER: str
    """Name and version of the reader, e.g. `liferay/1`."""
    VERIFIED: bool
    """Real pages have confirmed its rules."""

    def recognises(self, page: Page) -> bool:
        """Whether the page carries the software's fingerprint."""

    def canonical(self, url: str) -> str:
        """The address that stands for all addresses of the same thing, as far as the URL alone can say."""

    def identity(self, url: str) -> str | None:
        """The identity of the article at an address, where the address alone tells it; as `key` gives it."""

    def key(self, page: Page) -> str:
        """The portal's own identity of the article on the page, stable over its addresses."""

    def kind(self, page: Page) -> Kind:
        """ARTICLE, LISTING or OTHER, by content and the software's own marks; PAGE where they do not tell.

        A page that the family cannot tell is read by a learnt template or the last resort. Lists stand beside
        articles too: LISTING is no answer at an address that is an article's.
        """

    def links(self, page: Page) -> tuple[Link, ...]:
        """The addresses of the same portal that the page leads to, canonical, each once."""

    def article(self, page: Page, portal: object) -> Article | None:
        """The article of the page; None where it shows none. `portal` may have `options`."""


LAST_RESORT = "generic"


@lru_cache(maxsize=1)
def families() -> dict[str, Family]:
    """Every family by its module's name, the generic one last."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    names.sort(key=lambda name: name == LAST_RESORT)
    return {name: cast("Family", import_module(f"{__name__}.{name}")) for name in names}
