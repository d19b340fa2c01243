"""Hikvision iVMS-4200 and HikCentral "Original Records": a table as CSV, as a workbook, or as HTML named ``.xls``.

``Data Source`` and ``Handling Type`` tell rows of the terminal from rows that a
person entered or corrected (inferred from their words): a row is one of the
terminal only where its source is "Original Records" and nobody handled it, or
where the file says nothing of either. In a file that says nothing at all,
corrections cannot be told; this is then one of the things it lacks.

The HTML twin has its title, its headings and its rows in three tables, and rows
without an opening tag. Rows of a table without headings of its own stand under
the headings before it. Times are those of the PC, in one of four orders.
Headings of the Chinese edition were not at hand: such a file is not claimed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.clockin.fields.text_headings import order_of
from toolkit.clockin.fields.words import stated_direction
from toolkit.clockin.fields.workbook_tables import CONTINUED, merged_fault
from toolkit.clockin.files.sheets import raw_of
from toolkit.clockin.files.tabular import (
    ID_FAULTS,
    Record,
    clean_cell,
    clean_id,
    id_fault,
    physical_lines,
    records,
    shape_fault,
)
from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_words import elsewhere
from toolkit.errors import ReadingError

HEADINGS = {
    "person id": "employee_id", "personal id": "employee_id", "name": "name", "department": "department",
    "time": "time", "attendance status": "status", "attendance check point": "check_point",
    "custom name": "custom_name", "data source": "source", "handling type": "handling",
    "temperature": "temperature", "abnormal": "abnormal",
}  # fmt: skip
NEEDED = frozenset({"employee_id", "time", "status", "check_point"})
HEADING_ROWS = 10
NOTHING = frozenset({"", "-", "--"})
ORIGINAL, HANDLED = "original records", "attendance handling"
# "°C" of a Western page of Windows, read as GB 18030.
WESTERN_DEGREES = re.compile(r"\d癈")


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the file under its headings; ``columns`` is None above the first headings and in them."""

    sheet: str
    row: int
    cells: tuple[str, ...]
    raw: str
    columns: Mapping[str, int] | None
    width: int
    broken: bool = False
    unended: bool = False
    own: tuple[str, ...] | None = None  # of a workbook or page what the cells themselves hold, without merged ranges

    def merged(self) -> str:
        """What merged ranges make of the row, see :func:`toolkit.clockin.fields.workbook_tables.merged_fault`."""
        if self.own is None or self.columns is None:
            return ""
        whose, when = self.columns["employee_id"], self.columns["time"]
        return merged_fault(
            (_at(self.own, whose), _at(self.cells, whose)), (_at(self.own, when), _at(self.cells, when))
        )

    def lent_id(self) -> bool:
        """Whether the id is that of a merged range which begins elsewhere."""
        place = -1 if self.columns is None else self.columns["employee_id"]
        return self.own is not None and not _at(self.own, place)

    def told(self, name: str) -> str:
        """A cell by its column, "" where it says nothing."""
        place = -1 if self.columns is None else self.columns.get(name, -1)
        text = clean_cell(self.cells[place]) if 0 <= place < len(self.cells) else ""
        return "" if text in NOTHING else text


@punch_format("hik_original_records")
class HikOriginalRecords:
    """Rows of the attendance table of the vendor's PC software."""

    mapping_keys: frozenset[str] = frozenset({"date_order"})
    lacks: frozenset[str] = frozenset({"failures", "photos", "credential"})

    def sniff(self, head: Head) -> bool:
        """The headings stand within the first rows of a text or of one of the tables."""
        for sheet in head.sheets:
            if any(_columns(sheet.texts(row)) is not None for row in range(1, HEADING_ROWS + 1)):
                return True
        if head.sheets:
            return False
        lines = physical_lines(head.text)[:HEADING_ROWS]
        return any(_columns(line.rstrip("\r\n").split(mark)) is not None for line in lines for mark in ",\t;")

    def facts(self, source: Source) -> FileFacts:
        """Whether rows that a person entered can be told."""
        told = any(line.told("source") or line.told("handling") for line in source.once(_lines))
        return FileFacts(lacks=() if told else ("edits",))

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Titles, headings and blank rows are no record; a row with a cell too few or too many is refused."""
        lines = source.once(_lines)
        _check_page(lines, source)
        order = order_of(source, ((line.row, line.told("time")) for line in lines))
        for line in lines:
            yield _row(line, order)


def _columns(cells: list[str] | tuple[str, ...]) -> dict[str, int] | None:
    """Columns by heading, where a row is the row of headings."""
    named = [HEADINGS.get(clean_cell(cell).lower()) for cell in cells]
    found = {name: place for place, name in enumerate(named) if name is not None and named.count(name) == 1}
    return found if found.keys() >= NEEDED else None


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _lines(source: Source) -> list[_Line]:
    return list(_under_headings(source))


def _under_headings(source: Source) -> Iterator[_Line]:
    """Every row of every table, each under the headings that it stands under."""
    columns: dict[str, int] | None = None
    width = 0
    owned = {sheet.name: [[cell.text for cell in row] for row in sheet.rows] for sheet in source.sheets}
    for sheet, table in _tables(source):
        # A table of single cells is a title or a foot; one without headings goes on with those before it.
        bare = all(sum(bool(cell.strip()) for cell in one.cells) < 2 for one in table)
        for one in table:
            headings = _columns(one.cells)
            if headings is not None:
                columns, width = headings, len(one.cells)
            stands = None if bare or headings is not None else columns
            own = None if not source.sheets else tuple(owned[sheet][one.row - 1])
            yield _Line(sheet, one.row, one.cells, one.raw, stands, width, one.broken, one.unended, own)


def _tables(source: Source) -> list[tuple[str, list[Record]]]:
    """Name and rows of each table; the one of a text has no name."""
    if not source.sheets:
        mark = next(
            (mark for line in physical_lines(source.text)[:HEADING_ROWS] for mark in ",\t;"
             if _columns(line.rstrip("\r\n").split(mark)) is not None), ","
        )  # fmt: skip
        return [("", list(records(source.text, mark, source.name)))]
    return [
        (sheet.name, [Record(number, tuple(texts), json.dumps(raw_of(cells), ensure_ascii=False))
                      for number, (cells, texts) in enumerate(zip(sheet.rows, sheet.filled(), strict=True), 1)])
        for sheet in source.sheets
    ]  # fmt: skip


def _check_page(lines: list[_Line], source: Source) -> None:
    """GB 18030 also accepts the Western page; the sign of degrees tells, and names would come out wrong."""
    if source.mapping.get("encoding") is not None:
        return
    for line in lines:
        if (found := WESTERN_DEGREES.search(line.told("temperature"))) is not None:
            raise ReadingError("records_ansi_page", file=source.name, row=line.row, text=found[0])


def _row(line: _Line, order: str) -> RawRow:
    place: dict[str, Any] = {"sheet": line.sheet, "row": line.row, "raw": line.raw}
    if line.columns is None or (not line.broken and not any(cell.strip() for cell in line.cells)):
        return RawRow(kind=NON_RECORD, **place)
    why, merged = _fault(line), line.merged()
    if merged == CONTINUED:
        return RawRow(kind=NON_RECORD, **place)
    if why not in ("", *ID_FAULTS):
        return RawRow(kind=REFUSED, **place, why=why)
    why = why or merged
    employee_id = clean_id(line.told("employee_id"))
    if why:
        return RawRow(kind=REFUSED, **place, why=why, employee_id=employee_id)
    manual, flags = _origin(line)
    flags += ["id_from_merged"] if line.lent_id() else []
    kind, credential = ("manual_edit", "manual") if manual else ("raw_event", "unknown")
    return RawRow(
        kind=PUNCH,
        **place,
        employee_id=employee_id,
        time_text=line.told("time"),
        date_order=order,
        # A row that somebody entered was stamped by no terminal's clock, also where a person states one for the file.
        terminal_id=line.told("check_point") or elsewhere(credential, kind),
        credential=credential,
        # Whoever entered a row checked no credential.
        result="unknown" if manual else "pass",
        record_kind=kind,
        details=_details(line, manual, flags),
    )


def _fault(line: _Line) -> str:
    record, columns = Record(line.row, line.cells, line.raw, line.broken, line.unended), line.columns or {}
    shape = shape_fault(record, max(columns[name] for name in NEEDED) + 1, line.width, line.width)
    return shape or id_fault(clean_id(line.told("employee_id")))


def _origin(line: _Line) -> tuple[bool, list[str]]:
    """Whether a person entered or changed the row; a source that is not known is flagged and is no terminal's."""
    origin, handling = line.told("source").lower(), line.told("handling")
    if handling or origin == HANDLED:
        return True, []
    return (True, ["data_source_unknown"]) if origin not in (ORIGINAL, "") else (False, [])


def _details(line: _Line, manual: bool, flags: list[str]) -> dict[str, Any]:
    status = line.told("status")
    names = ("department", "custom_name", "temperature", "abnormal", "source")
    return {
        **{name: line.told(name) for name in names},
        "name": line.told("name"),
        "direction": stated_direction(status),
        "attendance_status": status,
        "edit_reason": line.told("handling") if manual else "",
        "flags": flags,
    }
