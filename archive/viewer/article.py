"""The page of an article: its text as it stands or once stood, where it comes from, how to cite it."""

from __future__ import annotations

import sqlite3
from typing import Any

from archive import cite, versions
from archive.hunks import ChangeKind
from archive.versions import Version
from archive.viewer import evidence
from archive.viewer.figures import one, rows
from archive.viewer.site import Answer, Ask, missing
from archive.viewer.structure import blocks
from archive.wording import differing

_LABELS = {
    "vietnamese": "Vietnamese style", "apa": "APA", "chicago": "Chicago", "bibtex": "BibTeX", "csl": "CSL-JSON",
}  # fmt: skip
_FILES = {"bibtex": ("bib", "application/x-bibtex"), "csl": ("json", "application/vnd.citationstyles.csl+json")}


def page(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`article/17`: the newest text; `article/17/<14 digits>`: the text at that permanent address."""
    number, timestamp = int(ask.parts["article"]), ask.parts.get("timestamp")
    article = _article(conn, number)
    found = versions.find(conn, number, timestamp) if timestamp else versions.newest(conn, number)
    if article is None or found is None:
        return missing("There is no such article here.")
    history = versions.history(conn, number)
    capture = _capture(conn, found.capture_id)
    cited = cite.source(conn, number, found.timestamp, ask.permanent(""))
    assert capture is not None
    assert cited is not None
    images = rows(conn, "SELECT url, alt, caption, capture_id FROM images WHERE article_id = ? ORDER BY id", number)
    context = {
        "article": article,
        "version": found,
        "is_newest": found.capture_id == history[-1].capture_id,
        "blocks": blocks(
            found.text.body, captions=[image["caption"] or "" for image in images], author=found.text.author
        ),
        "history": list(reversed(_steps(conn, history))),
        "states": rows(conn, "SELECT * FROM states WHERE article_id = ? ORDER BY id DESC", number),
        "documents": _documents(conn, found),
        "images": images,
        "capture": capture,
        "printed": _printed(ask, capture, found),
        "cited": cited,
        "citations": [(name, _LABELS[name], write(cited)) for name, write in cite.STYLES.items()],
    }
    return Answer(template="article.html", context=context)


def _article(conn: sqlite3.Connection, number: int) -> dict[str, Any] | None:
    return one(
        conn,
        "SELECT articles.*, portals.name AS portal, province, province_now FROM articles"
        " JOIN portals ON portals.id = portal_id WHERE articles.id = ?",
        number,
    )


def _capture(conn: sqlite3.Connection, number: int) -> dict[str, Any] | None:
    return one(conn, "SELECT * FROM captures WHERE id = ?", number)


def _steps(conn: sqlite3.Connection, history: list[Version]) -> list[dict[str, Any]]:
    """Each version with the one before it and the kinds of change between them."""
    kinds: dict[int, list[str]] = {}
    for row in rows(conn, "SELECT to_version, kind FROM changes WHERE article_id = ?", history[0].article_id):
        kinds.setdefault(row["to_version"], []).append(row["kind"])
    return [
        {"version": each, "before": before, "kinds": kinds.get(each.id, [])}
        for each, before in zip(history, [None, *history[:-1]], strict=True)
    ]


def _documents(conn: sqlite3.Connection, version: Version) -> list[dict[str, Any]]:
    """The documents that the text links, with what is held of them."""
    held = {
        row["url"]: row
        for row in rows(conn, "SELECT * FROM attachments WHERE article_id = ?", version.article_id)
    }  # fmt: skip
    return [
        {"name": each.name, "url": each.url, "held": held.get(each.url)} for each in version.text.attachments
    ]  # fmt: skip


def _printed(ask: Ask, capture: dict[str, Any], version: Version) -> str | None:
    found = evidence.answer(ask.folder, capture) if evidence.is_textual(capture["mimetype"]) else None
    return evidence.printed_time(evidence.decoded(found), version.text.published_at) if found else None


def difference(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`article/17/<14 digits>/diff/<14 digits>`: what differs between two texts, word by word."""
    number = int(ask.parts["article"])
    article = _article(conn, number)
    old = versions.find(conn, number, ask.parts["timestamp"])
    new = versions.find(conn, number, ask.parts["other"])
    if article is None or old is None or new is None:
        return missing("There is no such version here.")
    kinds = rows(
        conn, "SELECT kind, added, removed FROM changes WHERE from_version = ? AND to_version = ?", old.id, new.id
    )
    context = {
        "article": article, "old": old, "new": new, "lines": list(differing(old.text, new.text)),
        "kinds": [kind for kind in ChangeKind if any(row["kind"] == kind for row in kinds)],
    }  # fmt: skip
    return Answer(template="difference.html", context=context)


def citation(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`article/17/<14 digits>.bib` or `.json`: the citation as a file."""
    cited = cite.source(conn, int(ask.parts["article"]), ask.parts["timestamp"], ask.permanent(""))
    if cited is None:
        return missing("There is no such version here.")
    style = next(name for name, (suffix, _) in _FILES.items() if suffix == ask.parts["suffix"])
    suffix, kind = _FILES[style]
    headers = {"content-disposition": f'attachment; filename="luutru-{cited.article_id}-{cited.timestamp}.{suffix}"'}
    return Answer(body=cite.STYLES[style](cited) + "\n", kind=f"{kind}; charset=utf-8", headers=headers)
