"""The viewer's pages, from a real Datasette of both releases over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from making import ARTICLE, Maker, verdict
from viewing import Viewer, datasette

from archive.clock import VIETNAM
from archive.records import Verdict
from archive.store import Archive
from archive.viewer.charts import tiles
from archive.viewer.evidence import printed_time
from archive.viewer.structure import blocks

BEGIN = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)
OLD, NEW = "20260228220000", "20260307220000"
PAGE = "<p>Thứ sáu, 05/03/2021 | 08:30 GMT+7</p><script>alert(1)</script>".encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with an edited article, a removed one, a document, and one that two years lie between."""
    path = tmp_path_factory.mktemp("viewed")
    with Archive.open(path, write=True) as archive:
        make = Maker(archive)
        make.article(when=BEGIN, body=PAGE)
        body = ARTICLE.body.replace("Nguyễn Văn Đức", "Trần Thị Mai").replace("5/3", "6/3")
        make.article(replace(ARTICLE, body=body), when=BEGIN + timedelta(days=7), body=PAGE)
        other = replace(ARTICLE, key="entry:2", url="http://p.vn/2", title="Thu hồi đất", attachments=(),
                        published_at=datetime(2023, 5, 2, tzinfo=VIETNAM), section="Tin tức")  # fmt: skip
        make.article(other, when=BEGIN + timedelta(days=7))
        make.visit(other.url, reading=verdict(Verdict.GONE, "http 404"), when=BEGIN + timedelta(days=8))
        make.document(ARTICLE.attachments[0].url, b"%PDF-1.4 some document")
        archive.end_run(make.run, 0)
        make.warc.close()
    return path


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
    assert "known and not yet fetched: 0" in page
    assert "Tin tức" in page


@pytest.mark.parametrize("path", ["/article/99", "/article/1/20200101000000", "/portal/none"])
def test_what_is_not_there_is_said(viewer: Viewer, path: str) -> None:
    found = viewer.get(path)
    assert found.status == 404
    assert "Not in this archive" in found.text


def test_pages_speak_the_readers_language(viewer: Viewer) -> None:
    assert '<html lang="en">' in viewer.get("/").text
    assert "Kho lưu trữ này có gì" in viewer.get("/", accept_language="vi-VN,vi;q=0.9,en;q=0.8").text
    switched = viewer.get("/?_lang=vi", accept_language="en")
    assert '<html lang="vi">' in switched.text
    cookie = switched.headers["set-cookie"].split(";")[0]
    assert '<html lang="vi">' in viewer.get("/article/1", cookie=cookie).text


def test_every_answer_has_its_policy(viewer: Viewer) -> None:
    paths = ("/", "/article/1", "/article/99", "/archive", "/archive/articles", "/archive/articles/1.json", "/nowhere",
             "/-/luutru/viewer.css", "/archive/articles.csv", "/archive?sql=select+nonsense")  # fmt: skip
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
    from archive.store import provinces_now

    found = tiles({}, {})
    assert {tile.name for tile in found} == set(provinces_now().values())
    assert len({(tile.column, tile.row) for tile in found}) == len(found) == 34
