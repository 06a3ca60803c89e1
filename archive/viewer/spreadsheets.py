"""Datasette's CSV files without formulas, which spreadsheets would run."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

Message = MutableMapping[str, Any]


class Table:
    """A CSV file of Datasette's, which nothing in it makes a spreadsheet run: formulas get an apostrophe before them.

    It goes out row by row as it came. Our own exports, told by the header `own`, have that done (`archive.export`).
    """

    def __init__(self, own: str) -> None:
        self._own = own.encode()
        self._is_ours = False
        self._row = b""

    def begin(self, message: Message) -> None:
        """Look at the answer's head, which says whose it is; its length may change."""
        self._is_ours = any(bytes(name).lower() == self._own for name, _ in message.get("headers", ()))
        if not self._is_ours:
            message["headers"] = [each for each in message["headers"] if bytes(each[0]).lower() != b"content-length"]

    def defused(self, message: Message) -> Message:
        """A piece of the body; the end of a row that is not whole is kept for the next."""
        if self._is_ours:
            return message
        self._row += message.get("body", b"")
        is_whole = self._row.endswith(b"\n") and self._row.count(b'"') % 2 == 0
        if message.get("more_body") and not is_whole:
            return {**message, "body": b""}
        body, self._row = _FIELD.sub(_defused, self._row), b""
        return {**message, "body": body}


_FIELD = re.compile(rb'"(?:[^"]|"")*"|[^",\r\n]+')
_NUMBER = re.compile(rb"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def _defused(field: re.Match[bytes]) -> bytes:
    """A field of a CSV file that no spreadsheet runs.

    >>> [_FIELD.sub(_defused, row) for row in (b"-5,=1+1,a", b"+84 123,x")]
    [b"-5,'=1+1,a", b"'+84 123,x"]
    """
    text = field[0]
    quote = text[:1] if text.startswith(b'"') else b""
    if text[len(quote) :].startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return quote + b"'" + text[len(quote) :]
    return text


_FORMULA = (b"=", b"+", b"-", b"@", b"\t", b"\r", b"'")
