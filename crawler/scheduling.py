"""`luutru schedule run`: one process that starts a crawl of what is due, one at a time, and waits.

It remembers nothing itself: what is due, the archive tells. So it may be killed and started again at any moment.
"""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import click

from archive.children import start
from archive.clock import iso, now
from archive.errors import ConfigError
from archive.folder import Folder
from archive.language import _
from archive.store import Archive
from crawler import families, portals
from crawler.portals import Portal
from crawler.schedule import Turn, turns

LOOK = 60
"""Seconds after which the portals' files are read again at the latest."""
PAUSE, PAUSE_MOST = 5, 600
"""Seconds before the same portals are tried again whose crawl came to nothing (killed, another crawl under way);
doubled each time."""
PATIENCE = 90
"""Seconds that a crawl which was asked to stop may take to finish what is under way."""


@dataclass(slots=True)
class Scheduler:
    """Crawls what is due into one archive, each time for `budget` at most, so that nobody waits for a large portal."""

    folder: Path
    budget: timedelta
    _wrong: list[str] = field(default_factory=list)
    _before: set[str] = field(default_factory=set)
    _pause: int = 0

    def run(self, *, once: bool) -> int:
        """Go on until it is asked to stop by SIGTERM or SIGINT; `once`: crawl what is due now, and end with its exit
        code. Raises `AlreadyRunningError` where the archive has a scheduler."""
        with Archive.open(self.folder):
            pass  # says what is wrong with it
        with Folder(self.folder).held(".schedule.lock", "keeping the schedule of"):
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            try:
                while True:
                    found = self.turns()
                    due = [each for each in found if each.at and each.at <= now()]
                    code = self._crawl(due) if due else 0
                    if once:
                        return code
                    if not due:
                        time.sleep(self._wait(found))
            except KeyboardInterrupt:
                _say(_("The schedule is stopped."))
                return 0

    def turns(self) -> list[Turn]:
        """The schedule as it is now. Portals' files that are wrong are told once, and passed over."""
        found, wrong = own(Folder(self.folder))
        if wrong != self._wrong:
            for line in wrong:
                _say(line)
            self._wrong = wrong
        with Archive.open(self.folder) as archive:
            return turns(archive.conn, found, now())

    def _wait(self, found: Sequence[Turn]) -> float:
        """Seconds until there may be something to do."""
        self._before, self._pause = set(), 0
        first = min((each.at for each in found if each.at), default=None)
        return min(max((first - now()).total_seconds(), 1), LOOK) if first else LOOK

    def _crawl(self, due: Sequence[Turn]) -> int:
        """Crawl what is due in one child process; returns its exit code, or minus the signal that ended it."""
        names = {each.portal.id for each in due}
        self._pause = min(max(2 * self._pause, PAUSE), PAUSE_MOST) if names == self._before else 0
        self._before = names
        time.sleep(self._pause)
        for each in due:
            if each.missed:
                _say(_("{portal}: {missed} times were missed; it is crawled once now.").format(
                    portal=each.portal.id, missed=each.missed))  # fmt: skip
        _say(_("Crawl: {portals}").format(portals=" ".join(sorted(names))))
        began = time.monotonic()
        seconds = f"{self.budget.total_seconds():.0f}s"
        command = [sys.executable, "-m", "crawler", "--archive", str(self.folder), "crawl", *sorted(names)]
        code = _wait_for([*command, "--budget", seconds])
        span = timedelta(seconds=round(time.monotonic() - began))
        _say(_("The crawl has ended after {span} with exit code {code}.").format(span=span, code=code))
        return code


def own(folder: Folder) -> tuple[list[Portal], list[str]]:
    """The archive's own portals, and what is wrong with their files: a mistake in one must not stop the others."""
    found, wrong = [], []
    for file in sorted(folder.portals.glob("*.toml")):
        try:
            found.append(portals.read(file, families.families()))
        except ConfigError as error:
            wrong.append(str(error))
    return found, wrong


def _say(line: str) -> None:
    click.echo(f"{iso(now())}  {line}")
    sys.stdout.flush()


def _wait_for(command: list[str]) -> int:
    """Run a child to its end. Asked to stop, ask it to, wait for it, and go on with the interruption."""
    child = start(command)
    try:
        return child.wait()
    except KeyboardInterrupt:
        _say(_("The crawl is asked to stop."))
        _stop(child)
        raise


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Ask a crawl to stop; a second time if it takes long, or if a person does not want to wait; then end it."""
    for how, seconds in ((signal.SIGINT, PATIENCE), (signal.SIGINT, PATIENCE // 3), (signal.SIGKILL, None)):
        child.send_signal(how)
        try:
            child.wait(seconds)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            continue
        return


def command_of(folder: Path) -> str:
    """How this installation is called from a shell, for another program to call it."""
    luutru = Path(sys.executable).with_name("luutru")
    words = [str(luutru)] if luutru.exists() else [sys.executable, "-m", "crawler"]
    return shlex.join([*words, "--archive", str(folder.resolve())])
