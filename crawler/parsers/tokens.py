"""Sets of names, such as tags and classes, written as one string."""

from __future__ import annotations


def tokens(names: str) -> frozenset[str]:
    """The names of a string, which are separated by white space.

    >>> sorted(tokens("td th"))
    ['td', 'th']
    """
    return frozenset(names.split())
