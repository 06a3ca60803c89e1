"""The first page: what this archive holds, and a portal's page."""

from __future__ import annotations

import sqlite3
from collections import Counter
from urllib.parse import unquote

from archive.viewer import charts, figures
from archive.viewer.site import Answer, Ask, missing


def page(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """What the archive holds, by province, portal and time, and how fresh that is."""
    portals = figures.portals(conn)
    by_province: Counter[str] = Counter()
    articles: Counter[str] = Counter()
    for portal in portals:
        if portal["province_now"]:
            by_province[portal["province_now"]] += 1
            articles[portal["province_now"]] += portal["articles"] or 0
    context = {
        "totals": figures.totals(conn),
        "portals": portals,
        "tiles": charts.tiles(by_province, articles),
        "bars": charts.bars(charts.spans(figures.months(conn))),
        "runs": figures.runs(conn),
    }
    return Answer(template="home.html", context=context)


def portal(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`portal/<id>`: what is held of a portal, since when, how complete, and what was met."""
    number = unquote(ask.parts["portal"])
    found = figures.portals(conn, number)
    if not found:
        return missing("There is no such portal here.")
    context = {
        "portal": found[0],
        "bars": charts.bars(charts.spans(figures.months(conn, number))),
        "held": figures.completeness(conn, number),
        "sections": figures.rows(
            conn, "SELECT section, count(*) AS articles FROM articles WHERE portal_id = ? AND section IS NOT NULL"
            " GROUP BY section ORDER BY articles DESC LIMIT 20", number),
        "newest": figures.rows(
            conn, "SELECT id, title, published_at, status FROM articles WHERE portal_id = ?"
            " ORDER BY published_at DESC LIMIT 20", number),
        "runs": figures.rows(
            conn, "SELECT runs.id, started_at, ended_at, exit_code, run_portals.* FROM runs JOIN run_portals"
            " ON run_id = runs.id WHERE portal_id = ? ORDER BY runs.id DESC LIMIT 10", number),
        "issues": figures.rows(
            conn, "SELECT kind, message, url, at FROM issues WHERE portal_id = ? ORDER BY id DESC LIMIT 20", number),
        "template": figures.one(
            conn, "SELECT learnt_at, pages, template FROM templates WHERE portal_id = ? ORDER BY id DESC LIMIT 1",
            number),
    }  # fmt: skip
    return Answer(template="portal.html", context=context)
