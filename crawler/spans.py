"""Spans of time on the command line."""

from __future__ import annotations

import re
from datetime import timedelta

import click


class Span(click.ParamType[timedelta]):
    """A span of time on the command line: 90s, 30m, 2h."""

    name = "span"

    def convert(self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", value.strip())
        if not match:
            raise click.BadParameter(f"{value!r} is not a span of time such as 90s, 30m or 2h")
        return timedelta(seconds=float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]])
