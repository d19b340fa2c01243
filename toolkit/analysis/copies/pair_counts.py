"""How often do live visits look alike that are not one print? Counts for FD4 that pairs of few people cannot inflate.

Pairs share people and visits: forty visits make 780 pairs but carry what twenty
do that share none. Rates are therefore counted on disjoint pairs, and the best
of many comparisons is worth their mean, not itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.analysis.strength import lower_bound, upper_bound


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCounts:
    """Counts at one threshold of likeness that was frozen before anything was compared.

    ``exceeding`` of ``pairs`` pairs of live visits of different days reach it;
    ``disjoint`` is how many of such pairs share no visit (:func:`disjoint_pairs`)
    and what they count for; ``found`` of ``reused`` presentations of a print
    shown again reach it (0 of 0: no such controls, then there is no ratio).
    """

    exceeding: int
    pairs: int
    disjoint: int
    found: int = 0
    reused: int = 0

    @property
    def rarity(self) -> float:
        """Upper 95 % bound of the rate at which live visits reach the threshold; 1 without pairs."""
        share = self.exceeding / self.pairs if self.pairs else 1.0
        return upper_bound(share * self.disjoint, self.disjoint)

    def lower_log10(self) -> float | None:
        """Lower bound of log10 P(reached | one print) / P(reached | live visits), None where it has no numerator.

        A high value does not say that one print was used twice; it says that
        live visits of this camera seldom look so much alike.
        """
        hits = lower_bound(self.found, self.reused, 0.90)
        return math.log10(hits / self.rarity) if hits > 0 else None


def disjoint_pairs(visits_per_person: Sequence[int]) -> int:
    """How many pairs of visits share no visit, person by person: the trials that U95 may count."""
    return sum(visits // 2 for visits in visits_per_person)


def any_of(log10_lrs: Sequence[float]) -> float:
    """Log10 ratio of "at least one of these k pairs is one print": the mean of their ratios, about max / k.

    Raises
    ------
    ValueError
        No pair was compared.
    """
    if not log10_lrs:
        raise ValueError("no pair was compared")
    most = max(log10_lrs)
    return most + math.log10(math.fsum(10.0 ** (one - most) for one in log10_lrs) / len(log10_lrs))
