"""Five more portals of unknown software: written before the learner had seen them, and tuned on since."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from styles import ORIGIN, WEEKDAYS, Style

from crawler.sample.markup import body_html, summary_html
from crawler.sample.story import Story, base_stories

MENU = ("Trang chủ", "Giới thiệu", "Bộ máy tổ chức", "Tin hoạt động", "Văn bản", "Công khai ngân sách", "Góp ý")


def li(others: Sequence[Story], name: str = "", *, dated: bool = True) -> str:
    return "".join(
        f'<li class="{name}"><a href="/bai-viet/{other.entry_id}">{escape(other.title)}</a>'
        + (f" <span>({other.published:%d/%m/%Y})</span>" if dated else "") + "</li>"
        for other in others
    )  # fmt: skip


def vnpt(s: Story, others: Sequence[Story]) -> str:
    """A vendor's page: the title in the breadcrumb's box, the lead bold in the text, pictures beside the related news."""
    t = (
        f'<div class="article-meta"><span class="glyphicon"></span> {s.published:%d/%m/%Y %H:%M:%S} <span class="view">Số lượt xem: {s.number * 13 + 2}</span></div>'
        if s.time_shown
        else f'<div class="article-meta"><span class="view">Số lượt xem: {s.number * 13 + 2}</span></div>'
    )
    lead = f"<p><strong>{summary_html(s)}</strong></p>" if s.summary else ""
    rel = "".join(
        f'<div class="media"><img src="/t/{o.entry_id}.jpg" alt=""><div class="media-body"><a href="/bai-viet/{o.entry_id}">{escape(o.title)}</a><br><i>{o.published:%d/%m/%Y}</i></div></div>'
        for o in others
    )
    return f"""<html><head><title>{escape(s.title)} - Cổng TTĐT tỉnh</title></head><body><div id="header"><ul class="menu">{"".join(f"<li><a href='/{i}'>{m}</a></li>" for i, m in enumerate(MENU))}</ul><div class="today">Thứ Ba, 24/11/2026 - {s.number % 24:02d}:{s.number % 60:02d}</div></div>
<div class="container"><div class="col-left"><div class="breadcrumb-box"><a href="/">Trang chủ</a> » <a href="/x">{s.section.name}</a><h1 class="detail-heading">{escape(s.title)}</h1></div>{t}
<div class="share"><a>Facebook</a><a>Zalo</a><a>Email</a></div><div class="detail-body">{lead}{body_html(s, ORIGIN)}</div><div class="tags">Từ khóa: <a href="/t/a">{s.section.name}</a>, <a href="/t/b">xã</a></div>
<div class="related"><h3>Tin liên quan</h3>{rel}</div><form class="cmt"><h3>Gửi bình luận</h3><label>Họ tên</label><input><label>Nội dung</label><textarea></textarea></form></div>
<div class="col-right"><h3>Tin mới nhất</h3><ul>{li(base_stories()[-5:])}</ul></div></div><div id="footer"><p>Giấy phép số 12/GP-STTTT cấp ngày 01/02/2019</p><p>Số người truy cập: {s.entry_id % 777777}</p></div></body></html>"""


def oldphp(s: Story, others: Sequence[Story]) -> str:
    """A page of nested tables without an id or class; the date stands in the title's cell."""
    d = f' <font size="1" color="#999999">({s.published:%d/%m/%Y})</font>' if s.time_shown else ""
    lead = f"<tr><td><b>{summary_html(s)}</b></td></tr>" if s.summary else ""
    return f"""<html><head><title>Trang thong tin dien tu</title></head><body bgcolor="#fff"><table border=0 width=900><tr><td colspan=3><img src="/b.gif"></td></tr><tr>{"".join(f"<td><a href='/index.php?m={i}'><font face=Arial>{m}</font></a></td>" for i, m in enumerate(MENU))}</tr></table>
<table border=0 width=900><tr><td width=180 valign=top><table><tr><td><font color=red><b>DANH MỤC</b></font></td></tr>{"".join(f"<tr><td><a href='/index.php?c={i}'>{m}</a></td></tr>" for i, m in enumerate(MENU))}</table></td>
<td valign=top><table width="100%"><tr><td><font size=4 color=blue>{escape(s.title)}</font>{d}</td></tr>{lead}<tr><td><font face=Arial size=2>{body_html(s, ORIGIN)}</font></td></tr><tr><td align=right><a href="#">[ Về đầu trang ]</a> <a href="#">[ In bài này ]</a></td></tr>
<tr><td><b>Các tin khác:</b></td></tr>{"".join(f"<tr><td>- <a href='/index.php?id={o.entry_id}'>{escape(o.title)}</a> ({o.published:%d/%m/%Y})</td></tr>" for o in others)}</table></td>
<td width=150 valign=top><b>Thời tiết</b><br>Cao Lãnh: {25 + s.number % 9} độ<br><b>Tỷ giá</b><br>USD: {22000 + s.number}</td></tr></table><center><font size=1>Bản quyền thuộc về UBND huyện. Điện thoại: 0277.385.1000</font></center></body></html>"""


def boot(s: Story, others: Sequence[Story]) -> str:
    """A Bootstrap theme with its menu twice, changing lists beside the article and a licence's date."""
    hot = [base_stories()[(s.number // 20 + k) % 60] for k in (1, 2, 3, 4)]
    t = (
        f'<span class="time"><i class="fa fa-clock-o"></i> {WEEKDAYS[s.published.weekday()]}, {s.published:%d/%m/%Y, %H:%M} GMT+7</span>'
        if s.time_shown
        else ""
    )
    m = "".join(f'<li class="nav-item"><a class="nav-link" href="/{i}">{x}</a></li>' for i, x in enumerate(MENU))
    return f'''<!doctype html><html><head><title>{escape(s.title)}</title><meta property="og:title" content="{escape(s.title)}"></head><body class="home-{s.number}"><nav class="navbar d-none d-lg-block"><ul>{m}</ul></nav><nav class="navbar mobile"><ul>{m}</ul></nav>
<div class="container"><div class="row"><div class="col-lg-8"><article class="post-detail"><h1 class="post-title">{escape(s.title)}</h1><div class="post-info">{t}<span class="cat">{s.section.name}</span></div>{f'<h2 class="post-sapo">{summary_html(s)}</h2>' if s.summary else ""}
<div class="post-content">{body_html(s, ORIGIN)}</div><div class="post-tools"><button>Thích</button><button>In</button></div></article><section class="others"><h3>Xem thêm</h3><ul>{li(others, "it", dated=False)}</ul></section></div>
<aside class="col-lg-4"><div class="box"><h4>Tin mới nhất</h4><ul>{li(hot)}</ul></div><div class="box"><h4>Xem nhiều</h4><ul>{li(base_stories()[10:15], dated=False)}</ul></div><div class="weather">Nhiệt độ {20 + s.number % 12}°C, độ ẩm {60 + s.number % 30}%</div></aside></div></div>
<footer><p>© 2024 Sở Thông tin và Truyền thông</p><p>Giấy phép số 45/GP-TTĐT do Sở cấp ngày 12/8/2023</p></footer></body></html>'''


def selflink(s: Story, others: Sequence[Story]) -> str:
    """A page whose title links to itself, with a box of another article within the text."""
    first, _, rest = str(body_html(s, ORIGIN)).partition("</p>")
    box = f'<div class="inline-more"><b>Xem thêm:</b> <a href="/bai/{others[0].entry_id}">{escape(others[0].title)}</a></div>'
    body = f"{first}</p>{box}{rest}" if rest.count("</p>") > 2 else f"{first}</p>{rest}"
    t = f'<time datetime="{s.published.isoformat()}">{s.published:%H:%M %d/%m/%Y}</time>' if s.time_shown else ""
    return f"""<html><head><title>Tin tức - Cổng</title></head><body><header><a href="/">CỔNG THÔNG TIN ĐIỆN TỬ</a><ul>{"".join(f"<li><a href='/{i}'>{x}</a></li>" for i, x in enumerate(MENU))}</ul></header><main><article><span class="label-cat">{s.section.name}</span>
<h2 class="headline"><a href="/bai/{s.entry_id}">{escape(s.title)}</a></h2>{t}{f'<div class="lead-text">{summary_html(s)}</div>' if s.summary else ""}<div class="txt">{body}</div></article>
<section class="newsletter"><h3>Đăng ký nhận tin</h3><p>Nhập email để nhận bản tin hằng tuần</p></section><section class="more"><h3>Bài cùng chuyên mục</h3>{"".join(f"<h4><a href='/bai/{o.entry_id}'>{escape(o.title)}</a></h4>" for o in others)}</section></main><footer>Ghi rõ nguồn khi sử dụng lại thông tin</footer></body></html>"""


def idcms(s: Story, others: Sequence[Story]) -> str:
    """A page whose ids carry the article's number, with visitors' comments and a poll."""
    names = ["Nguyễn Văn A", "Trần Thị B", "Lê C"]
    cm = "".join(
        f'<div class="comment" id="c{s.entry_id}{k}"><b>{names[k]}</b><span>{10 + k}/0{1 + k}/2026 0{k}:1{k}</span><p>Ý kiến số {s.number} về bài viết này, mong các cấp quan tâm hơn đến người dân ấp {k}.</p></div>'
        for k in range(s.number % 4)
    )
    t = f'<div class="news-date">Ngày đăng: {s.published:%d-%m-%Y}</div>' if s.time_shown else ""
    return f"""<html><head><title>Chi tiết tin</title></head><body class="page-node-{s.entry_id}"><div id="top">{"".join(f"<a href='/{i}'>{x}</a> | " for i, x in enumerate(MENU))}</div><div id="main"><div id="news-{s.entry_id}" class="news-item-{s.entry_id} news-detail"><div class="news-title" id="title-{s.entry_id}">{escape(s.title)}</div>{t}
{f'<div class="news-brief">{summary_html(s)}</div>' if s.summary else ""}<div id="news-{s.entry_id}-content">{body_html(s, ORIGIN)}</div></div><div id="comments-{s.entry_id}"><h3>Ý kiến bạn đọc ({s.number % 4})</h3>{cm}</div><div class="poll"><b>Bạn đánh giá thế nào về trang?</b><p>Rất tốt</p><p>Bình thường</p></div>
<div class="other"><b>Tin đã đưa</b><ul>{li(others)}</ul></div></div><div id="bot">Trưởng ban: Ông Trần Văn Sáu - Phó Chủ tịch. Lượt truy cập: {s.entry_id}</div></body></html>"""


STYLES: dict[str, Style] = {"vnpt": vnpt, "oldphp": oldphp, "boot": boot, "selflink": selflink, "idcms": idcms}
