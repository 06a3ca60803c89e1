"""Challenges that hosters put before portals, and the one that can be answered without a browser: D1N.

Its page is some 180 bytes that set a cookie, which stands there in full, and load the page again. It is known from
laodong.vn, tracuunnt.gdt.gov.vn and others since 2022. It is always recognised (`crawler.notices`), never an article,
and answered only where the portal's file says so.
"""

from __future__ import annotations

import re

from archive.records import Lease, Reading
from crawler.notices import CHALLENGE
from crawler.parsers.page import Page
from crawler.parsers.thresholds import CHALLENGE_MOST
from crawler.portals import Portal

ANSWERS_MOST = 3
"""So often an address is asked for again with the newest cookie: a server that is not content with it never will be."""

_D1N = re.compile(rb"document\.cookie\s*=\s*[\"'](D1N=)(?:[\"']\s*\+\s*[\"'])?([0-9A-Za-z]{8,128})")


def cookie(page: Page) -> str | None:
    """The cookie that the page wants to have, as a request says it; None where it is no D1N challenge.

    >>> body = b'<script>document.cookie="D1N=0a1b2c3d0a1b2c3d"+"; path=/";window.location.reload(true);</script>'
    >>> cookie(Page(url="http://a.vn/", status=200, headers={}, body=body))
    'D1N=0a1b2c3d0a1b2c3d'
    """
    found = _D1N.search(page.body) if len(page.body) <= CHALLENGE_MOST else None
    return (found[1] + found[2]).decode("ascii") if found else None


def answers(portal: Portal, lease: Lease, page: Page, reading: Reading) -> bool:
    """Whether the page is a challenge that is to be answered: its address is then asked for again, with the cookie."""
    may = portal.challenge == "answer" and lease.attempts < ANSWERS_MOST
    return may and reading.reason == CHALLENGE and cookie(page) is not None
