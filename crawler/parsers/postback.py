"""Further pages of a list that only a form leads to: ASP.NET's `__doPostBack` (DNN, SharePoint and their like).

Such a page has no address of its own. It is named by the list's address and `#trang=N`, and asked for as a browser
does: with the form of the page that leads to it, as that page was last seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from lxml import html

from archive.records import Kind, Link
from crawler.parsers import text, urls
from crawler.parsers.page import Page
from crawler.parsers.xpath import elements

_CALL = re.compile(
    r"(?:__doPostBack|WebForm_PostBackOptions)\(\s*(?P<a>['\"])(?P<target>[^'\"]+)(?P=a)"
    r"\s*,\s*(?P<b>['\"])(?P<argument>[^'\"]*)(?P=b)"
)
_MARK = re.compile(r"#trang=(\d+)\Z")
_NEXT = frozenset(("sau", "tiếp", "tiếp theo", "trang sau", "trang tiếp", "next", "next page", ">", "»", "›"))
_MORE = frozenset(("...", "…"))
_LINKS = elements("//a[contains(@href, 'PostBack') or contains(@onclick, 'PostBack')]")
_BUTTONS = frozenset(("submit", "button", "image", "reset", "file"))
_MOST_PAGES = 10_000
_LONGEST = 4_000_000
"""Bytes of a form; the state of a real page has some hundred thousand."""


class Form(NamedTuple):
    """A request that leads to a further page: the address, and the body as `application/x-www-form-urlencoded`."""

    url: str
    body: bytes


def links(page: Page) -> tuple[Link, ...]:
    """The further pages of a list that its pager's scripts ask for."""
    if b"PostBack" not in page.body:
        return ()
    base = page.url.partition("#")[0]
    return tuple(Link(url=f"{base}#trang={number}", kind=Kind.LISTING) for number in _calls(page) if number > 1)


def number_of(url: str) -> int | None:
    """The number of a further page that only a form leads to; None for every other address.

    >>> number_of("http://xa.example/Tin.aspx#trang=3"), number_of("http://xa.example/Tin.aspx?trang=3")
    (3, None)
    """
    found = _MARK.search(url)
    return int(found[1]) if found else None


def form(page: Page, number: int) -> Form | None:
    """The request for a further page, by the form of a page that leads to it; None where it leads there no longer."""
    call = _calls(page).get(number)
    if call is None:
        return None
    holder, target, argument = call
    url = page.absolute(holder.get("action")) or page.url.partition("#")[0]
    if urls.site(url) != urls.site(page.url):
        return None
    fields = dict(_values(holder)) | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    body = urlencode(fields).encode("ascii")
    return Form(url, body) if len(body) <= _LONGEST else None


def _values(form: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """What a browser sends of a form that a script submits: no button, no box without its tick."""
    for field in form.iter("input", "select", "textarea"):
        name, kind = field.get("name"), (field.get("type") or "text").lower()
        if not name or field.get("disabled") is not None or kind in _BUTTONS:
            continue
        if field.tag == "select":
            options = list(field.iter("option"))
            chosen = next((each for each in options if each.get("selected") is not None), next(iter(options), None))
            if chosen is not None:
                yield name, chosen.get("value") or chosen.text or ""
        elif field.tag == "textarea":
            yield name, field.text or ""
        elif kind not in ("checkbox", "radio") or field.get("checked") is not None:
            yield name, field.get("value") or ("on" if kind == "checkbox" else "")


def _calls(page: Page) -> dict[int, tuple[html.HtmlElement, str, str]]:
    """The form, the target and the argument for each page that the pager leads to, by its number."""
    here = number_of(page.url) or 1
    found: dict[int, tuple[html.HtmlElement, str, str]] = {}
    for link in _LINKS(page.tree):
        call = _CALL.search(f"{link.get('href') or ''} {link.get('onclick') or ''}")
        holder = next(link.iterancestors("form"), None)
        number = _number(text.line(link).strip("[]() ").lower(), here, max(found, default=here))
        if call and holder is not None and number and number != here:
            found.setdefault(number, (holder, call["target"], call["argument"]))
    return found


def _number(label: str, here: int, last: int) -> int | None:
    """The page that a pager's label means; None for other labels, and for dots before the first number."""
    if label.isdecimal() and 0 < int(label) <= _MOST_PAGES:
        return int(label)
    if label in _NEXT:
        return here + 1
    return last + 1 if label in _MORE and last > here else None
