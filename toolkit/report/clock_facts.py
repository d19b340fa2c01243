"""What the report says of the clocks: offset and interval, the anchors they rest on, and what presence says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SPREAD = ("sd_s", "middle_s", "drift_sd_ppm")

Row = dict[str, Any]
Rows = list[Row]


def clock(clocks: Rows, anchors: Rows) -> Row:
    """The clock of the first device and clip that has one; all of them under ``each``."""
    each = [_one_clock(row, anchors) for row in clocks]
    known = [row for row in each if row["determinable"]]
    first: Row = (known or each or [_NO_CLOCK])[0]
    names = ("determinable", "method", "terminal_minus_camera_s", "interval_s", "reason")
    given = sum(one["device_time"] is not None for one in anchors)  # a beep of no stated time is none
    return {**{name: first[name] for name in names}, "anchors_given": given, "each": each}


def _one_clock(row: Mapping[str, Any], anchors: Rows) -> Row:
    model = row["model"]
    return {
        "device_id": row["device_id"],
        "exhibit_id": row["exhibit_id"],
        "determinable": row["determinable"],
        "method": row["method"],
        "terminal_minus_camera_s": row["terminal_minus_camera_s"],
        "interval_s": None if row["interval_lo_s"] is None else [row["interval_lo_s"], row["interval_hi_s"]],
        "uncertainty_sd_s": row["offset_sd_s"],
        "drift_ppm": row["drift_ppm"],
        "anchors_used": row["anchors_used"],
        "reason": row["reason"] or None,
        "camera_clock": model.get("camera_clock"),
        "zone_basis": model.get("zone_basis"),
        "device_basis": model.get("device_basis"),
        "terminal": model.get("terminal"),
        "holds_at_s": model.get("holds_at_s"),
        "half_widths_s": model.get("half_widths_s"),
        "spread": {name: model[name] for name in SPREAD} if set(SPREAD) <= set(model) else None,
        "anchors": [_anchor(one, row, anchors) for one in model.get("anchors", [])],
        "zero_terminal_local": model.get("zero_terminal_local"),
        "presence": _presence(model.get("presence")),
        "repeats": [_repeat(one, row, anchors) for one in model.get("repeats", [])],
        "steps": model.get("steps", []),
    }


def _presence(told: Mapping[str, Any] | None) -> Row | None:
    """What presence at the terminal alone tells of the clock; ``p`` is the chance of records that fit nothing."""
    names = (
        "found", "p", "accepted_p", "clock_ins", "visits", "signals", "minus_anchors_s", "days_off", "days_searched",
    )  # fmt: skip
    return None if told is None else {name: told.get(name) for name in names}


def _anchor(used: Mapping[str, Any], clock: Mapping[str, Any], anchors: Rows) -> Row:
    """A used anchor with what was stated of it, where its row names one anchor only."""
    told = _stated(used.get("row"), clock, anchors)
    names = ("exhibit_id", "clip_exhibit_id", "media_s", "device_time", "kind", "uncertainty_basis")
    return {**used, **{name: told.get(name) for name in names}, "how_read": told.get("how")}


def _repeat(told: Mapping[str, Any], clock: Mapping[str, Any], anchors: Rows) -> Row:
    """An anchor that counted no more because it repeats another."""
    names = ("row", "repeats_row", "why")
    exhibit_id = _stated(told["row"], clock, anchors).get("exhibit_id")
    return {"exhibit_id": exhibit_id, **{name: told[name] for name in names}}


def _stated(row: Any, clock: Mapping[str, Any], anchors: Rows) -> Mapping[str, Any]:
    """The anchor of that row of this device's, where there is one only."""
    stated = [one for one in anchors if one["row"] == row and one["device"] == clock["device_id"]]
    return stated[0] if len(stated) == 1 else {}


_NO_CLOCK: Row = {
    "determinable": False, "method": "none", "terminal_minus_camera_s": None, "interval_s": None,
    "reason": "nothing_to_align",
}  # fmt: skip
