"""The roster: who may clock in, by employee id; names lie in a table of their own.

Two people may bear one name; an id is opaque text and keeps its zeros.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from toolkit import tables
from toolkit.clockin.fields.words import EMPLOYEE_HEADINGS
from toolkit.clockin.files.tabular import clean_id, is_shortened_number, read_table
from toolkit.errors import ReadingError

HEADINGS = {"employee_id": (*EMPLOYEE_HEADINGS, "id"), "name": ("name", "姓名", "employee name")}


def read_roster(path: Path, *, exhibit_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table ``roster`` and the table of names (employee_id, name).

    Raises
    ------
    ReadingError
        No column of employee ids, a row without one, one that a spreadsheet
        has shortened, or one id twice (names both rows).
    """
    rows, names = [], []
    seen: dict[str, int] = {}
    for number, row in read_table(path, HEADINGS, needed=("employee_id",)):
        employee_id = clean_id(row["employee_id"])
        if not employee_id:
            raise ReadingError("roster_no_id", file=path.name, row=number)
        if is_shortened_number(employee_id):
            raise ReadingError("roster_id_shortened", file=path.name, row=number, text=employee_id)
        if employee_id in seen:
            raise ReadingError(
                "roster_id_twice", file=path.name, employee_id=employee_id, first=seen[employee_id], second=number
            )
        seen[employee_id] = number
        rows.append({"employee_id": employee_id, "exhibit_id": exhibit_id, "row": number})
        names.append({"employee_id": employee_id, "name": row.get("name", "")})
    if not rows:
        raise ReadingError("roster_empty", file=path.name)
    return tables.build("roster", rows), pd.DataFrame(names, columns=["employee_id", "name"], dtype="string")


def absent_from_roster(punches: pd.DataFrame, roster: pd.DataFrame) -> list[str]:
    """Employee ids that clocked in and are in no roster, sorted.

    A result to report, never a reason to stop: the roster may be of another
    day, or write ids without their zeros. Failed attempts that name nobody are
    passed over.
    """
    return sorted(set(punches["employee_id"]) - set(roster["employee_id"]) - {""})
