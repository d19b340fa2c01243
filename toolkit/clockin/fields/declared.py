"""Tables whose columns a person declared: which column is what, and how its words are read.

Shared by tables in text form and by those of workbooks and pages, so that a list
saved in one way and in the other holds the same clock-ins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.clockin.fields.stamps import ORDERS
from toolkit.clockin.files.tabular import Record, clean_cell, clean_id, id_fault
from toolkit.errors import ReadingError

PLAIN_HEADINGS = {
    "employee_id": (
        "employee_id", "employee id", "employeeid", "employee no", "employee no.", "emp_code", "person id",
        "personal id", "user id", "userid", "user_id", "pin", "工号", "员工编号", "人员编号", "员工号", "考勤号码",
    ),
    "time": (
        "time", "datetime", "date time", "date/time", "timestamp", "punch time", "punch_time", "check time",
        "check_time", "clock-in time", "打卡时间", "时间", "刷卡时间", "日期时间", "签到时间",
    ),
    "date": ("date", "日期", "打卡日期", "刷卡日期"),
    "terminal_id": ("terminal", "terminal_id", "terminal id", "device", "device id", "设备", "考勤机", "机器号"),
    "credential": ("credential", "verifycode", "verify code", "verification method", "验证方式", "比对方式"),
    "name": ("name", "employee name", "姓名", "员工姓名"),
    "result": ("result", "打卡结果", "验证结果", "结果"),
}  # fmt: skip
# Columns that tell machine rows from rows that a person entered or changed: what they say is not read here,
# so that such a table is not taken without a person's word.
EDIT_HEADINGS = frozenset({"data source", "handling type", "sourcetype", "source type", "处理类型", "数据来源",
                           "管理员修改备注", "补卡", "manual"})  # fmt: skip
NEEDED = ("employee_id", "time")
COLUMNS = ("employee_id", "date", "time", "terminal_id", "credential", "result", "name", "seq")
OPTIONS = (
    "date_order", "delimiter", "header_row", "heading_rows", "pass_values", "fail_values", "sheet", "excel_dates",
)  # fmt: skip
SEARCHED_ROWS = 10  # titles above the headings of an export
MOST_HEADING_ROWS = 2
SEQUENCE = re.compile(r"\d{1,18}", re.ASCII)
# Late and early are said of accepted clock-ins.
PASSED = frozenset({"pass", "passed", "ok", "success", "successful", "normal", "late", "early", "成功", "通过",
                    "正常", "迟到", "早退", "严重迟到"})  # fmt: skip
FAILED = frozenset({"fail", "failed", "failure", "denied", "rejected", "失败", "拒绝", "未通过"})
CREDENTIALS = {
    "face": ("face", "face id", "人脸", "面部", "刷脸"),
    "finger": ("finger", "fingerprint", "fp", "指纹"),
    "card": ("card", "刷卡", "卡"),
    "password": ("password", "pw", "pwd", "密码"),
    "palm": ("palm", "掌纹", "掌静脉"),
}
CREDENTIAL_OF = {word: credential for credential, words in CREDENTIALS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns are, and how their texts are read."""

    columns: Mapping[str, int]
    width: int
    order: str
    passed: frozenset[str]
    failed: frozenset[str]

    def optional(self, record: Record, name: str) -> str | None:
        """The cleaned cell of a column; None where there is no such column."""
        return clean_cell(record.cells[self.columns[name]]) if name in self.columns else None

    def result(self, record: Record) -> str:
        """What came of it, "pass", "fail" or "unknown"; a list without results holds clock-ins."""
        told = self.optional(record, "result")
        if told is None or told.lower() in self.passed:
            return "pass"
        return "fail" if told.lower() in self.failed else "unknown"

    def credential(self, record: Record) -> str:
        """How somebody clocked in, or "unknown (word)"."""
        told = self.optional(record, "credential")
        return CREDENTIAL_OF.get(told.lower(), f"unknown ({told})") if told else "unknown"

    def fault(self, record: Record) -> str:
        """Why a row cannot be taken as it stands; empty when it can."""
        if record.broken:
            return "broken_quotes"
        if len(record.cells) <= max(self.columns.values()):
            return "too_few_fields"
        if overflows(record, self.width):
            return "too_many_fields"
        return id_fault(clean_id(record.cells[self.columns["employee_id"]]))

    def details(self, record: Record) -> dict[str, Any]:
        """Name and sequence number, where there are such columns; a number that is none stays as text."""
        sequence = clean_id(record.cells[self.columns["seq"]]) if "seq" in self.columns else ""
        whole = SEQUENCE.fullmatch(sequence) is not None
        return {"name": self.optional(record, "name"), "seq" if whole else "sequence_text": sequence}


def mapping_example(headings: Sequence[str], sheet: str = "") -> str:
    """JSON of a mapping with the headings that are plain, and dots where a person must choose."""
    clean = [clean_cell(heading) for heading in headings]
    found = plain_mapping(headings)
    named = {name: clean[found[name]] if name in found else "..." for name in NEEDED}
    placed = {"sheet": sheet} if sheet else {}
    return json.dumps({"format": "declared_csv", **placed, **named, "date_order": "ymd"}, ensure_ascii=False)


def check_options(mapping: Mapping[str, Any], file: str) -> None:
    """Whether the entries of a mapping are of their kinds.

    Raises
    ------
    ReadingError
        ``date_order_unknown`` or ``mapping_value``, with the entry.
    """
    order = mapping.get("date_order", "ymd")
    if order not in ORDERS:
        raise ReadingError("date_order_unknown", file=file, order=order)
    delimiter = mapping.get("delimiter", ",")
    row, heading_rows = mapping.get("header_row", 1), mapping.get("heading_rows", 1)
    sound = {
        "header_row": _is_count(row),
        "heading_rows": _is_count(heading_rows) and heading_rows <= MOST_HEADING_ROWS,
        "delimiter": isinstance(delimiter, str) and len(delimiter) == 1 and delimiter not in '"\r\n ',
        "excel_dates": isinstance(mapping.get("excel_dates", False), bool),
    }
    sound |= {name: _are_words(mapping.get(name, [])) for name in ("pass_values", "fail_values")}
    sound |= {name: isinstance(mapping.get(name, ""), str) for name in (*COLUMNS, "sheet")}
    for entry, is_sound in sound.items():
        if not is_sound:
            raise ReadingError("mapping_value", file=file, entry=entry, value=mapping[entry])


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def layout_of(columns: Mapping[str, int], width: int, order: str, mapping: Mapping[str, Any]) -> Layout:
    """The layout with the words that a person stated, or the usual ones."""
    return Layout(
        columns=columns,
        width=width,
        order=order,
        passed=_words(mapping.get("pass_values")) or PASSED,
        failed=_words(mapping.get("fail_values")) or FAILED,
    )


def _words(stated: Sequence[str] | None) -> frozenset[str]:
    return frozenset(clean_cell(word).lower() for word in stated or ())


def columns_of(headings: Sequence[str], mapping: Mapping[str, Any], file: str) -> dict[str, int]:
    """Column numbers: those declared, and for employee and time otherwise the plain ones.

    Raises
    ------
    ReadingError
        A declared heading is not there exactly once, or it is not clear which
        columns hold employee and time.
    """
    clean = [clean_cell(heading) for heading in headings]
    named = {name: clean_cell(mapping[name]) for name in COLUMNS if mapping.get(name)}
    for heading in named.values():
        if clean.count(heading) != 1:
            raise ReadingError("mapping_heading", file=file, heading=heading, found=", ".join(clean))
    plain = plain_mapping(headings)
    # Whoever names the time column has said where the date is; a plain date column must not be added to it.
    # A column of results is never passed over: a failed attempt would turn into a clock-in.
    wanted = COLUMNS if not named else (*NEEDED, "result", *(() if "time" in named else ("date",)))
    columns = {name: number for name, number in plain.items() if name in wanted}
    columns |= {name: clean.index(heading) for name, heading in named.items()}
    if any(name not in columns for name in NEEDED):
        raise ReadingError("mapping_needed", file=file, found=", ".join(clean), example=mapping_example(headings))
    return columns


def plain_mapping(headings: Sequence[str]) -> dict[str, int]:
    """Columns whose headings are unmistakable; one that two columns claim is left to a person."""
    clean = [clean_cell(heading).lower() for heading in headings]
    found = {}
    for name, words in PLAIN_HEADINGS.items():
        hits = [k for k, heading in enumerate(clean) if heading in words]
        if len(hits) == 1:
            found[name] = hits[0]
    return found


def is_plain(headings: Sequence[str]) -> bool:
    """One column of employees, one of times, and none of later changes."""
    edited = EDIT_HEADINGS.intersection(clean_cell(heading).lower() for heading in headings)
    found = plain_mapping(headings)
    return not edited and all(name in found for name in NEEDED)


def paths_of(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Headings of one or two rows as paths, "group/leaf"; a leaf that stands under two groups is told apart so."""
    width = max((len(row) for row in rows), default=0)
    clean = [[clean_cell(row[k]) if k < len(row) else "" for k in range(width)] for row in rows]
    return tuple("/".join(dict.fromkeys(part for part in parts if part)) for parts in zip(*clean, strict=True))


def overflows(record: Record, width: int) -> bool:
    """Whether there are more cells than headings: a delimiter inside a name moves all cells after it."""
    return any(cell.strip() for cell in record.cells[width:])
