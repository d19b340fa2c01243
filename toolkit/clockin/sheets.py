"""Workbooks and pages of HTML as tables of cells; chosen by their first bytes, never by their names.

Values only: formulas and macros are not evaluated. A number stays a number and
is told apart from text that looks like one, because only a number may be a
spreadsheet's date. Blank rows stay where they are, so that a row is named by the
number that a spreadsheet shows.

Notes
-----
``python-calamine`` reads both kinds of workbook. Pages are read with
``html5lib``, which keeps rows whose opening tag is missing, as browsers do; a
stricter parser was seen to lose one clock-in of ten in such a page.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any

import html5lib
import python_calamine as calamine

from toolkit.clockin.decoding import decode
from toolkit.errors import ReadingError

PACKED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LOCKED = "EncryptedPackage".encode("utf-16-le")  # the stream in which a workbook with a password lies
PAGE_MARKS = (b"<html", b"<!doctype html", b"<table", b"<meta")
LARGEST_UNPACKED_BYTES, MOST_TIMES_LARGER = 512 * 2**20, 200
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 1_100_000, 2_000, 20_000_000
# Where a cell or a row says it stands, in the packed sheets of a workbook.
PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
CHUNK_BYTES, OVERLAP_BYTES = 2**20, 64
NOT_PACKED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, LookupError,
)  # fmt: skip
NEAR_S = 0.002  # of a whole second: what a count of days leaves over
TEXT, NUMBER, WHEN, SPAN, EMPTY = "text", "number", "date", "time", "empty"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows as text, and what it holds: "text", "number", "date", "time" or "empty"."""

    text: str
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table by its name: every row in its order, the first one is row 1.

    ``merged`` are ranges that are shown as one cell, (first row, first column,
    last row, last column), rows from 1 and columns from 0. ``hidden`` where a
    spreadsheet does not show it.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False

    def texts(self, row: int) -> list[str]:
        """The cells of a row (from 1) as text, merged ranges filled with what they show; [] beyond the end."""
        if not 1 <= row <= len(self.rows):
            return []
        told = [cell.text for cell in self.rows[row - 1]]
        for top, left, bottom, right in self.merged:
            if top <= row <= bottom and len(self.rows) >= top and left < len(self.rows[top - 1]):
                shown = self.rows[top - 1][left].text
                told += [""] * (right + 1 - len(told))
                told[left : right + 1] = [shown] * (right + 1 - left)
        return told


def sheets_of(content: bytes, file: str) -> tuple[Sheet, ...]:
    """The tables of a workbook (xlsx, xls, ods) or of a page of HTML; () for any other file.

    Raises
    ------
    ReadingError
        The workbook has a password, is damaged, or is larger than is read.
    """
    if content.startswith((PACKED, COMPOUND)):
        return _workbook(content, file)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower().startswith(PAGE_MARKS):
        return tuple(_page(decode(content, file).text, file))
    return ()


def _workbook(content: bytes, file: str) -> tuple[Sheet, ...]:
    if content.startswith(COMPOUND) and LOCKED in content:
        raise ReadingError("records_workbook_locked", file=file)
    if content.startswith(PACKED):
        _check_packed(content, file)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return tuple(_sheet(book, meta, file) for meta in book.sheets_metadata if _holds_cells(meta))
    except calamine.PasswordError as locked:
        raise ReadingError("records_workbook_locked", file=file) from locked
    except (ReadingError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # the library panics over some damaged files, with no exception of Python's
        raise ReadingError("records_workbook_damaged", file=file) from fault


def _holds_cells(meta: Any) -> bool:
    return bool(meta.typ == calamine.SheetTypeEnum.WorkSheet)


def _check_packed(content: bytes, file: str) -> None:
    """A small file must not unpack to fill the memory, nor a cell in a far corner call for all before it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            whole = sum(entry.file_size for entry in packed.infolist())
            if whole > LARGEST_UNPACKED_BYTES or whole > MOST_TIMES_LARGER * max(len(content), 65536):
                raise ReadingError("records_workbook_swollen", file=file, mib=whole // 2**20)
            for name in packed.namelist():
                if "worksheets/" in name.lower() and name.lower().endswith(".xml"):
                    with packed.open(name) as part:
                        _check_extent(_last_place(part), name.rpartition("/")[2], file)
    except NOT_PACKED as fault:
        raise ReadingError("records_workbook_damaged", file=file) from fault


def _last_place(part: IO[bytes]) -> tuple[int, int]:
    """The last row and column that any cell names, before a reader makes room for them."""
    rows = columns = 0
    rest = b""
    while chunk := part.read(CHUNK_BYTES):
        for letters, digits in PLACE.findall(rest + chunk):
            rows = max(rows, int(digits))
            column = 0
            for letter in letters.upper():
                column = 26 * column + letter - 64
            columns = max(columns, column)
        rest = chunk[-OVERLAP_BYTES:]
    return rows, columns


def _check_extent(extent: tuple[int, int], sheet: str, file: str) -> None:
    rows, columns = extent
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise ReadingError("records_sheet_too_large", file=file, sheet=sheet, rows=rows)


def _sheet(book: Any, meta: Any, file: str) -> Sheet:
    sheet = book.get_sheet_by_name(meta.name)
    _check_extent((sheet.total_height, sheet.total_width), meta.name, file)
    rows = tuple(tuple(_cell(value) for value in row) for row in sheet.to_python(skip_empty_area=False))
    try:
        ranges = sheet.merged_cell_ranges or []
    except calamine.CalamineError:
        ranges = []
    merged = tuple((top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges)
    hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    return Sheet(name=meta.name, rows=rows, merged=merged, hidden=hidden)


def _cell(value: Any) -> Cell:
    if value is None or value == "":
        return Cell("", EMPTY)
    if isinstance(value, str):
        return Cell(value)
    if isinstance(value, bool):
        return Cell(str(value).upper())
    if isinstance(value, (int, float)):
        return Cell(f"{value:.15g}" if isinstance(value, float) else str(value), NUMBER)
    if isinstance(value, datetime):
        return Cell(_whole(value).isoformat(sep=" ", timespec="auto"), WHEN)
    if isinstance(value, date):
        return Cell(value.isoformat(), WHEN)
    if isinstance(value, (time, timedelta)):
        return Cell(str(value), SPAN)
    return Cell(str(value))


def _whole(value: datetime) -> datetime:
    """Without what a count of days in binary leaves over or takes away beside a whole second."""
    left = value.microsecond / 1e6
    if min(left, 1 - left) > NEAR_S:
        return value
    return value.replace(microsecond=0) + timedelta(seconds=round(left))


def _page(text: str, file: str) -> Iterator[Sheet]:
    tree = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    for number, table in enumerate(tree.iter("table"), 1):
        rows = tuple(tuple(_spread(row)) for row in table.iter("tr"))
        if len(rows) > MOST_ROWS:
            raise ReadingError("records_sheet_too_large", file=file, sheet=f"table {number}", rows=len(rows))
        yield Sheet(name=f"table {number}", rows=rows)


def _spread(row: Any) -> Iterator[Cell]:
    """The cells of a row; one that spans several columns stands in the first of them."""
    for cell in row:
        if cell.tag not in ("td", "th"):
            continue
        text = "".join(cell.itertext()).strip()
        yield Cell(text, TEXT if text else EMPTY)
        span = str(cell.get("colspan", "1"))
        for _ in range(min(int(span) if span.isascii() and span.isdigit() else 1, MOST_COLUMNS) - 1):
            yield Cell("", EMPTY)


def raw_of(cells: Sequence[Cell]) -> list[str]:
    """A row as it is kept: what its cells show, without the empty ones at the end."""
    texts = [cell.text for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts
