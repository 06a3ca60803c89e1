"""One policy of good manners: robots.txt, delays, Retry-After, and hosts that fail again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from protego import Protego

from archive.records import Kind

TRIES = 3
"""An address is asked so often before it counts as failed …"""
TRIES_SLOW = 2
"""… and so often where each try costs the time until nobody waits any longer."""
RETRY_AFTER_MOST = timedelta(hours=1)
"""A longer Retry-After is not waited for: the address is put off to the next run."""
PUT_OFF_MOST = timedelta(days=1)
"""An address is not put off for longer, whatever its Retry-After says."""
BACK_OFF = timedelta(seconds=2)
"""Wait before the second try; doubled for each further one."""
BREAKER = 12
"""After so many addresses in a row without a whole answer a host is left alone for this run; what costs a time-out
counts twice."""
CRAWL_DELAY_MOST = 60.0
"""Seconds: a longer Crawl-delay is a mistake, or means that a portal never ends."""
ROBOTS_SIZE = 512_000
"""Bytes of robots.txt that are read (RFC 9309, 2.5: at least 500 KiB)."""


@dataclass(slots=True)
class Host:
    """What a run knows of one host."""

    robots: Protego | None = None
    closed: str | None = None
    """Why nothing more may be asked of the host in this run."""
    quiet_until: datetime | None = None
    failures: int = 0
    patience: int = BREAKER
    busy: bool = False
    """A request is on its way: the next one waits until the answer is safe. Scrapy's own limit of one request
    per host does not hold without a delay."""
    robots_url: str | None = None
    """Where robots.txt has moved to."""
    robots_moves: int = 0
    sitemaps: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether robots.txt has been asked for."""
        return self.robots is not None or self.closed is not None


class Politeness:
    """The hosts of a run, by `host:port`."""

    def __init__(self, user_agent: str) -> None:
        self.user_agent = user_agent
        self._hosts: dict[str, Host] = {}
        self._robots_asked: dict[str, str] = {}

    def host(self, name: str) -> Host:
        """What is known of a host."""
        return self._hosts.setdefault(name, Host())

    def robots_address(self, name: str, scheme: str) -> str:
        """Where robots.txt of a host is asked for: where it has moved to, if it has."""
        url = self.host(name).robots_url or f"{scheme}://{name}/robots.txt"
        self._robots_asked[url] = name
        return url

    def host_of(self, url: str, kind: Kind) -> str:
        """The host that an answer speaks for: a moved robots.txt speaks for the host that was asked first."""
        return self._robots_asked.get(url, urlsplit(url).netloc) if kind is Kind.ROBOTS else urlsplit(url).netloc

    def learn_robots(self, name: str, status: int | None, body: bytes, reason: str = "no answer") -> None:
        """Take in robots.txt by RFC 9309: unreachable (5xx, no answer for a reason) forbids all, 4xx allows all."""
        host = self.host(name)
        if status is None or status >= 500 or status == 429:
            answer = reason if status is None else f"status {status}"
            host.closed = f"robots.txt of {name} could not be fetched ({answer}), which forbids everything (RFC 9309)"
            return
        text = body[:ROBOTS_SIZE].decode("utf-8", "replace") if status == 200 else ""
        host.robots = Protego.parse(text.removeprefix("\ufeff"))
        host.sitemaps = tuple(host.robots.sitemaps)

    def forbids(self, name: str, url: str) -> str | None:
        """Why an address may not be asked for, if so."""
        host = self.host(name)
        if host.closed:
            return host.closed
        if host.robots and not host.robots.can_fetch(url, self.user_agent):
            return f"robots.txt of {name} forbids {url}"
        return None

    def crawl_delay(self, name: str) -> float | None:
        """Seconds between requests that robots.txt asks for, within reason."""
        robots = self.host(name).robots
        delay = robots.crawl_delay(self.user_agent) if robots else None
        return min(float(delay), CRAWL_DELAY_MOST) if delay is not None else None

    def answered(self, name: str) -> None:
        """Note that a host works."""
        host = self.host(name)
        host.failures, host.patience = 0, BREAKER

    def failed(self, name: str, reason: str, *, slow: bool = False) -> None:
        """Note that a host gave no whole answer; after several in a row it is left alone."""
        host = self.host(name)
        host.failures += 1
        host.patience -= 2 if slow else 1
        if host.patience <= 0:
            host.closed = f"{name} failed {host.failures} times in a row, last: {reason}"

    def wait(self, name: str, until: datetime) -> None:
        """Ask nothing of a host before a time."""
        host = self.host(name)
        host.quiet_until = max(until, host.quiet_until or until)


def retry_at(attempts: int, now: datetime, tries: int = TRIES) -> datetime | None:
    """When to try again after a failure, or `None` after the last try. `attempts` are those before it."""
    if attempts + 1 >= tries:
        return None
    return now + BACK_OFF * (1 << attempts)


def retry_after(values: Iterable[str], now: datetime) -> datetime | None:
    """The time that a Retry-After header names, as seconds or as a date (RFC 9110, 10.2.3).

    >>> from datetime import UTC
    >>> retry_after(["120"], datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    '2026-01-01T00:02:00+00:00'
    """
    for value in values:
        if value.strip().isascii() and value.strip().isdigit():
            return now + timedelta(seconds=min(int(value), 10**8))
        try:
            moment: datetime = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    return None
