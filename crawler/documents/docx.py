"""Word since 2007 (Office Open XML, ECMA-376): a ZIP file of XML."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml import etree

from crawler.documents.errors import UnreadableError
from crawler.parsers import legacy

MOST = 200_000_000
"""Bytes of XML that are unpacked of one part; a book has some ten million."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_SAID = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}softHyphen": "\u00ad"}
_SAID_TWICE = (f"{_MC}Fallback", f"{_W}moveFrom")


def lines(archive: zipfile.ZipFile) -> list[str]:
    """The paragraphs and tables' rows of the text, then of its notes."""
    parts = [_parsed(archive, part) for part in _PARTS if part in archive.namelist()]
    font = legacy.font_of(" ".join(words.text or "" for part in parts for words in part.iter(f"{_W}t")))
    styles = _capital_styles(archive) if font else frozenset[str]()
    return [line for part in parts for line in _Part(font, styles).lines(part)]


def _parsed(archive: zipfile.ZipFile, part: str) -> etree._Element:
    with archive.open(part) as file:
        data = file.read(MOST + 1)
    if len(data) > MOST:
        raise UnreadableError(f"{part} in it unpacks to more than {MOST} bytes")
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"{part} in it is damaged: {error}") from error
    etree.strip_elements(root, *_SAID_TWICE, with_tail=False)
    return root


def _capital_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles whose font shows capitals."""
    if "word/styles.xml" not in archive.namelist():
        return frozenset()
    styles = _parsed(archive, "word/styles.xml").iterfind(f"{_W}style")
    return frozenset(style.get(f"{_W}styleId", "") for style in styles if legacy.shows_capitals(_font(style)))


def _font(holder: etree._Element) -> str:
    fonts = holder.find(f"{_W}rPr/{_W}rFonts")
    return "" if fonts is None else fonts.get(f"{_W}ascii") or fonts.get(f"{_W}hAnsi") or ""


class _Part:
    """One part of the file, in one of the old fonts or in Unicode (`None`)."""

    def __init__(self, font: str | None, capital_styles: frozenset[str]) -> None:
        self._font = font
        self._capital_styles = capital_styles

    def lines(self, holder: etree._Element) -> Iterator[str]:
        """A line for each paragraph and row, an empty one after each paragraph and table."""
        for block in holder:
            if block.tag == f"{_W}p":
                yield self._paragraph(block)
                yield ""
            elif block.tag == f"{_W}tbl":
                for row in block.iterfind(f"{_W}tr"):
                    cells = (" ".join(self.lines(cell)) for cell in row.iterfind(f"{_W}tc"))
                    yield "\t".join(" ".join(cell.split()) for cell in cells)
                yield ""
            else:  # the body, a note, a content control, an insertion
                yield from self.lines(block)

    def _paragraph(self, paragraph: etree._Element) -> str:
        runs = list(self._runs(paragraph))
        if self._font is None:
            return "".join(words for words, _ in runs)
        return "".join(legacy.converted(runs, self._font))

    def _runs(self, paragraph: etree._Element) -> Iterator[tuple[str, bool]]:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        styled = style is not None and style.get(f"{_W}val") in self._capital_styles
        for run in paragraph.iter(f"{_W}r"):
            named = _font(run)
            words = "".join(part.text or "" if part.tag == f"{_W}t" else _SAID.get(part.tag, "") for part in run)
            yield words, legacy.shows_capitals(named) if named else styled
