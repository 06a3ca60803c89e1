"""An element's text as blocks: paragraphs, captions, tables and lists in reading order.

What becomes what:
- a paragraph, heading, caption or bare text beside such an element is a block;
- `<br>` is a new line in its block, and two of them end the block, for that is how portals write paragraphs;
- a list is one block, an item a line;
- a table row is a line, a tab between its cells. A row that only lays out the page (a single filled cell with
  several paragraphs, a nested table, two columns of prose) is not squeezed into one line: the blocks of its
  cells stand one after another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, cast

from lxml import etree, html

from crawler.parsers.tokens import tokens

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)
_BREAK = "\x00"
_BLOCK_TAGS = tokens(
    """
    p div h1 h2 h3 h4 h5 h6 figure figcaption blockquote section article header footer main aside nav
    center address form fieldset legend details summary pre hr ul ol dl dir menu li dt dd table caption
    thead tbody tfoot tr td th body
    """
)
_LISTS = frozenset(("ul", "ol", "dl", "dir", "menu"))
_ITEMS = frozenset(("li", "dt", "dd"))
_CELLS = frozenset(("td", "th"))
_FRAMES = _LISTS | _ITEMS | _CELLS | {"table", "tr"}
_NO_TEXT = tokens(
    """
    script style noscript template svg head title iframe object embed audio video canvas map button
    select textarea input datalist
    """
)
_STRONG = frozenset(("strong", "b", "h1", "h2", "h3", "h4", "h5", "h6"))
_HIDDEN_CLASSES = tokens(
    """
    hide-accessible sr-only visually-hidden helper-hidden-accessible lexicon-icon hidden aui-helper-hidden
    headerlink
    """
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:left|top|right|text-indent)\s*:\s*-\d{3}"
    r"|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_PROSE = 100
"""Letters from which on a paragraph of a table cell is prose."""


class Block(NamedTuple):
    """One block of text and what the readers ask of it."""

    text: str
    element: html.HtmlElement
    """The innermost block element that holds it."""
    kind: str
    """`text`, `list`, `table` or `caption`."""
    strong: bool
    """All of it is bold."""
    linked: bool
    """All of it is link text."""


class _Frame:
    """Blocks that belong together: the fragment, a table, a row, a cell, a list, an item."""

    __slots__ = ("blocks", "cells", "element", "lines", "nested", "tag")

    def __init__(self, tag: str, element: html.HtmlElement) -> None:
        self.tag = tag
        self.element = element
        self.blocks: list[Block] = []
        self.lines: list[Block] = []
        """Rows or items that will be one block, as soon as anything else follows."""
        self.cells: list[_Frame] = []
        self.nested = False
        """A table stands in here."""

    def extend(self, blocks: list[Block]) -> None:
        if blocks:
            self.seal()
            self.blocks += blocks

    def seal(self) -> None:
        if self.lines:
            kind = self.lines[0].kind
            self.blocks.append(_one(self.lines, self.lines[0].element, kind, "\n"))
            self.lines.clear()


def clean(text: str) -> str:
    """One line: NFC, one ordinary space for any white space, nothing that cannot be seen.

    >>> clean(" Ho\\u0323\\u0302i\\u00a0\\u200b nghi\\u00ad\\u0323 ")
    'Hội nghị'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text if text.isprintable() else _UNSEEN.sub("", text))
    if text.isprintable() and "  " not in text:  # of all white space only the ordinary one is printable
        return text.strip(" ")
    return " ".join(_UNSEEN.sub("", text).split())


def blocks(
    root: html.HtmlElement, skip: Collection[html.HtmlElement] = (), *, cells_apart: bool = False
) -> list[Block]:
    """The blocks of a fragment in reading order, without the elements (and all they hold) in `skip`.

    With `cells_apart` no table is a table of data: the text of each cell is a block of its own.
    """
    reader = _Reader(root, cells_apart=cells_apart)
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    left_out: html.HtmlElement | None = None
    for event, element in walk:
        if event == "start":
            if element in skip or is_hidden(element):
                left_out = element
                walk.skip_subtree()
            else:
                reader.start(element)
        elif event == "end" and element is not left_out:
            reader.end(element)
        if event != "start" and element is not root and element.tail:
            reader.write(element.tail)
    reader.flush(root)
    reader.frames[0].seal()
    return reader.frames[0].blocks


def line(root: html.HtmlElement) -> str:
    """The visible text of an element on one line."""
    if not len(root):
        return "" if is_hidden(root) else clean(root.text or "")
    return " ".join(block.text for block in blocks(root)).replace("\n", " ").replace("\t", " ")


def raw(root: html.HtmlElement) -> str:
    """All text of an element, seen or not, on one line."""
    return clean(" ".join(cast("Iterator[str]", root.itertext())))


def joined(found: Iterable[Block]) -> str:
    """Blocks as the text of an article: one blank line between them."""
    return "\n\n".join(block.text for block in found).strip()


def holds(root: html.HtmlElement, element: html.HtmlElement) -> bool:
    """Whether an element stands in another one."""
    return any(up is root for up in element.iterancestors())


def is_hidden(element: html.HtmlElement) -> bool:
    """Whether nobody sees the element's text on the page."""
    if element.tag in _NO_TEXT:
        return True
    get = element.get
    names = get("class")
    if names and not _HIDDEN_CLASSES.isdisjoint(names.split()):
        return True
    if names and "d-none" in names and _is_never_shown(names):
        return True
    style = get("style")
    return bool(style and _HIDDEN_STYLE.search(style)) or get("hidden") is not None


def _is_never_shown(names: str) -> bool:
    """`d-none` without a `d-md-block` beside it (Bootstrap shows the latter on wide screens)."""
    return "d-none" in names.split() and not re.search(r"\bd-(sm|md|lg|xl|xxl)-(?!none)", names)


class _Reader:
    """Collects the lines of the block at hand and the frames around it."""

    def __init__(self, root: html.HtmlElement, *, cells_apart: bool) -> None:
        self.cells_apart = cells_apart
        self.frames = [_Frame("", root)]
        self.pieces: list[str] = []
        self.bold = 0
        self.links = 0
        self.pre = 0
        self.all_bold = True
        self.all_links = True

    def start(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if tag == "br":
            self.pieces.append(_BREAK)
        elif tag in _BLOCK_TAGS:
            if self.pieces:
                self.flush(element.getparent() if element.getparent() is not None else element)
            if tag in _FRAMES:
                self.frames.append(_Frame(str(tag), element))
            self.pre += tag == "pre"
        self.bold += tag in _STRONG
        self.links += tag == "a"
        if element.text:
            self.write(element.text)

    def end(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCK_TAGS:
            if self.pieces:
                self.flush(element)
            if tag in _FRAMES:
                self._close(self.frames.pop())
            self.pre -= tag == "pre"
        self.bold -= tag in _STRONG
        self.links -= tag == "a"

    def write(self, text: str) -> None:
        if self.pre:
            text = text.replace("\n", _BREAK)
        self.pieces.append(text)
        if not (self.bold and self.links) and not text.isspace():
            self.all_bold = self.all_bold and self.bold > 0
            self.all_links = self.all_links and self.links > 0

    def flush(self, element: html.HtmlElement) -> None:
        """End the block at hand, which stands in `element`."""
        raw = "".join(self.pieces)
        strong, linked = self.all_bold, self.all_links
        self.pieces.clear()
        self.all_bold = self.all_links = True
        if not raw or raw.isspace():
            return
        kind = "caption" if element.tag in ("figcaption", "caption") else "text"
        texts = [clean(raw)] if _BREAK not in raw else _paragraphs(raw)
        self.frames[-1].extend([Block(text, element, kind, strong, linked) for text in texts if text])

    def _close(self, frame: _Frame) -> None:
        parent = self.frames[-1]
        frame.seal()
        if frame.tag in _CELLS and parent.tag == "tr" and not self.cells_apart:
            parent.cells.append(frame)
        elif frame.tag == "tr" and not self.cells_apart:
            _close_row(frame, parent)
        elif frame.tag in _ITEMS and frame.blocks:
            parent.lines.append(_one(frame.blocks, frame.element, "list", "\n"))
        else:
            parent.extend(frame.blocks)
            parent.nested = parent.nested or (frame.tag == "table" and bool(frame.blocks))


def _paragraphs(raw: str) -> list[str]:
    """Text with breaks in it: lines stay lines, an empty line ends a paragraph."""
    found: list[list[str]] = [[]]
    for text in map(clean, raw.split(_BREAK)):
        if text:
            found[-1].append(text)
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found]


def _close_row(row: _Frame, table: _Frame) -> None:
    table.extend(row.blocks)
    filled = [cell for cell in row.cells if cell.blocks]
    if not filled:
        return
    if _lays_out(filled):
        for cell in filled:
            table.extend(cell.blocks)
            table.nested = table.nested or cell.nested
        return
    cells = (" ".join(block.text for block in cell.blocks) for cell in row.cells)
    text = "\t".join(cell.replace("\n", " ") for cell in cells)
    text = text.rstrip("\t") if len(filled) > 1 else text.strip("\t")
    table.lines.append(Block(text, row.element, "table", strong=False, linked=False))


def _lays_out(filled: list[_Frame]) -> bool:
    if any(cell.nested for cell in filled):
        return True
    if len(filled) == 1:
        return len(filled[0].blocks) > 1 or "\n" in filled[0].blocks[0].text
    return len(filled) == 2 and all(
        len(cell.blocks) > 1 and any(len(block.text) > _PROSE for block in cell.blocks) for cell in filled
    )


def _one(found: list[Block], element: html.HtmlElement, kind: str, between: str) -> Block:
    return Block(
        between.join(block.text for block in found),
        element,
        kind,
        all(block.strong for block in found),
        all(block.linked for block in found),
    )
