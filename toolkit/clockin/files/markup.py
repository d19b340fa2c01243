"""Tables in mark-up: pages of HTML, pages in one file (MHTML) and XML workbooks of 2003 (SpreadsheetML).

Platforms and old reporting tools write these and call them ``.xls``. Pages are
read by :mod:`toolkit.clockin.files.pages`.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import count
from xml.etree.ElementTree import Element

from toolkit.clockin.files.cells import (
    MOST_COLUMNS,
    MOST_ROWS,
    NOTHING,
    NUMBER,
    SPAN,
    TRUTH,
    WHEN,
    Cell,
    Range,
    Sheet,
    check_size,
)
from toolkit.clockin.files.decoding import decode
from toolkit.clockin.files.pages import page_tables, parts_tables
from toolkit.clockin.files.safe_xml import local_name, parse_xml
from toolkit.errors import ReadingError

HEAD_BYTES = 4096
PAGE_MARKS = (b"<html", b"<!doctype html", b"<table", b"<meta")
IN_ONE_FILE = re.compile(rb"^MIME-Version:.*?^Content-Type:\s*(?:multipart/related|text/html)", re.I | re.M | re.S)
WORKBOOK_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
SHEETS = f"{{{WORKBOOK_SPACE}}}"
DAY_ZERO = ("1899-12-30", "1899-12-31")  # a time of day without a day is written as one of these days


def marked_up(content: bytes, file: str) -> tuple[Sheet, ...] | None:
    """The tables of a page, of a page in one file or of an XML workbook; None for any other file.

    Raises
    ------
    ReadingError
        The mark-up is broken or hostile, or a table is larger than is read.
    """
    head = content[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:64].lower().startswith(PAGE_MARKS):
        return tuple(page_tables(decode(content, file).text, file, count(1)))
    if IN_ONE_FILE.search(head) and not head.startswith((b"POST ", b"PUT ", b"HTTP/")):
        return tuple(parts_tables(content, file))
    if head.startswith(b"<?xml") and WORKBOOK_SPACE.encode() in head and b"Workbook" in head:
        return tuple(
            _worksheet(one, file) for one in parse_xml(decode(content, file).text, file).iter(f"{SHEETS}Worksheet")
        )
    return None


def _worksheet(worksheet: Element, file: str) -> Sheet:
    """A sheet of an XML workbook; rows and cells that it skips by an index stay in their places, empty."""
    name = worksheet.get(f"{SHEETS}Name", "")
    rows: list[tuple[Cell, ...]] = []
    merged: list[Range] = []
    hidden: list[int] = []
    for row in worksheet.iterfind(f"{SHEETS}Table/{SHEETS}Row"):
        number = _index(row, len(rows) + 1)
        if not len(rows) < number <= MOST_ROWS:
            raise ReadingError("records_sheet_too_large", file=file, sheet=name, rows=number)
        rows.extend(() for _ in range(number - 1 - len(rows)))
        rows.append(_row(row, number, merged, name, file))
        if row.get(f"{SHEETS}Hidden") == "1" or row.get(f"{SHEETS}Height") == "0":
            hidden.append(number)
        check_size(rows, name, file)
    visible = [element.text for element in worksheet.iter() if local_name(element.tag) == "Visible"]
    return Sheet(
        name=name,
        rows=tuple(rows),
        merged=tuple(merged),
        hidden=any((text or "").strip() != "SheetVisible" for text in visible),
        hidden_rows=tuple(hidden),
    )


def _row(row: Element, number: int, merged: list[Range], sheet: str, file: str) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for element in row.iterfind(f"{SHEETS}Cell"):
        column = _index(element, len(cells) + 1)
        across, down = (_whole(element.get(f"{SHEETS}{side}")) for side in ("MergeAcross", "MergeDown"))
        if not len(cells) < column <= MOST_COLUMNS or across > MOST_COLUMNS:
            raise ReadingError("records_sheet_too_large", file=file, sheet=sheet, rows=number)
        cells.extend(NOTHING for _ in range(column - 1 - len(cells)))
        if across or down:
            merged.append((number, column - 1, number + down, column - 1 + across))
        cells.append(_cell(element.find(f"{SHEETS}Data")))
        cells.extend(NOTHING for _ in range(across))
    return tuple(cells)


def _cell(data: Element | None) -> Cell:
    text = "" if data is None else "".join(data.itertext())
    if data is None or not text:
        return NOTHING
    kind = data.get(f"{SHEETS}Type", "String")
    if kind == "Number":
        return Cell(text.strip(), NUMBER)
    if kind == "Boolean":
        return Cell("TRUE" if text.strip() == "1" else "FALSE", TRUTH)
    return _moment(text.strip()) if kind == "DateTime" else Cell(text)


def _moment(text: str) -> Cell:
    """A date as a workbook shows it; what is none stays the text that it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return Cell(text)
    if text.startswith(DAY_ZERO):
        return Cell(str(at.time()), SPAN)
    return Cell(at.isoformat(sep=" ", timespec="auto"), WHEN)


def _index(element: Element, following: int) -> int:
    stated = element.get(f"{SHEETS}Index")
    return following if stated is None else _whole(stated)


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 9 else 0
