"""Times in the cells of workbooks: what a spreadsheet calls a date, and bare numbers that are one.

A spreadsheet counts days since the end of 1899, or since 1904 where the workbook
says so. A bare number is read as such a count only when a person has said that
the column holds them, the cell is a number and no text, and the workbook itself
tells which count it uses: 46084.36 may as well be a badge.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as ElementTree
from defusedxml import DefusedXmlException

from toolkit.clockin.fields.stamps import Stamp, Unreadable, read_stamp
from toolkit.clockin.files.sheets import NUMBER, PACKED, TEXT, Cell

WORKBOOK = "xl/workbook.xml"
LARGEST_WORKBOOK_BYTES = 8 * 2**20
# Day 0 of either count; civil days, which have no zone. 1900 had a 29 February there, hence the day before the last.
SINCE_1900, SINCE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001
LAST_SERIAL = 200_000.0  # beyond any year that is read
ROUNDING_S = 0.001
ROUNDED = "excel_rounded"


def day_zero(content: bytes) -> datetime | None:
    """Day 0 of this workbook's count of days; None where it does not tell.

    Only workbooks of the packed kind are asked. In an older one dates are told
    as dates by their cells, and a bare number there is not read.
    """
    if not content.startswith(PACKED):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if packed.getinfo(WORKBOOK).file_size > LARGEST_WORKBOOK_BYTES:
                return None
            tree = ElementTree.fromstring(packed.read(WORKBOOK), forbid_dtd=True)
    except (LookupError, OSError, ParseError, DefusedXmlException, ValueError, RuntimeError,
            zipfile.BadZipFile, EOFError, zlib.error):  # fmt: skip
        return None
    for part in tree.iter():
        if part.tag.rpartition("}")[2] == "workbookPr":
            return SINCE_1904 if part.get("date1904", "0").lower() in ("1", "true", "on") else SINCE_1900
    return SINCE_1900


def text_of_serial(number: str, zero: datetime, *, clock_only: bool) -> tuple[str, bool]:
    """A count of days as civil text to the second, and whether that is more than a millisecond from the count.

    Parameters
    ----------
    clock_only : bool
        The date stands in another cell; the number is then below 1.

    Raises
    ------
    Unreadable
        Negative, or beyond the years that are read.
    """
    days = float(number)
    if not 0 <= days < (1 if clock_only else LAST_SERIAL):
        raise Unreadable(number)
    exact_s = days * 86400
    at = zero + timedelta(seconds=round(exact_s))
    moved = abs(exact_s - round(exact_s)) > ROUNDING_S
    if clock_only:
        return at.strftime("%H:%M:%S"), moved
    # A whole number of days may be a day or its midnight: in a column of dates it is a day.
    return at.strftime("%Y-%m-%d") if days == int(days) else at.strftime("%Y-%m-%d %H:%M:%S"), moved


@dataclass(frozen=True, slots=True)
class CellTimes:
    """How the cells of a sheet are read as times.

    ``zero`` is day 0 of the workbook's count, None where bare numbers are not
    to be read as days. ``by_minutes`` where no time of the whole table has
    seconds: such a table was written to the minute, although each cell shows
    ":00" behind it.
    """

    zero: datetime | None
    by_minutes: bool

    def read(self, parts: Sequence[Cell], order: str) -> tuple[Stamp, list[str]]:
        """The time of one cell, or of a date and a time beside it, and flags.

        Raises
        ------
        Unreadable
            No time by the grammar, or a number that is not to be read as one.
        """
        text, moved = _civil_text(parts, self.zero)
        stamp = read_stamp(text, order)
        # Text cells state their digits themselves.
        if self.by_minutes and parts[-1].kind != TEXT:
            stamp = Stamp(stamp.at, 60.0, stamp.offset)
        return stamp, [ROUNDED] if moved else []


def by_minutes(rows: Sequence[Sequence[Cell]], zero: datetime | None) -> bool:
    """Whether no time that stands in a cell as a date, a time or a number has seconds."""
    seen = False
    for parts in rows:
        if not parts or parts[-1].kind == TEXT:
            continue
        try:
            stamp = read_stamp(_civil_text(parts, zero)[0])
        except Unreadable:
            continue
        if stamp.at.second or stamp.at.microsecond:
            return False
        seen = True
    return seen


def _civil_text(parts: Sequence[Cell], zero: datetime | None) -> tuple[str, bool]:
    texts, any_moved = [], False
    for place, cell in enumerate(parts):
        text = cell.text
        if cell.kind == NUMBER:
            if zero is None:
                raise Unreadable(text)
            text, moved = text_of_serial(text, zero, clock_only=len(parts) == 2 and place == 1)
            any_moved |= moved
        texts.append(text)
    return " ".join(texts), any_moved
