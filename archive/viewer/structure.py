"""The structure of an article's text, told from how the archive writes it: paragraphs, tables, lists, captions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from archive.versions import plain

_ITEM = re.compile(r"(?:[-–—•+*▪◦·]|\d{1,2}[.)]|[a-zđ]\))\s+\S")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text. `kind`: paragraph, table, list, caption or byline; `rows`: its lines, split into cells."""

    kind: str
    rows: tuple[tuple[str, ...], ...]


def blocks(body: str, *, captions: Collection[str] = (), author: str | None = None) -> list[Block]:
    """The blocks of a text in order; no letter of it is added or lost.

    >>> [(each.kind, each.rows) for each in blocks("A\\n\\nSTT\\tTên\\n1\\tX\\n\\n- a\\n- b")]
    [('paragraph', (('A',),)), ('table', (('STT', 'Tên'), ('1', 'X'))), ('list', (('- a',), ('- b',)))]
    """
    known = {plain(caption) for caption in captions if caption}
    found: list[Block] = []
    for piece in re.split(r"\n\s*\n", body.strip("\n")):
        found += _pieces(piece, known)
    last = next((at for at in range(len(found) - 1, -1, -1) if found[at].kind == "paragraph"), None)
    if author and last is not None and len(found) - last <= 3 and plain(found[last].rows[0][0]) == plain(author):
        found[last] = Block("byline", found[last].rows)
    return found


def _pieces(piece: str, captions: set[str]) -> Iterator[Block]:
    """A table may stand between other lines without a blank one."""
    for is_table, group in groupby(piece.split("\n"), key=lambda line: "\t" in line):
        lines = [line for line in group if line.strip()]
        if not lines:
            continue
        if is_table:
            yield Block("table", tuple(tuple(cell.strip() for cell in line.split("\t")) for line in lines))
        else:
            kind = "list" if len(lines) > 1 and all(map(_ITEM.match, lines)) else "paragraph"
            kind = "caption" if plain("\n".join(lines)) in captions else kind
            yield Block(kind, tuple((line,) for line in lines))
