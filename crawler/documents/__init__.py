"""The text of documents: PDF, Word and Excel files, each read in a child process of its own with limits."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import dataclass

READER, OCR_READER = "documents/1", "ocr/1"
SECONDS = 60
"""A document that takes longer is given up; the child's own limit is of processor time."""
OCR_SECONDS = 1800
"""The same for a scan, whose pages take some seconds each."""
CPU_SECONDS = 20
"""What a child may use of the processor; each call of tesseract is a process of its own."""
NO_TEXT = "no text in it: a scan"
"""How the reason begins why nothing was read of a document whose pages are pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What was read of a document. All text is NFC: paragraphs, a tab between a table's cells.

    `problem` says why there is no text, or what of it is missing; `None` where all of it was read.
    """

    text: str
    problem: str | None = None


async def read(data: bytes, *, ocr: bool = False) -> Text:
    """The text of a document; whatever it is and does to its reader, never an exception.

    With `ocr`, pages without text are recognised from their pictures. Cancelling it ends the child.
    """
    arguments = ["-m", "crawler.documents", *(["--ocr"] if ocr else [])]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    seconds = OCR_SECONDS if ocr else SECONDS
    try:
        out, complaint = await asyncio.wait_for(child.communicate(data), seconds)
    except TimeoutError:
        return Text(text="", problem=f"reading it took longer than {seconds} seconds")
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        return Text(text="", problem=_broken_off(child.returncode, complaint))
    found = json.loads(out)
    return Text(text=found["text"], problem=found["problem"])


def _broken_off(code: int, complaint: bytes) -> str:
    """Why the child ended without a text."""
    if code == -signal.SIGXCPU:
        return f"reading it takes more than {CPU_SECONDS} seconds of processor time"
    last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return f"its reader broke off ({f'exit code {code}' if code > 0 else f'signal {-code}'}) {last}"[:300].strip()
