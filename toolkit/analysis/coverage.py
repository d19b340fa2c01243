"""Which stretches of a clip were really looked at?

Only there may a clock-in be explained by "nobody seen". A stretch of a clip is
covered when its frames were decoded and looked at, or its keyframes were
(table ``examined``, ``how`` "decoded" or "probed"), and when it holds no gap
and no stretch of lost frames (``how`` "lost"). Everything else is outside
coverage: nothing is said about who stood there. Stretches are (from, to) pairs
in media seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

LOOKED = ("decoded", "probed")
LOST = "lost"
LEAST_S = 1e-6

Stretches = tuple[tuple[float, float], ...]


def united(stretches: Iterable[tuple[float, float]]) -> Stretches:
    """The same time in rising order, without overlaps and without empty stretches."""
    merged: list[tuple[float, float]] = []
    for start, stop in sorted((float(a), float(b)) for a, b in stretches):
        if stop - start <= LEAST_S:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)


def without(stretches: Iterable[tuple[float, float]], holes: Iterable[tuple[float, float]]) -> Stretches:
    """What is left of the stretches when the holes are taken out."""
    left = list(united(stretches))
    for start, stop in united(holes):
        kept = [((a, min(b, start)), (max(a, stop), b)) for a, b in left]
        left = [piece for pair in kept for piece in pair if piece[1] - piece[0] > LEAST_S]
    return tuple(left)


def within(stretches: Iterable[tuple[float, float]], start: float, stop: float) -> Stretches:
    """The part of the stretches that lies between two moments."""
    return united((max(a, start), min(b, stop)) for a, b in stretches if min(b, stop) > max(a, start))


def unlooked(times: Sequence[float], start: float, stop: float, apart_s: float) -> Stretches:
    """Stretches of ``start`` to ``stop`` in which two looks are further apart than ``apart_s``."""
    edges = [start, *times, stop]
    return tuple((a, b) for a, b in pairwise(edges) if b - a > apart_s)


def stretches_of(examined: pd.DataFrame, exhibit_id: str, how: Sequence[str]) -> Stretches:
    """Stretches of one clip that the table ``examined`` lists under one of these words."""
    rows = examined[(examined["exhibit_id"] == exhibit_id) & examined["how"].isin(list(how))]
    return united(zip(rows["from_s"].astype(float), rows["to_s"].astype(float), strict=True))


def gaps_of(clip: Any) -> Stretches:
    """Stretches without frames as the row of table ``clips`` lists them."""
    return united((float(gap["from_s"]), float(gap["to_s"])) for gap in json.loads(clip["gaps"]))


def covered(examined: pd.DataFrame, clip: Any) -> Stretches:
    """What was really looked at of a clip (a row of table ``clips``); empty when nothing was."""
    exhibit_id = str(clip["exhibit_id"])
    holes = (*gaps_of(clip), *stretches_of(examined, exhibit_id, (LOST,)))
    return without(stretches_of(examined, exhibit_id, LOOKED), holes)


def frames_lost(examined: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for the integrity of the exhibits (FD10): lost stretches, and damaged frames beside them.

    Columns are those of the table ``integrity``. One row a lost stretch; a clip
    whose frames are damaged or lost singly gets one row with their numbers.
    """
    rows: list[dict[str, Any]] = []
    for exhibit_id, parts in examined.groupby("exhibit_id"):
        name = str(exhibit_id)
        for start, stop in stretches_of(parts, name, (LOST,)):
            facts: dict[str, Any] = {"from_s": round(start, 3), "to_s": round(stop, 3)}
            rows.append({"exhibit_id": name, "code": "frames_lost", "facts": facts})
        damaged, lost = int(parts["damaged"].sum()), int(parts["lost"].sum())
        if damaged or lost:
            facts = {"damaged": damaged, "lost": lost}
            rows.append({"exhibit_id": name, "code": "frames_damaged", "facts": facts})
    return rows
