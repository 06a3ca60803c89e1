"""The schedule as systemd's units and as a line of a crontab."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

EVERY = "*:0/10"
"""The timer's calendar. What is due, the archive tells: each tick takes it, most of them nothing."""

_SERVICE = """\
[Unit]
Description=Crawl the portals of {folder} that are due
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{user}ExecStart={command}
# A crawl that is asked to stop finishes what is under way, and is gone on with.
KillMode=mixed
KillSignal=SIGINT
TimeoutStopSec=150
# Interrupted, out of its time, another crawl is under way: no failures.
SuccessExitStatus=11 15 75
Nice=10
"""
_TIMER = """\
[Unit]
Description=Look for portals of {folder} that are due

[Timer]
OnCalendar={every}
Persistent=true

[Install]
WantedBy=timers.target
"""


def unit_name(folder: Path) -> str:
    """What the units of an archive are called, without their ending."""
    return "luutru-" + (re.sub(r"[^A-Za-z0-9_.]+", "-", folder.resolve().name).strip("-.") or "archive")


def units(folder: Path, command: str, user: str | None) -> dict[str, str]:
    """The files of a service and its timer, by name. `user`: as whom a unit of the whole system runs."""
    told = str(folder.resolve()).replace("%", "%%")
    words = " ".join(_quoted(word) for word in shlex.split(command))
    service = _SERVICE.format(folder=told, command=words, user=f"User={user}\n" if user else "")
    name = unit_name(folder)
    return {f"{name}.service": service, f"{name}.timer": _TIMER.format(folder=told, every=EVERY)}


def _quoted(word: str) -> str:
    """A word of a command line as systemd reads it (systemd.service(5), command lines)."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return word if re.fullmatch(r"[\w./:=@%$+,-]+", word) else f'"{word}"'


def crontab_line(command: str) -> str:
    """The same for cron, which takes % for the end of a line."""
    return "*/10 * * * * " + command.replace("%", "\\%")


def check(files: list[Path]) -> list[str]:
    """What systemd finds wrong with units; nothing where there is no systemd to ask."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return []
    wrong = []
    for arguments in (["verify", *map(str, files)], ["calendar", EVERY]):
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            wrong.append((done.stderr or done.stdout).strip())
    return wrong
