"""What makes a reading doubtful: a person is told, and nothing is guessed in silence."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator

from archive.records import Article
from crawler.parsers import head
from crawler.parsers.metadata import Metadata

FAR_SHORTER = 0.05
"""Share of the usual length below which a body is doubtful; one post in seven has under 30 words and is none."""
_ENOUGH = 20
"""Articles from which on a portal has a habit."""
_REMEMBERED = 200
"""The last articles of a portal, which make its habit."""
AGREE = 0.5
"""F1 of the words of two readings of a page below which they disagree."""


def doubts(article: Article) -> Iterator[str]:
    """What is odd about an article by itself."""
    if not article.title:
        yield "the article has no title"
    if not (article.body or article.summary or article.attachments or article.images):
        yield "the article has a title and nothing else"


def contradictions(article: Article, stated: Metadata) -> Iterator[str]:
    """Where the article at a template's places is not the one that the page states for machines."""
    if stated.scope is None:
        return
    if stated.title and not head.same(stated.title, article.title):
        yield f"the template's title is {article.title!r}, the page states {stated.title!r}"
    if stated.published_at and article.published_at and stated.published_at.date() != article.published_at.date():
        days = f"{article.published_at:%d/%m/%Y}, the page states {stated.published_at:%d/%m/%Y}"
        yield f"the template's day is {days}"


class Habit:
    """How long a portal's articles usually are: a body far shorter may have been read only in part."""

    def __init__(self, lengths: Iterable[int]) -> None:
        self._lengths = deque(lengths, maxlen=_REMEMBERED)

    def doubt(self, article: Article) -> str | None:
        """Why the article is doubtful beside those before it, which it joins. Posts of a document or image are not."""
        length, usual = len(article.body), sorted(self._lengths)
        self._lengths.append(length)
        if len(usual) < _ENOUGH or article.summary or article.attachments or article.images:
            return None
        median = usual[len(usual) // 2]
        if length >= FAR_SHORTER * median:
            return None
        return f"the text has {length} letters; half of the portal's articles have {median} or more"


def disagreement(first: Article, second: Article) -> str | None:
    """Why two readings of one page cannot both be right; None where they agree in essence."""
    if not head.same(first.title, second.title):
        return f"one title is {first.title!r}, the other {second.title!r}"
    agreed = _f1(_words(first), _words(second))
    if agreed < AGREE:
        return f"their texts have {agreed:.0%} in common"
    if first.published_at and second.published_at and first.published_at.date() != second.published_at.date():
        return f"one day is {first.published_at:%d/%m/%Y}, the other {second.published_at:%d/%m/%Y}"
    return None


def _words(article: Article) -> Counter[str]:
    return Counter(f"{article.summary or ''} {article.body}".split())


def _f1(first: Counter[str], second: Counter[str]) -> float:
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0
