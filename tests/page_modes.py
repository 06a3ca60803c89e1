"""What a page may do when it is asked for again: 29 ways to go bad, each in two wordings, and honest edits.

The first wording of each way is what the verdicts were tuned on. The second was written before that, after other
vendors' pages, and is reported apart.
"""

# ruff: noqa: E501  # markup and sentences stay on the lines that they have

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from html import escape, unescape

from wire import head, sized

UTF8 = b"Content-Type: text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An article as its portal shows it, and the means to show something else in its place."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]
    """The body's markup."""
    number: int
    article: Callable[[str, str, tuple[str, ...]], str]
    """The article's page with a title, a lead and paragraphs."""
    frame: Callable[[str], str]
    """The portal's page around some content."""
    listing: str
    """The home page."""
    host: str

    @property
    def page(self) -> str:
        """The page as it should be."""
        return self.article(self.title, self.lead, self.paragraphs)


class Right(StrEnum):
    """What is right to make of a page."""

    SAME = "unchanged"
    SUSPECT = "suspect"
    GONE = "gone"
    CHANGED = "changed"
    NOT_ACCEPTED = "unchanged, suspect, failed or asked again: anything but a version"


Make = Callable[[Shown], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way for a page to go bad."""

    name: str
    right: Right
    make: Make
    issue: str | None = None
    """The kind of issue that must be raised."""


def ok(page: str | bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    body = page if isinstance(page, bytes) else page.encode()
    return head(status, UTF8, *headers, sized(body)) + body


def fixed(page: str, status: bytes = b"200 OK") -> Make:
    return lambda shown: ok(page.replace("{host}", shown.host).replace("{n}", str(shown.number)), status=status)


def framed(content: str, status: bytes = b"200 OK") -> Make:
    return lambda shown: ok(shown.frame(content.replace("{n}", str(shown.number))), status=status)


def moved(place: str, status: bytes = b"302 Found") -> Make:
    return lambda shown: head(
        status, b"Location: " + place.replace("{n}", str(shown.number)).encode(), b"Content-Length: 0"
    )


# -- the two wordings ---------------------------------------------------------------------------------------------

MAINTENANCE = (
    '<html><head><title>Bảo trì hệ thống</title></head><body><center><img src="/bt.png"><h1>Hệ thống đang bảo trì</h1><p>Cổng thông tin điện tử đang được bảo trì, nâng cấp. Xin quý vị vui lòng quay lại sau. Trân trọng cảm ơn!</p></center></body></html>',
    '<!DOCTYPE html><html lang="en"><head><title>We&rsquo;ll be back soon!</title><style>body{font:20px Helvetica}</style></head><body><article><h1>We&rsquo;ll be back soon!</h1><div><p>Sorry for the inconvenience but we&rsquo;re performing some upgrades at the moment. If you need to you can always contact us, otherwise we&rsquo;ll be back online shortly!</p><p>&mdash; The Team</p></div></article></body></html>',
)
DATABASE = (
    "<html><body><h1>Error establishing a database connection</h1></body></html>",
    "<html><head><title>Runtime Error</title></head><body><span><h1>Server Error in '/' Application.<hr></h1><h2><i>A network-related or instance-specific error occurred while establishing a connection to SQL Server. The server was not found or was not accessible.</i></h2></span><font face=\"Arial\"><b>Description: </b>An unhandled exception occurred during the execution of the current web request.<br><b>Exception Details: </b>System.Data.SqlClient.SqlException: Login failed<br><code><pre>[SqlException (0x80131904)]</pre></code></font></body></html>",
)
WAF = (
    "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 1234567{n}<br><br><a href='javascript:history.back();'>[Go Back]</a></body></html>",
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Truy cập bị từ chối</title></head><body><div class="box"><h2>Yêu cầu của bạn đã bị chặn</h2><p>Hệ thống tường lửa phát hiện truy cập bất thường từ địa chỉ IP 10.2.3.{n}. Nếu bạn cho rằng đây là nhầm lẫn, hãy gửi mã sự cố a8f{n} cho quản trị viên.</p></div></body></html>',
)
CHALLENGE = (
    '<html><body><script type="text/javascript" src="/aes.min.js" ></script><script>function toNumbers(d){var e=[];d.replace(/(..)/g,function(d){e.push(parseInt(d,16))});return e}function toHex(){for(var d=[],d=1==arguments.length&&arguments[0].constructor==Array?arguments[0]:arguments,e="",f=0;f<d.length;f++)e+=(16>d[f]?"0":"")+d[f].toString(16);return e.toLowerCase()}var a=toNumbers("e9df592a0909bfa5fcff1ce7958e598b"),b=toNumbers("5d10aa76f4aed1bdf3dbb302e8863d52"),c=toNumbers("{n}");document.cookie="D1N="+toHex(slowAES.decrypt(c,2,a,b))+"; expires=Thu, 31-Dec-37 23:55:55 GMT; path=/";location.href="{host}/x?attempt=1";</script></body></html>',
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta http-equiv="refresh" content="390"></head><body class="no-js"><div class="main-wrapper" role="main"><div class="main-content"><noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></div></noscript></div></div><script>(function(){window._cf_chl_opt={cvId:"3",cZone:"portal"};var a=document.createElement("script");a.src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray={n}";document.getElementsByTagName("head")[0].appendChild(a);}());</script></body></html>',
)
BLANK = ("<html><head><title></title></head><body>\n\n</body></html>", "\n \n<!-- -->\n")
LOGIN = (
    '<div class="portlet-login"><h2>Đăng nhập</h2><form action="/login" method="post"><label>Tên đăng nhập</label><input type="text" name="user"><label>Mật khẩu</label><input type="password" name="pass"><button>Đăng nhập</button><a href="/quen-mat-khau">Quên mật khẩu?</a></form></div>',
    '<section class="signin"><p>Bạn cần xác thực tài khoản để xem nội dung này</p><form id="fm1" action="/cas/login?service=x{n}" method="post"><input name="username" placeholder="Username"><input name="password" type="password" placeholder="Password"><input type="hidden" name="lt" value="LT-{n}"><input type="submit" value="LOGIN"></form></section>',
)
DEFACED = (
    '<html><head><title>Hacked By Dr.Xploit</title></head><body bgcolor="black"><center><font color="red" size="7">HACKED BY Dr.Xploit</font><br><font color="white">Your security is low! Greetz to: all my friends - we are Legion</font></center></body></html>',
    '<html><head><title>-=[ 0wned ]=-</title><link href="https://fonts.example/css?family=Iceland" rel="stylesheet"></head><body style="background:#000;color:#0f0;text-align:center"><img src="https://i.imgur.example/skull.png"><h1>T1nY g4nG w4s h3r3</h1><h3>Sorry admin, your website has been pwned. Patch it!</h3><marquee>./anon_vn - Clown Hacktivism - 1337crew</marquee><audio autoplay src="/m.mp3"></audio></body></html>',
)
PARKED = (
    '<html><head><title>{host}</title><script src="//d1lxhc4jvstzrp.cloudfront.example/themes/registrar/791/script.js"></script></head><body><div id="main"><h1>This domain is for sale</h1><p>The domain may be for sale by its owner. Buy this domain.</p><h2>Related Searches</h2><ul><li><a href="//parking.example/a">Web Hosting</a></li><li><a href="//parking.example/b">Car Insurance</a></li><li><a href="//parking.example/c">Online Degrees</a></li></ul></div></body></html>',
    '<html><head><meta charset="utf-8"><title>Tên miền đã hết hạn sử dụng</title></head><body><div class="wrap"><h1>Thông báo</h1><p>Tên miền này đã hết hạn đăng ký và đang bị tạm ngưng. Chủ thể tên miền vui lòng liên hệ nhà đăng ký để gia hạn dịch vụ.</p><p>Hotline: 1900 1234</p></div></body></html>',
)
TAKEN = (
    '<!DOCTYPE html><html lang="vi"><head><title>KUBET - Nhà cái uy tín số 1 Việt Nam 2026</title><meta name="description" content="Đăng ký KUBET nhận 100K"></head><body><header><a href="/">KUBET</a><a href="/the-thao">Thể thao</a><a href="/casino">Casino</a></header><article><h1>KUBET - Nhà cái uy tín số 1 Việt Nam 2026</h1><div class="entry-content"><p>KUBET là nhà cái cá cược trực tuyến hàng đầu châu Á với kho game nổ hũ, bắn cá, xóc đĩa, tài xỉu và casino trực tuyến đa dạng.</p><p>Đăng ký thành viên mới hôm nay để nhận ngay khuyến mãi 100K, nạp rút siêu tốc trong 3 phút, hoàn trả 1,5% mỗi ngày. Tỷ lệ kèo bóng đá hấp dẫn, soi kèo miễn phí.</p><p>Link vào KUBET mới nhất không bị chặn được cập nhật liên tục tại đây.</p></div></article></body></html>',
    '<!DOCTYPE html><html lang="ja"><head><title>人気スニーカー通販 | 激安セール</title></head><body><div id="content" class="main-content"><h1>人気スニーカー通販 | 激安セール</h1><div class="entry-content"><p>全品送料無料！最新モデルのスニーカーを驚きの価格でお届けします。期間限定セール開催中、在庫限りの大特価です。</p><p>正規品保証、返品交換無料。会員登録で5%オフクーポンをプレゼント。人気ブランドを多数取り揃えております。今すぐチェックして、お得にお買い物を楽しんでください。新作も続々入荷中です。</p></div><ul><li><a href="/p/1">ナイキ</a></li><li><a href="/p/2">アディダス</a></li></ul></div></body></html>',
)
SPA = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"/><title>Cổng thông tin điện tử</title><script defer="defer" src="/static/js/main.5b1d2c.js"></script></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>',
    '<!doctype html><html><head><base href="/"><title>Trang thông tin</title></head><body><app-root><div class="spinner"><span>Đang tải dữ liệu...</span></div></app-root><script src="runtime.{n}.js" type="module"></script><script src="polyfills.js" type="module"></script><script src="main.js" type="module"></script></body></html>',
)
SOFT_404 = (
    '<div class="alert alert-danger"><h3>Không tìm thấy</h3><p>Bài viết không tồn tại hoặc đã bị xóa.</p></div>',
    '<div class="portlet-msg-error">The requested resource could not be found.</div><p>Rất tiếc, nội dung quý vị yêu cầu hiện không còn trên hệ thống. Mời quý vị trở về trang chủ hoặc dùng chức năng tìm kiếm.</p>',
)
_BET_LINKS = (
    '<a href="https://kubet.example/">kubet</a> <a href="https://789bet.example/">nhà cái 789bet</a> <a href="https://nohu.example/">nổ hũ đổi thưởng</a>',
    '<a href="https://gacor.example/slot">situs slot gacor maxwin</a>, <a href="https://shb.example/">SHBET</a>, <a href="https://xoso.example/">soi cầu lô đề</a>, <a href="https://go99.example/">tải game bài go99</a>',
)
HIDDEN = (
    f'<div style="position:absolute;left:-9999px;top:-9999px">{_BET_LINKS[0]}</div>',
    f'<style>.wp_xq7{{height:1px;width:1px;overflow:hidden;position:fixed;text-indent:-5000px}}</style><span class="wp_xq7">Xem bóng đá trực tuyến tại {_BET_LINKS[1]}</span>',
)
HIDDEN_MORE = (
    f'<p style="font-size:0;line-height:0">{_BET_LINKS[0]}</p><noscript>{_BET_LINKS[0]}</noscript>',
    f'<font style="color:#fefefe" size="1">{_BET_LINKS[1]}</font><div id="hideMeya">{_BET_LINKS[1]}</div><script>document.getElementById("hideMeya").style.display="none";</script>',
)
VISIBLE = (
    f"<p>Tham khảo: {_BET_LINKS[0]}</p>",
    '<div class="textwidget"><p><strong>TOP 10 trang cá độ bóng đá uy tín nhất:</strong></p><ul><li><a href="https://fun8.example/?ref=gov">FUN88 tặng 888k cho hội viên mới</a></li><li><a href="https://new8.example/">NEW88 – nạp đầu x2, rút tiền trong 5 phút</a></li><li><a href="https://bj.example/">BJ88 đá gà Thomo trực tiếp</a></li></ul></div>',
)


# -- what is done to the article's own page -----------------------------------------------------------------------


def _text(markup: str) -> str:
    return re.sub(r"<[^>]+>", " ", markup)


def lost(text: str) -> str:
    """Vietnamese letters as an editor's or database's wrong charset leaves them: question marks."""
    return "".join("?" if ord(letter) > 255 else letter for letter in text)


def bare(text: str) -> str:
    """Vietnamese without any marks."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def mojibake(text: str, charset: str = "cp1252") -> str:
    """UTF-8 that was taken for a Western charset."""
    return text.encode().decode(charset, "ignore" if charset == "cp1252" else "strict")


def with_text(change: Callable[[str], str]) -> Make:
    def make(shown: Shown) -> bytes:
        def markup(each: str) -> str:
            return re.sub(r"(?<=>)[^<]+(?=<)", lambda found: escape(change(unescape(found[0]))), f">{each}<")[1:-1]

        paragraphs = tuple(markup(each) for each in shown.paragraphs)
        return ok(shown.article(change(shown.title), change(shown.lead), paragraphs))

    return make


def with_paragraphs(change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Make:
    return lambda shown: ok(shown.article(shown.title, shown.lead, change(shown.paragraphs)))


def half(shown: Shown) -> bytes:
    most = max(1, len(shown.paragraphs) // 2)
    kept = (
        shown.paragraphs[:most]
        if len(shown.paragraphs) > 1
        else (shown.paragraphs[0][: len(shown.paragraphs[0]) // 2],)
    )
    return ok(shown.article(shown.title, shown.lead, kept))


def last_half(shown: Shown) -> bytes:
    most = max(1, len(shown.paragraphs) // 2)
    return ok(shown.article(shown.title, shown.lead, shown.paragraphs[-most:]))


def redesigned(shown: Shown) -> bytes:
    """Clean, modern markup: it says for machines what it is."""
    body = "".join(shown.paragraphs)
    lead = f'<p class="sapo">{shown.lead}</p>' if shown.lead else ""
    return ok(
        f'<!doctype html><html lang="vi"><head><title>{escape(shown.title)}</title><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{escape(shown.title)}"></head><body><header><a href="/">Trang chủ</a><a href="/tin">Tin</a></header><main>'
        f'<article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{escape(shown.title)}</h1>{lead}'
        f'<div class="article-body" itemprop="articleBody">{body}</div></article></main><footer>Bản quyền của Cổng thông tin</footer></body></html>'
    )


def redesigned_plainly(shown: Shown) -> bytes:
    """Another theme: classes that say little, a sidebar, other news below."""
    body = "".join(shown.paragraphs)
    news = "".join(
        f'<li><a href="/n/{n}.html">Tin khác số {n} của địa phương trong tuần này</a></li>' for n in range(6)
    )
    return ok(
        f'<!doctype html><html lang="vi"><head><title>{escape(shown.title)} - Cổng mới</title></head><body><div class="wp1"><ul><li><a href="/">Trang nhất</a></li></ul></div>'
        f'<div class="wp2"><div class="col-8"><h1>{escape(shown.title)}</h1><div class="meta"><span>Ban biên tập</span></div><p><b>{shown.lead}</b></p><div class="noi-dung">{body}</div>'
        f'<div class="related"><h4>Tin khác</h4><ul>{news}</ul></div></div><div class="col-4"><h4>Đọc nhiều</h4><ul>{news}</ul></div></div></body></html>'
    )


def unreadable(shown: Shown) -> bytes:
    """The text comes by script."""
    return ok(
        shown.frame(
            f'<div class="vue-article" data-id="{shown.number}"><div class="skeleton"></div><div class="skeleton"></div></div><script src="/assets/app.js"></script>'
        )
    )


def as_pictures(shown: Shown) -> bytes:
    """The article as a scanned picture, under a heading that is the portal's name."""
    return ok(
        shown.frame(
            f'<h1>Cổng thông tin điện tử</h1><div class="viewer"><img src="/scan/{shown.number}-1.png" alt=""><img src="/scan/{shown.number}-2.png" alt=""></div>'
        )
    )


def cut_in_half(shown: Shown) -> bytes:
    """A whole answer that holds a page which stops in the middle of the text."""
    body = shown.page.encode()
    start = body.index(shown.paragraphs[0].encode()[:40])
    end = body.index(shown.paragraphs[-1].encode()[-30:])
    return ok(body[: start + (end - start) // 2])


def cut_early(shown: Shown) -> bytes:
    body = shown.page.encode()
    start = body.index(shown.paragraphs[0].encode()[:40])
    return ok(body[: start + 60])


def reset(shown: Shown) -> bytes:
    """Fewer bytes than were promised, and the connection ends."""
    body = shown.page.encode()
    return head(b"200 OK", UTF8, b"Connection: close", sized(body)) + body[: len(body) * 2 // 3]


def bad_gzip(shown: Shown) -> bytes:
    import gzip

    body = bytearray(gzip.compress(shown.page.encode(), mtime=0))
    body[-8] ^= 0xFF
    return head(b"200 OK", UTF8, b"Content-Encoding: gzip", sized(bytes(body))) + bytes(body)


def busy(status: bytes) -> Make:
    return lambda shown: head(status, b"Retry-After: 7200", b"Content-Length: 0")


def _pairs() -> list[tuple[str, Right, Make, Make, str | None]]:
    s, same, gone, no = Right.SUSPECT, Right.SAME, Right.GONE, Right.NOT_ACCEPTED
    return [
        ("maintenance", s, fixed(MAINTENANCE[0]), fixed(MAINTENANCE[1]), None),
        ("maintenance in the portal's frame", s, framed("<h2>Thông báo</h2><p>Hệ thống đang được nâng cấp, vui lòng truy cập lại sau ít phút.</p>"), framed("<div class='msg'><h1>Tạm ngừng phục vụ</h1><p>Chúng tôi đang tiến hành bảo dưỡng máy chủ định kỳ. Mong quý bạn đọc thông cảm và trở lại sau.</p></div>"), None),
        ("database error", s, fixed(DATABASE[0]), fixed(DATABASE[1]), None),
        ("WAF", s, fixed(WAF[0]), fixed(WAF[1]), None),
        ("challenge", s, fixed(CHALLENGE[0]), fixed(CHALLENGE[1]), None),
        ("empty", s, fixed(""), fixed("\ufeff"), None),
        ("blank", s, fixed(BLANK[0]), fixed(BLANK[1]), None),
        ("blank in the portal's frame", s, framed("<div></div>"), framed("<div class='asset-content'>&nbsp;</div><p></p>"), None),
        ("login", s, framed(LOGIN[0]), framed(LOGIN[1]), None),
        ("redirect to login", s, moved("/c/portal/login?p_l_id=10{n}"), moved("/Account/SignIn?ReturnUrl=%2fa%2f{n}"), None),
        ("defaced", s, fixed(DEFACED[0]), fixed(DEFACED[1]), None),
        ("parked", s, fixed(PARKED[0]), fixed(PARKED[1]), None),
        ("taken over", s, fixed(TAKEN[0]), fixed(TAKEN[1]), None),
        ("single-page app", s, fixed(SPA[0]), fixed(SPA[1]), None),
        ("lost diacritics", s, with_text(lost), with_text(bare), None),
        ("mojibake", s, with_text(mojibake), with_text(lambda text: mojibake(text, "latin-1")), None),
        ("title only", s, lambda shown: ok(shown.article(shown.title, "", ())), lambda shown: ok(shown.article(shown.title, "", ("<p>Nội dung đang được cập nhật</p>",))), None),
        ("redesigned, readable", no, redesigned, redesigned_plainly, None),
        ("redesigned, unreadable", s, unreadable, as_pictures, None),
        ("hidden links", same, with_paragraphs(lambda all_: (*all_[:1], HIDDEN[0], *all_[1:])), with_paragraphs(lambda all_: (*all_, HIDDEN[1])), "hacked"),
        ("more hidden links", same, with_paragraphs(lambda all_: (*all_, HIDDEN_MORE[0])), with_paragraphs(lambda all_: (*all_[:1], HIDDEN_MORE[1], *all_[1:])), "hacked"),
        ("visible gambling links", same, with_paragraphs(lambda all_: (*all_, VISIBLE[0])), with_paragraphs(lambda all_: (*all_[:1], VISIBLE[1], *all_[1:])), "hacked"),
        ("half a body", Right.CHANGED, half, last_half, "doubt"),
        ("soft 404", gone, framed(SOFT_404[0]), framed(SOFT_404[1]), None),
        ("redirect to home", gone, moved("/"), moved("/trang-chu", b"301 Moved Permanently"), None),
        ("404 or 410", gone, framed("<h1>404</h1>", b"404 Not Found"), lambda _: head(b"410 Gone", b"Content-Length: 0"), None),
        ("503 or 429", no, busy(b"503 Service Unavailable"), busy(b"429 Too Many Requests"), None),
        ("page cut short", s, cut_in_half, cut_early, None),
        ("answer cut short or damaged", no, reset, bad_gzip, None),
    ]  # fmt: skip


TUNED = tuple(Mode(name=name, right=right, make=make, issue=issue) for name, right, make, _, issue in _pairs())
APART = tuple(Mode(name=name, right=right, make=make, issue=issue) for name, right, _, make, issue in _pairs())


# -- honest edits -------------------------------------------------------------------------------------------------


def _edit(change: Callable[[Shown], tuple[str, str, tuple[str, ...]]]) -> Make:
    return lambda shown: ok(shown.article(*change(shown)))


def _typo(shown: Shown) -> tuple[str, str, tuple[str, ...]]:
    whole = "\f".join(shown.paragraphs)
    changed = re.sub(
        r">([^<>]{2,}?)<", lambda found: f">{found[1]}n<" if found[1].strip() else found[0], whole, count=3
    )
    return shown.title, shown.lead, tuple(changed.split("\f"))


EDITS: dict[str, Make] = {
    "a typo": _edit(_typo),
    "a word of the title": _edit(lambda shown: (shown.title + " (sửa đổi)", shown.lead, shown.paragraphs)),
    "a sentence more": _edit(
        lambda shown: (
            shown.title,
            shown.lead,
            (
                *shown.paragraphs,
                f"<p>Cùng ngày, đoàn công tác đã đến thăm {shown.number + 3} hộ gia đình chính sách trên địa bàn.</p>",
            ),
        )
    ),
    "a paragraph less": _edit(
        lambda shown: (
            shown.title,
            shown.lead,
            shown.paragraphs[:-1] or ("<p>Nội dung bài viết được rút gọn theo đề nghị của cơ quan.</p>",),
        )
    ),
    "many sentences more": _edit(
        lambda shown: (
            shown.title,
            shown.lead,
            (
                *shown.paragraphs,
                *(
                    f"<p>Đoạn bổ sung số {n}: Ủy ban nhân dân xã đề nghị các ấp, các hộ dân nghiêm túc thực hiện và báo cáo kết quả trước ngày {n + 10}/12.</p>"
                    for n in range(8)
                ),
            ),
        )
    ),
    "another title": _edit(
        lambda shown: (f"Đính chính thông tin đã đăng ngày {shown.number % 28 + 1}/11", shown.lead, shown.paragraphs)
    ),
    "a lead": _edit(
        lambda shown: (
            shown.title,
            "Tin đã được cập nhật theo báo cáo mới nhất của các địa phương trong tỉnh.",
            shown.paragraphs,
        )
    ),
}
"""What an editor does: each is a new version."""


def counted(shown: Shown) -> bytes:
    """Nothing new but the view counter and the clock."""
    return ok(
        shown.page.replace(
            "</body>",
            f'<div class="counter">Lượt xem: {shown.number + 12345}</div><div>10:0{shown.number % 10}</div></body>',
        )
    )
