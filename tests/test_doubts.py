"""What makes a reading doubtful."""

from __future__ import annotations

from dataclasses import replace

from making import ARTICLE
from page_files import page_of

from archive.clock import VIETNAM
from archive.records import Attachment
from crawler.doubts import Habit, contradictions, disagreement, doubts
from crawler.parsers import metadata

STATED = """<html><body><div itemscope itemtype="http://schema.org/NewsArticle"><meta itemprop="headline" content="{}">
<meta itemprop="datePublished" content="{}"></div></body></html>"""


def stated(title: str, time: str) -> metadata.Metadata:
    return metadata.read(page_of(STATED.format(title, time)))


def test_a_title_and_nothing_else_is_doubtful() -> None:
    bare = replace(ARTICLE, body="", summary=None, attachments=())
    assert list(doubts(bare)) == ["the article has a title and nothing else"]
    assert list(doubts(replace(ARTICLE, title=""))) == ["the article has no title"]
    assert list(doubts(ARTICLE)) == []


def test_another_title_or_day_than_the_page_states_is_doubtful() -> None:
    assert ARTICLE.published_at
    day = ARTICLE.published_at.astimezone(VIETNAM).isoformat()
    assert list(contradictions(ARTICLE, stated(ARTICLE.title.upper(), day))) == []
    assert len(list(contradictions(ARTICLE, stated("Tên khác", "2020-01-01T08:00:00+07:00")))) == 2


def test_two_readings_disagree_about_title_text_or_day() -> None:
    assert disagreement(ARTICLE, replace(ARTICLE, body=ARTICLE.body + " thêm")) is None
    assert disagreement(ARTICLE, replace(ARTICLE, title="Tên khác"))
    assert disagreement(ARTICLE, replace(ARTICLE, body="Một nội dung khác hẳn với bài kia", summary=None))
    assert disagreement(ARTICLE, replace(ARTICLE, published_at=None)) is None


def test_a_body_far_shorter_than_the_portal_s_habit_is_doubtful() -> None:
    habit = Habit([800, 900, 1000] * 10)
    line = replace(ARTICLE, body="Trang 1/2", summary=None, attachments=(), images=())
    assert habit.doubt(line) == "the text has 9 letters; half of the portal's articles have 900 or more"
    assert habit.doubt(replace(line, body="Chúc mừng năm mới. " * 3)) is None
    assert habit.doubt(replace(line, attachments=(Attachment(url="http://x.vn/a.pdf", name="a"),))) is None
    assert Habit([900] * 5).doubt(line) is None
    short = Habit([40] * 30)
    assert short.doubt(line) is None
