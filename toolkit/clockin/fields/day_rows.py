"""A row of a sheet that is about one person on one day, and the assertions that it makes.

Tables of platforms tell several times in one row. Where the row itself cannot
be taken (no employee, another weekday than the day has) it is refused once, as
a whole; where one of its times cannot be read, that time is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.clockin.fields.day_times import Day, Moment, Period, UnusableDay, read_day
from toolkit.clockin.fields.sheet_headings import Headed, cell_text, row_text
from toolkit.clockin.files.sheets import TEXT, Cell, Sheet
from toolkit.clockin.files.tabular import clean_id, id_fault
from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, RawRow
from toolkit.clockin.vendors.platform_words import Verdict, elsewhere


@dataclass(frozen=True, slots=True)
class DayRow:
    """A row with the columns of its employee, of the name and of the day."""

    head: Headed
    number: int
    cells: Sequence[Cell]
    id_column: int | None
    day_path: str

    @property
    def employee_id(self) -> str:
        """The employee as written, guards undone."""
        return clean_id(cell_text(self.cells, self.id_column))

    @property
    def day_text(self) -> str:
        """The day as written."""
        return self.told(self.day_path)

    def told(self, *path: str) -> str:
        """What the row shows under a path of headings."""
        return self.head.told(self.cells, *path)

    def time(self, column: int | None) -> str:
        """The text of a cell of times; one that a spreadsheet holds as a time shows seconds that nobody stated."""
        text = cell_text(self.cells, column)
        if column is None or not text or self.cells[column].kind == TEXT:
            return text
        return text.removesuffix(":00") if text.count(":") == 2 else text

    def day(self, period: Period | None, *, two_digits: bool = False) -> Day:
        """The day of the row.

        Raises
        ------
        UnusableDay
            The row cannot be taken as it stands, for this reason or for want of an employee.
        """
        if why := id_fault(self.employee_id):
            raise UnusableDay(self.day_text, why)
        return read_day(self.day_text, period, two_digits=two_digits)

    def shared(self, day: Day, flags: Sequence[str], kept: Sequence[str]) -> dict[str, Any]:
        """Details that all assertions of the row have: name, day of work, flags, and columns kept by their names."""
        return {
            **{name: told for name in kept if (told := self.told(name))},
            "name": self.told("姓名"),
            "work_date": day.on.isoformat(),
            "flags": [*day.flags, *flags],
        }

    def no_record(self) -> RawRow:
        """The row where nothing was clocked in."""
        return no_record(self.head.sheet, self.number, self.cells)

    def refused(self, why: str, shown: str, sub: int = 0) -> RawRow:
        """The row, or one of its times, that cannot be taken."""
        return RawRow(
            kind=REFUSED, row=self.number, sub=sub, raw=row_text(self.cells), sheet=self.head.sheet.name, why=why,
            employee_id=self.employee_id, time_text=shown,
        )  # fmt: skip

    def punch(self, sub: int, shown: str, moment: Moment | None, told: Verdict, details: Mapping[str, Any]) -> RawRow:
        """One assertion; refused where its time could not be read. ``terminal_id`` may stand among the details."""
        if moment is None:
            return self.refused("unreadable_time", shown, sub)
        others = {**details, "flags": [*details.get("flags", ()), *told.flags, *moment.flags]}
        terminal = others.pop("terminal_id", None) or elsewhere(told.credential, told.record_kind)
        return RawRow(
            kind=PUNCH, row=self.number, sub=sub, raw=row_text(self.cells), sheet=self.head.sheet.name,
            employee_id=self.employee_id, time_text=shown, at=moment.at, precision_s=moment.precision_s,
            terminal_id=terminal, credential=told.credential, result=told.result, record_kind=told.record_kind,
            details=others,
        )  # fmt: skip


def no_record(sheet: Sheet, number: int, cells: Sequence[Cell]) -> RawRow:
    """A row that is no record."""
    return RawRow(kind=NON_RECORD, row=number, raw=row_text(cells), sheet=sheet.name)


def no_records(sheet: Sheet) -> Iterator[RawRow]:
    """All rows of a sheet without records."""
    return (no_record(sheet, number, cells) for number, cells in enumerate(sheet.rows, 1))
