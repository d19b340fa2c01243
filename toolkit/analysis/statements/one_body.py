"""Could the clock-ins of one visit be its presenter's one id and chance?

``LR = (Z(body may take several ids) - Z0) / Z0``: Z is the evidence of all
punches around a visit, Z0 under at most one employee id for each body, by the
same recursion as the association with the id as part of the state. The rate of
punches and the share ``m`` made with nobody in view come without the tested
visit's own punches. The ratio speaks against chance only: queue, clock and
people out of view; not against a switch of bodies or a companion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.association import Posterior, solve
from toolkit.analysis.placing.likelihood import Array, Densities, Timeline, densities, emissions, local_rate
from toolkit.analysis.placing.stating import share_unseen

NEAR_S = 60.0
CEILING_LOG10 = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceRatio:
    """Log10 ratios against chance: at m, at 3 m, with the clock early and late, and for each id alone."""

    at_m: float
    at_3m: float
    clock_early: float
    clock_late: float
    leave_one_out: dict[str, float]
    m: float


def chance_ratio(timeline: Timeline, body: int, punches: Sequence[int], sd_s: float) -> ChanceRatio:
    """Ratio against chance for one visit.

    Parameters
    ----------
    body : int
        Index of the visit in the timeline.
    punches : sequence of int
        Indices of the punches that are best explained by it.
    sd_s : float
        The clock's uncertainty at the visit; the ends of its 95 % interval are tried alone.
    """
    m = share_without(timeline, punches)
    near, index = _neighbourhood(timeline, body)
    rates = local_rate(timeline, len(punches))[near.rows]
    local, known = near.timeline, densities(near.timeline)

    def ratio(share: float, at: float | None = None, but: str | None = None) -> float:
        tried, dense = local, known
        if at is not None:
            tried = replace(local, offsets=np.array([at]), drifts=np.zeros(1), weights=np.array([1.0]))
            dense = densities(tried)
        return _log10_ratio(tried, index, min(share, 0.9), rates, but, dense)

    ids = sorted({timeline.employees[k] for k in punches})
    return ChanceRatio(
        at_m=ratio(m),
        at_3m=ratio(3 * m),
        clock_early=ratio(m, -1.96 * sd_s),
        clock_late=ratio(m, 1.96 * sd_s),
        leave_one_out={one: ratio(m, but=one) for one in ids},
        m=m,
    )


def share_without(timeline: Timeline, punches: Sequence[int]) -> float:
    """Share of punches with nobody in view, estimated without these punches; never presumed to be small."""
    keep = np.ones(len(timeline.windows), bool)
    keep[list(punches)] = False
    rest = replace(
        timeline,
        windows=timeline.windows[keep],
        employees=tuple(one for one, stays in zip(timeline.employees, keep, strict=True) if stays),
    )
    posterior: Posterior = solve(rest)
    return share_unseen(posterior.m, posterior.nobody, posterior.outside)


@dataclass(frozen=True, slots=True)
class _Near:
    timeline: Timeline
    rows: NDArray[np.int64]


def _neighbourhood(timeline: Timeline, body: int) -> tuple[_Near, int]:
    """Punches and visits around the tested one; far ones cancel in the ratio."""
    start, end = timeline.visits[body] + np.array([-NEAR_S, NEAR_S])
    middles = timeline.windows.mean(axis=1)
    rows = np.flatnonzero((middles >= start) & (middles <= end))
    kept = np.flatnonzero((timeline.visits[:, 1] >= start) & (timeline.visits[:, 0] <= end))
    near = replace(
        timeline,
        windows=timeline.windows[rows],
        employees=tuple(timeline.employees[k] for k in rows),
        visits=timeline.visits[kept],
    )
    return _Near(near, rows), int(np.flatnonzero(kept == body)[0])


def _log10_ratio(timeline: Timeline, body: int, m: float, rates: Array, but: str | None, known: Densities) -> float:
    """Against "one id at most for each body", or against "the id ``but`` is not this body's"."""
    free = evidence(timeline, m, rates, several=body, known=known)
    if but is None:
        bound = evidence(timeline, m, rates, several=None, known=known)
    else:
        bound = evidence(timeline, m, rates, several=body, forbidden=but, known=known)
    excess = free - bound
    if excess <= 0:
        return -CEILING_LOG10
    # Z - Z0 in logs: log(exp(d) - 1) without overflow.
    value = excess + np.log1p(-np.exp(-excess)) if excess > 1e-9 else np.log(excess)
    return float(np.clip(value / np.log(10), -CEILING_LOG10, CEILING_LOG10))


def evidence(
    timeline: Timeline,
    m: float,
    rates: Array,
    *,
    several: int | None,
    forbidden: str | None = None,
    known: Densities | None = None,
) -> float:
    """Log evidence of the punches when each body takes at most one id, but ``several`` may take many.

    Parameters
    ----------
    several : int or None
        Index of the visit whose body may take several ids.
    forbidden : str, optional
        An id that this body may not take.
    known : Densities, optional
        Of this timeline, where they are made already.
    """
    visit, nobody, outside = emissions(known or densities(timeline), m, rates)
    grid, count, number = visit.shape
    ids = {one: k + 1 for k, one in enumerate(sorted(set(timeline.employees)))}
    state = np.zeros((grid, number + 1, len(ids) + 1))
    state[:, 0, 0] = 1.0
    scale = np.zeros(grid)
    for i in range(count):
        who = ids[timeline.employees[i]]
        weights = visit[:, i].copy()
        if several is not None and timeline.employees[i] == forbidden:
            weights[:, several] = 0.0
        state = _step(state, weights, nobody[:, i] + outside[:, i], who, several)
        total = np.maximum(state.sum(axis=(1, 2)), 1e-300)
        scale += np.log(total)
        state /= total[:, None, None]
    best = scale.max()
    return float(np.log((timeline.weights * np.exp(scale - best)).sum()) + best)


def _step(state: Array, weights: Array, stay: Array, who: int, several: int | None) -> Array:
    fresh = state * stay[:, None, None]
    marginal = state.sum(axis=2)
    earlier = np.cumsum(marginal, axis=1)[:, :-1]  # mass whose last visit lies before visit v
    fresh[:, 1:, who] += weights * earlier
    same = state[:, 1:, who] + state[:, 1:, 0]
    if several is not None:
        same[:, several] = marginal[:, several + 1]
    fresh[:, 1:, who] += weights * same
    return fresh
