"""Freezing weights: how much each cue counts when a site's recordings are used, from development people only.

``python -m toolkit.validation.freezing FOLDER`` after ``papermask validate
--purpose development --out FOLDER``. A run on any other people is refused: what
was measured on them would then have helped to choose. Uncovered live heads and
printed faces weigh; phones and masked faces are rivals and do not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.analysis import tested
from toolkit.analysis.cue import Group
from toolkit.analysis.weighing.fusion import DEPENDENT, CueWeight, FrozenWeights, weight_of, within_correlation
from toolkit.errors import SetupError
from toolkit.validation.kinds import ATTACK, BONA_FIDE
from toolkit.validation.running import DOCUMENT, KEPT
from toolkit.validation.scoring import RANDOM, known_cues

FEWEST_A_SIDE = 20  # presentations a side on which a cue could be read
LEAST_WEIGHT = 0.5  # spreads that the sides must lie apart: less is noise that would be weighed
PURPOSE = "development"
LEFT_OUT = ("phone", "live_surgical_mask")

Row = dict[str, Any]


def freeze(folder: Path, packaged: Path = tested.WEIGHTS) -> FrozenWeights:
    """Write the weights of a development run where the calibration reads them.

    Raises
    ------
    SetupError
        The run was not made on development people, or parts no cue.
    """
    document = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (folder / KEPT).read_text(encoding="utf-8").splitlines()]
    weights = weights_of(rows, f"development people, {document['tool']}")
    if document["purpose"] != PURPOSE or not weights.cues:
        raise SetupError("weights_not_frozen", purpose=document["purpose"], cues=len(weights.cues))
    told = {"source": weights.source, "cues": [asdict(one) for one in weights.cues], "dependent": weights.dependent}
    packaged.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return weights


def weights_of(rows: Sequence[Row], source: str) -> FrozenWeights:
    """Weights of every cue that parts live heads from printed faces, and which groups moved together."""
    rows = [row for row in rows if row["kind"] not in LEFT_OUT and row["side"] in (BONA_FIDE, ATTACK)]
    sides = {side: [row["readings"] for row in rows if row["side"] == side] for side in (BONA_FIDE, ATTACK)}
    known = known_cues()
    covered = {name for one in known.values() for name in one.covers}
    cues = [
        weight
        for name, one in known.items()
        if name not in (RANDOM, *covered) and (weight := _weight(name, one.group, sides)) is not None
    ]
    return FrozenWeights(source=source, cues=tuple(cues), dependent=_dependent(cues, rows))


def _weight(name: str, group: Group, sides: dict[str, list[Row]]) -> CueWeight | None:
    live, prints = (_values(some, name) for some in (sides[BONA_FIDE], sides[ATTACK]))
    if min(len(live), len(prints)) < FEWEST_A_SIDE:
        return None
    try:
        weight = weight_of(name, group, live, prints)
    except ValueError:  # it reads the same of everything
        return None
    return weight if weight.weight >= LEAST_WEIGHT else None


def _values(readings: Sequence[Row], name: str) -> list[float]:
    return [one[name]["value"] for one in readings if one.get(name, {}).get("value") is not None]


def _dependent(cues: Sequence[CueWeight], rows: Sequence[Row]) -> tuple[tuple[Group, Group], ...]:
    """Pairs of groups of which two cues correlate within the sides."""
    found = set()
    for one, other in combinations(cues, 2):
        both = [
            (row["side"] == ATTACK, row["readings"][one.name]["value"], row["readings"][other.name]["value"])
            for row in rows
            if all(row["readings"].get(each.name, {}).get("value") is not None for each in (one, other))
        ]
        if one.group == other.group or len(both) < 2 * FEWEST_A_SIDE:
            continue
        told = np.array(both, float)
        if abs(within_correlation(told[:, 1:], told[:, 0].astype(bool))) >= DEPENDENT:
            first, second = sorted((one.group, other.group))
            found.add((first, second))
    return tuple(sorted(found))


if __name__ == "__main__":
    for cue in freeze(Path(sys.argv[1])).cues:
        sys.stdout.write(
            f"{cue.name}: {cue.weight:.2f} spreads apart, high speaks {'for' if cue.sign > 0 else 'against'} a print\n"
        )
