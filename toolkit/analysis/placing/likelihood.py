"""How expected is a punch at this moment, if made in this visit, with nobody in view, or outside coverage?

Everything is a density over media time (per second). A visit is a uniform
stretch with soft edges; the record's rounding window is averaged in closed
form. Coarse quadrature over that window once gave wrong certainty for minute
records, so none is used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

EDGE_SD_S = 0.7  # how well the ends of a visit are known
GRID = 41
FAR_SDS = 9.0  # beyond, the tail of an edge is below what a double can add to 1
GRID_SDS = 4.0
GRID_STEP_S = 0.5
COARSE_GRID = 17
DRIFT_MATTERS_S = 0.25
LEAST_NODE = 1e-4
RATE_WINDOW_S = 900.0
LEAST_RATE = 1.0 / 3600.0
LEAST_VISIT_S = 1.0
LARGEST_PIECE = 200_000  # values at once: the intermediate arrays of all would be many times the result

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One clip with its visits and the punches stamped by one device.

    ``windows`` (n, 2): media seconds between which each punch was made by the
    point estimate of the clock; ``offsets`` (g,) shifts of the clock around it
    with prior ``weights``; ``visits`` (v, 2) media seconds; ``covered`` list of
    stretches that were looked at (:mod:`toolkit.analysis.coverage`);
    ``employees`` the id of each punch; ``log_s`` media seconds of all punches of
    the log, in view of the clip or not. ``drifts`` (g,) is what each shift grows
    by in a second away from ``middle_s``.
    """

    windows: Array
    employees: tuple[str, ...]
    visits: Array
    covered: tuple[tuple[float, float], ...]
    offsets: Array
    weights: Array
    log_s: Array
    drifts: Array = field(default_factory=lambda: np.zeros(1))
    middle_s: float = 0.0


def offset_grid(sd_s: float, least: int = GRID) -> tuple[Array, Array]:
    """Shifts of the clock in seconds and their prior weights, which sum to 1.

    Never farther apart than half a second: visits have edges of 0.7 s, and a
    coarser grid steps over them.
    """
    half = max(least // 2, math.ceil(GRID_SDS * sd_s / GRID_STEP_S))
    shifts = np.linspace(-GRID_SDS, GRID_SDS, 2 * half + 1)
    weights = np.exp(-0.5 * shifts**2)
    return shifts * sd_s, weights / weights.sum()


def clock_grid(sd_s: float, drift_sd: float, away_s: float, half_s: float) -> tuple[Array, Array, Array]:
    """Shifts of the clock at the middle of a clip, their growth in a second, and prior weights.

    Parameters
    ----------
    sd_s, drift_sd : float
        Standard deviations of offset (s) and drift (s/s) where they are
        independent, at the middle of the anchors.
    away_s : float
        From there to the middle of the clip, in seconds.
    half_s : float
        Half the length of the clip.

    Returns
    -------
    shifts, drifts, weights : float arrays, shape (g,)
        Seen from the middle of the clip, offset and drift go together; what
        drift that leaves open has nodes of its own where it moves the clip's
        ends by more than a quarter of a second.
    """
    here = math.hypot(sd_s, drift_sd * away_s)
    slope, left = drift_sd**2 * away_s / here**2, drift_sd * sd_s / here
    if left * half_s <= DRIFT_MATTERS_S:
        shifts, weights = offset_grid(here)
        return shifts, slope * shifts, weights
    shifts, weights = offset_grid(here, COARSE_GRID)
    ends, shares = offset_grid(left * half_s, COARSE_GRID // 2)
    joint = weights[:, None] * shares[None, :]
    drifts = slope * shifts[:, None] + ends[None, :] / half_s
    kept = joint > joint.max() * LEAST_NODE
    told = joint[kept]
    return np.broadcast_to(shifts[:, None], joint.shape)[kept], drifts[kept], told / told.sum()


def visit_density(windows: Array, visits: Array) -> Array:
    """Mean density of each visit over each window; shapes (..., n, 2), (v, 2) or (n, v, 2) -> (..., n, v)."""
    lengths = np.maximum(visits[..., 1] - visits[..., 0], LEAST_VISIT_S)
    ends = windows[..., None, :]
    rise = _area(ends[..., 1] - visits[..., 0]) - _area(ends[..., 0] - visits[..., 0])
    fall = _area(ends[..., 1] - visits[..., 1]) - _area(ends[..., 0] - visits[..., 1])
    widths = ends[..., 1] - ends[..., 0]
    return np.asarray(np.maximum(rise - fall, 0.0) / (widths * lengths))


def shifted_density(windows: Array, visits: Array) -> Array:
    """:func:`visit_density` at every clock shift, (g, n, 2) -> (g, n, v), in pieces that fit into memory."""
    each = max(windows.shape[1] * visits.shape[-2], 1)
    step = max(LARGEST_PIECE // each, 1)
    pieces = [visit_density(windows[k : k + step], visits) for k in range(0, len(windows), step)]
    return np.concatenate(pieces)


def covered_density(windows: Array, visits: Array, covered: Sequence[tuple[float, float]]) -> Array:
    """Mean density of each visit over each window, counted in covered time only; (g, n, 2) -> (g, n, v).

    A visit of a minute that was filmed in part lies in that part: it is the
    density there, and not the density of the whole minute times the part of it.
    """
    start, end = windows[..., 0], windows[..., 1]
    first, last = np.full_like(start, np.inf), np.full_like(start, -np.inf)
    pieces = np.zeros(start.shape, dtype=int)
    for begin, stop in covered:
        low, high = np.maximum(start, begin), np.minimum(end, stop)
        is_within = high > low
        first = np.where(is_within, np.minimum(first, low), first)
        last = np.where(is_within, np.maximum(last, high), last)
        pieces += is_within
    told = _part_density(windows, visits, first, last)
    torn = np.flatnonzero((pieces > 1).any(axis=0))  # windows with a hole in them: piece by piece
    if len(torn):
        some = windows[:, torn]
        stays = visits[torn] if visits.ndim == 3 else visits
        told[:, torn] = sum(
            _part_density(some, stays, np.maximum(some[..., 0], begin), np.minimum(some[..., 1], stop))
            for begin, stop in covered
        )
    return told


def _part_density(windows: Array, visits: Array, first: Array, last: Array) -> Array:
    """Mean density over each window of what lies between two moments of it; 0 where the second is not later."""
    start, end = windows[..., 0], windows[..., 1]
    is_seen = last > first
    part = np.stack([np.where(is_seen, first, start), np.where(is_seen, last, end)], axis=-1)
    share = np.where(is_seen, (part[..., 1] - part[..., 0]) / (end - start), 0.0)
    return np.asarray(shifted_density(part, visits) * share[..., None])


def _area(distance: Array) -> Array:
    """Integral of the soft edge up to this distance beyond it."""
    z = distance / EDGE_SD_S
    return np.asarray(distance * ndtr(z) + EDGE_SD_S * np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi))


def coverage_share(windows: Array, covered: Sequence[tuple[float, float]]) -> Array:
    """Share of each window that lies in covered time; (..., n, 2) -> (..., n)."""
    start, end = windows[..., 0], windows[..., 1]
    inside = sum(
        (np.clip(np.minimum(end, b) - np.maximum(start, a), 0.0, None) for a, b in covered), np.zeros_like(start)
    )
    return np.asarray(inside / (end - start))


def local_rate(timeline: Timeline, without: int = 0) -> Array:
    """Punches a second in the 15 minutes around each punch, from the whole log; (n,).

    The log goes on where the footage does not, so all of its punches count.
    ``without`` takes out that many, the punches of a visit that is being tested.
    """
    middles, log_s = timeline.windows.mean(axis=1), np.sort(timeline.log_s)
    upto = np.searchsorted(log_s, middles + RATE_WINDOW_S / 2, side="right")
    near = upto - np.searchsorted(log_s, middles - RATE_WINDOW_S / 2, side="left")
    return np.asarray(np.maximum((near - without) / RATE_WINDOW_S, LEAST_RATE))


def shifted_windows(timeline: Timeline) -> Array:
    """The window of each punch at every clock shift; (g, n, 2)."""
    away = timeline.windows.mean(axis=1) - timeline.middle_s
    shifts = timeline.offsets[:, None] + timeline.drifts[:, None] * away[None, :]
    return np.asarray(timeline.windows[None, :, :] - shifts[:, :, None])


@dataclass(frozen=True, slots=True)
class Densities:
    """What does not depend on ``m``: visit densities in covered time (g, n, v), covered share (g, n)."""

    visits: Array
    cover: Array


def densities(timeline: Timeline) -> Densities:
    """Densities of all visits at every clock shift; for a few punches, else see ``placing/passing.py``."""
    shifted = shifted_windows(timeline)
    cover = coverage_share(shifted, timeline.covered)
    return Densities(covered_density(shifted, timeline.visits, timeline.covered), cover)


def emissions(known: Densities, m: float, rates: Array) -> tuple[Array, Array, Array]:
    """Weights of visits (g, n, v), nobody seen (g, n) and outside coverage (g, n) at every clock shift.

    Parameters
    ----------
    m : float
        Share of punches made with nobody in view.
    rates : float array, shape (n,)
        Punches a second, see :func:`local_rate`.
    """
    return (1.0 - m) * known.visits, m * rates * known.cover, (1.0 - known.cover) * rates
