"""Odoo ``hr.attendance`` as CSV: one row a stay, with its beginning and its end.

A row asserts two events: ``sub`` 0 in, ``sub`` 1 out; an end that has not come
yet is none. The database keeps times in UTC without saying so, but an export in
the language of a user may write the user's own zone: which of the two this file
holds is asked for ("odoo_utc") and never supposed.

An export that can be read by people writes the employee's name where it says
``employee_id``; the id is told only in ``employee_id/id`` or ``employee_id/.id``.
Where a name is all there is, it is taken as the key as it stands, flagged
"id_is_name" and asked about: two people may bear one name.

Notes
-----
Field names from memory of the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolkit.clockin.fields.stamps import decide_order
from toolkit.clockin.files.tabular import clean_id, id_fault
from toolkit.clockin.formats import PUNCH, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_rows import HeadedRow, first_headings, further, headed_rows, holds

LABELS = {"employee": "employee_id", "check in": "check_in", "check out": "check_out", "external id": "id"}
IDS = ("employee_id/.id", "employee_id/id")  # the number in the database before the name that importers give
NAME = "employee_id"
SIDES = (("check_in", "in"), ("check_out", "out"))


@punch_format("odoo_attendance")
class OdooAttendance:
    """Stays of employees, two events a row."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "photos", "edits", "credential", "device"})

    def sniff(self, head: Head) -> bool:
        """Beginning and end of a stay stand in the first line, and one column of whose it was."""
        headings = tuple(LABELS.get(heading, heading) for heading in first_headings(head))
        whose = any(headings.count(name) == 1 for name in (NAME, *IDS))
        return whose and holds(headings, [field for field, _ in SIDES])

    def facts(self, source: Source) -> FileFacts:
        """That it must be asked whether these are times in UTC, and whose names stand for ids."""
        named = any(one.cells and not _id_column(_by_field(one)) for one in headed_rows(source))
        return FileFacts(questions=("odoo_utc", "names_for_ids") if named else ("odoo_utc",))

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Beginning and end of each stay; an empty end is no event, an empty beginning is refused."""
        table = [(one, _by_field(one)) for one in headed_rows(source)]
        texts = ((one.row, cells.get(field, "")) for one, cells in table for field, _ in SIDES if not one.why)
        order = decide_order(texts, source.name)
        for one, cells in table:
            if one.blank:
                yield one.no_record()
            else:
                yield from _sides(one, cells, order)


def _by_field(one: HeadedRow) -> dict[str, str]:
    return {LABELS.get(heading, heading): cell for heading, cell in one.cells.items()}


def _id_column(cells: Mapping[str, str]) -> str:
    return next((name for name in IDS if name in cells), "")


def _sides(one: HeadedRow, cells: Mapping[str, str], order: str) -> Iterator[RawRow]:
    column = _id_column(cells)
    employee_id = clean_id(cells.get(column or NAME, ""))
    why = one.why or id_fault(employee_id)
    if why:
        yield one.refused(why, employee_id=employee_id)
        return
    for sub, (field, direction) in enumerate(SIDES):
        if not cells[field] and field == "check_out":
            continue
        yield RawRow(
            kind=PUNCH,
            row=one.row,
            raw=one.raw,
            sub=sub,
            employee_id=employee_id,
            time_text=cells[field],
            date_order=order,
            result="pass",
            details={
                **further(cells, ("id", NAME, column, "check_in", "check_out")),
                "document": cells.get("id", ""),
                "name": cells.get(NAME, ""),
                "direction": direction,
                "flags": [] if column else ["id_is_name"],
            },
        )
