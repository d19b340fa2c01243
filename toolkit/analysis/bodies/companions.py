"""Did somebody stand beside the presenter?

Lineage shows that the same set of bodies stayed, so a second body beside the
first must be looked for by itself: two silhouettes side by side, in the zone or
within reach of it; two heads on one outline; everything at the terminal wider,
for a while, than this site's other visitors. Someone hidden behind another from
the camera's view may be seen by none of these; only a person looking at the
frames can set that rival aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Floats = np.ndarray[Any, Any]

CHECK = 2  # version of this check: rates counted with another one say so
SEEN_S = 1.0  # two separate bodies in the zone for this long: seen
NEAR_S = 1.0  # one of them outside it but within reach: possible
TOPS_SHARE = 0.30  # two head-like tops in this share of the visit, the outline then this much wider: possible
TOPS_RATIO = 1.30
WIDTH_RATIO = 1.45  # all at the terminal against the median of the other visits, mostly or for this long: possible
WIDE_S = 2.0  # gestures last a second and more
LEAST_REFERENCE = 2


@dataclass(frozen=True, slots=True)
class CompanionCheck:
    """``verdict`` none, possible or seen; ``basis`` the numbers behind it.

    ``reasons`` are of ``two_bodies``, ``body_near``, ``two_tops``, ``wide`` and
    ``no_reference``. "None" does not say that nobody was hidden behind.
    """

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
        _check(part, [other for j, other in enumerate(widths) if j != k and other is not None])
        for k, part in enumerate(parts)
    ]


def _width(part: pd.DataFrame) -> float | None:
    known = part["torso_width"].dropna()
    return float(np.median(known.astype(float))) if len(known) else None


def _check(part: pd.DataFrame, others: Sequence[float]) -> CompanionCheck:
    times = part["media_s"].to_numpy(float)
    widths = part["torso_width"].astype(float).fillna(0.0).to_numpy(float)
    topped = part["tops"].to_numpy(int) >= 2
    beside_s = _longest_s(times, part["bodies"].to_numpy(int) >= 2)
    near_s = _longest_s(times, part["near"].to_numpy(int) >= 2)
    reference = float(np.median(others)) if len(others) >= LEAST_REFERENCE else None
    ratio = wide_s = None
    if reference:
        wide_s = _longest_s(times, widths >= WIDTH_RATIO * reference)
        typical = _width(part)
        ratio = None if typical is None else typical / reference
        # A head of the wall's colour leaves two shoulders that look like two heads; they are no wider than one body.
        topped &= widths >= TOPS_RATIO * reference
    tops_share = float(topped.mean()) if len(part) else 0.0
    found = {
        "two_bodies": beside_s >= SEEN_S,
        "body_near": near_s >= NEAR_S,
        "two_tops": tops_share >= TOPS_SHARE,
        "wide": (ratio or 0.0) >= WIDTH_RATIO or (wide_s or 0.0) >= WIDE_S,
        "no_reference": ratio is None,
    }
    reasons = [name for name, told in found.items() if told]
    verdict = "seen" if "two_bodies" in reasons else "possible" if reasons else "none"
    basis = {
        "reasons": reasons,
        "two_bodies_s": round(beside_s, 2),
        "near_s": round(near_s, 2),
        "two_tops_share": round(tops_share, 3),
        "width_ratio": None if ratio is None else round(ratio, 3),
        "wide_s": None if wide_s is None else round(wide_s, 2),
        "compared_visits": len(others),
    }
    return CompanionCheck(verdict, basis)


def _longest_s(times: Floats, flags: Floats) -> float:
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
