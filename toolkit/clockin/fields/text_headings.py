"""Text tables under headings that a program writes: cells by column, faults of rows, the order of dates.

Headings are compared without regard to case. Columns that a format does not
know keep their heading as name, so that nothing of a row is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.clockin.details import spare
from toolkit.clockin.fields.stamps import ORDERS, decide_order
from toolkit.clockin.files.tabular import (
    Record,
    clean_cell,
    clean_id,
    first_line,
    guess_delimiter,
    id_fault,
    records,
    shape_fault,
    usual_cells,
)
from toolkit.clockin.formats import NON_RECORD, REFUSED, RawRow, Source
from toolkit.errors import ReadingError


@dataclass(frozen=True, slots=True)
class HeadedRow:
    """A row with its cells by column, cleaned; ``why`` is a reason to refuse it, ``blank`` that it is no record."""

    row: int
    raw: str
    cells: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    blank: bool = False

    def get(self, column: str) -> str:
        """The cell of a column, "" where there is none."""
        return self.cells.get(column, "")

    def others(self, known: Iterable[str]) -> dict[str, str]:
        """Cells of all columns but these, see :func:`~toolkit.clockin.details.spare`."""
        return spare(self.cells, known)


def headings_of(text: str) -> frozenset[str]:
    """Headings of the first line that is not blank, lower case; empty where it is no line of a table."""
    first = first_line(text)
    try:
        record = next(records(first, guess_delimiter(first), ""), None)
    except ReadingError:
        return frozenset()
    return frozenset() if record is None else frozenset(_clean(record.cells))


def headed_rows(source: Source, columns: Mapping[str, Sequence[str]], needed: Sequence[str]) -> Iterator[HeadedRow]:
    """Every row of the table in order, headings (also repeated ones) and blank rows among them.

    A row has ``why`` where its quotes are broken, where it ends before the other
    rows do (the file may break off within it), where it has more cells than headings or than rows of this file mostly
    have (a delimiter inside a name moves all cells after it), and where its
    employee id is missing or was shortened by a spreadsheet.
    """
    heads: tuple[str, ...] | None = None
    names: list[str] = []
    table = list(records(source.text, guess_delimiter(first_line(source.text)), source.name))
    usual = usual_cells(table)
    for record in table:
        if heads is None and not record.blank:
            heads = tuple(_clean(record.cells))
            names = _names(heads, columns)
            yield HeadedRow(record.row, record.raw, blank=True)
        elif record.blank or is_repeated(record, heads or ()):
            yield HeadedRow(record.row, record.raw, blank=True)
        else:
            yield _row(record, names, needed, usual)


def is_repeated(record: Record, heads: Sequence[str]) -> bool:
    """Whether a record says the headings (clean, in lower case) again, as at the top of a page."""
    cells = record.cells
    if not cells or not heads or clean_cell(cells[0]).lower() != heads[0]:
        return False
    return _clean(cells) == list(heads)


def unread(row: HeadedRow) -> RawRow:
    """A row that is no record or is refused, as the reader takes it."""
    if row.blank:
        return RawRow(kind=NON_RECORD, row=row.row, raw=row.raw)
    return RawRow(kind=REFUSED, row=row.row, raw=row.raw, why=row.why, employee_id=row.get("employee_id"))


def order_of(source: Source, texts: Iterable[tuple[int, str]]) -> str:
    """The order of day, month and year: as a person stated it, else as all rows together decide it.

    Raises
    ------
    ReadingError
        Both orders are possible, or no such order was stated.
    """
    stated = source.mapping.get("date_order")
    if stated is None:
        return decide_order(texts, source.name)
    if stated not in ORDERS:
        raise ReadingError("date_order_unknown", file=source.name, order=stated)
    return str(stated)


def _clean(cells: Iterable[str]) -> list[str]:
    return [clean_cell(cell).lower() for cell in cells]


def _names(heads: Sequence[str], columns: Mapping[str, Sequence[str]]) -> list[str]:
    """A name for each place; a heading that stands twice is told apart by its place."""
    of_heading = {heading: name for name, headings in columns.items() for heading in headings}
    names: dict[str, None] = {}
    for place, head in enumerate(heads, 1):
        name = of_heading.get(head, head) or f"column_{place}"
        names[name if name not in names else f"{name}_{place}"] = None
    return list(names)


def _row(record: Record, names: Sequence[str], needed: Sequence[str], usual: int) -> HeadedRow:
    why = shape_fault(record, 0, len(names), usual)
    if not why and len(record.cells) > max(len(names), usual):
        why = "too_many_fields"
    if why:
        return HeadedRow(record.row, record.raw, why=why)
    cells = {name: clean_cell(cell) for name, cell in zip(names, record.cells, strict=False)}
    if "employee_id" in cells:
        cells["employee_id"] = clean_id(cells["employee_id"])
    short = len(record.cells) < min(len(names), usual)
    return HeadedRow(record.row, record.raw, cells, "too_few_fields" if short else _fault(cells, needed))


def _fault(cells: Mapping[str, str], needed: Sequence[str]) -> str:
    if any(name not in cells for name in needed):
        return "too_few_fields"
    return id_fault(cells["employee_id"])
