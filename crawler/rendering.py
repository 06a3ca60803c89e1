"""Pages that scripts make: Debian's Chromium makes them, without a network of its own.

Every request of a page goes through `crawler.wire` like a crawl's: the address guard holds, and only the portal's own
host is asked (docs/decisions/0017-rendered-pages.md). Needs the extra `js`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from archive.clock import now
from archive.errors import ConfigError
from archive.http import parse
from archive.records import Exchange
from crawler.parsers.page import Page
from crawler.politeness import Politeness
from crawler.portals import Portal
from crawler.settings import DEFAULT_REQUEST_HEADERS
from crawler.visit import is_ours
from crawler.wire.asking import LARGEST_PAGE, Asked, Servers
from crawler.wire.connecting import Terms
from crawler.wire.errors import NoAnswerError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright, Request, Route

SECONDS, QUIET_SECONDS = 20.0, 8.0
"""What one page may take altogether, and how long it may go on asking for more."""
ASKED_MOST = 60
"""Requests of one page."""
KEPT_MOST = 200
"""Scripts and styles that are kept for the portal's next pages."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_TAKEN = frozenset(("script", "stylesheet", "xhr", "fetch"))
"""What a page is made of; pictures, fonts and media are not needed to read it."""
_KEPT = frozenset(("script", "stylesheet"))
_NO_NETWORK = (
    "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--disable-background-networking",
)  # fmt: skip
"""Whatever is not handed to us, a WebSocket above all, leads nowhere."""


class RenderingError(Exception):
    """A page could not be made."""


def needs(portal: Portal) -> None:
    """Raise `ConfigError` where a portal's pages must be rendered and cannot be."""
    if portal.render is None:
        return
    if importlib.util.find_spec("playwright") is None or _browser() is None:
        raise ConfigError(
            f"{portal.id}: render = \"js\" needs the extra js (pip install 'luutru[js]') and Chromium"
            " (apt install chromium)."
        )


def _browser() -> str | None:
    return next((found for name in _BROWSERS if (found := shutil.which(name))), None)


class Renderer:
    """A browser, started when it is first needed. `close` ends it."""

    def __init__(self, manners: Politeness) -> None:
        self._manners = manners
        self._servers = Servers()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._one = asyncio.Lock()
        self._kept: dict[str, Exchange] = {}

    async def render(self, portal: Portal, exchange: Exchange, page: Page, terms: Terms) -> Exchange:
        """The page as its scripts make it, as an exchange that says so. Raises `RenderingError`."""
        from playwright.async_api import Error

        async with self._one:
            browser = await self._start()
            try:
                async with asyncio.timeout(SECONDS):
                    dom = await _Tab(self, portal, page, terms).dom(browser)
            except (Error, TimeoutError) as error:
                said = str(error).partition("\n")[0] or "it takes too long"
                raise RenderingError(f"its scripts did not make a page: {said}") from error
        body = dom.encode("utf-8", "replace")[:LARGEST_PAGE]
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        by = f"Chromium {browser.version}"
        return replace(exchange, response=head.encode() + body, started_at=now(), ip=None, rendered=by)

    async def _start(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            from playwright.async_api import async_playwright

            self._playwright = self._playwright or await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(
                executable_path=_browser(), args=list(_NO_NETWORK), chromium_sandbox=os.geteuid() != 0
            )
        return self._browser

    async def answer(self, url: str, kind: str, portal: Portal, terms: Terms) -> Exchange | None:
        """What the portal answers to a request of its page; None where it is not to be asked for."""
        host = url.split("/")[2]
        if url in self._kept:
            return self._kept[url]
        if not is_ours(portal, url) or self._manners.forbids(host, url):
            return None
        named = DEFAULT_REQUEST_HEADERS | {"User-Agent": self._manners.user_agent, "Accept": "*/*"}
        headers = tuple((name.encode(), value.encode()) for name, value in named.items())
        try:
            found = await self._servers.ask(Asked(url=url, headers=headers), terms)
        except (NoAnswerError, ValueError) as error:
            raise RenderingError(f"what its scripts ask for does not answer: {error}") from error
        if kind in _KEPT and len(self._kept) < KEPT_MOST:
            self._kept[url] = found
        return found

    async def close(self) -> None:
        """End the browser."""
        self._servers.close()
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()


class _Tab:
    """One page on its way through the browser."""

    def __init__(self, renderer: Renderer, portal: Portal, page: Page, terms: Terms) -> None:
        self._renderer = renderer
        self._portal = portal
        self._page = page
        self._terms = terms
        self._asked = 0
        self._is_shown = False
        self._in_turn = asyncio.Lock()
        self._problem: RenderingError | None = None

    async def dom(self, browser: Browser) -> str:
        """The page's markup after its scripts have run."""
        from playwright.async_api import TimeoutError as PlaywrightTimeoutError

        context = await browser.new_context(
            service_workers="block", accept_downloads=False, user_agent=self._renderer._manners.user_agent
        )
        try:
            tab = await context.new_page()
            await tab.route("**/*", self._answered)
            await tab.goto(self._page.url, wait_until="domcontentloaded", timeout=1000 * SECONDS)
            with suppress(PlaywrightTimeoutError):  # pages that never rest are taken as they are then
                await tab.wait_for_load_state("networkidle", timeout=1000 * QUIET_SECONDS)
            if self._problem:
                raise self._problem
            return await tab.content()
        finally:
            await context.close()

    async def _answered(self, route: Route, request: Request) -> None:
        """Answer one request of the page, or refuse it. Errors of a page that is closed meanwhile are its end's."""
        from playwright.async_api import Error

        with suppress(Error):
            if request.is_navigation_request() and request.frame.parent_frame is None:
                await self._navigated(route, request)
            elif (found := await self._found(request)) is not None:
                answer = parse(found.response, most_body=LARGEST_PAGE)
                kind = answer.headers.get("content-type", "")
                await route.fulfill(status=answer.status or 502, content_type=kind, body=answer.body)
            else:
                await route.abort()

    async def _navigated(self, route: Route, request: Request) -> None:
        """The page itself, once; wherever its scripts would lead the browser, it stays."""
        if self._is_shown or request.url != self._page.url:
            await route.abort("aborted")
            return
        self._is_shown = True
        await route.fulfill(status=200, content_type="text/html; charset=utf-8", body=self._page.text)

    async def _found(self, request: Request) -> Exchange | None:
        """What the portal answers to a request of its page; None where it is not to be asked for."""
        async with self._in_turn:
            self._asked += 1
            is_wanted = request.resource_type in _TAKEN and request.method == "GET" and self._asked <= ASKED_MOST
            if not is_wanted or self._problem or not request.url.startswith(("http://", "https://")):
                return None
            try:
                return await self._renderer.answer(request.url, request.resource_type, self._portal, self._terms)
            except RenderingError as error:
                self._problem = error
                return None
