"""Workbooks in the making: tables of cells as the reader of workbooks hands them on, without a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.clockin.files.sheets import EMPTY, NUMBER, Cell, Sheet
from toolkit.clockin.formats import Source

Merged = Sequence[tuple[int, int, int, int]]


def cell(value: Any) -> Cell:
    """A text, a number, nothing, or a cell as it is."""
    if isinstance(value, Cell):
        return value
    if value in (None, ""):
        return Cell("", EMPTY)
    return Cell(str(value)) if isinstance(value, str) else Cell(str(value), NUMBER)


def sheet(rows: Sequence[Sequence[Any]], name: str = "Sheet1", merged: Merged = ()) -> Sheet:
    """A sheet of these values; row 1 comes first."""
    return Sheet(name=name, rows=tuple(tuple(map(cell, row)) for row in rows), merged=tuple(merged))


def book(*sheets: Sheet, **mapping: Any) -> Source:
    """A workbook that holds these sheets, with what a person stated of it."""
    source = Source(name="book.xlsx", content=b"PK\x03\x04", mapping=mapping)
    source.__dict__["sheets"] = sheets
    return source
