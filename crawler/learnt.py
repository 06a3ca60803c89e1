"""Reading a page by the template that was learnt from its host's other pages."""

from __future__ import annotations

from lxml import html

from archive.records import Article
from crawler.families import generic
from crawler.parsers import bylines, dates, head, metadata, text
from crawler.parsers.page import Page
from crawler.parsers.places import Seen, masked
from crawler.parsers.story import Story
from crawler.parsers.template import FITS, Template, body_of, is_entry
from crawler.parsers.text import Block

READER = "learnt/1"


def read(page: Page, template: Template) -> tuple[Article | None, float]:
    """The article at the template's places, and how well the page fits; no article where it does not.

    The fit is the share of the template's recurring lines that the page shows, from 0 to 1.
    """
    seen = Seen(page)
    own = set(seen.lines)
    outside = [line for line in template.chrome if not line.startswith(template.body)]
    fit = sum(line in own for line in outside) / len(outside) if outside else float(template.body in seen.elements)
    return (article(seen, template) if fit >= FITS else None), fit


def article(seen: Seen, template: Template) -> Article | None:
    """The article at the template's places; None where there is none, or a list of articles."""
    page = seen.page
    root = body_of(seen, template.body)
    title = next((block for block in seen.at.get(template.title, ()) if block.text), None)
    if root is None or title is None or _names_a_list(title, template):
        return None
    recurring = set(template.chrome)
    out = {element for place in template.left_out for element in seen.elements.get(place, ())}
    if _holds(root, title.element):
        out |= _before(root, title.element)
    lead = seen.at.get(template.summary or "", [])
    leads = {block.text for block in lead}
    found = [
        block
        for block in text.blocks(root, out)
        if seen.key(block) not in recurring and not (seen.place(block) == template.time and _stamp(block))
        and not (seen.place(block) == template.summary and block.text in leads)
    ]  # fmt: skip
    start = head.split(found, title.text, root)
    stated = metadata.read(page)
    stamps = filter(None, map(_stamp, seen.at.get(template.time or "", ())))
    published, updated = head.time_of((*stamps, *start.stamps))
    if stated.published_at:
        published = dates.Stamp(stated.published_at, updated=False)
    if _is_listing(start.body):
        return None
    byline = bylines.find(start.body)
    return Story(
        page=page,
        root=root,
        out=out,
        title=title.text.replace("\n", " "),
        summary=text.joined(lead) or start.summary,
        blocks=start.body,
        author=byline.author,
        source=byline.source,
        published_at=published,
        updated_at=updated,
    ).article(generic.key(page), generic.canonical(page.url))


def _names_a_list(title: Block, template: Template) -> bool:
    """Whether the menu of every page has the same words: the title of a section."""
    wanted = masked(title.text)
    return any(line.partition("\t")[2] == wanted for line in template.chrome)


def _stamp(block: Block) -> dates.Stamp | None:
    return dates.stamp(block.text.replace("\n", " "))


def _holds(root: html.HtmlElement, element: html.HtmlElement) -> bool:
    return any(up is root for up in element.iterancestors())


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
