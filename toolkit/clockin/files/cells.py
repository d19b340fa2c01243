"""A table of a workbook or of a page as cells: what they show, and what they hold.

A number stays a number and is told apart from text that looks like one, because
only a number may be a spreadsheet's date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MOST_ROWS, MOST_COLUMNS = 1_100_000, 2_000
Range = tuple[int, int, int, int]
TEXT, NUMBER, WHEN, SPAN, EMPTY = "text", "number", "date", "time", "empty"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows as text, and what it holds: "text", "number", "date", "time" or "empty"."""

    text: str
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table by its name: every row in its order, the first one is row 1.

    ``merged`` are ranges that are shown as one cell, (first row, first column,
    last row, last column), rows from 1 and columns from 0. ``hidden`` where a
    spreadsheet does not show it.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[Range, ...] = ()
    hidden: bool = False

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
