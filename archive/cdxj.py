"""CDXJ: the index by which replay software finds a capture, and the SURT keys that it is sorted by.

Formats: https://specs.webrecorder.net/cdxj/0.1.0/ and, for the compressed index, pywb's ZipNum.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from types import TracebackType
from urllib.parse import quote_from_bytes, unquote_to_bytes

LINES = 3000
"""Lines of the index in one gzip member."""

_URL = re.compile(rb"(?:[a-z][a-z0-9+.-]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.I)
_WWW = re.compile(rb"www\d*\.")
_SAFE = bytes(range(33, 127)).replace(b"%", b"").replace(b"#", b"")
_SESSION_PATH = re.compile(rb"/\((?:[0-9a-z]{24}|(?:[a-z]\([0-9a-z]{24}\))+)\)(/[^?]+\.aspx)", re.I)
_SESSION_QUERY = re.compile(
    rb"(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24}|cfid=[^&]+&cftoken=[^&]+)(?:&|$)",
    re.I,
)


def surt(url: str) -> str:
    """The key of an address, in the order of its host's parts, as replay software looks it up.

    >>> surt("https://www.abc.gov.vn/Tin-tuc/?b=2&a=1")
    'vn,gov,abc)/tin-tuc?a=1&b=2'
    >>> surt("http://127.0.0.1:8787/")
    '1,0,0,127:8787)/'
    """
    match = _URL.match(url.strip().encode("utf-8", "surrogatepass"))
    if not match:
        return url.lower()
    host, port = _host(match[1], b"443" if url[:5].lower() == "https" else b"80")
    path = _escaped(_unescaped(match[2])).lower()
    path = b"/" + b"/".join(_steps(path))
    path = _SESSION_PATH.sub(rb"\1", path)
    query = _escaped(_unescaped(match[3] or b""))
    pairs = [pair.split(b"=", 1) for pair in _SESSION_QUERY.sub(b"", query).lower().split(b"&")]
    query = b"&".join(map(b"=".join, sorted(pairs)))
    key = host + port + b")" + path + (b"?" + query if query else b"")
    return key.decode("ascii")


def _host(authority: bytes, default: bytes) -> tuple[bytes, bytes]:
    """The host's parts from the last to the first, and `:port` where it is not the scheme's."""
    name = authority.rpartition(b"@")[2].lower()
    if name.startswith(b"["):
        name, _, port = name[1:].partition(b"]")
        return name, port if port not in (b"", b":", b":" + default) else b""
    name, _, port = name.partition(b":")
    name = _unescaped(name).strip(b".")
    try:
        name = name.decode("utf-8").encode("idna") if not name.isascii() else name
    except UnicodeError:
        name = _escaped(name)
    parts = _WWW.sub(b"", name, count=1).split(b".") if _WWW.match(name) else name.split(b".")
    return _escaped(b",".join(reversed(parts))), b":" + port if port not in (b"", default) else b""


def _steps(path: bytes) -> list[bytes]:
    """The steps of a path, without empty ones, `.` and what `..` takes back (an empty one, where it follows `//`)."""
    steps: list[bytes] = []
    for step in path.split(b"/")[1:]:
        if step == b".." and steps:
            steps.pop()
        elif step != b".":
            steps.append(step)
    return [step for step in steps if step]


def _unescaped(text: bytes) -> bytes:
    """The text with escapes undone until none is left."""
    while (plain := unquote_to_bytes(text)) != text:
        text = plain
    return text


def _escaped(text: bytes) -> bytes:
    return quote_from_bytes(text, safe=_SAFE).encode("ascii")


class Index:
    """Collects lines in a file of SQLite's and gives them back in their order: memory does not grow with them."""

    def __init__(self) -> None:
        self._conn = sqlite3.connect("")
        self._conn.execute("CREATE TABLE lines (line TEXT NOT NULL)")

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._conn.close()

    def add(self, url: str, timestamp: str, fields: dict[str, str]) -> None:
        """Add a capture's line."""
        line = f"{surt(url)} {timestamp} {json.dumps({'url': url, **fields})}\n"
        self._conn.execute("INSERT INTO lines VALUES (?)", [line])

    def blocks(self, filename: str) -> Iterator[tuple[bytes, str]]:
        """The compressed index, member by member, each with its line in the second index, which begins with a header.

        `filename` is the name of the compressed index.
        """
        header = f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': filename})}\n"
        offset = 0
        with closing(self._conn.execute("SELECT line FROM lines ORDER BY line")) as rows:
            while lines := rows.fetchmany(LINES):
                member = gzip.compress("".join(line for (line,) in lines).encode("ascii"), mtime=0)
                prefix = lines[0][0].partition("{")[0].strip()
                place = json.dumps({"offset": offset, "length": len(member), "filename": filename})
                yield member, f"{header}{prefix} {place}\n"
                header, offset = "", offset + len(member)
