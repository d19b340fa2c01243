"""A table of a workbook or of a page as cells: what they show, and what they hold.

A number stays a number and is told apart from text that looks like one, because
only a number may be a spreadsheet's date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from toolkit.errors import ReadingError

MOST_ROWS, MOST_COLUMNS, MOST_CELLS, USUAL_COLUMNS = 1_100_000, 2_000, 20_000_000, 100
Range = tuple[int, int, int, int]
TEXT, NUMBER, WHEN, SPAN, TRUTH, EMPTY = "text", "number", "date", "time", "truth", "empty"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows as text, and what it holds: "text", "number", "date", "time", "truth" or "empty"."""

    text: str
    kind: str = TEXT


NOTHING = Cell("", EMPTY)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table by its name: every row in its order, the first one is row 1.

    ``merged`` are ranges that are shown as one cell, (first row, first column,
    last row, last column), rows from 1 and columns from 0. ``hidden`` where a
    spreadsheet does not show it, ``hidden_rows`` those of its rows that are
    not shown, by hand or by a filter, as far as the kind of file tells.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[Range, ...] = ()
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()

    @property
    def filled_rows(self) -> int:
        """How many rows have something in them."""
        return sum(any(cell.text for cell in row) for row in self.rows)

    def texts(self, row: int) -> list[str]:
        """The cells of a row (from 1) as text, merged ranges filled with what they show; [] beyond the end."""
        if not 1 <= row <= len(self.rows):
            return []
        return self._filled(row, (one for one in self.merged if one[0] <= row <= one[2]))

    def filled(self) -> Iterator[list[str]]:
        """:meth:`texts` of every row in its order; each range is looked at once, and not once a row."""
        waiting = sorted(self.merged, reverse=True)
        held: list[Range] = []
        for row in range(1, len(self.rows) + 1):
            while waiting and waiting[-1][0] <= row:
                held.append(waiting.pop())
            held = [one for one in held if one[2] >= row] if held else held
            yield self._filled(row, held)

    def _filled(self, row: int, ranges: Iterable[Range]) -> list[str]:
        told = [cell.text for cell in self.rows[row - 1]]
        for top, left, _, right in ranges:
            if 1 <= top <= len(self.rows) and left < len(self.rows[top - 1]):
                shown = self.rows[top - 1][left].text
                told += [""] * (right + 1 - len(told))
                told[left : right + 1] = [shown] * (right + 1 - left)
        return told


def raw_of(cells: Sequence[Cell]) -> list[str]:
    """A row as it is kept: what its cells show, without the empty ones at the end."""
    texts = [cell.text for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def check_size(rows: Sequence[Sequence[Cell]], sheet: str, file: str) -> None:
    """A few words of mark-up can claim a row of thousands of cells; asked for each row, cheap while it is narrow.

    Raises
    ------
    ReadingError
        ``records_sheet_too_large``.
    """
    last = len(rows[-1])
    if len(rows) > MOST_ROWS or (last > USUAL_COLUMNS and len(rows) * last > MOST_CELLS):
        raise ReadingError("records_sheet_too_large", file=file, sheet=sheet, rows=len(rows))
