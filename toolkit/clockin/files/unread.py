"""Tables and rows that somebody who opens a workbook or a page sees otherwise than the reader: told, never left out.

A mapping names one table, and what stands in the others is not read as
clock-ins; a sheet or a row may be hidden, and is read all the same. Tables are
told by their place and not by their name, which may name people out of scope.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from toolkit.clockin.files.cells import Sheet

Told = dict[str, object]


def unread_rows(sheets: Sequence[Sheet], seen: Collection[str]) -> int:
    """How many rows with anything in them stand in tables of which no row was read."""
    return sum(sheet.filled_rows for sheet in sheets if sheet.name not in seen)


def oddities_of(sheets: Sequence[Sheet], seen: Collection[str]) -> list[Told]:
    """Codes and facts: "tables_unread", "table_hidden" and "rows_hidden".

    Parameters
    ----------
    sheets : sequence of Sheet
        All tables of the file.
    seen : collection of str
        Names of those of which rows were read.
    """
    placed = list(enumerate(sheets, 1))
    unread = [place for place, sheet in placed if sheet.name not in seen and sheet.filled_rows]
    hidden = [place for place, sheet in placed if sheet.name in seen and sheet.hidden]
    rows = [(place, row) for place, sheet in placed if sheet.name in seen for row in _hidden(sheet)]
    found: list[Told] = []
    if unread:
        facts = {"tables": _places(unread), "rows": unread_rows(sheets, seen)}
        found.append({"code": "tables_unread", "facts": facts})
    if hidden:
        found.append({"code": "table_hidden", "facts": {"tables": _places(hidden)}})
    if rows:
        facts = {"rows": len(rows), "table": rows[0][0], "row": rows[0][1]}
        found.append({"code": "rows_hidden", "facts": facts})
    return found


def _hidden(sheet: Sheet) -> list[int]:
    return [
        row for row in sheet.hidden_rows if row <= len(sheet.rows) and any(cell.text for cell in sheet.rows[row - 1])
    ]


def _places(places: Sequence[int]) -> str:
    return ", ".join(map(str, places))
