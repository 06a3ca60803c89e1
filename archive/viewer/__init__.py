"""The viewer: a Datasette plugin with the pages that researchers open, for Datasette 0.65 and 1.0."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Response

from archive.viewer import article, guard, home
from archive.viewer.site import Page, archive_of, view

_ARTICLE = r"(?P<article>\d{1,15})"
_TIMESTAMP = r"(?P<timestamp>\d{14})"
PAGES: tuple[tuple[str, Page], ...] = (
    (r"^/$", home.page),
    (r"^/portal/(?P<portal>[^/]+)$", home.portal),
    (rf"^/article/{_ARTICLE}$", article.page),
    (rf"^/article/{_ARTICLE}/{_TIMESTAMP}$", article.page),
    (rf"^/article/{_ARTICLE}/{_TIMESTAMP}\.(?P<suffix>bib|json)$", article.citation),
    (rf"^/article/{_ARTICLE}/{_TIMESTAMP}/diff/(?P<other>\d{{14}})$", article.difference),
)
"""The pages by the pattern of their path."""
_STATIC = {"viewer.css": "text/css; charset=utf-8", "viewer.js": "text/javascript; charset=utf-8"}


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """The viewer's pages, where one of the databases is an archive; Datasette's own stay at their addresses."""
    database = archive_of(datasette)
    if database is None:
        return []
    routes: list[tuple[str, Callable[..., Any]]] = [(pattern, view(database, page)) for pattern, page in PAGES]
    return [*routes, (r"^/-/luutru/(?P<file>viewer\.(?:css|js))$", _static)]


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
