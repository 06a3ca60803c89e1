"""Documents that the archive holds and nobody has read: while a crawl goes on, and after it."""

from __future__ import annotations

import hashlib
import zlib

from archive import attachments, rereading
from archive.records import File
from archive.rereading import Held
from archive.store import Archive
from crawler import documents
from crawler.documents import Text, ocr
from crawler.pages import of_capture


def link_files(archive: Archive) -> None:
    """Link the documents and images that were imported before the articles that show them."""
    for capture_id, mimetype in attachments.unlinked(archive.conn):
        held = rereading.of(archive.conn, capture_id)
        data = of_capture(archive, held).body
        file = File(size=len(data), sha256=hashlib.sha256(data).hexdigest())
        with archive.transaction() as conn:
            attachments.hold(conn, held.url, capture_id, mimetype, file)


async def read_documents(archive: Archive) -> None:
    """Read them one after another until none is left. Cancelling it loses nothing: the next call goes on."""
    recognises = ocr.is_ready()
    while (held := rereading.unread_document(archive.conn)) is not None:
        found, reader = await _read(archive, held), documents.READER
        if recognises and found.problem and found.problem.startswith(documents.NO_TEXT):
            found, reader = await _read(archive, held, ocr=True), documents.OCR_READER
        rereading.keep_text(archive, held, reader, found.text, found.problem)


async def _read(archive: Archive, held: Held, *, ocr: bool = False) -> Text:
    try:
        data = of_capture(archive, held).body
    except (OSError, EOFError, ValueError, zlib.error) as error:
        return Text(text="", problem=f"its capture cannot be read: {error}")
    return await documents.read(data, ocr=ocr)
