"""Text tables of platforms: rows under one line of headings, each cell by the name of its column.

For formats whose headings are fixed by the program that wrote them. A row that
does not fit its headings is handed on with the reason: a name with a comma in it
moves every cell behind it, so that nothing in such a row may be believed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.clockin.details import DETAILS
from toolkit.clockin.files.decoding import HEAD_BYTES
from toolkit.clockin.files.tabular import (
    Record,
    clean_cell,
    guess_delimiter,
    physical_lines,
    records,
)
from toolkit.clockin.formats import NON_RECORD, REFUSED, Head, RawRow, Source
from toolkit.errors import ReadingError


@dataclass(frozen=True, slots=True)
class HeadedRow:
    """A row of a table; ``cells`` by heading (lower case), cleaned; ``why`` where it does not fit its headings."""

    row: int
    raw: str
    cells: Mapping[str, str]
    why: str = ""
    blank: bool = False

    def refused(self, why: str, *, employee_id: str = "", time_text: str = "", sub: int = 0) -> RawRow:
        """As a row, or one assertion of it, that cannot be taken."""
        return RawRow(
            kind=REFUSED, row=self.row, raw=self.raw, why=why, employee_id=employee_id, time_text=time_text, sub=sub
        )

    def no_record(self) -> RawRow:
        """As a row that tells of no clock-in."""
        return RawRow(kind=NON_RECORD, row=self.row, raw=self.raw)


def first_headings(head: Head) -> tuple[str, ...]:
    """The cells of the first line that is not blank, cleaned and in lower case; () where it is no table."""
    if head.sheets:
        return ()
    first = next((line for line in physical_lines(head.text[:HEAD_BYTES]) if line.strip()), "")
    try:
        record = next(records(first, guess_delimiter(first), ""), None)
    except ReadingError:
        return ()
    return () if record is None or record.broken else _names(record.cells)


def holds(headings: Sequence[str], needed: Collection[str]) -> bool:
    """Whether each of the needed headings is there exactly once."""
    return all(headings.count(name) == 1 for name in needed)


def headed_rows(source: Source) -> Iterator[HeadedRow]:
    """Every row of a text table, the line of headings and blank ones among them as blank.

    Raises
    ------
    ReadingError
        A quotation mark swallows rows, or there are no headings.
    """
    lines = (line for line in physical_lines(source.text) if line.strip())
    delimiter = guess_delimiter(next(lines, ""))
    names: tuple[str, ...] = ()
    for record in records(source.text, delimiter, source.name):
        if record.blank:
            yield HeadedRow(record.row, record.raw, {}, blank=True)
        elif not names or _names(record.cells) == names:
            names = names or _names(record.cells)
            yield HeadedRow(record.row, record.raw, {}, blank=True)
        else:
            yield _row(record, names)
    if not names:
        raise ReadingError("records_no_rows", file=source.name)


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(clean_cell(cell).lower() for cell in cells)


def _row(record: Record, names: tuple[str, ...]) -> HeadedRow:
    why = ""
    if record.broken:
        why = "broken_quotes"
    elif len(record.cells) < len(names):
        why = "too_few_fields"
    elif any(cell.strip() for cell in record.cells[len(names) :]):
        why = "too_many_fields"
    # Of two columns of one name the first is told; formats ask for headings that are there once.
    cells = (
        {} if why else dict(zip(reversed(names), map(clean_cell, reversed(record.cells[: len(names)])), strict=True))
    )
    return HeadedRow(record.row, record.raw, cells, why)


def further(cells: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """What stands in the other columns, for the details; a heading that means something there gets a mark."""
    return {
        f"column {heading}" if heading in DETAILS else heading: cell
        for heading, cell in cells.items()
        if heading and heading not in taken
    }
