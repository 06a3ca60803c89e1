"""By what an element is hidden from those who read a page: its style, the page's own rules, its scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import html

from crawler.parsers.xpath import elements

_RULES = elements("//style")
_SCRIPTS = elements("//script[not(@src)]")
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


def how(element: html.HtmlElement, names: set[str]) -> str | None:
    """By what an element is hidden: `trick`, the ground's `colour`, `plain`, a `rule` for one of `names`; else None."""
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


def named(tree: html.HtmlElement, links: Iterable[html.HtmlElement]) -> Iterator[str]:
    """The classes and ids around links that the page's own rules or scripts hide."""
    around = {name for element in _outwards(links) for name in _names(element)}
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


def _outwards(links: Iterable[html.HtmlElement]) -> set[html.HtmlElement]:
    """The links and all elements around them."""
    found: set[html.HtmlElement] = set()
    for link in links:
        for up in (link, *link.iterancestors()):
            if up in found:
                break
            found.add(up)
    return found


def _names(element: html.HtmlElement) -> list[str]:
    """The element's classes and id as selectors."""
    found = [f".{name}" for name in (element.get("class") or "").split()]
    return [*found, f"#{name}"] if (name := element.get("id")) else found
