"""Word until 2003: the pieces of text that the file's piece table puts in order ([MS-DOC], 2.4.1)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import olefile

from crawler.documents.errors import UnreadableError

_MAGIC = 0xA5EC
_WORD_97 = 0xC1
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_COUNTS = 0x4C
"""Where the FIB says how many letters the text, footnotes, headers, comments, endnotes and text boxes have."""
_CLX = 0x01A2

_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_SPOKEN = str.maketrans({"\r": "\n\n", "\x0b": "\n", "\x0c": "\n\n", "\x0e": "\n\n", "\x1e": "-", "\x1f": "\u00ad",
                         "\x07": "\t"})  # fmt: skip


def lines(ole: olefile.OleFileIO) -> list[str]:
    """The paragraphs and tables' rows of the text, then of its notes."""
    main = ole.openstream("WordDocument").read()
    magic, version = struct.unpack_from("<HH", main)
    (flags,) = struct.unpack_from("<H", main, 0x0A)
    if magic != _MAGIC:
        raise UnreadableError("a damaged Word file: it does not begin as one")
    if flags & _ENCRYPTED:
        raise UnreadableError("it is encrypted")
    if version < _WORD_97:
        return _plain(_old_text(main))
    table = ole.openstream("1Table" if flags & _TABLE_1 else "0Table").read()
    text = "".join(_pieces(main, table))
    length, notes = struct.unpack_from("<ii", main, _COUNTS)
    return _plain(text[:length]) + _plain(text[length : length + notes])


def _pieces(main: bytes, table: bytes) -> Iterator[str]:
    """The text in the order of reading. A piece is in Windows-1252 or UTF-16."""
    start, size = struct.unpack_from("<II", main, _CLX)
    plc = _piece_table(table[start : start + size])
    count = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plc)
    for number in range(count):
        (where,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
        letters = ends[number + 1] - ends[number]
        if where & 0x40000000:
            start = (where & 0x3FFFFFFF) // 2
            yield main[start : start + letters].decode("cp1252", "replace")
        else:
            yield main[where : where + 2 * letters].decode("utf-16-le", "replace")


def _piece_table(clx: bytes) -> bytes:
    """The PlcPcd, behind the property lists that may stand before it."""
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    if at + 5 > len(clx) or clx[at] != 2:
        raise UnreadableError("a damaged Word file: it has no piece table")
    size = int.from_bytes(clx[at + 1 : at + 5], "little")
    return clx[at + 5 : at + 5 + size]


def _old_text(main: bytes) -> str:
    """Word 6 and 95 keep their text in one stretch, in Windows-1252."""
    start, end = struct.unpack_from("<II", main, 0x18)
    return main[start:end].decode("cp1252", "replace")


def _plain(text: str) -> list[str]:
    """The lines of a text: fields give their results, a table's row ends with two cell marks."""
    shorter = _FIELD.sub(r"\1", text)
    while shorter != text:  # fields stand in fields
        text, shorter = shorter, _FIELD.sub(r"\1", shorter)
    return text.replace("\x07\x07", "\n").translate(_SPOKEN).split("\n")
