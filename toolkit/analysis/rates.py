"""Error rates with exact intervals, and how well two sides can be told apart.

Intervals of rates are Clopper and Pearson's (1934), two-sided 95 %. The area
under the ROC curve is the chance that a presentation of one side reads higher
than one of the other (ties count half); its interval comes from DeLong, DeLong
and Clarke-Pearson (1988), within strata where sides were drawn in pairs of
strata. All of them count presentations as independent; several presentations
of one face are less than that, and whoever quotes them says how many people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

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
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, trials - hits + 1))
    high = 1.0 if hits == trials else float(beta.ppf(1 - tail, hits + 1, trials - hits))
    return Rate(hits=hits, trials=trials, rate=hits / trials if trials else None, interval=(low, high))


def area_of(pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Area:
    """How often the second side reads higher than the first, over strata.

    Parameters
    ----------
    pairs : sequence of (values of one side, values of the other)
        One pair a stratum (one geometry and movement); sides are compared
        within strata only, and strata weigh as their numbers of pairs do.

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
    told = [_delong(a, b) for a, b in used]
    area = float(sum(w * one for w, (one, _) in zip(weights, told, strict=True)))
    sd = float(np.sqrt(sum(w * w * var for w, (_, var) in zip(weights, told, strict=True))))
    low, high = max(0.0, area - NORMAL_95 * sd), min(1.0, area + NORMAL_95 * sd)
    return Area(area=area, interval=(low, high), sides=sides)


def _delong(first: Floats, second: Floats) -> tuple[float, float]:
    """Area and its variance in one stratum; a perfect split gets the variance of one misplaced pair."""
    higher = (second[None, :] > first[:, None]) + 0.5 * (second[None, :] == first[:, None])
    area = float(higher.mean())
    rows, columns = higher.mean(axis=1), higher.mean(axis=0)
    parts = [float(np.var(one, ddof=1)) / len(one) if len(one) > 1 else 0.25 for one in (rows, columns)]
    least = (0.5 / len(first)) ** 2 / 12 + (0.5 / len(second)) ** 2 / 12
    return area, max(sum(parts), least)


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
