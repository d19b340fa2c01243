"""A table with headings whose columns a person declared, or whose headings say it plainly.

The mapping names headings: ``employee_id`` and ``time`` (or ``date`` and
``time``), optionally ``terminal_id``, ``credential``, ``result``,
``date_order`` ("ymd", "dmy", "mdy"), ``delimiter``, ``header_row`` (a line
number), ``pass_values`` and ``fail_values`` (words of the result column).
Everything is read as text, so that an employee called "NA" or 00042 stays so.

A list without a result column is taken to hold accepted clock-ins, as an
attendance list does. Where there is such a column, a word in it that is not
known is "unknown", never a pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, Head, RawRow, Source, punch_format
from toolkit.clockin.stamps import ORDERS, decide_order
from toolkit.clockin.tabular import (
    ID_FAULTS,
    Record,
    clean_cell,
    clean_id,
    first_line,
    guess_delimiter,
    id_fault,
    physical_lines,
    records,
    shape_fault,
    usual_cells,
)
from toolkit.clockin.words import EMPLOYEE_HEADINGS, FAILED, PASSED, credential_of_word, result_of_word
from toolkit.errors import ReadingError

PLAIN_HEADINGS = {
    "employee_id": (*EMPLOYEE_HEADINGS, "employeeid", "emp_code", "personal id", "user id", "userid", "user_id", "pin"),
    "time": (
        "time", "datetime", "date time", "date/time", "timestamp", "punch time", "punch_time", "check time",
        "check_time", "clock-in time", "打卡时间", "时间", "刷卡时间", "日期时间", "签到时间",
    ),
    "date": ("date", "日期", "打卡日期", "刷卡日期"),
    "terminal_id": ("terminal", "terminal_id", "terminal id", "device", "device id", "设备", "考勤机", "机器号"),
    "credential": ("credential", "verifycode", "verify code", "verification method", "验证方式", "比对方式"),
    "result": ("result", "打卡结果", "验证结果", "结果"),
}  # fmt: skip
# Columns that tell machine rows from rows that a person entered or changed: what they say is not read here,
# so that such a table is not taken without a person's word.
EDIT_HEADINGS = frozenset({"data source", "handling type", "sourcetype", "source type", "处理类型", "数据来源",
                           "管理员修改备注", "补卡", "manual"})  # fmt: skip
NEEDED = ("employee_id", "time")
COLUMNS = ("employee_id", "date", "time", "terminal_id", "credential", "result")
OPTIONS = ("date_order", "delimiter", "header_row", "pass_values", "fail_values")
HOLDS_DATE = re.compile(r"\d[-/.年]\d{1,2}[-/.月]\d")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the columns are, and how their texts are read."""

    columns: Mapping[str, int]
    width: int
    usual: int
    order: str
    passed: frozenset[str]
    failed: frozenset[str]


@punch_format("declared_csv")
class DeclaredCsv:
    """Rows under headings; used when a mapping was given or the headings are plain."""

    mapping_keys: frozenset[str] = frozenset((*COLUMNS, *OPTIONS))
    lacks: frozenset[str] = frozenset({"failures", "photos", "edits"})

    def sniff(self, head: Head) -> bool:
        """The first line is a heading with one column of employees, one of times, and none of later changes."""
        first = first_line(head.text)
        record = next(records(first, guess_delimiter(first), ""), None)
        headings = () if record is None else record.cells
        edited = EDIT_HEADINGS.intersection(clean_cell(heading).lower() for heading in headings)
        found = _plain_mapping(headings)
        return not edited and all(name in found for name in NEEDED)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Headings, what stands above them and blank rows are no record.

        A row without an employee, with broken quotes, or with fewer or more
        cells than its columns need is refused.
        """
        mapping, file = source.mapping, source.name
        _check_options(mapping, file)
        header_row = int(mapping.get("header_row", 1))
        lines = physical_lines(source.text)
        heading_line = next((line for line in lines[header_row - 1 :] if line.strip()), "")
        delimiter = str(mapping.get("delimiter") or guess_delimiter(heading_line))
        table = list(records(source.text, delimiter, file))
        heading = next((record for record in table if record.row >= header_row and not record.blank), None)
        if heading is None:
            raise ReadingError("records_no_rows", file=file)
        layout = _layout(heading.cells, [one for one in table if one.row > heading.row], mapping, file)
        for record in table:
            if record.row <= heading.row or record.blank or record.cells == heading.cells:
                yield RawRow(kind=NON_RECORD, row=record.row, raw=record.raw)
            else:
                yield _row(record, layout)


def mapping_example(headings: Sequence[str]) -> str:
    """JSON of a mapping with the headings that are plain, and dots where a person must choose."""
    clean = [clean_cell(heading) for heading in headings]
    found = _plain_mapping(headings)
    named = {name: clean[found[name]] if name in found else "..." for name in NEEDED}
    return json.dumps({"format": "declared_csv", **named, "date_order": "ymd"}, ensure_ascii=False)


def _check_options(mapping: Mapping[str, Any], file: str) -> None:
    order = mapping.get("date_order", "ymd")
    if order not in ORDERS:
        raise ReadingError("date_order_unknown", file=file, order=order)
    row = mapping.get("header_row", 1)
    if not isinstance(row, int) or isinstance(row, bool) or row < 1:
        raise ReadingError("mapping_value", file=file, entry="header_row", value=row)
    delimiter = mapping.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n ':
        raise ReadingError("mapping_value", file=file, entry="delimiter", value=delimiter)
    for name in ("pass_values", "fail_values"):
        words = mapping.get(name, [])
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ReadingError("mapping_value", file=file, entry=name, value=words)
    for name in COLUMNS:
        if not isinstance(mapping.get(name, ""), str):
            raise ReadingError("mapping_value", file=file, entry=name, value=mapping[name])


def _layout(headings: Sequence[str], body: Sequence[Record], mapping: Mapping[str, Any], file: str) -> _Layout:
    columns = _columns(headings, mapping, file)
    order = mapping.get("date_order") or decide_order(
        ((record.row, _time_text(record.cells, columns)) for record in body if not _overflows(record, len(headings))),
        file,
    )
    return _Layout(
        columns=columns,
        width=len(headings),
        usual=usual_cells(body),
        order=str(order),
        passed=_words(mapping.get("pass_values")) or PASSED,
        failed=_words(mapping.get("fail_values")) or FAILED,
    )


def _words(stated: Sequence[str] | None) -> frozenset[str]:
    return frozenset(clean_cell(word).lower() for word in stated or ())


def _columns(headings: Sequence[str], mapping: Mapping[str, Any], file: str) -> dict[str, int]:
    """Column numbers: those declared, and for employee and time otherwise the plain ones."""
    clean = [clean_cell(heading) for heading in headings]
    named = {name: clean_cell(mapping[name]) for name in COLUMNS if mapping.get(name)}
    for heading in named.values():
        if clean.count(heading) != 1:
            raise ReadingError("mapping_heading", file=file, heading=heading, found=", ".join(clean))
    plain = _plain_mapping(headings)
    # Whoever names the time column has said where the date is; a plain date column must not be added to it.
    # A column of results is never passed over: a failed attempt would turn into a clock-in.
    wanted = COLUMNS if not named else (*NEEDED, "result", *(() if "time" in named else ("date",)))
    columns = {name: number for name, number in plain.items() if name in wanted}
    columns |= {name: clean.index(heading) for name, heading in named.items()}
    if any(name not in columns for name in NEEDED):
        raise ReadingError("mapping_needed", file=file, found=", ".join(clean), example=mapping_example(headings))
    return columns


def _plain_mapping(headings: Sequence[str]) -> dict[str, int]:
    """Columns whose headings are unmistakable; one that two columns claim is left to a person."""
    clean = [clean_cell(heading).lower() for heading in headings]
    found = {}
    for name, words in PLAIN_HEADINGS.items():
        hits = [k for k, heading in enumerate(clean) if heading in words]
        if len(hits) == 1:
            found[name] = hits[0]
    return found


def _row(record: Record, layout: _Layout) -> RawRow:
    columns = layout.columns
    why = _fault(record, layout)
    if why not in ("", *ID_FAULTS):
        return RawRow(kind=REFUSED, row=record.row, raw=record.raw, why=why)
    employee_id = clean_id(record.cells[columns["employee_id"]])
    if why:
        return RawRow(kind=REFUSED, row=record.row, raw=record.raw, why=why, employee_id=employee_id)
    told = _optional(record, columns, "result")
    result = "pass" if told is None else result_of_word(told, layout.passed, layout.failed)
    return RawRow(
        kind=PUNCH,
        row=record.row,
        raw=record.raw,
        employee_id=employee_id,
        time_text=_time_text(record.cells, columns),
        date_order=layout.order,
        terminal_id=_optional(record, columns, "terminal_id") or None,
        credential=credential_of_word(_optional(record, columns, "credential") or ""),
        result=result,
        record_kind="failed_attempt" if result == "fail" else "raw_event",
    )


def _fault(record: Record, layout: _Layout) -> str:
    """Why a row cannot be taken as it stands; empty when it can."""
    shape = shape_fault(record, max(layout.columns.values()) + 1, layout.width, layout.usual)
    return shape or id_fault(clean_id(record.cells[layout.columns["employee_id"]]))


def _overflows(record: Record, width: int) -> bool:
    """Whether there are more cells than headings: a delimiter inside a name moves all cells after it."""
    return any(cell.strip() for cell in record.cells[width:])


def _optional(record: Record, columns: Mapping[str, int], name: str) -> str | None:
    return clean_cell(record.cells[columns[name]]) if name in columns else None


def _time_text(cells: Sequence[str], columns: Mapping[str, int]) -> str:
    parts = [
        clean_cell(cells[columns[name]]) for name in ("date", "time") if columns.get(name, len(cells)) < len(cells)
    ]
    # A full stamp in the time column needs no date beside it.
    if len(parts) == 2 and HOLDS_DATE.search(parts[1]):
        parts = parts[1:]
    return " ".join(parts).strip()
