"""How far ahead is the terminal's clock, and how surely is that known?

An anchor is a moment of a clip at which the device's clock can be read. A line
with a small drift is fitted to the anchors. Nobody's identity enters: neither
who punched nor whose face was seen.

An anchor's time and a punch's time are both cut down to whole seconds by the
terminal, by half a second on average; between two times cut alike the half
seconds cancel. The offset is therefore that of the *written* terminal time; the
interval holds the cut of the anchors, and the window of a punch is shifted back
by ``half_cut_s`` (:func:`punch_window`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit import tables

DRIFT_SD = 50e-6
LEAST_ANCHORS = 2
SAME_MOMENT_S = 1.0
CONTRADICTION_P = 0.001
Z95 = 1.959964
TIME = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True)
class _Anchor:
    row: int
    clip: str
    media_s: float
    terminal: datetime
    sd_s: float
    half_cut_s: float
    cause: str


def align(punches: pd.DataFrame, clips: pd.DataFrame, anchors: pd.DataFrame) -> pd.DataFrame:
    """Table ``clocks``: one row for each device and clip.

    Parameters
    ----------
    punches, clips, anchors : DataFrame
        The tables of these names. Of the punches only terminal and time zone
        are used.

    Returns
    -------
    DataFrame
        ``terminal_minus_camera_s`` is positive when the terminal is ahead; it
        is missing where the camera's own clock is not stated, and the model
        then maps terminal time straight to the clip's media seconds. With
        fewer than two independent anchors, or anchors that contradict each
        other, ``determinable`` is False and ``reason`` says why.
    """
    devices = sorted(set(anchors["device"])) or sorted(set(punches["terminal_id"].dropna())) or ["terminal"]
    zone = _terminal_zone(punches)
    rows = []
    for device in devices:
        told = anchors[anchors["device"] == device]
        for clip in clips.to_dict("records"):
            rows.append({"device_id": device, "exhibit_id": clip["exhibit_id"], **_align_clip(clip, clips, told, zone)})
    return tables.build("clocks", rows)


def _align_clip(
    clip: Mapping[Any, Any], clips: pd.DataFrame, anchors: pd.DataFrame, zone: str | None
) -> dict[str, Any]:
    usable = independent(_anchors_for(clip, clips, anchors))
    if len(usable) < LEAST_ANCHORS:
        return _undetermined("too_few_anchors", len(usable), {"independent_anchors": len(usable)})
    origin = usable[0].terminal - timedelta(seconds=usable[0].media_s)
    at = np.array([anchor.media_s for anchor in usable])
    zeros = np.array([(anchor.terminal - origin).total_seconds() - anchor.media_s for anchor in usable])
    sds = np.array([anchor.sd_s for anchor in usable])
    zero, drift, sd, residuals = _fit(at, zeros, sds)
    listed = [
        {"row": anchor.row, "residual_s": round(float(miss), 4), "sd_s": round(anchor.sd_s, 4)}
        for anchor, miss in zip(usable, residuals, strict=True)
    ]
    if _chance(residuals, sds) < CONTRADICTION_P:
        return _undetermined("anchors_contradict", len(usable), {"anchors": listed})
    written = origin + timedelta(seconds=float(zero))
    offset = _offset(clip, written, zone)
    model = {
        "zero_terminal_local": written.isoformat(timespec="microseconds"),
        "sd_s": round(sd, 6),
        "drift_ppm": round(drift * 1e6, 3),
        "half_cut_s": round(float(np.mean([anchor.half_cut_s for anchor in usable])), 6),
        "camera_clock": "unknown" if _missing(clip["starts_at"]) else "stated",
        "zone_basis": "stated" if zone else "terminal read in the camera's zone",
        "anchors": listed,
    }
    half = Z95 * sd
    return {
        "determinable": True,
        "method": "anchors",
        "terminal_minus_camera_s": None if offset is None else round(offset, 3),
        "interval_lo_s": None if offset is None else round(offset - half, 3),
        "interval_hi_s": None if offset is None else round(offset + half, 3),
        "offset_sd_s": round(sd, 6),
        "drift_ppm": model["drift_ppm"],
        "anchors_used": len(usable),
        "reason": "",
        "model": model,
    }


def _undetermined(reason: str, used: int, model: Mapping[str, Any]) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("terminal_minus_camera_s", "interval_lo_s", "interval_hi_s", "offset_sd_s", "drift_ppm"), None
    )
    return {"determinable": False, "method": "none", "anchors_used": used, "reason": reason, "model": model, **blank}


def _anchors_for(clip: Mapping[Any, Any], clips: pd.DataFrame, anchors: pd.DataFrame) -> list[_Anchor]:
    """Anchors on this clip, and those on other clips of its camera where both starts are stated."""
    shifts = {clip["exhibit_id"]: 0.0}
    if not _missing(clip["starts_at"]) and not _missing(clip["camera_id"]):
        start = datetime.fromisoformat(clip["starts_at"])
        for other in clips.to_dict("records"):
            if other["camera_id"] is pd.NA or other["camera_id"] != clip["camera_id"] or _missing(other["starts_at"]):
                continue
            begun = datetime.fromisoformat(other["starts_at"])
            if (begun.tzinfo is None) == (start.tzinfo is None):
                shifts[other["exhibit_id"]] = (begun - start).total_seconds()
    found = []
    for row in anchors.to_dict("records"):
        if row["clip_exhibit_id"] not in shifts:
            continue
        terminal, precision = read_written(row["device_time"])
        found.append(
            _Anchor(
                int(row["row"]),
                row["clip_exhibit_id"],
                float(row["media_s"]) + shifts[row["clip_exhibit_id"]],
                terminal,
                math.hypot(float(row["uncertainty_s"]), precision / math.sqrt(12)),
                precision / 2,
                str(row["cause"]),
            )
        )
    return sorted(found, key=lambda one: (one.media_s, one.row))


def independent(anchors: Sequence[_Anchor]) -> list[_Anchor]:
    """Anchors without those that repeat another: one cause, one reading, or one moment of one clip."""
    kept: list[_Anchor] = []
    for one in sorted(anchors, key=lambda anchor: (anchor.sd_s, anchor.media_s, anchor.row)):
        repeats = any(
            (one.cause and one.cause == other.cause)
            or one.terminal == other.terminal
            or (one.clip == other.clip and abs(one.media_s - other.media_s) < SAME_MOMENT_S)
            for other in kept
        )
        if not repeats:
            kept.append(one)
    return sorted(kept, key=lambda anchor: (anchor.media_s, anchor.row))


def read_written(text: str) -> tuple[datetime, float]:
    """A device's time as written, and its precision in seconds."""
    at = datetime.fromisoformat(text.strip().replace("/", "-"))
    seconds = text.strip().count(":") == 2
    fraction = text.rsplit(".", 1)[1] if seconds and "." in text else ""
    precision = 60.0 if not seconds else 10.0 ** -len(fraction) if fraction else 1.0
    return at.replace(tzinfo=None), precision


def _fit(
    at: NDArray[np.float64], zeros: NDArray[np.float64], sds: NDArray[np.float64]
) -> tuple[float, float, float, NDArray[np.float64]]:
    """Offset at the anchors' middle and drift, by least squares with a prior of 0 +- 50 ppm."""
    middle = float(np.average(at, weights=1 / sds**2))
    design = np.stack([np.ones_like(at), at - middle], axis=1)
    precision = design.T @ (design / sds[:, None] ** 2) + np.diag([0.0, 1 / DRIFT_SD**2])
    covariance = np.linalg.inv(precision)
    level, drift = covariance @ (design.T @ (zeros / sds**2))
    residuals = zeros - design @ np.array([level, drift])
    return float(level - drift * middle), float(drift), float(math.sqrt(covariance[0, 0])), residuals


def _chance(residuals: NDArray[np.float64], sds: NDArray[np.float64]) -> float:
    """Probability of residuals at least this large (chi-square, Wilson-Hilferty)."""
    freedom = len(residuals) - 1
    value = float(((residuals / sds) ** 2).sum())
    z = ((value / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))
    return 0.5 * math.erfc(z / math.sqrt(2))


def _offset(clip: Mapping[Any, Any], written: datetime, zone: str | None) -> float | None:
    if _missing(clip["starts_at"]):
        return None
    start = datetime.fromisoformat(clip["starts_at"])
    if start.tzinfo is None and not _missing(clip["timezone"]):
        start = start.replace(tzinfo=ZoneInfo(str(clip["timezone"])))
    if start.tzinfo is None or zone is None:
        return (written - start.replace(tzinfo=None)).total_seconds()
    return (written.replace(tzinfo=ZoneInfo(zone)) - start).total_seconds()


def _terminal_zone(punches: pd.DataFrame) -> str | None:
    """The one time zone stated for the records; None where none or several are."""
    zones = sorted(set(punches["tz"].dropna()))
    if len(zones) != 1 or zones[0][0] in "+-Z":
        return None
    return str(zones[0])


def device_of(terminal_id: Any, devices: Sequence[str]) -> str | None:
    """The device whose clock a punch was stamped by: its own, or the only one there is."""
    if not _missing(terminal_id) and terminal_id in devices:
        return str(terminal_id)
    return devices[0] if len(devices) == 1 else None


def to_media_s(model: Mapping[str, Any], t_local: str) -> float:
    """Media seconds at which the terminal wrote this time, by the point estimate."""
    since = datetime.fromisoformat(t_local) - datetime.fromisoformat(model["zero_terminal_local"])
    return since.total_seconds() / (1 + float(model["drift_ppm"]) * 1e-6)


def punch_window(model: Mapping[str, Any], t_local: str, precision_s: float) -> tuple[float, float]:
    """Media seconds between which the punch was made, before the clock's own uncertainty."""
    start = to_media_s(model, t_local) - float(model["half_cut_s"])
    return start, start + precision_s


def model_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The model of a row of table ``clocks``."""
    told: dict[str, Any] = json.loads(row["model"])
    return told


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value != value
