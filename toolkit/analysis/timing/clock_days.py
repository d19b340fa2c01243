"""Are the records those of this footage, but written under another date?

A terminal that lost its date writes the right time of day under a wrong day: by
whole days, up to years. Every whole day that lays some day of the records upon the
footage is tried, with an hour to either side, and the best of all is compared with
the best of all for clock-ins that fit nothing (bursts kept, as in
:mod:`toolkit.analysis.timing.blind_alignment`): the more days are searched, the better
the best must be.

People come at the same hours every day, and a low p is no proof: the true day may
not be among the records at all. What is found here is a question to a person,
never a clock by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.timing.blind_alignment import ACCEPTED_P, DAY_S, DRAWS, Floats, Seen, gumbel_p, log_gain, shuffled

STEP_S, AROUND_S = 2.0, 3600.0
DAY_P = ACCEPTED_P / 2  # it is looked for only where the records' own dates were refused: a second chance
MOST_DAYS = 800  # whole days that are tried
MOST_FOOTAGE_DAYS = 4  # days of footage that are laid upon the records; those with most visits


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDay:
    """The best whole day: terminal minus camera is ``days`` days and ``offset_s - days * 86400`` seconds.

    ``p`` is the chance that records of other days reach its score in a search
    over ``searched`` days.
    """

    days: int
    offset_s: float
    score: float
    p: float
    searched: int

    @property
    def established(self) -> bool:
        """Whether it may be put to a person as a question."""
        return self.p <= DAY_P


def other_day(
    seen: Seen, written_s: Floats, *, precision_s: float = 1.0, seed: int = 0, draws: int = DRAWS
) -> OtherDay | None:
    """The whole day and offset that fit best, and how often chance does as well; None where nothing can be laid.

    Parameters
    ----------
    written_s : float (n,)
        Times as the terminal wrote them, in seconds on its own clock with the camera's zero.
    """
    if not len(seen.visits) or not len(written_s):
        return None
    part = _busiest(seen)
    search = _Search(part, precision_s)
    scores, first = search.scores(written_s)
    if not scores.size:
        return None
    rng = np.random.default_rng(seed)
    null = np.array([search.scores(shuffled(written_s, rng))[0].max() for _ in range(draws)])
    row, column = (int(one) for one in np.unravel_index(int(np.argmax(scores)), scores.shape))
    score, days = float(scores[row, column]), first + row
    return OtherDay(
        days=days, offset_s=days * DAY_S - AROUND_S + STEP_S * column, score=score,
        p=gumbel_p(score, null), searched=len(scores),
    )  # fmt: skip


def _busiest(seen: Seen) -> Seen:
    """The days of footage with most visits."""
    days, counts = np.unique(np.floor(seen.visits[:, 0] / DAY_S), return_counts=True)
    kept = days[np.argsort(-counts, kind="stable")[:MOST_FOOTAGE_DAYS]]

    def mine(at: Floats) -> NDArray[np.bool_]:
        return np.isin(np.floor(at / DAY_S), kept)

    return Seen(
        visits=seen.visits[mine(seen.visits[:, 0])], watched=seen.watched[mine(seen.watched[:, 0])],
        points=seen.points[mine(seen.points[:, 0])],
    )  # fmt: skip


class _Search:
    """Scores of whole days and of what is left over, for one footage."""

    __slots__ = ("_first", "_gain", "_last", "_steps")

    def __init__(self, seen: Seen, precision_s: float) -> None:
        gain, self._first = log_gain(seen, precision_s=precision_s, step_s=STEP_S)
        self._last = self._first + STEP_S * len(gain)
        self._steps = round(2 * AROUND_S / STEP_S)
        edge = np.zeros(self._steps + 1)
        # Backwards, for the later the offset the earlier the camera's moment.
        self._gain = np.concatenate([edge, gain, edge])[::-1]

    def scores(self, written_s: Floats) -> tuple[Floats, int]:
        """Float (days, offsets) and the first of the days."""
        low = int(np.floor((float(written_s.min()) - self._last) / DAY_S))
        high = int(np.ceil((float(written_s.max()) - self._first) / DAY_S))
        if high - low + 1 > MOST_DAYS:
            middle = int(np.clip(0, low + MOST_DAYS // 2, high - MOST_DAYS // 2))
            low, high = middle - MOST_DAYS // 2, middle + MOST_DAYS // 2
        whole = np.zeros((high - low + 1, self._steps + 1))
        for at in written_s:
            begin = int(np.ceil((at - self._last - AROUND_S) / DAY_S))
            end = int(np.floor((at - self._first + AROUND_S) / DAY_S))
            for day in range(max(begin, low), min(end, high) + 1):
                place = round((at - day * DAY_S + AROUND_S - self._first) / STEP_S)
                start = len(self._gain) - 1 - (place + self._steps + 1)
                if 0 <= start <= len(self._gain) - self._steps - 1:
                    whole[day - low] += self._gain[start : start + self._steps + 1]
        return whole, low
