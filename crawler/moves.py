"""Where a known article's address leads instead, and what that says of the article."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from archive.records import Reading, Verdict
from crawler import families
from crawler.parsers import urls
from crawler.parsers.links import is_home
from crawler.portals import Portal

_LOGIN = re.compile(
    r"(?:^|[/_-])(?:log-?in|log-?on|sign-?in|dang-?nhap|sso|cas|oauth2?|saml2?|auth|authenticate|unauthori[sz]ed)(?:[/._?-]|\Z)"
    r"|[?&](?:return_?url|redirect_uri|nv_redirect|back_?url)=", re.IGNORECASE,
)  # fmt: skip
_NOT_FOUND = re.compile(
    r"(?:^|[/?=_-])(?:404|410|errors?|loi|(?:page-?)?not-?found|khong-(?:tim-thay|ton-tai))(?:[/._?=-]|\Z)",
    re.IGNORECASE,
)


def judged(portal: Portal, url: str, target: str, reading: Reading) -> Reading:
    """The verdict on a redirect: to another site or a login it is suspect; to the home page, a section or an error
    page the article is missing; what else it leads to will tell for itself.
    """
    family = families.families()[portal.family]
    if urls.site(target) != urls.site(portal.home):
        return replace(reading, verdict=Verdict.SUSPECT, reason=f"redirect to another site: {target}")
    if family.identity(target):
        return reading
    here, there = urlsplit(family.canonical(url)), urlsplit(family.canonical(target))
    asked = urlsplit(target)
    steps = f"{asked.path}?{asked.query}"
    if _LOGIN.search(steps):
        return replace(reading, verdict=Verdict.SUSPECT, reason=f"redirect to a login: {target}")
    place = (there.path.rstrip("/"), there.query)
    entries = (urlsplit(family.canonical(each)) for each in (portal.home, *(one.url for one in portal.sections)))
    is_above = (
        not there.query and here.path.startswith(place[0] + "/") and there.path.rstrip("/") != here.path.rstrip("/")
    )
    is_entry = any(place == (each.path.rstrip("/"), each.query) for each in entries)
    if is_entry or is_above or is_home(family.canonical(target)) or _NOT_FOUND.search(steps):
        return replace(reading, verdict=Verdict.GONE, reason=f"redirect to {target}")
    return reading
