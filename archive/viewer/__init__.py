"""The viewer: a Datasette plugin with the pages that researchers open, for Datasette 0.65 and 1.0."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Generator
from importlib.resources import files
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response

from archive import search
from archive.viewer import article, captures, changed, guard, home, queries, results
from archive.viewer.queries import QUESTIONS
from archive.viewer.site import Page, archive_of, missing, view

_ARTICLE = r"(?P<article>\d{1,15})"
_CAPTURE = r"(?P<capture>\d{1,15})"
_TIMESTAMP = r"(?P<timestamp>\d{14})"
PAGES: tuple[tuple[str, Page], ...] = (
    (r"^/$", home.page),
    (r"^/portal/(?P<portal>[^/]+)$", home.portal),
    (rf"^/article/{_ARTICLE}$", article.page),
    (rf"^/article/{_ARTICLE}/{_TIMESTAMP}$", article.page),
    (rf"^/article/{_ARTICLE}/{_TIMESTAMP}\.(?P<suffix>bib|json)$", article.citation),
    (rf"^/article/{_ARTICLE}/{_TIMESTAMP}/diff/(?P<other>\d{{14}})$", article.difference),
    (r"^/search$", results.page),
    (r"^/search\.(?P<kind>csv|jsonl)$", results.file),
    (r"^/changes$", changed.changes),
    (r"^/removed$", changed.removed),
    (r"^/feed/(?P<feed>articles|changes)\.atom$", changed.feed),
    (r"^/queries$", queries.page),
    (rf"^/capture/{_CAPTURE}$", captures.page),
    (rf"^/capture/{_CAPTURE}/page$", captures.framed),
    (rf"^/capture/{_CAPTURE}/file$", captures.file),
    (rf"^/capture/{_CAPTURE}/record$", captures.record),
    (r"^/web/.+", captures.at),
)
"""The pages by the pattern of their path."""
_INSIDE = r"^/-/(?:databases|threads|plugins|settings|config|metadata|versions|actions|schema)(?:\.json)?$"
"""Datasette's pages about itself and the machine: file names, versions."""
_STATIC = {"viewer.css": "text/css; charset=utf-8", "viewer.js": "text/javascript; charset=utf-8"}


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """The viewer's pages, where one of the databases is an archive; Datasette's own stay at their addresses."""
    database = archive_of(datasette)
    if database is None:
        return []
    routes: list[tuple[str, Callable[..., Any]]] = [(pattern, view(database, page)) for pattern, page in PAGES]
    if _served(datasette).get("public"):
        routes.append((_INSIDE, view(database, lambda conn, ask: missing("This site does not show that."))))
    return [*routes, (r"^/-/luutru/(?P<file>viewer\.(?:css|js))$", _static)]


def _served(datasette: Any) -> dict[str, Any]:
    """What `luutru serve` says of how it serves."""
    return dict(datasette.plugin_config("luutru") or {})


def _static(request: Any) -> Response:
    name = request.url_vars["file"]
    text = files("archive.viewer").joinpath("static", name).read_text(encoding="utf-8")
    return Response(text, content_type=_STATIC[name], headers={"cache-control": "max-age=3600"})


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[guard.App], guard.App]:
    """A policy on every answer, where one of the databases is an archive."""
    return guard.guarded if archive_of(datasette) else lambda app: app


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Datasette's own scripts go on running under the policy."""
    if archive_of(datasette):
        guard.give_nonces(env)


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Datasette's own search box and JSON take words as our search does: `escape_fts` is what they go through."""
    if database != archive_of(datasette):
        return
    search.register(conn)
    conn.create_function("escape_fts", 1, lambda words: search.match(str(words or "")))
    if _served(datasette).get("public"):
        guard.limit(conn, int(_served(datasette)["memory"]))


@hookimpl(optionalhook=True)
def canned_queries(datasette: Any, database: str, actor: Any) -> dict[str, dict[str, str]]:
    """The questions that are often asked, for Datasette 0.x."""
    if database != archive_of(datasette):
        return {}
    return {each.name: {"sql": each.sql, "title": each.title, "description": each.description} for each in QUESTIONS}


@hookimpl(hookwrapper=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, Any, None]:
    """Answer in Datasette's place where it would fail at a failure.

    A query that wants more memory than there is for one is the reader's fault, and told so. Of what is not there
    Datasette prints a long traceback, and fails at that where the exception was never raised and rich is installed.
    """
    outcome = yield
    database = archive_of(datasette)
    if isinstance(exception, MemoryError):
        greedy = Response.text("This query needs more memory than it may take here.", status=400)
        outcome.force_result([greedy])
    elif database is not None and isinstance(exception, NotFound):
        if request.path.endswith(".json"):
            outcome.force_result([Response.json({"ok": False, "error": "Not found", "status": 404}, status=404)])
        else:
            answer = view(database, lambda conn, ask: missing("There is no such page here."))
            outcome.force_result([answer(datasette, request)])


@hookimpl
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """The same for Datasette 1.0, which keeps them in a table of its own."""

    async def add() -> None:
        database = archive_of(datasette)
        if database is None or not hasattr(datasette, "add_query"):
            return
        for each in QUESTIONS:
            await datasette.add_query(
                database, each.name, each.sql, title=each.title, description=each.description, is_trusted=True
            )

    return add
