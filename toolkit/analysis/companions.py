"""Did somebody stand beside the presenter?

Lineage shows that the same set of bodies stayed, so a second body beside the
first must be looked for by itself: two silhouettes side by side, two heads on
one outline, a torso wider than this site's single visitors. Someone hidden
behind another from the camera's view is not seen by any of these; only a person
looking at the frames can set that rival aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

SEEN_S = 1.0  # two separate bodies for this long: seen
TOPS_SHARE = 0.30  # two head-like tops in this share of the visit: possible
WIDTH_RATIO = 1.45  # torso against the median of the other visits: possible
LEAST_REFERENCE = 2


@dataclass(frozen=True, slots=True)
class CompanionCheck:
    """``verdict`` none, possible or seen; ``basis`` the numbers behind it."""

    verdict: str
    basis: dict[str, Any]


def check_companions(occupancy: pd.DataFrame, visits: Sequence[tuple[float, float]]) -> list[CompanionCheck]:
    """One check a visit of one clip.

    Parameters
    ----------
    occupancy : DataFrame
        Rows of table ``occupancy`` of one clip.
    visits : sequence of (from_s, to_s)

    Returns
    -------
    list of CompanionCheck
        Without two other visits to compare the width with, "none" is not said:
        the verdict is "possible" with the basis ``no_reference``.
    """
    parts = [occupancy[occupancy["media_s"].between(start, stop)] for start, stop in visits]
    widths = [_width(part) for part in parts]
    return [
        _check(part, width, [other for j, other in enumerate(widths) if j != k and other is not None])
        for k, (part, width) in enumerate(zip(parts, widths, strict=True))
    ]


def _width(part: pd.DataFrame) -> float | None:
    known = part["torso_width"].dropna()
    return float(np.median(known.astype(float))) if len(known) else None


def _check(part: pd.DataFrame, width: float | None, others: Sequence[float]) -> CompanionCheck:
    beside_s = _longest_s(part["media_s"].to_numpy(float), part["bodies"].to_numpy(int) >= 2)
    tops_share = float((part["tops"] >= 2).mean()) if len(part) else 0.0
    reference = float(np.median(others)) if len(others) >= LEAST_REFERENCE else None
    ratio = width / reference if width is not None and reference else None
    reasons = []
    if beside_s >= SEEN_S:
        reasons.append("two_bodies")
    if tops_share >= TOPS_SHARE:
        reasons.append("two_tops")
    if ratio is None:
        reasons.append("no_reference")
    elif ratio >= WIDTH_RATIO:
        reasons.append("wide")
    verdict = "seen" if "two_bodies" in reasons else "possible" if reasons else "none"
    basis = {
        "reasons": reasons,
        "two_bodies_s": round(beside_s, 2),
        "two_tops_share": round(tops_share, 3),
        "width_ratio": None if ratio is None else round(ratio, 3),
        "compared_visits": len(others),
    }
    return CompanionCheck(verdict, basis)


def _longest_s(times: np.ndarray[Any, Any], flags: np.ndarray[Any, Any]) -> float:
    """Length of the longest unbroken run of True, in seconds."""
    longest, start = 0.0, None
    for at, flag in zip(times, flags, strict=True):
        if flag and start is None:
            start = at
        if not flag:
            start = None
        if start is not None:
            longest = max(longest, float(at - start))
    return longest
