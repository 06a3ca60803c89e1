"""Where the bars of a chart and the tiles of the map of provinces stand: pure geometry, drawn by the templates."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WIDTH, HEIGHT = 720, 140
_MOST_MONTHS = 60
"""So many months are shown one by one; a longer span is shown by years."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the drawing; `label` is its month or year, `value` how many."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tile:
    """A province on the map, its column and row, and how many portals and articles are held of it."""

    name: str
    column: int
    row: int
    portals: int
    articles: int


def spans(months: Mapping[str, int]) -> list[tuple[str, int]]:
    """Months (`2021-03`) and how many, with those between that have none; years where the months are many.

    >>> spans({"2020-11": 2, "2021-01": 1})
    [('2020-11', 2), ('2020-12', 0), ('2021-01', 1)]
    """
    if not months:
        return []
    first, last = (int(each[:4]) * 12 + int(each[5:7]) - 1 for each in (min(months), max(months)))
    if last - first < _MOST_MONTHS:
        names = [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(first, last + 1)]
        return [(name, months.get(name, 0)) for name in names]
    years: dict[str, int] = {f"{year:04}": 0 for year in range(first // 12, last // 12 + 1)}
    for month, count in months.items():
        years[month[:4]] += count
    return list(years.items())


def bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    """A bar for each count, as high as it is many; the least that is not nothing can still be seen."""
    most = max((count for _, count in counts), default=0) or 1
    step = min(WIDTH / max(len(counts), 1), 48)
    found = []
    for place, (label, count) in enumerate(counts):
        height = max(count / most * HEIGHT, 2 if count else 0)
        found.append(Bar(label, count, round(place * step, 2), round(HEIGHT - height, 2), round(step * 0.86, 2),
                         round(height, 2)))  # fmt: skip
    return found


def tiles(portals: Mapping[str, int], articles: Mapping[str, int]) -> list[Tile]:
    """The provinces since July 2025, about where they lie."""
    return [Tile(name, column, row, portals.get(name, 0), articles.get(name, 0)) for name, column, row in _places()]


@cache
def _places() -> tuple[tuple[str, int, int], ...]:
    with files("archive").joinpath("tables/province_tiles.tsv").open(encoding="utf-8") as table:
        return tuple(
            (row["name"], int(row["column"]), int(row["row"])) for row in csv.DictReader(table, delimiter="\t")
        )
