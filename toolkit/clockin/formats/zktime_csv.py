"""ZKTime 5 / Attendance Management: one row a clock-in, exported on the computer of the office.

English or Chinese headings, in the encoding of that computer. Dates are written
as that computer is set, day first in the exports seen; the rows decide it or a
person states it. The program lets people add and change rows and does not mark
them in this export. The Chinese headings are from memory and not from a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.clockin.fields.text_headings import HeadedRow, headed_rows, headings_of, order_of, unread
from toolkit.clockin.fields.words import credential_of_word
from toolkit.clockin.formats import PUNCH, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.zk_codes import WORD_TABLE, reset_flags

COLUMNS = {
    "department": ("department", "部门"),
    "name": ("name", "姓名"),
    "employee_id": ("no.", "考勤号码"),
    "time": ("date/time", "日期时间"),
    "location_id": ("location id", "机器号"),
    "id_number": ("id number", "编号"),
    "verify": ("verifycode", "比对方式"),
    "card": ("cardno", "卡号"),
}
NEEDED = ("employee_id", "time")
MARKS = ("employee_id", "time", "location_id", "verify")  # columns by which the file is known
TOLD = ("name", "employee_id", "time", "location_id", "verify")


@punch_format("zktime_csv")
class ZktimeCsv:
    """The table of clock-ins of ZKTime."""

    mapping_keys: frozenset[str] = frozenset({"date_order"})
    lacks: frozenset[str] = frozenset({"failures", "photos", "edits"})

    def sniff(self, head: Head) -> bool:
        """Headings for employee, time, machine and way of checking, all in one language."""
        found = headings_of(head.text)
        return any(found.issuperset(COLUMNS[name][language] for name in MARKS) for language in (0, 1))

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One punch a row."""
        table = list(headed_rows(source, COLUMNS, NEEDED))
        order = order_of(source, ((row.row, row.get("time")) for row in table if not row.blank and not row.why))
        for row in table:
            yield unread(row) if row.blank or row.why else _punch(row, order)


def _punch(row: HeadedRow, order: str) -> RawRow:
    return RawRow(
        kind=PUNCH,
        row=row.row,
        raw=row.raw,
        employee_id=row.get("employee_id"),
        time_text=row.get("time"),
        date_order=order,
        terminal_id=row.get("location_id") or None,
        credential=credential_of_word(row.get("verify")),
        result="pass",
        details={
            "name": row.get("name"),
            "credential_code": row.get("verify"),
            "code_table": WORD_TABLE if row.get("verify") else "",
            "flags": reset_flags(row.get("time")),
            **row.others(TOLD),
        },
    )
