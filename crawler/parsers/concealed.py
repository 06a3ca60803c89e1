"""Links that were smuggled into a page: hidden from readers and meant for search engines, or gambling sites' own.

They are taken out of the tree before anything reads it. What is merely hidden (menus, pop-ups, labels for screen
readers) stays: the readers of text pass over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import islice
from typing import cast
from urllib.parse import urlsplit

from lxml import etree, html

from crawler.parsers import gambling, hiding, urls
from crawler.parsers.thresholds import HIDDEN_HOSTS, HIDDEN_TEXT, INJECTED_MOST, INJECTED_WORDS
from crawler.parsers.tokens import tokens
from crawler.parsers.xpath import elements

_STYLED = elements("//*[@style] | //font[@color]")
_ANCHORS = elements("//a[@href]")
_BLOCKS = tokens(
    "p div li td section article aside center ul ol table tr tbody span font blockquote h2 h3 h4 marquee dl dd"
)
_LABEL_WORDS = 60
"""Words of a link that are looked at, in so many elements; one that was never closed holds the rest of its page."""
_NESTED = 8
"""Hidden elements that stand in each other and are looked at."""
_UNSAID = tokens("script style title")
_MARKED = tokens("b strong em i u")
_PARTS = tokens("p div li td section aside center h2 h3 h4 dt dd blockquote")
_MENUS = tokens("ul ol nav header footer form menu")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What libxml2 reads and lxml does not write."""
_WHOLE = tokens("body html main article head form")
_KNOWN = re.compile(
    r"(?:\.gov\.vn|\.edu\.vn|\.org\.vn|facebook\.com|zalo\.me|youtube\.com|youtu\.be|google\.com(?:\.vn)?|twitter\.com|x\.com"
    r"|tiktok\.com|instagram\.com|linkedin\.com|pinterest\.com|t\.me|apple\.com|microsoft\.com|liferay\.com|nukeviet\.vn"
    r"|w3\.org|addthis\.com|tinnhiemmang\.vn|joomla\.org|wordpress\.org|dotnetnuke\.com)\Z"
)


def take_out(tree: html.HtmlElement, url: str) -> tuple[str, ...]:
    """Take smuggled links out of a page's tree; returns what was found, a sentence each."""
    own = urls.site(url)
    found: dict[str, list[str]] = {}
    may_advertise = gambling.may_advertise(str(etree.tostring(tree, method="text", encoding="unicode")))
    suspects = [(link, host) for link in _ANCHORS(tree) if _leads_astray(link, host := _host(link, own), may_advertise)]
    shown = _Shown(tree, set(hiding.named(tree, (link for link, _ in suspects))))
    is_smuggled = cache(partial(_is_smuggled, own=own))  # judged once, however many links it holds
    parts = _Parts(own)
    dropped: set[html.HtmlElement] = set()
    for link, host in suspects:
        if link in dropped:
            continue  # it went with one before it
        concealed = shown.around(link)
        if concealed is not None and is_smuggled(*concealed):
            what, root = "hidden links", concealed[0]
        elif host and _is_gambling(link, host):
            what, root = "links to gambling sites", parts.around(link)
        else:
            continue
        found.setdefault(what, []).extend(_hosts(root, own))
        dropped.update(root.iter("a"))
        parts.forget(root)
        shown.drop(root)
    if may_advertise and (text := [*_concealed_words(tree), *_advertisements(tree)]):
        found["advertisements of gambling"] = [words[:60] for words in text]
    return tuple(f"{what}: {', '.join(list(dict.fromkeys(hosts))[:5])}" for what, hosts in found.items())


def _leads_astray(link: html.HtmlElement, host: str | None, may_advertise: bool) -> bool:
    """Whether a link is worth a look: it leads to an unknown host, or has the label of gambling."""
    if host:
        return not _KNOWN.search(host)
    return host == "" and may_advertise and gambling.is_label(_label(link))


def _hosts(root: html.HtmlElement, own: str) -> list[str]:
    return [host or own for link in root.iter("a") if (host := _host(link, own)) is not None]


def _host(link: html.HtmlElement, own: str) -> str | None:
    """The host of a link that leads elsewhere; "" for one that leads nowhere else."""
    href = (link.get("href") or "").strip()
    if not href.lower().startswith(("http://", "https://", "//")):
        return "" if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")) else None
    try:
        host = (urlsplit(href).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return "" if host == own.partition(":")[0] else host


def _is_smuggled(root: html.HtmlElement, trick: str, own: str) -> bool:
    """Whether what is hidden is there for its links."""
    links = [(link, host) for link in root.iter("a") if (host := _host(link, own)) is not None]
    foreign = {host for _, host in links if host and not _KNOWN.search(host)}
    if any(_is_gambling(link, host) for link, host in links if host or trick == "trick"):
        return True
    if not foreign or trick in ("trick", "colour"):
        return bool(foreign)
    is_menu = trick == "plain" or any(up.tag in _MENUS for up in (root, *root.iterancestors()))
    if len(foreign) < HIDDEN_HOSTS and is_menu:
        return False
    return sum(len(_label(link)) for link, _ in links) > 0.5 * len(_said(root))


def _is_gambling(link: html.HtmlElement, host: str) -> bool:
    label = _label(link)
    return gambling.is_label(label) or (gambling.is_site(host) and not gambling.is_report(label))


# -- what is hidden -----------------------------------------------------------------------------------------------


class _Shown:
    """What of a page is seen and what is not; each element is looked at once, however many links it is around."""

    def __init__(self, tree: html.HtmlElement, names: set[str]) -> None:
        self.tree = tree
        self.how = cache(partial(hiding.how, names=names))

    def around(self, link: html.HtmlElement) -> tuple[html.HtmlElement, str] | None:
        """The outermost element around a link that nobody sees, and by what: a trick, the ground's colour, plainly,
        or a rule or script of the page (by which menus are hidden too).
        """
        found = None
        for element in (link, *link.iterancestors()):
            if element.tag in _WHOLE:
                break
            if trick := self.how(element):
                if self._holds_text(element):
                    break
                found = (element, trick)
        return found

    def drop(self, root: html.HtmlElement) -> None:
        """Take an element out of the page, and its letters off those around it."""
        if "_letters" in vars(self):
            shown, linked = self._letters[root]
            for up in root.iterancestors():
                before = self._letters[up]
                self._letters[up] = before[0] - shown, before[1] - linked
        _drop(root)

    def _holds_text(self, element: html.HtmlElement) -> bool:
        """Whether it holds text of its own beside its links: a page, or part of one, that fades in by script."""
        whole, linked = self._letters[element]
        if whole > INJECTED_MOST * self._letters[self.tree][0]:
            return True
        return whole - linked > max(HIDDEN_TEXT, linked)

    @cached_property
    def _letters(self) -> dict[html.HtmlElement, tuple[int, int]]:
        """The letters that each element shows, and those of the links in it: added up from the innermost outwards."""
        found: dict[html.HtmlElement, tuple[int, int]] = {}
        for element in reversed([each for each in self.tree.iter() if isinstance(each.tag, str)]):
            inside = [found[each] for each in element if isinstance(each.tag, str)]
            own = 0 if element.tag in _UNSAID else sum(len(word) + 1 for word in _own_words(element))
            label = len(_label(element)) if element.tag == "a" else 0
            found[element] = own + sum(each[0] for each in inside), label + sum(each[1] for each in inside)
        return found


def _concealed_words(tree: html.HtmlElement) -> Iterator[str]:
    """Names of gambling without links that are hidden by a trick, for search engines alone; they are taken out."""
    page = len(_said(tree))
    depth: dict[html.HtmlElement | None, int] = {None: 0}
    for element in _STYLED(tree):
        within = depth[next((up for up in element.iterancestors() if up in depth), None)]
        if element.tag in _WHOLE or (within < _NESTED and hiding.how(element, set()) not in ("trick", "colour")):
            continue
        depth[element] = within + 1
        if within >= _NESTED:
            continue
        words = _said(element)
        if len(words) <= INJECTED_MOST * page and len(gambling.games(words)) > 1 and not gambling.is_report(words):
            yield words
            _drop(element)


# -- what is taken out --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """What an element holds beside gambling links, where its blocks hold a word or two of it at most."""

    words: tuple[str, ...] = ()
    """The first words beside links that stand in no block within it."""
    has_link: bool = False

    def is_nothing(self) -> bool:
        """Whether these words are gambling's, or a word or two beside a link."""
        said = " ".join(self.words)
        return not said or gambling.is_label(said) or (self.has_link and len(self.words) <= INJECTED_WORDS)


class _Parts:
    """What the elements around gambling links hold; each is looked at once, after those in it."""

    def __init__(self, own: str) -> None:
        self.own = own
        self._known: dict[html.HtmlElement, _Part | None] = {}

    def around(self, link: html.HtmlElement) -> html.HtmlElement:
        """The largest element around a gambling link that holds nothing else."""
        best = link
        for up in link.iterancestors():
            if up.tag in _WHOLE or up.tag not in _BLOCKS | _MARKED or not self._is_nothing_else(up):
                break
            best = up
        return best

    def forget(self, root: html.HtmlElement) -> None:
        """Look again at what is around an element that is taken out, where that may hold nothing else now."""
        around = [*root.iterancestors()]
        if not self._is_nothing_else(root) or any(up.tag == "a" for up in around):
            for up in around:
                self._known.pop(up, None)

    def _is_nothing_else(self, element: html.HtmlElement) -> bool:
        part = self._part(element)
        return part is not None and part.is_nothing()

    def _part(self, element: html.HtmlElement) -> _Part | None:
        """What an element holds; None where that is something else than gambling."""
        waiting = [element]
        while waiting:
            each = waiting[-1]
            if each in self._known:
                waiting.pop()
            elif new := [child for child in each if child not in self._known]:
                waiting += new
            else:
                self._known[waiting.pop()] = self._of(each)
        return self._known[element]

    def _of(self, element: html.HtmlElement) -> _Part | None:
        if not isinstance(element.tag, str):
            return _Part()
        if element.tag == "a":
            return _Part(has_link=True) if all(self._is_gambling(link) for link in element.iter("a")) else None
        words, has_link = _own_words(element), False
        for child in element:
            part = self._known[child]
            if part is None or (child.tag in _PARTS and not part.is_nothing()):
                return None
            if child.tag not in _PARTS:
                words += part.words
                has_link = has_link or part.has_link
        words = [word for word in words if word.strip(",.;:|-–")]
        return _Part(tuple(words[:_LABEL_WORDS]), has_link)

    def _is_gambling(self, link: html.HtmlElement) -> bool:
        host = _host(link, self.own)
        return host is not None and host != "" and not _KNOWN.search(host) and _is_gambling(link, host)


def _advertisements(tree: html.HtmlElement) -> Iterator[str]:
    """Paragraphs that advertise gambling on a page that is about something else; they are taken out."""
    whole = str(etree.tostring(tree, method="text", encoding="unicode"))
    if not gambling.may_advertise(whole) or not gambling.games(_said(tree)):
        return
    parts = [(each, _said(each)) for each in tree.iter("p", "li", "div", "td") if not _has_blocks(each)]
    named = [(each, words) for each, words in parts if gambling.games(words)]
    if any(gambling.is_report(words) for _, words in named):
        return  # the page itself reports on gambling, and may quote it
    bought = [(each, words) for each, words in named if gambling.is_advertisement(words)]
    if sum(len(words) for _, words in bought) > INJECTED_MOST * sum(len(words) for _, words in parts):
        return  # it is the page itself: a domain that was taken over
    for each, words in bought:
        yield words
        _drop(each)


def _has_blocks(element: html.HtmlElement) -> bool:
    return next(element.iterdescendants("p", "li", "div", "td"), None) is not None


def _drop(element: html.HtmlElement) -> None:
    """Take an element out of its tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is None:
        parent.text = _UNWRITABLE.sub("", (parent.text or "") + element.tail)
    elif element.tail:
        before.tail = _UNWRITABLE.sub("", (before.tail or "") + element.tail)
    parent.remove(element)


def _said(root: html.HtmlElement) -> str:
    return " ".join(_seen(root.iter())).strip()


def _label(link: html.HtmlElement) -> str:
    """The first words of a link."""
    return " ".join(islice(_seen(islice(link.iter(), _LABEL_WORDS)), _LABEL_WORDS))


def _seen(found: Iterable[html.HtmlElement]) -> Iterator[str]:
    for element in found:
        if isinstance(element.tag, str) and element.tag not in _UNSAID:
            yield from _own_words(element)


def _own_words(element: html.HtmlElement) -> list[str]:
    """The words that stand in an element and in none of its children."""
    return " ".join(filter(None, (element.text, *(cast("str | None", each.tail) for each in element)))).split()
