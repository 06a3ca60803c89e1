"""What the archive holds as an HTML page in a file, for people who have no server."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader

from archive.export import whole
from archive.language import _


def write(page: Path, template: str, **values: object) -> None:
    """Write a page, whole or not at all, by a template of `archive/pages`. Raises `OutOfSpaceError`."""
    environment = Environment(
        loader=PackageLoader("archive", "pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.get_template(template).render(_=_, **values)
    with whole(page, overwrite=True) as file:
        file.write(text.encode())
