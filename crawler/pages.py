"""Pages to read again: from a file, or from a capture in the archive."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from archive import rereading, templates
from archive.errors import ConfigError
from archive.folder import Folder
from archive.http import parse
from archive.rereading import Held
from archive.store import Archive
from crawler import learnt
from crawler.learnt import Templates
from crawler.parsers.page import Page
from crawler.portals import is_address


def page(folder: Path, source: str, url: str | None) -> tuple[Page, str | None, Templates]:
    """The page, the portal that it belongs to and the templates learnt of it, where the archive knows them.

    `source` is the path of a file (plain or gzip), whose address is `url`, or an address that the archive holds.
    Raises `ConfigError` where there is neither.
    """
    if not is_address(source):
        return _of_file(Path(source), url), None, ()
    if not Folder(folder).exists():
        raise ConfigError(f"There is no archive in {folder} that could hold {source}; crawl it first, or name a file.")
    with Archive.open(folder) as archive:
        held = rereading.newest(archive.conn, source)
        if held is None:
            raise ConfigError(f"{folder} holds no capture of {source}; crawl it first, or name a file.")
        found = of_capture(archive, held)
        known = learnt.known(templates.of(archive.conn, held.portal_id))
    return found, held.portal_id, known


def of_capture(archive: Archive, held: Held) -> Page:
    """The page of a capture, from its WARC file."""
    answer = parse(held.wire(archive))
    return Page(url=held.url, status=answer.status, headers=answer.headers, body=answer.body)


def _of_file(path: Path, url: str | None) -> Page:
    try:
        body = path.read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    return Page(
        url=url or f"http://localhost/{path.name}", status=200, headers={"content-type": "text/html"}, body=body
    )
