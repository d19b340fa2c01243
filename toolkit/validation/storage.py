"""How clips are stored: could the two sides be told apart by that alone?

Where they could, any cue may have read the recorder instead of the face. Three
looks: which side reads higher, which side reads farther from the middle (a leak
may widen a side and not move it), and, for drawn clips, whether every number
was stored with the same settings on both sides, which leaves nothing to chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from toolkit.analysis.rates import area_of
from toolkit.validation.kinds import ATTACK, BONA_FIDE
from toolkit.validation.summary import grouped

Row = dict[str, Any]

STATISTICS = ("file_bytes", "bits_per_frame", "keyframe_share", "quantiser", "quantiser_sd", "crf", "encodings")
SETTINGS = ("crf", "encodings")  # known of drawn clips only, and not measured
FEWEST_CLIPS = 20  # a side; with fewer nothing can be said of how they are stored
SURE = 3.29  # standard deviations, 99.9 %: a second look at each statistic must not double the false alarms


def leaks(rows: Sequence[Row]) -> list[Row]:
    """Whether the two sides can be told apart by how their clips are stored; each clip counts once.

    ``told_apart`` where the 95 % interval of the area leaves .5 out, or the
    99.9 % interval of ``spread``, the area of the distances from the middle of
    all clips of a geometry and movement. None where a statistic is not known or
    fewer than 20 clips of a side are. What is shown costs bits too: a kind with
    more edges may differ from another in content, not in the recorder.
    """
    clips = list({(row.get("clip", row["key"]), row["side"]): row for row in rows}.values())
    return [_leak(name, clips) for name in STATISTICS]


def _leak(name: str, clips: Sequence[Row]) -> Row:
    pairs = _pairs(name, clips)
    area = area_of(pairs)
    spread = area_of([_distances(*pair) for pair in pairs], sure=SURE)
    few = area.interval is None or min(area.sides) < FEWEST_CLIPS
    apart = None if few else not (_holds_half(area.interval) and _holds_half(spread.interval))
    return {"statistic": name, **asdict(area), "spread": asdict(spread), "presentations": list(area.sides),
            "told_apart": apart}  # fmt: skip


def _pairs(name: str, clips: Sequence[Row]) -> list[tuple[list[float], list[float]]]:
    """Values of both sides in each stratum of geometry and movement."""
    told = []
    for _, part in grouped(clips, _stratum):
        known = [row for row in part if row["coding"].get(name) is not None]
        live, attack = (
            [float(row["coding"][name]) for row in known if row["side"] == side] for side in (BONA_FIDE, ATTACK)
        )
        told.append((live, attack))
    return told


_stratum: Callable[[Row], Any] = lambda row: (row["geometry"], row["motion"])  # noqa: E731


def _distances(live: list[float], attack: list[float]) -> tuple[list[float], list[float]]:
    if not live or not attack:
        return live, attack
    middle = float(np.median([*live, *attack]))
    return [abs(one - middle) for one in live], [abs(one - middle) for one in attack]


def _holds_half(interval: tuple[float, float] | None) -> bool:
    return interval is None or interval[0] <= 0.5 <= interval[1]


def settings(rows: Sequence[Row]) -> Row:
    """Of how many numbers the kinds were stored with different settings; no statistics, and no chance.

    A number chooses room, people and recorder for every kind alike, so every
    clip of a geometry, movement and number must have been stored in one way.
    ``groups`` 0: the settings are not known, as of recordings.
    """
    known = [row for row in rows if all(row["coding"].get(name) is not None for name in SETTINGS)]
    parts = [part for _, part in grouped(known, lambda row: (row["geometry"], row["motion"], row["number"]))]
    differing = sum(len({tuple(row["coding"][name] for name in SETTINGS) for row in part}) > 1 for part in parts)
    return {"groups": len(parts), "differing": differing}
