"""How well Vietnamese is found: FTS5 as it comes, folding, the archive's file by itself, and the engine on top.

    python bench/search.py CORPUS [--articles 20000] [--times 1] [--queries 200] [--half report] [--keep FOLDER]

CORPUS is a file of real articles: JSON lines with title, lead and body, or the three separated by tabs (line ends in
them as \\n). Each cell: mean reciprocal rank / recall among the first ten (of ten, where more would do) / share of
queries that find nothing. Queries are made from the corpus by a fixed seed; `--half tune` is for working on the engine.
`--times 7` puts seven times as many articles together from the corpus, for latency: the queries are the same.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from search_files import NAIVE, Article, index_size, multiply, read, write_archive, write_naive
from search_queries import Asked, generate

from archive.search import search

Ask = Callable[[str], list[int]]


def stock(path: Path) -> Ask:
    """The stock table of a file, asked as Datasette's search box asks: each word in quotes, the best by rank."""
    conn = sqlite3.connect(path)
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rank LIMIT 10"

    def ask(query: str) -> list[int]:
        bits = [query] if query.startswith('"') else [f'"{bit}"' for bit in query.replace('"', "").split()]
        return [row[0] for row in conn.execute(sql, [" ".join(bits)])]

    return ask


def engine(path: Path) -> Ask:
    """The engine on an archive's file."""
    conn = sqlite3.connect(path)
    return lambda query: [hit.id for hit in search(conn, query, limit=10).hits]


def measure(asked: list[Asked], ask: Ask) -> tuple[dict[str, str], list[float]]:
    """A cell for each kind of query, and the seconds of each query."""
    ranks: dict[str, list[tuple[float, float, bool]]] = {}
    took = []
    for each in asked:
        started = time.perf_counter()
        found = ask(each.text)
        took.append(time.perf_counter() - started)
        first = next((at for at, number in enumerate(found, 1) if number in each.relevant), None)
        recall = len(each.relevant.intersection(found)) / min(10, len(each.relevant))
        ranks.setdefault(each.kind, []).append((1 / first if first else 0, recall, not found))
    cells = {}
    for kind, figures in ranks.items():
        mean = [statistics.fmean(column) for column in zip(*figures, strict=True)]
        cells[kind] = f"{mean[0]:.2f}/{mean[1]:.2f}/{100 * mean[2]:.0f}"
    return cells, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--half", choices=["tune", "report"], default="report")
    parser.add_argument("--keep", type=Path, help="Keep the files here, and use those that are here already.")
    arguments = parser.parse_args()
    articles = read(arguments.corpus, arguments.articles)
    asked = [each for each in generate(articles, arguments.queries) if each.half == (arguments.half == "report")]
    with tempfile.TemporaryDirectory() as place:
        files = _files(arguments.keep or Path(place), articles, len(articles) * arguments.times)
        _report(files, asked)


def _files(folder: Path, articles: list[Article], count: int) -> dict[str, Path]:
    files = {name: folder / f"{name}.db" for name in (*NAIVE, "archive")}
    for name, path in files.items():
        if path.exists():
            continue
        started = time.process_time()
        if name == "archive":
            write_archive(path, multiply(articles, count))
        else:
            write_naive(path, multiply(articles, count), NAIVE[name])
        print(f"{name}: {count / (time.process_time() - started):.0f} articles a CPU second", file=sys.stderr)
    return files


def _report(files: dict[str, Path], asked: list[Asked]) -> None:
    systems: dict[str, Ask] = {name: stock(path) for name, path in files.items()} | {"engine": engine(files["archive"])}
    measured = {name: measure(asked, ask) for name, ask in systems.items()}
    print(f"| query | n | {' | '.join(measured)} |")
    for kind in dict.fromkeys(each.kind for each in asked):
        cells = " | ".join(cells[kind] for cells, _ in measured.values())
        print(f"| {kind} | {sum(each.kind == kind for each in asked)} | {cells} |")
    for name, (_, took) in measured.items():
        p95 = statistics.quantiles(took, n=20)[-1]
        times = [1000 * each for each in (statistics.median(took), p95, max(took))]
        print(f"{name}: median {times[0]:.0f} ms, p95 {times[1]:.0f} ms, worst {times[2]:.0f} ms")
    plain = index_size(files["default"], "articles_fts")
    for table in ("articles_fts", "articles_exact"):
        size = index_size(files["archive"], table)
        print(f"{table}: {size / 1e6:.0f} MB, {size / plain:.2f} times the default index ({plain / 1e6:.0f} MB)")
    whole = [files[name].stat().st_size for name in ("archive", "default")]
    print(f"the whole file: {whole[0] / 1e6:.0f} MB, {whole[0] / whole[1]:.2f} times the naive one")


if __name__ == "__main__":
    main()
