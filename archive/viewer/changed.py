"""What portals changed and took down, and feeds of what is new."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from archive import past
from archive.hunks import ChangeKind
from archive.viewer.figures import rows
from archive.viewer.site import Answer, Ask

SIZE = 50
_IN_FEED = 50
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def changes(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`changes`: what portals changed in articles, the newest first."""
    kind = ask.arg("kind") if ask.arg("kind") in set(ChangeKind) else None
    skipped = _number(ask)
    found = past.found(
        conn, removed=ask.arg("removed") or None, added=ask.arg("added") or None, portal=ask.arg("portal") or None,
        since=_day(ask.arg("since")), kind=kind,
    )  # fmt: skip
    steps = list(islice(found, skipped, skipped + SIZE + 1))
    portals = _portals(conn)
    context = {
        "steps": [list(step) for _, step in groupby(steps[:SIZE], key=lambda row: (row["article"], row["to"]))],
        "kinds": list(ChangeKind), "portals": portals, "names": {each["id"]: each["name"] for each in portals},
        "next": _later(ask, "changes", skipped) if len(steps) > SIZE else None,
    }  # fmt: skip
    return Answer(template="changes.html", context=context)


def removed(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`removed`: the articles that portals no longer show, the last ones first."""
    skipped = _number(ask)
    until = _day(ask.arg("until"))
    articles = rows(
        conn,
        "SELECT id, title, portal_id, published_at, status, gone_since, (SELECT reason FROM states"
        " WHERE article_id = articles.id ORDER BY id DESC LIMIT 1) AS reason, (SELECT capture_id FROM states"
        " WHERE article_id = articles.id ORDER BY id DESC LIMIT 1) AS capture_id FROM articles"
        " WHERE gone_since IS NOT NULL AND (?1 IS NULL OR portal_id = ?1) AND (?2 IS NULL OR gone_since >= ?2)"
        " AND (?3 IS NULL OR gone_since < ?3 || 'U') ORDER BY gone_since DESC, id DESC LIMIT ?4 OFFSET ?5",
        ask.arg("portal") or None,
        _iso(_day(ask.arg("since"))),
        _iso(until),
        SIZE + 1,
        skipped,
    )  # 'U' comes behind the T of every hour of that day
    portals = _portals(conn)
    context = {
        "articles": articles[:SIZE], "portals": portals, "names": {each["id"]: each["name"] for each in portals},
        "next": _later(ask, "removed", skipped) if len(articles) > SIZE else None,
    }  # fmt: skip
    return Answer(template="removed.html", context=context)


def _portals(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    return rows(conn, "SELECT id, name FROM portals ORDER BY name")


def _number(ask: Ask) -> int:
    """How many are passed over."""
    return min(int(ask.arg("skip")), 100_000) if re.fullmatch(r"\d{1,6}", ask.arg("skip")) else 0


def _later(ask: Ask, path: str, skipped: int) -> str:
    return ask.href(path, **{**ask.args, "skip": skipped + SIZE})


def _day(text: str) -> datetime | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _iso(day: datetime | None) -> str | None:
    return day.strftime("%Y-%m-%d") if day else None


def feed(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`feed/articles.atom` and `feed/changes.atom`, of all portals or of `?portal=`."""
    make = _new if ask.parts["feed"] == "articles" else _changed
    entries = make(conn, ask, ask.arg("portal") or None)
    context = {"entries": entries, "title": "New articles" if make is _new else "Changes"}
    return Answer(template="feed.xml", context=context, kind="application/atom+xml; charset=utf-8")


def _new(conn: sqlite3.Connection, ask: Ask, portal: str | None) -> list[dict[str, Any]]:
    found = rows(
        conn,
        "SELECT id, title, summary, substr(body, 1, 400) AS body, author, portal_id, published_at, first_seen"
        " FROM articles WHERE ?1 IS NULL OR portal_id = ?1 ORDER BY id DESC LIMIT ?2",
        portal,
        _IN_FEED,
    )
    return [
        {
            "title": each["title"], "address": ask.permanent(f"article/{each['id']}"), "author": each["author"],
            "id": ask.permanent(f"article/{each['id']}"), "updated": each["first_seen"],
            "published": each["published_at"], "summary": each["summary"] or each["body"], "portal": each["portal_id"],
        }
        for each in found
    ]  # fmt: skip


def _changed(conn: sqlite3.Connection, ask: Ask, portal: str | None) -> list[dict[str, Any]]:
    entries = []
    for each in islice(past.found(conn, portal=portal), _IN_FEED):
        path = f"article/{each['article']}/{each['from']}/diff/{each['to']}"
        said = [f"− {each['removed']}"] * bool(each["removed"]) + [f"+ {each['added']}"] * bool(each["added"])
        entries.append({
            "title": f"{ask.say(each['kind'])}: {each['title']}", "address": ask.permanent(path), "author": None,
            "id": ask.permanent(path) + "#" + each["kind"].replace(" ", "-"), "updated": each["seen_at"],
            "published": None, "summary": "\n".join(said), "portal": each["portal"],
        })  # fmt: skip
    return entries
