"""At which hours of the day a file's clock-ins stand, and whether they look as if written in another time zone.

A remark is a question to whoever exported the file; no time is moved. Night
shifts, shops and guards write such files rightly, and a clock that is wrong by
less than two hours does not show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DAY = (6, 20)  # hours in which clock-ins of people who work by day fall
LEAST_ROWS = 20
AT_ODDS, FITTING = 0.6, 0.9
LEAST_SHIFT_H, MOST_SHIFT_H = 2, 14


@dataclass(frozen=True, slots=True)
class Shifted:
    """Clock-ins of which ``share`` fall into the day as written, and ``share_after`` if all were ``hours`` later."""

    hours: int
    share: float
    share_after: float


def hours_of(times: Iterable[str]) -> list[int]:
    """Counts of the 24 hours of the day, of times written as ``YYYY-MM-DDTHH:MM:SS``."""
    counts = [0] * 24
    for one in times:
        counts[int(one[11:13])] += 1
    return counts


def zone_question(counts: list[int]) -> Shifted | None:
    """The smallest shift by whole hours that puts nearly all clock-ins into the day, where as written they are not.

    None where the hours are in order, where no shift helps, or where there are fewer than twenty clock-ins.
    """
    total = sum(counts)
    share = _by_day(counts, 0) / total if total else 1.0
    if total < LEAST_ROWS or share >= AT_ODDS:
        return None
    shifts = sorted(range(-MOST_SHIFT_H, MOST_SHIFT_H + 1), key=lambda hours: (abs(hours), -hours))
    for hours in shifts:
        after = _by_day(counts, hours) / total
        if abs(hours) >= LEAST_SHIFT_H and after >= FITTING:
            return Shifted(hours=hours, share=round(share, 3), share_after=round(after, 3))
    return None


def _by_day(counts: list[int], later: int) -> int:
    return sum(count for hour, count in enumerate(counts) if DAY[0] <= (hour + later) % 24 < DAY[1])
