"""A table with headings whose columns a person declared, or whose headings say it plainly.

In text form, or a sheet of a workbook or of a page. The mapping names headings:
``employee_id`` and ``time`` (or ``date`` and ``time``), optionally
``terminal_id``, ``credential``, ``result``, ``name``, ``seq`` (the running
number that the device gives its records), ``date_order`` ("ymd", "dmy", "mdy"),
``delimiter``, ``header_row`` (a line, or a row of the sheet), ``heading_rows``
(2 where a heading is "group/leaf" of two rows), ``pass_values`` and
``fail_values`` (words of the result column). In a workbook ``sheet`` is the name
of the sheet, and ``excel_dates`` says that bare numbers in the columns of times
are a spreadsheet's days; otherwise such a row is refused.

Everything is read as text, so that an employee called "NA" or 00042 stays so.
Where ``header_row`` is not stated, the headings are the first of ten rows in
which all that is needed can be found.

A list without a result column is taken to hold accepted clock-ins, as an
attendance list does. Where there is such a column, a word in it that is not
known is "unknown", never a pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from toolkit.clockin.fields.cell_times import CellTimes, by_minutes, day_zero
from toolkit.clockin.fields.declared import (
    COLUMNS,
    OPTIONS,
    SEARCHED_ROWS,
    Layout,
    check_options,
    columns_of,
    is_plain,
    layout_of,
    overflows,
    paths_of,
)
from toolkit.clockin.fields.stamps import Unreadable, decide_order
from toolkit.clockin.fields.workbook_tables import (
    CONTINUED,
    Pair,
    SheetTable,
    first_row,
    holds_anything,
    merged_fault,
    sheet_table,
)
from toolkit.clockin.files.sheets import EMPTY, TEXT, Cell
from toolkit.clockin.files.tabular import Record, clean_cell, clean_id, guess_delimiter, physical_lines, records
from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, Head, RawRow, Source, punch_format
from toolkit.errors import ReadingError

HOLDS_DATE = re.compile(r"\d[-/.年]\d{1,2}[-/.月]\d")
NOTHING_BELIEVED = ("broken_quotes", "too_few_fields", "too_many_fields")


@dataclass(frozen=True, slots=True)
class _Table:
    """Records in order, what their headings are and in which row the last of these stands; ``sheet`` of a workbook."""

    records: Sequence[Record]
    headings: tuple[str, ...]
    last_heading: int
    sheet: SheetTable | None = None

    @property
    def body(self) -> list[Record]:
        return [record for record in self.records if record.row > self.last_heading]


@punch_format("declared_csv")
class DeclaredCsv:
    """Rows under headings; used when a mapping was given or the headings are plain."""

    mapping_keys: frozenset[str] = frozenset((*COLUMNS, *OPTIONS))
    lacks: frozenset[str] = frozenset({"failures", "photos", "edits"})

    def sniff(self, head: Head) -> bool:
        """The first row is a heading with one column of employees, one of times, and none of later changes."""
        if head.sheets:
            filled = [sheet for sheet in head.sheets if holds_anything(sheet)]
            return len(filled) == 1 and is_plain(first_row(filled[0]))
        first = next((line for line in physical_lines(head.text) if line.strip()), "")
        record = next(records(first, guess_delimiter(first), ""), None)
        return record is not None and is_plain(record.cells)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Headings, what stands above them and blank rows are no record.

        A row without an employee, with broken quotes, or with fewer or more
        cells than its columns need is refused.
        """
        mapping, file = source.mapping, source.name
        check_options(mapping, file)
        table = _of_sheet(source) if source.sheets else _of_text(source)
        columns = columns_of(table.headings, mapping, file)
        order = mapping.get("date_order") or _decided(table, columns, file)
        layout = layout_of(columns, len(table.headings), str(order), mapping)
        times = _cell_times(table, columns, source)
        name = "" if table.sheet is None else table.sheet.name
        for record in table.records:
            repeated = tuple(map(clean_cell, record.cells)) == table.headings
            if record.row <= table.last_heading or record.blank or repeated:
                yield RawRow(kind=NON_RECORD, row=record.row, raw=record.raw, sheet=name)
            else:
                yield replace(_row(record, layout, table, times), sheet=name)


def _of_text(source: Source) -> _Table:
    lines = physical_lines(source.text)
    filled = [number for number, line in enumerate(lines, 1) if line.strip()]
    for entry in ("sheet", "excel_dates"):
        if source.mapping.get(entry):
            raise ReadingError("mapping_value", file=source.name, entry=entry, value=source.mapping[entry])

    def cut(number: int) -> list[Record]:
        delimiter = str(source.mapping.get("delimiter") or guess_delimiter(lines[number - 1]))
        return list(records(source.text, delimiter, source.name))

    stated = source.mapping.get("header_row")
    if stated is None:
        stated = next((number for number in filled[:SEARCHED_ROWS] if _heads(lines[number - 1], source)), filled[0])
    first = next((number for number in filled if number >= stated), None)
    if first is None:
        raise ReadingError("records_no_rows", file=source.name)
    return _headed(cut(first), first, source, None)


def _heads(line: str, source: Source) -> bool:
    """Whether this line alone holds all the headings that are needed."""
    delimiter = str(source.mapping.get("delimiter") or guess_delimiter(line))
    try:
        return any(_fits(record.cells, source) for record in records(line, delimiter, source.name))
    except ReadingError:
        return False


def _of_sheet(source: Source) -> _Table:
    if source.mapping.get("delimiter"):
        raise ReadingError("mapping_value", file=source.name, entry="delimiter", value=source.mapping["delimiter"])
    sheet = sheet_table(source, source.mapping)
    filled = [record for record in sheet.records if not record.blank]
    stated = source.mapping.get("header_row")
    if stated is None and filled:
        stated = next((one.row for one in filled[:SEARCHED_ROWS] if _fits(one.cells, source)), filled[0].row)
    return _headed(sheet.records, stated or 1, source, sheet)


def _fits(cells: Sequence[str], source: Source) -> bool:
    try:
        columns_of(cells, source.mapping, source.name)
    except ReadingError:
        return False
    return True


def _headed(table: Sequence[Record], first: int, source: Source, sheet: SheetTable | None) -> _Table:
    heading = [record for record in table if record.row >= first and not record.blank]
    heading = heading[: int(source.mapping.get("heading_rows", 1))]
    if not heading:
        raise ReadingError("records_no_rows", file=source.name)
    names = paths_of([record.cells for record in heading])
    return _Table(table, names, heading[-1].row, sheet)


def _decided(table: _Table, columns: Mapping[str, int], file: str) -> str:
    width = len(table.headings)
    texts = ((one.row, _shown(_parts(one, columns, table))) for one in table.body if not overflows(one, width))
    return decide_order(texts, file)


def _cell_times(table: _Table, columns: Mapping[str, int], source: Source) -> CellTimes:
    zero = day_zero(source.content) if table.sheet and source.mapping.get("excel_dates") else None
    return CellTimes(zero, by_minutes([_parts(one, columns, table) for one in table.body], zero))


def _row(record: Record, layout: Layout, table: _Table, times: CellTimes) -> RawRow:
    why = layout.fault(record)
    whose = layout.columns["employee_id"]
    if not why and table.sheet is not None and table.sheet.is_lost_id(record.row, whose):
        why = "shortened_id"
    if why in NOTHING_BELIEVED:
        return RawRow(kind=REFUSED, row=record.row, raw=record.raw, why=why)
    told: dict[str, Any] = {"row": record.row, "raw": record.raw, "employee_id": clean_id(record.cells[whose])}
    merged = "" if table.sheet is None else merged_fault(*_own_and_shown(record, layout, table.sheet))
    if merged == CONTINUED:
        return RawRow(kind=NON_RECORD, row=record.row, raw=record.raw)
    if why or merged:
        return RawRow(kind=REFUSED, why=why or merged, **told)
    details = layout.details(record)
    flags = _merged_flags(record, layout, table.sheet)
    parts = _parts(record, layout.columns, table)
    told["time_text"] = _shown(parts)
    if any(cell.kind not in (TEXT, EMPTY) for cell in parts):
        try:
            stamp, rounded = times.read(parts, layout.order)
        except Unreadable as unreadable:
            return RawRow(kind=REFUSED, why=unreadable.why, **told)
        told |= {"at": stamp.at.isoformat(), "precision_s": stamp.precision_s, "zone": stamp.offset}
        flags += rounded
    result = layout.result(record)
    return RawRow(
        kind=PUNCH,
        **told,
        date_order=layout.order,
        terminal_id=layout.optional(record, "terminal_id") or None,
        credential=layout.credential(record),
        result=result,
        record_kind="failed_attempt" if result == "fail" else "raw_event",
        details={**details, "flags": flags},
    )


def _own_and_shown(record: Record, layout: Layout, sheet: SheetTable) -> tuple[Pair, Pair]:
    """Of the id and of the time of day what the cell holds, and what is shown in it."""
    whose, when = layout.columns["employee_id"], layout.columns["time"]
    return (
        (sheet.own(record.row, whose), sheet.cell(record.row, whose).text),
        (sheet.own(record.row, when), sheet.cell(record.row, when).text),
    )


def _merged_flags(record: Record, layout: Layout, sheet: SheetTable | None) -> list[str]:
    """How id and date came to be what they are: a table program's number, or the text of a merged range."""
    whose = layout.columns["employee_id"]
    number = sheet is not None and sheet.is_number(record.row, whose)
    flags = ["id_was_number"] if number or clean_cell(record.cells[whose]) != clean_id(record.cells[whose]) else []
    for name, flag in (("employee_id", "id_from_merged"), ("date", "date_from_merged")):
        column = layout.columns.get(name)
        if sheet is None or column is None:
            continue
        if sheet.own(record.row, column) != sheet.cell(record.row, column).text:
            flags.append(flag)
    return flags


def _parts(record: Record, columns: Mapping[str, int], table: _Table) -> list[Cell]:
    """The cells that tell when: one, or a date and a time beside it, cleaned."""
    parts = []
    for name in ("date", "time"):
        if columns.get(name, len(record.cells)) < len(record.cells):
            cell = Cell("") if table.sheet is None else table.sheet.cell(record.row, columns[name])
            parts.append(Cell(clean_cell(record.cells[columns[name]]), cell.kind))
    # A full stamp in the time column needs no date beside it.
    return parts[1:] if len(parts) == 2 and HOLDS_DATE.search(parts[1].text) else parts


def _shown(parts: Sequence[Cell]) -> str:
    return " ".join(cell.text for cell in parts).strip()
