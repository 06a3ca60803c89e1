"""What a document is by its bytes, and which reader has its text."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable

import olefile

from crawler.documents import Text, docx, pdf, sheets, word
from crawler.documents import ocr as scans
from crawler.documents.errors import UnreadableError
from crawler.parsers import legacy

LONGEST = 20_000_000
"""Letters of a document's text that are kept; a thousand pages have some three million."""

_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n\t]+")


def read(data: bytes, *, ocr: bool = False) -> Text:
    """The text of a document, or the reason why there is none."""
    try:
        lines = list(_lines(data, ocr=ocr))
    except UnreadableError as error:
        return Text(text=_clean(error.text), problem=str(error))
    except MemoryError:
        return Text(text="", problem="reading it takes more memory than a document may")
    text = _clean("\n".join(lines))
    return Text(text=text, problem=None if text else "it has no text")


def _lines(data: bytes, *, ocr: bool) -> Iterable[str]:
    if b"%PDF-" in data[:1024]:
        return pdf.lines(data, recognise=scans.words if ocr else None)
    if olefile.isOleFile(io.BytesIO(data)):
        return _of_ole(data)
    if data.startswith(b"PK"):
        return _of_zip(data)
    raise UnreadableError(_named(data))


def _of_ole(data: bytes) -> Iterable[str]:
    """Word and Excel until 2003: files in OLE's compound format."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage"):
                raise UnreadableError("it is encrypted")
            if ole.exists("WordDocument"):
                return word.lines(ole)
            if ole.exists("Workbook") or ole.exists("Book"):
                return sheets.lines(data)
    except (OSError, IndexError, ValueError) as error:
        raise UnreadableError(f"a damaged Office file: {error}") from error
    raise UnreadableError("an Office file that is neither Word's nor Excel's")


def _of_zip(data: bytes) -> Iterable[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return docx.lines(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnreadableError(f"a damaged ZIP file: {error}") from error
    if names & {"xl/workbook.xml", "xl/workbook.bin"} or "content.xml" in names:
        return sheets.lines(data)
    raise UnreadableError("a ZIP file without a text or table of Office")


def _named(data: bytes) -> str:
    for start, name in ((b"{\\rtf", "RTF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7-Zip")):
        if data.startswith(start):
            return f"{name} files are not read"
    return "not a PDF, Word or Excel file"


def _clean(text: str) -> str:
    """One spelling for storing, as in articles: Unicode, NFC, ordinary spaces, no line of nothing but space."""
    text = legacy.unicode_of(text[:LONGEST])
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = (_SPACES.sub(" ", line).strip(" ") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
