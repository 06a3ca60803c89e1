"""XPath expressions, compiled once, with the type of what they find."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from lxml import etree, html
from lxml.cssselect import CSSSelector

Elements = Callable[[html.HtmlElement], list[html.HtmlElement]]
Strings = Callable[[html.HtmlElement], list[str]]
Test = Callable[[html.HtmlElement], bool]


def elements(path: str) -> Elements:
    """An expression that finds elements."""
    return cast("Elements", etree.XPath(path))


def strings(path: str) -> Strings:
    """An expression that finds attribute values or texts."""
    return cast("Strings", etree.XPath(path, smart_strings=False))


def holds(path: str) -> Test:
    """An expression that is true or false."""
    return cast("Test", etree.XPath(f"boolean({path})"))


def css(selector: str) -> Elements:
    """A CSS selector, or several of them separated by commas, that finds elements in the page's order."""
    return cast("Elements", CSSSelector(selector, translator="html"))
