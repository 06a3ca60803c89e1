"""Looking at a portal for the first time: its software, sections and feeds, written down as its file."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from lxml import html
from protego import Protego

from archive import __version__
from archive.errors import ConfigError, UnreachableError
from archive.folder import Folder
from archive.http import parse
from archive.language import _
from archive.records import Exchange, Kind
from crawler import challenge, families, portals
from crawler.parsers import urls
from crawler.parsers.page import Page
from crawler.politeness import ROBOTS_SIZE
from crawler.portals import Portal
from crawler.reading import family_of
from crawler.wire.asking import LARGEST_PAGE, Asked, Servers
from crawler.wire.connecting import Terms
from crawler.wire.errors import NoAnswerError

MOST_SECTIONS = 12
"""Menu entries that are looked at."""
MOVES = 5
"""Redirects that are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A portal as it was found, and where its file is."""

    portal: Portal
    file: str
    feeds: tuple[str, ...]

    def summary(self) -> str:
        """What was found, for a person."""
        verified = families.families()[self.portal.family].VERIFIED
        lines = [
            _("{home}: {name}").format(home=self.portal.home, name=self.portal.name),
            _("software: {family}").format(family=self.portal.family)
            + ("" if verified else _(" (not confirmed on real pages: check what it reads)")),
            _("sections: {count}, feeds: {feeds}").format(
                count=len(self.portal.sections) - len(self.feeds), feeds=len(self.feeds)),
        ]  # fmt: skip
        lines += [f"  {section.name}  {section.url}" for section in self.portal.sections]
        return "\n".join([*lines, _("written to {file}").format(file=self.file)])


def add(folder: Folder, address: str, *, portal_id: str | None = None, delay: float | None = None) -> Found:
    """Probe an address and write its portal file into the archive's folder.

    What is known of a portal that is shipped (its publisher, the province, who took over) is taken over into its file.
    Raises `ConfigError` (no address, a file of that name is there already, robots.txt forbids the home
    page) and `UnreachableError`. Asks for robots.txt, the home page and up to twelve sections.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{address!r} is not an http or https address.")
    visitor = _Visitor(folder, delay, address)
    home = visitor.get(address)
    if challenge.cookie(home):
        raise UnreachableError(
            f'{home.url} shows a challenge; write its file by hand, with challenge = "answer" if it may be answered.'
        )
    host = urlsplit(home.url).netloc.lower()
    portal_id = portal_id or portals.id_of(host)
    file = folder.portals / f"{portal_id}.toml"
    if file.exists():
        raise ConfigError(f"{file} is there already; remove it, or give another name with --id.")
    family, rules = family_of(home, None)
    feeds = tuple(link.url for link in rules.links(home) if link.kind is Kind.FEED)[:MOST_SECTIONS]
    sections = _sections(home, rules, visitor)
    sections += [(_("Feed {path}").format(path=urlsplit(url).path), url) for url in feeds]
    known = _shipped(address, home.url)
    text = _toml(known.name if known else _name(home), home.url, family, sections, known)
    folder.make()
    file.write_text(text, encoding="utf-8")
    portal = portals.read(file, families.families())
    return Found(portal=portal, file=str(file), feeds=feeds)


def _shipped(*addresses: str) -> Portal | None:
    """The portal that comes with luutru at one of the addresses."""
    shipped = portals.read_all(sorted(portals.SHIPPED.glob("*.toml")), families.families()).values()
    return next((found for each in addresses if (found := portals.at(each, shipped))), None)


def add_from(folder: Folder, home: str, page: Page) -> Portal:
    """Write the file of a portal of which only pages are held: its software, as a page of it shows, and its name.

    The sections are left to a person, or to a crawl, which finds them from the home page. Raises `ConfigError` where
    a file of that name is there already.
    """
    file = folder.portals / f"{portals.id_of(urlsplit(home).netloc.lower())}.toml"
    if file.exists():
        raise ConfigError(f"{file} is there already, and is not of {home}; name the portal with --portal.")
    file.write_text(_toml(_name(page), home, family_of(page, None)[0], [], None), encoding="utf-8")
    return portals.read(file, families.families())


class _Visitor:
    """Fetches a few pages of one portal politely, each within the limits that a crawl has."""

    def __init__(self, folder: Folder, delay: float | None, address: str) -> None:
        settings = folder.settings()
        self._agent = f"luutru/{__version__} (+{settings.contact or 'no contact address set'})"
        self._delay = delay if delay is not None else settings.delay
        self._terms = Terms(own=urlsplit(address).netloc.lower(), seconds=settings.timeout)
        self._robots: dict[str, Protego] = {}
        self._asked = False

    def get(self, url: str) -> Page:
        """A page, where it has moved to. Raises `UnreachableError`, or `ConfigError` where robots.txt forbids it."""
        for _hop in range(MOVES + 1):
            place = urljoin(url, "/robots.txt")
            if place not in self._robots:
                self._robots[place] = Protego.parse(self._text(place))
            if not self._robots[place].can_fetch(url, self._agent):
                raise ConfigError(f"robots.txt of {urlsplit(url).netloc} forbids {url}.")
            page = self._fetch(url)
            target = _moved(page)
            if target is None:
                break
            url = target
        if page.status != 200:
            raise UnreachableError(f"{url} answers with status {page.status}.")
        return page

    def _text(self, url: str) -> str:
        for _hop in range(MOVES + 1):
            page = self._fetch(url)
            target = _moved(page)
            if target is None:
                break
            url = target
        if page.status >= 500 or page.status == 429:
            raise UnreachableError(f"{url} answers with status {page.status}, which forbids everything (RFC 9309).")
        return page.body[:ROBOTS_SIZE].decode("utf-8", "replace") if page.status == 200 else ""

    def _fetch(self, url: str) -> Page:
        host = urlsplit(url).hostname or ""
        if self._asked and not (self._delay == 0 and portals.is_private(host)):
            time.sleep(max(self._delay, portals.POLITE_DELAY))
        self._asked = True
        headers = ((b"User-Agent", self._agent.encode()), (b"Accept-Encoding", b"gzip, deflate"))
        try:
            exchange = asyncio.run(_ask(Asked(url=url, headers=headers), self._terms))
        except (NoAnswerError, ValueError) as error:
            raise UnreachableError(f"{url} cannot be reached: {error}.") from error
        answer = parse(exchange.response, most_body=LARGEST_PAGE)
        if not answer.status or not answer.complete or exchange.truncated:
            raise UnreachableError(f"{url} sends a broken answer: {answer.problem or exchange.truncated}.")
        return Page(url=url, status=answer.status, headers=answer.headers, body=answer.body)


async def _ask(asked: Asked, terms: Terms) -> Exchange:
    servers = Servers()
    try:
        return await servers.ask(asked, terms)
    finally:
        servers.close()


def _moved(page: Page) -> str | None:
    """Where a page has moved to."""
    return urls.join(page.url, page.headers.get("location", "")) if 300 <= page.status < 400 else None


def _name(page: Page) -> str:
    title = " ".join("".join(page.tree.xpath("(//title)[1]//text()")).split())
    return title.rpartition(" - ")[2] or urlsplit(page.url).netloc


def _sections(home: Page, rules: families.Family, visitor: _Visitor) -> list[tuple[str, str]]:
    """Names and addresses of the menu's entries that turn out to list articles."""
    wanted = {link.url for link in rules.links(home) if link.kind in (Kind.PAGE, Kind.LISTING)}
    wanted = {url for url in wanted if portals.same_host(home.url, url)} - {rules.canonical(home.url)}
    found = []
    for name, url in list(_menu(home, rules.canonical, wanted).items())[:MOST_SECTIONS]:
        try:
            page = visitor.get(url)
        except (UnreachableError, ConfigError):
            continue
        if rules.kind(page) is Kind.LISTING:
            found.append((name, url))
    return found


def _menu(home: Page, canonical: Callable[[str], str], wanted: set[str]) -> dict[str, str]:
    """The menu's entries among the wanted addresses, in reading order, by name."""
    entries: dict[str, str] = {}
    menus = home.tree.xpath("//nav | //*[@id='navigation' or @role='navigation' or contains(@class, 'menu')]")
    for menu in menus:
        for anchor in BeautifulSoup(html.tostring(menu), "lxml").find_all("a", href=True):
            name = " ".join(anchor.get_text(" ").split())
            url = canonical(urljoin(home.url, str(anchor["href"]).strip()))
            if name and url in wanted and url not in entries.values():
                entries.setdefault(name, url)
    return entries


def _toml(name: str, home: str, family: str, sections: list[tuple[str, str]], known: Portal | None) -> str:
    # TOML's basic strings take every escape that JSON writes.
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    lines = [
        f"name = {quoted(name)}",
        f"home = {quoted(home)}",
        f"family = {quoted(family)}",
    ]
    if known:
        told = {"province": known.province, "unit": known.unit, "successor": known.successor}
        lines += [f"{field} = {quoted(value)}" for field, value in told.items() if value]
        lines += [f"end = {known.end.isoformat()}"] if known.end else []
    lines.append("verified = false")
    for title, url in sections:
        lines += ["", "[[sections]]", f"name = {quoted(title)}", f"url = {quoted(url)}"]
    return "\n".join(lines) + "\n"
