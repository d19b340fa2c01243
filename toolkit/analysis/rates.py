"""Error rates with exact intervals, and how well two sides can be told apart.

Intervals of rates are Clopper and Pearson's (1934), two-sided 95 %. The area
under the ROC curve is the chance that a presentation of one side reads higher
than one of the other (ties count half); its interval is the score interval of
Newcombe (Statistics in Medicine 25, 2006, method 5), which keeps its coverage
near 1 where intervals from the spread of the values collapse (with ten a side
and one live face in twenty out of place it holds the truth in 93 of 100).
All of them count presentations as independent; several presentations of one
face are less than that, and whoever quotes them says how many people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many of so many, with the exact interval; ``rate`` None and the interval (0, 1) without trials."""

    hits: int
    trials: int
    rate: float | None
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Area under the ROC curve 0-1 with its interval; None where one side is empty."""

    area: float | None
    interval: tuple[float, float] | None
    sides: tuple[int, int]


def rate_of(hits: int, trials: int) -> Rate:
    """A rate with its exact two-sided 95 % interval.

    Raises
    ------
    ValueError
        Not 0 <= hits <= trials.
    """
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} of {trials}")
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, trials - hits + 1, tail))
    high = 1.0 if hits == trials else float(betaincinv(hits + 1, trials - hits, 1 - tail))
    return Rate(hits=hits, trials=trials, rate=hits / trials if trials else None, interval=(low, high))


def upper_bounds(hits: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> Floats:
    """Exact one-sided upper bounds of rates (Clopper and Pearson), of arrays that broadcast; 1 without trials.

    Effective counts are not whole: the bound is then the same quantile of the
    beta distribution, which runs through the exact bounds at whole counts.
    """
    k, n = np.broadcast_arrays(np.asarray(hits, float), np.asarray(trials, float))
    open_end = (n <= 0) | (k >= n)
    bound = betaincinv(np.where(open_end, 1.0, k + 1), np.where(open_end, 1.0, n - k), confidence)
    return np.where(open_end, 1.0, bound)


def lower_bounds(hits: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> Floats:
    """Exact one-sided lower bounds of rates; 0 without trials."""
    k, n = np.broadcast_arrays(np.asarray(hits, float), np.asarray(trials, float))
    open_end = (n <= 0) | (k <= 0)
    bound = betaincinv(np.where(open_end, 1.0, k), np.where(open_end, 1.0, n - k + 1), 1 - confidence)
    return np.where(open_end, 0.0, bound)


def area_of(pairs: Sequence[tuple[Sequence[float], Sequence[float]]], sure: float = NORMAL_95) -> Area:
    """How often the second side reads higher than the first, over strata.

    Parameters
    ----------
    pairs : sequence of (values of one side, values of the other)
        One pair a stratum (one geometry and movement); sides are compared
        within strata only, and strata weigh as their numbers of pairs do.
    sure : float
        Half width of the interval in standard deviations; 1.96 is 95 %.

    Notes
    -----
    An area of .5 says that the values do not tell the sides apart; an area
    near 1 says that something does, not that it is what was meant to.
    """
    used = [(np.asarray(a, float), np.asarray(b, float)) for a, b in pairs if len(a) and len(b)]
    sides = (sum(len(a) for a, _ in used), sum(len(b) for _, b in used))
    if not used:
        return Area(area=None, interval=None, sides=(sum(len(a) for a, _ in pairs), sum(len(b) for _, b in pairs)))
    weights = np.array([len(a) * len(b) for a, b in used], float)
    weights /= weights.sum()
    area = float(sum(w * _higher(a, b) for w, (a, b) in zip(weights, used, strict=True)))
    sizes = [(len(a), len(b)) for a, b in used]
    return Area(area=area, interval=_score_interval(area, weights, sizes, sure), sides=sides)


def _higher(first: Floats, second: Floats) -> float:
    """How often the second reads higher, ties half."""
    return float(((second[None, :] > first[:, None]) + 0.5 * (second[None, :] == first[:, None])).mean())


def _score_interval(area: float, weights: Floats, sizes: Sequence[tuple[int, int]], sure: float) -> tuple[float, float]:
    """All areas from which the one found is no farther than so many of *their* standard deviations."""

    def too_far(candidate: float) -> bool:
        spread = sum(w * w * _variance(candidate, m, n) for w, (m, n) in zip(weights, sizes, strict=True))
        return abs(area - candidate) > sure * float(np.sqrt(spread))

    def edge(far: float) -> float:
        if not too_far(far):
            return far
        near = area
        for _ in range(60):
            middle = (near + far) / 2
            near, far = (near, middle) if too_far(middle) else (middle, far)
        return near

    return edge(0.0), edge(1.0)


def _variance(area: float, first: int, second: int) -> float:
    """Variance of an area in a stratum (Newcombe 2006, after Hanley and McNeil 1982)."""
    both = (first + second) / 2 - 1
    spread = 1 + both * (1 - area) / (2 - area) + both * area / (1 + area)
    return area * (1 - area) * spread / (first * second)


def roc(bona_fide: Sequence[float], attack: Sequence[float]) -> list[tuple[float, float]]:
    """Points (share of live taken for artefacts, share of artefacts taken for live) over all thresholds.

    Values speak for an artefact where they are high. From "all are called
    artefacts" (1, 0) to "none is" (0, 1); empty without values on both sides.
    """
    if not len(bona_fide) or not len(attack):
        return []
    live, false = np.sort(np.asarray(bona_fide, float)), np.sort(np.asarray(attack, float))
    steps = np.unique(np.concatenate([live, false]))
    points = [(1.0, 0.0)]
    for at in steps:
        points.append((float((live > at).mean()), float((false <= at).mean())))
    return points


def equal_error(points: Sequence[tuple[float, float]]) -> float | None:
    """The rate at which both errors are alike, None without points."""
    if not points:
        return None
    return min((max(one), abs(one[0] - one[1])) for one in points)[0]
