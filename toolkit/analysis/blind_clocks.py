"""The clock of a case from presence alone, where too few anchors tell it: rows for the table ``clocks``.

Clips of one camera whose starts are stated lie on one axis, so that weeks of
mornings count together; a clip without a start is an axis of its own, and the
terminal's time is then mapped straight to its media seconds.

The clock-ins that are laid upon the visits here are those that are later looked
for in them. That is no circle for the association, which carries the offset's
whole interval; for "one body, several clock-ins" it would be one. There the
clock is found anew without the clock-ins of the visit in question
(:func:`found_without`), and where it is not established without them, no such
finding is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis import coverage
from toolkit.analysis.association import assignable
from toolkit.analysis.blind_alignment import ACCEPTED_P, DAY_S, SEARCH_S, Coarse, Seen, coarse_offset
from toolkit.analysis.civil_time import camera_start, missing
from toolkit.analysis.clocks import align, device_of, devices_of
from toolkit.analysis.fine_alignment import Fine, Floats, fine_offset

LEAST_CLOCK_INS, LEAST_VISITS = 6, 3
MOST_DAYS = 400  # between the earliest and the latest clock-in that are searched against a clip without a start

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Clips on one clock: where each begins, in seconds after ``zero`` (a midnight of the camera's civil time)."""

    begins_s: Mapping[str, float]
    zero: datetime | None


def axes(clips: pd.DataFrame) -> list[Axis]:
    """The clips of each camera whose starts are stated together, every other clip alone."""
    alone: list[Axis] = []
    together: dict[str, dict[str, datetime]] = {}
    for clip in clips.to_dict("records"):
        start, exhibit_id = camera_start(clip), str(clip["exhibit_id"])
        if start is None:
            alone.append(Axis(begins_s={exhibit_id: 0.0}, zero=None))
        else:
            name = f"camera {clip['camera_id']}" if not missing(clip["camera_id"]) else f"clip {exhibit_id}"
            together.setdefault(f"{name} {start.utcoffset()}", {})[exhibit_id] = start.replace(tzinfo=None)
    found = []
    for _, starts in sorted(together.items()):
        zero = min(starts.values()).replace(hour=0, minute=0, second=0, microsecond=0)
        found.append(Axis(begins_s={one: (at - zero).total_seconds() for one, at in starts.items()}, zero=zero))
    return [*found, *alone]


def seen_on(axis: Axis, clips: pd.DataFrame, visits: pd.DataFrame, examined: pd.DataFrame) -> Seen:
    """Visits and watched stretches of an axis' clips."""
    stays: list[tuple[float, float]] = []
    watched: list[tuple[float, float]] = []
    for clip in clips.to_dict("records"):
        begin = axis.begins_s.get(str(clip["exhibit_id"]))
        if begin is None:
            continue
        mine = visits[visits["exhibit_id"] == clip["exhibit_id"]]
        stays += [(begin + float(a), begin + float(b)) for a, b in zip(mine["from_s"], mine["to_s"], strict=True)]
        watched += [(begin + a, begin + b) for a, b in coverage.covered(examined, clip)]
    return Seen(visits=np.array(sorted(stays)).reshape(-1, 2), watched=np.array(sorted(watched)).reshape(-1, 2))


def blind_rows(
    punches: pd.DataFrame, clips: pd.DataFrame, visits: pd.DataFrame, examined: pd.DataFrame, devices: list[str]
) -> dict[tuple[str, str], Row]:
    """For each device and clip what presence tells of the clock.

    Returns
    -------
    dict of (device, exhibit_id) to row
        ``found`` (bool), ``facts`` for the model (chance, numbers of clock-ins
        and visits), and where it was found ``zero`` (civil time of the terminal
        at the clip's first frame, as it would write it), ``sd_s``,
        ``middle_s`` and ``drift`` of the model, ``half_cut_s``.
    """
    made = assignable(punches)
    owners = [device_of(terminal, devices) for terminal in made["terminal_id"]]
    found: dict[tuple[str, str], Row] = {}
    for device in devices:
        mine = made[[owner == device for owner in owners]]
        for axis in axes(clips):
            told = _one(mine, axis, seen_on(axis, clips, visits, examined))
            for exhibit_id, begin in axis.begins_s.items():
                found[(device, exhibit_id)] = _row(told, begin)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    facts: Row
    reference: datetime | None = None
    fine: Fine | None = None
    precision_s: float = 1.0


def _one(punches: pd.DataFrame, axis: Axis, seen: Seen) -> _Told:
    written, precision_s = _written(punches)
    facts: Row = {"clock_ins": len(written), "visits": len(seen.visits), "p": None, "accepted_p": ACCEPTED_P}
    if len(written) < LEAST_CLOCK_INS or len(seen.visits) < LEAST_VISITS:
        return _Told(facts=facts)
    reference = axis.zero or min(written).replace(hour=0, minute=0, second=0, microsecond=0)
    times = np.array([(one - reference).total_seconds() for one in written])
    times, search_s = _searched(times, axis, seen)
    facts["clock_ins"] = len(times)
    coarse = coarse_offset(seen, times, precision_s=precision_s, search_s=search_s) if len(times) else None
    if coarse is None:
        return _Told(facts=facts)
    facts |= _facts(coarse)
    if not coarse.established or len(times) < LEAST_CLOCK_INS:
        return _Told(facts=facts)
    fine = fine_offset(seen, times, coarse.offset_s, precision_s=precision_s)
    facts["interval_s"] = [round(end - fine.offset_s, 3) for end in fine.interval_s]
    return _Told(facts=facts, reference=reference, fine=fine, precision_s=precision_s)


def _written(punches: pd.DataFrame) -> tuple[list[datetime], float]:
    """Times of the precision that most clock-ins have: seconds and minutes are not mixed."""
    if punches.empty:
        return [], 1.0
    counts = punches["precision_s"].astype(float).value_counts()
    precision_s = float(min(counts[counts == counts.max()].index))
    mine = punches[punches["precision_s"].astype(float) == precision_s]
    return [datetime.fromisoformat(one).replace(tzinfo=None) for one in mine["t_local"]], precision_s


def _searched(times: Floats, axis: Axis, seen: Seen) -> tuple[Floats, tuple[float, float]]:
    """Clock-ins that may lie on the axis, and the offsets to try: of a clip without a start, all there are."""
    low, high = float(seen.visits.min()), float(seen.visits.max())
    if axis.zero is not None:
        near = times[(times >= low - SEARCH_S) & (times <= high + SEARCH_S)]
        return near, (-SEARCH_S, SEARCH_S)
    near = times[times <= times.min() + MOST_DAYS * DAY_S]
    return near, (float(near.min()) - high, float(near.max()) - low)


def _facts(coarse: Coarse) -> Row:
    second = coarse.second if np.isfinite(coarse.second) else None
    return {
        "p": round(coarse.p, 6), "score": round(coarse.score, 3),
        "second": None if second is None else round(second, 3),
    }  # fmt: skip


def _row(told: _Told, begin_s: float) -> Row:
    if told.fine is None or told.reference is None:
        return {"found": False, "facts": told.facts}
    fine, half_cut = told.fine, told.precision_s / 2
    drift = fine.drift_ppm * 1e-6
    ahead = fine.offset_s + drift * (begin_s - fine.middle_s)
    zero = told.reference + timedelta(seconds=begin_s + ahead - half_cut)
    return {
        "found": True, "facts": told.facts, "zero": zero, "sd_s": fine.sd_s, "middle_s": fine.middle_s - begin_s,
        "drift": drift, "drift_sd": fine.drift_sd_ppm * 1e-6, "half_cut_s": half_cut,
    }  # fmt: skip


def found_without(
    tested: Collection[str],
    punches: pd.DataFrame,
    clips: pd.DataFrame,
    visits: pd.DataFrame,
    examined: pd.DataFrame,
    anchors: pd.DataFrame,
) -> pd.DataFrame:
    """Table ``clocks`` as it would be had these clock-ins (ids) not been made."""
    left = punches[~punches["punch_id"].isin(set(tested))]
    blind = blind_rows(left, clips, visits, examined, devices_of(left, anchors))
    return align(left, clips, anchors, blind)
