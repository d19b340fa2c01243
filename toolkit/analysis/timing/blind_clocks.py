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
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis import coverage
from toolkit.analysis.association import assignable
from toolkit.analysis.clocks import align, device_of, devices_of
from toolkit.analysis.timing.blind_alignment import (
    ACCEPTED_P,
    APART_S,
    DAY_S,
    SEARCH_S,
    Coarse,
    Floats,
    Seen,
    coarse_offset,
)
from toolkit.analysis.timing.blind_told import Told, fitted, steps
from toolkit.analysis.timing.civil_time import camera_start, missing
from toolkit.analysis.timing.clock_anchors import SAME_MOMENT_S
from toolkit.analysis.timing.clock_days import DAY_P, other_day
from toolkit.analysis.timing.clock_hints import POWER_ON, Hint, hints
from toolkit.analysis.timing.clock_steps import Piece, pieces

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


def seen_on(
    axis: Axis, clips: pd.DataFrame, visits: pd.DataFrame, examined: pd.DataFrame, signals: pd.DataFrame | None = None
) -> Seen:
    """Visits, watched stretches, and beeps and flashes (anchors without a time of the device) of an axis' clips."""
    stays: list[tuple[float, float]] = []
    watched: list[tuple[float, float]] = []
    points: list[tuple[float, float]] = []
    for clip in clips.to_dict("records"):
        begin = axis.begins_s.get(str(clip["exhibit_id"]))
        if begin is None:
            continue
        mine = visits[visits["exhibit_id"] == clip["exhibit_id"]]
        stays += [(begin + float(a), begin + float(b)) for a, b in zip(mine["from_s"], mine["to_s"], strict=True)]
        watched += [(begin + a, begin + b) for a, b in coverage.covered(examined, clip)]
        if signals is not None:
            points += _points(begin, signals[signals["clip_exhibit_id"] == clip["exhibit_id"]])
    return Seen(
        visits=np.array(sorted(stays)).reshape(-1, 2), watched=np.array(sorted(watched)).reshape(-1, 2),
        points=np.array(sorted(points)).reshape(-1, 2),
    )  # fmt: skip


def _points(begin_s: float, signals: pd.DataFrame) -> list[tuple[float, float]]:
    """Moments and spreads; a beep and the flash with it are one."""
    kept: list[tuple[float, float]] = []
    for at, sd in sorted(zip(signals["media_s"], signals["uncertainty_s"], strict=True)):
        if not kept or begin_s + float(at) - kept[-1][0] >= SAME_MOMENT_S:
            kept.append((begin_s + float(at), float(sd)))
    return kept


def blind_rows(
    punches: pd.DataFrame,
    clips: pd.DataFrame,
    visits: pd.DataFrame,
    examined: pd.DataFrame,
    devices: list[str],
    anchors: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> dict[tuple[str, str], Row]:
    """For each device and clip what presence tells of the clock.

    Parameters
    ----------
    anchors, events : DataFrame, optional
        Tables ``anchors``, of which the rows without a time of the device are
        used (something beeped or lit up then), and ``device_events``, which say
        where a step may lie.

    Returns
    -------
    dict of (device, exhibit_id) to row
        ``found`` (bool), ``facts`` for the model (chance, numbers of clock-ins
        and visits), and where it was found ``zero`` (civil time of the terminal
        at the clip's first frame, as it would write it), ``sd_s``,
        ``middle_s`` and ``drift`` of the model, ``half_cut_s``; ``pieces`` and
        ``steps`` where the clock was set in between
        (:mod:`toolkit.analysis.timing.clock_models`), ``days_off`` where the records
        fit under another date only.
    """
    made = assignable(punches)
    owners = [device_of(terminal, devices) for terminal in made["terminal_id"]]
    lengths = {str(one["exhibit_id"]): float(one["duration_s"]) for one in clips.to_dict("records")}
    found: dict[tuple[str, str], Row] = {}
    for device in devices:
        mine = made[np.array([owner == device for owner in owners], bool)]
        told_of = hints(mine, _of_device(events, device, devices))
        signals = None if anchors is None else anchors[(anchors["device"] == device) & anchors["device_time"].isna()]
        for axis in axes(clips):
            told = _one(mine, axis, seen_on(axis, clips, visits, examined, signals), told_of)
            for exhibit_id, begin in axis.begins_s.items():
                found[(device, exhibit_id)] = told.row(begin, lengths[exhibit_id])
    return found


def _of_device(events: pd.DataFrame | None, device: str, devices: list[str]) -> pd.DataFrame | None:
    if events is None:
        return None
    return events[np.array([device_of(terminal, devices) == device for terminal in events["terminal_id"]], bool)]


def _one(punches: pd.DataFrame, axis: Axis, seen: Seen, told_of: list[Hint]) -> Told:
    written, precision_s = _written(punches)
    facts: Row = {
        "clock_ins": len(written), "visits": len(seen.visits), "signals": len(seen.points), "p": None,
        "accepted_p": ACCEPTED_P,
    }  # fmt: skip
    if len(written) < LEAST_CLOCK_INS or len(seen.visits) < LEAST_VISITS:
        return Told(facts=facts)
    reference = axis.zero or min(written).replace(hour=0, minute=0, second=0, microsecond=0)
    times = np.sort([(one - reference).total_seconds() for one in written])
    near, search_s = _searched(times, axis, seen)
    facts["clock_ins"] = len(near)
    coarse = coarse_offset(seen, near, precision_s=precision_s, search_s=search_s) if len(near) else None
    if coarse is not None:
        facts |= _facts(coarse)
    located = [(one, (one.at - reference).total_seconds()) for one in told_of]
    told = _found(seen, near, precision_s, axis, coarse, located) if len(near) >= LEAST_CLOCK_INS else None
    if told is None and axis.zero is not None:
        told = _under_another_date(seen, times, precision_s)
    if told is None:
        return Told(facts=facts)
    return Told(
        facts=facts | told.facts, reference=reference, lines=told.lines, steps=told.steps, precision_s=precision_s,
        written=told.written, days_off=told.days_off,
    )  # fmt: skip


def _found(
    seen: Seen, near: Floats, precision_s: float, axis: Axis, coarse: Coarse | None, located: list[tuple[Hint, float]]
) -> Told | None:
    """The clock of the records' own dates: one line, or several where the clock was set in between."""
    known = coarse is not None and coarse.established
    if coarse is None or (axis.zero is None and not known):
        return None
    parts = pieces(
        seen, near, precision_s=precision_s, around_s=0.0 if axis.zero is not None else coarse.offset_s,
        hints_s=[at for hint, at in located if hint.what != POWER_ON],
    )  # fmt: skip
    stepped = any(part.p is not None for part in parts)
    if not known and not stepped:
        return None
    # One line that maximises with a drift may stand aside of the peak that was tested: then the peak holds.
    if not stepped and (not parts or abs(parts[0].offset_s - coarse.offset_s) > APART_S):
        parts = [Piece(first=0, stop=len(near), offset_s=coarse.offset_s, middle_s=0.0, drift=0.0, line=0)]
    lines = fitted(seen, near, parts, precision_s)
    facts = {"p": round(max(part.p or 0.0 for part in parts), 6)} if stepped else {}
    return Told(facts=facts, lines=lines, steps=[*steps(lines, near, located)], written=near)


def _under_another_date(seen: Seen, times: Floats, precision_s: float) -> Told | None:
    found = other_day(seen, times, precision_s=precision_s)
    if found is None or not found.established or found.days == 0:
        return None
    low, high = float(seen.watched.min()), float(seen.watched.max())
    there = times[(times - found.offset_s >= low) & (times - found.offset_s <= high)]
    if len(there) < LEAST_CLOCK_INS:
        return None
    part = Piece(first=0, stop=len(there), offset_s=found.offset_s, middle_s=0.0, drift=0.0, line=0)
    facts = {
        "p": round(found.p, 6),
        "clock_ins": len(there),
        "days_off": found.days,
        "days_searched": found.searched,
        "accepted_p": DAY_P,
    }
    return Told(facts=facts, lines=fitted(seen, there, [part], precision_s), written=there, days_off=found.days)


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


def found_without(
    tested: Collection[str],
    punches: pd.DataFrame,
    clips: pd.DataFrame,
    visits: pd.DataFrame,
    examined: pd.DataFrame,
    anchors: pd.DataFrame,
    events: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Table ``clocks`` as it would be had these clock-ins (ids) not been made."""
    left = punches[~punches["punch_id"].isin(set(tested))]
    blind = blind_rows(left, clips, visits, examined, devices_of(left, anchors), anchors, events)
    return align(left, clips, anchors, blind)
