"""The 63 provinces before July 2025 and the 34 since, as a table of the archive and by name."""

from __future__ import annotations

import csv
import json
import sqlite3
from functools import cache
from importlib.resources import files


@cache
def mapping() -> tuple[dict[str, str], ...]:
    """A row for each of the 63, with the columns of the table `provinces`."""
    with files("archive").joinpath("tables/provinces_63_34.tsv").open(encoding="utf-8") as table:
        return tuple(csv.DictReader(table, delimiter="\t"))


@cache
def provinces_now() -> dict[str, str]:
    """The province of July 2025 for the name of each of the 63 before it, and for its own name."""
    rows = mapping()
    return {row["new_name"]: row["new_name"] for row in rows} | {row["old_name"]: row["new_name"] for row in rows}


def fill(conn: sqlite3.Connection) -> None:
    """Fill the table `provinces`, in the caller's transaction: one statement."""
    columns = ("old_code", "old_name", "new_code", "new_name")
    conn.execute(
        f"INSERT INTO provinces ({', '.join(columns)})"
        f" SELECT {', '.join(f'value ->> {name!r}' for name in columns)} FROM json_each(?)",
        [json.dumps(mapping(), ensure_ascii=False)],
    )
