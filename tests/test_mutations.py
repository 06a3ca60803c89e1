"""Spoilt pages: whatever a portal sends is read within a second, in NFC, without an exception or a line of chrome."""

from __future__ import annotations

import gzip
import os
import random
import re
import time
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from family_pages import PAGES
from page_files import page_of
from styles import STYLES, site
from styles_more import STYLES as MORE

from archive.records import Verdict
from crawler import learnt as learning
from crawler.reading import read

REAL = Path(os.environ.get("LUUTRU_PAGES") or Path(__file__).parents[2] / "shared/data/pages")
CHROME = ("Xuất bản thông tin", "Chi tiết bài viết", "null", "Lượt xem: 1.024", "Quay lại", "Tin liên quan")
"""What stands around the article in half of the spoilt pages, where portals print it."""
JUNK = ("<", ">", "</div>", "<table><tr><td>", "<p", "&#0;", "&nbsp;" * 50, "<!--", "-->", "\x00", "\ufeff",
        "<script>", "<b>" * 300, "e\u0323\u0302", "\u00ad", "<svg><p>", "<br>" * 200, "\ud7ff", "<form>")  # fmt: skip


@cache
def seeds() -> tuple[tuple[str, bytes, str | None], ...]:
    """Address and source of a page of each software, and the style whose template may read it."""
    found: list[tuple[str, bytes, str | None]] = [
        ("https://xa.example" + path, markup.encode(), None) for path, _, _, markup in PAGES.values()
    ]
    for name, style in (STYLES | MORE).items():
        found += [(url, markup.encode(), name) for url, markup, _ in site(style)[40:44]]
    for path in sorted(REAL.glob("*/*.html.gz")):
        found.append((f"https://xa.example/tin/{path.stem}", gzip.decompress(path.read_bytes()), None))
    return tuple(found)


@cache
def learnt(style: str | None) -> learning.Templates:
    if style is None:
        return ()
    return learning.learn([page_of(markup, url) for url, markup, _ in site((STYLES | MORE)[style])[:20]])


def spoilt(source: bytes, dice: random.Random) -> bytes:
    """The page with one to six pieces cut out, doubled, moved or overwritten, or cut short; half have chrome around."""
    if dice.random() < 0.5:
        lines = [f"<div>{line}</div>".encode() for line in dice.sample(CHROME, 2)]
        source = re.sub(rb"(<body[^>]*>)", rb"\1" + lines[0], source, count=1)
        source = source.replace(b"</body>", lines[1] + b"</body>")
    for _ in range(dice.randint(1, 6)):
        places = [match.start() for match in re.finditer(rb"<", source)] or [0]
        start, other = dice.choice(places), dice.choice(places)
        end = min(len(source), start + dice.choice((1, 20, 300, 5000)))
        piece = source[start:end]
        match dice.randrange(6):
            case 0:
                source = source[:start] + source[end:]
            case 1:
                source = source[:end] + piece * dice.choice((1, 2, 30)) + source[end:]
            case 2:
                source = source[:other] + piece + source[other:]
            case 3:
                source = source[:start] + dice.choice(JUNK).encode("utf-8", "replace") + source[start:]
            case 4:
                source = source[:start] + dice.randbytes(dice.choice((1, 8, 200))) + source[end:]
            case _:
                source = source[: max(100, end)] if dice.random() < 0.2 else source
    return source[:600_000]


def fault(number: int) -> str | None:
    """What is wrong with the reading of one spoilt page; None where nothing is."""
    dice = random.Random(number)
    url, source, style = dice.choice(seeds())
    page = page_of(spoilt(source, dice), url)
    by_template = learnt(style)
    started = time.perf_counter()
    reading, _ = read(page, None, by_template)
    took = time.perf_counter() - started
    if took > 1:
        return f"{number} {url}: {took:.2f} s"
    if reading.verdict is Verdict.UNREADABLE and reading.reason != "neither title nor body":
        return f"{number} {url}: {reading.reason}"
    if reading.article is None:
        return None
    said = [reading.article.title, reading.article.summary or "", reading.article.body, reading.article.author or ""]
    if any(words != unicodedata.normalize("NFC", words) for words in said):
        return f"{number} {url}: not NFC"
    ends = reading.article.body.split("\n\n")
    shown = [line for line in (ends[0], ends[-1]) if line in CHROME]
    return f"{number} {url}: {shown}" if shown else None


def faults(numbers: range) -> list[str]:
    for style in (None, *STYLES, *MORE):
        learnt(style)
    read(page_of(b"<p>"), None)  # the readers are loaded
    return [found for number in numbers if (found := fault(number))]


@pytest.mark.prove
def test_spoilt_pages_are_read_without_a_fault(full: bool) -> None:
    count = 20_000 if full else 600
    parts = [range(start, min(start + 500, count)) for start in range(0, count, 500)]
    started = time.monotonic()
    with ProcessPoolExecutor(2) as pool:
        found = [line for part in pool.map(faults, parts) for line in part]
    print(f"\n{count} spoilt pages of {len(seeds())} read in {time.monotonic() - started:.0f} s: {len(found)} faults")
    assert found == []
