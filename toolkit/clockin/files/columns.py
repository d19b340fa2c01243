"""A large table on its way from the child that reads a file to its parent: columns, with repeated values once.

A hundred thousand clock-ins as a list of dictionaries cost several hundred
megabytes and most of the time of reading them. Terminals, results and
credentials repeat; they travel, and lie in memory, once each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_DISTINCT = 4096

Columns = dict[str, Sequence[Any]]


def packed(values: Sequence[Any]) -> dict[str, Any]:
    """A column as JSON holds it: its few values and which of them stands where, or all of them.

    Values are texts, numbers or None; equal ones become one.
    """
    distinct = list(dict.fromkeys(values))
    if len(distinct) > min(MOST_DISTINCT, len(values) // 2):
        return {"all": list(values)}
    places = {value: place for place, value in enumerate(distinct)}
    return {"of": distinct, "at": [places[value] for value in values]}


def packed_columns(columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Every column :func:`packed`, by its name."""
    return {name: packed(values) for name, values in columns.items()}


def unpacked_columns(columns: Mapping[str, Mapping[str, Any]]) -> Columns:
    """What :func:`packed_columns` made, as it was."""
    return {name: unpacked(column) for name, column in columns.items()}


def unpacked(column: Mapping[str, Any]) -> list[Any]:
    """The values of a packed column."""
    if "all" in column:
        return list(column["all"])
    values = column["of"]
    return [values[place] for place in column["at"]]


def chosen(columns: Mapping[str, Sequence[Any]], rows: Sequence[int]) -> Columns:
    """The columns with these rows only."""
    return {name: [values[row] for row in rows] for name, values in columns.items()}


class Entry(Mapping[str, Any]):
    """One row of columns, read where it lies."""

    __slots__ = ("_columns", "_number")

    def __init__(self, columns: Mapping[str, Sequence[Any]], number: int) -> None:
        self._columns, self._number = columns, number

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self._number]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


class Nested(Sequence[Entry]):
    """A column whose values are rows of other columns."""

    __slots__ = ("_columns", "_length")

    def __init__(self, columns: Mapping[str, Sequence[Any]], length: int) -> None:
        self._columns, self._length = columns, length

    def __getitem__(self, number: Any) -> Any:
        return Entry(self._columns, number)

    def __len__(self) -> int:
        return self._length


def entries(columns: Mapping[str, Sequence[Any]], length: int) -> list[Entry]:
    """All rows of the columns."""
    return [Entry(columns, number) for number in range(length)]
