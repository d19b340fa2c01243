"""How strong may a statement be? Exact bounds, one ratio for each rival, words from the lower bound.

A ratio says how much more expected the observations are if A than if a rival;
it is not the probability of A. The headline is the weakest rival; a person's word
that a rival is excluded counts what that person's tested misses allow and takes
no rival away. Ratios of different rivals are never multiplied (the product would
be their conjunction). Bands of words as in the ENFSI guideline on evaluative
reporting (2015).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from toolkit.analysis.rates import lower_bounds, upper_bounds

# Lower edge of each band of the ratio, and the key of its words.
BANDS = (
    (1e6, "extremely_strong"),
    (1e4, "very_strong"),
    (1e3, "strong"),
    (1e2, "moderately_strong"),
    (1e1, "moderate"),
    (2.0, "weak"),
)
NO_SUPPORT = "no_support"
ORDER = (NO_SUPPORT, "weak", "moderate", "moderately_strong", "strong", "very_strong", "extremely_strong")
OTHER_FOOTAGE_CAP = "moderate"  # rates from other footage carry no more (CONTRACT 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another explanation, with its ratio where one is known.

    ``log10_lr`` is the point, ``lower_log10`` the bound that words come from;
    both None where no ratio is known. ``excluded_by`` names the journaled
    decision by which a person set it aside; the rival stays all the same
    (:func:`with_statement`). ``basis`` is a key of the report's sentences.
    """

    name: str
    log10_lr: float | None
    lower_log10: float | None
    basis: str
    excluded_by: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    def as_row(self) -> dict[str, Any]:
        """The rival as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A person's journaled, reasoned statement that a rival is excluded on the frames.

    ``misses`` of ``items``: how often that person, tested on items of this rival
    with known truth, called it absent where it was there. No items: not tested.
    """

    rival: str
    decision: str
    reviewer: str
    reason: str
    misses: int = 0
    items: int = 0

    @property
    def factor(self) -> float:
        """What the statement may count for at most: 1 over the upper 95 % bound of its misses, 1 untested."""
        return 1.0 / upper_bound(self.misses, self.items)


def with_statement(rival: Rival, one: SetAside | None) -> Rival:
    """The rival with what a person's statement is worth; it stays among the rivals, whatever that is.

    A tested person's statement raises the ratio by its factor, an untested
    one's leaves the number as it is; a factor on an unknown ratio is unknown.
    """
    if one is None:
        return rival
    stated = {
        "set_aside_by": one.reviewer, "decision": one.decision, "reason": one.reason, "misses": one.misses,
        "items": one.items, "factor": one.factor,
    }  # fmt: skip
    marked = replace(rival, excluded_by=one.decision, detail={**rival.detail, "set_aside": stated})
    if rival.log10_lr is None or rival.lower_log10 is None:
        return marked
    gain = math.log10(one.factor)
    return replace(marked, log10_lr=rival.log10_lr + gain, lower_log10=rival.lower_log10 + gain)


def upper_bound(hits: float, trials: float, confidence: float = 0.95) -> float:
    """Exact one-sided upper bound of a rate (Clopper and Pearson 1934); 1 without trials.

    Effective counts need not be whole; see :func:`toolkit.analysis.rates.upper_bounds`.
    """
    return float(upper_bounds(hits, trials, confidence))


def lower_bound(hits: float, trials: float, confidence: float = 0.95) -> float:
    """Exact one-sided lower bound of a rate; 0 without trials."""
    return float(lower_bounds(hits, trials, confidence))


def words_for(lower_log10: float, cap: str | None = None) -> str:
    """Key of the verbal level that the lower bound of a ratio carries."""
    level = next((name for edge, name in BANDS if lower_log10 >= math.log10(edge) - 1e-12), NO_SUPPORT)
    if cap is not None and ORDER.index(level) > ORDER.index(cap):
        return cap
    return level


def headline(rivals: Sequence[Rival], cap: str | None = None) -> dict[str, Any]:
    """The weakest rival, with its words; a rival that a person set aside stays and makes it conditional.

    Returns
    -------
    dict
        ``rival``, ``log10_lr``, ``interval`` [lower, point] in log10, ``words``,
        ``not_assessed`` names of rivals without a ratio, ``conditional`` whether
        a rival was set aside. Without any ratio ``rival`` is None and ``words``
        is "no_ratio".
    """
    known = [(one.lower_log10, one) for one in rivals if one.lower_log10 is not None]
    beside = {
        "not_assessed": [one.name for one in rivals if one.lower_log10 is None],
        "conditional": any(one.excluded_by is not None for one in rivals),
    }
    if not known:
        return {"rival": None, "log10_lr": None, "interval": None, "words": "no_ratio", **beside}
    lowest, weakest = min(known, key=lambda pair: (pair[0], pair[1].name))
    return {
        "rival": weakest.name,
        "log10_lr": weakest.log10_lr,
        "interval": [lowest, weakest.log10_lr],
        "words": words_for(lowest, cap),
        **beside,
    }


def equal_weights(log10_lrs: Sequence[float]) -> float:
    """Log10 of the weighted harmonic mean with equal weights: sensitivity, never the headline."""
    return -math.log10(sum(10.0**-value for value in log10_lrs) / len(log10_lrs))


def break_even(log10_lrs: Sequence[float], level: float = 10.0) -> float | None:
    """Share of the innocent explanations at which the weakest rival alone brings the ratio below ``level``.

    None when it never does, or does so at any share.
    """
    if len(log10_lrs) < 2:
        return None
    values = sorted(10.0**value for value in log10_lrs)
    weakest = values[0]
    rest = len(values[1:]) / sum(1 / value for value in values[1:])
    if weakest >= level or rest <= level:
        return None
    return float((1 / level - 1 / rest) / (1 / weakest - 1 / rest))
