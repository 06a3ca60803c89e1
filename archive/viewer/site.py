"""The archive among Datasette's databases, what a reader asks of it, and the pages that answer."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Forbidden, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from archive import migrations
from archive.language import said
from archive.viewer import guard, telling

LANGUAGES = ("en", "vi")
COOKIE = "luutru_lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a reader asks for: the parts of the address, the language, and where the archive lies."""

    parts: Mapping[str, str]
    """What the page's pattern found in the path."""
    args: Mapping[str, str]
    language: str
    base: str
    """What stands before each path: `/`, or what Datasette is told as `base_url`."""
    site: str
    """Scheme and host as the reader sees them."""
    path: str
    """The path as it was asked for, percent-encoded, without the base."""
    full_path: str
    """The path with its query, as it came."""
    database: str
    folder: Path
    """The archive's folder, with the WARC files."""
    limit: int = 1000
    """Milliseconds that a query may take."""
    most_rows: int = 1000
    """Rows that one answer may have."""
    may_query: bool = True
    """Whether SQL of the reader's own is run."""

    def say(self, message: str) -> str:
        """A message in the reader's language."""
        return said(message, self.language)

    def arg(self, name: str) -> str:
        """An argument without the spaces around it; empty where there is none."""
        return self.args.get(name, "").strip()

    def href(self, path: str, **args: object) -> str:
        """The address of a page here; arguments that are empty are left out."""
        query = urlencode({name: str(value) for name, value in args.items() if value not in (None, "")})
        return self.base + path + (f"?{query}" if query else "")

    def in_time(self, timestamp: str, url: str) -> str:
        """The address of a portal's page at a time, here."""
        return self.href(f"web/{timestamp}/") + quote(url, safe="/:?&=+,;@!$'()*~")

    def permanent(self, path: str) -> str:
        """The whole address of a page here."""
        return self.site + self.href(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page to render, or bytes as they are; `kind` is their media type."""

    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    body: str | bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Page = Callable[[sqlite3.Connection, Ask], Answer]


def missing(what: str) -> Answer:
    """The answer where there is no such thing."""
    return Answer(template="missing.html", context={"what": what}, status=404)


def archive_of(datasette: Any) -> str | None:
    """The name of the first of Datasette's databases that is an archive of this release."""
    return next((str(name) for name, held in datasette.databases.items() if held.path and _is_ours(held.path)), None)


@cache
def _is_ours(path: str) -> bool:
    try:
        with closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)) as conn:
            done = conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'luutru'").fetchall()
    except sqlite3.Error:
        return False
    return {row[0] for row in done} == set(migrations.names())


def view(database: str, page: Page) -> Callable[..., Any]:
    """The function that Datasette calls for a page."""

    async def answer(datasette: Any, request: Any) -> Response:
        await _may_see(datasette, request.actor, database)
        held = datasette.get_database(database)
        ask = _ask(datasette, request, database, Path(held.path).parent)
        found, body = await held.execute_fn(partial(_make, page=page, ask=ask))
        response = Response(body, status=found.status, headers={guard.OWN: guard.POLICY, **found.headers},
                            content_type=found.kind)  # fmt: skip
        response.headers["vary"] = "Accept-Language, Cookie"
        if request.args.get("_lang") in LANGUAGES:
            response.set_cookie(COOKIE, ask.language, max_age=365 * 86400, path=ask.base, httponly=True)
        return response

    return answer


def _make(conn: sqlite3.Connection, *, page: Page, ask: Ask) -> tuple[Answer, str | bytes]:
    """Answer and render, in one of Datasette's reading threads."""
    try:
        with sqlite_timelimit(conn, ask.limit):
            found = page(conn, ask)
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        found = Answer(template="slow.html", status=400)
    return found, render(found, ask) if found.template else found.body


async def _may_see(datasette: Any, actor: Any, database: str) -> None:
    """Raise `Forbidden` where Datasette's permissions keep this reader from the archive."""
    if hasattr(datasette, "permission_allowed"):  # Datasette 0.x
        allowed = await datasette.permission_allowed(actor, "view-database", database, default=True)
    else:
        from datasette.resources import DatabaseResource  # noqa: PLC0415 (Datasette 1.0 has it)

        resource = DatabaseResource(database=database)
        allowed = await datasette.allowed(action="view-database", resource=resource, actor=actor)
    if not allowed:
        raise Forbidden("view-database")


def _ask(datasette: Any, request: Any, database: str, folder: Path) -> Ask:
    base = datasette.setting("base_url")
    raw = request.scope.get("raw_path", request.path.encode()).decode("latin-1").split("?")[0]
    path = raw.removeprefix(base).removeprefix("/")
    query = request.scope.get("query_string", b"").decode("latin-1")
    return Ask(
        parts={name: value or "" for name, value in request.scope.get("url_route", {}).get("kwargs", {}).items()},
        args={name: request.args.get(name) or "" for name in request.args},
        language=language(request), base=base, site=datasette.absolute_url(request, "/").rstrip("/"),
        path=path, full_path=path + (f"?{query}" if query else ""), database=database, folder=folder,
        limit=datasette.setting("sql_time_limit_ms"), most_rows=datasette.setting("max_returned_rows"),
        may_query=bool(datasette.setting("default_allow_sql")),
    )  # fmt: skip


def language(request: Any) -> str:
    """What the reader chose here or before, else what the browser prefers."""
    for chosen in (request.args.get("_lang"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return preferred(request.headers.get("accept-language") or "")


def preferred(accepted: str) -> str:
    """The better of our languages by an Accept-Language header (RFC 9110); English where it names neither.

    >>> preferred("vi-VN,vi;q=0.9,en;q=0.8"), preferred("fr, en;q=0.5, vi;q=0.4"), preferred("de")
    ('vi', 'en', 'en')
    """
    weights = {"en": 0.0, "vi": 0.0}
    for tag, weight in re.findall(r"([A-Za-z]+)[-\w]*\s*(?:;\s*q=([\d.]+))?", accepted[:1000]):
        if tag.lower() in weights:
            value = float(weight) if re.fullmatch(r"\d(?:\.\d*)?", weight) else 1.0
            weights[tag.lower()] = max(weights[tag.lower()], value)
    return "vi" if weights["vi"] > weights["en"] else "en"


def render(answer: Answer, ask: Ask) -> str:
    """A page as HTML; everything that is put into it is escaped."""
    switched = [
        (code, name, ask.href(ask.path) + "?" + urlencode({**ask.args, "_lang": code}))
        for code, name in (("vi", "Tiếng Việt"), ("en", "English"))
    ]
    return _templates().get_template(answer.template).render(
        {**answer.context, "ask": ask, "_": ask.say, "href": ask.href, "languages": switched,
         "day": partial(telling.day, ask.language), "time": partial(telling.time, ask.language),
         "number": partial(telling.number, ask.language)}
    )  # fmt: skip


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("archive.viewer", "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"safe_link": telling.safe_link, "size": telling.size, "xml": telling.xml}
    return environment
