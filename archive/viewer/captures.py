"""A capture as it lies in the WARC file, and any address at any time: shown, never run."""

from __future__ import annotations

import re
import sqlite3
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from archive.clock import moment
from archive.order import WHEN
from archive.viewer import evidence, guard
from archive.viewer.figures import one, rows
from archive.viewer.site import Answer, Ask, missing

_MOST = 200
"""Captures of one address that are listed."""
_ACTIVE = re.compile(
    r"<(/?)(?=(?:script|link|meta|base|i?frame|frameset|object|embed|applet|form|input|button|textarea|select|svg|math"
    r"|style|template|portal|fencedframe|noscript|plaintext|xmp|image|audio|video|source|track|img)\b)",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<(script|style|svg|math|template|noscript)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)


def page(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`capture/<number>`: the exchange, its head and its text."""
    return _show(conn, ask, one(conn, "SELECT * FROM captures WHERE id = ?", int(ask.parts["capture"])))


def _show(conn: sqlite3.Connection, ask: Ask, capture: dict[str, Any] | None) -> Answer:
    if capture is None:
        return missing("There is no such capture here.")
    number = capture["id"]
    others = _captures(conn, [capture["url"]])
    context = {
        "capture": capture, "seen": evidence.seen(ask.folder, capture), "others": others,
        "is_file": not evidence.is_textual(capture["mimetype"]),
        "readings": rows(conn, "SELECT * FROM readings WHERE capture_id = ? ORDER BY id DESC", number),
        "versions": rows(
            conn, "SELECT DISTINCT article_id, timestamp, title FROM versions WHERE capture_id = ?", number
        ),
        "issues": rows(conn, "SELECT kind, message FROM issues WHERE capture_id = ? LIMIT 20", number),
        "is_framed": ask.arg("view") == "page",
    }  # fmt: skip
    return Answer(template="capture.html", context=context)


def _captures(conn: sqlite3.Connection, urls: list[str]) -> list[dict[str, Any]]:
    """All captures of an address, the newest first."""
    return rows(
        conn, f"SELECT * FROM captures WHERE url IN ({', '.join('?' * len(urls))}) ORDER BY {WHEN} DESC, id DESC"
        f" LIMIT {_MOST}", *urls
    )  # fmt: skip


def framed(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`capture/<number>/page`: the page for its frame, of which nothing runs and which loads nothing.

    Its policy alone would do: sandboxed, no script, no source of anything. Elements that could act are defused
    besides, since a policy does not speak of every hint by which a browser connects to a server.
    """
    capture = one(conn, "SELECT * FROM captures WHERE id = ?", int(ask.parts["capture"]))
    found = evidence.answer(ask.folder, capture) if capture and evidence.is_textual(capture["mimetype"]) else None
    if found is None:
        return missing("There is no such capture here.")
    text = evidence.decoded(found)[: evidence.MOST_SHOWN]
    return Answer(body=defused(text), headers={guard.OWN: guard.FRAMED})


def defused(text: str) -> str:
    """A page without scripts, styles and drawings, and with what else could act or load made an unknown element.

    >>> defused("<p>a<script>x</script><IMG src=x><a href=b>c</a>")
    '<!DOCTYPE html><meta charset="utf-8"><p>a<x-IMG src=x><a href=b>c</a>'
    """
    return '<!DOCTYPE html><meta charset="utf-8">' + _ACTIVE.sub(r"<\1x-", _SCRIPT.sub("", text))


def file(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`capture/<number>/file`: a document or image, to be saved; a page is none."""
    capture = one(conn, "SELECT * FROM captures WHERE id = ?", int(ask.parts["capture"]))
    if capture is None or evidence.is_textual(capture["mimetype"]):
        return missing("There is no such capture here.")
    found = evidence.answer(ask.folder, capture)
    if found is None:
        return missing("The WARC file of this capture is not here or damaged.")
    name = unquote(urlsplit(capture["url"]).path.rsplit("/", 1)[-1]) or f"capture-{capture['id']}"
    return _download(found.body, re.sub(r"[^\w.() -]", "_", name)[-120:])


def record(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`capture/<number>/record`: the response record, byte for byte: a WARC file of one record."""
    capture = one(conn, "SELECT * FROM captures WHERE id = ?", int(ask.parts["capture"]))
    if capture is None:
        return missing("There is no such capture here.")
    try:
        body = evidence.member(ask.folder, capture)
    except (OSError, ValueError):
        return missing("The WARC file of this capture is not here or damaged.")
    return _download(body, f"luutru-{capture['id']}-{capture['timestamp']}.warc.gz")


def _download(body: bytes, name: str) -> Answer:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        guard.OWN: "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
    return Answer(body=body, kind="application/octet-stream", headers=headers)


def at(conn: sqlite3.Connection, ask: Ask) -> Answer:
    """`web/<14 digits>/<address>`: the capture of an address that is nearest in time; without digits the newest."""
    wanted, url = re.fullmatch(r"web/(?:(\d{4,14}|\*)(?:[a-z]{2}_)?/)?(.*)", ask.full_path, re.DOTALL).groups()  # type: ignore[union-attr]  # the route has matched it
    found = _captures(conn, candidates(url))
    if not found:
        return missing("No capture of this address is held.")
    nearest = found[0]
    if wanted and wanted != "*":
        time = moment(_padded(wanted)).timestamp()
        nearest = min(found, key=lambda each: abs(moment(each["timestamp"]).timestamp() - time))
    if nearest["timestamp"] != wanted:
        headers = {"location": ask.in_time(nearest["timestamp"], nearest["url"])}
        return Answer(body="", status=302, headers=headers)
    return _show(conn, ask, nearest)


def _padded(digits: str) -> str:
    """A whole time from its beginning; the first moment of a year, a month or a day.

    >>> _padded("2021"), _padded("20210305"), _padded("20219999999999")
    ('20210101000000', '20210305000000', '20210101000000')
    """
    whole = digits + "00000101000000"[len(digits) :]
    try:
        moment(whole)
    except ValueError:
        whole = digits[:4] + "0101000000"
    return whole if whole[:4] > "0000" else "00010101000000"


def candidates(url: str) -> list[str]:
    """The ways in which an address may be written in the archive.

    >>> candidates("p.vn/a%20b")[:3]
    ['http://p.vn/a%20b', 'https://p.vn/a%20b', 'http://p.vn/a%20b/']
    """
    match = re.match(r"(https?):/+", url, re.IGNORECASE)
    rest = url[match.end() :] if match else url
    schemes = ("https", "http") if match and match[1].lower() == "https" else ("http", "https")
    tails = (rest, rest[:-1] if rest.endswith("/") else rest + "/")
    ways = [f"{scheme}://{tail}" for tail in tails for scheme in schemes]
    return list(dict.fromkeys([*ways, *map(unquote, ways)]))
