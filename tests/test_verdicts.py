"""What pages are worth: each way to go bad is recognised, and honest pages that look like one are not."""

from __future__ import annotations

from dataclasses import replace

import page_modes as modes
import pytest
from page_modes import Mode, Right, Shown
from page_site import Kept, made

from archive.http import parse
from archive.records import Article, Kind, Reading, Standing, Verdict
from crawler import learnt, moves, notices, verdicts
from crawler.learnt import Templates
from crawler.parsers import gambling, text, urls
from crawler.parsers.page import Page
from crawler.portals import Portal
from crawler.reading import read

KINDS = ("liferay", "nukeviet", "flat")
FEW = 8
"""Articles of each kind that a mode is tried on here; the crawl over loopback takes all."""


def page_of(body: str | bytes, path: str = "/tin/1.html") -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page(url=f"http://xa.gov.vn{path}", status=200, headers={"content-type": "text/html"}, body=raw)


class Reader:
    """A portal's articles as they were first read, and its pages as they are read again."""

    def __init__(self, kind: str) -> None:
        self.kept: Kept = made(kind, 30)
        self.portal = Portal(id="p", name="P", home="http://127.0.0.1/", family=self.kept.family)
        self.templates: Templates = ()
        whole = {path: self.page(path, modes.ok(shown.page)) for path, shown in self.kept.articles.items()}
        if self.kept.family == "generic":
            self.templates = learnt.learn(whole.values())
        self.held = {path: self.standing(path, page) for path, page in whole.items()}

    def standing(self, path: str, page: Page) -> Standing:
        reading, _ = read(page, self.portal, self.templates)
        article = reading.article
        assert article, path
        assert reading.verdict is Verdict.GOOD, reading
        return Standing(article_id=1, key=article.key, title=article.title, summary=article.summary,
                        body=article.body, reader=reading.reader)  # fmt: skip

    def page(self, path: str, raw: bytes) -> Page:
        answer = parse(raw)
        return Page(url=f"http://127.0.0.1{path}", status=answer.status, headers=answer.headers, body=answer.body)

    def again(self, path: str, raw: bytes) -> tuple[str, Reading, Page]:
        """What becomes of an answer in a known article's place."""
        page, answer = self.page(path, raw), parse(raw)
        if not answer.complete:
            return "failed", modes_reading("incomplete"), page
        if "location" in page.headers:
            target = urls.join(page.url, page.headers["location"])
            assert target
            reading = moves.judged(self.portal, page.url, target, modes_reading(f"redirect to {target}"))
        else:
            reading, _ = read(page, self.portal, self.templates)
            if reading.article is None and reading.kind in (Kind.LISTING, Kind.OTHER):
                reading = replace(reading, reason=reading.reason or notices.sign(page))
        reading = verdicts.against(reading, self.held[path])
        return outcome(reading, self.held[path]), reading, page


def modes_reading(reason: str) -> Reading:
    return Reading(reader="wire/1", tier=None, kind=Kind.OTHER, verdict=Verdict.OTHER, reason=reason)


def outcome(reading: Reading, held: Standing) -> str:
    if reading.verdict is not Verdict.GOOD or reading.article is None:
        return str(reading.verdict)
    return "unchanged" if reading.repeats or verdicts.is_same(reading.article, held) else "changed"


@pytest.fixture(scope="module")
def readers() -> dict[str, Reader]:
    return {kind: Reader(kind) for kind in KINDS}


def chosen(reader: Reader) -> list[tuple[str, Shown]]:
    found = [pair for pair in reader.kept.articles.items() if len(pair[1].paragraphs) > 2]
    return found[:: len(found) // FEW][:FEW]


@pytest.mark.parametrize("mode", [*modes.TUNED, *modes.APART], ids=lambda mode: mode.name)
def test_a_page_gone_bad_is_taken_for_what_it_is(readers: dict[str, Reader], mode: Mode) -> None:
    wrong = []
    for kind, reader in readers.items():
        for path, shown in chosen(reader):
            became, reading, page = reader.again(path, mode.make(shown))
            good = became != "changed" if mode.right is Right.NOT_ACCEPTED else became == mode.right.value
            told = {"hacked": page.smuggled, "doubt": reading.doubts, None: True}[mode.issue]
            if not (good and told):
                wrong.append((kind, path, became, reading.reason))
    assert wrong == []


@pytest.mark.parametrize("name", modes.EDITS)
def test_an_edit_is_a_version(readers: dict[str, Reader], name: str) -> None:
    for kind, reader in readers.items():
        for path, shown in chosen(reader):
            if name == "a lead" and not shown.lead:
                continue
            became, reading, _ = reader.again(path, modes.EDITS[name](shown))
            assert became == "changed", (kind, path, reading.reason)


def test_counters_and_clocks_are_no_version(readers: dict[str, Reader]) -> None:
    for reader in readers.values():
        for path, shown in chosen(reader):
            assert reader.again(path, modes.counted(shown))[0] == "unchanged"


# -- honest pages that look like bad ones -------------------------------------------------------------------------


def in_frame(title: str, body: str) -> str:
    menu = "".join(f'<a href="/m{n}">Mục {n}</a>' for n in range(8))
    return (
        f'<html><head><title>{title}</title><meta name="generator" content="NukeViet v4.5"></head><body>{menu}<div class="news_column">'
        f'<h1 class="title">{title}</h1><div id="news-bodyhtml">{body}</div></div></body></html>'
    )


FIGHT = in_frame(
    "Triệt phá đường dây cá độ bóng đá qua mạng",
    "<p>Công an tỉnh vừa triệt phá đường dây đánh bạc do 5 đối tượng cầm đầu trên các trang nhà cái Kubet, w88, 789bet.</p>"
    "<p>Các trang này quảng cáo nạp rút siêu tốc, tặng 100k cho thành viên mới, game nổ hũ, xóc đĩa, tài xỉu đổi thưởng.</p>"
    '<p>Theo <a href="https://cand.example/bat-nhom-ca-do-bong-da">Bắt nhóm cá độ bóng đá</a> và Bộ Công an.</p>'
    "<p>Người dân nâng cao cảnh giác, tố giác tội phạm.</p>",
)
WARNING = in_frame(
    "Cảnh báo tình trạng cờ bạc trực tuyến",
    "<p>Thời gian gần đây, casino trực tuyến, slot, poker và baccarat lôi kéo nhiều thanh niên. Cơ quan chức năng cảnh báo"
    " người dân không tham gia dưới mọi hình thức, vì đó là hành vi vi phạm pháp luật.</p>",
)
CASINO = in_frame(
    "Chủ trương đầu tư khu du lịch nghỉ dưỡng có casino",
    "<p>Thủ tướng Chính phủ đồng ý chủ trương đầu tư dự án khu du lịch có casino tại huyện, tổng vốn 2 tỷ USD, là điểm đến"
    " hàng đầu, hấp dẫn nhà đầu tư.</p>",
)
OUTAGE = in_frame(
    "Thông báo bảo trì Cổng dịch vụ công",
    "<p>Cổng dịch vụ công của tỉnh tạm ngừng phục vụ để bảo trì, nâng cấp hệ thống. Mong người dân quay lại sau.</p>",
)
HACKED = in_frame(
    "Cảnh báo trang thông tin bị hack",
    "<p>Nhiều trang của cơ quan nhà nước đã bị tấn công và hiện dòng chữ Hacked by. Đề nghị các đơn vị kiểm tra.</p>",
)
QUESTIONS = in_frame(
    "Hỏi đáp: Làm căn cước ở đâu?",
    "<p>Hỏi: Tôi cần giấy tờ gì? Nộp ở đâu? Bao lâu thì có? Lệ phí bao nhiêu? Xem https://xa.gov.vn/hoi?id=5&p=1 .</p>"
    "<p>Đáp: Ông (bà) đến Công an xã. Còn gì nữa? không ạ.</p>",
)
HONEST = {
    "a fight against gambling": FIGHT, "a warning of gambling": WARNING, "a casino that is planned": CASINO,
    "news of maintenance": OUTAGE, "news of a hack": HACKED, "many questions": QUESTIONS,
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_article_stays_good(name: str) -> None:
    page = page_of(HONEST[name], "/vi/news/tin/bai-viet-12.html")
    reading, _ = read(page, None)
    assert reading.verdict is Verdict.GOOD, reading.reason
    assert page.smuggled == ()
    assert reading.article
    assert reading.article.body.count("\n\n") + 1 == HONEST[name].count("<p>")


def test_what_is_hidden_for_layout_is_no_smuggling() -> None:
    page = page_of(
        in_frame(
            "Tin",
            '<table><tr style="background:#0070c0"><td><span style="color:#fff">Đơn vị</span></td></tr></table>'
            '<div style="font-size:0"><p style="font-size:14px">Đoạn một <a href="https://bo.gov.vn/a">Bộ</a></p></div>'
            '<a class="btn" style="color:#ffffff;background:#c00" href="https://nop.example/don">Nộp hồ sơ</a>'
            '<div style="display:none"><a href="https://facebook.com/x">Facebook</a><a href="https://zalo.me/1">Zalo</a></div>'
            '<ul style="display:none"><li><a href="https://a.tinh.gov.vn/">Sở A</a></li><li><a href="https://b.tinh.gov.vn/">Sở B</a></li></ul>',
        )
    )
    shown = text.line(page.tree)
    assert page.smuggled == ()
    assert "Đơn vị" in shown
    assert "Đoạn một Bộ" in shown
    assert "Nộp hồ sơ" in shown


@pytest.mark.parametrize("spam", [*modes.HIDDEN, *modes.HIDDEN_MORE, *modes.VISIBLE])
def test_smuggled_links_are_taken_out_whole(spam: str) -> None:
    page = page_of(in_frame("Tin", f"<p>Đoạn một.</p>{spam}<p>Đoạn hai.</p>"), "/vi/news/tin/bai-viet-12.html")
    reading, _ = read(page, None)
    assert page.smuggled
    assert reading.article
    assert reading.article.body == "Đoạn một.\n\nĐoạn hai."


def test_a_gambling_link_in_a_sentence_leaves_the_sentence() -> None:
    body = '<p>Sáng 5/3, xã tổ chức hội thao <a href="https://kubet.example">kubet</a> chào mừng ngày 26/3 tại sân vận động.</p>'
    page = page_of(in_frame("Hội thao", body), "/vi/news/tin/bai-viet-12.html")
    reading, _ = read(page, None)
    assert reading.article
    assert reading.article.body == "Sáng 5/3, xã tổ chức hội thao chào mừng ngày 26/3 tại sân vận động."


def test_an_advertisement_without_links_is_taken_out_of_other_news() -> None:
    spam = "<p>KUBET - nhà cái uy tín số 1, nạp rút siêu tốc, casino, nổ hũ, tặng 100k cho thành viên mới.</p>"
    page = page_of(in_frame("Hội thao", f"<p>{SHOWN.body}</p>{spam}"), "/vi/news/tin/bai-viet-12.html")
    reading, _ = read(page, None)
    assert page.smuggled
    assert reading.article
    assert reading.article.body == SHOWN.body


@pytest.mark.parametrize("words", ["tất cả do Ủy ban", "TT66 và KH88", "alphabet", "Tibet", "lúc 8h30", "QĐ 68"])
def test_ordinary_words_are_no_games(words: str) -> None:
    assert gambling.games(words) == set()


# -- what pages say by themselves ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", [*modes.MAINTENANCE, *modes.DATABASE, *modes.WAF, *modes.CHALLENGE], ids=lambda page: page[:40]
)
def test_a_notice_is_suspect_at_an_address_never_seen_before(page: str) -> None:
    reading, _ = read(page_of(page), None)
    assert reading.verdict is Verdict.SUSPECT
    assert reading.article is None or reading.reason


@pytest.mark.parametrize("page", modes.TAKEN[:1] + modes.DEFACED, ids=lambda page: page[:40])
def test_no_article_is_made_of_a_page_taken_over(page: str) -> None:
    reading, _ = read(page_of(page), None)
    assert reading.verdict is not Verdict.GOOD


def test_damaged_text_is_suspect_at_first_sight() -> None:
    whole = "Hội nghị triển khai nhiệm vụ phát triển kinh tế xã hội năm 2021 tại huyện"
    for change in (modes.lost, modes.mojibake):
        page = page_of(in_frame("Tin", f"<p>{change(whole)}</p>"), "/vi/news/tin/bai-viet-12.html")
        assert read(page, None)[0].verdict is Verdict.SUSPECT


HELD = Standing(
    article_id=1, key="news:12", title="Hội nghị tổng kết", summary=None, reader="nukeviet/1",
    body="Sáng 5/3, Ủy ban nhân dân xã tổ chức hội nghị tổng kết công tác năm 2020 với sự tham dự của 120 đại biểu.",
)  # fmt: skip
SHOWN = Article(key="news:12", url="http://xa.gov.vn/a-12.html", title=HELD.title, body=HELD.body)


def shown(**changes: str) -> Reading:
    article = replace(SHOWN, **changes)  # type: ignore[arg-type]  # texts only
    return Reading(reader="nukeviet/2", tier=None, kind=Kind.ARTICLE, verdict=Verdict.GOOD, article=article)


def test_another_version_of_the_reader_is_no_redesign() -> None:
    assert outcome(verdicts.against(shown(), HELD), HELD) == "unchanged"
    assert outcome(verdicts.against(shown(body=HELD.body + " Hết."), HELD), HELD) == "changed"


def test_a_text_that_keeps_little_is_a_version_and_pointed_out() -> None:
    other = "Hội nghị đã được dời sang ngày 12/3 theo đề nghị của các ấp; thời gian và địa điểm sẽ được gửi sau đến từng đại biểu."
    reading = verdicts.against(shown(body=other), HELD)
    assert outcome(reading, HELD) == "changed"
    assert reading.doubts


@pytest.mark.parametrize(
    "title",
    ["H?i ngh? t?ng k?t", "Há»™i nghá»‹ tá»•ng káº¿t", "Hacked by Mr.X", "KUBET nhà cái uy tín - Hội nghị tổng kết"],
)
def test_a_title_that_is_spoilt_is_suspect_though_the_text_stands(title: str) -> None:
    assert verdicts.against(shown(title=title), HELD).verdict is Verdict.SUSPECT


def test_a_bare_page_that_says_not_found_is_gone() -> None:
    page = page_of("<html><head><title>404</title></head><body><h1>404</h1><p>Page not found</p></body></html>")
    reading, _ = read(page, None)
    reading = replace(reading, reason=reading.reason or notices.sign(page))
    assert verdicts.against(reading, HELD).verdict is Verdict.GONE


def test_a_text_that_nobody_could_read_and_that_says_not_found_is_not_gone() -> None:
    line = "Qua kiểm tra, đoàn công tác không tìm thấy sai phạm nào của đơn vị trong năm. "
    words = "Hội nghị đã nghe báo cáo kết quả thực hiện nhiệm vụ phát triển kinh tế, xã hội của địa phương. " * 5
    page = page_of(f"<html><head><title>Tin</title></head><body><p>{line}</p><p>{words}</p></body></html>")
    assert notices.sign(page) is None
    lines = f"<p>{words[:95]}</p>" * 5
    page = page_of(f"<html><head><title>Không tìm thấy sai phạm</title></head><body><p>{line}</p>{lines}</body></html>")
    assert notices.sign(page) is None
    page = page_of(f"<html><head><title>Tin</title></head><body><p>{line}</p></body></html>")
    assert notices.sign(page) == notices.NOT_FOUND


def test_a_lead_without_its_text_is_suspect() -> None:
    reading = verdicts.against(shown(summary=HELD.body, body=""), HELD)
    assert (reading.verdict, reading.reason) == (Verdict.SUSPECT, "title and lead only")


def test_hidden_words_of_gambling_are_taken_out() -> None:
    spam = '<p style="opacity:0">nhà cái kubet, nổ hũ, casino</p><div style="text-indent:-9999px">Bí mật</div>'
    page = page_of(in_frame("Tin", f"<p>{HELD.body}</p>{spam}"), "/vi/news/tin/bai-viet-12.html")
    reading, _ = read(page, None)
    assert page.smuggled
    assert reading.article
    assert reading.article.body == HELD.body


def test_another_article_at_the_address_is_suspect() -> None:
    other = (
        "Chiều 6/4, Hội Liên hiệp Phụ nữ huyện trao 30 phần quà cho các hộ khó khăn trên địa bàn thị trấn và vùng ven."
    )
    reading = verdicts.against(shown(title="Trao quà cho hộ nghèo", body=other), HELD)
    assert (reading.verdict, (reading.reason or "")[:18]) == (Verdict.SUSPECT, "shows another text")


PORTAL = Portal(
    id="p", name="P", home="http://xa.gov.vn/", family="nukeviet",
    sections=({"name": "Tin", "url": "http://xa.gov.vn/vi/news/tin/"},),  # type: ignore[arg-type]
)  # fmt: skip


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        ("http://xa.gov.vn/", Verdict.GONE),
        ("https://www.xa.gov.vn/vi/", Verdict.GONE),
        ("http://xa.gov.vn/vi/news/tin/", Verdict.GONE),
        ("http://xa.gov.vn/404.html", Verdict.GONE),
        ("http://xa.gov.vn/error?code=404", Verdict.GONE),
        ("http://xa.gov.vn/vi/users/login/?nv_redirect=abc", Verdict.SUSPECT),
        ("http://xa.gov.vn/dang-nhap", Verdict.SUSPECT),
        ("http://sso.tinh.gov.vn/cas/login", Verdict.SUSPECT),
        ("http://other.example/", Verdict.SUSPECT),
        ("https://xa.gov.vn/vi/news/tin/bai-viet-12.html", Verdict.OTHER),
        ("http://xa.gov.vn/vi/news/tin-moi/bai-viet-khac-12.html", Verdict.OTHER),
        ("http://xa.gov.vn/vi/news/tin/bai-viet-12.html?page=1", Verdict.OTHER),
        ("http://xa.gov.vn/vi/about/Lich-su-7.html", Verdict.OTHER),
    ],
)
def test_where_a_known_article_leads_tells_what_became_of_it(target: str, verdict: Verdict) -> None:
    url = "http://xa.gov.vn/vi/news/tin/bai-viet-12.html"
    assert moves.judged(PORTAL, url, target, modes_reading(f"redirect to {target}")).verdict is verdict
