"""Small real files for the sample portal: PNG images, PDF and DOCX documents, made on the fly."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from html import escape

from crawler.sample.story import url_title

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
</Relationships>"""
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def file_of(name: str, title: str) -> tuple[str, bytes]:
    """Media type and content of the file `name`; documents say `title`."""
    match name.rsplit(".", 1)[-1].lower():
        case "png":
            return "image/png", png(name)
        case "docx":
            kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            return kind, docx((title, name))
        case "pdf":
            return "application/pdf", pdf((url_title(title).replace("-", " ").capitalize(), url_title(name)))
    raise ValueError(f"the sample portal has no files like {name!r}")


def png(seed: str, width: int = 32, height: int = 24) -> bytes:
    """A PNG image of one colour, which `seed` decides."""
    colour = zlib.crc32(seed.encode()).to_bytes(4, "big")[:3]
    rows = (b"\0" + colour * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def pdf(lines: tuple[str, ...]) -> bytes:
    """A PDF of one page with ASCII `lines` in Helvetica."""
    escaped = (line.translate({40: r"\(", 41: r"\)", 92: r"\\"}) for line in lines)
    shown = "\n".join(f"({line}) Tj T*" for line in escaped)
    drawing = f"BT /F1 12 Tf 14 TL 72 770 Td\n{shown}\nET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def docx(paragraphs: tuple[str, ...]) -> bytes:
    """A DOCX file with `paragraphs`; the same bytes every time."""
    text = "".join(f"<w:p><w:r><w:t>{escape(paragraph)}</w:t></w:r></w:p>" for paragraph in paragraphs)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<w:document xmlns:w="{_WORDS}"><w:body>{text}</w:body></w:document>'
    )
    parts = (("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS), ("word/document.xml", document))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts:
            member = zipfile.ZipInfo(name, date_time=(2020, 1, 1, 0, 0, 0))
            archive.writestr(member, content, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()
