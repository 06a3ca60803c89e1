"""The viewer's pages, from a real Datasette of both releases over HTTP."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from making import ARTICLE
from viewing import NEW, OLD, Viewer, datasette, sample
from warcio.archiveiterator import ArchiveIterator

from archive.viewer.charts import tiles
from archive.viewer.evidence import printed_time
from archive.viewer.queries import QUESTIONS, Question
from archive.viewer.structure import blocks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample(tmp_path_factory.mktemp("viewed"))


@pytest.fixture(scope="module", params=["0.65", "1.0"])
def viewer(request: pytest.FixtureRequest, folder: Path) -> Iterator[Viewer]:
    with datasette(folder, release=request.param) as running:
        yield running


def test_the_home_page_says_what_is_held(viewer: Viewer) -> None:
    page = viewer.get("/").text
    assert re.search(r"<dt>Articles</dt><dd>2</dd>", page)
    assert re.search(r"<dt>Versions</dt><dd>3</dd>", page)
    assert 'aria-label="Bắc Ninh: 1 portals, 2 articles"' in page
    assert "<title>2021-03: 1</title>" in page
    assert "<title>2022-01: 0</title>" in page


def test_an_article_shows_its_text_its_evidence_and_its_versions(viewer: Viewer) -> None:
    page = viewer.get("/article/1").text
    assert "<h1>Đường liên xã Hoà Bình</h1>" in page
    assert "Trần Thị Mai" in page
    assert '<p class="lead">Tóm tắt về thuỷ lợi</p>' in page
    assert '<p class="byline">Thành Nguyên</p>' in page
    assert "<q>05/03/2021 | 08:30</q>" in page
    assert "<code>2021-03-05T08:30:00+07:00</code>" in page
    assert f"{viewer.url}/article/1/{NEW}" in page
    assert f"/article/1/{OLD}/diff/{NEW}" in page
    old = viewer.get(f"/article/1/{OLD}").text
    assert "Nguyễn Văn Đức" in old
    assert "This is an older text" in old


def test_a_difference_is_shown_word_by_word(viewer: Viewer) -> None:
    page = viewer.get(f"/article/1/{OLD}/diff/{NEW}").text
    assert "<del>Nguyễn Văn Đức</del><ins>Trần Thị Mai</ins>" in page


def test_an_article_that_is_gone_keeps_its_text_and_says_so(viewer: Viewer) -> None:
    page = viewer.get("/article/2").text
    assert "has not shown this article since 9 Mar 2026" in page
    assert "http 404" in page


def test_citations_are_files_too(viewer: Viewer) -> None:
    found = viewer.get(f"/article/1/{NEW}.json")
    assert json.loads(found.body)[0]["archive_location"] == f"{viewer.url}/article/1/{NEW}"
    assert "attachment" in found.headers["content-disposition"]
    assert viewer.get(f"/article/1/{NEW}.bib").text.startswith("@misc{duonglien2021-1,")


def test_a_portal_says_how_complete_it_is(viewer: Viewer) -> None:
    page = viewer.get("/portal/p").text
    assert "Of 2 articles that it is known to have published, 2 are held." in page
    assert "Tin tức" in page


@pytest.mark.parametrize("path", ["/article/99", "/article/1/20200101000000", "/portal/none"])
def test_what_is_not_there_is_said(viewer: Viewer, path: str) -> None:
    found = viewer.get(path)
    assert found.status == 404
    assert "Not in this archive" in found.text


@pytest.mark.parametrize("path", ["/nowhere", "/a/b/c/d", "/nowhere.json", "/archive/nothing", "/archive/articles/99"])
def test_what_datasette_does_not_know_is_no_fault_of_the_site(viewer: Viewer, path: str) -> None:
    found = viewer.get(path, cookie="luutru_lang=\xff")
    assert found.status == 404
    assert "default-src 'none'" in found.headers["content-security-policy"]
    assert "Traceback" not in found.text


def test_pages_speak_the_readers_language(viewer: Viewer) -> None:
    assert '<html lang="en">' in viewer.get("/").text
    assert "Kho lưu trữ này có gì" in viewer.get("/", accept_language="vi-VN,vi;q=0.9,en;q=0.8").text
    switched = viewer.get("/?_lang=vi", accept_language="en")
    assert '<html lang="vi">' in switched.text
    cookie = switched.headers["set-cookie"].split(";")[0]
    assert '<html lang="vi">' in viewer.get("/article/1", cookie=cookie).text


def test_the_search_page_shows_where_what_and_how_much(viewer: Viewer) -> None:
    page = viewer.get("/search?q=thu+hoi+dat").text
    assert '<a href="/article/2">Thu hồi đất</a>' in page
    assert ">1 article</h2>" in page
    assert "<mark>Đường liên</mark> xã" in viewer.get("/search?q=%22duong+lien%22").text
    assert "portal=p" in page
    assert 'href="/search?q=thu+hoi+dat&amp;year=2023"' in page
    assert "<title>2023-05: 1</title>" in page
    assert "MATCH :match0" in page
    assert "Of the articles that these portals are known to have published in this time, 2 of 2 are held." in page
    assert "2 of 2 are held" in viewer.get("/search?q=thu&portal=p").text
    assert "1 of 1 are held" in viewer.get("/search?q=thu+after%3A2023&portal=p").text


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ("q=thuy+loi", [1, 2]),
        ("q=thuy+loi&year=2021", [1]),
        ("q=thuy+loi&after=2022-01-01", [2]),
        ("portal=p&sort=oldest", [1, 2]),
        ("section=Tin+t%E1%BB%A9c", [2]),
        ("q=thuy+loi&page=2", []),
        ("q=%22%29+AND+%28%00%F0%9F%98%80&sort=nonsense&page=-1&year=x", []),
        ("q=khong+co+gi+nhu+vay", []),
    ],
)
def test_a_search_can_be_narrowed_and_no_search_is_an_error(viewer: Viewer, args: str, found: list[int]) -> None:
    answer = viewer.get(f"/search?{args}")
    assert answer.status == 200
    assert sorted(map(int, re.findall(r'<h3 lang="vi"><a href="/article/(\d+)">', answer.text))) == found


def test_a_result_is_exported_with_its_evidence_and_without_formulas(viewer: Viewer) -> None:
    answer = viewer.get("/search.csv?q=thuy+loi&sort=oldest")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == ["1", "2"]
    assert rows[0]["address"] == f"1/{NEW}"
    assert rows[1]["author"] == "'=HYPERLINK(1)"
    assert answer.headers["content-disposition"].startswith("attachment")
    lines = viewer.get("/search.jsonl?q=thuy+loi&sort=newest").text.splitlines()
    assert [json.loads(line)["author"] for line in lines] == ["=HYPERLINK(1)", "Thành Nguyên"]


def test_datasettes_own_csv_has_no_formulas_either(viewer: Viewer) -> None:
    for path in ("/archive/articles.csv", "/archive/articles.csv?_stream=1&_dl=1"):
        rows = list(csv.DictReader(io.StringIO(viewer.get(path).text)))
        assert {row["author"] for row in rows} == {"'=HYPERLINK(1)", "Thành Nguyên"}, path
        assert rows[0]["title"], path
    query = urlencode({"sql": "select -5 as a, '-1+2' as b, 'x,\"\n=c' as c"})
    answers = [viewer.get(f"{path}?{query}") for path in ("/archive/-/query.csv", "/archive.csv")]
    (row,) = csv.DictReader(io.StringIO(next(each.text for each in answers if each.status == 200), newline=""))
    assert row == {"a": "-5", "b": "'-1+2", "c": 'x,"\n=c'}


def test_datasettes_own_search_takes_words_as_ours_does(viewer: Viewer) -> None:
    for table, words, ids in (
        ("articles", "hòa bình", [1]),
        ("articles", "title:dat thu", [2]),
        ("attachments", "quyet dinh", [1]),
    ):
        query = urlencode({"_search": words, "_shape": "array"})
        found = json.loads(viewer.get(f"/archive/{table}.json?{query}").body)
        assert [row["id"] for row in found] == ids, (table, words)


def test_what_was_changed_and_removed_is_listed(viewer: Viewer) -> None:
    page = viewer.get("/changes?removed=nguyen+van+duc&kind=name").text
    assert "<del>Nguyễn Văn Đức</del>" in page
    assert f"/article/1/{OLD}/diff/{NEW}" in page
    assert "Nothing found." in viewer.get("/changes?kind=typo").text
    removed = viewer.get("/removed?since=2026-03-09&until=2026-03-09&portal=p").text
    assert "Thu hồi đất" in removed
    assert "evidence: http 404" in removed
    assert "Thu hồi đất" not in viewer.get("/removed?since=2026-03-10").text
    assert "Thu hồi đất" not in viewer.get("/removed?until=2026-03-08").text


@pytest.mark.parametrize(("feed", "entries"), [("articles", 2), ("changes", 2)])
def test_feeds_are_valid_atom(viewer: Viewer, feed: str, entries: int) -> None:
    answer = viewer.get(f"/feed/{feed}.atom?portal=p")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    atom = "{http://www.w3.org/2005/Atom}"
    root = ElementTree.fromstring(answer.body)
    found = root.findall(f"{atom}entry")
    assert len(found) == entries
    for each in (root, *found):
        assert all(each.findtext(f"{atom}{name}") for name in ("id", "title", "updated"))
    for each in found:
        link = each.find(f"{atom}link")
        assert link is not None
        assert viewer.get(link.attrib["href"].removeprefix(viewer.url)).status == 200
    assert not ElementTree.fromstring(viewer.get("/feed/articles.atom?portal=none").body).findall(f"{atom}entry")


def test_a_capture_shows_its_bytes_as_text_and_gives_its_record(viewer: Viewer, folder: Path) -> None:
    page = viewer.get("/capture/1").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "GET / HTTP/1.1" in page
    assert "HTTP/1.1 200 OK" in page
    record = viewer.get("/capture/1/record").body
    (only,) = ArchiveIterator(io.BytesIO(record))
    assert only.rec_headers["WARC-Target-URI"] == ARTICLE.url
    framed = viewer.get("/capture/1/page")
    assert framed.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "x-frame-options" not in framed.headers
    assert "Thứ sáu" in framed.text
    assert "alert" not in framed.text


def test_a_document_is_saved_and_a_page_is_not(viewer: Viewer) -> None:
    (row,) = json.loads(viewer.get("/archive/attachments.json?_shape=array&capture_id__notblank=1").body)
    answer = viewer.get(f"/capture/{row['capture_id']}/file")
    assert answer.body == b"%PDF-1.4 some document"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "qd.pdf" in answer.headers["content-disposition"]
    assert viewer.get("/capture/1/file").status == 404


def test_any_address_is_shown_at_any_time(viewer: Viewer) -> None:
    for wanted, nearest in (
        (OLD, None), ("20260302000000", OLD), ("2026030", NEW), ("2020", OLD), ("2030", NEW), ("*", "20260307220000")
    ):  # fmt: skip
        answer = viewer.get(f"/web/{wanted}/{ARTICLE.url}")
        if nearest is None:
            assert answer.status == 200
            assert "alert(1)" in answer.text
        else:
            assert answer.status == 302, wanted
            expected = OLD if wanted == "2026030" else nearest
            assert answer.headers["location"] == f"/web/{expected}/{ARTICLE.url}", wanted
    assert viewer.get("/web/2026/http:/p.vn/2").headers["location"].endswith("/http://p.vn/2")
    assert viewer.get("/web/http://nowhere.vn/").status == 404


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
def test_a_question_is_answered(viewer: Viewer, question: Question) -> None:
    words = "quyet dinh" if question.name == "search_documents" else "thủy lợi"
    args = {"words": words, "portal": "p", "article": "1", "_shape": "array"}
    rows = json.loads(viewer.get(f"/archive/{question.name}.json?{urlencode(args)}").body)
    assert isinstance(rows, list)
    assert rows or question.name == "issues_by_kind"
    assert question.name in viewer.get("/queries").text


def test_every_answer_has_its_policy(viewer: Viewer) -> None:
    paths = (
        "/", "/article/1", "/article/99", "/search?q=a", "/search.csv?q=a", "/capture/1", "/capture/1/record",
        "/feed/changes.atom", "/-/luutru/viewer.css", "/archive", "/archive/articles", "/archive/articles/1.json",
        "/archive/articles.csv", "/archive?sql=select+nonsense", "/nowhere",
    )  # fmt: skip
    for path in paths:
        headers = viewer.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'"), path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert len(headers.get_all("content-security-policy")) == 1, path


def test_blocks_keep_tables_lists_and_captions_apart() -> None:
    body = "Mở đầu\ndòng hai\n\nSTT\tTên\n1\tAn\nGhi chú\n\n- một\n- hai\n\nẢnh: Cầu mới\n\nMai Anh"
    found = blocks(body, captions=["Ảnh: Cầu mới"], author="Mai Anh")
    assert [each.kind for each in found] == ["paragraph", "table", "paragraph", "list", "caption", "byline"]
    assert "\n".join("\t".join(row) for each in found for row in each.rows).split() == body.split()


@pytest.mark.parametrize(
    ("page", "iso", "printed"),
    [
        ("Đăng lúc: 08:30 05/03/2021", "2021-03-05T08:30:00+07:00", "08:30 05/03/2021"),
        ("5-3-2021 17:05", "2021-03-05T17:05:00+07:00", "5-3-2021 17:05"),
        ("Updated 5/3/2021 5:05 PM", "2021-03-05T17:05:00+07:00", "5/3/2021 5:05 PM"),
        ("15/03/2021 08:30", "2021-03-05T08:30:00+07:00", None),
        ("<time datetime='2021-03-05'>hôm qua</time>", "2021-03-05T08:30:00+07:00", None),
        ("Hôm nay 05/03/2021", None, None),
    ],
)
def test_a_time_is_shown_as_the_page_prints_it(page: str, iso: str | None, printed: str | None) -> None:
    assert printed_time(page, iso) == printed


def test_every_province_has_a_place_of_its_own_on_the_map() -> None:
    from archive.provinces import provinces_now

    found = tiles({}, {})
    assert {tile.name for tile in found} == set(provinces_now().values())
    assert len({(tile.column, tile.row) for tile in found}) == len(found) == 34
