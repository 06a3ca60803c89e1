"""Where the blocks of a page stand: paths of tags with ids and classes, so that pages can be compared."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import chain, islice

from lxml import html

from crawler.parsers import dates, text
from crawler.parsers.page import Page
from crawler.parsers.text import Block
from crawler.parsers.tokens import tokens

_SHORT = 200
"""Letters up to which a block is looked into for a time beside other words."""
_MOST_PIECES = 50
_WEEKDAY = re.compile(r"\b(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật)\b")
_DIGITS = re.compile(r"\d+")
_STATES = tokens("active first last odd even current selected open in show collapsed hover")


_OFTEN = 0.1
"""Share of the pages that have a name, an id or a class, from which on it is the template's and not one page's."""
_BESIDE = 0.5
"""Share of the pages of the most frequent name of an element below which another one of it says what the page is."""


@dataclass(eq=False)
class Seen:
    """One page with the places of its elements and its blocks.

    A place is a path of tags with their `names`, ids and classes as `names_of` gives them; None stands for all.
    """

    page: Page
    names: Collection[str] | None = None
    blocks: list[Block] = field(init=False)

    def __post_init__(self) -> None:
        body = self.page.tree.find("body")
        self.blocks = text.blocks(body if body is not None else self.page.tree, cells_apart=True)

    def by(self, names: Collection[str]) -> Seen:
        """The same page, its places told by these names."""
        other = copy(self)
        for derived in ("places", "lines", "elements", "at"):
            other.__dict__.pop(derived, None)
        other.names = names
        return other

    @cached_property
    def places(self) -> dict[html.HtmlElement, str]:
        """The place of each element."""
        return places(self.page.tree, self.names)

    @cached_property
    def lines(self) -> list[str]:
        """The key of each block: its place and its masked text."""
        return [self.key(block) for block in self.blocks]

    @cached_property
    def elements(self) -> dict[str, list[html.HtmlElement]]:
        """The elements at each place."""
        found: dict[str, list[html.HtmlElement]] = defaultdict(list)
        for element, place in self.places.items():
            found[place].append(element)
        return found

    def place(self, block: Block) -> str:
        """Where a block stands: the innermost element that holds all of it."""
        element = block.element
        while len(element) == 1 and not _has_words(element.text) and not _has_words(element[0].tail):
            if element[0] not in self.places:
                break
            element = element[0]
        return self.places.get(element, "")

    def stamps(self, block: Block) -> list[dates.Stamp]:
        """The times of a block: as a whole, or of the pieces of text in it that are nothing else."""
        if stamp := dates.stamp(block.text.replace("\n", " ")):
            return [stamp]
        if len(block.text) > _SHORT:
            return []
        pieces = block.text.split("\n") if block.kind == "list" else _pieces(block)
        return [stamp for piece in pieces if (stamp := dates.stamp(piece))]

    def named(self, block: Block) -> str:
        """A block on one line, without the pieces that are times: a title beside its date."""
        words = block.text.replace("\n", " ")
        for piece in _pieces(block):
            if dates.stamp(piece):
                words = text.clean(words.replace(piece, " ", 1))
        return words

    @cached_property
    def at(self) -> dict[str, list[Block]]:
        """The blocks at each place."""
        found: dict[str, list[Block]] = defaultdict(list)
        for block in self.blocks:
            found[self.place(block)].append(block)
        return found

    def key(self, block: Block) -> str:
        """A block's place and masked text."""
        return f"{self.place(block)}\t{masked(block.text)}"

    @cached_property
    def likeness(self) -> bytes:
        """The same for pages that show the same long text: duplicates of an article must not vote twice."""
        longest = sorted((block.text for block in self.blocks if not block.linked), key=len)[-3:]
        return blake2b("\n".join(sorted(longest)).encode("utf-8", "replace"), digest_size=16).digest()


def _pieces(block: Block) -> list[str]:
    """The pieces of text of a block between its tags; its element may hold other blocks too."""
    pieces = (text.clean(str(piece)) for piece in islice(block.element.itertext(), _MOST_PIECES))
    return [piece for piece in pieces if piece and piece in block.text]


def _has_words(words: str | None) -> bool:
    return bool(words) and not str(words).isspace()


def masked(line: str) -> str:
    """A line with digits and weekdays masked.

    >>> masked("Thứ ba, 24/11/2026 - Lượt xem: 1.024")
    '@, 0/0/0 - lượt xem: 0.0'
    """
    return _DIGITS.sub("0", _WEEKDAY.sub("@", line.lower()))[:200]


def places(tree: html.HtmlElement, names: Collection[str] | None = None) -> dict[html.HtmlElement, str]:
    """The place of each element of a page, told by these names; by all where there are none given."""
    found: dict[html.HtmlElement, str] = {}
    for element in tree.iter():
        if isinstance(element.tag, str):
            parent = element.getparent()
            above = found.get(parent, "") if parent is not None else ""
            found[element] = f"{above}/{_step(element, names)}"
    return found


def names_of(element: html.HtmlElement) -> tuple[str, ...]:
    """An element's id and classes, digits masked, as `#id` and `.class`; states of the page's script are left out."""
    return _names_in(element.get("id"), element.get("class"))


@lru_cache(maxsize=20_000)
def _names_in(name: str | None, classes: str | None) -> tuple[str, ...]:
    found = ["#" + _DIGITS.sub("0", name)] if name else []
    if classes:
        found += sorted({"." + _DIGITS.sub("0", each) for each in classes.split() if each not in _STATES})
    return tuple(found)


def names(seen: Sequence[Seen]) -> frozenset[str]:
    """The names that tell places on a host's pages.

    Not those of single pages (`id="hoi-nghi-tong-ket"`), and not those that say what a page is beside a name that
    says what the place is (`class="post category-tin-tuc has-image"`).
    """
    named = [[found for element in each.page.tree.iter("*") if (found := names_of(element))] for each in seen]
    pages = Counter(name for elements in named for name in set(chain.from_iterable(elements)))
    often = max(2, _OFTEN * len(seen))
    beside: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for found in chain.from_iterable(named):
        most = max(pages[name] for name in found)
        for name in found:
            times[name] += 1
            beside[name] += pages[name] < _BESIDE * most
    return frozenset(name for name in times if pages[name] >= often and beside[name] <= times[name] / 2)


def _step(element: html.HtmlElement, names: Collection[str] | None) -> str:
    tag = str(element.tag)
    if own := names_of(element):
        tag += "".join(own if names is None else [name for name in own if name in names])
    if element.tag == "td":
        tag += f"[{sum(1 for _ in element.itersiblings('td', preceding=True))}]"
    return tag
