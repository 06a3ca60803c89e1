"""`luutru serve`: for oneself, and for everybody with limits that hold."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from viewing import Viewer, python, running, sample

GREEDY = (
    "select length(group_concat(hex(zeroblob(20000000)))) from articles, versions, captures",
    "with recursive n(x) as (select hex(zeroblob(1000000)) union all select x || 'a' from n) select count(*) from"
    " (select x from n order by x)",
    "with recursive n(i) as (select 1 union all select i + 1 from n) select sum(i) from n",
    "select zeroblob(2000000000)",
    "select printf('%.*c', 2000000000, 'x')",
    "with recursive n(i) as (select 1 union all select i + 1 from n) select i, randomblob(100000) from n",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample(tmp_path_factory.mktemp("served"))


def serve(folder: Path, *options: str, release: str = "0.65") -> Iterator[Viewer]:
    command = [python(release), "-m", "crawler", "--archive", str(folder), "serve", *options]
    with running(command) as viewer:
        yield viewer


@pytest.fixture(scope="module", params=["0.65", "1.0"])
def public(request: pytest.FixtureRequest, folder: Path) -> Iterator[Viewer]:
    yield from serve(folder, "--public", "--https", release=request.param)


@pytest.fixture(scope="module", params=["0.65", "1.0"])
def open_to_sql(request: pytest.FixtureRequest, folder: Path) -> Iterator[Viewer]:
    yield from serve(folder, "--public", "--sql", "--memory", "1024", release=request.param)


def test_the_public_reads_pages_and_questions_and_runs_no_sql_of_its_own(public: Viewer) -> None:
    assert public.get("/search?q=thuy+loi").status == 200
    assert public.get("/archive/evidence.json?article=1").status == 200
    assert public.get("/archive/articles.json?_search=thuy+loi").status == 200
    assert "Run it in Datasette" not in public.get("/search?q=thuy+loi").text
    for path in ("/archive?sql=select+1", "/archive.json?sql=select+1", "/archive.db"):
        answer = public.get(path)
        if answer.status == 302:
            answer = public.get(answer.headers["location"])
        assert answer.status in (403, 404), path
    assert str(public.get("/article/1").text).count("https://127.0.0.1:") > 3


@pytest.mark.parametrize("page", ["databases", "plugins", "settings", "versions", "threads", "metadata"])
def test_the_public_is_not_told_of_the_machine(public: Viewer, folder: Path, page: str) -> None:
    for path in (f"/-/{page}", f"/-/{page}.json"):
        answer = public.get(path)
        assert answer.status in (403, 404), path
        assert str(folder) not in answer.text


def test_greedy_sql_ends_with_a_sentence_and_the_site_goes_on(open_to_sql: Viewer) -> None:
    answers: list[int] = []

    def ask(sql: str) -> None:
        path = f"/archive/-/query.json?{urlencode({'sql': sql})}"
        found = open_to_sql.get(path)
        if found.status == 404:
            found = open_to_sql.get(f"/archive.json?{urlencode({'sql': sql})}")
        answers.append(found.status)

    threads = [threading.Thread(target=ask, args=(sql,)) for sql in GREEDY]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == len(threads)
    assert max(answers) < 500, answers
    assert open_to_sql.get("/article/1").status == 200
    assert json.loads(open_to_sql.get("/archive/evidence.json?article=1&_shape=array").body)


def test_nothing_is_written_to_the_archive(folder: Path) -> None:
    before = names(folder), (folder / "archive.db").read_bytes()
    for viewer in serve(folder):
        assert viewer.get("/").status == 200
        assert viewer.get("/archive").status == 200
        assert "When the page says it was published" in viewer.get("/archive/articles").text
    assert (names(folder), (folder / "archive.db").read_bytes()) == before


def names(folder: Path) -> set[str]:
    """What lies in the archive, but for the log that readers open."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))}
