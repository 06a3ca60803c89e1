"""The sample portal's addresses, written the way Liferay writes them."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, quote_plus, urlencode

from crawler.sample.story import Document, Picture, Section, Story

GROUP_ID = 10184
HOME = "/web/guest/home"
DISALLOWED = "/web/guest/noi-bo"
DEAD_LINKS = ("/web/guest/so-do-cong-cu",)
"""Addresses that the portal links although nothing is there."""

_DOCUMENT = re.compile(r"^/documents/\d+/\d+/[^/]+/(?P<uuid>[0-9a-f-]{36})$")
_ARTICLE = re.compile(
    r"^/web/guest/[\w-]+/-/asset_publisher/(?P<instance>\w+)/content/"
    r"(?:id/(?P<entry_id>\d+)|(?P<url_title>[\w-]+))(?:/\d+)?(?:/(?:maximized|pop_up))?$"
)


def section_page(section: Section) -> str:
    """The section's page."""
    return f"/web/guest/{section.slug}"


def feed(section: Section) -> str:
    """The section's feed."""
    return f"{section_page(section)}/-/asset_publisher/{section.instance}/rss"


def article(story: Story) -> str:
    """The article's canonical address; the seed's is by entry id on the page "Chi tiết bài viết"."""
    instance = story.section.instance
    if story.number == 0:
        return f"/web/guest/chi-tiet-bai-viet/-/asset_publisher/{instance}/content/id/{story.entry_id}"
    return f"{section_page(story.section)}/-/asset_publisher/{instance}/content/{story.url_title}"


def article_by_id(story: Story) -> str:
    """The same article under its entry id."""
    page = section_page(story.section)
    return f"{page}/-/asset_publisher/{story.section.instance}/content/id/{story.entry_id}"


def raw_article(story: Story) -> str:
    """The same article as a raw portlet address."""
    portlet = story.section.portlet
    fields = {"p_p_id": portlet, "p_p_lifecycle": 0, "p_p_state": "normal", "p_p_mode": "view"}
    if story.section.generation == 6:
        view = {"struts_action": "/asset_publisher/view_content"}
    else:
        view = {"mvcPath": "/view_content.jsp"}
    own = {**view, "assetEntryId": story.entry_id, "type": "content"}
    return f"{section_page(story.section)}?" + urlencode(
        fields | {f"_{portlet}_{name}": value for name, value in own.items()}
    )


def with_redirect(path: str, back: str) -> str:
    """The same address with the way back, as portlets write it."""
    return f"{path}?inheritRedirect=true&redirect={quote(back, safe='')}"


def print_version(path: str) -> str:
    """The same article without the portal around it."""
    return f"{path}?p_p_state=pop_up&viewMode=print"


def with_session(path: str, session: str) -> str:
    """The same address with a session id in it."""
    return f"{path};jsessionid={session}.node1"


def listing(section: Section, page: int, delta: int = 10) -> str:
    """A page of the section's listing."""
    portlet = section.portlet
    fields: dict[str, object] = {
        "p_p_id": portlet,
        "p_p_lifecycle": 0,
        "p_p_state": "normal",
        "p_p_mode": "view",
    }
    own: dict[str, object] = {"delta": delta}
    if section.generation == 6:
        fields |= {"p_p_col_id": "column-2", "p_p_col_count": 1}
        own |= {"keywords": "", "advancedSearch": "false", "andOperator": "true"}
    own |= {"cur": page}
    return f"{section_page(section)}?" + urlencode(fields | {f"_{portlet}_{name}": v for name, v in own.items()})


def calendar(year: int, month: int) -> str:
    """A month of the calendar portlet, which has no end."""
    fields = {"p_p_id": 8, "p_p_lifecycle": 0, "p_p_state": "normal", "_8_month": month, "_8_year": year}
    return "/web/guest/lich-cong-tac?" + urlencode(fields)


def banner_click(number: int, fresh: str) -> str:
    """A counted click on a banner; `fresh` differs on every view."""
    fields = {"p_p_id": "lienket_WAR_banner", "p_p_lifecycle": 1, "_lienket_id": number, "_lienket_s": fresh}
    return f"{HOME}?" + urlencode(fields)


def uuid_of(story: Story, name: str) -> str:
    """The file's uuid in the document library."""
    digest = hashlib.sha256(f"{story.entry_id}/{name}".encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def file_path(story: Story, block: Picture | Document) -> str:
    """Where an article's image or document is served; spaces are `+` or `%20`, as on real portals."""
    name = block.name.replace("/", "-")
    encoded = quote_plus(name) if story.number % 3 else quote(name)
    stamp = int(story.published.timestamp() * 1000)
    folder = 25000 + story.number
    return f"/documents/{GROUP_ID}/{folder}/{encoded}/{uuid_of(story, block.name)}?t={stamp}"


def asked_document(path: str) -> str | None:
    """The uuid of the file that a path asks for, if it asks for one."""
    found = _DOCUMENT.match(path)
    return found["uuid"] if found else None


def asked_article(path: str) -> tuple[str, int | str] | None:
    """Instance, and entry id or url title, of the article that a path asks for, if it asks for one."""
    found = _ARTICLE.match(path)
    if not found:
        return None
    return found["instance"], int(found["entry_id"]) if found["entry_id"] else found["url_title"]
