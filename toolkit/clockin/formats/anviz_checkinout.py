"""Anviz CrossChex: the table ``Checkinout`` as CSV.

``CheckType`` tells coming (I) or going (O); that and the names of the columns
for employee and time are from memory, the others from public code. How
somebody clocked in is in no column, nor whether a row was entered by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.clockin.fields.text_headings import HeadedRow, headed_rows, headings_of, order_of, unread
from toolkit.clockin.formats import PUNCH, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.zk_codes import reset_flags

COLUMNS = {
    "employee_id": ("userid",),
    "time": ("checktime",),
    "check_type": ("checktype",),
    "sensor": ("sensorid",),
}
MARKS = frozenset({"userid", "checktime", "checktype", "sensorid", "attflag", "opendoorflag"})
DIRECTIONS = {"I": "in", "O": "out", "": ""}


@punch_format("anviz_checkinout")
class AnvizCheckinout:
    """Rows of ``Checkinout``."""

    mapping_keys: frozenset[str] = frozenset({"date_order"})
    lacks: frozenset[str] = frozenset({"failures", "photos", "edits"})

    def sniff(self, head: Head) -> bool:
        """Its own names of columns; employee and time alone are shared with other programs."""
        return headings_of(head.text) >= MARKS

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One punch a row."""
        table = list(headed_rows(source, COLUMNS, ("employee_id", "time")))
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
        terminal_id=row.get("sensor") or None,
        result="pass",
        details={
            "direction": DIRECTIONS.get(row.get("check_type").upper(), "unknown"),
            "flags": reset_flags(row.get("time")),
            **row.others(("employee_id", "time", "sensor")),
        },
    )
