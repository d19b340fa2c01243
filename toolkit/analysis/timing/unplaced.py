"""Clock-ins that no visit could be sought for: the footage was not looked at, or the clock was being changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis import coverage
from toolkit.analysis.association import assignable
from toolkit.analysis.clocks import device_of
from toolkit.analysis.timing.clock_models import model_of, near_step, punch_window


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
            mine = device_of(punch["terminal_id"], devices) == str(clock["device_id"])
            if mine and not near_step(model, punch["t_local"]):
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


def near_steps(punches: pd.DataFrame, clocks: pd.DataFrame) -> list[dict[str, Any]]:
    """Clock-ins of a device that lie near a change of its clock on every clip: either offset may hold.

    Returns
    -------
    list of dict
        Rows for ``not_assessable``, one a device.
    """
    devices = sorted(set(clocks["device_id"]))
    models: dict[str, list[dict[str, Any]]] = {}
    for clock in clocks[clocks["determinable"]].to_dict("records"):
        models.setdefault(str(clock["device_id"]), []).append(model_of(clock))
    counted: Counter[str] = Counter()
    for punch in assignable(punches).to_dict("records"):
        device = device_of(punch["terminal_id"], devices)
        told = models.get(device or "", [])
        if device is not None and told and all(near_step(model, punch["t_local"]) for model in told):
            counted[device] += 1
    return [
        {"what": "clock_step", "why": "clock_ins_near_step", "facts": {"device": device, "clock_ins": number}}
        for device, number in sorted(counted.items())
    ]
