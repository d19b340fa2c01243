"""How well is an established offset known, and does one clock run ahead of the other?

Around the offset that :mod:`toolkit.analysis.timing.blind_alignment` found, the same
score is taken as what it is, the log of a likelihood, on a grid of offsets a
tenth of a second apart and of drifts. Its posterior gives offset, drift and an
interval.

Where within a visit people clock in is not known: at one place at once, at
another after a queue. A score that takes any place for equally likely was wrong
by a fifth of a visit, and its 95 % intervals held the truth in hardly any
simulated day on which clock-ins came early in the visits. So a family of laws is
tried, early to late, narrow to even (:data:`SHAPES`), and the posterior is taken
over all of them. No family holds every habit: a twentieth of a usual visit is
left open besides, however many clock-ins there are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.timing.blind_alignment import DAY_S, EVEN, LOCAL_S, Seen, log_gain

Floats = NDArray[np.float64]

FINE_S, REACH_S = 0.1, 30.0
DRIFT_SD = 50e-6  # between two quartz clocks
DRIFT_STEP_S = 0.5  # of the shift from end to end, between two drifts that are tried
MOST_DRIFTS = 81
LEAST_WEIGHT = 1e-6  # of the likeliest drift: less is not looked at again
LEAST_SD_S, OPEN_SHARE = 0.3, 0.05  # seconds, and share of a usual visit, that are never known better
MOST_DAYS = 40  # spread over all: more add nothing to what stays open
# Beta laws of the place within a visit: five means, loose and narrow, and the even one.
MEANS, NARROW = (0.15, 0.3, 0.5, 0.7, 0.85), (3.0, 10.0)
SHAPES = (EVEN, *((mean * width, (1 - mean) * width) for mean in MEANS for width in NARROW))
SHARE, Z95 = 0.95, 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Fine:
    """Terminal minus camera at ``middle_s`` of the camera's clock, seconds, with its 95 % interval and spread.

    ``drift_ppm`` is how much faster the terminal runs, with its spread. The
    offset is that of the terminal's own clock, not of its times cut to whole
    seconds: a clock-in written t was made in [t, t + precision).
    """

    offset_s: float
    interval_s: tuple[float, float]
    sd_s: float
    drift_ppm: float
    drift_sd_ppm: float
    middle_s: float


def fine_offset(seen: Seen, punches_s: Floats, near_s: float, *, precision_s: float = 1.0) -> Fine:
    """The posterior of offset and drift around an offset that was established.

    Parameters
    ----------
    near_s : float
        The coarse offset; half a minute to either side is looked at, and the
        width of a written time where that is more.
    """
    reach = max(REACH_S, precision_s)
    offsets = near_s + np.arange(-reach, reach + FINE_S / 2, FINE_S)
    punches_s = _some_days(punches_s)
    middle = float(np.mean(punches_s)) - near_s
    since = punches_s - near_s - middle
    curves = [_curves(seen, punches_s, offsets, precision_s, shape) for shape in SHAPES]
    span = float(np.ptp(punches_s))
    drifts = _drifts(span)
    weight = _posterior(curves, drifts, since)
    while _step(drifts) * span > DRIFT_STEP_S and _step(nearer := _nearer(drifts, weight.sum(axis=1))) < _step(drifts):
        drifts, weight = nearer, _posterior(curves, nearer, since)
    by_offset, by_drift = weight.sum(axis=0), weight.sum(axis=1)
    best = float(by_offset @ offsets)
    drift = float(by_drift @ drifts)
    least = max(LEAST_SD_S, OPEN_SHARE * float(np.median(np.diff(seen.visits, axis=1))))
    sd = math.hypot(least, math.sqrt(float(by_offset @ (offsets - best) ** 2)))
    tail = (1 - SHARE) / 2
    ends = np.interp([tail, 1 - tail], np.cumsum(by_offset), offsets)
    floor = Z95 * least
    # What stays open of the offset may be another at the first clock-in than at the last.
    drift_sd = math.hypot(math.sqrt(float(by_drift @ (drifts - drift) ** 2)), math.sqrt(2) * least / max(span, 1.0))
    return Fine(
        offset_s=best, sd_s=sd,
        interval_s=(best - math.hypot(best - ends[0], floor), best + math.hypot(ends[1] - best, floor)),
        drift_ppm=1e6 * drift, drift_sd_ppm=1e6 * min(drift_sd, DRIFT_SD), middle_s=middle,
    )  # fmt: skip


def _posterior(curves: Sequence[Floats], drifts: Floats, since: Floats) -> Floats:
    """Over all laws of the place within a visit: (drifts, offsets), of sum 1."""
    logs = np.stack([[_shifted(one, drift * since) for drift in drifts] for one in curves])
    logs -= 0.5 * (drifts[:, None] / DRIFT_SD) ** 2
    weight = np.exp(logs - logs.max()).sum(axis=0)
    return np.asarray(weight / weight.sum())


def _some_days(punches_s: Floats) -> Floats:
    days = np.unique(np.floor(punches_s / DAY_S))
    if len(days) <= MOST_DAYS:
        return punches_s
    chosen = days[np.round(np.linspace(0, len(days) - 1, MOST_DAYS)).astype(np.intp)]
    return punches_s[np.isin(np.floor(punches_s / DAY_S), chosen)]


def _drifts(span_s: float) -> Floats:
    """Drifts within three spreads, no finer than matters from the first clock-in to the last."""
    steps = min(MOST_DRIFTS // 2, math.ceil(3 * DRIFT_SD * span_s / DRIFT_STEP_S))
    return np.linspace(-3 * DRIFT_SD, 3 * DRIFT_SD, 2 * steps + 1) if steps else np.zeros(1)


def _step(drifts: Floats) -> float:
    return float(drifts[1] - drifts[0]) if len(drifts) > 1 else 0.0


def _nearer(drifts: Floats, weight: Floats) -> Floats:
    """Ten times as fine a grid around the drifts that count; over a week the first one steps by seconds."""
    counts = np.flatnonzero(weight > LEAST_WEIGHT * weight.max())
    low, high = (float(drifts[np.clip(k, 0, len(drifts) - 1)]) for k in (counts[0] - 1, counts[-1] + 1))
    steps = min(MOST_DRIFTS - 1, 10 * round((high - low) / _step(drifts)))
    return np.linspace(low, high, steps + 1)


def _curves(seen: Seen, punches_s: Floats, offsets: Floats, precision_s: float, shape: tuple[float, float]) -> Floats:
    """What each clock-in is worth at each offset: (clock-ins, offsets). Days are looked at one by one."""
    found = np.zeros((len(punches_s), len(offsets)))
    on_camera = punches_s - offsets[len(offsets) // 2]
    for day in np.unique(np.floor(on_camera / DAY_S)):
        mine = np.flatnonzero(np.floor(on_camera / DAY_S) == day)
        part = seen.within(float(on_camera[mine].min()) - 2 * LOCAL_S, float(on_camera[mine].max()) + 2 * LOCAL_S)
        if not len(part.visits) or not len(part.watched):
            continue
        gain, first = log_gain(part, precision_s=precision_s, step_s=FINE_S, shape=shape)
        places = np.round((punches_s[mine, None] - offsets - first) / FINE_S).astype(np.intp)
        inside = (places >= 0) & (places < len(gain))
        found[mine] = np.where(inside, gain[np.where(inside, places, 0)], 0.0)
    return found


def _shifted(curves: Floats, by_s: Floats) -> Floats:
    """Sum over clock-ins, each curve moved by what the drift makes of it."""
    count = curves.shape[1]
    places = np.clip(np.arange(count) + np.round(by_s / FINE_S).astype(np.intp)[:, None], 0, count - 1)
    return np.asarray(np.take_along_axis(curves, places, axis=1).sum(axis=0))
