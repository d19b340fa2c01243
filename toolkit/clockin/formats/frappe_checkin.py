"""Frappe / ERPNext "Employee Checkin" as CSV: one row a check-in, under labels or field names.

The rows may come from a terminal, from a telephone, or from a person at a desk:
the list does not say which, so that edits cannot be told from it. Times are in
the time zone of the site's system settings, which the file does not state: it
is asked for ("system_zone").
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.clockin.fields.stamps import decide_order
from toolkit.clockin.files.tabular import clean_id, id_fault
from toolkit.clockin.formats import PUNCH, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_rows import HeadedRow, first_headings, further, headed_rows, holds

# Field of the document to its label in the list; both are exported.
LABELS = {
    "name": "id",
    "employee": "employee",
    "employee_name": "employee name",
    "log_type": "log type",
    "time": "time",
    "device_id": "location / device id",
    "skip_auto_attendance": "skip auto attendance",
}
BY_LABEL = {label: field for field, label in LABELS.items()}
NEEDED = ("employee", "log_type", "time", "device_id")
DIRECTIONS = {"in": "in", "out": "out"}
TOLD = frozenset({"name", "employee", "employee_name", "time", "device_id"})


@punch_format("frappe_checkin")
class FrappeCheckin:
    """Rows of the list "Employee Checkin"."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "photos", "edits", "credential"})

    def sniff(self, head: Head) -> bool:
        """Employee, kind of log, time and device stand in the first line, as labels or as field names."""
        headings = first_headings(head)
        return holds(headings, NEEDED) or holds(headings, [LABELS[name] for name in NEEDED])

    def facts(self, source: Source) -> FileFacts:
        """That the zone of the system must be asked for."""
        return FileFacts(questions=("system_zone",))

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One check-in a row; an empty kind of log is an unknown direction."""
        table = [(one, _by_field(one)) for one in headed_rows(source)]
        order = decide_order(((one.row, cells.get("time", "")) for one, cells in table if not one.why), source.name)
        for one, cells in table:
            yield one.no_record() if one.blank else _row(one, cells, order)


def _by_field(one: HeadedRow) -> dict[str, str]:
    return {BY_LABEL.get(heading, heading): cell for heading, cell in one.cells.items()}


def _row(one: HeadedRow, cells: dict[str, str], order: str) -> RawRow:
    employee_id = clean_id(cells.get("employee", ""))
    why = one.why or id_fault(employee_id)
    if why:
        return one.refused(why, employee_id=employee_id)
    kind = cells["log_type"].lower()
    return RawRow(
        kind=PUNCH,
        row=one.row,
        raw=one.raw,
        employee_id=employee_id,
        time_text=cells["time"],
        date_order=order,
        terminal_id=cells["device_id"] or None,
        result="pass",
        details={
            **further(cells, TOLD),
            # The running number is given when a row is made, not when somebody clocked in: it is no sequence.
            "document": cells.get("name", ""),
            "name": cells.get("employee_name", ""),
            "direction": DIRECTIONS.get(kind, "unknown"),
        },
    )
