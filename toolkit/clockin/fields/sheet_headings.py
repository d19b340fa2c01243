"""Columns of a sheet by the path of their headings, over one or two heading rows, never by their number.

Platforms put a group over several columns (考勤概况 over 最早 and 最晚) and use one
leaf under two groups, and the columns differ from one customer to the next. A
path such as (考勤概况, 最早) is the only name that holds. What stands above the
headings are titles.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.clockin.fields.day_times import CLOCK, plain
from toolkit.clockin.files.sheets import Cell, Sheet, raw_of
from toolkit.clockin.files.tabular import clean_cell
from toolkit.errors import ReadingError

SEARCHED_ROWS = 10
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headed:
    """A sheet with its heading rows ``first`` to ``last`` (from 1) and the path of each column.

    ``columns`` are the numbers of the columns from 0 by path; a path may have several.
    """

    sheet: Sheet
    first: int
    last: int
    paths: tuple[Path, ...]
    columns: Mapping[Path, tuple[int, ...]]

    def column(self, *path: str) -> int | None:
        """The number of a column from 0; None where there is none.

        Raises
        ------
        ReadingError
            Two columns have this path.
        """
        hits = self.columns.get(path, ())
        if len(hits) > 1:
            shown = ", ".join("/".join(one) for one in self.paths if one)
            raise ReadingError("table_column_twice", file=self.sheet.name, column="/".join(path), found=shown)
        return hits[0] if hits else None

    def told(self, cells: Sequence[Cell], *path: str) -> str:
        """What a row shows under a path, guards undone; "" where nothing stands there or the column is missing."""
        column = self.column(*path)
        return cell_text(cells, column)

    def title(self) -> str:
        """The rows above the headings, one a line, without full-width forms."""
        above = self.sheet.rows[: self.first - 1]
        return "\n".join(plain(" ".join(cell.text for cell in row if cell.text)) for row in above)

    def is_heading(self, number: int, cells: Sequence[Cell]) -> bool:
        """Whether a row is a heading: one of them, something above them, or the first of them said again."""
        heading = self.sheet.rows[self.first - 1]
        return number <= self.last or (cells[:1] == heading[:1] and raw_of(cells) == raw_of(heading))


def cell_text(cells: Sequence[Cell], column: int | None) -> str:
    """A cell as clean text; "" for the marks that stand for nothing."""
    return "" if column is None or column >= len(cells) else plain(clean_cell(cells[column].text))


def row_text(cells: Sequence[Cell]) -> str:
    """A row as it is kept: JSON of what its cells show."""
    return json.dumps(raw_of(cells), ensure_ascii=False)


def headed(sheet: Sheet, needed: Collection[str], groups: Collection[str] = ()) -> Headed | None:
    """The sheet with its headings, where one of its first rows holds all of the needed ones.

    Parameters
    ----------
    needed : collection of str
        Headings of columns in which every record says something.
    groups : collection of str
        Needed headings that have others below them.
    """
    for first, row in enumerate(sheet.rows[:SEARCHED_ROWS], 1):
        found = [_heading(cell.text) for cell in row]
        if {*needed, *groups} <= set(found):
            last = first + 1 if _goes_on(sheet, first, [found.index(name) for name in needed]) else first
            return _with_paths(sheet, first, last)
    return None


def _with_paths(sheet: Sheet, first: int, last: int) -> Headed:
    paths = tuple(_paths(sheet, first, last))
    columns: dict[Path, tuple[int, ...]] = {}
    for number, path in enumerate(paths):
        columns[path] = (*columns.get(path, ()), number)
    return Headed(sheet, first, last, paths, columns)


def _heading(text: str) -> str:
    return "".join(clean_cell(text).split())


def _goes_on(sheet: Sheet, first: int, keys: Collection[int]) -> bool:
    """Whether the next row holds headings too: cells are merged into it, or it tells neither a key nor any time."""
    if first >= len(sheet.rows):
        return False
    if any(top == first and bottom == first + 1 for top, _, bottom, _ in sheet.merged):
        return True
    below = sheet.rows[first]
    if any(key < len(below) and below[key].text for key in keys):
        return False
    return any(cell.text for cell in below) and not any(CLOCK.search(cell.text) for cell in below)


def _paths(sheet: Sheet, first: int, last: int) -> Iterator[Path]:
    upper = [_heading(text) for text in sheet.texts(first)]
    lower = [_heading(text) for text in sheet.texts(last)] if last > first else []
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    group = ""
    for over, under in zip(upper, lower, strict=True):
        # A group that is not merged in the file stands over its first column only.
        group = over or (group if under else "")
        yield tuple(dict.fromkeys(one for one in (group, under) if one))
