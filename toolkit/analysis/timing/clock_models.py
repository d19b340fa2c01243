"""What a row of table ``clocks`` says of a moment: the column ``model``, one line or several pieces.

A model is a line: the terminal's time at the clip's first frame, a drift, and how
surely both are known. Where the terminal's clock was set in between it has
``pieces``, each a line with the written times (``from_written``, ``to_written``,
either may be open) between which it surely holds. A time between two pieces
belongs to none: the clock-in may have been made by the old clock or the new one
(:func:`near_step`). The row's own line is that of the clip's middle.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE = ("zero_terminal_local", "sd_s", "middle_s", "drift_sd_ppm", "drift_ppm")

Model = Mapping[str, Any]
Times = NDArray[np.datetime64]


def model_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The model of a row of table ``clocks``."""
    told: dict[str, Any] = json.loads(row["model"])
    return told


def sd_at(model: Model, media_s: float) -> float:
    """Standard deviation of the clock at a moment of the clip, in seconds; where two pieces meet the larger."""
    return max(_sd(line, media_s) for line in _in_force(model, media_s))


def loosest(model: Model, length_s: float) -> Model:
    """Of the lines that hold in a clip the one that is known worst at its middle."""
    lines = [line for at in (0.0, length_s / 2, length_s) for line in _in_force(model, at)]
    return max(lines, key=lambda line: _sd(line, length_s / 2))


def _sd(line: Model, media_s: float) -> float:
    open_drift = float(line["drift_sd_ppm"]) * 1e-6
    return math.hypot(float(line["sd_s"]), open_drift * (media_s - float(line["middle_s"])))


def to_media_s(model: Model, t_local: str) -> float:
    """Media seconds at which the terminal wrote this time, by the point estimate; near a step by the nearest piece."""
    return _media_s(piece_of(model, t_local), t_local)


def _media_s(line: Model, t_local: str) -> float:
    since = datetime.fromisoformat(t_local) - datetime.fromisoformat(line["zero_terminal_local"])
    return since.total_seconds() / (1 + float(line["drift_ppm"]) * 1e-6)


def all_to_media_s(model: Model, stamps: Times) -> NDArray[np.float64]:
    """As :func:`to_media_s`, of many written times (datetime64 in microseconds) at once."""
    told: list[Model] = model.get("pieces") or [model]
    at = np.stack([_all_media_s(line, stamps) for line in told])
    nearest = np.stack([_all_outside_s(line, stamps) for line in told]).argmin(axis=0)
    return np.asarray(at[nearest, np.arange(len(stamps))], np.float64)


def _all_media_s(line: Model, stamps: Times) -> NDArray[np.float64]:
    since_s = _seconds(stamps - np.datetime64(line["zero_terminal_local"], "us"))
    return np.asarray(since_s / (1 + float(line["drift_ppm"]) * 1e-6), np.float64)


def near_steps(model: Model, stamps: Times) -> NDArray[np.bool_]:
    """As :func:`near_step`, of many written times at once."""
    told: list[Model] = model.get("pieces") or []
    apart = [_all_outside_s(line, stamps) for line in told]
    return np.min(apart, axis=0) > 0 if apart else np.zeros(len(stamps), np.bool_)


def _all_outside_s(piece: Model, stamps: Times) -> NDArray[np.float64]:
    low, high = piece.get("from_written"), piece.get("to_written")
    none = np.zeros(len(stamps))
    before = none if low is None else _seconds(np.datetime64(low, "us") - stamps)
    after = none if high is None else _seconds(stamps - np.datetime64(high, "us"))
    return np.maximum(0.0, np.maximum(before, after))


def _seconds(spans: NDArray[np.timedelta64]) -> NDArray[np.float64]:
    return np.asarray(spans.astype("timedelta64[us]").astype(np.int64) / 1e6, np.float64)


def punch_window(model: Model, t_local: str, precision_s: float) -> tuple[float, float]:
    """Media seconds between which the punch was made, before the clock's own uncertainty."""
    start = to_media_s(model, t_local) - float(model["half_cut_s"])
    return start, start + precision_s


def piece_of(model: Model, t_local: str) -> Model:
    """The line that holds for a written time: the model's own, or the piece whose times are nearest."""
    told: list[Model] = model.get("pieces") or [model]
    return min(told, key=lambda piece: outside_s(piece, t_local))


def near_step(model: Model, t_local: str) -> bool:
    """Whether a written time lies so near to a change of the clock that either side may hold."""
    return bool(model.get("pieces")) and outside_s(piece_of(model, t_local), t_local) > 0


def outside_s(piece: Model, t_local: str) -> float:
    """Seconds between a written time and the times for which a piece holds; 0 inside."""
    at = datetime.fromisoformat(t_local)
    low, high = piece.get("from_written"), piece.get("to_written")
    before = 0.0 if low is None else (datetime.fromisoformat(low) - at).total_seconds()
    after = 0.0 if high is None else (at - datetime.fromisoformat(high)).total_seconds()
    return max(0.0, before, after)


def _in_force(model: Model, media_s: float) -> list[Model]:
    """The lines that hold at a moment of the clip; between two pieces both."""
    told: list[Model] = model.get("pieces") or []
    if len(told) < 2:
        return [model]
    last = [piece for piece in told if _starts(piece) <= media_s][-1:] or told[:1]
    after = told[told.index(last[0]) + 1 : told.index(last[0]) + 2]
    ended = last[0].get("to_written") is not None and _media_s(last[0], last[0]["to_written"]) < media_s
    return [*last, *after] if ended else list(last)


def _starts(piece: Model) -> float:
    return -math.inf if piece.get("from_written") is None else _media_s(piece, piece["from_written"])
