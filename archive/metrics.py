"""An archive's numbers as Prometheus reads them (text format 0.0.4)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import overview
from archive.folder import Folder

_GAUGES = {
    "articles": "Articles held.",
    "versions": "Versions of articles held.",
    "captures": "Exchanges with the portal's servers.",
    "waiting": "Addresses that wait to be asked for.",
    "expected": "Articles that the portal is known or thought to have published.",
    "alerts": "Alerts that are open.",
}
_OUTCOMES = ("new", "changed", "gone", "suspect", "failed")


def text(conn: sqlite3.Connection, folder: Folder) -> str:
    """All metrics: of each portal, and of the folder and its disk."""
    return "\n".join(_lines(overview.portals(conn), folder)) + "\n"


def _lines(rows: list[dict[str, Any]], folder: Folder) -> Iterator[str]:
    for name, about in _GAUGES.items():
        yield from _metric(f"luutru_{name}", about, {_labels(portal=row["portal"]): row[name] for row in rows})
    for name, about in (("last_run", "When the last run began."), ("last_good", "When the last good run began.")):
        moments = {_labels(portal=row["portal"]): _seconds(row[name]) for row in rows}
        yield from _metric(f"luutru_{name}_timestamp_seconds", about, moments)
    codes = {_labels(portal=row["portal"]): row["exit_code"] for row in rows}
    yield from _metric("luutru_last_run_exit_code", "The exit code of the last run; none where it was killed.", codes)
    counts = {_labels(portal=row["portal"], outcome=name): row[name] for row in rows for name in _OUTCOMES}
    yield from _metric("luutru_last_run_addresses", "What came of the addresses of the last run.", counts)
    yield from _metric("luutru_database_bytes", "Size of archive.db.", {"": _size(folder.database)})
    yield from _metric("luutru_disk_free_bytes", "Free on the disk.", {"": shutil.disk_usage(folder.path).free})


def _metric(name: str, about: str, values: dict[str, float | None]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} gauge"
    for labels, value in values.items():
        if value is not None:
            yield f"{name}{labels} {value}"


def _labels(**labels: str) -> str:
    def quoted(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    return "{" + ",".join(f'{name}="{quoted(value)}"' for name, value in labels.items()) + "}"


def _seconds(moment: str | None) -> float | None:
    return datetime.fromisoformat(moment).timestamp() if moment else None


def _size(file: Path) -> int:
    return file.stat().st_size
