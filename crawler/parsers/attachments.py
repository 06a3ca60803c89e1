"""Documents that an article links, and its images with their captions."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice
from urllib.parse import unquote, urlsplit

from lxml import html

from archive.records import Attachment, Image
from crawler.parsers import text
from crawler.parsers.page import Page
from crawler.parsers.tokens import tokens

_DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|docm|rtf|odt|xlsx?|xlsm|ods|csv|pptx?|ppsx?|odp|zip|rar|7z|gz|tar|epub|txt|xml)\Z",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|bmp|webp|svg|tiff?|ico|jfif)\Z", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_NAMED_IN_QUERY = re.compile(r"(?:^|&)(?:file|filename|name|title|url|path|f)=([^&]+)", re.IGNORECASE)
_POINTERS = frozenset(
    (
        "",
        "tại đây",
        "ở đây",
        "đây",
        "tải về",
        "tải xuống",
        "tải file",
        "download",
        "xem",
        "xem tại đây",
        "link",
        "here",
    )
)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_CREDIT = re.compile(r"(?:^|[\s(.])(?:Ảnh|Nguồn ảnh|Hình)\s*(?:\d+\s*)?:", re.IGNORECASE)
_CAPTION_CLASS = re.compile(r"caption|img-title|text-center|chu-?thich", re.IGNORECASE)
_LONGEST_CAPTION = 300
_MOST = 2000
"""References looked at in one article; the most seen in a real one is under 200."""
_INLINE_HOLDERS = tokens("a span strong b em i u font picture")


def is_document(url: str) -> bool:
    """Whether an address names a document by its ending or by Liferay's document library routes."""
    path = urlsplit(url).path
    if "/c/document_library/get_file" in path:
        return True
    name = file_name(url)
    if _IMAGE.search(name):
        return False
    if _DOCUMENT.search(name):
        return True
    return (path.startswith("/documents/") or "/documents/" in path) and bool(_UUID.search(path.rstrip("/")))


def may_be_document(url: str) -> bool:
    """A quick test that no document fails: its last step has an ending, or a document library serves it."""
    if "document" in url:
        return True
    path = url.partition("?")[0]
    return path.find(".", path.rfind("/")) > 0 and not path.endswith((".html", ".htm", ".aspx", ".php", ".jsp"))


def is_image(url: str) -> bool:
    """Whether an address names an image by its ending."""
    return bool(_IMAGE.search(file_name(url)))


def file_name(url: str) -> str:
    """The decoded name of the file at an address, Liferay's `/documents/<group>/<folder>/<name>/<uuid>` too.

    >>> file_name("https://x.vn/documents/1/2/C%C3%B4ng+v%C4%83n.pdf/0f0e0d0c-0000-1111-2222-333344445555?t=1")
    'Công văn.pdf'
    """
    _, _, path, query, _ = urlsplit(url)
    parts = [part for part in path.split("/") if part]
    in_library = "documents" in parts
    if len(parts) > 1 and _UUID.match(parts[-1]):
        parts.pop()
    name = parts[-1] if parts else ""
    if not _DOCUMENT.search(name) and not _IMAGE.search(name) and (found := _NAMED_IN_QUERY.search(query)):
        name = found[1].rpartition("%2F")[2].rpartition("/")[2]
        in_library = True
    return text.clean(unquote(name.replace("+", " ") if in_library else name))


def attachments(page: Page, root: html.HtmlElement, skip: Collection[html.HtmlElement] = ()) -> tuple[Attachment, ...]:
    """The documents linked or shown within an article, each once, in reading order."""
    found: dict[str, Attachment] = {}
    for element in islice(root.iter("a", "iframe", "embed", "object"), _MOST):
        reference = element.get("href") or element.get("src") or element.get("data")
        url = page.absolute(reference)
        if url is None or url in found or not is_document(url) or within(element, skip):
            continue
        label = text.line(element) if element.tag == "a" else ""
        if (
            not label
            and element.tag == "a"
            and element.find(".//img") is not None
            and not _DOCUMENT.search(file_name(url))
        ):
            continue
        pointer = label.lower().strip(" .:()[]>»") in _POINTERS
        found[url] = Attachment(url=url, name=(file_name(url) if pointer else label) or label or url)
    return tuple(found.values())


def images(page: Page, root: html.HtmlElement, skip: Collection[html.HtmlElement] = ()) -> tuple[Image, ...]:
    """The images of an article, each once, in reading order; `data:` images are left out."""
    found: dict[str, Image] = {}
    for element in islice(root.iter("img"), _MOST):
        source = element.get("data-src") or element.get("data-original") or element.get("src")
        url = page.absolute(source)
        if url is None or url in found or within(element, skip):
            continue
        alt = text.clean(element.get("alt") or "")
        found[url] = Image(url=url, alt=alt or None, caption=_caption(element, root))
    return tuple(found.values())


def within(element: html.HtmlElement, skip: Collection[html.HtmlElement]) -> bool:
    """Whether an element or one around it is in `skip`."""
    return bool(skip) and (element in skip or any(parent in skip for parent in element.iterancestors()))


def _caption(image: html.HtmlElement, root: html.HtmlElement) -> str | None:
    """`figcaption`, or the short centred (or credited) paragraph under the image."""
    for parent in image.iterancestors("figure"):
        if (caption := parent.find(".//figcaption")) is not None:
            return text.line(caption) or None
    holder = image
    while holder is not root and (parent := holder.getparent()) is not None and parent is not root:
        if holder.tag not in _INLINE_HOLDERS and holder.tag != "img":
            break
        holder = parent
    if own := text.line(holder) if holder.tag != "img" else "":
        return own if _is_caption(holder, own) else None
    for _ in range(4):
        following = holder.getnext()
        while following is not None and not isinstance(following.tag, str):
            following = following.getnext()
        if following is not None:
            below = text.line(following) if following.find(".//img") is None else ""
            return below if below and _is_caption(following, below) else None
        parent = holder.getparent()
        if holder is root or parent is None or parent is root:
            break
        holder = parent
    return None


def _is_caption(element: html.HtmlElement, words: str) -> bool:
    if len(words) > _LONGEST_CAPTION:
        return False
    if _CREDIT.search(words):
        return True
    return any(
        _CENTRED.search(part.get("style") or "")
        or (part.get("align") or "").lower() == "center"
        or part.tag == "center"
        or _CAPTION_CLASS.search(part.get("class") or "")
        for part in (element, *element.iterdescendants("p", "div", "td", "em", "span", "center"))
    )
