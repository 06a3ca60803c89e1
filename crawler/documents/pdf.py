"""PDF, through PDFium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pypdfium2

from crawler.documents import NO_TEXT
from crawler.documents.errors import UnreadableError

MOST_PAGES = 3000
SCAN_DPI = 300
"""What tesseract asks for."""

Picture = Any
"""A page as Pillow's image."""


def lines(data: bytes, *, recognise: Callable[[Picture], str] | None = None) -> list[str]:
    """The lines of each page, an empty one between two pages.

    A page that is a picture is read by `recognise`; without it, the reason names such pages.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("it is encrypted" if "assword" in str(error) else f"a damaged PDF: {error}") from error
    found: list[str] = []
    pictures: list[int] = []
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        text = page.get_textpage().get_text_range()
        if not text.strip() and next(page.get_objects(max_depth=1), None) is not None:
            if recognise is None:
                pictures.append(number + 1)
            else:
                text = recognise(page.render(scale=SCAN_DPI / 72, grayscale=True).to_pil())
        found += [*text.splitlines(), ""]
        page.close()
    if pictures or len(document) > MOST_PAGES:
        raise UnreadableError(_missing(pictures, len(document)), "\n".join(found))
    return found


def _missing(pictures: list[int], pages: int) -> str:
    """Why not all of it was read."""
    if pages > MOST_PAGES:
        return f"only the first {MOST_PAGES} of its {pages} pages were read"
    if len(pictures) == pages:
        return f"{NO_TEXT} of {pages} pages"
    return f"{NO_TEXT} on the pages {', '.join(map(str, pictures[:20]))} of {pages}"
