"""What a portal changed between two texts of an article, by kind: pure, so that it can be told again at any time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive.hunks import ChangeKind, hunks
from archive.sentences import align, pair, sentences
from archive.versions import Text, attached, plain, same_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All changes of one kind in a step from one version to the next, each piece once and in reading order."""

    kind: ChangeKind
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """Pieces by kind, while they are collected: what was removed and what was added."""

    pieces: dict[ChangeKind, tuple[list[str], list[str]]] = field(default_factory=dict)

    def put(self, kind: ChangeKind, removed: str | None, added: str | None) -> None:
        gone, come = self.pieces.setdefault(kind, ([], []))
        gone.extend(filter(None, [removed]))
        come.extend(filter(None, [added]))

    def tell_moved(self) -> None:
        """Sentences that were removed in one place and added in another have only moved."""
        gone = self.pieces.get(ChangeKind.SENTENCE_REMOVED, ([], []))[0]
        come = self.pieces.get(ChangeKind.SENTENCE_ADDED, ([], []))[1]
        moved = {plain(text) for text in gone} & {plain(text) for text in come}
        if not moved:
            return
        self.pieces[ChangeKind.MOVED] = ([], [text for text in come if plain(text) in moved])
        for kind, texts in ((ChangeKind.SENTENCE_REMOVED, gone), (ChangeKind.SENTENCE_ADDED, come)):
            texts[:] = [text for text in texts if plain(text) not in moved]
            if not texts:
                del self.pieces[kind]

    def changes(self) -> tuple[Change, ...]:
        self.tell_moved()
        return tuple(
            Change(kind=kind, removed=tuple(dict.fromkeys(gone)), added=tuple(dict.fromkeys(come)))
            for kind in ChangeKind
            for gone, come in [self.pieces.get(kind, ([], []))]
            if kind in self.pieces
        )


def changes(old: Text, new: Text) -> tuple[Change, ...]:
    """What changed, one for each kind; nothing exactly where `archive.versions.same` says that they are one version.

    A byline, or a document's name, that the text prints too is not counted again as a sentence of it.
    """
    found = _Found()
    if plain(old.title) != plain(new.title):
        found.put(ChangeKind.TITLE, old.title, new.title)
    if plain(old.author or "") != plain(new.author or ""):
        found.put(ChangeKind.BYLINE, old.author, new.author)
    if not same_time(old.published_at, new.published_at):
        found.put(ChangeKind.TIME, old.published_at, new.published_at)
    files = attached(old), attached(new)
    for key in [key for key in files[0] if key not in files[1]]:
        found.put(ChangeKind.ATTACHMENT, f"{files[0][key].name} {files[0][key].url}", None)
    for key in [key for key in files[1] if key not in files[0]]:
        found.put(ChangeKind.ATTACHMENT, None, f"{files[1][key].name} {files[1][key].url}")
    for difference in differences(old, new):
        _classify(found, difference)
    return found.changes()


@dataclass(frozen=True, slots=True)
class Difference:
    """A sentence that was beside the one that it became; `None` where there is none.

    `place` is the kind of all changes in the part of the article where they stand, if that part has one.
    """

    removed: str | None
    added: str | None
    place: ChangeKind | None = None


def differences(old: Text, new: Text) -> Iterator[Difference]:
    """The sentences of lead and body that differ, in order."""
    names = attached(old).keys() ^ attached(new).keys()
    before, after = (list(_placed(text, {name for _, name in names})) for text in (old, new))
    for step in align([plain(text) for text, _ in before], [plain(text) for text, _ in after]):
        if not step.same:
            yield from _differing(before[step.old], after[step.new])


_Placed = tuple[str, ChangeKind | None]


def _differing(old: Sequence[_Placed], new: Sequence[_Placed]) -> Iterator[Difference]:
    texts = [text for text, _ in old], [text for text, _ in new]
    if plain(" ".join(texts[0])) == plain(" ".join(texts[1])):
        return  # lines that end elsewhere are no other text
    for a, b in pair(*texts):
        if a is None:
            yield Difference(None, *new[b or 0])
        elif b is None:
            yield Difference(old[a][0], None, old[a][1])
        elif plain(old[a][0]) != plain(new[b][0]):
            places = {old[a][1], new[b][1]}
            # The lead may have become a part of the body: then what changed in it changed in the body.
            yield Difference(old[a][0], new[b][0], places.pop() if len(places) == 1 else None)


def _placed(text: Text, files: set[str]) -> Iterator[_Placed]:
    """The sentences of lead and body with their places; `files` are the names of documents that came or went."""
    for sentence in sentences(text.summary or ""):
        yield sentence, ChangeKind.SUMMARY
    lines = text.body.split("\n")
    for at, line in enumerate(lines):
        if text.author and at >= len(lines) - _CLOSING and _is_little_more(line, text.author):
            yield line, ChangeKind.BYLINE
        elif any(_is_little_more(line, name) for name in files):
            yield line, ChangeKind.ATTACHMENT
        else:
            yield from ((sentence, None) for sentence in sentences(line))


_CLOSING = 6
"""Last lines of a text among which the byline stands."""
_LABEL = 6
"""Words that may stand beside the name in a line that is a byline or the link to a document."""


def _is_little_more(line: str, name: str) -> bool:
    return plain(name) in plain(line) and len(line.split()) <= len(name.split()) + _LABEL


def _classify(found: _Found, difference: Difference) -> None:
    removed, added = difference.removed, difference.added
    if difference.place:
        if difference.place is ChangeKind.SUMMARY or difference.place not in found.pieces:
            found.put(difference.place, removed, added)
    elif removed is None:
        found.put(ChangeKind.SENTENCE_ADDED, None, added)
    elif added is None:
        found.put(ChangeKind.SENTENCE_REMOVED, removed, None)
    else:
        for hunk in hunks(removed, added):
            for kind in hunk.kinds():
                found.put(kind, *hunk.pieces(kind))
