"""What the pages of one host have in common: learnt from the pages alone, without selectors or labels.

A line that recurs at one place of many pages is the template's; the place whose text differs from page to
page is the article's. Digits and weekdays are masked before lines are compared, so that a clock or a view
counter is the same line on all pages.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from lxml import html

from crawler.parsers import bylines, dates, head, metadata, text
from crawler.parsers.boilerplate import is_label
from crawler.parsers.page import Page
from crawler.parsers.places import Seen, masked
from crawler.parsers.text import Block
from crawler.parsers.tokens import tokens

FEWEST = 6
"""Pages of different articles from which a template is learnt."""
MOST = 40
"""Pages that are looked at; more teach nothing new."""
FEWEST_LINES = 3
"""Pages from which it is learnt at least which lines recur."""
FITS = 0.5
"""Share of the template's lines below which a page is not of this template: a redesign."""

_RECURS = 0.3
"""Share of the pages on which a line outside the article recurs."""
_RECURS_IN_BODY = 0.6
"""The same within the article, where a diligent author's name recurs too."""
_COVERS = 0.6
"""Share of the differing text that the article's element holds."""
_DEEPER = 0.6
"""Share of an element's differing text from which on one within it is the article's."""
_CLOCK_DAYS = 2
"""Days that the page's clock shows in one crawl, at most; for servers that do not say when they answered."""
_TRIED = 3
"""Places that are tried as the article's, until one has a title over it."""
_USUAL = 0.6
"""Share of the articles that show a title or a time at its place."""
_HEAVY = 800
"""Letters above which a page's text weighs no more: one long article must not outvote ten short ones."""
_LONGEST_TITLE = 300
_HEADINGS = tokens("h1 h2 h3 h4")
_NAMED = re.compile(r"title|headline|tieu-?de|heading|lblten", re.IGNORECASE)


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
    listings: bool = False
    """What a family takes for listings is read by it too, for that family finds next to no article on the portal."""


def learn(seen: Sequence[Seen]) -> Template | None:
    """The template of a host's pages; None where they are too few or have no place of differing text.

    Listings among them do no harm: what is learnt from all pages only tells the articles, which are those with
    a title at the title's place, and these are learnt from alone. Of several designs it is the one of most text.
    """
    rough = _learn(seen)
    if rough is None:
        return None
    articles = [each for each in seen if rough.title in each.at]
    return (_learn(articles) if len(articles) < len(seen) else None) or rough


def _learn(seen: Sequence[Seen]) -> Template | None:
    if len(seen) < FEWEST:
        return None
    chrome = recurring(seen)
    for body in _bodies(seen, chrome):
        articles = [each for each in seen if body in each.elements]
        if title := _title(articles, body, chrome):
            inside = _usual_lines(articles, body)
            return Template(
                pages=len(articles),
                body=body,
                title=title,
                time=_time(articles, body, title),
                summary=_summary(articles, body, title, chrome),
                left_out=tuple(sorted(_left_out(articles, body, chrome))),
                chrome=tuple(sorted(line for line in chrome if not within(_place_of(line), body) or line in inside)),
            )
    return None


def recurring(seen: Sequence[Seen]) -> set[str]:
    """The lines, as `place<TAB>line`, that stand at one place of many pages."""
    counts = Counter(line for each in seen for line in set(each.lines))
    often = max(2, _RECURS * len(seen))
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
        if count >= max(2, _RECURS_IN_BODY * len(articles)) and not _is_byline(line.partition("\t")[2])
    }


def _is_byline(line: str) -> bool:
    return bylines.read(line) != bylines.Byline()


def within(place: str, other: str) -> bool:
    """Whether a place is another one or lies in it."""
    return place == other or place.startswith(other + "/")


def _place_of(line: str) -> str:
    return line.partition("\t")[0]


def _differing(each: Seen, chrome: set[str]) -> Iterator[Block]:
    """The blocks that are neither the template's nor links nor labels."""
    for block, line in zip(each.blocks, each.lines, strict=True):
        if line not in chrome and not (block.linked or is_label(block.text) or is_entry(block)):
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
            weight = len(block.text) * scale
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
        if shown[place] >= max(FEWEST - 1, _RECURS * len(seen))
        and split[place] <= 0.1 * shown[place]
        and mass[place] >= _COVERS * total[place]
        and place.count("/") > 2
    ]
    return sorted((place for place in fit if _leaf(place, fit, mass)), key=lambda place: -mass[place])[:_TRIED]


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


def _before(each: Seen, body: str) -> list[Block]:
    """The blocks up to the first ones of the body, the nearest last."""
    found: list[Block] = []
    inside = 0
    for block in each.blocks:
        place = each.place(block)
        if within(place, body):
            inside += 1
            if inside > 3:
                break
        found.append(block)
    return found


def _title(articles: Sequence[Seen], body: str, chrome: set[str]) -> str | None:
    """The place, over or at the top of the body, whose one short line differs on every page."""
    lines: dict[str, list[str]] = defaultdict(list)
    marks: dict[str, float] = defaultdict(float)
    for each in articles:
        named = metadata.whole_title(each.page).lower()
        others = Counter(block.text.lower() for block in each.blocks)
        taken: set[str] = set()
        for block in _before(each, body):
            place = each.place(block)
            if place in taken or len(block.text) > _LONGEST_TITLE or each.key(block) in chrome:
                continue
            if block.kind != "text" or dates.stamp(block.text):
                continue
            taken.add(place)
            words = each.named(block)
            lines[place].append(words)
            marks[place] += (len(words) > 3 and words.lower() in named) + (others[words.lower()] > 1) / 2
            marks[place] += block.strong / 4
    least = max(2, _USUAL * len(articles))
    best, most = None, 0.0
    for place, found in lines.items():
        if len(found) < least or len(set(found)) < 0.8 * len(found):
            continue
        last = place.rpartition("/")[2]
        score = marks[place] / len(articles) + len(found) / len(articles)
        score += (last.partition(".")[0].partition("#")[0] in _HEADINGS) + bool(_NAMED.search(last)) / 2
        score -= place.startswith(body + "/") / 4
        if score > most:
            best, most = place, score
    return best


def _time(articles: Sequence[Seen], body: str, title: str) -> str | None:
    """The place of the article's time line: it differs from page to page, and is not the day of the visit."""
    times: dict[str, list[datetime]] = defaultdict(list)
    visits: Counter[str] = Counter()
    dated = any("date" in each.page.headers for each in articles)
    counts: Counter[str] = Counter()
    for each in articles:
        visited = dates.parse_http(each.page.headers.get("date"))
        for block in each.blocks:
            place = each.place(block)
            listed = block.linked or (is_entry(block) and not title.startswith(place + "/"))
            stamp = None if listed else next(iter(each.stamps(block)), None)
            if stamp is None:
                continue
            counts[place] += 1
            if counts[place] > len(times[place]) and len(times[place]) < len(articles):
                times[place].append(stamp.time)
                visits[place] += visited is not None and stamp.time.date() == visited.date()
    least = max(2, len(articles) / 3)
    fit = [
        place
        for place, found in times.items()
        if len(found) >= least
        and counts[place] <= 1.2 * len(articles)
        and not (visits[place] >= 0.8 * len(found) if dated else _days(found) <= min(_CLOCK_DAYS, len(found) / 3))
        and len(set(found)) > 1
        and (not place.startswith(body + "/") or counts[place] <= len(articles))
    ]
    return max(fit, key=lambda place: (_shared_steps(place, title), len(times[place])), default=None)


def _days(times: Sequence[datetime]) -> int:
    return len({time.date() for time in times})


def _shared_steps(first: str, second: str) -> int:
    """How many steps two places have in common."""
    pairs = zip(first.split("/"), second.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _summary(articles: Sequence[Seen], body: str, title: str, chrome: set[str]) -> str | None:
    """The place between title and body that holds a sentence of its own on many pages."""
    words: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    for each in articles:
        named = next((block.text for block in each.at.get(title, ())), "")
        started = False
        for block in _before(each, body):
            place = each.place(block)
            if place == title:
                started = True
            elif within(place, body):
                break
            elif started and _is_lead(block, named) and each.key(block) not in chrome:
                words[place] += len(block.text.split())
                pages[place] += 1
    fit = [
        place
        for place in words
        if pages[place] >= max(2, len(articles) / 5) and words[place] / pages[place] >= 8
        and max(len(each.elements.get(place, ())) for each in articles) <= 2
    ]  # fmt: skip
    return max(fit, key=lambda place: words[place], default=None)


def _is_lead(block: Block, title: str) -> bool:
    """Whether a block under the title may be the lead: no link, no time, and not the title once more."""
    return not (block.linked or dates.stamp(block.text) or head.same(block.text, title))


def _left_out(articles: Sequence[Seen], body: str, chrome: set[str]) -> set[str]:
    """Named places within the body that show links, labels and recurring lines only, on many pages."""
    pages: Counter[str] = Counter()
    other: set[str] = set()
    leads = Counter(line for each in articles for line in {_beside_links(each, block) for block in each.blocks} if line)
    for each in articles:
        here: set[str] = set()
        for block, line in zip(each.blocks, each.lines, strict=True):
            place = each.place(block)
            if not place.startswith(body + "/"):
                continue
            steps = place[len(body) + 1 :].split("/")
            above = [f"{body}/{'/'.join(steps[: n + 1])}" for n in range(len(steps))]
            points = leads[_beside_links(each, block)] >= max(2, _RECURS * len(articles))
            if block.linked or line in chrome or is_label(block.text) or is_entry(block) or points:
                here.update(above)
            else:
                other.update(above)
        pages.update(here)
    return {
        place
        for place in set(pages) - other
        if pages[place] >= 0.3 * len(articles) and re.search(r"[.#]", place[len(body) :])
    }


def _beside_links(each: Seen, block: Block) -> str:
    """The place and the words of a block beside its links ("Xem thêm: …"); "" where there are no links or no words."""
    words = block.text
    links = [line for link in block.element.iter("a") if (line := text.line(link))]
    for link in links:
        words = words.replace(link, " ", 1)
    words = text.clean(words)
    return f"{each.place(block)}\t{masked(words)}" if links and words else ""


_ENTRY = re.compile(r"(?:\(?\s*\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?:[\s,-]+\d{1,2}[:h]\d{2})?\s*\)?)?\s*\Z")


def is_entry(block: Block) -> bool:
    """Whether a block is a list of links with their dates, as other news are listed."""
    parent = block.element.getparent()
    around = parent if block.kind in ("list", "table") and parent is not None else block.element
    links = [text.line(link) for link in around.iter("a")]
    lines = [line.lstrip("-–•*»+. ") for line in block.text.split("\n")]
    return bool(links) and all(
        _ENTRY.match(line)
        or any(link and line.startswith(link) and _ENTRY.match(line[len(link) :].strip()) for link in links)
        for line in lines
    )


def dumped(found: Template) -> str:
    """A template as the archive keeps it."""
    return json.dumps(asdict(found), ensure_ascii=False)


def loaded(kept: str) -> Template:
    """A template from the archive."""
    fields: dict[str, Any] = json.loads(kept)
    fields |= {name: tuple(fields[name]) for name in ("left_out", "chrome")}
    return Template(**fields)
