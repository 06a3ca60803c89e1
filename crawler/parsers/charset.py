"""Which codec reads a page: byte order mark, then what the bytes prove, then what is declared."""

from __future__ import annotations

import codecs
import re

from crawler.parsers import legacy

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_TEXT_CODECS = re.compile(
    r"utf-8|utf-16(-[lb]e)?|cp125\d|iso8859-\d+|koi8-[ru]|gb\w+|big5\w*|euc_\w+|shift_jis\w*|tis-620|mac-roman"
)
_LATIN = frozenset(("iso8859-1", "ascii"))  # the Encoding Standard reads both as windows-1252
_SNIFFED = 4096
_READ = 1 << 18
_TAGS = re.compile(r"<[^>]*>")


def decide(body: bytes, content_type: str) -> str:
    """The codec for a body. Bytes that are UTF-8 with Vietnamese letters in it are UTF-8, whatever is
    declared: portals send `charset=iso-8859-1` and `windows-1258` with UTF-8 pages."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return codec
    declared = _declared(body, content_type)
    if body.find(b"\0", 0, _SNIFFED) >= 0 and (wide := _wide(body[:_SNIFFED])):
        return wide
    if declared is None or declared.startswith("utf"):
        return "utf-8" if _mostly_utf8(body) else _single_byte(body, "utf-8" if declared else "cp1258")
    if not body.isascii() and _mostly_utf8(body):
        return "utf-8"
    return _single_byte(body, declared) if declared == "cp1258" else declared


def _single_byte(body: bytes, otherwise: str) -> str:
    """Windows-1252 where its letters are Vietnamese in a font of the time before Unicode."""
    return "cp1252" if legacy.font_of(_TAGS.sub(" ", body[:_READ].decode("cp1252", "replace"))) else otherwise


def known(label: str) -> str | None:
    """Python's name of a declared text encoding; None for unknown ones and for codecs like `hex` or `idna`.

    >>> known("windows-1258"), known("hex"), known("idna"), known("ISO-8859-1")
    ('cp1258', None, None, 'cp1252')
    """
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    if name in _LATIN:
        return "cp1252"
    return name if _TEXT_CODECS.fullmatch(name) else None


def _declared(body: bytes, content_type: str) -> str | None:
    in_header = _HEADER.search(content_type)
    if in_header and (codec := known(in_header[1])):
        return codec
    in_page = _META.search(body, 0, _SNIFFED)
    if in_page and (codec := known(in_page[1].decode("ascii", "replace"))):
        return codec
    return None


def _wide(start: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte of the markup is zero."""
    half = len(start) // 2
    if start[1::2].count(0) * 2 > half:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) * 2 > half else None


def _mostly_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8, a page cut in a letter or one spoilt quotation aside."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        spoilt = text.count("\ufffd")
        return sum(not letter.isascii() for letter in text) > 4 * spoilt
    return True
