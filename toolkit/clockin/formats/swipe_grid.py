"""The grid of a standalone clock (刷卡记录): a column for each day of the period, two rows for each person.

The first row of a person holds labels (工号, 姓名, 部门) and what belongs to
them, the second the swipes of each day, several times in one cell. The month is
that of the period stated above the days; a day number that the period does not
have, or has twice, cannot be placed and is refused where swipes stand under it.
A time after midnight stays on its day unless the cell says 次日.

A cell lists every swipe of the day, so that its times are raw events to the
minute and no daily slots, of which a platform shows the first and the last.

References
----------
The layout is that of one public program; makers differ in the columns of the
labels, which are therefore looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.clockin.fields.day_rows import no_record, no_records
from toolkit.clockin.fields.day_times import CLOCK, Moment, Period, clock_texts, on_day, plain, read_period
from toolkit.clockin.fields.sheet_headings import row_text
from toolkit.clockin.files.sheets import Cell, Sheet
from toolkit.clockin.files.tabular import clean_cell, clean_id, id_fault
from toolkit.clockin.formats import NON_RECORD, PERSON, PUNCH, REFUSED, FileFacts, Head, RawRow, Source, punch_format
from toolkit.errors import ReadingError

SEARCHED_ROWS, LEAST_DAYS = 10, 5
LABEL = re.compile(r"(?P<label>工号|姓名|部门|考勤日期|制表时间)(?::(?P<value>.*))?", re.DOTALL)
ID, NAME, DEPARTMENT, PERIOD, MADE = "工号", "姓名", "部门", "考勤日期", "制表时间"


@dataclass(frozen=True, slots=True)
class _Grid:
    """A sheet with the row of its day numbers and the day of each column; None where it cannot be told."""

    sheet: Sheet
    days_row: int
    days: Mapping[int, date | None]
    period: Period | None
    made_at: str


@punch_format("swipe_grid")
class SwipeGrid:
    """Sheets of one workbook; a sheet without such a grid holds no records."""

    mapping_keys: frozenset[str] = frozenset()
    minutes_only = True
    lacks: frozenset[str] = frozenset({"failures", "credential", "device", "edits", "photos"})

    def sniff(self, head: Head) -> bool:
        """A sheet has a row of day numbers and below it people by their labels."""
        return any(_grid(sheet) is not None for sheet in head.sheets)

    def facts(self, source: Source) -> FileFacts:
        """Period and day of making as stated above the days."""
        grids = [grid for sheet in source.sheets if (grid := _grid(sheet)) is not None]
        return FileFacts(
            period=", ".join(sorted({str(grid.period) for grid in grids if grid.period})),
            made_at=next((grid.made_at for grid in grids if grid.made_at), ""),
        )

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Every row of every sheet; a person's labels are kept as a person, a row without swipes is no record.

        Raises
        ------
        ReadingError
            No sheet holds such a grid.
        """
        if not self.sniff(Head(sheets=source.sheets)):
            raise ReadingError("records_no_rows", file=source.name)
        for sheet in source.sheets:
            grid = _grid(sheet)
            yield from no_records(sheet) if grid is None else _grid_rows(grid)


def _grid(sheet: Sheet) -> _Grid | None:
    found = next((k for k, row in enumerate(sheet.rows[:SEARCHED_ROWS], 1) if len(_numbers(row)) >= LEAST_DAYS), None)
    if found is None or not any(ID in _labels(row) for row in sheet.rows[found : found + SEARCHED_ROWS]):
        return None
    above: dict[str, str] = {}
    for row in sheet.rows[: found - 1]:
        above |= _labels(row)
    period = read_period(above.get(PERIOD, ""))
    return _Grid(sheet, found, _days(_numbers(sheet.rows[found - 1]), period), period, above.get(MADE, ""))


def _numbers(cells: Sequence[Cell]) -> dict[int, int]:
    """Day numbers by column, where every filled cell of the row is one."""
    filled = {column: plain(clean_cell(cell.text)) for column, cell in enumerate(cells) if cell.text.strip()}
    if not all(re.fullmatch(r"[12]?\d|3[01]", text, re.ASCII) and text != "0" for text in filled.values()):
        return {}
    return {column: int(text) for column, text in filled.items()}


def _days(numbers: Mapping[int, int], period: Period | None) -> dict[int, date | None]:
    """The day of each column: a number that the period has once."""
    covered = period.days() if period is not None else []
    by_number: dict[int, list[date]] = {}
    for day in covered:
        by_number.setdefault(day.day, []).append(day)
    return {
        column: by_number[number][0] if len(by_number.get(number, ())) == 1 else None
        for column, number in numbers.items()
    }


def _labels(cells: Sequence[Cell]) -> dict[str, str]:
    """What belongs to each label: the rest of its cell, or else the next filled cell before the next label."""
    told: dict[str, str] = {}
    waiting = ""
    for cell in cells:
        text = clean_cell(cell.text)
        match = LABEL.fullmatch(re.sub(r"(?<=[工姓部])\s+(?=[号名门])", "", text)) if text else None
        if match:
            value = (match["value"] or "").strip()
            waiting = "" if value else match["label"]
            told.setdefault(match["label"], value)
        elif text and waiting:
            told[waiting] = told[waiting] or text
            waiting = ""
    return told


def _grid_rows(grid: _Grid) -> Iterator[RawRow]:
    person: Mapping[str, str] | None = None
    for number, cells in enumerate(grid.sheet.rows, 1):
        labels = _labels(cells) if number > grid.days_row else {}
        if number <= grid.days_row:
            yield no_record(grid.sheet, number, cells)
        elif ID in labels:
            person = labels
            yield _person(grid.sheet, number, cells, labels)
        else:
            told = list(_swipes(grid, number, cells, person)) if any(CLOCK.search(one.text) for one in cells) else []
            yield from told or [no_record(grid.sheet, number, cells)]
            # One row of swipes a person: what follows without a person of its own belongs to nobody who is named.
            person = None


def _person(sheet: Sheet, number: int, cells: Sequence[Cell], labels: Mapping[str, str]) -> RawRow:
    employee_id = clean_id(labels[ID])
    return RawRow(
        kind=PERSON if employee_id else NON_RECORD, row=number, raw=row_text(cells), sheet=sheet.name,
        employee_id=employee_id,
        details={"name": labels.get(NAME, ""), DEPARTMENT: labels.get(DEPARTMENT, "")},
    )  # fmt: skip


def _swipes(grid: _Grid, number: int, cells: Sequence[Cell], person: Mapping[str, str] | None) -> Iterator[RawRow]:
    """Every time of a row of swipes, from the first day to the last."""
    employee_id = clean_id((person or {}).get(ID, ""))
    fault = id_fault(employee_id)
    raw, sub = row_text(cells), 0
    for column, cell in enumerate(cells):
        for text in clock_texts(cell.text):
            day = grid.days.get(column)
            moment = on_day(day, text) if day is not None else None
            why = fault or ("day_unplaced" if day is None else "unreadable_time" if moment is None else "")
            if why or moment is None or day is None:
                yield RawRow(kind=REFUSED, row=number, sub=sub, raw=raw, sheet=grid.sheet.name, why=why,
                             employee_id=employee_id, time_text=text)  # fmt: skip
            else:
                details = _details(person or {}, day, moment)
                yield RawRow(
                    kind=PUNCH, row=number, sub=sub, raw=raw, sheet=grid.sheet.name, employee_id=employee_id,
                    time_text=text, at=moment.at, precision_s=moment.precision_s, result="pass", details=details,
                )  # fmt: skip
            sub += 1


def _details(person: Mapping[str, str], day: date, moment: Moment) -> dict[str, object]:
    return {
        "name": person.get(NAME, ""),
        DEPARTMENT: person.get(DEPARTMENT, ""),
        "work_date": day.isoformat(),
        "flags": list(moment.flags),
    }
