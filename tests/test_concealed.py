"""Smuggled links and advertisements in an article, and honest ones that look like them."""

# ruff: noqa: E501  # markup stays on the lines that it has

from __future__ import annotations

import sys
from types import FrameType

import pytest
from test_verdicts import HELD, in_frame, page_of

from archive.records import Reading, Verdict
from crawler.parsers.page import Page
from crawler.reading import read

B = '<a href="https://nhacaiuytin.example/">tại đây</a>'
K = '<a href="https://x.example/p">xem phim hay</a>'
SPAM = {
    "overflow": f'<div style="overflow:auto;width:1px;height:1px">{K}</div>',
    "none": f'<div style="display:none">Chơi {B}</div>',
    "disguised": '<p>Hội nghị <a style="color:inherit" href="https://e.example/">slot gacor</a> thành công.</p>',
    "fixed": f'<div style="position:fixed;bottom:-100%">{K}</div>',
    "z": '<p style="z-index:-1;position:absolute"><a href="https://kubet.example">Kubet</a></p>',
    "translate": f'<div style="transform:translateX(-9999px)">{K}</div>',
    "marquee": f'<marquee height="1" width="1">{K}</marquee>',
    "white": f'<p style="color:#ffffff">{K}</p>',
    "fontwhite": f'<font color="white">{K}</font>',
    "1px": f'<p style="font-size:1px">{K} {B}</p>',
    "opacity": f'<span style="opacity: 0;">{K}</span>',
    "opacity.01": f'<span style="opacity:0.01">{K}</span>',
    "brand": '<p><a href="https://a.example">Sunwin</a> | <a href="https://b.example">Hitclub</a> | <a href="https://c.example">Rikvip</a></p>',
    "stream": '<p><a href="https://a.example">Xoilac TV trực tiếp bóng đá</a></p>',
    "rule": f'<style>#abc1{{display:none}}</style><div id="abc1">{K}</div>',
    "rule2": f'<style>div.abc2 {{ position : absolute ; left : -9000px }}</style><div class="abc2">{K} và {K}</div>',
    "zero": f'<div style="height:0;overflow:hidden">{K}</div>',
    "maxh": f'<div style="max-height:0px;overflow:hidden"><p>Nhà cái {B}</p></div>',
    "clip": f'<div style="position:absolute;clip:rect(0 0 0 0)">{K}</div>',
    "own hidden": '<div style="position:absolute;left:-3000px"><a href="/slot-gacor.html">slot gacor</a></div>',
    "script": f"<div id=\"h1x\">{K}</div><script>document.getElementById('h1x').style.display='none'</script>",
    "jp": '<div style="position:absolute;top:-999px"><a href="https://jp.example/">激安ブランド</a></div>',
    "text promo": "<p>Nhà cái SHBET uy tín, đăng ký nhận 88k, nạp rút 1-1, casino, nổ hũ xanh chín.</p>",
    "ascii promo": "<p>Nha cai uy tin KU88 no hu doi thuong tai xiu nap rut nhanh dang ky ngay</p>",
}

HONEST = {
    "table": '<table bgcolor="#0f0"><tr><td><font color="white">Tên <a href="https://bao.example/x">báo</a></font></td></tr></table>',
    "link": '<p>Nguồn: <a href="https://baodongthap.example/tin-1.html">Báo Đồng Tháp</a></p>',
    "drive": '<p>Tải về <a href="https://drive.example/file/d/1">tại đây</a></p>',
    "fs0": '<div style="font-size:0"><span style="font-size:12pt">Xem <a href="https://bao.example/x">bài</a></span></div>',
    "lotto": '<p>Công ty Xổ số kiến thiết trao thưởng <a href="https://xskt.example">kết quả</a> giải đặc biệt.</p>',
    "daga": "<p>Lễ hội có các trò chơi dân gian: đá gà, kéo co, nhảy bao bố.</p>",
    "casino": "<p>Dự án khu phức hợp casino Vân Đồn được Chính phủ phê duyệt.</p>",
    "bet": '<p>Công ty Betrimex xuất khẩu dừa; <a href="https://betrimex.example">Betrimex</a>.</p>',
    "win": '<p>Cuộc thi <a href="https://win.example">Startup Win</a> dành cho học sinh; đăng ký miễn phí.</p>',
    "olympus": "<p>Đội Olympus vô địch; thể thao điện tử phát triển.</p>",
    "online": "<p>Đăng ký khám chữa bệnh trực tuyến, tải app VssID miễn phí, nạp thẻ, rút tiền ATM.</p>",
    "a place": "<p>Đăng ký slot tiêm vắc xin trực tuyến, miễn phí cho người dân; mỗi slot 30 phút.</p>",
    "bida": '<p>Giải <a href="https://vtv.example">bóng đá trực tuyến FIFA Online</a> học sinh.</p>',
    "domain": '<p>Trang <a href="https://phapluat68.example">Pháp luật 68</a> đăng tải văn bản.</p>',
    "hidden list": '<ul style="display:none"><li><a href="https://bo1.example">Bộ A</a></li><li><a href="https://bo2.example">Bộ B</a></li></ul>',
}


def with_part(part: str) -> tuple[Page, Reading]:
    page = page_of(in_frame("Tin", f"<p>{HELD.body}</p>{part}<p>Hết tin.</p>"), "/vi/news/tin/bai-viet-12.html")
    return page, read(page, None)[0]


@pytest.mark.parametrize("name", SPAM)
def test_what_is_smuggled_in_never_enters_the_text(name: str) -> None:
    page, reading = with_part(SPAM[name])
    assert page.smuggled
    assert reading.verdict is Verdict.GOOD
    assert reading.article
    rest = "Hội nghị thành công.\n\n" if name == "disguised" else ""
    assert reading.article.body == f"{HELD.body}\n\n{rest}Hết tin."


@pytest.mark.parametrize("name", HONEST)
def test_what_only_looks_like_it_stays(name: str) -> None:
    page, reading = with_part(HONEST[name])
    assert page.smuggled == ()
    assert reading.verdict is Verdict.GOOD
    assert reading.article
    assert "hidden" in name or reading.article.body.count("\n\n") == 2


@pytest.mark.parametrize("style", ["opacity:0", "height:0;overflow:hidden", "transform:scale(0)", "display:none"])
@pytest.mark.parametrize("text", ["Xem toàn văn tại đây.", "Hội nghị bàn về giao thông nông thôn. " * 20])
def test_a_page_that_fades_in_by_script_keeps_its_text(style: str, text: str) -> None:
    page = page_of(
        f'<html><body><div id="l" style="{style}"><h1>Hội nghị tổng kết</h1><p>{text}</p><p>{K}</p>'
        f'<ul><li><a href="/a">Tin khác trong xã</a></li><li>{K}</li></ul></div><footer>UBND xã</footer></body></html>'
    )
    assert text.split(".", maxsplit=1)[0] in "".join(page.tree.itertext())


GAMBLING = '<a href="https://kubet{n}.example/">kubet nhà cái {n}</a>'
REPEATED = {
    "links in sentences": f"{GAMBLING} Xã họp bàn về giao thông. ",
    "links among hidden ones": f'{GAMBLING} Xã họp. <b style="display:none"><a href="https://x{{n}}.example/">xem phim</a></b>',
    "a hidden menu": '<p style="display:none"><a href="https://bo.example/{n}">Bộ</a><a href="https://bo2.example/">Bộ</a></p>',
    "links in each other": '<a href="https://bao{n}.example/"><div>',
    "hidden in each other": '<div style="height:0"><a href="https://bao{n}.example/">Xã họp bàn về giao thông</a><div>',
    "unseen in each other": '<div style="color:#fff">nhà cái kubet casino {n}',
    "blocks in each other": f"<div>{GAMBLING}",
    "marked in each other": f"<span>{GAMBLING}",
}


def calls(markup: str) -> int:
    """How many functions are called, Python's own among them, until a page's tree is there."""
    page = page_of(in_frame("Tin", f"<p>nhà cái</p><div>{markup}"))
    count = 0

    def counted(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        assert len(page.tree)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", REPEATED)
def test_twice_as_many_links_are_twice_the_work(name: str) -> None:
    once, twice = (calls("".join(REPEATED[name].format(n=n) for n in range(count))) for count in (300, 600))
    assert twice < 2.3 * once


@pytest.mark.parametrize("control", ["\x01", "\x0c", "&#1;", "&#xffff;"])
def test_letters_that_no_markup_may_hold_stand_around_what_is_taken_out(control: str) -> None:
    markup = f"<p>{HELD.body}</p><p>Hội {control}nghị {SPAM['opacity']}{control} thành công.</p>"
    page = page_of(in_frame("Tin", markup), "/vi/news/tin/bai-viet-12.html")
    article = read(page, None)[0].article
    assert page.smuggled
    assert article
    assert article.body == f"{HELD.body}\n\nHội nghị thành công."
