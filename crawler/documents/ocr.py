"""Scans: pages that are pictures, recognised by tesseract with its Vietnamese data (the extra `ocr`)."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from crawler.documents.errors import UnreadableError

if TYPE_CHECKING:
    from crawler.documents.pdf import Picture

LANGUAGE = "vie"
PAGE_SECONDS = 120


@cache
def is_ready() -> bool:
    """Whether the extra is installed, and Debian's tesseract-ocr and tesseract-ocr-vie with it."""
    try:
        import pytesseract  # noqa: PLC0415 (an extra)
    except ImportError:
        return False
    try:
        return LANGUAGE in pytesseract.get_languages()
    except pytesseract.TesseractNotFoundError:
        return False


def words(picture: Picture) -> str:
    """The text of one page. Raises `UnreadableError` where tesseract fails or takes too long."""
    import pytesseract  # noqa: PLC0415 (an extra)

    os.environ["OMP_THREAD_LIMIT"] = "1"  # its threads wait for each other: 4 s a page instead of 25
    try:
        return str(pytesseract.image_to_string(picture, lang=LANGUAGE, timeout=PAGE_SECONDS))
    except (pytesseract.TesseractError, RuntimeError) as error:
        raise UnreadableError(f"its pages cannot be recognised: {error}"[:200]) from error
