"""What may be said of the outcomes of a punch: less than the clock alone would allow, in two kinds of case.

Several ids in one visit: one body that took them all, or one person's own
clock-in and others that nobody saw, made while that person stood there. Time
cannot tell a single such pair apart (on honest mornings half of the clock-ins
so placed were wrong), and every id more makes chance less likely by a factor
that can be worked out. So such a visit is weighed against "one id for each
body" with a prior, and what is left over goes back to the other outcomes.

Records to the minute: they claim nothing (docs/association.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import logsumexp

from toolkit.analysis.placing.likelihood import Array
from toolkit.analysis.placing.passing import Bands
from toolkit.analysis.rates import upper_bounds

SEVERAL_PRIOR = 0.05  # of the visits that several ids fall into: one body took them all (docs/adr/0021)
LEAST_SHARE = 0.5  # of a punch, that a visit is its own
MINUTE_S = 60.0
MOST_TO_THE_MINUTE = 0.89  # below what counts as a claim, however well one visit fits
UNSEEN_MEAN = 0.05  # of the prior of the share of punches that are made with nobody in view
TINY = 1e-300


def share_unseen(m: float, nobody: Array, outside: Array) -> float:
    """The share of punches with nobody in view, for whatever is weighed against chance.

    That fewer than one in twenty are made unseen is to be shown, not presumed:
    a morning with none among forty would set the share to a third of that by
    luck. So it is at least the prior's mean, or what the footage excludes with
    95 % where that is less.
    """
    excluded = float(upper_bounds(nobody.sum(), (1.0 - outside).sum()))
    return max(m, min(UNSEEN_MEAN, excluded))


def doubted(shares: Array, known: Bands, m: float, rates: Array, weights: Array, employees: Sequence[str]) -> Array:
    """The outcomes with visits of several ids weighed against "one id for each body".

    Parameters
    ----------
    shares : float array, shape (n, v + 2)
        Of each punch its visits, nobody, outside coverage; rows sum to 1.
    m : float
        See :func:`share_unseen`.
    """
    told = shares.copy()
    best = shares[:, :-2].argmax(axis=1) if known.number else np.zeros(0, int)
    rows = np.flatnonzero(shares[np.arange(len(best)), best] >= LEAST_SHARE) if known.number else best
    ids = np.array(employees, object)
    for visit in np.unique(best[rows]):
        mine = rows[best[rows] == visit]
        if len(set(ids[mine])) > 1:
            factors = _factors(int(visit), mine, known, m, rates, weights, [employees[k] for k in mine])
            for row, factor in zip(mine, factors, strict=True):
                told[row] = _lowered(told[row], int(visit), float(told[row, visit] * factor))
    return told


def _factors(
    visit: int, mine: Array, known: Bands, m: float, rates: Array, weights: Array, ids: Sequence[str]
) -> list[float]:
    """By how much each punch's share of the visit falls: P(one body) + P(not) x its part of being the one."""
    slots = visit - known.first[mine]
    own = (1.0 - m) * known.visits[mine, :, slots]
    every = (1.0 - m) * known.visits[mine].sum(axis=2)
    aside = (m * known.cover[mine] + 1.0 - known.cover[mine]) * rates[mine, None]
    log_own, log_rest = np.log(np.maximum(own, TINY)), np.log(np.maximum(every - own, 0.0) + np.maximum(aside, TINY))
    names = sorted(set(ids))
    whose = np.array([names.index(one) for one in ids])
    by_id = np.array([[part[whose == k].sum(axis=0) for part in (log_own, log_rest)] for k in range(len(names))])
    prior = np.log(np.maximum(weights, TINY))
    together = logsumexp(by_id[:, 0].sum(axis=0) + prior)
    rest = by_id[:, 1].sum(axis=0)
    alone = np.array([logsumexp(one[0] + rest - one[1] + prior) for one in by_id])
    odds = np.log(SEVERAL_PRIOR / (1 - SEVERAL_PRIOR)) + together - logsumexp(alone)
    several = 1.0 / (1.0 + np.exp(-np.clip(odds, -60, 60)))
    part = np.exp(alone - logsumexp(alone))
    return [float(several + (1 - several) * part[k]) for k in whose]


def to_the_minute(shares: Array) -> Array:
    """Outcomes of one punch whose record is to the minute; (v + 2,).

    None of a visit, or of nobody, is stated beyond :data:`MOST_TO_THE_MINUTE`.
    That a punch lies outside what was looked at does not hang on its minute.
    """
    best = int(shares.argmax())
    if best == len(shares) - 1 or shares[best] <= MOST_TO_THE_MINUTE:
        return shares
    return _lowered(shares, best, MOST_TO_THE_MINUTE)


def _lowered(shares: Array, place: int, value: float) -> Array:
    """The outcomes with one of them lowered; the others as they stand to each other, or nobody where none is."""
    others = shares.copy()
    others[place] = 0.0
    if others.sum() < 1e-9:
        others[-2 if place != len(shares) - 2 else -1] = 1.0
    told = others / others.sum() * (1.0 - value)
    told[place] = value
    return np.asarray(told)
