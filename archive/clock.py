"""Times as the archive writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""Viet Nam has kept +07:00 without summer time since 1975, so a fixed offset is exact for the web's years."""


def now() -> datetime:
    """The current time, with its zone."""
    return datetime.now(VIETNAM)


def iso(moment: datetime) -> str:
    """ISO 8601 with +07:00, to the second.

    >>> iso(datetime(2020, 12, 31, 17, 30, tzinfo=UTC))
    '2021-01-01T00:30:00+07:00'
    """
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")


def digits(moment: datetime) -> str:
    """14 digits, UTC, as web archives write them.

    >>> digits(datetime(2021, 1, 1, 0, 30, tzinfo=VIETNAM))
    '20201231173000'
    """
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def moment(digits: str) -> datetime:
    """The time of 14 digits, as `digits` writes them.

    >>> str(moment("20201231173000"))
    '2020-12-31 17:30:00+00:00'
    """
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def due(moment: datetime) -> str:
    """UTC, fixed width, so that texts compare as times do.

    >>> due(datetime(2021, 1, 1, 0, 30, tzinfo=VIETNAM))
    '2020-12-31T17:30:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
