"""What a stored table is: columns with types, and the key that names and orders its rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableShape:
    """Columns with their types, and the columns that name a row and order the table."""

    columns: dict[str, str]
    key: tuple[str, ...]
