"""Keeps pages of portals from running or loading anything in a reader's browser: headers on every answer."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

from jinja2 import BaseLoader, Environment

from archive.viewer.spreadsheets import Table

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Any, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-src 'self'; frame-ancestors 'none'"
)
"""Content-Security-Policy of our own pages: they have no inline script and no inline style."""
_DATASETTE = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'nonce-{nonce}'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""… and of Datasette's own, whose templates have inline scripts: these get a nonce, what is put into them does not."""
FRAMED = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'"
)
"""… and of a portal's page in its frame: nothing of it runs, and nothing is loaded."""
OWN = "x-luutru-policy"
"""The header by which a page of ours names another policy than Datasette's; it does not go out."""

_MOST_BYTES = 32 * 1024 * 1024
"""Bytes of one value in SQL that everybody may write."""
_MOST_PATTERN = 200
"""Letters of a LIKE pattern there."""

_nonce: ContextVar[str] = ContextVar("nonce", default="")
_COMMON = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"x-dns-prefetch-control": b"off",
}


def guarded(app: App) -> App:
    """The application with a policy on each of its answers, errors among them."""

    async def guard(scope: Message, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        _nonce.set(nonce)

        table = Table(OWN) if str(scope.get("path", "")).endswith(".csv") else None
        has_begun = False

        async def with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                if table is not None:
                    table.begin(message)
                message = {**message, "headers": _headers(message.get("headers", ()), nonce)}
            elif table is not None:
                message = table.defused(message)
            await send(message)

        try:
            await app({**scope, "headers": list(filter(_can_be_read, scope["headers"]))}, receive, with_headers)
        finally:
            if not has_begun:  # a fault that Datasette did not answer: the server's own answer would have no policy
                plain = [(b"content-type", b"text/plain; charset=utf-8")]
                await with_headers({"type": "http.response.start", "status": 500, "headers": plain})
                await with_headers({"type": "http.response.body", "body": b"Something went wrong here."})

    return guard


def _can_be_read(header: tuple[bytes, bytes]) -> bool:
    """Whether Datasette can read a header: it fails at cookies that are no text."""
    try:
        header[1].decode("utf-8")
    except UnicodeDecodeError:
        return bytes(header[0]).lower() != b"cookie"
    return True


def _headers(given: Any, nonce: str) -> list[tuple[bytes, bytes]]:
    headers = [(bytes(name).lower(), bytes(value)) for name, value in given]
    own = next((value for name, value in headers if name == OWN.encode()), None)
    policy = own or _DATASETTE.format(nonce=nonce).encode()
    ours = {**_COMMON, b"content-security-policy": policy}
    if b"frame-ancestors 'self'" not in policy:
        ours[b"x-frame-options"] = b"DENY"
    return [(name, value) for name, value in headers if name not in ours and name != OWN.encode()] + list(ours.items())


class NonceLoader(BaseLoader):
    """Datasette's templates with a nonce on the scripts that stand in the templates themselves."""

    def __init__(self, inner: BaseLoader) -> None:
        self._inner = inner

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The template's source; see jinja2."""
        source, name, is_fresh = self._inner.get_source(environment, template)
        return re.sub(r"<script(?=[\s>{])", '<script nonce="{{ csp_nonce() }}"', source), name, is_fresh

    def list_templates(self) -> list[str]:
        """The names of all templates; see jinja2."""
        return self._inner.list_templates()


def give_nonces(environment: Environment) -> None:
    """Let Datasette's templates run the scripts that they themselves bring."""
    environment.globals["csp_nonce"] = _nonce.get
    if environment.loader is not None and not isinstance(environment.loader, NonceLoader):
        environment.loader = NonceLoader(environment.loader)


def limit(conn: sqlite3.Connection, memory: int) -> None:
    """Bound what a query of anybody's may cost; `memory` is the most megabytes of the process.

    SQLite gives up at a quarter of it, so that other readers go on. printf and format are not there: one call counts
    to two thousand million without looking at the time.
    """
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _MOST_PATTERN)
    conn.execute(f"PRAGMA hard_heap_limit = {memory << 18}")
    for name in ("printf", "format"):
        conn.create_function(name, -1, _refuse)


def _refuse(*values: object) -> None:
    raise PermissionError("not here")
