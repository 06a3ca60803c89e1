"""Three portals of software that no family knows, each with its own template, around the sample's articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from crawler.sample.markup import body_html, summary_html
from crawler.sample.story import Story, base_stories

ORIGIN = "http://cong.example.vn"
MENU = ("Trang chủ", "Giới thiệu", "Tin tức - Sự kiện", "Văn bản chỉ đạo", "Thủ tục hành chính", "Hỏi đáp", "Liên hệ")
WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")

Style = Callable[[Story, Sequence[Story]], str]


def _byline(story: Story) -> str:
    return "".join(f'<p style="text-align:right"><strong>{escape(line)}</strong></p>' for line in story.closing)


def _others(stories: Sequence[Story]) -> list[tuple[str, str, str]]:
    return [(f"/tin/{each.entry_id}.html", escape(each.title), f"{each.published:%d/%m/%Y}") for each in stories]


def tables(story: Story, others: Sequence[Story]) -> str:
    """An ASP.NET page of about 2008: layout tables, control ids, hardly a class."""
    menu = "".join(f'<td><a href="/m{n}.aspx">{name}</a></td>' for n, name in enumerate(MENU))
    rows = "".join(
        f'<tr><td><img src="/i/b.gif"></td><td><a href="{url}">{title}</a> <font color="gray">({day})</font></td></tr>'
        for url, title, day in _others(others)
    )
    time = (
        f'<span id="ctl00_Main_lblNgay">Cập nhật: {story.published:%d/%m/%Y %H:%M}</span>' if story.time_shown else ""
    )
    lead = (
        f'<tr><td><span id="ctl00_Main_lblTomTat" style="font-weight:bold">{summary_html(story)}</span></td></tr>'
        if story.summary
        else ""
    )
    return f"""<html><head><title>CỔNG THÔNG TIN ĐIỆN TỬ HUYỆN AN PHÚ</title></head><body>
<form id="aspnetForm" action="ChiTiet.aspx"><input type="hidden" name="__VIEWSTATE" value="/wEPDwUKM">
<table width="1000" align="center"><tr><td colspan="2"><img src="/i/banner.jpg" alt="Banner"></td></tr>
<tr><td colspan="2"><table><tr>{menu}</tr></table></td></tr>
<tr><td colspan="2">Hôm nay, {WEEKDAYS[2]}, ngày 24/11/2026</td></tr>
<tr><td width="220" valign="top"><table><tr><td><b>LIÊN KẾT WEBSITE</b></td></tr>
<tr><td><a href="http://chinhphu.vn">Chính phủ</a></td></tr><tr><td>Lượt truy cập: {story.entry_id % 99991}</td></tr>
<tr><td>Đang trực tuyến: {story.entry_id % 13}</td></tr></table></td>
<td valign="top"><table width="100%"><tr><td><a href="/">Trang chủ</a> &gt;&gt; <a href="/s.aspx">{story.section.name}</a></td></tr>
<tr><td><span id="ctl00_Main_lblTieuDe"><b>{escape(story.title)}</b></span></td></tr><tr><td>{time}</td></tr>{lead}
<tr><td><div id="ctl00_Main_divNoiDung">{body_html(story, ORIGIN)}</div></td></tr>
<tr><td align="right"><a href="javascript:window.print()">In trang</a> | <a href="/gui.aspx">Gửi cho bạn bè</a></td></tr>
<tr><td><b>Các bài viết khác</b></td></tr><tr><td><table>{rows}</table></td></tr></table></td></tr>
<tr><td colspan="2">Bản quyền thuộc UBND huyện An Phú. Giấy phép số 52/GP-TTĐT ngày 12/08/2014.<br>Trưởng ban biên tập:
Ông Nguyễn Văn Bình. Điện thoại: 0296.3827.123</td></tr></table></form></body></html>"""


def hashed(story: Story, others: Sequence[Story]) -> str:
    """A page of about 2022 whose classes say nothing; title and description are the site's on every page."""
    menu = "".join(f'<li class="k3a"><a href="/{n}">{name}</a></li>' for n, name in enumerate(MENU))
    cards = "".join(
        f'<div class="q1z"><a href="{url}"><span>{title}</span></a><small>{day}</small></div>'
        for url, title, day in _others(others)
    )
    time = (
        f'<div class="u8m"><i></i> {story.published:%H:%M} | {story.published:%d/%m/%Y}</div>'
        if story.time_shown
        else ""
    )
    lead = f'<div class="p7d">{summary_html(story)}</div>' if story.summary else ""
    return f"""<!doctype html><html lang="vi"><head><title>Trang thông tin điện tử xã Tân Hội</title>
<meta property="og:title" content="Trang thông tin điện tử xã Tân Hội"></head><body><div id="app"><header class="a1b"><div class="c2">
<ul class="k3">{menu}</ul></div></header><main class="m0"><div class="w9"><div class="n4"><h3 class="t5x">{escape(story.title)}</h3>
{time}<div class="s6"><button>Chia sẻ</button><span>Cỡ chữ</span><span>A-</span><span>A+</span></div>{lead}
<div class="v2k">{body_html(story, ORIGIN)}</div>
<div class="x8"><span>Lượt xem: {story.number * 37 + 5}</span><span>Bình luận: 0</span></div></div>
<div class="r3"><div class="h1a">Có thể bạn quan tâm</div>{cards}</div></div>
<aside class="z5"><div class="h1a">Thông báo mới</div><p>Lịch tiếp công dân tháng {story.published:%m} của Chủ tịch UBND xã</p>
<p>Số điện thoại đường dây nóng: 0277 3851 431</p></aside></main>
<footer class="f1"><p>Cơ quan chủ quản: Ủy ban nhân dân xã Tân Hội</p><p>Ghi rõ nguồn khi phát hành lại thông tin</p></footer>
</div></body></html>"""


def flat(story: Story, others: Sequence[Story]) -> str:
    """A page whose article has no element of its own: heading, time, text and other news are neighbours."""
    menu = "".join(f'<a class="mn" href="/{n}">{name}</a>' for n, name in enumerate(MENU))
    items = "".join(f'<li><a href="{url}">{title}</a> ({day})</li>' for url, title, day in _others(others))
    time = (
        f'<p class="ngaydang">{WEEKDAYS[story.published.weekday()]}, ngày {story.published:%d/%m/%Y} {story.published:%H:%M}</p>'
        if story.time_shown
        else ""
    )
    lead = f'<p class="tt"><b>{summary_html(story)}</b></p>' if story.summary else ""
    return f"""<html><head><title>{escape(story.title)} | Sở Nông nghiệp</title></head><body><div class="top">{menu}</div>
<div class="clock">Thứ 3, 24/11/2026, 10:15</div><div class="left"><h4>Thống kê</h4><p>Tổng truy cập: {story.entry_id}</p></div>
<div class="center"><div class="bc"><a href="/">Trang chủ</a> / <a href="/s">{story.section.name}</a></div>
<h2>{escape(story.title)}</h2>{time}{lead}{body_html(story, ORIGIN)}
<p class="tools"><a href="#">Quay lại</a> <a href="#">In bài</a></p><p><b>Tin cùng chuyên mục:</b></p><ul class="ds">{items}</ul></div>
<div class="bottom">© Sở Nông nghiệp và Môi trường (tự động cập nhật vào lúc 12:00:00 02/08/2024)</div></body></html>"""


STYLES: dict[str, Style] = {"tables": tables, "hashed": hashed, "flat": flat}


def site(style: Style, count: int = 60) -> list[tuple[str, str, Story]]:
    """Address, markup and source of each article of a portal in a style."""
    stories = base_stories()[:count]
    return [
        (
            f"{ORIGIN}/tin/{story.entry_id}.html",
            style(story, [stories[(n + step) % len(stories)] for step in (3, 7, 12, 20, 31)]),
            story,
        )
        for n, story in enumerate(stories)
    ]
