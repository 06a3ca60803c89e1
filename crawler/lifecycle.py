"""Where a portal stands in its life, told from what its home page answers: pure, each state with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from archive.normalise import fold
from archive.records import Kind, Reading, Verdict
from crawler import notices
from crawler.parsers import gambling, urls
from crawler.parsers.page import Page
from crawler.parsers.thresholds import EMPTY_MOST, NOTICE_LINKS, NOTICE_MOST
from crawler.parsers.xpath import elements
from crawler.wire.errors import BadCertificateError, NoSuchNameError, SilentError, UnresolvedError


class State(StrEnum):
    """Where a portal stands; what is written into `portals.status`, but for `UNKNOWN`."""

    LIVE = "live"
    FROZEN = "frozen"
    """It answers, and shows nothing newer than some months."""
    REDIRECTING = "redirecting"
    """Its home page leads to another site."""
    SOFT_DEAD = "soft-dead"
    """It answers 200 with a notice, an error or nothing in the home page's place."""
    DEAD = "dead"
    """Its name is known, but its server takes no connection, or has no home page."""
    DNS_GONE = "dns-gone"
    """Its name is no longer known."""
    TAKEN_OVER = "taken-over"
    """Somebody else is there: gambling, a domain for sale, a defacement."""
    BLOCKED = "blocked"
    """It does not answer us: 403, a challenge, a firewall, silence."""
    TLS_BROKEN = "tls-broken"
    """It cannot prove who it is."""
    RETIRED = "retired"
    """The archivist has put it away: it is never due."""
    UNKNOWN = "unknown"
    """Nothing can be said of it from here and now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A state and why, in a sentence without a full stop that is the same as long as the state is."""

    state: State
    why: str


BLOCKING = frozenset((401, 403, 406, 407, 418, 429, 451))
"""Statuses that refuse the one who asks."""

_SALE = re.compile(
    r"for sale|parked|buy this domain|own this domain|sponsored listings|related searches|rao ban|chuyen nhuong|dau gia"
    r"|(?:mua|so huu) ten mien|domain[^.]{0,20}(?:expired|available)|ten mien[^.]{0,40}het han"
)
_PARKING = re.compile(
    r"(?:^|\.)(?:sedo|sedoparking|parkingcrew|bodis|afternic|dan|hugedomains|above|skenzo|parklogic|dynadot|undeveloped|buydomains)"
    r"\.(?:com|net)\Z"
)
_CLOSED = re.compile(
    r"(?:ngung|dung|cham dut|ket thuc|dong cua)[^.]{0,40}(?:hoat dong|cap nhat|van hanh|su dung|khai thac|cung cap)"
    r"|(?:da|se|duoc) (?:chuyen|doi|hop nhat|sap nhap)[^.]{0,60}(?:sang|ve|vao|thanh|dia chi|ten mien|cong thong tin)"
    r"|(?:moi|vui long|xin|de nghi)[^.]{0,40}truy cap[^.]{0,60}(?:dia chi|cong thong tin|trang thong tin|website|tai)"
    r"|(?:site|website|portal)[^.]{0,30}(?:has (?:moved|closed)|is (?:closed|no longer))"
)
"""A notice that a portal has ended or moved, in folded text."""
_REFRESH = re.compile(r"\A\s*[\d.]*\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)
_SCRIPT = re.compile(
    rb"(?:window|document|self|top|parent)?\.?location(?:\.href)?\s*(?:=|\.(?:replace|assign)\()\s*[\"']([^\"']{1,500})[\"']"
)
_METAS = elements("//meta[@http-equiv][@content]")
_LINKS = elements("//a[@href]")
_TITLES = elements("//head/title")
_DESCRIPTIONS = elements("//meta[@name='description'][@content]")
_MOSTLY = 0.3
"""Share of a page's links to gambling from which it is its own."""


def of_error(error: Exception) -> Standing:
    """Where a portal stands that gave no answer."""
    if isinstance(error, NoSuchNameError):
        return Standing(state=State.DNS_GONE, why=str(error))
    if isinstance(error, UnresolvedError):
        return Standing(state=State.UNKNOWN, why=str(error))
    if isinstance(error, BadCertificateError):
        return Standing(state=State.TLS_BROKEN, why=str(error))
    if isinstance(error, SilentError):
        return Standing(state=State.BLOCKED, why=f"its name is known, but {error}")
    return Standing(state=State.DEAD, why=str(error))


def of_status(status: int) -> Standing | None:
    """Where a portal stands whose home page answers with a status; None for what has a page to look at."""
    if status in BLOCKING:
        return Standing(state=State.BLOCKED, why=f"the home page answers with status {status}")
    if status != 200:
        return Standing(state=State.DEAD, why=f"the home page answers with status {status or 'that cannot be read'}")
    return None


def of_move(target: str, successor: str | None) -> Standing:
    """Where a portal stands whose home page leads to another site; `successor` is the address of who took over."""
    host = urlsplit(target).hostname or ""
    if gambling.is_site(host) or _PARKING.search(host):
        return Standing(state=State.TAKEN_OVER, why=f"redirects to {target}")
    if successor and _is_within(host, urlsplit(successor).hostname or ""):
        return Standing(state=State.REDIRECTING, why=f"redirects to its successor: {target}")
    return Standing(state=State.REDIRECTING, why=f"redirects to another site: {target}")


def _is_within(host: str, other: str) -> bool:
    bare = other.removeprefix("www.")
    return host == bare or host.endswith(f".{bare}")


def leads_to(page: Page) -> str | None:
    """Where a page without text of its own leads at once: by `<meta refresh>`, or by a script."""
    for meta in _METAS(page.tree):
        found = _REFRESH.match(meta.get("content", ""))
        if meta.get("http-equiv", "").lower() == "refresh" and found:
            return urls.join(page.url, found[1].strip())
    if len(notices.said(page.tree)) > EMPTY_MOST or len(_LINKS(page.tree)) > NOTICE_LINKS:
        return None
    found_in_script = _SCRIPT.search(page.body)
    return urls.join(page.url, found_in_script[1].decode("utf-8", "replace")) if found_in_script else None


def of_page(page: Page, reading: Reading) -> Standing | None:
    """Where a portal stands whose home page shows this; None where it shows a portal."""
    if _is_gambling(page):
        return Standing(state=State.TAKEN_OVER, why="advertises gambling")
    is_bare = len(_LINKS(page.tree)) <= NOTICE_LINKS
    words = notices.said(page.tree)
    sign = notices.sign(page) if is_bare else None
    folded = fold(words)
    if (
        is_bare
        and len(words) <= NOTICE_MOST
        and _CLOSED.search(folded)
        and sign not in (notices.CHALLENGE, notices.DEFACED)
    ):
        return Standing(state=State.SOFT_DEAD, why=f"a notice in the home page's place: {words[:200].strip()}")
    if sign is None and reading.kind is not Kind.LISTING and reading.verdict is Verdict.SUSPECT:
        sign = reading.reason
    return _of_sign(sign, fold(f"{_title(page)} {words}"), words)


def _of_sign(sign: str | None, folded: str, words: str) -> Standing | None:
    if sign in (None, "empty single-page app"):
        return None  # its pages are made by scripts: it answers
    if sign in (notices.CHALLENGE, "WAF block"):
        return Standing(state=State.BLOCKED, why=f"the home page shows a {sign}")
    if sign == notices.DEFACED:
        return Standing(state=State.TAKEN_OVER, why=f"the home page is defaced: {words[:200].strip()}")
    if sign.startswith("taken over") and ("gambling" in sign or _SALE.search(folded)):
        return Standing(state=State.TAKEN_OVER, why=f"the home page shows a parked domain: {words[:200].strip()}")
    said = f": {words[:200].strip()}" if words else ""
    return Standing(state=State.SOFT_DEAD, why=f"the home page shows no portal ({sign}){said}")


def _is_gambling(page: Page) -> bool:
    """Whether a page as it is seen is a gambling site's: what was smuggled into a portal's page is taken out of it."""
    about = " ".join(each.get("content", "") for each in _DESCRIPTIONS(page.tree))
    if gambling.is_advertisement(f"{_title(page)} {about}"):
        return True
    labels = [text for each in _LINKS(page.tree) if (text := " ".join(each.text_content().split()))]
    bad = sum(gambling.is_label(label) for label in labels)
    words = f"{notices.said(page.tree)} {' '.join(labels)}"
    return bad >= _MOSTLY * len(labels) and gambling.is_advertisement(words, games_at_least=3)


def _title(page: Page) -> str:
    return " ".join((each.text or "").strip() for each in _TITLES(page.tree))


def of_news(newest: datetime | None, now: datetime, months: int) -> Standing:
    """Where a working portal stands, by the newest article that is known of it (None: none with a date)."""
    if newest is None:
        return Standing(state=State.LIVE, why="it answers; no article with a date was found")
    day = newest.date()
    if _months(day, now.astimezone(newest.tzinfo).date()) >= months:
        return Standing(state=State.FROZEN, why=f"it answers; the newest article that was found is of {day}")
    return Standing(state=State.LIVE, why=f"it answers; it published on {day}")


def _months(since: date, until: date) -> int:
    """Whole months between two days."""
    return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
