"""The rows of a query by the names of its columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = dict[str, Any]


def rows(conn: sqlite3.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[Row]:
    """The rows of a query as dicts, whatever the connection gives its rows out as."""
    cursor = conn.cursor()
    cursor.row_factory = None
    cursor.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)
