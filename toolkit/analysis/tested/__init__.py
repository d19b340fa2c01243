"""Error rates and models that were fitted and measured, with the seeds they come from.

Written by ``papermask validate``; read here. Development, calibration and
measurement scenes are disjoint.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from toolkit.analysis.weighing.fusion import CueWeight, FrozenWeights

FOLDER = Path(__file__).parent
PRESENTATIONS = FOLDER / "presentations.json"
WEIGHTS = FOLDER / "weights.json"


@cache
def cue_results() -> dict[str, Any] | None:
    """Published error rates of the cues on simulated presentations; None where none were published."""
    if not PRESENTATIONS.is_file():
        return None
    told: dict[str, Any] = json.loads(PRESENTATIONS.read_text("utf-8"))
    return told


@cache
def frozen_weights() -> FrozenWeights | None:
    """How much each cue counts, frozen on development presentations; None where none were published."""
    if not WEIGHTS.is_file():
        return None
    told = json.loads(WEIGHTS.read_text("utf-8"))
    return FrozenWeights(
        source=told["source"],
        cues=tuple(CueWeight(**one) for one in told["cues"]),
        dependent=tuple((first, second) for first, second in told["dependent"]),
    )


@cache
def weights_hash() -> str | None:
    """SHA-256 of the frozen weights as stored; None where none were published."""
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() if WEIGHTS.is_file() else None


@cache
def continuity_results() -> dict[str, Any]:
    """Model and tested rates of the continuity of a presenter, as stored."""
    told: dict[str, Any] = json.loads((FOLDER / "continuity.json").read_text("utf-8"))
    return told


def continuity_model() -> dict[str, float]:
    """Coefficients of the logistic model of :func:`toolkit.analysis.presenters.continuity`."""
    return {name: float(value) for name, value in continuity_results()["model"].items()}


def continuity_rates() -> dict[str, Any]:
    """Counts in independent scenes: switches certified by kind, stays certified, companions flagged."""
    rates: dict[str, Any] = continuity_results()["rates"]
    return rates
