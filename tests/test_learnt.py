"""Portals of software that no family knows: their templates are learnt, and read as well as a family would."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from pathlib import Path

import pytest
from page_files import page_of
from running import luutru
from serving import portal
from styles import ORIGIN, STYLES, Style, site
from wire import head, sized

from archive.clock import iso
from crawler import learnt
from crawler.parsers import template
from crawler.reading import read
from crawler.sample.markup import body_html
from crawler.sample.story import Story
from crawler.sample.truth import expected_of

NOT_FOUND = head(b"404 Not Found", b"Content-Length: 0")
A_PAGE = 10
Row = tuple[str, str | None, str, str | None, str | None]


def truth(story: Story) -> Row:
    wanted = expected_of(story)
    time = iso(wanted.published_at.replace(second=0)) if wanted.published_at else None
    return wanted.title, wanted.summary, wanted.body, wanted.author, time


def teaser(url: str, story: Story) -> str:
    lead = f"<p>{escape(story.summary)}</p>" if story.summary else ""
    return f'<div><h4><a href="{url}">{escape(story.title)}</a></h4><i>{story.published:%d/%m/%Y}</i>{lead}</div>'


def answers(style: Style, marks: str = "") -> Callable[[str], bytes]:
    """The portal in a style: home page, a section of six pages in the template of the articles, articles.

    Each page carries the marks of a software.
    """
    pages = [(url, markup.replace("</body>", f"{marks}</body>"), story) for url, markup, story in site(style)]
    frame = pages[0][1].replace(ORIGIN, "")

    def framed(title: str, inside: str) -> str:
        body = frame[frame.index("<body") :].partition(">")[0]
        return f"<html><head><title>{title}</title></head>{body}>{inside}{marks}</body></html>"

    found = {"/": framed("Trang chủ", '<ul><li><a href="/muc?trang=1">Tin tức - Sự kiện</a></li></ul>')}
    for number in range(len(pages) // A_PAGE):
        listed = pages[number * A_PAGE : (number + 1) * A_PAGE]
        inside = "".join(teaser(url.removeprefix(ORIGIN), story) for url, _, story in listed)
        pager = "".join(f'<a href="/muc?trang={n + 1}">{n + 1}</a> ' for n in range(len(pages) // A_PAGE))
        found[f"/muc?trang={number + 1}"] = framed("Tin tức - Sự kiện", f"<h2>Tin tức - Sự kiện</h2>{inside}{pager}")
    found |= {url.removeprefix(ORIGIN): markup.replace(ORIGIN, "") for url, markup, _ in pages}

    def answer(path: str) -> bytes:
        if path not in found:
            return NOT_FOUND
        body = gzip.compress(found[path].encode())
        return head(b"200 OK", b"Content-Type: text/html; charset=utf-8", b"Content-Encoding: gzip", sized(body)) + body

    return answer


A_LIST = '<ul><li class="title-list"><a href="/bai/0">Tin mới</a></li></ul>'
LIFERAY = f'<div id="p_p_id_101_INSTANCE_q_">{A_LIST}</div>'
NUKEVIET = f'<script>var nv_module_name = "tin";</script><div class="news_column">{A_LIST}</div>'


@pytest.mark.parametrize(
    ("name", "family", "marks"),
    [
        *((name, "generic", "") for name in STYLES),
        ("tables", "liferay", LIFERAY),
        ("hashed", "nukeviet", NUKEVIET),
    ],
)
def test_a_portal_of_unknown_software_or_template_is_read_as_it_should_be(
    tmp_path: Path, name: str, family: str, marks: str
) -> None:
    with portal(answers(STYLES[name], marks)) as server:
        (tmp_path / "portals").mkdir()
        file = f'name = "P"\nhome = "{server.url}/"\nfamily = "{family}"\ndelay = 0\n'
        (tmp_path / "portals/p.toml").write_text(file, encoding="utf-8")
        done = luutru(tmp_path, "crawl", "p")
        assert done.returncode == 0, done.stdout + done.stderr
    checked = luutru(tmp_path, "verify", "--deep")
    assert checked.returncode == 0, checked.stdout
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        found = conn.execute("SELECT title, summary, body, author, published_at FROM articles").fetchall()
        assert sorted(found, key=repr) == sorted((truth(story) for _, _, story in site(STYLES[name])), key=repr)
        assert conn.execute("SELECT DISTINCT version_count FROM articles").fetchall() == [(1,)]
        assert conn.execute("SELECT count(*) > count(DISTINCT capture_id) FROM readings").fetchone() == (1,)
        planned, outcomes = conn.execute(
            "SELECT planned, new + changed + unchanged + gone + suspect + other + failed + refused + put_off FROM runs"
        ).fetchone()
        assert planned == outcomes
        assert conn.execute("SELECT count(*) FROM issues WHERE kind = 'template'").fetchone() >= (1,)
    shown = json.loads(luutru(tmp_path, "portal", "show", "p", "--template").stdout)
    assert shown[0]["looked_at"] >= template.MOST


def rebuilt(markup: str) -> str:
    """The same page from a build that names every class and id anew."""
    return re.sub(r'(class|id)="([^"]+)"', lambda found: f'{found[1]}="x{found[2][::-1]}"', markup)


@pytest.mark.parametrize("name", STYLES)
def test_two_builds_of_one_portal_at_once_are_both_learnt(name: str) -> None:
    pages = [
        (page_of(rebuilt(markup) if number % 2 else markup, url), story)
        for number, (url, markup, story) in enumerate(site(STYLES[name]))
    ]
    found = learnt.learn([page for page, _ in pages[:40]])
    read = [(learnt.read(page, found).article, expected_of(story)) for page, story in pages[40:]]
    assert [article and (article.title, article.body) for article, _ in read] == [(w.title, w.body) for _, w in read]


def marked(number: int, markup: str) -> str:
    """The page as blogs' software marks it: with its own address as an id, its section and tags as classes."""
    own = f'<div id="bai-{chr(97 + number % 26)}{number}x" class="post chuyen-muc-{number % 7} the-{number % 3}">'
    start = markup.index("<body")
    end = markup.index(">", start) + 1
    return f"{markup[:end]}{own}{markup[end:].replace('</body>', '</div></body>')}"


def test_ids_and_classes_of_single_pages_tell_no_places() -> None:
    pages = [
        (page_of(marked(number, markup), url), story)
        for number, (url, markup, story) in enumerate(site(STYLES["tables"]))
    ]
    (found,) = learnt.learn([page for page, _ in pages[:40]])
    for page, story in pages[40:]:
        article = learnt.read(page, [found]).article
        assert article
        assert article.body == expected_of(story).body


def test_the_newest_articles_that_every_page_lists_are_read_too() -> None:
    pages = site(STYLES["tables"])
    newest = "".join(f'<li><a href="{url}">{escape(story.title)}</a></li>' for url, _, story in pages[-8:])
    with_list = [
        (page_of(markup.replace("</body>", f'<ul class="moi">{newest}</ul></body>'), url), story)
        for url, markup, story in pages
    ]
    found = learnt.learn([page for page, _ in with_list[:40]])
    read = [learnt.read(page, found).article for page, _ in with_list]
    assert [article and article.title for article in read] == [expected_of(story).title for _, _, story in pages]
    older = [learnt.read(page_of(markup, url), found).article for url, markup, _ in pages]
    assert all(older)


def test_tags_and_the_account_that_posted_are_no_text() -> None:
    def printed(number: int, markup: str, story: Story) -> str:
        body = str(body_html(story, ORIGIN))
        box = f"Người đăng: Ban biên tập<br>Liên kết: {ORIGIN}/bai/{number}.html<br>Giấy phép: xem cuối trang"
        tags = f"<p class='the'>Thẻ: xã {number % 5}</p>"
        return markup.replace(body, f"<p class='dau'>{number % 9} phút đọc</p>{body}{tags}<p class='cuoi'>{box}</p>")

    pages = [(printed(number, markup, story), f"{ORIGIN}/bai/{number}.html", story)
             for number, (_, markup, story) in enumerate(site(STYLES["hashed"]))]  # fmt: skip
    assert all("phút đọc" in markup for markup, _, _ in pages)
    found = learnt.learn([page_of(markup, url) for markup, url, _ in pages[:40]])
    for markup, url, story in pages[40:]:
        article = learnt.read(page_of(markup, url), found).article
        assert article
        assert article.body == expected_of(story).body


def listed(story: Story, url: str, *, full: bool) -> str:
    """An article in a list: its title, and its first paragraph or all of its text."""
    body = str(body_html(story, ORIGIN)) if full else f"<p>{escape(str(story.summary or story.title))}</p>"
    return f'<h3><a href="{url}">{escape(story.title)}</a></h3>{body}'


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("name", ["tables", "hashed", "flat"])
def test_lists_in_the_markup_of_articles_are_no_articles(name: str, full: bool) -> None:
    pages = site(STYLES[name])
    undated = partial(re.compile(r"\d+/\d+/\d{4},? ?(?:- )?(?:\d+:\d+)?").sub, "")
    lists = []
    for number in range(6):
        url, markup, story = pages[number]
        inside = "".join(listed(each, link, full=full) for link, _, each in pages[number * 8 : number * 8 + 8])
        body = str(body_html(story, ORIGIN))
        assert body in markup
        markup = markup.replace(body, inside).replace(escape(story.title), f"Tin năm {2015 + number}")
        lists.append(page_of(undated(markup), url))
    found = learnt.learn([*(page_of(markup, url) for url, markup, _ in pages[:40]), *lists])
    assert [read(page, None, found)[0].article for page in lists] == [None] * len(lists)


def test_too_few_pages_teach_nothing() -> None:
    pages = [page_of(markup, url) for url, markup, _ in site(STYLES["flat"], template.FEWEST - 1)]
    assert learnt.learn(pages) == ()
    assert learnt.learn([pages[0]] * 30) == ()


@pytest.mark.parametrize("name", ["hashed", "flat"])
def test_the_last_resort_reads_without_the_lines_that_recur(name: str) -> None:
    called = '<meta property="og:type" content="article"></head>'
    pages = [(page_of(markup.replace("</head>", called), url), story) for url, markup, story in site(STYLES[name], 8)]
    assert learnt.learn([page for page, _ in pages[: template.FEWEST_LINES - 1]]) == ()
    lines = learnt.learn([page for page, _ in pages[:4]])
    assert [each.body for each in lines] == [""]
    for page, story in pages[4:]:
        before, after = read(page, None)[0].article, read(page, None, lines)[0].article
        assert before
        assert after
        left = set(after.body.split("\n\n"))
        dropped = set(before.body.split("\n\n")) - left
        assert dropped
        assert not dropped & set(expected_of(story).body.split("\n\n"))


def test_a_template_survives_the_archive() -> None:
    (found,) = learnt.learn(page_of(markup, url) for url, markup, _ in site(STYLES["tables"]))
    assert template.loaded(template.dumped(found)) == found


def test_a_page_of_another_design_does_not_fit() -> None:
    found = learnt.learn(page_of(markup, url) for url, markup, _ in site(STYLES["tables"]))
    assert found
    url, markup, _ = site(STYLES["hashed"])[5]
    assert learnt.read(page_of(markup, url), found) == (None, pytest.approx(0, abs=template.FITS / 2), "", ())


def test_a_page_that_states_another_day_than_its_template_shows_is_doubtful() -> None:
    pages = site(STYLES["tables"])
    found = learnt.learn(page_of(markup, url) for url, markup, _ in pages)
    assert found
    url, markup, story = next(page for page in pages if page[2].time_shown)
    assert learnt.read(page_of(markup, url), found).doubts == ()
    stated = (
        f'<div itemscope itemtype="http://schema.org/NewsArticle"><meta itemprop="headline" content="{story.title}">'
        '<meta itemprop="datePublished" content="2001-02-03T08:00:00+07:00"></div></body>'
    )
    read = learnt.read(page_of(markup.replace("</body>", stated), url), found)
    assert read.article
    assert str(read.article.published_at)[:10] == "2001-02-03"
    (doubt,) = read.doubts
    assert doubt.endswith(f"{story.published:%d/%m/%Y}, the page states 03/02/2001")


def beside(story: Story, others: Sequence[Story]) -> str:
    """The title links its own page and stands in one box with its section and its time, as the entries below do."""

    def stamp(each: Story) -> str:
        return f"<time>{each.published:%d/%m/%Y - %H:%M}</time>"

    entries = "".join(
        f'<section><h3><a href="/tin/{each.entry_id}.html">{escape(each.title)}</a></h3>{stamp(each)}</section>'
        for each in others
    )
    return (
        "<html><head><title>Bài viết | Trang tin</title></head><body><header><p>Thứ ba, 24/11/2026</p></header><main>"
        f'<div class="dau"><a href="/muc">{story.section.name}</a><h2><a href="/tin/{story.entry_id}.html">'
        f"{escape(story.title)}</a></h2>{stamp(story)}<p>{story.number} lượt đọc</p></div>"
        f"<article>{body_html(story, ORIGIN)}</article><div>{entries}</div></main></body></html>"
    )


def test_a_time_beside_a_linked_title_is_the_article_s() -> None:
    pages = site(beside)
    found = learnt.learn([page_of(markup, url) for url, markup, _ in pages[:45]])
    assert found
    for url, markup, story in pages[45:]:
        article = learnt.read(page_of(markup, url), found).article
        assert article
        assert article.published_at
        assert iso(article.published_at) == iso(story.published.replace(second=0))
