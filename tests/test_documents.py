"""The text of documents: all their words, old fonts and scans too; nothing hostile gets past the limits."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import missing
from legacy_text import tcvn3, vni
from making import ARTICLE, Maker
from office import make, scan, stories, write_docx

from archive import rereading
from archive.integrity import verify
from archive.records import Attachment
from archive.store import Archive
from crawler import documents
from crawler.documents import ocr
from crawler.documents.formats import read as read_here
from crawler.sample.files import docx as sample_docx
from crawler.sample.files import pdf as sample_pdf
from crawler.unread import read_documents


def read(data: bytes, **options: bool) -> documents.Text:
    return asyncio.run(documents.read(data, **options))


def recall(expected: list[str], found: str) -> float:
    """The share of the words that were found, each as often as it is there."""
    wanted = Counter(" ".join(expected).split())
    return (wanted & Counter(found.split())).total() / wanted.total()


FONTS = [(str, "DejaVu Serif"), (tcvn3, ".VnTime"), (vni, "VNI-Times")]


@pytest.mark.parametrize("keys_and_font", FONTS, ids=["unicode", "tcvn3", "vni"])
@pytest.mark.parametrize("kind", ["docx", "doc", "pdf", "xlsx", "xls"])
def test_twenty_documents_of_a_kind_give_their_words(
    tmp_path: Path, need: Callable[[str], str], kind: str, keys_and_font: tuple[Callable[[str], str], str]
) -> None:
    need("soffice")
    keys, font = keys_and_font
    if kind == "pdf":  # in a PDF the font is one that this machine has, whose soft hyphen shows as a hyphen
        paths = make(tmp_path, kind, lambda line: keys(line).replace("\u00ad", "\u2011"))
    else:
        paths = make(tmp_path, kind, keys, font)
    assert len(paths) == 20
    for path, lines in zip(paths, stories(), strict=True):
        text = read_here(path.read_bytes())
        assert text.problem is None
        expected = [line.lower() for line in lines] if keys is tcvn3 else lines
        assert recall(expected, text.text.lower() if keys is tcvn3 else text.text) >= 0.99


def test_paragraphs_and_rows_stay_apart(tmp_path: Path) -> None:
    lines = ["Ủy ban nhân dân", "STT\tĐơn vị", "Nơi nhận:"]
    assert read_here(write_docx(tmp_path / "a.docx", lines).read_bytes()).text == (
        "Ủy ban nhân dân\n\nSTT\tĐơn vị\n\nNơi nhận:"
    )


def test_the_font_of_capitals_is_read_as_capitals(tmp_path: Path) -> None:
    lines = [tcvn3(line.lower()) for line in stories()[0]]
    text = read_here(write_docx(tmp_path / "a.docx", lines, ".VnTimeH").read_bytes()).text
    assert text.split() == " ".join(stories()[0]).upper().split()


def test_a_scan_says_so_and_is_recognised_with_the_extra(tmp_path: Path, need: Callable[[str], str]) -> None:
    need("soffice")
    (paper,) = make(tmp_path, "pdf")[:1]
    data = scan(tmp_path / "scan.pdf", paper).read_bytes()
    plain = read(data)
    assert plain.text == ""
    assert plain.problem is not None
    assert plain.problem.startswith(documents.NO_TEXT)
    if not ocr.is_ready():
        missing("tesseract-ocr-vie")
    recognised = read(data, ocr=True)
    assert recognised.problem is None
    assert recall(stories()[0], recognised.text) > 0.9


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return zipped("word/document.xml", f'<!DOCTYPE d [<!ENTITY l0 "ha">{lines}]><d>&l11;</d>'.encode())


def flate_bomb() -> bytes:
    """A page that says 40 million times the same word."""
    drawing = zlib.compress(b"(a) Tj T*\n" * 40_000_000, 1)
    start, _, rest = sample_pdf(("x",)).partition(b"stream\n")
    head = start[: start.rindex(b"<<")] + b"<< /Length %d /Filter /FlateDecode >> " % len(drawing)
    return head + b"stream\n" + drawing + b"\nendstream" + rest.partition(b"endstream")[2]


_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override
 PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""


def wide_sheet() -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        sheet = '<sheet name="a" sheetId="1" r:id="rId1"/>'
        book = f'<workbook xmlns="{space}" xmlns:r="{office}"><sheets>{sheet}</sheets></workbook>'
        relation = f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        archive.writestr("[Content_Types].xml", _TYPES)
        root = f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{rels}">{root}</Relationships>')
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{rels}">{relation}</Relationships>')
        table = f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
        archive.writestr("xl/worksheets/sheet1.xml", table)
    return out.getvalue()


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: zipped("word/document.xml", b"<d>" + b" " * 300_000_000 + b"</d>"),
        lambda: zipped("word/document.xml", b"<d>" * 3_000_000),
        laughs,
        wide_sheet,
        lambda: zipped("xl/workbook.xml", b" " * 300_000_000),
        flate_bomb,
    ],
    ids=["zip", "deep", "entities", "wide", "table", "pdf"],
)
def test_bombs_are_refused_within_the_limits(bomb: Callable[[], bytes]) -> None:
    data = bomb()
    started = time.monotonic()
    found = read(data)
    assert time.monotonic() - started < 30
    assert found.text == ""
    assert found.problem


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, b"Rar!\x1a\x07",
     b"{\\rtf1 a}", zipped("a.txt", b"x"), zipped("word/document.xml", b"<d"), sample_docx(("a",))[:-30], b"<html>"],
)  # fmt: skip
def test_what_cannot_be_read_gives_its_reason(data: bytes) -> None:
    found = read_here(data)
    assert found.text == ""
    assert found.problem


def test_documents_are_read_into_the_archive_and_found(tmp_path: Path) -> None:
    good, bad = "http://p.vn/documents/1/qd.docx", "http://p.vn/documents/1/hong.pdf"
    files = (Attachment(url=good, name="Quyết định"), Attachment(url=bad, name="Phụ lục"))
    content = sample_docx(("Điều 1. Ủy ban nhân dân huyện Đăk Hà", "số 273/QĐ-UBND"))
    with Archive.open(tmp_path, write=True) as archive:
        make = Maker(archive)
        make.article(replace(ARTICLE, attachments=files))
        make.document(good, content)
        make.document(bad, b"%PDF-1.4 spoilt")
        asyncio.run(read_documents(archive))
        rows = dict(archive.conn.execute("SELECT url, text FROM attachments"))
        assert rows == {good: "Điều 1. Ủy ban nhân dân huyện Đăk Hà\n\nsố 273/QĐ-UBND", bad: ""}
        for query in ("dak ha", "Đăk Hà", "273qdubnd", "quyet dinh"):
            found = archive.conn.execute("SELECT rowid FROM attachments_fts WHERE attachments_fts MATCH ?", [query])
            assert len(found.fetchall()) == 1
        assert archive.db["attachments"].detect_fts() == "attachments_fts"
        ((kind, message),) = archive.conn.execute("SELECT kind, message FROM issues WHERE url = ?", [bad])
        assert kind == "document"
        assert "damaged PDF" in message
        readings = archive.conn.execute("SELECT verdict FROM readings WHERE reader = 'documents/1' ORDER BY id")
        assert readings.fetchall() == [("good",), ("unreadable",)]
        # another article that links it has its text at once; a file that came back the same is not read again
        make.article(replace(ARTICLE, key="entry:2", url="http://p.vn/2", attachments=files[:1]))
        make.document(good, content)
        assert archive.conn.execute("SELECT count(*) FROM attachments WHERE text LIKE 'Điều 1%'").fetchone() == (2,)
        assert rereading.unread_document(archive.conn) is None
        make.document(good, sample_docx(("Điều 2",)))
        assert rereading.unread_document(archive.conn) is not None
        assert verify(archive).damage == []
