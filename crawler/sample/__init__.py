"""A small portal with known contents, served over loopback for `luutru demo` and the tests."""

from __future__ import annotations

from crawler.sample.server import SamplePortal, serve
from crawler.sample.site import Site, portal_toml
from crawler.sample.truth import Expected, expected_of

__all__ = ["Expected", "SamplePortal", "Site", "expected", "expected_of", "portal_toml", "serve"]


def expected() -> tuple[Expected, ...]:
    """The truth of a freshly made portal's articles, the project's seed article first."""
    return Site().expected()
