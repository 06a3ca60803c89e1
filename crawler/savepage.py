"""A page becomes a fixture: the page itself and what is read of it, for a person to check."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from archive.errors import ConfigError
from archive.records import Reading
from crawler.explain import fields
from crawler.parsers.page import Page


def save(page: Page, reading: Reading, folder: Path, name: str | None = None) -> tuple[Path, Path]:
    """Write `<name>.html.gz` and `<name>.json`; returns both paths. Raises `ConfigError` where they are there."""
    slug = name or re.sub(r"[^a-z0-9]+", "-", page.url.partition("://")[2].lower()).strip("-")[-80:] or "page"
    markup, expected = folder / f"{slug}.html.gz", folder / f"{slug}.json"
    if markup.exists() or expected.exists():
        raise ConfigError(f"{markup} is there already; give another name with --name.")
    folder.mkdir(parents=True, exist_ok=True)
    markup.write_bytes(gzip.compress(page.body, mtime=0))
    said = {
        "url": page.url,
        "content_type": page.headers.get("content-type", ""),
        "reader": reading.reader,
        "kind": reading.kind,
        "article": fields(reading.article) if reading.article else None,
    }
    expected.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return markup, expected
