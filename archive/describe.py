"""What the tables and columns mean: for `luutru describe`, the documentation and Datasette."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from archive.schema import SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column and what it holds."""

    name: str
    type: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, what one row of it is, and its columns."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def is_machinery(self) -> bool:
        """Whether it serves the crawler and not the reader."""
        return self.name.startswith("_")


def tables() -> tuple[Table, ...]:
    """The tables as the SQL describes them, in its order."""
    found = []
    for match in re.finditer(r"((?:^-- [^\n]*\n)+)CREATE TABLE (\w+) \(\n(.*?)\n\) STRICT;", SCHEMA, re.M | re.S):
        comment, name, body = match.groups()
        columns = tuple(
            Column(name=line[1], type=line[2], description=line[3])
            for line in re.finditer(r"^  ([a-z_0-9]+) (TEXT|INTEGER|REAL)\b[^\n]*? -- (.+)$", body, re.M)
        )
        description = " ".join(line[3:] for line in comment.splitlines())
        found.append(Table(name=name, description=description, columns=columns))
    return tuple(found)


def metadata() -> dict[str, Any]:
    """Datasette's metadata for an archive: descriptions of tables and columns, what to show first."""
    described: dict[str, Any] = {}
    for table in tables():
        described[table.name] = {
            "description": table.description,
            "columns": {column.name: column.description for column in table.columns},
            **({"hidden": True} if table.is_machinery else {}),
        }
    described["articles"] |= {
        "label_column": "title",
        "sort_desc": "published_at",
        "facets": ["portal_id", "status"],
    }
    described["captures"] |= {"label_column": "url", "sort_desc": "id"}
    return {
        "title": "luutru",
        "description": "Articles of Vietnamese provincial government portals, with the evidence for each.",
        "databases": {"archive": {"tables": described}},
    }


def markdown() -> str:
    """The tables as a Markdown document (docs/schema.md)."""
    lines: list[str] = []
    for table in tables():
        lines += [
            f"## {table.name}",
            "",
            table.description,
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        lines += [f"| `{column.name}` | {column.type} | {column.description} |" for column in table.columns]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
