"""Who wrote an article, and whence it was taken, from the short lines that close it.

A byline is a whole line: a labelled one ("Tin, ảnh: X", "Tác giả: X"), a bare name ("Thành Nguyên"), or a
source ("Theo X", "(Nguồn: X)"). Signatures of documents, lists of officials, captions, links and table cells
are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from crawler.parsers.names import CAPITALS, OFFICE, PLACES, newsroom, person, without_brackets
from crawler.parsers.text import Block, clean

_TEXT_LABEL = (
    r"(?:(?:tin|bài)(?:\s*(?:,|-|và|/|&|\+)?\s*(?:bài|viết|ảnh|hình ảnh|hình|clip|video)){0,3}|"
    r"tác giả(?:\s+bài viết)?|người viết|người đưa tin|người đăng|thực hiện(?:\s+bài viết)?|biên soạn|"
    r"biên tập|nhóm thực hiện|phóng viên|cộng tác viên|viết bởi|bút danh|p\.?v|ctv)"
)
_AUTHOR = re.compile(rf"{_TEXT_LABEL}\s*:\s*(?P<name>.+)", re.IGNORECASE | re.DOTALL)
_PHOTO_LABEL = re.compile(
    r"\s*[-–—,;./|]?\s*\b(?:ảnh|hình|hình ảnh|ảnh minh họa|video|clip|đồ họa|ảnh và video)\s*:\s*",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:(?:theo\s+)?nguồn(?:\s+(?:tin|bài viết))?\s*:\s*(?:theo\s+)?|theo\s*:?\s+|trích(?:\s+nguồn)?\s*:\s*)"
    r"(?P<name>\S.*)",
    re.IGNORECASE,
)
_NAME_AND_SOURCE = re.compile(
    r"(?P<name>[^()]+?)\s*[-–]?\s*\(\s*(?P<source>(?:theo|nguồn)\b[^()]*)\)\s*\.?", re.IGNORECASE
)
_SIGNED = re.compile(
    r"^(?:T\.?\s?M|K\.?\s?T|T\.?\s?L|T\.?\s?U\.?Q|Q)\.|^\(?\s*(?:đã k[ýí]|ký tên)|^nơi nhận",
    re.IGNORECASE,
)
_SIGNER = re.compile(
    r"(?:phó\s+|q\.\s*|quyền\s+)?(?:chủ tịch|bí thư|giám đốc|trưởng \w+|chánh \w+|chủ nhiệm|hiệu trưởng)\b"
)
_LONGEST = 90
_SENTENCE = 60
"""Letters from which on a block counts as the article's text that a byline can close."""


class Byline(NamedTuple):
    """The author and the source, without their labels; None where no line names one."""

    author: str | None = None
    source: str | None = None


def find(blocks: Sequence[Block]) -> Byline:
    """The byline of an article's blocks, looked for among its last four lines."""
    lines = _closing_lines(blocks)
    author = source = None
    for at, text in enumerate(reversed(lines[-4:])):
        before = lines[: len(lines) - 1 - at]
        found = read(text)
        if found == Byline() and author is None and at <= 1 + (source is not None):
            found = Byline(author=_bare(text, before))
        if found == Byline():
            if len(text) > _SENTENCE:
                break
            continue
        author, source = author or found.author, source or found.source
    return Byline(author, source)


def read(text: str) -> Byline:
    """What one line with a label says.

    >>> read("Tin, ảnh: Thành Nguyên")
    Byline(author='Thành Nguyên', source=None)
    >>> read("(Theo chinhphu.vn)"), read("Theo kế hoạch, hội nghị kéo dài hai ngày.")
    (Byline(author=None, source='chinhphu.vn'), Byline(author=None, source=None))
    """
    text = clean(text)
    if len(text) > _LONGEST:
        return Byline()
    both = _NAME_AND_SOURCE.fullmatch(text)
    if both and (inner := read(both["source"])).source:
        author = read(both["name"]).author or person(both["name"])
        return Byline(author, inner.source) if author else Byline()
    bare = without_brackets(text)
    if found := _AUTHOR.fullmatch(bare):
        return _labelled(found["name"])
    if (found := _SOURCE.fullmatch(bare)) and _is_source(found["name"]):
        return Byline(source=found["name"].rstrip(" .;,"))
    return Byline()


def _bare(text: str, before: Sequence[str]) -> str | None:
    """A name without a label: only after an article's text, not in a signature or a list of names."""
    name = person(text) or newsroom(text)
    if name is None and CAPITALS.fullmatch(text) and not OFFICE.search(text.lower()):
        name = text if text.lower() not in PLACES else None
    if name is None or not any(len(line) > _SENTENCE for line in before):
        return None
    near = before[-3:]
    if near[-1].endswith(":") or any(_SIGNED.match(line) or _is_office_line(line) for line in near):
        return None
    return None if person(near[-1]) else name


def _is_office_line(line: str) -> bool:
    """A title of office alone on a line, as it stands over a signature (a caption may name one too)."""
    if line.isupper():
        return bool(OFFICE.search(line.lower()))
    return len(line.split()) <= 6 and bool(_SIGNER.match(line.lower()))


def _labelled(rest: str) -> Byline:
    source = None
    if both := _NAME_AND_SOURCE.fullmatch(rest):
        source, rest = read(both["source"]).source, both["name"]
    names = [name.strip(" .;,-–") for name in _PHOTO_LABEL.split(rest)]
    names = [name for at, name in enumerate(names) if name and name not in names[:at]]
    author = " - ".join(names)
    plausible = author and len(author) <= _SENTENCE and author[0].isupper() and not author.endswith((":", "?", "!"))
    return Byline(author if plausible else None, source)


def _is_source(name: str) -> bool:
    name = name.strip()
    if len(name.split()) > 8 or name.endswith((",", ":", "!", "?")) or ", " in name:
        return False
    if re.match(r"(?:https?://|www\.)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?\.?$", name):
        return True
    return name[0].isupper() and not re.search(r"\d{1,4}/|\bsố\b", name) and not _is_document(name)


def _is_document(name: str) -> bool:
    return bool(
        re.match(
            r"(?i)kế hoạch|quyết định|nghị định|thông tư|luật|công văn|nghị quyết|chỉ thị|văn bản|"
            r"điều|đó|ông|bà",
            name,
        )
    )


def _closing_lines(blocks: Sequence[Block]) -> list[str]:
    """The lines of the last blocks, without the link lines after the text; none where a table closes it."""
    end = len(blocks)
    while end and blocks[end - 1].linked:
        end -= 1
    if not end or blocks[end - 1].kind in ("table", "caption"):
        return []
    start = max(0, end - 8)
    kept = [block for block in blocks[start:end] if block.kind == "text" and not block.linked]
    lines = [line for block in kept for line in block.text.split("\n")]
    longest = max((len(block.text) for block in blocks[:start]), default=0)
    return (["x" * longest] if longest else []) + lines
