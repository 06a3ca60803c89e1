"""XPath expressions, compiled once, with the type of what they find."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from cssselect import HTMLTranslator
from cssselect.xpath import XPathExpr
from lxml import etree, html

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
    return cast("Elements", etree.XPath(_Outwards().css_to_xpath(selector)))


class _Outwards(HTMLTranslator):
    """Translates `a b` and `a > b` to a look from b outwards: a b is met once, however many a's it stands in."""

    def xpath_descendant_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        """A b that stands in an a."""
        return right.add_condition(f"ancestor::{left}[1]")

    def xpath_child_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        """A b that is a child of an a."""
        return right.add_condition(f"parent::{left}")
