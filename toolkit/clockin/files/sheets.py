"""Workbooks and marked-up tables as cells; chosen by their first bytes, never by their names.

Values only: formulas and macros are not evaluated. Blank rows stay where they
are, so that a row is named by the number that a spreadsheet shows.
``python-calamine`` reads xlsx, ods and xls; pages and XML workbooks are read by
:mod:`toolkit.clockin.files.markup`. An ``.et`` of WPS is read where it holds the streams
of an xls and refused as another program's otherwise; no such file was at hand.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import IO, Any

import python_calamine as calamine

from toolkit.clockin.files.cells import (
    EMPTY,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    NUMBER,
    SPAN,
    TEXT,
    TRUTH,
    WHEN,
    Cell,
    Sheet,
    raw_of,
)
from toolkit.clockin.files.markup import marked_up
from toolkit.clockin.files.unshown import hidden_rows
from toolkit.errors import ReadingError

__all__ = ["EMPTY", "NUMBER", "SPAN", "TEXT", "TRUTH", "WHEN", "Cell", "Sheet", "raw_of", "sheets_of"]

PACKED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LOCKED = "EncryptedPackage".encode("utf-16-le")  # the stream in which a workbook with a password lies
# Names in the list of a compound file: its beginning, and the streams in which a sheet of Excel lies.
LISTED, EXCEL = "Root Entry".encode("utf-16-le"), tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
LARGEST_UNPACKED_BYTES, MOST_TIMES_LARGER = 512 * 2**20, 200
# Where a cell or a row says it stands, in the packed sheets of a workbook.
PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
CHUNK_BYTES, OVERLAP_BYTES = 2**20, 64
NOT_PACKED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, LookupError,
)  # fmt: skip
NEAR_S = 0.002  # of a whole second: what a count of days leaves over


def sheets_of(content: bytes, file: str) -> tuple[Sheet, ...]:
    """The tables of a workbook (xlsx, xls, ods, XML of 2003) or of a page (HTML, MHTML); () for any other file.

    Raises
    ------
    ReadingError
        The workbook has a password, is damaged, is larger than is read, or is
        none of Excel's.
    """
    found = _workbook(content, file) if content.startswith((PACKED, COMPOUND)) else marked_up(content, file) or ()
    twice = next((name for name, times in Counter(sheet.name for sheet in found).items() if times > 1), None)
    if twice is not None:  # the library gives the first of them for each
        raise ReadingError("records_sheet_twice", file=file, sheet=twice)
    return found


def _workbook(content: bytes, file: str) -> tuple[Sheet, ...]:
    if content.startswith(COMPOUND) and LOCKED in content:
        raise ReadingError("records_workbook_locked", file=file)
    if content.startswith(PACKED):
        _check_packed(content, file)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        unshown = hidden_rows(content) if content.startswith(PACKED) else {}
        return tuple(
            _sheet(book, meta, unshown.get(meta.name, ()), file) for meta in book.sheets_metadata if _holds_cells(meta)
        )
    except calamine.PasswordError as locked:
        raise ReadingError("records_workbook_locked", file=file) from locked
    except (ReadingError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # the library panics over some damaged files, with no exception of Python's
        raise ReadingError(_fault(content), file=file) from fault


def _fault(content: bytes) -> str:
    """Why a workbook cannot be read: one of another program, as WPS writes them, is not a damaged one."""
    whole = content.startswith(COMPOUND) and LISTED in content
    return (
        "records_workbook_other" if whole and not any(name in content for name in EXCEL) else "records_workbook_damaged"
    )


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


def _sheet(book: Any, meta: Any, unshown: tuple[int, ...], file: str) -> Sheet:
    sheet = book.get_sheet_by_name(meta.name)
    _check_extent((sheet.total_height, sheet.total_width), meta.name, file)
    rows = tuple(tuple(_cell(value) for value in row) for row in sheet.to_python(skip_empty_area=False))
    try:
        ranges = sheet.merged_cell_ranges or []
    except calamine.CalamineError:
        ranges = []
    merged = tuple((top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges)
    hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    return Sheet(name=meta.name, rows=rows, merged=merged, hidden=hidden, hidden_rows=unshown)


def _cell(value: Any) -> Cell:
    if value is None or value == "":
        return Cell("", EMPTY)
    if isinstance(value, str):
        return Cell(value)
    if isinstance(value, bool):
        return Cell(str(value).upper(), TRUTH)
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
