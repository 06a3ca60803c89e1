"""CSS selectors, translated so that elements that stand in each other by the hundred cost nothing."""

from __future__ import annotations

import random

import pytest
from lxml import html
from lxml.cssselect import CSSSelector

from crawler.parsers.xpath import css

SELECTORS = (
    ".a .b", "#x > b", "div.a > i .b", ".a .a .b, #x i", "p:not(.a) b", '.a [title$="z"], b', ".blog .item > .b",
    "i ~ b"
)  # fmt: skip


def tree(dice: random.Random) -> html.HtmlElement:
    """A page of elements at random in each other, with the names that the selectors ask for."""
    markup = ""
    for _ in range(120):
        marks = dice.choice(
            ("", ' class="a"', ' class="b a"', ' id="x"', ' class="item"', ' title="xyz"', ' class="blog"')
        )
        markup += dice.choice((f"<{dice.choice(('div', 'p', 'b', 'i', 'a'))}{marks}>", "</div>", "</b>", "</i>"))
    return html.document_fromstring(f"<body>{markup}</body>")


@pytest.mark.parametrize("selector", SELECTORS)
def test_a_selector_finds_what_css_says(selector: str) -> None:
    expected, found = CSSSelector(selector, translator="html"), css(selector)
    pages = [tree(random.Random(number)) for number in range(200)]
    assert [found(page) for page in pages] == [expected(page) for page in pages]
    assert any(found(page) for page in pages)
