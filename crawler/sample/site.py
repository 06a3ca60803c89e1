"""The sample portal's answers: from a path and its query to status, headers and bytes, without a network."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from crawler.sample import addresses, pages
from crawler.sample.files import file_of, png
from crawler.sample.pages import View
from crawler.sample.story import Document, Paragraph, Picture, Section, Story, copies_of
from crawler.sample.truth import Expected, expected_of

VIETNAM = timezone(timedelta(hours=7))
FEED_LENGTH = 10
Answer: TypeAlias = tuple[int, dict[str, str], bytes]

_ROBOTS = "User-agent: *\nDisallow: /c/\nDisallow: {disallowed}\nSitemap: {origin}/sitemap.xml\n"
_BANNER = '<!DOCTYPE html>\n<html><head><script>window.location.href="https://dichvucong.example/?b={}";</script></head></html>\n'
_PLAIN = {
    "/web/guest/dang-nhap": ("login", "Đăng nhập", 7),
    "/en/web/guest/home": ("english", "Home", 7),
    addresses.DISALLOWED: ("internal", "Nội bộ", 6),
}


def _now() -> datetime:
    return datetime.now(VIETNAM)


class Site:
    """The portal: its articles, which tests may change between crawls, and its counters.

    `copies` makes that many times 60 articles. `clock` gives the time that pages show. All methods
    may be called from several threads.
    """

    def __init__(self, *, copies: int = 1, clock: Callable[[], datetime] = _now) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._stories = {story.entry_id: story for story in copies_of(copies)}
        self._order = tuple(self._stories)
        self._visits: Counter[int] = Counter()
        self._views = 0
        sections = {story.section.slug: story.section for story in self._stories.values()}
        self._sections = tuple(sections.values())
        self._documents: dict[str, tuple[Story, str]] = {}
        for story in self._stories.values():
            self._register(story)

    def expected(self) -> tuple[Expected, ...]:
        """The truth of all articles as they stand now, removed ones left out."""
        with self._lock:
            return tuple(expected_of(self._stories[entry]) for entry in self._order if entry in self._stories)

    def edit(self, entry_id: int, **changes: Any) -> Expected:
        """Change fields of an article's source (see `Story`) and return its new truth.

        Strings among `blocks` become paragraphs; `modified` becomes now unless it is given.
        Its addresses stay. A removed article raises `KeyError`.
        """
        if "blocks" in changes:
            changes["blocks"] = tuple(Paragraph(b) if isinstance(b, str) else b for b in changes["blocks"])
        changes.setdefault("modified", self._clock())
        with self._lock:
            story = replace(self._stories[entry_id], **changes)
            self._stories[entry_id] = story
            self._register(story)
        return expected_of(story)

    def remove(self, entry_id: int) -> None:
        """Take an article down: a soft 404 (status 200) from Liferay 6.2, a 404 from Liferay 7."""
        with self._lock:
            del self._stories[entry_id]

    def respond(self, path_and_query: str, headers: Mapping[str, str]) -> Answer:
        """Status, headers and body for a GET; `headers` are the request's, in any case of letters."""
        asked = {name.lower(): value for name, value in headers.items()}
        parts = urlsplit(path_and_query)
        path = parts.path.partition(";jsessionid=")[0]
        query = dict(parse_qsl(parts.query))
        with self._lock:
            document = addresses.asked_document(path)
            if document:
                return self._document(document, asked)
            return self._page(path, query, f"http://{asked.get('host', 'localhost')}")

    def _register(self, story: Story) -> None:
        for block in story.blocks:
            if isinstance(block, Picture | Document):
                self._documents[addresses.uuid_of(story, block.name)] = (story, block.name)

    def _newest(self, section: Section, *listed: str) -> list[Story]:
        chosen = (s for s in self._stories.values() if s.section == section and s.listed in (listed or ("all",)))
        return sorted(chosen, key=lambda story: story.published, reverse=True)

    def _view(self, origin: str) -> View:
        self._views += 1
        now = self._clock()
        fresh = hashlib.sha256(f"{self._views} {now.isoformat()}".encode()).hexdigest()[:32]
        return View(origin=origin, now=now, visits=1_204_511 + self._views, fresh=fresh, sections=self._sections)

    def _page(self, path: str, query: dict[str, str], origin: str) -> Answer:
        article = addresses.asked_article(path)
        if article:
            return self._article(*article, query, origin)
        for section in self._sections:
            if path in (addresses.feed(section), f"/-/asset_publisher/{section.instance}/rss"):
                return self._feed(section, origin)
            if path == addresses.section_page(section):
                return self._section(section, query, origin)
        return self._special(path, query, origin)

    def _article(self, instance: str, wanted: int | str, query: dict[str, str], origin: str) -> Answer:
        view = self._view(origin)
        section = next((section for section in self._sections if section.instance == instance), None)
        story = next((s for s in self._stories.values() if wanted in (s.entry_id, s.url_title)), None)
        if story is None or section != story.section:
            soft = section is not None and section.generation == 6
            html = pages.plain_page("missing", view, title="Chi tiết bài viết", generation=6 if soft else 7)
            return _html(html, 200 if soft else 404)
        self._visits[story.entry_id] += 1
        related = [other for other in self._newest(story.section)[:6] if other != story][:5]
        visits = 87 + story.entry_id % 900 + self._visits[story.entry_id]
        printed = query.get("viewMode") == "print"
        return _html(pages.article_page(story, view, visits=visits, related=related, printed=printed))

    def _section(self, section: Section, query: dict[str, str], origin: str) -> Answer:
        own = f"_{section.portlet}_"
        if f"{own}assetEntryId" in query:
            return self._article(section.instance, _number(query[f"{own}assetEntryId"], 0), query, origin)
        cur = _number(query.get(f"{own}cur"), 1)
        delta = min(max(_number(query.get(f"{own}delta"), 10), 1), 75)
        return _html(pages.listing_page(section, self._newest(section), self._view(origin), cur=cur, delta=delta))

    def _feed(self, section: Section, origin: str) -> Answer:
        stories = self._newest(section, "all", "feed")
        chosen = [s for n, s in enumerate(stories) if n < FEED_LENGTH or s.listed == "feed"]
        kind = "application/atom+xml" if section.generation == 6 else "text/xml"
        return (
            200,
            {"Content-Type": f"{kind};charset=UTF-8"},
            _encoded(pages.feed(section, chosen, self._view(origin))),
        )

    def _special(self, path: str, query: dict[str, str], origin: str) -> Answer:
        if path.startswith("/c/portal/login"):
            return 302, {"Location": f"{origin}/web/guest/dang-nhap"}, b""
        if path.startswith(("/o/", "/combo/", "/html/")):
            kind = "text/css" if path.endswith(".css") else "text/javascript"
            return 200, {"Content-Type": kind}, b"/* */\n"
        if path == "/image/layout_set_logo":
            return 200, {"Content-Type": "image/png"}, png("logo", 64, 64)
        if path == "/robots.txt":
            text = _ROBOTS.format(disallowed=addresses.DISALLOWED, origin=origin)
            return 200, {"Content-Type": "text/plain;charset=UTF-8"}, text.encode()
        view = self._view(origin)
        if path == "/sitemap.xml":
            chosen = [
                s for s in self._stories.values() if s.section.slug == "van-ban" and s.listed in ("all", "sitemap")
            ]
            return 200, {"Content-Type": "text/xml;charset=UTF-8"}, _encoded(pages.sitemap(chosen, view))
        return self._plain(path, query, view)

    def _plain(self, path: str, query: dict[str, str], view: View) -> Answer:
        if path in ("/", addresses.HOME):
            if query.get("p_p_id") == "lienket_WAR_banner":
                return _html(_BANNER.format(_number(query.get("_lienket_id"), 1)))
            return _html(pages.home_page([(s, self._newest(s)[:4]) for s in self._sections], view))
        if path == "/web/guest/lich-cong-tac":
            return _calendar(query, view)
        if path == "/web/guest/tim-kiem":
            return self._search(query.get("_3_keywords", ""), view)
        if path in _PLAIN:
            name, title, generation = _PLAIN[path]
            return _html(pages.plain_page(name, view, title=title, generation=generation))
        return _html(pages.plain_page("notfound", view, title="Không tìm thấy"), 404)

    def _search(self, keywords: str, view: View) -> Answer:
        wanted = keywords.lower().split()
        found = [s for s in self._stories.values() if wanted and all(w in s.title.lower() for w in wanted)]
        teasers = [pages.teaser(s, view, "/web/guest/tim-kiem") for s in found if s.listed == "all"][:20]
        return _html(pages.plain_page("search", view, title="Tìm kiếm", keywords=keywords, teasers=teasers))

    def _document(self, uuid: str, asked: dict[str, str]) -> Answer:
        if uuid not in self._documents:
            return 404, {"Content-Type": "text/html;charset=UTF-8"}, b"<html><body>404</body></html>\n"
        story, name = self._documents[uuid]
        kind, content = file_of(name, story.title)
        etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        changed = format_datetime(story.published.astimezone(UTC), usegmt=True)
        headers = {
            "Content-Type": kind,
            "ETag": etag,
            "Last-Modified": changed,
            "Cache-Control": "max-age=43200",
        }
        if asked.get("if-none-match", asked.get("if-modified-since")) in (etag, changed):
            return 304, headers, b""
        return 200, headers, content


def portal_toml(url: str) -> str:
    """The portal file of a sample portal that answers at `url` (scheme, host and port)."""
    home = url.rstrip("/")
    lines = [
        f'name = "{pages.SITE_NAME}"',
        'province = "Đồng Tháp"',
        f'home = "{home}/"',
        'family = "liferay"',
        'schedule = "0 5 * * *"',
        "delay = 0",
    ]
    for section in dict.fromkeys(story.section for story in copies_of(1)):
        path = addresses.section_page(section)
        lines += ["", "[[sections]]", f'name = "{section.name}"', f'url = "{home}{path}"']
    lines += ["", "[expect]", "new_articles_per_week = [0, 100]", ""]
    return "\n".join(lines)


def _calendar(query: dict[str, str], view: View) -> Answer:
    year = min(max(_number(query.get("_8_year"), view.now.year), 1), 9998)
    month = min(max(_number(query.get("_8_month"), view.now.month), 1), 12)
    fields = {"ways": pages.months_around(year, month), "year": year, "month": month}
    return _html(pages.plain_page("calendar", view, title="Lịch công tác", generation=6, **fields))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


def _encoded(text: str) -> bytes:
    return text.encode()


def _html(text: str, status: int = 200) -> Answer:
    headers = {
        "Content-Type": "text/html;charset=UTF-8",
        "Cache-Control": "private, no-cache, no-store, must-revalidate",
        "Liferay-Portal": "Liferay Community Edition Portal",
    }
    return status, headers, text.encode()
