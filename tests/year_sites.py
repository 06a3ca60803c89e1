"""Portals that live: they publish, back-date, edit, delete, fail, change their design, are taken over and end."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from archive.clock import VIETNAM
from crawler.sample.story import Paragraph, copies_of

DAY = timedelta(days=1)
SECTIONS = ("tin-tuc", "van-ban", "thong-bao")
PER_PAGE = 10
TET = tuple(
    (date(year, month, day), date(year, month, day) + 9 * DAY)
    for year, month, day in ((2024, 2, 7), (2025, 1, 25), (2026, 2, 13), (2027, 2, 3))
)
"""From the day of the kitchen gods' farewell or so, nobody publishes for nine days."""
_STORIES = tuple(copies_of(1))
_TITLES = [story.title for story in _STORIES]
_TEXTS = [
    " ".join(block.text.split())
    for story in _STORIES
    for block in story.blocks
    if isinstance(block, Paragraph) and not block.heading and len(block.text) > 120
]
_GAMBLING = (
    "Nhà cái uy tín hàng đầu: cá cược bóng đá, casino trực tuyến, nổ hũ, bắn cá đổi thưởng, xóc đĩa, tài xỉu, lô đề. "
    "Đăng ký nhận ngay 88k, nạp rút nhanh, khuyến mãi khủng cho tân thủ mỗi ngày. "
)
_FOR_SALE = "This domain is for sale. Buy this domain. Related searches: hosting, domain names, insurance."
_MAINTENANCE = "Hệ thống đang bảo trì, nâng cấp. Xin quý khách vui lòng quay lại sau."


@dataclass(slots=True)
class Item:
    """An article as its portal has it, and everything that it has ever shown."""

    number: int
    section: str
    title: str
    body: tuple[str, ...]
    published: datetime
    shown_at: datetime
    removed_at: datetime | None = None
    edits: list[tuple[datetime, str]] = field(default_factory=list)
    """When it was edited, and the text since."""
    first: str = ""
    """The text that it was published with."""

    @property
    def path(self) -> str:
        return f"/{self.section}/bai-viet-{self.number}.html"

    @property
    def text(self) -> str:
        return "\n\n".join(self.body)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a portal between two times: `503`, `refused`, `missing`, `maintenance`, `stuck`, `redesign`,
    `gambling`, `parked`, `moved` or `dead`."""

    kind: str
    begins: datetime
    ends: datetime | None = None

    def is_at(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass(slots=True)
class LivingPortal:
    """A portal with a rate of publication; `live` lets a day pass."""

    id: str
    seed: int
    rate: float
    """Articles a day."""
    begin: datetime
    size: int = 200
    soft: bool = False
    """Whether it answers 200 where there is no article."""
    has_sitemap: bool = False
    has_feed: bool = False
    faults: list[Fault] = field(default_factory=list)
    items: dict[int, Item] = field(default_factory=dict)
    requests: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        day = self.begin if self.rate else self.begin - 200 * DAY
        while len(self.items) < self.size:
            day -= DAY if self.rate else DAY / 2
            for _ in range(0 if _is_tet(day) else self._number(self.rate or 3.0)):
                self._publish(day + self.chance.random() * DAY, day)

    @property
    def host(self) -> str:
        return f"{self.id}.vn"

    def live(self, since: datetime, until: datetime) -> None:
        """What its editors do in a day."""
        if not self.rate or self._is_ended(until):
            return
        for _ in range(0 if _is_tet(until) else self._number(self.rate)):
            at = self._time(since, until)
            is_late = self.chance.random() < 0.05
            self._publish(at - self.chance.uniform(2, 40) * DAY if is_late else at, at)
        for item in [each for each in self.items.values() if each.removed_at is None]:
            age = (until - item.published) / DAY
            if self.chance.random() < (0.02 if age < 7 else 0.004 if age < 30 else 0.0003):
                self._edit(item, self._time(since, until))
            elif self.chance.random() < 0.0002:
                item.removed_at = self._time(since, until)

    def _is_ended(self, at: datetime) -> bool:
        return any(fault.is_at(at) for fault in self.faults if fault.kind in ("gambling", "parked", "moved", "dead"))

    def _number(self, mean: float) -> int:
        """A number by Poisson."""
        limit, product, number = math.exp(-mean), self.chance.random(), 0
        while product > limit:
            product *= self.chance.random()
            number += 1
        return number

    def _time(self, since: datetime, until: datetime) -> datetime:
        return (since + self.chance.random() * (until - since)).replace(microsecond=0)

    def _publish(self, published: datetime, shown_at: datetime) -> None:
        number = 1001 + len(self.items)
        texts = self.chance.sample(_TEXTS, self.chance.randint(2, 5))
        item = Item(
            number=number, section=self.chance.choice(SECTIONS), title=f"{self.chance.choice(_TITLES)} (kỳ {number})",
            body=(*texts[:-1], f"{texts[-1]} Hồ sơ số {number} có {self.chance.randint(20, 900)} người góp ý."),
            published=published.replace(second=0, microsecond=0), shown_at=shown_at,
        )  # fmt: skip
        item.first = item.text
        self.items[number] = item

    def _edit(self, item: Item, at: datetime) -> None:
        body = list(item.body)
        if self.chance.random() < 0.5:
            body[self.chance.randrange(len(body))] = self.chance.choice([text for text in _TEXTS if text not in body])
        else:
            body.append(f"Cập nhật: đến nay đã có {self.chance.randint(20, 900)} hộ dân hoàn thành.")
        item.body = tuple(body)
        item.edits.append((at, item.text))

    # -- answers ----------------------------------------------------------------------------------

    def respond(self, url: str, at: datetime) -> bytes | None:
        """The bytes of an answer; None where none comes."""
        self.requests += 1
        parts = urlsplit(url)
        for fault in self.faults:
            if fault.is_at(at) and (answer := self._faulty(fault.kind, parts.path)) is not _WELL:
                return answer if isinstance(answer, bytes) else None
        return self._well(parts.path, parts.query, at)

    def _faulty(self, kind: str, path: str) -> object:
        match kind:
            case "503":
                return _http("503 Service Unavailable", _page("Lỗi", "Service Unavailable"))
            case "refused" | "dead":
                return None
            case "missing" if path.endswith(".html"):
                return self._missing()
            case "maintenance":
                return _http("200 OK", _page("Bảo trì", f"<p>{_MAINTENANCE}</p>"))
            case "gambling":
                return _http("200 OK", _page("Nhà cái", f"<h1>Nhà cái</h1><p>{_GAMBLING * 4}</p>"))
            case "parked":
                return _http("200 OK", _page(self.host, f"<p>{_FOR_SALE}</p>"))
            case "moved":
                return _http("301 Moved Permanently", "", "Location: http://tinh-moi.vn/\r\n")
        return _WELL

    def _missing(self) -> bytes:
        notice = "<h1>Không tìm thấy</h1><p>Bài viết không tồn tại hoặc đã bị xóa.</p>"
        return _http("200 OK" if self.soft else "404 Not Found", _page("Không tìm thấy", self._menu() + notice))

    def _well(self, path: str, query: str, at: datetime) -> bytes:
        if path == "/robots.txt":
            return _http("200 OK", "User-agent: *\nDisallow: /quan-tri/\n", kind="text/plain")
        if path == "/sitemap.xml" and self.has_sitemap:
            return _http("200 OK", self._sitemap(at), kind="text/xml")
        if path == "/rss.xml" and self.has_feed:
            return _http("200 OK", self._feed(at), kind="application/rss+xml")
        if path == "/":
            lists = "".join(self._list(self._shown(at, section)[:5]) for section in SECTIONS)
            return _http("200 OK", _page("Cổng thông tin", self._menu() + lists, feed=self.has_feed))
        section = path.strip("/")
        if section in SECTIONS:
            return self._section(section, int(parse_qs(query).get("page", ["1"])[0]), at)
        number = path.rpartition("-")[2].removesuffix(".html")
        item = self.items.get(int(number)) if number.isdecimal() else None
        if item is None or item.path != path or item.removed_at:
            return self._missing()
        return _http("200 OK", self._article(item, at))

    def _menu(self) -> str:
        links = "".join(f'<li><a href="/{section}">{section}</a></li>' for section in SECTIONS)
        return f'<ul class="menu"><li><a href="/">Trang chủ</a></li>{links}</ul>'

    def _shown(self, at: datetime, section: str | None = None) -> list[Item]:
        """What is listed, the newest first."""
        stuck = [fault.begins for fault in self.faults if fault.kind == "stuck" and fault.is_at(at)]
        until = min([at, *stuck])
        shown = [
            item for item in self.items.values()
            if not item.removed_at and item.shown_at <= until and section in (None, item.section)
        ]  # fmt: skip
        return sorted(shown, key=lambda item: item.published, reverse=True)

    def _list(self, items: list[Item]) -> str:
        entries = "".join(
            f'<li><a href="{item.path}">{item.title}</a> <span>{item.published:%d/%m/%Y}</span></li>' for item in items
        )
        return f'<ul class="ArticleList">{entries}</ul>'

    def _section(self, section: str, number: int, at: datetime) -> bytes:
        items = self._shown(at, section)
        last = max(1, math.ceil(len(items) / PER_PAGE))
        if number > last:
            return self._missing()
        near = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})
        pager = "".join(f'<a href="/{section}?page={each}">{each}</a> ' for each in near)
        entries = self._list(items[(number - 1) * PER_PAGE : number * PER_PAGE])
        return _http("200 OK", _page(section, f'{self._menu()}{entries}<div class="pagination">{pager}</div>'))

    def _article(self, item: Item, at: datetime) -> str:
        paragraphs = "".join(f"<p>{text}</p>" for text in item.body)
        when = f"{item.published:%d/%m/%Y %H:%M}"
        if any(fault.kind == "redesign" and fault.is_at(at) for fault in self.faults):
            return _page(item.title, (
                f'{self._menu()}<div class="tin-ct"><h2 class="td-tin">{item.title}</h2><em class="ngay">{when}</em>'
                f'<div class="nd-tin">{paragraphs}</div></div>'))  # fmt: skip
        return _page(item.title, (
            f'{self._menu()}<div class="ArticleHeader">{item.title}</div><div class="ArticleDate">Ngày đăng: {when}</div>'
            f'<div class="ArticleContent">{paragraphs}</div>'))  # fmt: skip

    def _sitemap(self, at: datetime) -> str:
        rows = "".join(
            f"<url><loc>http://{self.host}{item.path}</loc><lastmod>"
            f"{max([item.published, *(when for when, _ in item.edits)]).astimezone(VIETNAM).isoformat()}</lastmod></url>"
            for item in self._shown(at)
        )
        return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'

    def _feed(self, at: datetime) -> str:
        rows = "".join(
            f"<item><title>{item.title}</title><link>http://{self.host}{item.path}</link></item>"
            for item in self._shown(at)[:10]
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title>{rows}</channel></rss>'


_WELL = object()


def _is_tet(at: datetime) -> bool:
    return any(first <= at.date() < last for first, last in TET)


def _page(title: str, body: str, *, feed: bool = False) -> str:
    link = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">' if feed else ""
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{link}</head><body>{body}</body></html>'


def _http(status: str, body: str, headers: str = "", *, kind: str = "text/html") -> bytes:
    content = body.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=UTF-8\r\n{headers}Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
