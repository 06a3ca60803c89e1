"""What the tables and columns mean: for `luutru describe`, the documentation and Datasette."""

from __future__ import annotations

from typing import Any

from archive.schema import tables


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
