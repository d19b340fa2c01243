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
and worse by what drift is left open the farther away (:func:`sd_at`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit import tables
from toolkit.analysis.assertions import terminals
from toolkit.analysis.civil_time import missing, offset_at_start, zone_basis
from toolkit.analysis.clock_anchors import anchors_for, independent

DRIFT_SD = 50e-6
LEAST_ANCHORS = 2
CONTRADICTION_P = 0.001
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
        (:func:`toolkit.analysis.blind_clocks.blind_rows`). It sets the clock
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
        and ``reason`` says why.
    """
    devices = devices_of(punches, anchors)
    rows = []
    for device in devices:
        told = anchors[anchors["device"] == device]
        basis = _device_basis(device, punches)
        zones = _zones(punches, device, devices)
        for clip in clips.to_dict("records"):
            seen = (blind or {}).get((device, str(clip["exhibit_id"])))
            row = _with_presence(_align_clip(clip, clips, told, zones), seen, clip, zones)
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
    clip: Mapping[Any, Any], clips: pd.DataFrame, anchors: pd.DataFrame, zones: frozenset[str]
) -> dict[str, Any]:
    usable = independent(anchors_for(clip, clips, anchors))
    if len(usable) < LEAST_ANCHORS:
        return _undetermined("too_few_anchors", len(usable), {"independent_anchors": len(usable)})
    origin = usable[0].terminal - timedelta(seconds=usable[0].media_s)
    at = np.array([anchor.media_s for anchor in usable])
    zeros = np.array([(anchor.terminal - origin).total_seconds() - anchor.media_s for anchor in usable])
    sds = np.array([anchor.sd_s for anchor in usable])
    line = _fit(at, zeros, sds)
    listed = [
        {"row": anchor.row, "residual_s": round(float(miss), 4), "sd_s": round(anchor.sd_s, 4)}
        for anchor, miss in zip(usable, line.residuals, strict=True)
    ]
    if _chance(line.residuals, sds) < CONTRADICTION_P:
        return _undetermined("anchors_contradict", len(usable), {"anchors": listed})
    zero = origin + timedelta(seconds=line.level - line.drift * line.middle_s)
    end_s = float(clip["duration_s"])
    holds_at = round(min(max(line.middle_s, 0.0), end_s), 3)
    offset = offset_at_start(clip, zero, zones)
    half_cut = float(np.mean([anchor.half_cut_s for anchor in usable]))
    model = {
        "zero_terminal_local": zero.isoformat(timespec="microseconds"),
        "sd_s": round(line.sd_s, 6),
        "middle_s": round(line.middle_s, 3),
        "drift_sd_ppm": round(line.drift_sd * 1e6, 3),
        "holds_at_s": holds_at,
        "drift_ppm": round(line.drift * 1e6, 3),
        "half_cut_s": round(half_cut, 6),
        "camera_clock": "unknown" if missing(clip["starts_at"]) else "stated",
        "zone_basis": zone_basis(clip, zones, zero),
        "anchors": listed,
    }
    return _determined("anchors", model, offset, end_s, used=len(usable))


def _determined(method: str, model: dict[str, Any], offset: float | None, end_s: float, *, used: int) -> dict[str, Any]:
    """A row of a clock that is known: interval where it is known best, or too uncertain somewhere in the clip."""
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
    row: dict[str, Any], seen: Mapping[str, Any] | None, clip: Mapping[Any, Any], zones: frozenset[str]
) -> dict[str, Any]:
    """The clock from presence where anchors are too few; else what presence says beside them."""
    if seen is None:
        return row
    if row["determinable"]:
        apart = None
        if seen["found"]:
            told = datetime.fromisoformat(row["model"]["zero_terminal_local"])
            apart = round((seen["zero"] - told).total_seconds(), 3)
        row["model"]["presence"] = {**seen["facts"], "found": seen["found"], "minus_anchors_s": apart}
        return row
    if row["reason"] != "too_few_anchors" or not seen["found"]:
        row["model"]["presence"] = {**seen["facts"], "found": seen["found"]}
        return row
    end_s = float(clip["duration_s"])
    holds_at = round(min(max(seen["middle_s"], 0.0), end_s), 3)
    model = {
        "zero_terminal_local": seen["zero"].isoformat(timespec="microseconds"),
        "sd_s": round(seen["sd_s"], 6),
        "middle_s": round(seen["middle_s"], 3),
        "drift_sd_ppm": round(seen["drift_sd"] * 1e6, 3),
        "holds_at_s": holds_at,
        "drift_ppm": round(seen["drift"] * 1e6, 3),
        "half_cut_s": round(seen["half_cut_s"], 6),
        "camera_clock": "unknown" if missing(clip["starts_at"]) else "stated",
        "zone_basis": zone_basis(clip, zones, seen["zero"]),
        "anchors": [],
        "presence": {**seen["facts"], "found": True},
    }
    offset = offset_at_start(clip, seen["zero"], zones)
    return _determined(BLIND, model, offset, end_s, used=0)


def _undetermined(reason: str, used: int, model: Mapping[str, Any]) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("terminal_minus_camera_s", "interval_lo_s", "interval_hi_s", "offset_sd_s", "drift_ppm"), None
    )
    return {"determinable": False, "method": "none", "anchors_used": used, "reason": reason, "model": model, **blank}


@dataclass(frozen=True, slots=True)
class _Line:
    """Offset at the anchors' middle and drift, with their uncertainties, which are independent there."""

    level: float
    drift: float
    middle_s: float
    sd_s: float
    drift_sd: float
    residuals: NDArray[np.float64]


def _fit(at: NDArray[np.float64], zeros: NDArray[np.float64], sds: NDArray[np.float64]) -> _Line:
    """Least squares with a prior of 0 +- 50 ppm on the drift."""
    middle = float(np.average(at, weights=1 / sds**2))
    design = np.stack([np.ones_like(at), at - middle], axis=1)
    precision = design.T @ (design / sds[:, None] ** 2) + np.diag([0.0, 1 / DRIFT_SD**2])
    covariance = np.linalg.inv(precision)
    level, drift = covariance @ (design.T @ (zeros / sds**2))
    residuals = zeros - design @ np.array([level, drift])
    sd, drift_sd = np.sqrt(np.diag(covariance))
    return _Line(float(level), float(drift), middle, float(sd), float(drift_sd), residuals)


def _chance(residuals: NDArray[np.float64], sds: NDArray[np.float64]) -> float:
    """Probability of residuals at least this large (chi-square, Wilson-Hilferty)."""
    freedom = len(residuals) - 1
    value = float(((residuals / sds) ** 2).sum())
    z = ((value / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))
    return 0.5 * math.erfc(z / math.sqrt(2))


def _zones(punches: pd.DataFrame, device: str, devices: Sequence[str]) -> frozenset[str]:
    """The time zones stated for the records of this device."""
    stated = punches[["terminal_id", "tz"]].dropna(subset=["tz"]).drop_duplicates()
    return frozenset(
        str(row["tz"]) for row in stated.to_dict("records") if device_of(row["terminal_id"], devices) == device
    )


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


def sd_at(model: Mapping[str, Any], media_s: float) -> float:
    """Standard deviation of the clock at a moment of the clip, in seconds."""
    open_drift = float(model["drift_sd_ppm"]) * 1e-6
    return math.hypot(float(model["sd_s"]), open_drift * (media_s - float(model["middle_s"])))


def to_media_s(model: Mapping[str, Any], t_local: str) -> float:
    """Media seconds at which the terminal wrote this time, by the point estimate."""
    since = datetime.fromisoformat(t_local) - datetime.fromisoformat(model["zero_terminal_local"])
    return since.total_seconds() / (1 + float(model["drift_ppm"]) * 1e-6)


def all_to_media_s(model: Mapping[str, Any], stamps: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """As :func:`to_media_s`, of many times (datetime64 in microseconds) at once."""
    since = stamps - np.datetime64(model["zero_terminal_local"], "us")
    return np.asarray(since.astype(np.int64) / 1e6 / (1 + float(model["drift_ppm"]) * 1e-6), float)


def punch_window(model: Mapping[str, Any], t_local: str, precision_s: float) -> tuple[float, float]:
    """Media seconds between which the punch was made, before the clock's own uncertainty."""
    start = to_media_s(model, t_local) - float(model["half_cut_s"])
    return start, start + precision_s


def model_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The model of a row of table ``clocks``."""
    told: dict[str, Any] = json.loads(row["model"])
    return told
