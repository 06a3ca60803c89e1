"""Weeks, or a year, of living portals: what is missed, how late it is noticed, and what is taken for what it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import missing
from year_sites import SECTIONS

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def simulated(folder: Path, *arguments: object) -> dict[str, Any]:
    """The figures of a simulation, whose clock is a file that libfaketime reads."""
    if FAKETIME is None:
        missing("libfaketime")
    clock = folder / "clock"
    clock.write_text("2026-01-01 00:00:00\n", encoding="ascii")
    here = Path(__file__).parent
    told = subprocess.run(
        [sys.executable, here / "year.py", folder / "archive", clock, *map(str, arguments)],
        env={
            **os.environ, "TZ": "UTC", "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
            "PYTHONPATH": str(here.parent),
        },
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-4000:]
    print(told.stdout)
    figures: dict[str, Any] = json.loads(told.stdout)
    return figures


@pytest.mark.prove
def test_a_year_of_living_portals_is_archived_as_it_was(tmp_path: Path, full: bool) -> None:
    portals, days = (20, 365) if full else (3, 20)
    figures = simulated(tmp_path, "--portals", portals, "--days", days, "--seed", 7)
    assert figures["articles"]["missed"] == []
    assert figures["articles"]["days until held, new"]["median"] <= 1
    assert figures["edits"]["days until seen, a week"]["median"] <= 1
    assert figures["outages taken for deletions"] == []
    assert figures["taken for unlisted"] == []
    assert figures["versions of no text"] == []
    assert figures["alerts"]["false a portal-year"] <= 1
    assert figures["coverage at the end off by %"]["median"] <= 1


@pytest.mark.prove
def test_an_unchanged_portal_is_asked_for_little(tmp_path: Path, full: bool) -> None:
    articles, days = (20_000, 60) if full else (300, 8)
    still = simulated(tmp_path, "--articles", articles, "--days", days)["requests"]["p00"]
    assert still["articles"] >= articles
    if full:
        assert still["a known article and day"] <= 0.01
    assert still["a run"]["median"] <= len(SECTIONS) + 5
