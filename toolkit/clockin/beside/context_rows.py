"""The child's half of reading a context table: bytes to rows; every row is parsed or refused, none is passed over.

Runs in a limited process, see :mod:`toolkit.clockin.beside.context`; what it answers is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from toolkit.clockin.beside.context_words import (
    HEADINGS,
    NAME_HEADINGS,
    NEEDED,
    PERSONAL,
    covered_of_word,
    kind_of_word,
)
from toolkit.clockin.fields.stamps import ORDERS, Stamp, Unreadable, decide_order, read_stamp
from toolkit.clockin.fields.workbook_tables import SheetTable, sheet_table
from toolkit.clockin.files.decoding import read_bytes
from toolkit.clockin.files.tabular import (
    Record,
    clean_cell,
    clean_id,
    first_line,
    guess_delimiter,
    is_shortened_number,
    records,
    shape_fault,
    usual_cells,
)
from toolkit.clockin.formats import Source
from toolkit.errors import ReadingError

MOST_ROWS = 200_000
HEADING_ROWS = 10  # a title and a date of making may stand above the headings
SEVERAL = re.compile(r"[、;；，,\n]+")  # ids of several people in one cell
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
HALF_DAY = re.compile(r"(?P<day>.*\d日?)\s*(?P<half>上午|下午|AM|PM|am|pm)", re.ASCII)
NOON = timedelta(hours=12)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Table:
    """Records below the headings, and where each column stands."""

    sheet: str
    rows: tuple[Record, ...]
    columns: dict[str, int]
    width: int
    named_only: bool
    cells: SheetTable | None = None


class _Refused(Exception):
    """Why a row cannot be taken; caught here, becomes a refused row."""

    def __init__(self, why: str, shown: str = "") -> None:
        super().__init__(why)
        self.why, self.shown = why, shown


def context_to_json(path: str, mapping: dict[str, Any]) -> dict[str, Any]:
    """``rows`` parsed, ``refused`` rows, the number of source rows, encoding.

    Raises
    ------
    ReadingError
        The file is no table, holds no heading of a kind or of a beginning, or no row; see ``errors_clockin``.
    """
    file = Path(path)
    source = Source(name=file.name, content=read_bytes(file), mapping=mapping)
    table = _workbook(source) if source.sheets else _text(source)
    order = _order(table, source)
    rows: list[Row] = []
    refused: list[Row] = []
    usual = usual_cells(table.rows)
    for record in table.rows:
        try:
            rows += _row(record, table, order, usual)
        except _Refused as fault:
            shown = fault.shown or record.raw.strip()
            refused.append(
                {"sheet": table.sheet, "row": record.row, "raw": record.raw, "why": fault.why, "shown": shown[:80]}
            )
    if not table.rows:
        raise ReadingError("context_empty", file=file.name)
    encoding = "binary" if source.sheets else source.decoded.encoding
    return {"rows": rows, "refused": refused, "rows_source": len(table.rows), "encoding": encoding}


def _text(source: Source) -> _Table:
    delimiter = guess_delimiter(first_line(source.text))
    return _table(list(records(source.text, delimiter, source.name)), source.name)


def _workbook(source: Source) -> _Table:
    found = sheet_table(source, source.mapping)
    return _table(list(found.records), source.name, found)


def _table(every: list[Record], file: str, cells: SheetTable | None = None) -> _Table:
    filled = [record for record in every if not record.blank]
    if len(filled) > MOST_ROWS:
        raise ReadingError("records_too_many_rows", file=file, limit=MOST_ROWS)
    for number, record in enumerate(filled[:HEADING_ROWS]):
        texts = [clean_cell(cell).lower() for cell in record.cells]
        columns = _columns(texts, file)
        if all(name in columns for name in NEEDED):
            named_only = "employee_id" not in columns and any(text in NAME_HEADINGS for text in texts)
            below = tuple(filled[number + 1 :])
            return _Table(cells.name if cells else "", below, columns, len(record.cells), named_only, cells)
    shown = ", ".join(clean_cell(cell) for cell in filled[0].cells)[:120] if filled else ""
    raise ReadingError("context_no_headings", file=file, found=shown)


def _columns(texts: Sequence[str], file: str) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, names in HEADINGS.items():
        hits = sorted((names.index(text), k) for k, text in enumerate(texts) if text in names)
        twice = len(hits) > 1 and (column == "employee_id" or hits[0][0] == hits[1][0])
        if twice:
            raise ReadingError("table_column_twice", file=file, column=column, found=", ".join(texts))
        if hits:
            columns[column] = hits[0][1]
    return columns


def _order(table: _Table, source: Source) -> str:
    """The order of day and month: stated, or decided by all rows; a year in front needs neither."""
    stated = source.mapping.get("date_order")
    if stated is not None:
        if stated not in ORDERS:
            raise ReadingError("date_order_unknown", file=source.name, order=str(stated))
        return str(stated)
    texts = (
        (record.row, f"{_day_text(cell)} 00:00" if cell.count(":") == 0 else cell)
        for record in table.rows
        for cell in (_cell(record, table, "from"), _cell(record, table, "to"))
        if cell
    )
    return decide_order(texts, source.name)


def _cell(record: Record, table: _Table, column: str) -> str:
    place = table.columns.get(column)
    return clean_cell(record.cells[place]) if place is not None and place < len(record.cells) else ""


def _row(record: Record, table: _Table, order: str, usual: int) -> Iterable[Row]:
    """One row for each person that it names."""
    # A last row that is cut short is refused: what is missing may be the end of a leave.
    fault = shape_fault(record, 1, table.width, usual)
    if fault:
        raise _Refused(fault)
    named = kind_of_word(_cell(record, table, "kind"))
    if table.named_only and named.kind in PERSONAL:
        raise _Refused("names_only")
    start, end, whole, zone = _stretch(_cell(record, table, "from"), _cell(record, table, "to"), order)
    seen, passes = _numbers(record, table, named.kind)
    told = {
        "sheet": table.sheet,
        "row": record.row,
        "kind": named.kind,
        "kind_text": _cell(record, table, "kind"),
        "from_local": start.isoformat(),
        "to_local": end.isoformat(),
        "whole_days": whole,
        "tz": zone,
        "camera": _cell(record, table, "camera"),
        "covered": covered_of_word(_cell(record, table, "covered")) or named.covered,
        "seen": seen,
        "passes": passes,
        "note": _cell(record, table, "note"),
        "source": _cell(record, table, "source"),
        "raw": record.raw,
        "id_was_number": _is_number(record, table),
    }
    ids = _ids(record, table)
    return [{**told, "sub": sub, "employee_id": one} for sub, one in enumerate(ids)]


def _ids(record: Record, table: _Table) -> list[str]:
    """Ids of a row as they are written, zeros and all; one empty id for everybody."""
    place = table.columns.get("employee_id")
    cell = record.cells[place] if place is not None and place < len(record.cells) else ""
    if table.cells is not None and place is not None and table.cells.is_lost_id(record.row, place):
        raise _Refused("shortened_id", clean_cell(cell))
    ids = [clean_id(one) for one in SEVERAL.split(cell) if one.strip()] or [""]
    if any(is_shortened_number(one) for one in ids):
        raise _Refused("shortened_id", clean_cell(cell))
    return list(dict.fromkeys(ids))


def _is_number(record: Record, table: _Table) -> bool:
    place = table.columns.get("employee_id")
    return table.cells is not None and place is not None and table.cells.is_number(record.row, place)


def _numbers(record: Record, table: _Table, kind: str) -> tuple[int | None, int | None]:
    """Seen and all passages of a test; of no other kind."""
    if kind != "detection_test":
        return None, None
    texts = [clean_id(_cell(record, table, name)) for name in ("seen", "of")]
    if not all(re.fullmatch(r"\d{1,6}", text, re.ASCII) for text in texts):
        raise _Refused("test_numbers", " / ".join(texts))
    seen, passes = (int(text) for text in texts)
    if not passes > 0 or seen > passes:
        raise _Refused("test_numbers", f"{seen} / {passes}")
    return seen, passes


def _stretch(first: str, last: str, order: str) -> tuple[datetime, datetime, bool, str | None]:
    """Beginning and end (not in it), whether whole days were written, and the offset that was written."""
    start, start_end, start_whole, zone = _moment(first, order)
    if not last:
        return start, start_end, start_whole, zone
    last_start, last_end, last_whole, last_zone = _moment(last, order)
    if zone != last_zone:
        raise _Refused("zones_differ", f"{first} / {last}")
    end = last_end if last_whole or last_start == start else last_start
    if end <= start:
        raise _Refused("from_after_to", f"{first} / {last}")
    return start, end, start_whole and last_whole, zone


def _moment(text: str, order: str) -> tuple[datetime, datetime, bool, str | None]:
    """What a cell covers by itself: a day, half a day, or a time to its precision."""
    try:
        half = HALF_DAY.fullmatch(text) if ":" not in text else None
        if half is not None:
            day = read_stamp(f"{_day_text(half['day'])} 00:00", order).at
            start = day + (NOON if half["half"].lower() in ("下午", "pm") else timedelta())
            return start, start + NOON, True, None
        if ":" not in text and not re.search("[时點点]", text):
            day = read_stamp(f"{_day_text(text)} 00:00", order).at
            return day, day + timedelta(days=1), True, None
        stamp: Stamp = read_stamp(text, order)
    except Unreadable as unreadable:
        raise _Refused(unreadable.why, text) from unreadable
    return stamp.at, stamp.at + timedelta(seconds=stamp.precision_s), False, stamp.offset


def _day_text(text: str) -> str:
    compact = COMPACT.fullmatch(text)
    return "-".join(compact.groups()) if compact else text
