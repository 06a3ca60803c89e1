"""Excel and OpenDocument tables: each row a line, a tab between its cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

import python_calamine

from crawler.documents.errors import UnreadableError

MOST_CELLS = 5_000_000
"""Cells of one sheet; a sheet that claims more is no table that people filled."""


def lines(data: bytes) -> Iterator[str]:
    """Each sheet's name, then its rows; empty rows are left out."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        for name in book.sheet_names:
            yield name
            yield from _rows(book.get_sheet_by_name(name))
            yield ""
    except python_calamine.PasswordError as error:
        raise UnreadableError("it is encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableError(f"a damaged table: {error}") from error


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[str]:
    if sheet.height * sheet.width > MOST_CELLS:
        raise UnreadableError(f"the sheet {sheet.name} claims {sheet.height} rows of {sheet.width} cells")
    for row in sheet.iter_rows():
        cells = [" ".join(_said(cell).split()) for cell in row]
        if any(cells):
            yield "\t".join(cells).rstrip("\t")


def _said(cell: object) -> str:
    """A cell as people write it: whole numbers without a point, days day first."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.strftime("%d/%m/%Y %H:%M").removesuffix(" 00:00")
    return cell.strftime("%d/%m/%Y") if isinstance(cell, dt.date) else str(cell)
