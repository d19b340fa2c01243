"""From the scores of a site's controls to a ratio at any score, with a bound that clusters and counts allow.

One score goes in, however many cues it was fused from. A logistic curve of two
parameters is fitted on *effective* counts, every control also entering with the
other label at a total weight of one a side: a separation that is perfect by
chance then gives no infinite slope. The bound is the curve less a quantile of
its spread when people, prints and days are drawn anew, and never more than the
counts of controls beyond a threshold can carry.

Simulated sites of 12 to 200 people (tests/analysis/test_strength_acceptance.py)
hold the bound below the true ratio in 95 of 100 prints or more, on people,
prints and days like those of the controls. Other light, another camera or
another kind of print are not covered by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from toolkit.analysis.rates import lower_bounds, upper_bounds
from toolkit.analysis.weighing.site_controls import Control, day_factor, effective

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Side = Literal["print", "live"]

DRAWS = 300
# It fixes the arithmetic of the bootstrap, so that a rerun gives the same bytes; no material is chosen by it.
DRAW_SEED = 8
CONFIDENCE = 0.95
HIT_CONFIDENCE = 0.90  # of the numerator of a cap; with .95 below the line the ratio still misses in under 4 of 100
PSEUDO_WEIGHT = 1.0  # a side; a Jeffreys prior in the form of observations
FEW_STEPS, MOST_STEPS, SMALLEST_STEP, ROUNDING = 10, 60, 1e-6, 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """Scores float64 (n,) of a site's control presentations, and whose they are; high speaks for a print.

    At least one presentation of either side; rows may come in any order.
    """

    values: Floats
    shown: tuple[Control, ...]

    @property
    def is_print(self) -> Bools:
        """Which rows are prints, (n,)."""
        return np.array([one.print_id is not None for one in self.shown], dtype=np.bool_)

    def of(self, side: Side) -> Floats:
        """The scores of one side."""
        return np.asarray(self.values[self.is_print == (side == "print")])

    def spread(self) -> float:
        """Standard deviation within the sides, pooled; 0 where nothing varies."""
        sides = [side for side in (self.of("print"), self.of("live")) if len(side)]
        free = sum(len(side) - 1 for side in sides)
        squares = sum(float(((side - side.mean()) ** 2).sum()) for side in sides)
        return float(np.sqrt(squares / free)) if free > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Natural log of the ratio for one side at any score, its lower bound and its cap.

    ``flip`` is -1 where the curve speaks for live faces: scores are turned
    round, so that high always speaks for ``side``. ``coefficients`` (2,) and
    their ``covariance`` over the draws are for (score - centre) / scale;
    ``thresholds`` (k,) are the controls' scores, turned round and rising, and
    ``caps`` (k,) what counts carry there. Beyond the outermost controls
    everything is as at them.
    """

    side: Side
    flip: float
    centre: float
    scale: float
    coefficients: Floats
    covariance: Floats
    quantile: float
    thresholds: Floats
    caps: Floats
    denominator_effective: float

    def log_ratio(self, scores: ArrayLike) -> Floats:
        """The curve itself, natural log; half of the time above the truth, therefore never worded."""
        at = (self._inside(scores) - self.centre) / self.scale
        return np.asarray(self.coefficients[0] + self.coefficients[1] * at)

    def cap(self, scores: ArrayLike, shift: float = 0.0) -> Floats:
        """Natural log of the highest ratio that counts of controls at or below this score can carry."""
        return np.asarray(self.caps[np.searchsorted(self.thresholds, self._inside(scores, shift))])

    def uncapped(self, scores: ArrayLike, shift: float = 0.0) -> Floats:
        """The curve less its spread, natural log, at scores taken lower by ``shift``."""
        at = (self._inside(scores, shift) - self.centre) / self.scale
        variance = self.covariance[0, 0] + 2 * at * self.covariance[0, 1] + at * at * self.covariance[1, 1]
        curve = self.coefficients[0] + self.coefficients[1] * at
        return np.asarray(curve - self.quantile * np.sqrt(np.maximum(variance, 0.0)))

    def lower(self, scores: ArrayLike, shift: float = 0.0) -> Floats:
        """Lower 95 % bound of the log ratio.

        Parameters
        ----------
        scores : array_like
            Taken as at the end of the controls where they lie beyond it.
        shift : float
            How much light or place may have moved the scores of live faces,
            in units of the score; the bound is taken that much lower.

        Returns
        -------
        float64 array
            Natural log. A high value does not say that a print was shown, only
            that such scores are more expected from prints like the controls'
            than from live faces like the controls'.
        """
        return np.minimum(self.uncapped(scores, shift), self.cap(scores, shift))

    def _inside(self, scores: ArrayLike, shift: float = 0.0) -> Floats:
        """Scores, high for this side, within the controls' range, then lowered and again within it.

        Within it first: a score beyond all controls is worth what the extreme one is, whatever the shift.
        """
        ends = float(self.thresholds[0]), float(self.thresholds[-1])
        inside = np.clip(self.flip * np.asarray(scores, float), *ends)
        return np.asarray(np.clip(inside - shift, *ends))


def curve_for(side: Side, scores: Scores) -> Curve:
    """The curve for prints, or its mirror for live faces: labels and scores turned round, days of the other side.

    Parameters
    ----------
    side : {"print", "live"}
        For whom a high ratio speaks. Numerator: this side; the days on which
        the other side was recorded weigh on it.
    scores : Scores

    Raises
    ------
    ValueError
        A side is empty, or all scores are alike.

    References
    ----------
    Pseudo-observations as a prior: Rigon and Aliverti 2022 (abstract read);
    shrinkage of ratios towards 1: Morrison and Poh 2018 (abstract read).
    Weights of the draws: the Bayesian bootstrap of Rubin 1981, on clusters.
    """
    rows = _sorted(scores)
    flip = 1.0 if side == "print" else -1.0
    values = flip * rows.values
    own = rows.is_print == (side == "print")
    if own.all() or not own.any() or np.ptp(values) == 0.0:
        raise ValueError("scores of both sides are needed, and they must vary")
    counts = _effective(rows.shown, side)
    centre, scale = float(values.mean()), float(values.std())
    at = (values - centre) / scale
    offset = float(np.log(counts[0] / counts[1]))
    even = _to_counts(np.ones((1, len(own))), own, counts)
    coefficients = _fit(at, own, even, counts, offset, np.zeros((1, 2)))[0]
    drawn = _to_counts(_draws(rows.shown), own, counts)
    draws = _fit(at, own, drawn, counts, offset, np.tile(coefficients, (DRAWS, 1)))
    thresholds, caps = _caps(values, own, counts)
    return Curve(
        side=side, flip=flip, centre=centre, scale=scale, coefficients=coefficients,
        covariance=np.cov(draws, rowvar=False), quantile=_quantile(rows.shown), thresholds=thresholds, caps=caps,
        denominator_effective=counts[1],
    )  # fmt: skip


def left_out(scores: Scores) -> Floats:
    """Natural log ratio for a print at each control, (n,), from a curve that has not seen its person or print.

    In the order of ``scores``, two persons and two prints at least. What the controls were fitted on flatters; this
    is what Cllr and Tippett curves are to be made of.
    """
    own = scores.is_print
    counts = _effective(scores.shown, "print")
    whose = [(one.print_id is not None, one.print_id or one.person) for one in scores.shown]
    owners = {key: number for number, key in enumerate(sorted(set(whose)))}
    member = np.array([owners[key] for key in whose])
    kept = (member[None, :] != np.arange(len(owners))[:, None]).astype(float)
    centre, scale = float(scores.values.mean()), float(scores.values.std())
    at = (scores.values - centre) / scale
    offset = float(np.log(counts[0] / counts[1]))
    fits = _fit(at, own, _to_counts(kept, own, counts), counts, offset, np.zeros((len(owners), 2)))
    return np.asarray(fits[member, 0] + fits[member, 1] * at)


def _sorted(scores: Scores) -> Scores:
    """Rows in one order, so that the order in which recordings were read changes nothing."""
    keys = [
        (one.print_id is not None, one.print_id or "", one.person, one.day, float(value))
        for one, value in zip(scores.shown, scores.values, strict=True)
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return Scores(values=scores.values[order], shown=tuple(scores.shown[k] for k in order))


def _effective(shown: Sequence[Control], side: Side) -> tuple[float, float]:
    """Effective numbers of the side and of its denominator; days weigh on the denominator only."""
    sides = {
        "print": [(one.print_id, one.day) for one in shown if one.print_id is not None],
        "live": [(one.person, one.day) for one in shown if one.print_id is None],
    }
    above = sides[side]
    below = sides["live" if side == "print" else "print"]
    days = len({day for _, day in below})
    return effective([owner for owner, _ in above]), effective([owner for owner, _ in below]) * day_factor(days)


def _quantile(shown: Sequence[Control]) -> float:
    """Student's quantile: few people or prints make a spread that is itself unsure."""
    people = len({one.person for one in shown if one.print_id is None})
    prints = len({one.print_id for one in shown if one.print_id is not None})
    return float(stdtrit(max(min(people, prints) - 1, 1), CONFIDENCE))


def _draws(shown: Sequence[Control]) -> Floats:
    """Weights (draws, n): a unit exponential for each person, print and day, multiplied."""
    people = _exponentials([one.person for one in shown], 0)
    prints = _exponentials([one.print_id or "" for one in shown], 1)
    days = _exponentials([one.day.isoformat() for one in shown], 2)
    live = np.array([one.print_id is None for one in shown], bool)
    return people * np.where(live, 1.0, prints) * days


def _exponentials(owners: Sequence[str], kind: int) -> Floats:
    """The same number for all rows of an owner, (draws, n)."""
    names, place = np.unique(np.array(owners), return_inverse=True)
    drawn = np.random.default_rng([DRAW_SEED, kind]).exponential(size=(len(names), DRAWS))
    return np.asarray(drawn[place].T)


def _to_counts(weights: Floats, own: Bools, counts: tuple[float, float]) -> Floats:
    """Weights (k, n) that sum to the effective number of each side."""
    scaled = weights.copy()
    for mask, count in ((own, counts[0]), (~own, counts[1])):
        scaled[:, mask] *= count / scaled[:, mask].sum(axis=1, keepdims=True)
    return scaled


def _fit(at: Floats, own: Bools, weights: Floats, counts: tuple[float, float], offset: float, start: Floats) -> Floats:
    """Coefficients (k, 2) of logit = offset + a + b x for k sets of weights: the top of a concave likelihood."""
    share = np.where(own, PSEUDO_WEIGHT / counts[0], PSEUDO_WEIGHT / counts[1])
    model = _Logistic(at=at, yes=np.where(own, weights, weights * share), total=weights * (1 + share), offset=offset)
    found = start
    # Steps that run away end where nothing bends and are then no numbers; that is taken back below.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(FEW_STEPS):  # from a near start nearly all sets of weights need no more than plain steps
            step = model.newton_step(found)
            found = found + step
            if float(np.abs(step).max()) < SMALLEST_STEP:  # the error that is left is about its square
                return found
    return _climb(model, start)


def _climb(model: _Logistic, found: Floats) -> Floats:
    """Newton's steps, halved until none goes down: the way to the top from anywhere, at twice the cost."""
    reached = model.likelihood(found)
    for _ in range(MOST_STEPS):
        step = model.newton_step(found)
        if float(np.abs(step).max()) < SMALLEST_STEP:
            return found + step
        for _ in range(MOST_STEPS):
            there = model.likelihood(found + step)
            worse = ~(there >= reached - ROUNDING * np.abs(reached))  # "not a number" is worse too
            if not worse.any():
                break
            step = np.where(worse[:, None], step / 2, step)
        found, reached = found + step, there
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Logistic:
    """Points ``at`` (n,), weights (k, n) with which each is a "yes" and in total."""

    at: Floats
    yes: Floats
    total: Floats
    offset: float

    def likelihood(self, found: Floats) -> Floats:
        logit = self.offset + found[:, :1] + found[:, 1:] * self.at
        log_sum = np.maximum(logit, 0.0) + np.log1p(np.exp(-np.abs(logit)))
        return np.asarray((self.yes * logit - self.total * log_sum).sum(axis=1))

    def newton_step(self, found: Floats) -> Floats:
        chance = 0.5 + 0.5 * np.tanh(0.5 * (self.offset + found[:, :1] + found[:, 1:] * self.at))
        slope = self.yes - self.total * chance
        bend = self.total * chance * (1.0 - chance)
        g0, g1 = slope.sum(axis=1), slope @ self.at
        h00, h01, h11 = bend.sum(axis=1), bend @ self.at, bend @ (self.at * self.at)
        determinant = h00 * h11 - h01 * h01
        return np.stack([(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant], axis=1)


def _caps(values: Floats, own: Bools, counts: tuple[float, float]) -> tuple[Floats, Floats]:
    """For each value among the controls: natural log of the best bounded ratio of counts at or below it."""
    thresholds = np.unique(values)
    above = [np.searchsorted(np.sort(values[mask]), thresholds) for mask in (own, ~own)]
    sizes = (int(own.sum()), int((~own).sum()))
    hits = [(size - place) / size * count for size, place, count in zip(sizes, above, counts, strict=True)]
    low = lower_bounds(hits[0], counts[0], HIT_CONFIDENCE)
    high = upper_bounds(hits[1], counts[1], CONFIDENCE)
    with np.errstate(divide="ignore"):  # a threshold that no print is certain to reach carries nothing
        ratio = np.log(low) - np.log(high)
    return thresholds, np.maximum.accumulate(ratio)
