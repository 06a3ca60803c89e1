"""Links that were smuggled into a page: hidden from readers and meant for search engines, or gambling sites' own.

They are taken out of the tree before anything reads it. What is merely hidden (menus, pop-ups, labels for screen
readers) stays: the readers of text pass over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from itertools import islice
from typing import cast
from urllib.parse import urlsplit

from lxml import etree, html

from crawler.parsers import gambling, urls
from crawler.parsers.thresholds import HIDDEN_HOSTS, HIDDEN_TEXT, INJECTED_MOST, INJECTED_WORDS
from crawler.parsers.tokens import tokens
from crawler.parsers.xpath import elements

_RULES = elements("//style")
_SCRIPTS = elements("//script[not(@src)]")
_STYLED = elements("//*[@style] | //font[@color]")
_ANCHORS = elements("//a[@href]")
_OFF = r"-\s*\d{3,}(?:\.\d+)?(?:px|em|rem|pt|%|vw|vh)?"
_NIL = r"(?:0|1px|0?\.\d+(?:px|em|pt)?|0(?:px|em|pt|%|rem)|1pt)(?![\d.])"
_TRICK = re.compile(
    rf"(?:^|[;{{\s])(?:left|top|right|bottom|margin-left|margin-top|text-indent)\s*:\s*{_OFF}"
    rf"|font-size\s*:\s*{_NIL}|opacity\s*:\s*0*(?:\.0\d*)?(?![\d.])|clip\s*:\s*rect\(\s*[01]|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    rf"|translate(?:X|Y|3d)?\(\s*-\d{{3}}|scale\(\s*0\s*\)|(?:^|[;\s])(?:max-)?(?:height|width)\s*:\s*{_NIL}",
    re.IGNORECASE,
)
_NONE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_PALE = re.compile(
    r"#f[c-f]f[c-f]f[c-f]\Z|#fff\Z|white\Z|transparent\Z|rgba?\(25[2-5],25[2-5],25[2-5]|rgba\([\d,.]+,0?\.?0*\)"
)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]*)\}")  # bounded: a sheet without braces is long
_SCREEN = re.compile(r"@(?:media|supports|keyframes)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE)
_NAMED = re.compile(r"[#.][\w-]+\Z")
_HIDDEN_BY_SCRIPT = re.compile(
    r"getElementById\(\s*[\"']([\w-]+)[\"']\s*\)\.style\.(?:display\s*=\s*[\"']none|visibility\s*=\s*[\"']hidden)",
)
_BLOCKS = tokens(
    "p div li td section article aside center ul ol table tr tbody span font blockquote h2 h3 h4 marquee dl dd"
)
_LABEL_WORDS = 60
"""Words of a link that are looked at; one that was never closed holds the rest of its page."""
_PARTS = tokens("p div li td section aside center h2 h3 h4 dt dd blockquote")
_MENUS = tokens("ul ol nav header footer form menu")
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
    names = set(_named(tree, (link for link, _ in suspects)))
    how = cache(partial(_how, names=names))
    for link, host in suspects:
        if link.getroottree().getroot() is not tree:
            continue  # it went with one before it
        concealed = _concealed(link, how)
        if concealed is not None and _is_smuggled(*concealed, own):
            found.setdefault("hidden links", []).extend(_hosts(concealed[0], own))
            _drop(concealed[0])
        elif host and _is_gambling(link, host):
            found.setdefault("links to gambling sites", []).append(host)
            _drop(_injected(link, own))
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


def _concealed(
    link: html.HtmlElement, how: Callable[[html.HtmlElement], str | None]
) -> tuple[html.HtmlElement, str] | None:
    """The outermost element around a link that nobody sees, and by what: a trick, the ground's colour, plainly, or a
    rule or script of the page (by which menus are hidden too).
    """
    found = None
    for element in (link, *link.iterancestors()):
        if element.tag in _WHOLE:
            break
        if trick := how(element):
            if _holds_text(element):
                break
            found = (element, trick)
    return found


def _holds_text(element: html.HtmlElement) -> bool:
    """Whether an element holds text of its own beside its links: a page, or part of one, that fades in by script."""
    whole = len(_said(element))
    if whole > INJECTED_MOST * len(_said(element.getroottree().getroot())):
        return True
    linked = sum(len(_label(link)) for link in element.iter("a"))
    return whole - linked > max(HIDDEN_TEXT, linked)


def _how(element: html.HtmlElement, names: set[str]) -> str | None:
    style = element.get("style") or ""
    if _TRICK.search(style) and not (re.search("font-size", style) and _is_set_again(element, style)):
        return "trick"
    if element.tag in ("noscript",) or element.get("hidden") is not None or _NONE.search(style):
        return "plain"
    if not names.isdisjoint(_names(element)):
        return "rule"
    if element.tag == "marquee":
        return "trick" if (element.get("height") or element.get("width") or "").strip("px") in ("0", "1") else None
    return "colour" if _has_the_grounds_colour(element, style) else None


def _is_set_again(element: html.HtmlElement, style: str) -> bool:
    """A container of size 0 whose parts have a size of their own: a way to close gaps, not to hide."""
    only_size = not _TRICK.search(re.sub(rf"font-size\s*:\s*{_NIL}", "", style))
    sized = (each.get("style") or "" for each in element.iterdescendants("p", "div", "span", "a", "li", "td"))
    return only_size and any("font-size" in each and not _TRICK.search(each) for each in sized)


def _has_the_grounds_colour(element: html.HtmlElement, style: str) -> bool:
    said = _COLOUR.search(style)
    colour = re.sub(r"\s", "", said[1] if said else (element.get("color") or "")).lower()
    if not colour:
        return False
    ground = _GROUND.search(style)
    if ground:
        return re.sub(r"\s", "", ground[1]).lower() == colour
    around = (element, *element.iterancestors())
    return bool(_PALE.match(colour)) and not any(
        "background" in (up.get("style") or "") or up.get("bgcolor") or up.get("background") for up in around
    )


def _named(tree: html.HtmlElement, links: Iterable[html.HtmlElement]) -> Iterator[str]:
    """The classes and ids around the links that the page's own rules or scripts hide."""
    around = {name for link in links for up in (link, *link.iterancestors()) for name in _names(up)}
    for sheet in _RULES(tree):
        rules = sheet.text or ""
        if not any(name in rules for name in around):
            continue
        for names, declared in _RULE.findall(_SCREEN.sub("", rules) if "@" in rules else rules):
            last = (found[0] for name in names.split(",") if (found := _NAMED.search(name.strip())))
            hit = around.intersection(last)
            if hit and (_TRICK.search(declared) or _NONE.search(declared)):
                yield from hit
    for script in _SCRIPTS(tree):
        if script.text and ".style." in script.text:
            yield from (f"#{name}" for name in _HIDDEN_BY_SCRIPT.findall(script.text))


def _names(element: html.HtmlElement) -> list[str]:
    """The element's classes and id as selectors."""
    found = [f".{name}" for name in (element.get("class") or "").split()]
    return [*found, f"#{name}"] if (name := element.get("id")) else found


def _concealed_words(tree: html.HtmlElement) -> Iterator[str]:
    """Names of gambling without links that are hidden by a trick, for search engines alone; they are taken out."""
    page = len(_said(tree))
    for element in _STYLED(tree):
        if _how(element, set()) not in ("trick", "colour") or element.tag in _WHOLE:
            continue
        words = _said(element)
        if len(words) <= INJECTED_MOST * page and len(gambling.games(words)) > 1 and not gambling.is_report(words):
            yield words
            _drop(element)


# -- what is taken out --------------------------------------------------------------------------------------------


def _injected(link: html.HtmlElement, own: str) -> html.HtmlElement:
    """The largest element around a gambling link that holds nothing else."""
    best = link
    for up in link.iterancestors():
        if (
            up.tag in _WHOLE
            or up.tag not in _BLOCKS | {"b", "strong", "em", "i", "u"}
            or not _holds_nothing_else(up, own)
        ):
            break
        best = up
    return best


def _holds_nothing_else(element: html.HtmlElement, own: str) -> bool:
    """Whether all links are gambling's, and the text between them is too, or a word or two beside one."""
    for link in element.iter("a"):
        host = _host(link, own)
        if not host or _KNOWN.search(host) or not _is_gambling(link, host):
            return False
    beside: dict[html.HtmlElement, list[str]] = {}
    linked = set()
    for each in element.iter():
        if not isinstance(each.tag, str):
            continue
        inside = next((up for up in (each, *each.iterancestors()) if up.tag == "a" or up is element), element)
        block = next((up for up in (each, *each.iterancestors()) if up.tag in _PARTS or up is element), element)
        if inside.tag == "a":
            linked.add(block)
        else:
            beside.setdefault(block, []).extend(_own_words(each))
    parts = ((block, " ".join(words).strip(" ,.;:|-–")) for block, words in beside.items())
    return all(
        not words or gambling.is_label(words) or (block in linked and len(words.split()) <= INJECTED_WORDS)
        for block, words in parts
    )


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
    if element.getparent() is not None:
        element.drop_tree()


def _said(root: html.HtmlElement) -> str:
    return " ".join(_seen(root.iter())).strip()


def _label(link: html.HtmlElement) -> str:
    """The first words of a link."""
    return " ".join(islice(_seen(link.iter()), _LABEL_WORDS))


def _seen(found: Iterable[html.HtmlElement]) -> Iterator[str]:
    for element in found:
        if isinstance(element.tag, str) and element.tag not in ("script", "style", "title"):
            yield from _own_words(element)


def _own_words(element: html.HtmlElement) -> list[str]:
    """The words that stand in an element and in none of its children."""
    return " ".join(filter(None, (element.text, *(cast("str | None", each.tail) for each in element)))).split()
