"""What presence alone told of one clock, laid out for each clip: lines, and the steps between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from toolkit.analysis.timing.blind_alignment import DAY_S, Floats, Seen
from toolkit.analysis.timing.clock_hints import Hint
from toolkit.analysis.timing.clock_steps import Piece
from toolkit.analysis.timing.fine_alignment import Fine, fine_offset

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A piece, and the fine offset of the line that it is part of."""

    piece: Piece
    fine: Fine

    def camera_s(self, written: Floats) -> tuple[float, float]:
        """When its first and last clock-in were made, on the camera's clock."""
        low, high = float(written[self.piece.first]), float(written[self.piece.stop - 1])
        return low - self.fine.offset_s, high - self.fine.offset_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Lines (none where nothing was found) on an axis whose zero is ``reference``; ``written`` in seconds after it."""

    facts: Row
    reference: datetime | None = None
    lines: tuple[Fitted, ...] = ()
    steps: Sequence[Row] = ()
    precision_s: float = 1.0
    written: Floats = field(default_factory=lambda: np.zeros(0))
    days_off: int = 0

    def row(self, begin_s: float, length_s: float) -> Row:
        """What it says of a clip that begins at ``begin_s`` of the axis; the line is that of its middle."""
        if not self.lines or self.reference is None:
            return {"found": False, "facts": self.facts}
        middle = begin_s + length_s / 2
        one = min(self.lines, key=lambda line: _away(line.camera_s(self.written), middle))
        told = [self._piece(k, begin_s) for k in range(len(self.lines))]
        whole = len(self.lines) == 1 and told[0]["from"] is None and told[0]["to"] is None
        own = told[self.lines.index(one)]
        steps = [
            {**step, "after": self._civil(step["after"]), "before": self._civil(step["before"])} for step in self.steps
        ]
        return {
            "found": True, "facts": self.facts, **own, "half_cut_s": self.precision_s / 2, "days_off": self.days_off,
            "pieces": [] if whole else told, "steps": steps,
        }  # fmt: skip

    def _piece(self, number: int, begin_s: float) -> Row:
        line, last = self.lines[number], len(self.lines) - 1
        fine, piece = line.fine, line.piece
        drift = fine.drift_ppm * 1e-6
        ahead = fine.offset_s + drift * (begin_s - fine.middle_s)
        assert self.reference is not None
        zero = self.reference + timedelta(seconds=begin_s + ahead - self.precision_s / 2)
        opens, ends = number == 0 and piece.first == 0, number == last and piece.stop == len(self.written)
        return {
            "zero": zero, "sd_s": fine.sd_s, "middle_s": fine.middle_s - begin_s, "drift": drift,
            "drift_sd": fine.drift_sd_ppm * 1e-6, "line": piece.line,
            "from": None if opens else self._civil(float(self.written[piece.first])),
            "to": None if ends else self._civil(float(self.written[piece.stop - 1])),
        }  # fmt: skip

    def _civil(self, at: float) -> str:
        assert self.reference is not None
        return (self.reference + timedelta(seconds=at)).isoformat()


def fitted(seen: Seen, written: Floats, parts: Sequence[Piece], precision_s: float) -> tuple[Fitted, ...]:
    """The fine offset of each line, from the clock-ins that surely go with it."""
    found: dict[int, Fine] = {}
    for line in {part.line for part in parts}:
        mine = [part for part in parts if part.line == line]
        times = np.concatenate([written[part.first : part.stop] for part in mine])
        near = mine[0].offset_s + mine[0].drift * (float(times.mean()) - mine[0].middle_s)
        found[line] = fine_offset(seen, _near_footage(seen, times, near), near, precision_s=precision_s)
    return tuple(Fitted(piece=part, fine=found[part.line]) for part in parts)


def _near_footage(seen: Seen, times: Floats, offset_s: float) -> Floats:
    """Clock-ins of days with footage: others tell nothing, and only so many days are looked at."""
    mine = np.isin(np.floor((times - offset_s) / DAY_S), np.floor(seen.visits / DAY_S))
    return times[mine] if mine.any() else times


def steps(lines: Sequence[Fitted], written: Floats, hints: Sequence[tuple[Hint, float]]) -> Iterator[Row]:
    """Where one piece ends and the next begins: written times (s), size, clock-ins between, and what hints at it.

    ``size_s`` is missing where the clock was not set, and the clock-ins of the
    days between do not go with the line on both sides of them.
    """
    for one, other in pairwise(lines):
        low, high = float(written[one.piece.stop - 1]), float(written[other.piece.first])
        at = (low + high) / 2
        size = _ahead(other.fine, at) - _ahead(one.fine, at)
        set_then = one.piece.line != other.piece.line
        near = [hint for hint, when in hints if low - abs(size) <= when <= high + abs(size)] if set_then else []
        yield {
            "after": low, "before": high, "between": other.piece.first - one.piece.stop,
            "size_s": round(size, 1) if set_then else None, "basis": "presence",
            "hints": [{"what": hint.what, "exhibit_id": hint.exhibit_id, "row": hint.row} for hint in near],
        }  # fmt: skip


def _ahead(fine: Fine, written_s: float) -> float:
    return fine.offset_s + fine.drift_ppm * 1e-6 * (written_s - fine.offset_s - fine.middle_s)


def _away(stretch: tuple[float, float], at: float) -> float:
    return max(0.0, stretch[0] - at, at - stretch[1])
