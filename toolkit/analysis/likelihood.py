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

EDGE_SD_S = 0.7  # how well the ends of a visit are known
GRID = 41
FAR_SDS = 9.0
GRID_SDS = 4.0
GRID_STEP_S = 0.5
COARSE_GRID = 17
DRIFT_MATTERS_S = 0.25
LEAST_NODE = 1e-4
RATE_WINDOW_S = 900.0
LEAST_RATE = 1.0 / 3600.0
LEAST_VISIT_S = 1.0

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


def normal_cdf(z: Array) -> Array:
    """Standard normal distribution, by ``math.erfc``."""
    values = np.where(z > 0, 1.0, 0.0)
    near = np.abs(z) < FAR_SDS  # beyond, the tail is below what a double can add to 1
    values[near] = [0.5 * math.erfc(-value / math.sqrt(2)) for value in z[near]]
    return np.asarray(values)


def visit_density(windows: Array, visits: Array) -> Array:
    """Mean density of each visit over each window; shapes (..., n, 2), (v, 2) -> (..., n, v)."""
    lengths = np.maximum(visits[:, 1] - visits[:, 0], LEAST_VISIT_S)
    ends = windows[..., None, :]
    rise = _area(ends[..., 1] - visits[:, 0]) - _area(ends[..., 0] - visits[:, 0])
    fall = _area(ends[..., 1] - visits[:, 1]) - _area(ends[..., 0] - visits[:, 1])
    widths = ends[..., 1] - ends[..., 0]
    return np.asarray(np.maximum(rise - fall, 0.0) / (widths * lengths))


def _area(distance: Array) -> Array:
    """Integral of the soft edge up to this distance beyond it."""
    z = distance / EDGE_SD_S
    return np.asarray(distance * normal_cdf(z) + EDGE_SD_S * np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi))


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
    middles = timeline.windows.mean(axis=1)
    near = np.abs(timeline.log_s[None, :] - middles[:, None]) <= RATE_WINDOW_S / 2
    return np.asarray(np.maximum((near.sum(axis=1) - without) / RATE_WINDOW_S, LEAST_RATE))


@dataclass(frozen=True, slots=True)
class Densities:
    """What does not depend on ``m``: visit densities in covered time (g, n, v), covered share (g, n)."""

    visits: Array
    cover: Array


def densities(timeline: Timeline) -> Densities:
    """Densities of all visits at every clock shift; the slow part, made once for a timeline."""
    away = timeline.windows.mean(axis=1) - timeline.middle_s
    shifts = timeline.offsets[:, None] + timeline.drifts[:, None] * away[None, :]
    shifted = timeline.windows[None, :, :] - shifts[:, :, None]
    cover = coverage_share(shifted, timeline.covered)
    # Shift by shift: the intermediate arrays of all at once would be many times the result.
    dense = np.stack([visit_density(one, timeline.visits) for one in shifted])
    dense *= cover[..., None]
    return Densities(dense, cover)


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
