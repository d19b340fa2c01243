"""A table with headings whose columns a person declared, or whose headings say it plainly.

The mapping names headings: ``employee_id`` and ``time`` (or ``date`` and
``time``), optionally ``terminal_id``, ``credential``, ``result``,
``date_order`` ("ymd", "dmy", "mdy"), ``delimiter`` and ``header_row``. Everything
is read as text, so that an employee called "NA" or 00042 stays so.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, RawRow, Source, punch_format
from toolkit.clockin.stamps import date_order
from toolkit.errors import ReadingError

PLAIN_HEADINGS = {
    "employee_id": (
        "employee_id", "employee id", "employeeid", "emp_code", "person id", "user id", "userid", "pin",
        "工号", "员工编号", "人员编号", "员工号",
    ),
    "time": ("time", "datetime", "date time", "timestamp", "punch time", "check time", "打卡时间", "时间", "刷卡时间"),
    "date": ("date", "日期", "打卡日期"),
    "terminal_id": ("terminal", "terminal_id", "device", "设备", "考勤机"),
}  # fmt: skip
PASSED = {"", "pass", "ok", "success", "正常", "成功", "通过", "1", "true"}
FAILED = {"fail", "failed", "denied", "失败", "0", "false"}
GUARD = re.compile(r'^=?"(?P<text>.*)"$')


@punch_format("declared_csv")
class DeclaredCsv:
    """Rows under headings; used when a mapping was given or the headings are plain."""

    def sniff(self, head: str) -> bool:
        """The first line is a heading with an employee and a time column."""
        lines = head.splitlines()
        if not lines:
            return False
        headings = next(csv.reader([lines[0]], delimiter=_delimiter(lines[0])), [])
        found = _plain_mapping(headings)
        return "employee_id" in found and "time" in found

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Headings are no record; a row without employee or with too few cells is refused."""
        mapping = dict(source.mapping)
        header_row = int(mapping.get("header_row", 1))
        lines = source.text.splitlines()
        if len(lines) < header_row:
            raise ReadingError("records_no_rows", file=source.name)
        delimiter = str(mapping.get("delimiter") or _delimiter(lines[header_row - 1]))
        table = list(_numbered(source.text, delimiter))
        headings = next((cells for number, cells in table if number >= header_row), [])
        columns = _columns(headings, mapping, source.name)
        body = [(number, cells) for number, cells in table if number > header_row]
        order = _order(body, columns, mapping, source.name)
        for number in range(1, header_row + 1):
            yield RawRow(kind=NON_RECORD, row=number, raw=lines[number - 1])
        for number, cells in body:
            yield _row(number, cells, columns, order, lines)


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of each record with the number of its first physical line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _delimiter(line: str) -> str:
    return max((",", "\t", ";", "|"), key=line.count)


def _columns(headings: Sequence[str], mapping: Mapping[str, Any], file: str) -> dict[str, int]:
    named = {
        key: str(mapping[key])
        for key in ("employee_id", "time", "date", "terminal_id", "credential", "result")
        if mapping.get(key)
    }
    clean = [_clean(heading) for heading in headings]
    columns = {**({} if named else _plain_mapping(headings))}
    for key, heading in named.items():
        if clean.count(_clean(heading)) != 1:
            raise ReadingError("mapping_heading", file=file, heading=heading, found=", ".join(clean))
        columns[key] = clean.index(_clean(heading))
    if "employee_id" not in columns or "time" not in columns:
        raise ReadingError("mapping_needed", file=file, found=", ".join(clean))
    return columns


def _plain_mapping(headings: Sequence[str]) -> dict[str, int]:
    """Columns whose headings are unmistakable; one that two columns claim is left to a person."""
    clean = [_clean(heading).lower() for heading in headings]
    found = {}
    for key, names in PLAIN_HEADINGS.items():
        hits = [k for k, heading in enumerate(clean) if heading in names]
        if len(hits) == 1:
            found[key] = hits[0]
    return found


def _order(
    body: Sequence[tuple[int, Sequence[str]]], columns: Mapping[str, int], mapping: Mapping[str, Any], file: str
) -> str:
    declared = mapping.get("date_order")
    if declared is not None:
        if declared not in ("ymd", "dmy", "mdy"):
            raise ReadingError("date_order_unknown", file=file, order=declared)
        return str(declared)
    texts = [text for _, cells in body if (text := _time_text(cells, columns))]
    order = date_order(texts)
    if order is None and any(re.match(r"^\d{1,2}[-/.]", text) for text in texts):
        raise ReadingError("date_order_undecided", file=file, example=texts[0])
    return order or "ymd"


def _row(number: int, cells: Sequence[str], columns: Mapping[str, int], order: str, lines: Sequence[str]) -> RawRow:
    raw = lines[number - 1] if number <= len(lines) else ""
    if not any(cell.strip() for cell in cells):
        return RawRow(kind=NON_RECORD, row=number, raw=raw)
    if len(cells) <= max(columns.values()):
        return RawRow(kind=REFUSED, row=number, raw=raw, why="too_few_fields")
    employee_id = _clean(cells[columns["employee_id"]])
    if not employee_id:
        return RawRow(kind=REFUSED, row=number, raw=raw, why="no_employee")
    told = _clean(cells[columns["result"]]).lower() if "result" in columns else ""
    return RawRow(
        kind=PUNCH,
        row=number,
        raw=raw,
        employee_id=employee_id,
        time_text=_time_text(cells, columns),
        date_order=order,
        terminal_id=_clean(cells[columns["terminal_id"]]) or None if "terminal_id" in columns else None,
        credential=_clean(cells[columns["credential"]]) or "unknown" if "credential" in columns else "unknown",
        result="pass" if told in PASSED else "fail" if told in FAILED else "unknown",
    )


def _time_text(cells: Sequence[str], columns: Mapping[str, int]) -> str:
    parts = [cells[columns[key]] for key in ("date", "time") if key in columns and columns[key] < len(cells)]
    # A full stamp in the time column needs no date beside it.
    if len(parts) == 2 and re.search(r"\d[-/.年]\d", parts[1]):
        parts = parts[1:]
    return " ".join(_clean(part) for part in parts).strip()


def _clean(cell: str) -> str:
    """Without spreadsheet guards: a leading apostrophe, ``="..."``; zero padding stays."""
    text = unicodedata.normalize("NFKC", cell).strip()
    match = GUARD.match(text)
    return (match["text"] if match else text).removeprefix("'").strip()
