"""How often a short gap comes about where people arrive independently: what stands beside every short gap.

With forty people arriving within half an hour the next one follows within eight
seconds in one case of six. A short gap alone shows nothing on a shared terminal.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import combinations

import numpy as np

from toolkit.analysis.leads.log_days import Floats, LogDays

NEAR_S = 900.0


def base_rate(rate_per_s: float, gap_s: float) -> float:
    """Chance 0-1 that the next of people who come independently at this rate follows within ``gap_s`` seconds."""
    return round(1.0 - math.exp(-rate_per_s * gap_s), 4)


def nearby_rate(log: LogDays, rows: Sequence[int], without: Collection[int] = ()) -> float:
    """Arrivals a second within a quarter of an hour of these rows, those of ``without`` (and the rows) left out."""
    others = ~np.isin(log.who, list(without))
    arrivals = sum(
        int(np.count_nonzero(others & (log.key == log.key[k]) & (np.abs(log.at_s - log.at_s[k]) <= NEAR_S)))
        for k in rows
    )
    return arrivals / (2 * NEAR_S * max(len(rows), 1))


def spread(gaps_s: Floats) -> float | None:
    """Standard deviation of gaps over their mean; machines are near 0, people who walk up one by one near 1."""
    if len(gaps_s) < 2 or not float(np.mean(gaps_s)):
        return None
    return round(float(np.std(gaps_s, ddof=1) / np.mean(gaps_s)), 3)


def same_order(orders: Sequence[Sequence[int]]) -> float | None:
    """Mean Kendall tau over all pairs of days of the order of the same ids: 1 always the same, near 0 any order."""
    from scipy.stats import kendalltau  # read where it is used: every command would wait for it

    if len(orders) < 2 or len(orders[0]) < 2:
        return None
    members = sorted(orders[0])
    places = np.array([[list(order).index(one) for one in members] for order in orders])
    if len(members) == 2:
        signs = np.sign(places[:, 1] - places[:, 0])
        taus = [float(a * b) for a, b in combinations(signs.tolist(), 2)]
    else:
        kinds, counts = np.unique(places, axis=0, return_counts=True)
        taus = []
        for (a, m), (b, n) in combinations(zip(kinds, counts.tolist(), strict=True), 2):
            taus += [float(kendalltau(a, b).statistic)] * (m * n)
        taus += [1.0] * sum(m * (m - 1) // 2 for m in counts.tolist())
    return round(float(np.mean(taus)), 3)
