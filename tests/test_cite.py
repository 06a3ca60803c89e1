"""Citations: what they say, and that the command gives them for each version."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from making import ARTICLE, Maker
from running import luutru

from archive.cite import STYLES, Source
from archive.clock import VIETNAM
from archive.store import Archive

BEGIN = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)
CITED = Source(
    article_id=17, timestamp="20260228220000", title="Đường liên xã", author="Thành Nguyên", portal="Cổng Hoà Bình",
    published=date(2021, 3, 5), url="http://p.vn/1?a=1&b=2", address="https://luutru.example/article/17/20260228220000",
)  # fmt: skip


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("vietnamese", "Thành Nguyên (2021), “Đường liên xã”, Cổng Hoà Bình, ngày 05/03/2021, http://p.vn/1?a=1&b=2,"
         " bản lưu ngày 01/03/2026: https://luutru.example/article/17/20260228220000."),
        ("apa", "Thành Nguyên. (2021, March 5). Đường liên xã. Cổng Hoà Bình. http://p.vn/1?a=1&b=2"
         " (archived March 1, 2026, at https://luutru.example/article/17/20260228220000)"),
        ("chicago", "Thành Nguyên. “Đường liên xã.” Cổng Hoà Bình. March 5, 2021. http://p.vn/1?a=1&b=2."
         " Archived March 1, 2026, at https://luutru.example/article/17/20260228220000."),
    ],
)  # fmt: skip
def test_a_source_is_cited_as_one_writes_it(style: str, said: str) -> None:
    assert STYLES[style](CITED) == said


def test_what_the_page_does_not_say_is_not_made_up() -> None:
    bare = replace(CITED, author=None, published=None)
    assert STYLES["vietnamese"](bare).startswith("“Đường liên xã”, Cổng Hoà Bình, http://p.vn/")
    assert STYLES["apa"](bare).startswith("Cổng Hoà Bình. (n.d.). Đường liên xã. http")
    assert not {"author", "issued"} & json.loads(STYLES["csl"](bare))[0].keys()
    assert "author" not in STYLES["bibtex"](bare)
    assert "year" not in STYLES["bibtex"](bare)


def test_reference_managers_get_every_field() -> None:
    (item,) = json.loads(STYLES["csl"](CITED))
    assert item["issued"] == {"date-parts": [[2021, 3, 5]]}
    assert item["author"] == [{"literal": "Thành Nguyên"}]
    assert item["archive_location"] == CITED.address
    hostile = replace(CITED, title="50% của {dự án} #1_a & \\b}", url="http://p.vn/}\\input{x}")
    entry = STYLES["bibtex"](hostile)
    assert r"title = {{50\% của \{dự án\} \#1\_a \& \textbackslash{}b\}}}" in entry
    assert "url = {http://p.vn/%7D%5Cinput%7Bx%7D}" in entry


def test_the_command_cites_each_version_at_its_permanent_address(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        make = Maker(archive)
        make.article(when=BEGIN)
        make.article(replace(ARTICLE, title="Đường mới"), when=BEGIN + timedelta(days=7))
        make.warc.close()
    newest = luutru(tmp_path, "cite", "1")
    assert "“Đường mới”, Cổng, ngày 05/03/2021, http://p.vn/-/asset_publisher/a/content/id/1" in newest.stdout
    assert newest.stdout.rstrip().endswith("luutru:1/20260307220000.")
    older = luutru(tmp_path, "cite", "1", "--version", "20260228220000", "--site", "https://x.example", "--json")
    told = json.loads(older.stdout)
    assert told["address"] == "https://x.example/article/1/20260228220000"
    assert "Đường liên xã Hoà Bình" in told["apa"]
    assert luutru(tmp_path, "cite", "1", "--version", "20200101000000").returncode == 4
    assert luutru(tmp_path, "cite", "9").returncode == 4
