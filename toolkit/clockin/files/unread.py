"""Tables and rows that somebody who opens a workbook or a page sees otherwise than the reader: told, never left out.

A mapping names one table, and what stands in the others is not read as
clock-ins; a sheet or a row may be hidden, and is read all the same. Tables are
told by their place and not by their name, which may name people out of scope.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from toolkit.clockin.files.cells import SPAN, WHEN, Sheet

Told = dict[str, object]


TIME = re.compile(r"\d{1,2}:\d{2}")


def unread_rows(sheets: Sequence[Sheet], seen: Collection[str]) -> int:
    """How many rows with anything in them stand in tables of which no row was looked at."""
    return sum(sheet.filled_rows for sheet in sheets if sheet.name not in seen)


def oddities_of(sheets: Sequence[Sheet], seen: Collection[str], used: Collection[str]) -> list[Told]:
    """Codes and facts: "tables_unread", "table_hidden" and "rows_hidden".

    Parameters
    ----------
    sheets : sequence of Sheet
        All tables of the file.
    seen : collection of str
        Names of those that were looked at at all.
    used : collection of str
        Names of those of which a clock-in, a refused row or a person was read. A
        table that was looked at and held none is told where times stand in its
        rows: titles, feet and summaries are no lists.
    """
    placed = list(enumerate(sheets, 1))
    left = [(place, sheet) for place, sheet in placed if sheet.name not in used and sheet.filled_rows]
    unread = [(place, sheet) for place, sheet in left if sheet.name not in seen or _times_in(sheet) > 1]
    hidden = [place for place, sheet in placed if sheet.name in used and sheet.hidden]
    rows = [(place, row) for place, sheet in placed if sheet.name in used for row in _hidden(sheet)]
    found: list[Told] = []
    if unread:
        facts = {
            "tables": _places([place for place, _ in unread]),
            "rows": sum(sheet.filled_rows for _, sheet in unread),
        }
        found.append({"code": "tables_unread", "facts": facts})
    if hidden:
        found.append({"code": "table_hidden", "facts": {"tables": _places(hidden)}})
    if rows:
        facts = {"rows": len(rows), "table": rows[0][0], "row": rows[0][1]}
        found.append({"code": "rows_hidden", "facts": facts})
    return found


def _times_in(sheet: Sheet) -> int:
    """How many rows hold something like a time of day."""
    return sum(any(cell.kind in (WHEN, SPAN) or TIME.search(cell.text) for cell in row) for row in sheet.rows)


def _hidden(sheet: Sheet) -> list[int]:
    return [
        row for row in sheet.hidden_rows if row <= len(sheet.rows) and any(cell.text for cell in sheet.rows[row - 1])
    ]


def _places(places: Sequence[int]) -> str:
    return ", ".join(map(str, places))
