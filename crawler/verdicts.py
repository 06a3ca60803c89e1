"""What a capture is worth: a 200 is evidence, not a version.

`alone` judges a page by itself, `against` a page of a known article by the version that the archive holds of it.
Both are pure. What only several pages tell is in `crawler.recrawl`; every threshold in `crawler.parsers.thresholds`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from archive.normalise import fold
from archive.records import Article, Kind, Reading, Standing, Tier, Verdict
from archive.visits import REDESIGN
from crawler import notices
from crawler.parsers import gambling, head
from crawler.parsers.damage import damage, loss
from crawler.parsers.page import Page
from crawler.parsers.thresholds import (
    LITTLE_IN_COMMON,
    NOTICE_ARTICLE_MOST,
    NOTICE_LINKS,
    REDESIGN_SAME,
    SAME_TEXT,
    SAME_WORDS,
    SHORT,
    SHORTER,
)
from crawler.parsers.xpath import elements

END = "end"
"""Among what is missing: the end of the page's markup."""
MOVED = "redirect to "
"""How the reason of a redirect begins: what it leads to tells what became of the article."""
A_LIST = "shows a list in the article's place"
_LINKS = elements("//a[@href]")
_ENDS = (b"</html", b"</body")


def alone(page: Page, reading: Reading) -> Reading:
    """The reading with the verdict that the page by itself allows, first seen or not.

    A page without an article that says something else in its place keeps that as its reason; it is suspect where
    that means that the portal does not work.
    """
    article = reading.article
    if reading.kind is Kind.PART and (wrong := damage(notices.said(page.tree))):
        return _suspect(reading, wrong)
    if article is None:
        return _without_article(page, reading)
    if reading.verdict is not Verdict.GOOD:
        return reading
    said = _text(article)
    if wrong := damage(said):
        return _suspect(reading, wrong)
    if gambling.is_advertisement(said, games_at_least=3):
        return _suspect(reading, "taken over: it advertises gambling")
    if notice := _notice(page, reading, article):
        return _suspect(reading, notice)
    tail = page.body[-20_000:].lower()
    return reading if any(end in tail for end in _ENDS) else replace(reading, missing=(*reading.missing, END))


def _without_article(page: Page, reading: Reading) -> Reading:
    is_other = reading.kind is Kind.OTHER and reading.verdict is Verdict.OTHER
    if not (is_other or reading.kind is Kind.LISTING) or page.media_type not in _HTML:
        return reading
    if len(_LINKS(page.tree)) > NOTICE_LINKS:
        return reading
    sign = notices.sign(page)
    if sign in notices.LOUD:  # also where a home page is taken for a listing because of its address
        return replace(_suspect(reading, sign), kind=Kind.OTHER)
    return replace(reading, reason=sign) if is_other else reading


_HTML = ("", "text/html", "application/xhtml+xml")


def _notice(page: Page, reading: Reading, article: Article) -> str | None:
    """The notice that was taken for an article: a bare page, short and without a time, in the words of one.

    A portal's news of a power cut or a planned maintenance is in the same words, but it stands in the portal's frame.
    """
    is_marked = reading.tier is not Tier.GENERIC or article.published_at or article.attachments
    if is_marked or len(article.body) > NOTICE_ARTICLE_MOST or len(_LINKS(page.tree)) > NOTICE_LINKS:
        return None
    return notices.sign(page)


def against(reading: Reading, held: Standing, *, is_new: bool | None = None) -> Reading:
    """The verdict on a page at a known article's address, by the version that is held of it.

    Good is what shows the article, edited or not; `repeats` says that it shows the same text under other markup.
    After a redesign the reader is another one: `is_new` tells whether its text differs from what it read there last,
    None that it never did.
    """
    if reading.verdict is Verdict.GONE or (reading.reason or "").startswith(MOVED):
        return reading
    if reading.reason == notices.NOT_FOUND:
        return replace(reading, verdict=Verdict.GONE)
    if reading.verdict is Verdict.SUSPECT:
        return reading
    if reading.article is None:
        return _lost(reading)
    return _shown(reading, reading.article, held, is_new)


def _lost(reading: Reading) -> Reading:
    """The verdict where an article's address shows no article."""
    nothing = A_LIST if reading.kind is Kind.LISTING else f"{REDESIGN}the article cannot be read"
    return _suspect(reading, reading.reason or nothing)


def _shown(reading: Reading, article: Article, held: Standing, is_new: bool | None) -> Reading:
    is_named = head.same(held.title, article.title)
    before, after = _whole(held), _text(article)
    kept, agreed = likeness(_body(held), _body(article))
    if wrong := loss(before, after) or damage(after):
        return _suspect(reading, wrong)
    if not is_named and (wrong := _spoilt(article.title)):
        return _suspect(reading, wrong)
    if not is_named and not _is_kept(held, article, kept):
        words = notices.named(after) if len(after) <= NOTICE_ARTICLE_MOST else None
        if words == notices.NOT_FOUND:
            return replace(reading, verdict=Verdict.GONE, reason=words)
        return _suspect(reading, words or f"shows another text: {article.title[:80]}")
    if held.body and not article.body:
        return _suspect(reading, "title only" if not article.summary else "title and lead only")
    if END in reading.missing and not held.is_open and kept < 1 and len(after) < len(before):
        return _suspect(reading, "incomplete transfer: the page ends in the middle of its markup")
    if is_redesign(reading, held):
        reading = replace(reading, article=replace(article, key=held.key))  # a redesign's address tells no identity
        if not is_new:
            return _redesigned(reading, is_new is False or (is_named and agreed >= REDESIGN_SAME), agreed)
    return _edited(reading, article, held, kept)


def is_another(reading: Reading, held: Standing) -> bool:
    """Whether the reader that knows the article finds another one's identity at its address."""
    return reading.article is not None and not is_redesign(reading, held) and reading.article.key != held.key


def is_redesign(reading: Reading, held: Standing) -> bool:
    """Whether another reader than before finds an article; another version of a reader is the same one."""
    return reading.article is not None and _reader(reading.reader) != _reader(held.reader)


def is_same(article: Article, held: Standing) -> bool:
    """Whether a page shows the title and text that are held."""
    return (article.title, _body(article)) == (held.title, _body(held))


def _is_kept(held: Standing, article: Article, kept: float) -> bool:
    """Whether enough of the text is found again for the page to show the article under another title."""
    return kept >= (SAME_WORDS if _size(_body(held), _body(article)) == 1 else SAME_TEXT)


def _spoilt(title: str) -> str | None:
    """What is wrong with a title that an article has not had before."""
    if wrong := damage(title, fewest=2):
        return wrong
    if notices.named(title) == notices.DEFACED:
        return notices.DEFACED
    return "taken over: it advertises gambling" if gambling.is_advertisement(title) else None


def _redesigned(reading: Reading, is_same: bool, agreed: float) -> Reading:
    """Another reader's text of the page: the same in essence, or not to be relied on."""
    if is_same:
        return replace(reading, repeats=True)
    return _suspect(reading, f"{REDESIGN}another reader, {reading.reader}, finds a text that agrees by {agreed:.0%}")


def _edited(reading: Reading, article: Article, held: Standing, kept: float) -> Reading:
    """The page shows the article: an edit is a version, and what is odd about it is pointed out."""
    before, after = _body(held), _body(article)
    notice = notices.named(after) if len(after) <= NOTICE_ARTICLE_MOST and kept < SAME_TEXT else None
    if notice:
        return _suspect(reading, notice)
    doubts = []
    if len(after) < SHORTER * len(before):
        doubts.append(f"its text is {len(after) / len(before):.0%} as long as before")
    if before and kept < LITTLE_IN_COMMON:
        doubts.append(f"its text has {kept:.0%} of the former one")
    return replace(reading, doubts=(*reading.doubts, *doubts))


def likeness(before: str, after: str) -> tuple[float, float]:
    """The part of a text's runs of three words that another one keeps, and their F1; by words for short texts.

    >>> likeness("một hai ba bốn năm", "một hai ba bốn năm")
    (1.0, 1.0)
    """
    size = _size(before, after)
    old, new = _runs(before, size), _runs(after, size)
    both = (old & new).total()
    total = old.total() + new.total()
    return both / old.total() if old else float(not new), 2 * both / total if total else 1.0


def _size(before: str, after: str) -> int:
    """Words in a run: one where a text is short."""
    return 1 if min(len(before.split()), len(after.split())) <= SHORT else 3


def _runs(text: str, size: int) -> Counter[tuple[str, ...]]:
    words = fold(text).split()
    return Counter(zip(*(words[start:] for start in range(size)), strict=False))


def _suspect(reading: Reading, reason: str) -> Reading:
    return replace(reading, verdict=Verdict.SUSPECT, reason=reason)


def _reader(name: str) -> str:
    return name.partition("/")[0]


def _body(shown: Article | Standing) -> str:
    return f"{shown.summary or ''} {shown.body}".strip()


def _text(article: Article) -> str:
    return f"{article.title}\n{_body(article)}"


def _whole(held: Standing) -> str:
    return f"{held.title}\n{_body(held)}"
