"""Clock-ins that fall into footage which nobody looked at: they are outside coverage, and it is said why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis import coverage
from toolkit.analysis.association import assignable, same_device
from toolkit.analysis.clocks import model_of, punch_window


def not_looked_at(
    punches: pd.DataFrame, clips: pd.DataFrame, clocks: pd.DataFrame, examined: pd.DataFrame
) -> list[dict[str, Any]]:
    """Punches that fall into a clip, but only into stretches of it that were not looked at.

    Returns
    -------
    list of dict
        Rows for ``not_assessable``, one a clip and reason: ``frames_lost`` where
        the frames are lost, ``not_examined`` where nobody looked.
    """
    devices = sorted(set(clocks["device_id"]))
    chosen = assignable(punches).to_dict("records")
    where: dict[str, dict[str, str]] = {}
    for clock in clocks[clocks["determinable"]].to_dict("records"):
        name, model = str(clock["exhibit_id"]), model_of(clock)
        states = _states(clips[clips["exhibit_id"] == name].to_dict("records")[0], examined)
        for punch in chosen:
            if same_device(punch, str(clock["device_id"]), devices):
                at = float(np.mean(punch_window(model, punch["t_local"], float(punch["precision_s"]))))
                state = next((state for state, parts in states if any(a <= at <= b for a, b in parts)), "no_frames")
                where.setdefault(str(punch["punch_id"]), {})[name] = state
    counted: Counter[tuple[str, str]] = Counter()
    for told in where.values():
        if "looked" not in told.values():
            counted.update((name, state) for name, state in told.items() if state != "no_frames")
    return [
        {"what": "clock_ins", "why": f"clock_ins_{why}", "facts": {"exhibit": name, "clock_ins": number}}
        for (name, why), number in sorted(counted.items())
    ]


def _states(clip: Mapping[Any, Any], examined: pd.DataFrame) -> list[tuple[str, coverage.Stretches]]:
    """Where a clip was looked at, where its frames are lost, and where it has frames; the first that holds counts."""
    return [
        ("looked", coverage.covered(examined, clip)),
        ("frames_lost", coverage.stretches_of(examined, str(clip["exhibit_id"]), (coverage.LOST,))),
        ("not_examined", coverage.without([(0.0, float(clip["duration_s"]))], coverage.gaps_of(clip))),
    ]
