"""Reading a page by the templates that were learnt from its host's other pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from lxml import html

from archive.records import Article, Kind
from crawler.doubts import contradictions
from crawler.families import Family, generic
from crawler.parsers import bylines, head, metadata, names, template, text
from crawler.parsers.boilerplate import is_label
from crawler.parsers.page import Page
from crawler.parsers.places import Seen, masked
from crawler.parsers.story import Story
from crawler.parsers.template import FITS, Template, body_of, different
from crawler.parsers.template_places import A_LIST, A_SHORT_LIST, is_entry, lists_pages, within
from crawler.parsers.text import Block

VERSION = 1
"""Of the reader by templates."""

_NAMED = re.compile(r"/(?!body\b)\w+[.#]")
"""A step of a place that has an id or class, the page's own aside."""


Templates = Sequence[Template]
"""What was learnt of one portal, the newest first: a template for each design or build of its pages."""


class Read(NamedTuple):
    """What a page is by the template that fits it best."""

    article: Article | None
    """None where the page does not fit, or shows no article at the template's places."""
    fit: float
    """The share of the template's recurring lines that the page shows, from 0 to 1."""
    reader: str = ""
    """Name and version of the reader, e.g. `learnt-3f2a9c/1`: two designs are two readers."""
    doubts: tuple[str, ...] = ()
    """Where the page states another article for machines than stands at the places."""


def learn(pages: Iterable[Page]) -> tuple[Template, ...]:
    """The templates of a host's pages, one after another until the pages that none of them reads teach nothing.

    Of the articles that are left at least the recurring lines are learnt: the last resort reads them without.
    """
    found: list[Template] = []
    rest = different(pages)
    while each := template.learn(rest):
        left = [seen for seen in rest if _best(seen, [each], generic)[0] is None]
        if len(left) == len(rest):
            break
        found.append(each)
        rest = left
    rest = [seen for seen in rest if generic.kind(seen.page) is Kind.ARTICLE]
    lines = template.recurring(rest) if len(rest) >= template.FEWEST_LINES else ()
    if new := [line for line in lines if line.partition("\t")[2] not in template.said(found)]:
        found.append(Template(pages=len(rest), body="", title="", time=None, summary=None, chrome=tuple(sorted(new))))
    return tuple(found)


def settled(templates: Templates) -> bool:
    """Whether enough pages were looked at for the templates to stay: the first pages of a crawl may be mostly lists."""
    return any(each.looked_at >= template.MOST and each.body for each in templates)


def known(kept: Iterable[str]) -> Templates:
    """The templates that count of those that an archive keeps of a portal, the newest first."""
    return current(tuple(map(template.loaded, kept)))


def current(templates: Templates) -> Templates:
    """The templates without those before the last ones that were learnt anew."""
    last = next((each for each in templates if each.anew), None)
    if last is None:
        return templates
    end = max(at for at, each in enumerate(templates) if each.anew and each.looked_at == last.looked_at)
    return tuple(templates[: end + 1])


def places(templates: Templates) -> set[tuple[str, ...]]:
    """Where the templates look for what: the same for templates that read the same."""
    return {(each.body, each.title, each.time or "", each.summary or "", *each.left_out) for each in templates}


def without_lines(article: Article, templates: Templates) -> Article:
    """The article without the paragraphs that recur on the host's pages; a byline recurs too, and stays."""
    recurring = template.said(templates)
    paragraphs = article.body.split("\n\n")
    kept = [
        each for each in paragraphs
        if masked(each) not in recurring or bylines.read(each) != bylines.Byline() or names.person(each)
    ]  # fmt: skip
    return replace(article, body="\n\n".join(kept)) if len(kept) < len(paragraphs) else article


def is_list(page: Page, templates: Templates, title: str) -> bool:
    """Whether a page of the portal's own design, on which no template finds an article, lists other pages.

    It does where `title`, which the last resort takes for the article's, stands on every page: the site's name, or
    a section's.
    """
    seen = Seen(page)
    designs = [(_fit(by, each), by, each) for each in templates if each.body and (by := seen.by(each.names))]
    if not designs:
        return False
    fit, by, best = max(designs, key=lambda design: design[0])
    recurring = set(best.chrome)
    if fit < FITS:
        return False
    own = [block for block in by.blocks if by.key(block) not in recurring]
    return masked(title) in template.said([best]) or lists_pages(own, A_LIST)


def read(page: Page, templates: Templates, family: Family = generic) -> Read:
    """The page by the template that fits it best; the family tells the article's key and address."""
    article, fit, reader = _best(Seen(page), templates, family)
    if article is None:
        return Read(None, fit)
    stated = metadata.read(page)
    told = tuple(contradictions(article, stated))
    return Read(replace(article, published_at=stated.published_at or article.published_at), fit, reader, told)


def _best(seen: Seen, templates: Templates, family: Family) -> tuple[Article | None, float, str]:
    """The article by the best fitting template that has one, its fit and name; else None and the best fit."""
    by_names = {each.names: seen.by(each.names) for each in templates}
    fits = sorted(((_fit(by_names[each.names], each), each) for each in templates), key=lambda pair: -pair[0])
    for fit, each in fits:
        if fit >= FITS and (article := _article(by_names[each.names], each, family)):
            return article, fit, _reader(each)
    return None, fits[0][0] if fits else 0.0, ""


def _reader(template: Template) -> str:
    """A template's name as a reader: by where it finds title and text, which a redesign moves."""
    places = f"{template.title}\n{template.body}".encode()
    return f"learnt-{blake2b(places, digest_size=3).hexdigest()}/{VERSION}"


def _fit(seen: Seen, template: Template) -> float:
    """The share of the template's lines that the page shows, and enough where it has its named places.

    Lines go with the news that are the newest for a while; a redesign has other places.
    """
    own = set(seen.lines)
    outside = [line for line in template.chrome if not within(line.partition("\t")[0], template.body)]
    share = sum(line in own for line in outside) / len(outside) if outside else float(template.body in seen.elements)
    places = (template.body, template.title)
    has_places = all(place in seen.elements and _NAMED.search(place) for place in places)
    return max(share, FITS) if has_places else share


def _article(seen: Seen, template: Template, family: Family) -> Article | None:
    """The article at the template's places; None where there is none, or a list of articles."""
    page = seen.page
    recurring = set(template.chrome)
    title = _title(seen, template.title, recurring)
    root = body_of(seen, template.body, title)
    if root is None or title is None or _shows_many(seen, template, recurring):
        return None
    out = {element for place in template.left_out for element in seen.elements.get(place, ())}
    if text.holds(root, title.element):
        out |= _before(root, title.element)
    lead = [block for block in seen.at.get(template.summary or "", ()) if seen.key(block) not in recurring]
    leads = {block.text for block in lead}
    found = _without_tail(seen, _apart(text.blocks(root, out), recurring), recurring)
    found = [
        block
        for block in found
        if seen.key(block) not in recurring and not (seen.place(block) == template.time and seen.stamps(block))
        and not (seen.place(block) == template.summary and block.text in leads)
        and page.url not in block.text
    ]  # fmt: skip
    name = seen.named(title)
    start = head.split(found, name, root)
    timed = [title] if template.time == template.title else seen.at.get(template.time or "", ())
    stamps = islice((stamp for block in timed for stamp in seen.stamps(block)), 1)
    published, updated = head.time_of((*stamps, *start.stamps))
    least = A_SHORT_LIST if _names_a_list(title, template) else A_LIST
    if _is_listing(start.body) or ((published is None or least < A_LIST) and lists_pages(start.body, least)):
        return None
    byline = bylines.find(start.body)
    return Story(
        page=page,
        root=root,
        out=out,
        title=name,
        summary=text.joined(lead) or start.summary,
        blocks=start.body,
        author=byline.author,
        source=byline.source,
        published_at=published,
        updated_at=updated,
    ).article(family.key(page), family.canonical(page.url))


def _shows_many(seen: Seen, template: Template, recurring: set[str]) -> bool:
    """Whether several articles stand at the places of one: a list in the markup of articles."""
    titles = {block.text for block in seen.at.get(template.title, ()) if seen.key(block) not in recurring}
    return len(titles) > 2 * template.titles


def _names_a_list(title: Block, template: Template) -> bool:
    """Whether every page has the same words: the title of a section, or of an article among the newest."""
    wanted = masked(title.text)
    return any(line.partition("\t")[2] == wanted for line in template.chrome)


def _title(seen: Seen, place: str, recurring: set[str]) -> Block | None:
    """The first block at the title's place that does not recur, or within it: beside a date it fills its place less."""
    for block in seen.blocks:
        at = seen.place(block)
        if (at == place or (at.startswith(place + "/") and not block.linked)) and seen.key(block) not in recurring:
            return block
    return None


def _apart(blocks: list[Block], recurring: set[str]) -> list[Block]:
    """The blocks, those of layout tables row by row: where a row is a line that recurs, no table of data is meant."""
    said = {line.partition("\t")[2] for line in recurring}
    found = []
    for block in blocks:
        lines = block.text.split("\n") if block.kind == "table" else []
        if any(masked(line) in said or is_label(line) for line in lines):
            found += [block._replace(text=line, kind="text") for line in lines]
        else:
            found.append(block)
    return found


def _without_tail(seen: Seen, blocks: list[Block], recurring: set[str]) -> list[Block]:
    """The blocks before a recurring line or label after which there are only links, entries and such lines."""
    end = len(blocks)
    while end and (blocks[end - 1].linked or is_entry(blocks[end - 1]) or _is_chrome(seen, blocks[end - 1], recurring)):
        end -= 1
    tail = range(end, len(blocks))
    return blocks[: next((at for at in tail if _is_chrome(seen, blocks[at], recurring)), len(blocks))]


def _is_chrome(seen: Seen, block: Block, recurring: set[str]) -> bool:
    return seen.key(block) in recurring or is_label(block.text)


def _before(root: html.HtmlElement, heading: html.HtmlElement) -> set[html.HtmlElement]:
    """The heading and what stands before it in the root."""
    out = {heading}
    place = heading
    while place is not root:
        out.update(place.itersiblings(preceding=True))
        parent = place.getparent()
        assert parent is not None
        place = parent
    return out


def _is_listing(blocks: list[Block]) -> bool:
    """Links only, and many of them: a list of articles at the place of their text."""
    linked = sum(block.linked or is_entry(block) for block in blocks)
    return linked > 5 and linked > 0.7 * len(blocks)
