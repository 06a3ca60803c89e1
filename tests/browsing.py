"""Debian's Chromium, driven by playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which
from typing import Any

from conftest import missing


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser; skips the test where there is none."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    path = which("chromium")
    if path is None:
        missing("chromium")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@contextmanager
def opened(browser: Any, **options: Any) -> Iterator[Any]:
    """A page of a reader of its own."""
    context = browser.new_context(**options)
    yield context.new_page()
    context.close()
