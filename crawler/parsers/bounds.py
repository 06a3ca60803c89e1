"""Bounds on markup before it is parsed: libxml2 is quadratic in the attributes of one tag."""

from __future__ import annotations

import re

LARGEST_PAGE = 16_000_000
"""Bytes of a page that are parsed; the largest real page seen has 0.7 million."""
HARMLESS = 64_000
"""Bytes up to which a page is parsed as it is: half a second at worst, were it all attributes of one tag."""
MOST_ATTRIBUTES = 256
"""Attributes of one tag that are parsed; the largest real tag seen has under 40."""

# An attribute as the HTML Standard tokenises it: a name may hold quotes, only a value is quoted.
_ATTRIBUTE = rb"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_TAG = rb"<[A-Za-z][^\s/>]*+(?:%b){0,%d}+" % (_ATTRIBUTE, MOST_ATTRIBUTES)
_SOUND = re.compile(rb"(?:[^<]++|<(?![A-Za-z])|%b(?!%b))*+" % (_TAG, _ATTRIBUTE))
_CROWDED = re.compile(rb"(%b)(?:%b)*+" % (_TAG, _ATTRIBUTE))


def bounded(data: bytes) -> bytes:
    """The same markup with only the first attributes of a crowded tag, cut to the largest page.

    >>> crowded = b"<p " + b" ".join(b"a%d" % n for n in range(30_000)) + b">text"
    >>> len(bounded(crowded).split()), bounded(crowded)[-5:]
    (257, b'>text')
    """
    if len(data) <= HARMLESS:
        return data
    data = data[:LARGEST_PAGE]
    kept: list[bytes] = []
    start = 0
    while (sound := _SOUND.match(data, start)) and (end := sound.end()) < len(data):
        crowded = _CROWDED.match(data, end)
        if crowded is None:
            break
        kept += (data[start:end], crowded[1])
        start = crowded.end()
    return b"".join((*kept, data[start:])) if kept else data
