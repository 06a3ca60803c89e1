"""Where the pages of one template show title, time and lead, and what stands within the text and is none of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile

from crawler.parsers import attachments, bylines, dates, head, metadata, text
from crawler.parsers import names as names_of_people
from crawler.parsers.boilerplate import is_label
from crawler.parsers.places import Seen, masked
from crawler.parsers.text import Block
from crawler.parsers.tokens import tokens

_CLOCK_DAYS = 2
"""Days that the page's clock shows in one crawl, at most; for servers that do not say when they answered."""
_LONGEST_TITLE = 300
A_LIST, A_SHORT_LIST = 5, 2
"""Links that make a list of a page: by themselves, and where its title stands on every page."""
_PROSE = 100
"""Letters above which a block is prose."""
_SHORT, _MOST_LINES = 60, 12
"""Letters of a line, and lines of a block, of what a template prints beside an article's prose."""
_HEADINGS = tokens("h1 h2 h3 h4")
_NAMED = re.compile(r"title|headline|tieu-?de|heading|lblten", re.IGNORECASE)
USUAL = 0.6
"""Share of the articles that show a title or a time at its place."""
RECURS = 0.3
"""Share of the pages on which a line outside the article recurs."""


def within(place: str, other: str) -> bool:
    """Whether a place is another one or lies in it."""
    return place == other or place.startswith(other + "/")


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


def place_of_title(articles: Sequence[Seen], body: str, chrome: set[str]) -> str | None:
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
    least = max(2, USUAL * len(articles))
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


def place_of_time(articles: Sequence[Seen], body: str, title: str) -> str | None:
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


def place_of_summary(articles: Sequence[Seen], body: str, title: str, chrome: set[str]) -> str | None:
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
            elif started and _is_lead(each, block, named) and each.key(block) not in chrome:
                words[place] += len(block.text.split())
                pages[place] += 1
    fit = [
        place
        for place in words
        if pages[place] >= max(2, len(articles) / 5) and words[place] / pages[place] >= 8
        and max(len(each.elements.get(place, ())) for each in articles) <= 2
    ]  # fmt: skip
    return max(fit, key=lambda place: words[place], default=None)


def _is_lead(each: Seen, block: Block, title: str) -> bool:
    """Whether a block under the title may be the lead: no list or link, no time, and not the title once more."""
    return block.kind == "text" and not (block.linked or each.stamps(block) or head.same(block.text, title))


def left_out(articles: Sequence[Seen], body: str, chrome: set[str]) -> set[str]:
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
            above = list(_above(place, body))
            points = leads[_beside_links(each, block)] >= max(2, RECURS * len(articles))
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


def at_the_edges(articles: Sequence[Seen], body: str) -> set[str]:
    """Named places within the body that on most pages hold a few short lines before or after all of its prose.

    There the template prints the section, tags, the account that posted. A byline may stand there too, and stays.
    """
    pages: Counter[str] = Counter()
    shown = 0
    other: set[str] = set()
    names: Counter[str] = Counter()
    for each in articles:
        inside = [block for block in each.blocks if each.place(block).startswith(body + "/")]
        prose = [at for at, block in enumerate(inside) if len(block.text) > _PROSE and not block.linked]
        if not prose:
            continue
        shown += 1
        here: set[str] = set()
        for at, block in enumerate(inside):
            lines = block.text.split("\n")
            short = len(lines) <= _MOST_LINES and all(len(line) <= _SHORT for line in lines)
            above = list(_above(each.place(block), body))
            if prose[0] < at < prose[-1] or not short:
                other.update(above)
            else:
                here.update(above)
            if len(lines) == 1 and _is_somebody(block.text):
                names.update(above)
        pages.update(here)
    return {
        place
        for place in set(pages) - other
        if pages[place] >= USUAL * shown and names[place] <= 0.1 * shown and re.search(r"[.#]", place[len(body) :])
    }


def _is_somebody(line: str) -> bool:
    return is_byline(line) or names_of_people.person(line) is not None


def _above(place: str, body: str) -> Iterator[str]:
    """The places from below the body down to one within it."""
    steps = place[len(body) + 1 :].split("/")
    return (f"{body}/{'/'.join(steps[: n + 1])}" for n in range(len(steps)))


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


def lists_pages(blocks: Sequence[Block], least: int = A_LIST) -> bool:
    """Whether blocks list other pages: so many lines of links or entries, documents aside, and no more prose.

    Where the links are headings, there may be more of it: articles in full, one after another.
    """
    if sum(block.strong and _leads_on(block) for block in blocks) >= least:
        return True
    linked = sum(block.text.count("\n") + 1 for block in blocks if _leads_on(block))
    prose = sum(len(block.text) > _PROSE and not block.linked for block in blocks)
    return linked >= least and linked >= prose


def _leads_on(block: Block) -> bool:
    """Whether a block is a link or entry of other pages, and not of documents."""
    if not (block.linked or is_entry(block)):
        return False
    return not any(attachments.is_document(link.get("href") or "") for link in block.element.iter("a"))


def is_byline(line: str) -> bool:
    """Whether a line names an author or a source with a label."""
    return bylines.read(line) != bylines.Byline()
