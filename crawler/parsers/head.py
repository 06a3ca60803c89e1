"""The head of an article's fragment: the template's lines, time lines and the sapo, told from the body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from lxml import html

from crawler.parsers import boilerplate, dates, text
from crawler.parsers.text import Block

_SAPO_WORD = re.compile(
    r"(?:^|[\s_-])(?:sapo|lead|summary|abstract|description|desc|intro|hometext|chapeau|headline-text|tomtat|tom-tat|"
    r"trichdan|trich-dan|trich-yeu|trichyeu|mota|mo-ta|text-muted)(?:[\s_-]|\Z)"
    r"|(?:sapo|lead|summary|tomtat|trichyeu|trichdan|hometext|introtext)(?=[A-Z]|\Z)|(?:Sapo|Summary|Lead|Intro)\b"
)
_NOT_SAPO = re.compile(r"asset-(?:summary|abstract)|article-description-wrapper|img|image|caption")
_HEAD_LINES = 8
_SHORT_WORDS = 14
_SENTENCE_WORDS = 12
_LONGEST_SAPO = 1500
_MOST_SAPOS = 20


class Head(NamedTuple):
    """What stands before the body, and the body."""

    stamps: tuple[dates.Stamp, ...]
    summary: str | None
    body: list[Block]


def split(found: list[Block], title: str, root: html.HtmlElement) -> Head:
    """The blocks of a fragment without title, time lines and sapo; these beside them.

    Where the template repeats the title, all before it is the template's.
    """
    sapos = [element for element in root.iter("*") if (names := element.get("class")) and is_sapo(names)][:_MOST_SAPOS]
    found = _without_title(found, title, sapos)
    stamps: list[dates.Stamp] = []
    found = _without_chrome(found, stamps)
    summary, rest = _classed_summary(found, sapos)
    if summary is None:
        summary, rest = _bold_summary(found)
    rest = _without_chrome(rest, stamps)
    return Head(tuple(stamps), summary, boilerplate.trimmed(rest))


def same(first: str, second: str) -> bool:
    """Whether two lines say the same: letters and digits alike, whatever case and punctuation."""
    return _letters(first) == _letters(second)


def time_of(stamps: Sequence[dates.Stamp]) -> tuple[dates.Stamp | None, dates.Stamp | None]:
    """The publication and the update among time lines; a lone update line is the article's time."""
    published = next((stamp for stamp in stamps if not stamp.updated), None)
    updated = next((stamp for stamp in stamps if stamp.updated), None)
    return (published, updated) if published else (updated, None)


def _without_title(found: list[Block], title: str, sapos: Sequence[html.HtmlElement]) -> list[Block]:
    """From the head line that repeats the title on, with time lines before it. A sapo may say the same."""
    wanted = _letters(title)
    for at, block in enumerate(found[:_HEAD_LINES]):
        if wanted and block.kind == "text" and not block.linked and _letters(block.text) == wanted:
            if any(_holds(element, block) for element in sapos):
                break
            return [line for line in found[:at] if dates.stamp(line.text)] + found[at + 1 :]
        if block.kind == "table" and wanted and (rest := _below_title(block, wanted)) is not None:
            return [line for line in found[:at] if dates.stamp(line.text)] + rest + found[at + 1 :]
        if len(block.text.split()) > _SHORT_WORDS:
            break
    return found


def _below_title(table: Block, wanted: str) -> list[Block] | None:
    """What a layout table holds below its row that is the title; None where it has no such row."""
    lines = table.text.split("\n")
    rows = [at for at, line in enumerate(lines) if _letters(line) == wanted]
    if not rows:
        return None
    below = "\n".join(lines[rows[0] + 1 :])
    return [table._replace(text=below)] if below else []


def _holds(element: html.HtmlElement, block: Block) -> bool:
    """Whether a block stands in an element, or is nothing but it."""
    place = block.element
    return element is place or element.getparent() is place or any(up is element for up in place.iterancestors())


def _without_chrome(found: list[Block], stamps: list[dates.Stamp]) -> list[Block]:
    """Leading time lines, collected into `stamps`, and leading interface strings are gone."""
    at = 0
    while at < len(found):
        block = found[at]
        said = dates.stamps(block.text.replace("\n", " "))
        stamps += said
        if not said and not boilerplate.is_chrome(block):
            break
        at += 1
    return found[at:]


def is_sapo(names: str) -> bool:
    """Whether classes are those of a sapo."""
    return bool(_SAPO_WORD.search(names)) and not _NOT_SAPO.search(names)


def _classed_summary(found: list[Block], sapos: Sequence[html.HtmlElement]) -> tuple[str | None, list[Block]]:
    """The sapo that the template marks by a class, if it is the first text of the fragment."""
    for element in sapos:
        if not found:
            break
        lines = [block.text for block in text.blocks(element)] or _displaced(element, found[0])
        count = len(lines)
        if lines and lines == [block.text for block in found[:count]] and _is_sapo(lines, found):
            return "\n\n".join(lines), found[count:]
    return None, found


def _displaced(element: html.HtmlElement, first: Block) -> list[str]:
    """The sapo of `<strong class="sapo"><p>…`: libxml2 before 2.14 closes the marked element too early."""
    place = element
    while place.getnext() is None and place.getparent() is not None:
        place = place.getparent()
    following = place.getnext()
    return [first.text] if following is not None and following is first.element else []


def _is_sapo(lines: list[str], found: list[Block]) -> bool:
    size = sum(map(len, lines))
    if size > _LONGEST_SAPO or len(found) == len(lines):
        return False
    return len(" ".join(lines).split()) >= 4


def _bold_summary(found: list[Block]) -> tuple[str | None, list[Block]]:
    """A wholly bold first paragraph of a sentence's length, followed by text that is not bold."""
    if len(found) < 2 or not found[0].strong or found[0].kind != "text" or found[0].linked:
        return None, found
    words = found[0].text
    following = next((block for block in found[1:] if block.kind != "caption"), None)
    is_sentence = len(words.split()) >= _SENTENCE_WORDS and not words.isupper() and len(words) <= _LONGEST_SAPO
    if is_sentence and following is not None and not following.strong and "\n" not in words and not words.endswith(":"):
        return words, found[1:]
    return None, found


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words.lower()))
