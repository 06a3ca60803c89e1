"""Office documents of the sample portal's articles, made by LibreOffice: what each says is known to the letter."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

import pypdfium2

from crawler.sample.site import Site

STORIES = 20
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?><Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/></Relationships>"""


def stories() -> list[list[str]]:
    """The articles with the most text: title and body as lines, cells of tables with a tab between them."""
    told = sorted(Site().expected(), key=lambda article: -len(article.body))[:STORIES]
    return [[article.title, *(line for line in article.body.split("\n") if line)] for article in told]


def write_docx(path: Path, lines: Iterable[str], font: str = "DejaVu Serif") -> Path:
    """A Word file of paragraphs and tables, by hand: each word a run of its own, as Word's spelling marks leave it."""

    def run(words: str) -> str:
        fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>'
        return "".join(
            f'<w:r>{fonts}<w:t xml:space="preserve">{escape(word)} </w:t></w:r>' for word in words.split(" ")
        )

    blocks = []
    for line in lines:
        cells = line.split("\t")
        row = "".join(f"<w:tc><w:p>{run(cell)}</w:p></w:tc>" for cell in cells)
        blocks.append(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>" if len(cells) > 1 else f"<w:p>{run(line)}</w:p>")
    body = f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body>{"".join(blocks)}</w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", body)
    return path


def write_csv(path: Path, lines: Iterable[str]) -> Path:
    """The lines as rows of a table."""
    rows = (",".join('"' + cell.replace('"', '""') + '"' for cell in line.split("\t")) for line in lines)
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def converted(sources: list[Path], form: str, folder: Path) -> list[Path]:
    """The files in another form (doc, pdf, xls, xlsx), by LibreOffice."""
    folder.mkdir(parents=True, exist_ok=True)
    infilter = ["--infilter=CSV:44,34,76,1,,0,true,false"] if sources[0].suffix == ".csv" else []
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder.parent}/profile", "--headless", *infilter,
         "--convert-to", form, "--outdir", str(folder), *map(str, sources)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return [folder / f"{source.stem}.{form.partition(':')[0]}" for source in sources]


def scan(path: Path, source: Path) -> Path:
    """A PDF whose pages are pictures of another's."""
    with pypdfium2.PdfDocument(source) as document:
        pages = [page.render(scale=200 / 72, grayscale=True).to_pil() for page in document]
        pages[0].save(path, save_all=True, append_images=pages[1:], resolution=200)
    return path


def make(folder: Path, kind: str, keys: Callable[[str], str] = str, font: str = "DejaVu Serif") -> list[Path]:
    """The stories as documents of a kind: docx, doc, pdf, xlsx or xls; `keys` spells them in another font."""
    folder.mkdir(parents=True, exist_ok=True)
    told = [[keys(line) for line in story] for story in stories()]
    if kind.startswith("xls"):
        return converted([write_csv(folder / f"{n}.csv", lines) for n, lines in enumerate(told)], kind, folder / kind)
    written = [write_docx(folder / f"{n}.docx", lines, font) for n, lines in enumerate(told)]
    return written if kind == "docx" else converted(written, kind, folder / kind)
