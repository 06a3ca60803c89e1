"""Why a document cannot be read."""

from __future__ import annotations


class UnreadableError(Exception):
    """The reason, as a person should read it; `text` is what could be read all the same."""

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(reason)
        self.text = text
