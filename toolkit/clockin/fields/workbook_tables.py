"""One sheet of a workbook as records, as a table in text form has them.

A merged range shows its text in each of its cells: a heading over two columns
belongs to both. The row is the one that a spreadsheet shows, and what is kept of
it is the list of its cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.clockin.files.sheets import EMPTY, NUMBER, SPAN, TRUTH, WHEN, Cell, Sheet, raw_of
from toolkit.clockin.files.tabular import Record, clean_cell
from toolkit.clockin.formats import Source
from toolkit.errors import ReadingError

MOST_FILLED = 4_000_000  # cells that merged ranges may fill, all together
SPOILT = (WHEN, SPAN, TRUTH)
CONTINUED = "continued"
Pair = tuple[str, str]
WHOLE_ID = re.compile(r"0*\d{1,15}(?:\.0+)?")  # a spreadsheet keeps no more digits of a number


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet by its name: its rows as records, and the same cells with their kinds."""

    name: str
    records: tuple[Record, ...]
    cells: tuple[tuple[Cell, ...], ...]
    sheet: Sheet

    def cell(self, row: int, column: int) -> Cell:
        """The cell of a row (from 1) and a column (from 0); an empty one beyond the end."""
        told = self.cells[row - 1]
        return told[column] if column < len(told) else Cell("", EMPTY)

    def is_lost_id(self, row: int, column: int) -> bool:
        """Whether a spreadsheet has made something else of an id.

        A date, a time, yes or no, a number with a fraction, or one of which digits are gone.
        """
        cell = self.cell(row, column)
        return cell.kind in SPOILT or (cell.kind == NUMBER and not WHOLE_ID.fullmatch(cell.text))

    def own(self, row: int, column: int) -> str:
        """What the cell itself holds, without what a merged range shows in it."""
        told = self.sheet.rows[row - 1]
        return told[column].text if column < len(told) else ""

    def is_number(self, row: int, column: int) -> bool:
        """Whether the cell holds a number, of which leading zeros are gone if there were any."""
        return self.cell(row, column).kind == NUMBER


def sheet_table(source: Source, mapping: Mapping[str, Any]) -> SheetTable:
    """The sheet that the mapping names, or the only one that holds anything.

    Raises
    ------
    ReadingError
        ``mapping_sheet``: there is none of that name, or several and none was named.
    """
    named = clean_cell(str(mapping.get("sheet", "")))
    filled = [sheet for sheet in source.sheets if holds_anything(sheet)]
    chosen = [sheet for sheet in source.sheets if clean_cell(sheet.name) == named] if named else filled
    if len(chosen) != 1:
        found = ", ".join(sheet.name for sheet in filled)
        raise ReadingError("mapping_sheet", file=source.name, sheet=named, found=found)
    cells = _filled(chosen[0], source.name)
    rows = tuple(
        Record(number, tuple(cell.text for cell in row), json.dumps(raw_of(untouched), ensure_ascii=False))
        for number, (row, untouched) in enumerate(zip(cells, chosen[0].rows, strict=True), 1)
    )
    return SheetTable(name=chosen[0].name, records=rows, cells=cells, sheet=chosen[0])


def merged_fault(employee: Pair, clock: Pair) -> str:
    """What merged ranges make of a row: "" where its id or its time is its own.

    Parameters
    ----------
    employee, clock : tuple of str
        What the cell itself holds, and what a merged range shows in it.

    Returns
    -------
    str
        "merged_over" where a range lies over another text, which a table program
        does not show; CONTINUED where id and time are both those of another row,
        which this one goes on; "time_from_merged" where a time is shown to one
        person and stands in the row of another.
    """
    if any(own and own != shown for own, shown in (employee, clock)):
        return "merged_over"
    lent = [bool(shown) and not own for own, shown in (employee, clock)]
    if all(lent):
        return CONTINUED
    return "time_from_merged" if lent[1] and employee[0] else ""


def holds_anything(sheet: Sheet) -> bool:
    """Whether there is a cell with something in it."""
    return any(cell.text for row in sheet.rows for cell in row)


def first_row(sheet: Sheet) -> Sequence[str]:
    """Texts of the first row that holds anything; [] where there is none."""
    return next((texts for row in sheet.rows if any(texts := [cell.text for cell in row])), [])


def _filled(sheet: Sheet, file: str) -> tuple[tuple[Cell, ...], ...]:
    rows = [list(row) for row in sheet.rows]
    left_over = MOST_FILLED
    for top, left, bottom, right in sheet.merged:
        if top > len(rows) or left >= len(rows[top - 1]):
            continue
        shown, bottom = sheet.rows[top - 1][left], min(bottom, len(rows))
        right = min(right, max(len(row) for row in rows[top - 1 : bottom]) - 1)
        left_over -= (bottom - top + 1) * (right - left + 1)
        if left_over < 0:
            raise ReadingError("records_sheet_too_large", file=file, sheet=sheet.name, rows=len(rows))
        for row in rows[top - 1 : bottom]:
            row += [Cell("", EMPTY)] * (right + 1 - len(row))
            row[left : right + 1] = [shown] * (right + 1 - left)
    return tuple(map(tuple, rows))
