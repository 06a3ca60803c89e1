"""What differs between two texts of an article, by part, word by word: for the command line and the viewer."""

from __future__ import annotations

from collections.abc import Iterator

from archive.changes import differences
from archive.hunks import ChangeKind, hunks
from archive.versions import Text

Segment = tuple[str, str]
"""What became of a piece (`same`, `removed`, `added`), and the piece."""


def differing(old: Text, new: Text) -> Iterator[tuple[str, list[Segment]]]:
    """What differs: the part of the article (title, byline, time, attachments, text), and its words."""
    files = ["; ".join(f"{each.name} {each.url}" for each in text.attachments) for text in (old, new)]
    for part, was, now in (
        ("title", old.title, new.title), ("byline", old.author or "", new.author or ""),
        ("time", old.published_at or "", new.published_at or ""), ("attachments", *files),
    ):  # fmt: skip
        if was != now:
            yield part, segments(was, now)
    for each in differences(old, new):
        yield "text", segments(each.removed or "", each.added or "")


def segments(old: str, new: str) -> list[Segment]:
    """The new text in its order, with what was removed before what was added.

    >>> segments("Có 12 hộ dân.", "Có 15 hộ dân.")
    [('same', 'Có '), ('removed', '12'), ('added', '15'), ('same', ' hộ dân.')]
    """
    said: list[Segment] = []
    at = 0
    for hunk in hunks(old, new):
        tokens, differs = hunk.new.tokens, hunk.new.differs
        start = tokens[differs.start].start if differs.start < len(tokens) else len(new)
        stop = tokens[differs.stop - 1].end if differs.start < differs.stop else start
        gone, come = hunk.old.piece(ChangeKind.WORDING), hunk.new.piece(ChangeKind.WORDING)
        said += [("same", new[at:start]), ("removed", gone or ""), ("added", come or "")]
        if not come:
            said.append(("same", " "))
        at = stop
    said.append(("same", new[at:]))
    return [(kind, text) for kind, text in said if text]
