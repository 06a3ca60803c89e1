"""A page as the readers see it: address, headers, decoded text and one parsed tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from lxml import etree, html

from crawler.parsers import charset, concealed, legacy, urls
from crawler.parsers.bounds import bounded

_ONE_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement, comment=html.HtmlComment)
"""lxml.html's own lookup asks Python for every element's class: a third of the time of reading a page."""
_EMPTY = b"<html><head></head><body></body></html>"


_EARLY_ENDS = re.compile(rb"</(?:body|html)\s*>", re.IGNORECASE)
"""libxml2 drops what follows these; browsers, by the HTML Standard, go on with the body."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """One response whose transfer and content encodings are undone.

    `headers` has lower-case names; `body` is the entity in the portal's own charset.
    The tree is shared by all readers: a reader that strips nodes copies the subtree first.
    Nothing here raises on any body. Two pages are never equal: each is one answer of a server.
    """

    url: str
    status: int
    headers: dict[str, str]
    body: bytes

    @cached_property
    def media_type(self) -> str:
        """What the server calls the body, lower case, without parameters; "" where it says nothing."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def charset(self) -> str:
        """The name of the codec that reads the body."""
        return charset.decide(self.body, self.headers.get("content-type", ""))

    @cached_property
    def text(self) -> str:
        """The body decoded; what cannot be decoded is U+FFFD."""
        return self.body.decode(self.charset, "replace").removeprefix("\ufeff")

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The page parsed once by lxml, in Unicode and without smuggled links; an empty document where there is
        nothing to parse."""
        return self._cleaned[0]

    @property
    def smuggled(self) -> tuple[str, ...]:
        """What was taken out of the page before anybody read it: hidden links, advertisements of gambling."""
        return self._cleaned[1]

    @cached_property
    def _cleaned(self) -> tuple[html.HtmlElement, tuple[str, ...]]:
        body = self.body if self.charset == "utf-8" else self.text.encode("utf-8", "replace")
        body = _EARLY_ENDS.sub(b"", body.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b""))
        tree = _parse(bounded(body))
        legacy.restore(tree, body)
        return tree, concealed.take_out(tree, self.url)

    @cached_property
    def base(self) -> str:
        """The address that the page's references start from (`<base href>`, else its own)."""
        for element in self.tree.iterfind("head/base"):
            href = element.get("href")
            if href and (address := urls.join(self.url, href)):
                return address
        return self.url

    def absolute(self, reference: str | None) -> str | None:
        """The normalised address of a reference on this page; None for what is not http(s)."""
        return urls.join(self.base, reference) if reference else None


def raise_if_out_of_memory(parser: etree.HTMLParser | etree.XMLParser) -> None:
    """Raise `MemoryError` where a parser ran out of memory: what it gave then is not the page."""
    last = parser.error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_NO_MEMORY:
        raise MemoryError("the parser ran out of memory")


def _parse(data: bytes) -> html.HtmlElement:
    for candidate in (data, _EMPTY):
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
        parser.set_element_class_lookup(_ONE_CLASS)
        try:
            tree = html.document_fromstring(candidate, parser=parser)
        except (etree.LxmlError, ValueError, AssertionError):
            raise_if_out_of_memory(parser)
            continue
        raise_if_out_of_memory(parser)
        if isinstance(tree, html.HtmlElement):
            return tree
    raise AssertionError("an empty document always parses")
