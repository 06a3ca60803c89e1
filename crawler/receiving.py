"""Which portal an imported address belongs to: one that is known, or one that is made from its own home page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from archive.errors import ConfigError
from archive.folder import Folder
from archive.http import HttpResponse
from crawler.parsers import urls
from crawler.parsers.page import Page
from crawler.portals import Portal, is_address
from crawler.probe import add_from

MOST_NEW = 20
"""Portals that one import makes without having been told to."""

_HTML = ("text/html", "application/xhtml+xml")


class Hosts:
    """The portals by their hosts, with or without www.

    With `wanted`, ids of portals or addresses, no others are taken, and an address that is not known makes a portal
    of the first page of its host. Without, a host of which the home page comes makes one.
    """

    def __init__(self, folder: Folder, known: Sequence[Portal], wanted: Sequence[str]) -> None:
        self.made: list[Portal] = []
        self._folder = folder
        self._is_limited = bool(wanted)
        self._known = {urls.site(portal.home): portal for portal in known}
        self._homes: dict[str, str] = {}
        """Addresses of home pages that would make a portal: those that are wanted, or that a home page moved to."""
        if wanted:
            self._limit(wanted)

    def _limit(self, wanted: Sequence[str]) -> None:
        by_id = {portal.id: portal for portal in self._known.values()}
        chosen = {}
        for name in wanted:
            site = urls.site(name) if is_address(name) else ""
            portal = self._known.get(site) if site else by_id.get(name)
            if portal is not None:
                chosen[urls.site(portal.home)] = portal
            elif site:
                self._homes[site] = urls.normalise(name) or name
            else:
                raise ConfigError(f"There is no portal {name!r}; known are: {', '.join(sorted(by_id)) or 'none'}.")
        self._known = chosen

    def of(self, url: str, answer: HttpResponse) -> Portal | None:
        """The portal of a normalised address, made now if this answer makes it; `None` where there is none."""
        site = urls.site(url)
        portal = self._known.get(site)
        home = None if portal else self._home(site, url, answer)
        if home is None:
            return portal
        page = Page(url=url, status=answer.status, headers=answer.headers, body=answer.body)
        portal = self._known[site] = add_from(self._folder, home, page)
        self.made.append(portal)
        return portal

    def _home(self, site: str, url: str, answer: HttpResponse) -> str | None:
        """The home page's address where the answer is one that makes a portal."""
        is_page = answer.status == 200 and answer.headers.get("content-type", "").partition(";")[0].lower() in _HTML
        if self._is_limited:
            return self._homes.get(site) if is_page else None
        parts = urlsplit(url)
        is_root = parts.path in ("", "/") and not parts.query
        if is_root and 300 <= answer.status < 400 and len(self._homes) < MOST_NEW:
            target = urls.join(url, answer.headers.get("location", ""))
            if target and urls.site(target) == site:
                self._homes[site] = target
        is_home = is_root or self._homes.get(site) == url
        return url if is_page and is_home and len(self.made) < MOST_NEW else None
