"""What a person sees of a crawl: a live line on a terminal, plain lines elsewhere, and the report at its end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from archive.language import _
from archive.store import OUTCOMES
from archive.visits import Kept
from crawler.run import Run

EVERY = 10.0
"""Seconds between two plain lines."""


@contextmanager
def show(run: Run, *, lines: bool) -> Iterator[None]:
    """Show a run while it goes on. With `lines`, stdout gets a line per archived article and nothing else."""
    if lines:
        run.listeners.append(_archived)
        yield
    elif sys.stderr.isatty():
        with _live(run):
            yield
        _report(run)
    else:
        run.listeners.append(_Plain())
        yield
        _report(run)


def _archived(url: str, kept: Kept) -> None:
    """One line for each article that is safe on the disk; called after the commit."""
    if kept.outcome in ("new", "changed"):
        click.echo(f"archived {kept.article_id} {url}")
        sys.stdout.flush()


class _Plain:
    """A line every few seconds."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._last = self._began = monotonic()

    def __call__(self, url: str, kept: Kept) -> None:
        self._counts[kept.outcome or "again"] += 1
        if monotonic() - self._last >= EVERY:
            self._last = monotonic()
            click.echo(_line(self._counts, self._last - self._began), err=True)


@contextmanager
def _live(run: Run) -> Iterator[None]:
    counts: Counter[str] = Counter()
    began = monotonic()
    progress = Progress(
        SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"), console=Console(stderr=True),
        transient=True,
    )  # fmt: skip
    with progress:
        task = progress.add_task("…", total=None)

        def listen(url: str, kept: Kept) -> None:
            counts[kept.outcome or "again"] += 1
            shown = url if len(url) < 60 else url[:28] + "…" + url[-30:]
            progress.update(task, description=f"{_line(counts, monotonic() - began)}  [dim]{shown}")

        run.listeners.append(listen)
        yield


def _line(counts: Counter[str], seconds: float) -> str:
    pages = sum(counts.values())
    return _("{pages} pages · articles: {new} new, {changed} changed, {unchanged} same · {rate:.1f} pages/s").format(
        pages=pages, new=counts["new"], changed=counts["changed"], unchanged=counts["unchanged"],
        rate=pages / max(seconds, 0.001),
    )  # fmt: skip


def _report(run: Run) -> None:
    """What came of every address, per portal."""
    for portal_id, each in run.portals.items():
        counts = run.archive.counts(run.id, portal_id)
        said = ", ".join(f"{counts[name]} {_(name)}" for name in OUTCOMES if counts[name]) or _("nothing")
        click.echo(
            _("{portal}: {planned} addresses: {said}").format(portal=portal_id, planned=counts["planned"], said=said)
        )
        if each.stopped:
            click.echo(_("{portal}: stopped: {reason}").format(portal=portal_id, reason=each.stopped))
