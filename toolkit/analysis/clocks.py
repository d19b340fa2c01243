"""How far ahead is the terminal's clock, and how surely is that known?

An anchor is a moment of a clip at which the device's clock can be read. A line
with a small drift is fitted to the anchors. Nobody's identity enters: neither
who punched nor whose face was seen.

An anchor's time and a punch's time are both cut down to whole seconds by the
terminal, by half a second on average; between two times cut alike the half
seconds cancel. The offset is therefore that of the *written* terminal time, and
the window of a punch is shifted back by ``half_cut_s`` (:func:`punch_window`).
However many anchors there are, they do not tell how the terminal cuts: the
stated interval reaches further up by the whole cut, so that the terminal's own
clock lies in it too.

How surely the clock is known depends on the moment: best between the anchors,
and worse by what drift is left open the farther away. A clock that was set in
between has a line before and a line after, never an average of the two
(:mod:`toolkit.analysis.timing.clock_models`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from toolkit import tables
from toolkit.analysis.placing.assertions import at_a_terminal, terminals
from toolkit.analysis.timing.civil_time import Written, missing, offset_at_start, zone_basis, zone_fault
from toolkit.analysis.timing.clock_anchors import Anchor, anchors_for, each_once, independent
from toolkit.analysis.timing.clock_lines import LEAST_ANCHORS, Line, line_through, two_lines
from toolkit.analysis.timing.clock_models import LINE, outside_s, sd_at

MOST_SD_S = 20.0  # a clock known worse than this anywhere in the clip places nothing
Z95 = 1.959964
BLIND = "blind"  # method of a clock that was found from presence alone


def align(
    punches: pd.DataFrame,
    clips: pd.DataFrame,
    anchors: pd.DataFrame,
    blind: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
) -> pd.DataFrame:
    """Table ``clocks``: one row for each device and clip.

    Parameters
    ----------
    punches, clips, anchors : DataFrame
        The tables of these names. Of the punches only terminal and time zone
        are used.
    blind : mapping, optional
        (device, exhibit_id) to what presence alone tells
        (:func:`toolkit.analysis.timing.blind_clocks.blind_rows`). It sets the clock
        where there are too few anchors, never where they contradict each
        other; beside anchors it is written down as a check.

    Returns
    -------
    DataFrame
        ``terminal_minus_camera_s`` is positive when the terminal is ahead; it
        and its interval hold at the media second ``holds_at_s`` of the model.
        It is missing where the camera's own clock or one of the two time zones
        is not stated; terminal time is then mapped straight to the clip's
        media seconds. With fewer than two independent anchors, anchors that
        contradict each other, or none near enough, ``determinable`` is False
        and ``reason`` says why; so it is where the zones of the records
        contradict each other or those of the anchors
        (:func:`toolkit.analysis.timing.civil_time.zone_fault`).
    """
    devices = devices_of(punches, anchors)
    rows = []
    for device in devices:
        told = anchors[anchors["device"] == device]
        basis = _device_basis(device, punches)
        written = _written(punches, device, devices)
        for clip in clips.to_dict("records"):
            seen = (blind or {}).get((device, str(clip["exhibit_id"])))
            usable = independent(anchors_for(clip, clips, told))
            row = _with_presence(_align_clip(clip, clips, told, written), seen, clip, written, usable)
            row["model"] = {**row["model"], **basis}
            rows.append({"device_id": device, "exhibit_id": clip["exhibit_id"], **row})
    return tables.build("clocks", rows)


def devices_of(punches: pd.DataFrame, anchors: pd.DataFrame) -> list[str]:
    """Every clock that the case speaks of.

    The anchors' only device and the records' only terminal are taken for one,
    however they are called. As soon as either names two, each name is a clock
    of its own, and one without anchors is not determinable.
    """
    read, named = set(anchors["device"]), set(terminals(punches))
    if len(read) == 1 and len(named) <= 1:
        return [str(one) for one in read]
    return sorted(str(one) for one in read | named) or ["terminal"]


def _device_basis(device: str, punches: pd.DataFrame) -> dict[str, Any]:
    named = terminals(punches)
    if not named:
        return {"device_basis": "records name no terminal", "terminal": None}
    if device in named:
        return {"device_basis": "named", "terminal": device}
    # With several names every device stands for itself; the records have none of this one.
    return (
        {"device_basis": "taken for one", "terminal": named[0]}
        if len(named) == 1
        else {"device_basis": "not in the records", "terminal": None}
    )


def _align_clip(
    clip: Mapping[Any, Any], clips: pd.DataFrame, anchors: pd.DataFrame, written: Written
) -> dict[str, Any]:
    usable, repeats = each_once(anchors_for(clip, clips, anchors))
    told = {"independent_anchors": len(usable), "repeats": [asdict(one) for one in repeats]}
    if len(usable) < LEAST_ANCHORS:
        return _undetermined("too_few_anchors", len(usable), told)
    line = line_through(usable)
    if line.agrees:
        return _by_anchors(line, clip, written, told)
    lines = two_lines(usable)
    if lines is None:
        return _undetermined("anchors_contradict", len(usable), {**told, "anchors": _left_over(line)})
    before, after = lines
    low, high = before.anchors[-1], after.anchors[0]
    middle = float(clip["duration_s"]) / 2
    here = before if abs(middle - low.media_s) <= abs(middle - high.media_s) else after
    step: dict[str, Any] = {
        "after": low.terminal.isoformat(), "before": high.terminal.isoformat(), "between": None,
        "size_s": round(after.ahead_s(before, (low.media_s + high.media_s) / 2), 1), "basis": "anchors", "hints": [],
    }  # fmt: skip
    pieces = [
        {**_line_facts(before), "from_written": None, "to_written": step["after"]},
        {**_line_facts(after), "from_written": step["before"], "to_written": None},
    ]
    return _by_anchors(here, clip, written, {**told, "steps": [step], "pieces": pieces})


def _line_facts(line: Line) -> dict[str, Any]:
    return {
        "zero_terminal_local": line.zero.isoformat(timespec="microseconds"),
        "sd_s": round(line.sd_s, 6),
        "middle_s": round(line.middle_s, 3),
        "drift_sd_ppm": round(line.drift_sd * 1e6, 3),
        "drift_ppm": round(line.drift * 1e6, 3),
    }


def _left_over(line: Line) -> list[dict[str, Any]]:
    return [
        {"row": anchor.row, "residual_s": round(float(miss), 4), "sd_s": round(anchor.sd_s, 4)}
        for anchor, miss in zip(line.anchors, line.residuals, strict=True)
    ]


def _by_anchors(line: Line, clip: Mapping[Any, Any], written: Written, told: Mapping[str, Any]) -> dict[str, Any]:
    fault = zone_fault(clip, written, line.zero, by_anchors=True)
    if fault is not None:
        return _undetermined(fault, len(line.anchors), {**told, "anchors": _left_over(line)})
    half_cut = float(np.mean([anchor.half_cut_s for anchor in line.anchors]))
    model = {**_line_facts(line), **_of_clip(clip, written, line.zero, line.middle_s, half_cut), **told}
    model["anchors"] = _left_over(line)
    offset = offset_at_start(clip, line.zero, written.stated(line.zero))
    return _determined("anchors", model, offset, clip, used=len(line.anchors))


def _of_clip(
    clip: Mapping[Any, Any], written: Written, zero: datetime, middle_s: float, half_cut_s: float
) -> dict[str, Any]:
    return {
        "holds_at_s": round(min(max(middle_s, 0.0), float(clip["duration_s"])), 3),
        "half_cut_s": round(half_cut_s, 6),
        "camera_clock": "unknown" if missing(clip["starts_at"]) else "stated",
        "zone_basis": zone_basis(clip, written.stated(zero), zero),
    }


def _determined(
    method: str, model: dict[str, Any], offset: float | None, clip: Mapping[Any, Any], *, used: int
) -> dict[str, Any]:
    """A row of a clock that is known: interval where it is known best, or too uncertain somewhere in the clip."""
    end_s = float(clip["duration_s"])
    holds_at, drift = float(model["holds_at_s"]), float(model["drift_ppm"]) * 1e-6
    sd = sd_at(model, holds_at)
    model["half_widths_s"] = [round(Z95 * sd_at(model, at_s), 3) for at_s in (0.0, end_s)]
    if max(sd_at(model, 0.0), sd_at(model, end_s)) > MOST_SD_S:
        return _undetermined("clock_too_uncertain", used, {"anchors": model["anchors"]})
    here = None if offset is None else offset + drift * holds_at
    return {
        "determinable": True,
        "method": method,
        "terminal_minus_camera_s": None if here is None else round(here, 3),
        "interval_lo_s": None if here is None else round(here - Z95 * sd, 3),
        # A terminal that cuts its time to whole seconds is itself up to that much further ahead than it writes.
        "interval_hi_s": None if here is None else round(here + Z95 * sd + 2 * float(model["half_cut_s"]), 3),
        "offset_sd_s": round(sd, 6),
        "drift_ppm": model["drift_ppm"],
        "anchors_used": used,
        "reason": "",
        "model": model,
    }


def _with_presence(
    row: dict[str, Any],
    seen: Mapping[str, Any] | None,
    clip: Mapping[Any, Any],
    written: Written,
    anchors: Sequence[Anchor],
) -> dict[str, Any]:
    """The clock from presence where anchors do not tell it; else what presence says beside them."""
    if seen is None:
        return row
    facts = {**seen["facts"], "found": seen["found"]}
    if row["determinable"]:
        apart = None
        if seen["found"]:
            told = datetime.fromisoformat(row["model"]["zero_terminal_local"])
            apart = round((seen["zero"] - told).total_seconds(), 3)
        # Days that presence does not bear out are no reason to leave the anchors; a clock that was set is.
        set_between = seen["found"] and len({one["line"] for one in seen["pieces"]}) > 1
        if set_between and not row["model"].get("pieces"):
            return _beside_steps(row, seen, clip, written, anchors, {**facts, "minus_anchors_s": apart})
        row["model"]["presence"] = {**facts, "minus_anchors_s": apart}
        return row
    row["model"]["presence"] = facts
    if row["reason"] != "too_few_anchors" or not seen["found"]:
        return row
    if seen["days_off"] and not any(_bears_out(anchor, seen) for anchor in anchors):
        row["reason"] = "day_to_confirm"
        return row
    return _by_presence(seen, clip, written, {**row["model"], "presence": facts})


def _by_presence(
    seen: Mapping[str, Any], clip: Mapping[Any, Any], written: Written, told: Mapping[str, Any]
) -> dict[str, Any]:
    fault = zone_fault(clip, written, seen["zero"], by_anchors=False)
    if fault is not None:
        return _undetermined(fault, 0, {**told, "anchors": []})
    model = {
        **_seen_line(seen), **_of_clip(clip, written, seen["zero"], seen["middle_s"], seen["half_cut_s"]),
        **told, "anchors": [],
    }  # fmt: skip
    if seen["pieces"]:
        model |= {"pieces": [_seen_piece(one) for one in seen["pieces"]], "steps": seen["steps"]}
    offset = offset_at_start(clip, seen["zero"], written.stated(seen["zero"]))
    return _determined(BLIND, model, offset, clip, used=0)


def _seen_line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "zero_terminal_local": line["zero"].isoformat(timespec="microseconds"),
        "sd_s": round(line["sd_s"], 6),
        "middle_s": round(line["middle_s"], 3),
        "drift_sd_ppm": round(line["drift_sd"] * 1e6, 3),
        "drift_ppm": round(line["drift"] * 1e6, 3),
    }


def _seen_piece(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**_seen_line(line), "from_written": line["from"], "to_written": line["to"]}


def _beside_steps(
    row: dict[str, Any],
    seen: Mapping[str, Any],
    clip: Mapping[Any, Any],
    written: Written,
    anchors: Sequence[Anchor],
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """Anchors of one side of a change of the clock hold for that side; the other is told by presence."""
    lines = {_line_at(anchor, seen["pieces"]) for anchor in anchors}
    if len(lines) != 1 or None in lines:
        row["model"]["presence"] = facts
        return row
    (line,) = lines
    own = {name: row["model"][name] for name in LINE}
    pieces = [{**_seen_piece(one), **(own if one["line"] == line else {})} for one in seen["pieces"]]
    if seen["line"] != line:
        row = _by_presence(seen, clip, written, {"repeats": row["model"].get("repeats", [])})
    row["model"] |= {"presence": facts, "pieces": pieces, "steps": seen["steps"]}
    return row


def _line_at(anchor: Anchor, pieces: Sequence[Mapping[str, Any]]) -> int | None:
    """Number of the line on which the anchor's time of the terminal lies; None near a step."""
    at = anchor.terminal.isoformat()
    told = [one for one in pieces if not outside_s({"from_written": one["from"], "to_written": one["to"]}, at)]
    return int(told[0]["line"]) if told else None


def _bears_out(anchor: Anchor, seen: Mapping[str, Any]) -> bool:
    """Whether an anchor shows the date that presence found: one is enough, for it is looked at by a person."""
    apart = (anchor.terminal - seen["zero"]).total_seconds() - anchor.media_s * (1 + seen["drift"])
    return bool(abs(apart) <= 3 * math.hypot(anchor.sd_s, sd_at(_seen_line(seen), anchor.media_s)) + anchor.half_cut_s)


def _undetermined(reason: str, used: int, model: Mapping[str, Any]) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("terminal_minus_camera_s", "interval_lo_s", "interval_hi_s", "offset_sd_s", "drift_ppm"), None
    )
    return {"determinable": False, "method": "none", "anchors_used": used, "reason": reason, "model": model, **blank}


def _written(punches: pd.DataFrame, device: str, devices: Sequence[str]) -> Written:
    """The times that this device wrote, with the zones stated for them."""
    rows = punches[at_a_terminal(punches)]
    of_device = {one: device_of(one, devices) == device for one in rows["terminal_id"].drop_duplicates()}
    return Written.of(rows[np.array([of_device[one] for one in rows["terminal_id"]], bool)])


def device_of(terminal_id: Any, devices: Sequence[str]) -> str | None:
    """The device whose clock a punch was stamped by: its own, or the only one there is.

    Parameters
    ----------
    devices : sequence of str
        All devices of table ``clocks``; it holds every terminal that the
        records name as soon as there are two, so that a punch of another
        terminal never falls to the only one with anchors.
    """
    if not missing(terminal_id) and terminal_id in devices:
        return str(terminal_id)
    return devices[0] if len(devices) == 1 else None
