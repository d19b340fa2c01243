"""Is it one body that stays? What lineage certifies, and where one body plainly gave way to another.

Rows of lineage come from :mod:`toolkit.analysis.bodies.lineage`: between neighbouring
moments every pair, over longer times fewer. Where no single pair spans what is
asked, pairs that share a moment are chained, each must be certified by itself,
and their risks add up.

An identity tracker's number is no evidence for either answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Lineage = pd.DataFrame | Sequence[dict[str, Any]]
COLUMNS = ("from_s", "to_s", "lineage", "kept", "survival", "appearance")
SAME_S = 1e-6
CHECK = 2  # version of what is certified; rates of another one are told as such
MARGIN_S = 1.5  # asked for beyond the clock's interval, where nobody walks in or out


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuity:
    """Whether one unbroken body is certified between two moments of a visit.

    ``risk`` is 1 minus the model's probability of the same body, 0-1;
    ``weakest_s`` the moment at which the chain is thinnest. ``why_not`` names
    the reason when nothing can be said. ``walk_left_out`` tells that the moment
    of coming or going was spared, see :func:`continuity`.
    """

    certified: bool
    risk: float | None
    weakest_s: float | None
    lineage: float | None
    why_not: str | None = None
    walk_left_out: bool = False


def continuity(
    rows: Lineage,
    from_s: float,
    to_s: float,
    model: dict[str, float],
    *,
    spare_s: tuple[float, float] = (0.0, 0.0),
) -> Continuity:
    """Certify one body from before ``from_s`` to after ``to_s``.

    Whoever walks into the zone or out of it turns, and half of the body is
    outside: little can be followed there, however surely it is one body. Where
    what is asked reaches into that moment, it begins at the visit's second
    checkpoint and ends at the last but one, as long as that takes no more than
    ``spare_s`` from its end.

    Parameters
    ----------
    rows : DataFrame or sequence of dict
        Rows of table ``lineage`` of one visit.
    from_s, to_s : float
        The widest interval that must be covered, in media seconds; it is cut to
        the visit's own checkpoints.
    model : dict
        ``intercept``, ``lineage``, ``kept``, ``survival``, ``certify_at``:
        the logistic model and the probability from which a body counts as
        certified. Its tested error rates are what enters a strength.
    spare_s : (float, float)
        Margins behind ``from_s`` and before ``to_s`` that need not be covered
        where somebody walks; 0 where the visit is cut off by the footage, for
        then nobody is seen coming or going.
    """
    table = as_table(rows)
    if table.empty:
        return Continuity(certified=False, risk=None, weakest_s=None, lineage=None, why_not="no_lineage")
    starts, ends = table["from_s"].to_numpy(float), table["to_s"].to_numpy(float)
    start, end = _without_walk(starts, ends, from_s, to_s, spare_s)
    chain = _chain(starts, ends, start, end) if end > start + SAME_S else []
    if not chain:
        return Continuity(certified=False, risk=None, weakest_s=None, lineage=None, why_not="too_short")
    pairs = [{str(name): value for name, value in table.iloc[k].items()} for k in chain]
    same = [probability_same(pair, model) for pair in pairs]
    inside = (starts >= pairs[0]["from_s"]) & (ends <= pairs[-1]["to_s"])
    return Continuity(
        certified=all(one >= model["certify_at"] for one in same),
        risk=round(1.0 - float(np.prod(same)), 6),
        weakest_s=_weakest(table[inside]),
        lineage=float(min(pair["lineage"] for pair in pairs)),
        walk_left_out=start > max(from_s, float(starts.min())) or end < min(to_s, float(ends.max())),
    )


def _without_walk(
    starts: np.ndarray[Any, Any], ends: np.ndarray[Any, Any], from_s: float, to_s: float, spare_s: tuple[float, float]
) -> tuple[float, float]:
    """What is asked, cut to the checkpoints of the visit and, within the margin, to those at which nobody walks."""
    moments = np.unique(np.concatenate([starts, ends]))
    start, end = max(from_s, float(moments[0])), min(to_s, float(moments[-1]))
    if len(moments) > 3:
        second, last_but_one = float(moments[1]), float(moments[-2])
        start = second if start < second <= from_s + spare_s[0] + SAME_S else start
        end = last_but_one if end > last_but_one >= to_s - spare_s[1] - SAME_S else end
    return start, end


def as_table(rows: Lineage) -> pd.DataFrame:
    """Rows of lineage as a table, in the order of their moments."""
    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), columns=list(COLUMNS))
    return table.sort_values(["from_s", "to_s"], kind="stable").reset_index(drop=True)


def _chain(starts: np.ndarray[Any, Any], ends: np.ndarray[Any, Any], start: float, end: float) -> list[int]:
    """The shortest pair that spans the interval, else the fewest that do, each beginning where others still hold."""
    spanning = np.flatnonzero((starts <= start + SAME_S) & (ends >= end - SAME_S))
    if len(spanning):
        return [int(spanning[np.argmin((ends - starts)[spanning])])]
    chain: list[int] = []
    at = start
    while at < end - SAME_S:
        usable = np.flatnonzero((starts <= at + SAME_S) & (ends > at + SAME_S))
        if not len(usable):
            return []
        chain.append(int(usable[np.argmax(ends[usable])]))
        at = float(ends[chain[-1]])
    return chain


HANDOVER_LAG_S = (3.5, 4.5)
HANDOVER_EDGE_S = 1.5
HANDOVER_LINEAGE = 0.15
HANDOVER_APPEARANCE = 0.85


def handovers(rows: Lineage, from_s: float, to_s: float) -> list[float]:
    """Moments at which one body plainly gave way to another within an occupied stretch.

    Both must break: hardly a feature carries over four seconds, and the clothes
    differ. A passer-by in front breaks only the first, two people in one uniform
    too; such a stretch stays one visit, and its continuity is not certified.
    """
    table = as_table(rows)
    lags = table["to_s"] - table["from_s"]
    broken = table[
        lags.between(*HANDOVER_LAG_S)
        & (table["from_s"] >= from_s + HANDOVER_EDGE_S)
        & (table["to_s"] <= to_s - HANDOVER_EDGE_S)
        & (table["lineage"] < HANDOVER_LINEAGE)
        & (table["appearance"] < HANDOVER_APPEARANCE)
    ]
    moments: list[list[float]] = []
    for at in sorted(((broken["from_s"] + broken["to_s"]) / 2).astype(float)):
        if moments and at - moments[-1][-1] <= HANDOVER_LAG_S[1]:
            moments[-1].append(at)
        else:
            moments.append([at])
    return [float(np.mean(group)) for group in moments]


def probability_same(row: dict[str, Any], model: dict[str, float]) -> float:
    """The model's probability that the two checkpoints show the same set of bodies."""
    score = model["intercept"] + sum(model[name] * value for name, value in zip(FEATURES, features(row), strict=True))
    return float(1.0 / (1.0 + np.exp(-np.clip(score, -40, 40))))


FEATURES = ("lineage", "kept", "survival")
KEPT_ENOUGH = 0.15  # corners die one by one however still somebody stands: beyond this, more of them say no more


def features(row: dict[str, Any]) -> tuple[float, ...]:
    """What the model looks at, in the order of :data:`FEATURES`; each 0-1.

    The look of the clothes is not among them: a sheet held before them changes
    it, and two people in one uniform share it.
    """
    kept = min(float(row["kept"]), KEPT_ENOUGH) / KEPT_ENOUGH
    return float(row["lineage"]), kept, float(row["survival"])


def _weakest(table: pd.DataFrame) -> float | None:
    """End of the neighbouring pair of checkpoints with the least lineage."""
    if table.empty:
        return None
    nearest = table.sort_values(["from_s", "to_s"], kind="stable").drop_duplicates("from_s")
    return float(nearest.sort_values(["lineage", "survival", "to_s"], kind="stable")["to_s"].iloc[0])
