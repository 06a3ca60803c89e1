"""Pages for the tests of the readers: made from strings, and the real ones where they are at hand."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from crawler.parsers.page import Page

PAGES = Path(os.environ.get("LUUTRU_PAGES") or Path(__file__).parents[2] / "shared/data/pages")


def page_of(
    body: str | bytes,
    url: str = "https://tinh.gov.vn/tin-tuc",
    status: int = 200,
    content_type: str = "text/html",
) -> Page:
    """A page as if the portal had answered with it, on a day in November 2026."""
    data = body.encode() if isinstance(body, str) else body
    return Page(
        url=url,
        status=status,
        headers={"content-type": content_type, "date": "Tue, 24 Nov 2026 03:15:00 GMT"},
        body=data,
    )


def real_page(name: str, url: str | None = None) -> Page:
    """One of the saved pages, by its path without `.gz`."""
    path = PAGES / f"{name}.gz"
    if not path.exists():
        pytest.skip(f"the real pages are not at hand ({path})")
    return page_of(gzip.decompress(path.read_bytes()), url or f"https://www.tinh.gov.vn/{name}")


def truth() -> list[dict[str, str | None]]:
    """What the real pages say; empty where they are not at hand."""
    path = PAGES / "truth.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
