"""Portals of three kinds whose articles can be made to go bad: Liferay 7, NukeViet, and software that no family knows."""

# ruff: noqa: E501  # markup stays on the lines that it has

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape

from liferay_pages import frame, liferay7
from page_modes import Shown, ok
from serving import Portal, portal
from styles import flat, hashed
from wire import head

from crawler.sample.markup import body_html, summary_html
from crawler.sample.story import Story, copies_of

HOST = "http://127.0.0.1"
Article = Callable[[str, str, tuple[str, ...]], str]


def stories(count: int) -> list[Story]:
    """So many stories with a text of more than a line."""
    found = (story for story in copies_of(5) if len(story.blocks) > 1)
    return [next(found) for _ in range(count)]


def paragraphs_of(story: Story) -> tuple[str, ...]:
    """The body's markup, cut where its parts end."""
    marked = (
        str(body_html(story, ""))
        .replace("</p>\n", "</p>\f")
        .replace("</table>\n", "</table>\f")
        .replace("</div>\n", "</div>\f")
    )
    cut = re.sub(r"<!--.*?-->", "", marked, flags=re.DOTALL).split("\f")
    return tuple(part for part in cut if re.sub(r"<[^>]+>|&nbsp;|\s", "", part))


# -- Liferay 7 ----------------------------------------------------------------------------------------------------


def _liferay_article(story: Story) -> Article:
    def make(title: str, lead: str, body: tuple[str, ...]) -> str:
        time = f'<div class="metadata-publish-date">{story.published:%d/%m/%Y %H:%M}</div>' if story.time_shown else ""
        text = (f'<p class="sapo"><strong>{lead}</strong></p>' if lead else "") + "".join(body)
        return liferay7(text, escape(title), bar=time).replace("15859178", str(story.entry_id))

    return make


def _liferay_listing(chosen: list[Story]) -> str:
    return frame("".join(
        f'<div class="asset-abstract"><h3 class="asset-title"><a href="{liferay_path(story)}">{escape(story.title)}</a></h3></div>'
        for story in chosen
    ), "Trang chủ")  # fmt: skip


def liferay_path(story: Story) -> str:
    return f"/-/asset_publisher/q/content/id/{story.entry_id}"


# -- NukeViet -----------------------------------------------------------------------------------------------------


def _nukeviet_frame(content: str, title: str = "Cổng thông tin điện tử") -> str:
    return (
        f'<!DOCTYPE html><html lang="vi"><head><title>{title}</title><meta name="generator" content="NukeViet v4.5"></head><body>'
        '<nav><ul><li><a href="/vi/">Trang nhất</a></li><li><a href="/vi/about/">Giới thiệu</a></li><li><a href="/vi/news/">Tin tức</a></li></ul></nav>'
        f'<div class="container">{content}</div><div class="sidebar"><h4>Thống kê truy cập</h4><ul><li>Đang truy cập: 12</li><li>Hôm nay: 1,204</li></ul></div>'
        "<footer><p>Cơ quan chủ quản: Ủy ban nhân dân huyện. Giấy phép số 12/GP-TTĐT ngày 05/06/2014</p><p>Điện thoại: 0204 3854 123</p></footer></body></html>"
    )


def _nukeviet_article(story: Story) -> Article:
    def make(title: str, lead: str, body: tuple[str, ...]) -> str:
        time = f'<span class="h5">Thứ sáu - {story.published:%d/%m/%Y %H:%M}</span>' if story.time_shown else ""
        hometext = f'<div class="hometext">{lead}</div>' if lead else ""
        return _nukeviet_frame(
            f'<div class="news_column panel"><div class="panel-body"><h1 class="title" itemprop="headline">{escape(title)}</h1>{time}{hometext}'
            f'<div id="news-bodyhtml" class="bodytext">{"".join(body)}</div></div></div>'
            '<div class="news_column"><ul><li><a href="/vi/news/tin/tin-khac-1.html">Tin khác</a> 04/03/2021</li></ul></div>',
            escape(title),
        )

    return make


def _nukeviet_listing(chosen: list[Story]) -> str:
    return _nukeviet_frame("".join(
        f'<div class="news_column"><h3><a href="{nukeviet_path(story)}">{escape(story.title)}</a></h3></div>' for story in chosen
    ))  # fmt: skip


def nukeviet_path(story: Story) -> str:
    return f"/vi/news/tin/{story.url_title[:60]}-{story.entry_id}.html"


# -- software that no family knows --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """A story with a title, lead and body of its own, for the styles, which print stories."""

    story: Story
    title: str
    lead: str
    body: tuple[str, ...]


def _learnt_article(story: Story, others: list[Story], style: Callable[..., str]) -> Article:
    whole = style(story, others)
    printed = str(body_html(story, "http://cong.example.vn"))
    lead_now = str(summary_html(story)) if story.summary else ""
    assert printed in whole

    def make(title: str, lead: str, body: tuple[str, ...]) -> str:
        page = whole.replace(printed, "".join(body)).replace(escape(story.title), escape(title))
        return page.replace(lead_now, lead, 1) if lead_now else page

    return make


def _learnt_frame(story: Story, others: list[Story], style: Callable[..., str]) -> Callable[[str], str]:
    """The page around the article, with something else at the article's place."""
    whole = style(story, others)
    printed = str(body_html(story, "http://cong.example.vn"))
    before, _, after = whole.partition(printed)
    lead = str(summary_html(story)) if story.summary else "\0"

    def make(content: str) -> str:
        return (before.replace(lead, "") + content + after).replace(escape(story.title), "Cổng thông tin điện tử")

    return make


def learnt_path(story: Story) -> str:
    return f"/tin/{story.entry_id}.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One portal: its family, its articles by path, and its home page."""

    family: str
    articles: Mapping[str, Shown]
    home: str


def made(kind: str, count: int) -> Kept:
    """A portal of a kind (`liferay`, `nukeviet`, `flat`, `hashed`) with so many articles."""
    chosen = stories(count)
    path = {"liferay": liferay_path, "nukeviet": nukeviet_path}.get(kind, learnt_path)
    listing = {"liferay": _liferay_listing, "nukeviet": _nukeviet_listing}.get(kind, _learnt_listing)(chosen)
    shown = {}
    for n, story in enumerate(chosen):
        others = [chosen[(n + step) % len(chosen)] for step in (3, 7, 12, 20, 31)]
        framed: Callable[[str], str]
        if kind == "liferay":
            article, framed = _liferay_article(story), frame
        elif kind == "nukeviet":
            article, framed = _nukeviet_article(story), _nukeviet_frame
        else:
            style = {"flat": flat, "hashed": hashed}[kind]
            article, framed = _learnt_article(story, others, style), _learnt_frame(story, others, style)
        lead = str(summary_html(story)) if story.summary else ""
        shown[path(story)] = Shown(
            title=story.title, lead=lead, paragraphs=_paragraphs(kind, story), number=n, article=article,
            frame=framed, listing=listing, host=HOST,
        )  # fmt: skip
    return Kept(family=kind if kind in ("liferay", "nukeviet") else "generic", articles=shown, home=listing)


def _paragraphs(kind: str, story: Story) -> tuple[str, ...]:
    return paragraphs_of(story)


def _learnt_listing(chosen: list[Story]) -> str:
    items = "".join(f'<li><a href="{learnt_path(story)}">{escape(story.title)}</a></li>' for story in chosen)
    return f"<html><head><title>Cổng thông tin</title></head><body><ul>{items}</ul></body></html>"


@dataclass
class Site:
    """What a portal answers now: `bad` holds what is said for a path in place of its page."""

    kept: Kept
    bad: dict[str, bytes] = field(default_factory=dict)
    everywhere: bytes | None = None

    def __call__(self, path: str) -> bytes:
        if path == "/robots.txt":
            return head(b"404 Not Found", b"Content-Length: 0")
        if self.everywhere is not None:
            return self.everywhere
        if path in self.bad:
            return self.bad[path]
        if path == "/":
            return ok(self.kept.home)
        if path in self.kept.articles:
            return ok(self.kept.articles[path].page)
        return head(b"404 Not Found", b"Content-Length: 0")


@contextmanager
def served(kind: str, count: int) -> Iterator[tuple[Portal, Site]]:
    """A portal of a kind over loopback."""
    site = Site(made(kind, count))
    with portal(site) as server:
        yield server, site
