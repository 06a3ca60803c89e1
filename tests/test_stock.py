"""Where luutru is not installed, Datasette of both releases searches, counts and shows the archive all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from viewing import Viewer, datasette, sample


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample(tmp_path_factory.mktemp("stock"))


@pytest.fixture(scope="module", params=[("0.65", False), ("1.0", False), ("0.65", True), ("1.0", True)], ids=str)
def viewer(request: pytest.FixtureRequest, folder: Path) -> Iterator[Viewer]:
    release, plugin = request.param
    with datasette(folder, release=release, plugin=plugin) as running:
        yield running


def rows(viewer: Viewer, table: str, **args: str) -> list[dict[str, Any]]:
    found = viewer.get(f"/archive/{table}.json?{urlencode({**args, '_shape': 'array'})}")
    assert found.status == 200, found.text
    return list(json.loads(found.body))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("duong lien xa", {1}),
        ("Đường liên xã", {1}),
        ("thuy loi", {1, 2}),
        ("hoà bình", {1}),
        ("thu hoi dat", {2}),
        ("mai", {1}),
        ("khong co", set()),
    ],
)
def test_every_datasette_finds_the_same_articles(viewer: Viewer, words: str, found: set[int]) -> None:
    assert {row["id"] for row in rows(viewer, "articles", _search=words)} == found


def test_titles_come_first_and_name_the_articles(viewer: Viewer) -> None:
    assert list(rows(viewer, "articles")[0])[:2] == ["id", "title"]
    page = viewer.get("/archive/versions").text
    assert "Thu hồi đất</a>" in page


def test_facets_count(viewer: Viewer) -> None:
    found = json.loads(viewer.get("/archive/articles.json?_facet=status&_size=0&_extra=facet_results").body)
    results = found["facet_results"]
    counts = {each["value"]: each["count"] for each in results.get("results", results)["status"]["results"]}
    assert counts == {"live": 1, "gone": 1}


def test_without_the_plugin_there_is_nothing_of_ours(folder: Path) -> None:
    with datasette(folder, plugin=False) as stock:
        assert stock.get("/article/1").status == 404
        assert "content-security-policy" not in stock.get("/").headers
