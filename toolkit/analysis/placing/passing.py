"""Punches in their order pass through visits in theirs: forward and backward, with only the visits in reach of each.

States are the last visit so far. A visit farther from a punch than its soft
edge and the clock's whole range allow has no density there, so only a band of
visits is held for each punch; those before the band are one state. Where no
visit of the band of one punch is in the band of the next, the timeline falls
into blocks that nothing but the clock joins, and blocks are worked through
side by side. The result is that of all visits at once
(tests/analysis/placing/test_passing.py holds the two against each other).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.placing.likelihood import (
    EDGE_SD_S,
    FAR_SDS,
    Array,
    Timeline,
    coverage_share,
    covered_density,
    shifted_windows,
)

Ints = NDArray[np.int64]
TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """For each punch the visits in its reach.

    ``first`` (n,) index of the visit in slot 0; ``visits`` (n, g, w) densities
    in covered time, 0 in slots that hold none; ``cover`` (n, g) share of the
    window that was looked at; ``steps`` the k-th punch of every block that has
    one, longest blocks first; ``moves`` (n,) by how many visits the band
    moved since the punch before; ``number`` of all visits.
    """

    first: Ints
    visits: Array
    cover: Array
    steps: tuple[Ints, ...]
    moves: Ints
    number: int

    def spread(self, slots: Array) -> Array:
        """Values of the slots (n, w) as values of all visits (n, number)."""
        dense = np.zeros((len(slots), self.number))
        rows, columns = np.nonzero(slots)
        dense[rows, self.first[rows] + columns] = slots[rows, columns]
        return dense


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Probabilities: of the slots (n, w), of nobody and of outside coverage (n,); and the log evidence."""

    slots: Array
    nobody: Array
    outside: Array
    log_evidence: float


def bands(timeline: Timeline) -> Bands:
    """Densities of the visits in reach at every clock shift; the slow part, made once for a timeline."""
    windows = shifted_windows(timeline)
    first, last = _reach(windows, timeline.visits)
    width = int(max((last - first + 1).max(initial=0), 0))
    slots = first[:, None] + np.arange(width)
    stays = timeline.visits[np.minimum(slots, len(timeline.visits) - 1)] if width else np.zeros((len(first), 0, 2))
    cover = coverage_share(windows, timeline.covered)
    dense = np.ascontiguousarray(covered_density(windows, stays, timeline.covered).transpose(1, 0, 2))
    dense *= (slots <= last[:, None])[:, None, :]
    moves = np.diff(first, prepend=first[:1])
    starts = np.flatnonzero(np.concatenate([[True], last[:-1] < first[1:]]))[: len(first)]
    return Bands(
        first=first,
        visits=dense,
        cover=np.ascontiguousarray(cover.T),
        steps=_steps(starts, len(first)),
        moves=np.minimum(moves, width),
        number=len(timeline.visits),
    )


def _reach(windows: Array, visits: Array) -> tuple[Ints, Ints]:
    """First and last visit that this punch or, for the first, a later, for the last, an earlier one may touch."""
    far = EDGE_SD_S * FAR_SDS
    begin, end = windows[..., 0].min(axis=0) - far, windows[..., 1].max(axis=0) + far
    ended = np.maximum.accumulate(visits[:, 1])
    begun = np.minimum.accumulate(visits[::-1, 0])[::-1]
    first = np.searchsorted(ended, begin, side="left")
    last = np.searchsorted(begun, end, side="right") - 1
    return np.minimum.accumulate(first[::-1])[::-1], np.maximum.accumulate(last)


def _steps(starts: Ints, count: int) -> tuple[Ints, ...]:
    lengths = np.diff(np.append(starts, count))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    return tuple(starts[: np.count_nonzero(lengths > k)] + k for k in range(int(lengths.max(initial=0))))


def pass_through(known: Bands, m: float, rates: Array, weights: Array) -> Passed:
    """Probabilities of every outcome of every punch.

    Parameters
    ----------
    m : float
        Share of punches made with nobody in view.
    rates : float array, shape (n,)
        Punches a second, see :func:`toolkit.analysis.placing.likelihood.local_rate`.
    weights : float array, shape (g,)
        Prior of the clock shifts.
    """
    visit = (1.0 - m) * known.visits
    nobody = m * rates[:, None] * known.cover
    outside = (1.0 - known.cover) * rates[:, None]
    before, scale = _forward(known, visit, nobody + outside)
    weight = weights * np.exp(scale - scale.max())
    log_evidence = float(np.log(weight.sum()) + scale.max())
    weight /= weight.sum()
    slots, unseen, beyond = np.zeros(visit[:, 0].shape), np.zeros(len(visit)), np.zeros(len(visit))
    after = np.ones((0, *before.shape[1:]))
    for rows in reversed(known.steps):
        after = np.concatenate([after, np.ones((len(rows) - len(after), *before.shape[1:]))])
        state = before[rows]
        taken = np.cumsum(state, axis=2)[..., 1:] * visit[rows] * after[..., 1:]
        kept = (state * after).sum(axis=2)
        none, out = kept * nobody[rows], kept * outside[rows]
        share = weight / np.maximum(taken.sum(axis=2) + none + out, TINY)
        slots[rows] = np.einsum("bg,bgw->bw", share, taken)
        unseen[rows], beyond[rows] = (share * none).sum(axis=1), (share * out).sum(axis=1)
        after = _before(after, visit[rows], nobody[rows] + outside[rows])
        after = _unmoved(after, known.moves[rows])
    return Passed(slots=slots, nobody=unseen, outside=beyond, log_evidence=log_evidence)


def _forward(known: Bands, visit: Array, stay: Array) -> tuple[Array, Array]:
    """Mass of each state before each punch (n, g, 1 + w), and the log evidence of each clock shift (g,)."""
    count, grid, width = visit.shape
    before = np.empty((count, grid, width + 1))
    scale = np.zeros(grid)
    state = np.zeros((len(known.steps[0]) if known.steps else 0, grid, width + 1))
    state[..., 0] = 1.0
    for number, rows in enumerate(known.steps):
        state = _moved(state[: len(rows)], known.moves[rows]) if number else state
        before[rows] = state
        fresh = state * stay[rows][..., None]
        fresh[..., 1:] += np.cumsum(state, axis=2)[..., 1:] * visit[rows]
        total = np.maximum(fresh.sum(axis=2), TINY)
        scale += np.log(total).sum(axis=0)
        state = fresh / total[..., None]
    return before, scale


def _before(after: Array, visit: Array, stay: Array) -> Array:
    """What follows, seen from before a punch; largest value 1."""
    told = after * stay[..., None]
    later = np.cumsum((visit * after[..., 1:])[..., ::-1], axis=2)[..., ::-1]
    told[..., 1:] += later
    if later.shape[2]:
        told[..., 0] += later[..., 0]
    return np.asarray(told / np.maximum(told.max(axis=2, keepdims=True), TINY))


def _moved(state: Array, moves: Ints) -> Array:
    """The states in the next punch's band: visits that fell out of it join those before."""
    if not moves.any():
        return state
    width = state.shape[2] - 1
    passed = np.take_along_axis(np.cumsum(state, axis=2), moves[:, None, None], axis=2)
    index = np.arange(1, width + 1) + moves[:, None]
    kept = np.take_along_axis(state, np.minimum(index, width)[:, None, :], axis=2) * (index <= width)[:, None, :]
    return np.concatenate([passed, kept], axis=2)


def _unmoved(after: Array, moves: Ints) -> Array:
    """What follows, in the band of the punch before."""
    if not moves.any():
        return after
    index = np.maximum(np.arange(after.shape[2]) - moves[:, None], 0)
    return np.take_along_axis(after, index[:, None, :], axis=2)
