"""What leaves the archive as a table: complete, true to the texts, and never half a file."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ARTICLE, Maker
from running import luutru

from archive.clock import VIETNAM
from archive.describe import tables
from archive.export import _COLUMNS, _defused, articles, to_csv, to_jsonl, whole
from archive.store import Archive

FORMULAS = ('=HYPERLINK("http://x")', "+84 277", "-5 độ", "@home", "\tmột", "\rhai", "'ba", "Thường, có phẩy")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with an article for each odd beginning of a text; the newest was published last."""
    with Archive.open(tmp_path / "a", write=True) as opened:
        maker = Maker(opened)
        for number, text in enumerate(FORMULAS, 1):
            maker.article(
                replace(
                    ARTICLE, key=f"entry:{number}", url=f"http://p.vn/{number}", title=text, body=f"{text}\n\nĐức",
                    published_at=datetime(2021, 3, number, tzinfo=VIETNAM),
                )
            )  # fmt: skip
        maker.article(replace(ARTICLE, key="entry:1", url="http://p.vn/1", title="Sửa", body="Bản mới"))
    return tmp_path / "a"


def test_a_csv_gives_every_text_back_and_runs_none(archive: Path, tmp_path: Path) -> None:
    assert luutru(archive, "export", "csv", str(tmp_path / "a.csv")).returncode == 0
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfid,")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [row["title"].removeprefix("'") for row in rows] == ["Sửa", *FORMULAS[1:]]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())


@given(st.text())
def test_one_apostrophe_taken_off_gives_a_cell_back(text: str) -> None:
    cell = _defused(text)
    assert isinstance(cell, str)
    assert cell.removeprefix("'") == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_row_has_the_article_its_address_and_its_evidence(archive: Path, tmp_path: Path) -> None:
    assert luutru(archive, "export", "jsonl", str(tmp_path / "a.jsonl")).returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    with Archive.open(archive) as opened:
        versions = opened.conn.execute("SELECT article_id, timestamp, body FROM versions").fetchall()
        captures = dict(opened.conn.execute("SELECT id, record_sha256 FROM captures"))
    assert [row["version_count"] for row in rows] == [2] + [1] * (len(FORMULAS) - 1)
    for row in rows:
        number, _, stamp = row["address"].partition("/")
        assert (int(number), stamp, row["body"]) in versions
        assert captures[row["capture_id"]] == row["record_sha256"]
        assert row["attachments"] == [["http://p.vn/documents/1/qd.pdf", "Quyết định"]]


def test_no_column_of_articles_is_forgotten() -> None:
    own = {column.name for table in tables() if table.name == "articles" for column in table.columns}
    assert own - {"search_extra"} <= set(_COLUMNS)


def test_only_a_portal_and_only_since_a_day(archive: Path, tmp_path: Path) -> None:
    done = luutru(archive, "export", "jsonl", str(tmp_path / "s.jsonl"), "--since", "2021-03-06", "--portal", "p")
    titles = [json.loads(line)["title"] for line in (tmp_path / "s.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (done.returncode, titles) == (0, list(FORMULAS[5:]))
    wrong = luutru(archive, "export", "csv", str(tmp_path / "w.csv"), "--portal", "q")
    assert (wrong.returncode, (tmp_path / "w.csv").exists()) == (4, False)
    assert "'q'" in wrong.stderr


def test_a_file_is_replaced_only_when_told(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("mine")
    refused = luutru(archive, "export", "jsonl", str(path))
    assert (refused.returncode, path.read_text()) == (4, "mine")
    assert luutru(archive, "export", "jsonl", str(path), "--overwrite").returncode == 0
    assert path.read_text(encoding="utf-8").count("\n") == len(FORMULAS)


def test_a_failure_leaves_nothing_under_the_name(archive: Path, tmp_path: Path) -> None:
    with Archive.open(archive) as opened:
        rows = articles(opened)

        def failing():  # type: ignore[no-untyped-def]
            yield next(rows)
            raise RuntimeError("the plug")

        for write in (to_csv, to_jsonl):
            with pytest.raises(RuntimeError), whole(tmp_path / "half", overwrite=False) as file:
                write(failing(), file)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_parquet_holds_the_same_with_types(archive: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert luutru(archive, "export", "parquet", str(tmp_path / "a.parquet")).returncode == 0
    found = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    with Archive.open(archive) as opened:
        rows = list(articles(opened))
    assert [row["body"] for row in found] == [row["body"] for row in rows]
    assert [row["published_at"] for row in found] == [datetime.fromisoformat(row["published_at"]) for row in rows]


def test_parquet_says_what_it_needs(archive: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None; from crawler.cli import main; sys.argv[1:] = sys.argv[1:]; main()"
    )
    command = [sys.executable, "-c", code, "--archive", str(archive), "export", "parquet", str(tmp_path / "a.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert 'pip install "luutru[parquet]"' in done.stderr
    assert not (tmp_path / "a.parquet").exists()
