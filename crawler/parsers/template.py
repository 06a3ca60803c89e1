"""What the pages of one host have in common: learnt from the pages alone, without selectors or labels.

A line that recurs at one place of many pages is the template's; the place whose text differs from page to
page is the article's. Digits and weekdays are masked before lines are compared, so that a clock or a view
counter is the same line on all pages.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median_low
from typing import Any

from lxml import html

from crawler.parsers import dates, text
from crawler.parsers.boilerplate import is_label
from crawler.parsers.page import Page
from crawler.parsers.places import Seen, names
from crawler.parsers.template_places import (
    RECURS,
    at_the_edges,
    is_byline,
    is_entry,
    left_out,
    place_of_summary,
    place_of_time,
    place_of_title,
    within,
)
from crawler.parsers.text import Block

FEWEST = 6
"""Pages of different articles from which a template is learnt."""
MOST = 40
"""Pages that are looked at; more teach nothing new."""
FEWEST_LINES = 3
"""Pages from which it is learnt at least which lines recur."""
FITS = 0.5
"""Share of the template's lines below which a page is not of this template: a redesign."""

_RECURS_IN_BODY = 0.6
"""The same within the article, where a diligent author's name recurs too."""
_COVERS = 0.6
"""Share of the differing text that the article's element holds."""
_DEEPER = 0.6
"""Share of an element's differing text from which on one within it is the article's."""
_BOX_TAGS = frozenset(("div", "section", "article", "li"))
_BOXES, _REPEATED = 2, 0.3
"""Boxes of a kind on a page above which they are repeated, and what a letter in one of them weighs."""
_TRIED = 3
"""Places that are tried as the article's, until one has a title over it."""
_HEAVY = 800
"""Letters above which a page's text weighs no more: one long article must not outvote ten short ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Where a host's pages show what. A place is a path of tags with ids and classes, digits masked.

    With `body` and `title` empty only the recurring lines are known.
    """

    pages: int
    """Pages it was learnt from."""
    body: str
    title: str
    time: str | None
    summary: str | None
    left_out: tuple[str, ...] = ()
    """Places within the body that hold links and labels only."""
    chrome: tuple[str, ...] = ()
    """The recurring lines, each as `place<TAB>line`, masked."""
    titles: int = 1
    """Lines at the title's place of half of the pages, at most: a list in the same markup has more."""
    names: frozenset[str] = frozenset()
    """The ids and classes that tell its places, as `places.names_of` gives them."""
    looked_at: int = 0
    """Pages that it and those beside it were learnt from, articles or not."""
    anew: bool = True
    """Learnt from all pages of the portal, not only from those that the templates before it do not read."""
    listings: bool = False
    """What a family takes for listings is read by it too, for that family finds next to no article on the portal."""


def learn(seen: Sequence[Seen]) -> Template | None:
    """The template of a host's pages; None where they are too few or have no place of differing text.

    Listings among them do no harm: what is learnt from all pages only tells the articles, which are those with
    a title at the title's place, and these are learnt from alone. Of several designs it is the one of most text.
    """
    seen = _named(seen)
    rough = _learn(seen)
    if rough is None:
        return None
    articles = [each for each in seen if rough.title in each.at]
    return (_learn(_named(articles)) if len(articles) < len(seen) else None) or rough


def _named(seen: Sequence[Seen]) -> Sequence[Seen]:
    """The pages, their places told by the names that they have in common."""
    common = names(seen)
    return [each.by(common) for each in seen]


def _learn(seen: Sequence[Seen]) -> Template | None:
    if len(seen) < FEWEST:
        return None
    chrome = recurring(seen)
    for body in _bodies(seen, chrome):
        articles = [each for each in seen if body in each.elements]
        if title := place_of_title(articles, body, chrome):
            inside = _usual_lines(articles, body)
            return Template(
                pages=len(articles),
                body=body,
                title=title,
                time=place_of_time(articles, body, title),
                summary=place_of_summary(articles, body, title, chrome),
                left_out=tuple(sorted(left_out(articles, body, chrome) | at_the_edges(articles, body))),
                chrome=tuple(sorted(line for line in chrome if not within(_place_of(line), body) or line in inside)),
                titles=median_low(len({block.text for block in each.at.get(title, ())}) for each in articles),
                names=frozenset(seen[0].names or ()),
            )
    return None


def recurring(seen: Sequence[Seen]) -> set[str]:
    """The lines, as `place<TAB>line`, that stand at one place of many pages."""
    counts = Counter(line for each in seen for line in set(each.lines))
    often = max(2, RECURS * len(seen))
    return {line for line, count in counts.items() if count >= often}


def said(templates: Iterable[Template]) -> frozenset[str]:
    """The words of all recurring lines, masked, whatever their places."""
    return frozenset(line.partition("\t")[2] for each in templates for line in each.chrome)


def different(pages: Iterable[Page]) -> list[Seen]:
    """The pages to learn from: each text once, and not more than teach anything."""
    found: dict[bytes, Seen] = {}
    for page in pages:
        seen = Seen(page)
        found.setdefault(seen.likeness, seen)
        if len(found) == MOST:
            break
    return list(found.values())


def _usual_lines(articles: Sequence[Seen], body: str) -> set[str]:
    counts = Counter(line for each in articles for line in set(each.lines) if within(_place_of(line), body))
    return {
        line
        for line, count in counts.items()
        if count >= max(2, _RECURS_IN_BODY * len(articles)) and not is_byline(line.partition("\t")[2])
    }


def _place_of(line: str) -> str:
    return line.partition("\t")[0]


def _differing(each: Seen, chrome: set[str]) -> Iterator[Block]:
    """The blocks that are neither the template's nor links nor labels, nor name the page's address."""
    for block, line in zip(each.blocks, each.lines, strict=True):
        if line not in chrome and not (
            block.linked or is_label(block.text) or is_entry(block) or each.page.url in block.text
        ):
            yield block


def _bodies(seen: Sequence[Seen], chrome: set[str]) -> list[str]:
    """The deepest places that stand once on a page and hold most differing text of the pages that have them.

    The place with the most text comes first.
    """
    mass: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    shown: Counter[str] = Counter()
    split: Counter[str] = Counter()
    for each in seen:
        own: dict[html.HtmlElement, float] = defaultdict(float)
        differing = list(_differing(each, chrome))
        whole = sum(len(block.text) for block in differing)
        scale = min(1.0, _HEAVY / whole) if whole else 0.0
        for block in differing:
            if dates.stamp(block.text):
                continue
            weight = len(block.text) * scale * (_REPEATED if _is_repeated(each, block) else 1)
            for element in (block.element, *block.element.iterancestors()):
                own[element] += weight
        best: dict[str, list[float]] = defaultdict(list)
        for element, weight in own.items():
            best[each.places[element]].append(weight)
        for place in each.elements:
            total[place] += whole * scale
            shown[place] += 1
        for place, weights in best.items():
            mass[place] += max(weights)
            split[place] += len(weights) > 1
    fit = [
        place
        for place in mass
        if shown[place] >= max(FEWEST - 1, RECURS * len(seen))
        and split[place] <= 0.1 * shown[place]
        and mass[place] >= _COVERS * total[place]
        and place.count("/") > 2
    ]
    return sorted((place for place in fit if _leaf(place, fit, mass)), key=lambda place: -mass[place])[:_TRIED]


def _is_repeated(each: Seen, block: Block) -> bool:
    """Whether a block stands in one of several boxes of a kind, as the teasers of other articles do."""
    parent = block.element.getparent()
    if parent is None or parent.tag not in _BOX_TAGS:
        return False
    return len(each.elements.get(each.places.get(parent, ""), ())) > _BOXES


def body_of(each: Seen, place: str, title: Block | None = None) -> html.HtmlElement | None:
    """The element at the body's place; of several, the one with the most text that is no link.

    It is none of those whose words are the title's. Where all have links only, it is the first: a post may be a
    link and nothing else.
    """
    found = each.elements.get(place, [])
    if len(found) < 2:
        return found[0] if found else None
    found = [element for element in found if title is None or text.line(element) not in title.text] or found
    return max(found, key=lambda element: sum(len(block.text) for block in text.blocks(element) if not block.linked))


def _leaf(place: str, fit: Sequence[str], mass: dict[str, float]) -> bool:
    """Whether no deeper place holds nearly as much."""
    return not any(other.startswith(place + "/") and mass[other] >= _DEEPER * mass[place] for other in fit)


def dumped(found: Template) -> str:
    """A template as the archive keeps it."""
    return json.dumps(asdict(found) | {"names": sorted(found.names)}, ensure_ascii=False)


def loaded(kept: str) -> Template:
    """A template from the archive."""
    fields: dict[str, Any] = json.loads(kept)
    fields |= {name: tuple(fields[name]) for name in ("left_out", "chrome")}
    return Template(**fields | {"names": frozenset(fields["names"])})
