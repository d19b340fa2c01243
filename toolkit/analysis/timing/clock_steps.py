"""Was the terminal's clock set while the records were written, and on which day?

A clock that was put back by a minute, put on by an hour or moved by a zone has one
offset before and another after. For every boundary between two days the best two
offsets are compared with the best single one, both with a common drift, for a
clock that merely runs fast must not look like one that was set. A step is told only
where each side establishes its own offset against clock-ins that fit nothing (the
null of :mod:`toolkit.analysis.timing.blind_alignment`, its p shared out among the
boundaries that were tried) and the two sides together are much more likely than a
single offset.

Where the step lies among the clock-ins is told as far as they tell it: those
between the last that surely goes with the old offset and the first that surely
goes with the new one belong to neither. What was done to the terminal (a time set,
a power cut, a sequence that runs on while the times go back) narrows this; alone it
makes no step.

Days whose clock-ins do not bear the offset out belong to none either: too few
clock-ins may follow a step to establish it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from toolkit.analysis.timing.blind_alignment import ACCEPTED_P, DAY_S, SEARCH_S, Floats, Seen, coarse_offset, log_gain

STEP_S = 2.0  # of the grid of offsets
MOST_BLOCKS, MOST_STEPS, MOST_DRIFTS = 40, 4, 41
MOST_DRIFT = 150e-6
LEAST_STEP_S = 15.0  # less is taken for drift
LEAST_GAIN = 10.0  # natural log of how much likelier two offsets are than one
NEAR_S = 30.0  # between the offset of a side found here and found by itself
# A boundary less likely by so much (natural log) is excluded. One clock-in with nobody in view that falls into a
# stranger's visit at the other offset is worth four or five; it must not take a side by itself.
SURE_GAIN = 8.0
SLACK_S = 4.0  # beside the line, within which a clock-in may lie
LEAST_OF_A_SIDE, LEAST_OF_A_DAY = 6, 5
NOT_BORNE_OUT = -1.0  # score of a day at the offset, below which its clock-ins do not go with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Clock-ins ``first`` to before ``stop`` that surely go with one offset.

    ``offset_s`` is terminal minus camera at ``middle_s`` (the written time),
    ``p`` the chance of clock-ins that fit nothing; None where there is one
    piece only. ``line`` numbers the lines: pieces of one line share offset and
    drift, with days between that do not bear it out.
    """

    first: int
    stop: int
    offset_s: float
    middle_s: float
    drift: float
    line: int
    p: float | None = None


def pieces(
    seen: Seen,
    written_s: Floats,
    *,
    precision_s: float = 1.0,
    around_s: float = 0.0,
    hints_s: Sequence[float] = (),
    seed: int = 0,
) -> list[Piece]:
    """The stretches of clock-ins with an offset of their own, in order; empty where there is nothing to compare.

    Parameters
    ----------
    written_s : float (n,)
        Times as the terminal wrote them, sorted.
    around_s : float
        Offsets within fourteen hours of this are tried.
    hints_s : sequence of float
        Written times at which the terminal's clock may have been set.

    Notes
    -----
    One piece does not say that its offset is established: that is for
    :func:`toolkit.analysis.timing.blind_alignment.coarse_offset`.
    """
    if not len(written_s) or not len(seen.visits):
        return []
    looked = _Looked(seen, written_s, precision_s, around_s, seed)
    last = len(looked.starts) - 1
    cuts = _cuts(looked, 0, last, MOST_STEPS)
    blocks = [0, *(cut.block for cut in cuts), last]
    lines = [_best_line(looked, a, b) for a, b in pairwise(blocks)]
    moments = [
        _moment(looked, cut.block, before, after, hints_s)
        for cut, before, after in zip(cuts, lines, lines[1:], strict=False)
    ]
    bounds = [(0, 0), *moments, (len(written_s), len(written_s))]
    p = max((cut.p for cut in cuts), default=None)
    found: list[Piece] = []
    for number, (line, before, after) in enumerate(zip(lines, bounds, bounds[1:], strict=False)):
        found += _borne_out(looked, line, (before[1], after[0]), number, p)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    offset_s: float
    middle_s: float
    drift: float
    score: float

    def at(self, written_s: float) -> float:
        return self.offset_s + self.drift * (written_s - self.middle_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """A step before block ``block``, and the larger p of its two sides."""

    block: int
    p: float


class _Looked:
    """Scores of blocks of days at all offsets, and what they were made of."""

    __slots__ = ("curves", "first", "gain", "low", "middles", "precision_s", "seed", "seen", "starts", "written")

    def __init__(self, seen: Seen, written: Floats, precision_s: float, around_s: float, seed: int) -> None:
        self.seen, self.written, self.precision_s, self.seed = seen, written, precision_s, seed
        gain, self.first = log_gain(seen, precision_s=precision_s, step_s=STEP_S)
        self.gain = np.concatenate([[0.0], gain, [0.0]])
        self.low = around_s - SEARCH_S
        days = np.floor(written / DAY_S)
        begins = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
        if len(begins) > MOST_BLOCKS:
            begins = begins[np.unique(np.round(np.linspace(0, len(begins) - 1, MOST_BLOCKS)).astype(np.intp))]
        self.starts = np.append(begins, len(written))
        self.curves = np.array([self._curve(a, b) for a, b in pairwise(self.starts)])
        self.middles = np.array([written[a:b].mean() for a, b in pairwise(self.starts)])

    def _curve(self, first: int, stop: int) -> Floats:
        count = round(2 * SEARCH_S / STEP_S) + 1
        steps = np.arange(count)
        whole = np.zeros(count)
        for at in self.written[first:stop]:
            whole += self._gain_at(round((at - self.low - self.first) / STEP_S) - steps)
        return whole

    def _gain_at(self, places: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
        return self.gain[np.clip(places + 1, 0, len(self.gain) - 1)]

    def along(self, line: _Line) -> Floats:
        """For each clock-in what it is worth on a line of offsets, a few seconds to either side allowed."""
        offsets = line.offset_s + line.drift * (self.written - line.middle_s)
        slack = np.arange(-SLACK_S, SLACK_S + STEP_S / 2, STEP_S)
        places = np.round((self.written[:, None] - offsets[:, None] - slack - self.first) / STEP_S).astype(np.intp)
        return np.asarray(self.gain[np.clip(places + 1, 0, len(self.gain) - 1)].max(axis=1))


def _drifts(span_s: float) -> Floats:
    """Drifts to try, no finer than matters from the first block to the last."""
    steps = min(MOST_DRIFTS // 2, int(np.ceil(MOST_DRIFT * span_s / 2 / 4.0)))
    return np.linspace(-MOST_DRIFT, MOST_DRIFT, 2 * steps + 1) if steps else np.zeros(1)


def _cuts(looked: _Looked, low: int, high: int, left: int) -> list[_Cut]:
    """Steps between blocks ``low`` and ``high``, in order."""
    if high - low < 2 or left < 1:
        return []
    found = _best_cut(looked, low, high)
    if found is None:
        return []
    before = _cuts(looked, low, found.block, left - 1)
    after = _cuts(looked, found.block, high, left - 1 - len(before))
    return [*before, found, *after]


def _moved(looked: _Looked, low: int, high: int) -> Iterator[tuple[float, float, Floats]]:
    """For each drift: it, the middle of the blocks, and their curves with the drift taken out."""
    middles = looked.middles[low:high]
    middle = float(middles.mean())
    for drift in _drifts(float(middles[-1] - middles[0])):
        shifts = np.round(drift * (middles - middle) / STEP_S).astype(np.intp)
        moved = [np.roll(curve, -shift) for curve, shift in zip(looked.curves[low:high], shifts, strict=True)]
        yield float(drift), middle, np.array(moved)


def _best_line(looked: _Looked, low: int, high: int) -> _Line:
    best = _Line(offset_s=0.0, middle_s=0.0, drift=0.0, score=-np.inf)
    for drift, middle, moved in _moved(looked, low, high):
        whole = moved.sum(axis=0)
        place = int(np.argmax(whole))
        # Of drifts that do as well the smallest: blocks of one day tell none.
        if (whole[place], -abs(drift)) > (best.score, -abs(best.drift)):
            offset_s = looked.low + STEP_S * place
            best = _Line(offset_s=offset_s, middle_s=middle, drift=drift, score=float(whole[place]))
    return best


def _best_cut(looked: _Looked, low: int, high: int) -> _Cut | None:
    single, best = -np.inf, (-np.inf, 0, 0.0, 0.0, 0.0, 0.0)
    for drift, middle, moved in _moved(looked, low, high):
        before = np.cumsum(moved, axis=0)
        single = max(single, float(before[-1].max()))
        after = before[-1] - before[:-1]
        both = before[:-1].max(axis=1) + after.max(axis=1)
        place = int(np.argmax(both))
        if both[place] > best[0]:
            old, new = (looked.low + STEP_S * float(np.argmax(side[place])) for side in (before, after))
            best = (float(both[place]), low + place + 1, old, new, middle, drift)
    score, block, old, new, middle, drift = best
    if score - single < LEAST_GAIN or abs(new - old) < LEAST_STEP_S:
        return None
    chances = []
    for a, b, offset_s in ((low, block, old), (block, high, new)):
        line = _Line(offset_s=offset_s, middle_s=middle, drift=drift, score=score)
        chances.append(_chance(looked, int(looked.starts[a]), int(looked.starts[b]), line))
    p = max(chances)
    return _Cut(block=block, p=p) if p <= ACCEPTED_P / (high - low - 1) else None


def _chance(looked: _Looked, first: int, stop: int, line: _Line) -> float:
    """Chance that a side's offset comes about where nothing fits; 1 where the side by itself finds another."""
    times = looked.written[first:stop]
    if len(times) < LEAST_OF_A_SIDE:
        return 1.0
    around = looked.low + SEARCH_S
    seen = looked.seen.within(float(times[0]) - around - SEARCH_S, float(times[-1]) - around + SEARCH_S)
    # Drift is taken out first: over weeks it would smear one peak over many offsets.
    straight = times - line.drift * (times - line.middle_s)
    found = coarse_offset(
        seen, straight, precision_s=looked.precision_s, search_s=(looked.low, around + SEARCH_S), seed=looked.seed
    )
    return found.p if found is not None and abs(found.offset_s - line.offset_s) <= NEAR_S else 1.0


def _moment(looked: _Looked, block: int, old: _Line, new: _Line, hints_s: Sequence[float]) -> tuple[int, int]:
    """Clock-ins that may lie on either side of a step: from the first of them to after the last."""
    low, high = int(looked.starts[block - 1]), int(looked.starts[min(block + 1, len(looked.starts) - 1)])
    gains = (looked.along(old) - looked.along(new))[low:high]
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    likely = low + np.flatnonzero(sums >= sums.max() - SURE_GAIN)
    first, stop = int(likely[0]), int(likely[-1])
    here = float(looked.written[looked.starts[block]])
    size = abs(new.at(here) - old.at(here))
    near = [np.searchsorted(looked.written, (hint - size, hint + size)) for hint in hints_s]
    spans = [(int(a), int(b)) for a, b in near if first <= b and a <= stop]
    if spans:
        first, stop = max(first, min(a for a, _ in spans)), min(stop, max(b for _, b in spans))
        first = min(first, stop)
    if new.at(here) < old.at(here) and stop < len(looked.written):
        # A clock that was put back writes the same times twice.
        first = min(first, int(np.searchsorted(looked.written, looked.written[stop] - size)))
    return first, stop


def _borne_out(looked: _Looked, line: _Line, bounds: tuple[int, int], number: int, p: float | None) -> list[Piece]:
    """The line's clock-ins without those of days that do not go with it."""
    first, stop = bounds
    worth, found, begin = looked.along(line), [], first
    days = np.floor(looked.written / DAY_S)
    for day in np.unique(days[first:stop]):
        mine = first + np.flatnonzero(days[first:stop] == day)
        if len(mine) >= LEAST_OF_A_DAY and float(worth[mine].sum()) < NOT_BORNE_OUT:
            found.append((begin, int(mine[0])))
            begin = int(mine[-1]) + 1
    parts = [(a, b) for a, b in [*found, (begin, stop)] if b > a]
    return [
        Piece(first=a, stop=b, offset_s=line.offset_s, middle_s=line.middle_s, drift=line.drift, line=number, p=p)
        for a, b in parts
    ]
