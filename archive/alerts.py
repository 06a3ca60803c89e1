"""Alerts: what a portal's archivist should know now. They open and close by themselves, as rows of `issues`."""

from __future__ import annotations

import json
import smtplib
import sqlite3
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from archive.clock import iso
from archive.folder import Hooks

SECONDS = 60
"""A mail server, an address or a command may take so long."""


class Alert(StrEnum):
    """What is wrong with a portal, the loudest first: one that is broken in silence before one that says so."""

    NO_LIST = "no-list"
    FIELDS = "fields"
    SHORT = "short"
    LEAKS = "leaks"
    SILENT = "silent"
    SUSPECTS = "suspects"
    AMOUNT = "amount"
    MISSING = "missing"
    UNREACHABLE = "unreachable"


KINDS = ", ".join(f"'{each}'" for each in Alert)
"""SQL: the kinds of issues that are alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An alert that is open. `told_at` is when it was sent, if it was."""

    id: int
    portal_id: str
    kind: str
    message: str
    at: str
    told_at: str | None


def settle(
    conn: sqlite3.Connection, portal_id: str, found: Mapping[Alert, str], at: datetime, run_id: int | None
) -> None:
    """Open what is found and was not open, close what is open and no longer found, in the caller's transaction."""
    held = {
        row[0]: row[1]
        for row in conn.execute(
            f"SELECT kind, id FROM issues WHERE portal_id = ? AND closed_at IS NULL AND kind IN ({KINDS})", [portal_id]
        )
    }
    for kind, message in found.items():
        if kind not in held:
            conn.execute(
                "INSERT INTO issues (run_id, portal_id, kind, message, at) VALUES (?, ?, ?, ?, ?)",
                [run_id, portal_id, kind, message, iso(at)],
            )
    for kind in held.keys() - found.keys():
        conn.execute("UPDATE issues SET closed_at = ? WHERE id = ?", [iso(at), held[kind]])


def opened(conn: sqlite3.Connection, portal_id: str | None = None) -> list[Open]:
    """The open alerts, the loudest first."""
    rows = conn.execute(
        "SELECT id, portal_id, kind, message, at, told_at FROM issues WHERE closed_at IS NULL"
        f" AND kind IN ({KINDS}) AND (? IS NULL OR portal_id = ?)",
        [portal_id, portal_id],
    ).fetchall()
    names = ("id", "portal_id", "kind", "message", "at", "told_at")
    loudness = list(Alert)
    found = [Open(**dict(zip(names, row, strict=True))) for row in rows]
    return sorted(found, key=lambda each: (loudness.index(Alert(each.kind)), each.at))


def send(hooks: Hooks, alerts: list[Open]) -> list[str]:
    """Tell alerts by every hook that is set; returns what went wrong, a sentence each."""
    wrong = []
    text = "\n".join(f"{each.portal_id}: {each.kind}: {each.message} ({each.at})" for each in alerts)
    told = json.dumps([asdict(each) for each in alerts], ensure_ascii=False)
    if hooks.command:
        wrong += _run(hooks.command, told)
    if hooks.webhook:
        wrong += _post(hooks.webhook, told)
    if hooks.email:
        wrong += _mail(hooks, text, len(alerts))
    return wrong


def _run(command: list[str], told: str) -> list[str]:
    try:
        subprocess.run(command, input=told, text=True, check=True, timeout=SECONDS)  # noqa: S603 (the archivist's own)
    except (OSError, subprocess.SubprocessError) as error:
        return [f"alerts.command: {error}"]
    return []


def _post(address: str, told: str) -> list[str]:
    request = Request(address, data=told.encode(), headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS):  # noqa: S310 (the settings take http and https only)
            return []
    except (URLError, OSError) as error:
        return [f"alerts.webhook: {address}: {error}"]


def _mail(hooks: Hooks, text: str, count: int) -> list[str]:
    server = urlsplit(hooks.smtp)
    message = EmailMessage()
    message["Subject"] = f"luutru: {count} alerts" if count != 1 else "luutru: an alert"
    message["From"] = hooks.sender or hooks.email
    message["To"] = hooks.email
    message.set_content(text)
    try:
        kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
        with kind(server.hostname or "localhost", server.port or 0, timeout=SECONDS) as connection:
            if server.username and server.password:
                if server.scheme == "smtp":
                    connection.starttls()
                connection.login(server.username, server.password)
            connection.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        return [f"alerts.email: {server.hostname}: {error}"]
    return []
