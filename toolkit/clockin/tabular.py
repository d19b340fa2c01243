"""Small tables that a person wrote: a heading row, everything as text, row numbers kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from toolkit.clockin.decoding import read_text
from toolkit.errors import ReadingError


def read_table(
    path: Path, headings: Mapping[str, Sequence[str]], *, needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number (physical line) and cells by column, for the columns that are known.

    Parameters
    ----------
    headings : mapping
        Column to the headings it may stand under, lower case.
    needed : sequence of str
        Columns that must be there.

    Raises
    ------
    ReadingError
        A needed column is missing; names what was found.
    """
    text, _, _ = read_text(path)
    first = next(iter(text.splitlines()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max((",", "\t", ";"), key=first.count))
    found = [cell.strip().lower() for cell in next(reader, [])]
    columns = {}
    for column, names in headings.items():
        hits = [k for k, heading in enumerate(found) if heading in names]
        if hits:
            columns[column] = hits[0]
    missing = [column for column in needed if column not in columns]
    if missing:
        raise ReadingError("table_columns_missing", file=path.name, missing=", ".join(missing), found=", ".join(found))
    start = reader.line_num + 1
    for cells in reader:
        number, start = start, reader.line_num + 1
        if any(cell.strip() for cell in cells):
            yield number, {column: cells[k].strip() if k < len(cells) else "" for column, k in columns.items()}
