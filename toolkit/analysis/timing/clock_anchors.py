"""Anchors: moments of a clip at which a device's clock can be read, each once.

Two anchors that rest on one cause, one reading or one moment count once: a
mistake in it would otherwise count twice and look like agreement.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis.timing.civil_time import camera_start, missing

SAME_MOMENT_S = 1.0
OWN_EVENT_S = 1.0  # a screen is read in the second of a clock-in or in the one after it
MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A reading of the terminal's time at ``media_s`` of a clip, with its spread and half of what it is cut to."""

    row: int
    clip: str
    media_s: float
    terminal: datetime
    sd_s: float
    half_cut_s: float
    cause: str
    kind: str = "manual"


@dataclass(frozen=True, slots=True)
class Repeat:
    """An anchor that counts no more because it repeats another: rows, and ``why`` (cause, reading or moment)."""

    row: int
    repeats_row: int
    why: str


def anchors_for(clip: Mapping[Any, Any], clips: pd.DataFrame, anchors: pd.DataFrame) -> list[Anchor]:
    """Anchors on this clip, and those on other clips of its camera where both starts are stated."""
    shifts = {clip["exhibit_id"]: 0.0}
    start = camera_start(clip)
    if start is not None and not missing(clip["camera_id"]):
        for other in clips.to_dict("records"):
            begun = camera_start(other)
            if other["camera_id"] is pd.NA or other["camera_id"] != clip["camera_id"] or begun is None:
                continue
            if (begun.tzinfo is None) == (start.tzinfo is None):
                shifts[other["exhibit_id"]] = (begun - start).total_seconds()
    found = []
    for row in anchors.to_dict("records"):
        if row["clip_exhibit_id"] not in shifts or missing(row["device_time"]):
            continue
        terminal, precision = read_written(row["device_time"])
        found.append(
            Anchor(
                int(row["row"]),
                row["clip_exhibit_id"],
                float(row["media_s"]) + shifts[row["clip_exhibit_id"]],
                terminal,
                math.hypot(float(row["uncertainty_s"]), precision / math.sqrt(12)),
                precision / 2,
                str(row["cause"]),
                str(row["kind"]),
            )
        )
    return sorted(found, key=lambda one: (one.media_s, one.row))


def independent(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Anchors without those that repeat another: one cause, one reading, or one moment of one clip."""
    return each_once(anchors)[0]


def each_once(anchors: Sequence[Anchor]) -> tuple[list[Anchor], list[Repeat]]:
    """Independent anchors in the order of their moments, and those that repeat one of them; the surest is kept."""
    kept: list[Anchor] = []
    repeats: list[Repeat] = []
    for one in sorted(anchors, key=lambda anchor: (anchor.sd_s, anchor.media_s, anchor.row)):
        told = next(((other, why) for other in kept if (why := _repeats(one, other))), None)
        if told is None:
            kept.append(one)
        else:
            repeats.append(Repeat(one.row, told[0].row, told[1]))
    kept.sort(key=lambda anchor: (anchor.media_s, anchor.row))
    return kept, sorted(repeats, key=lambda one: one.row)


def _repeats(one: Anchor, other: Anchor) -> str:
    if one.cause and one.cause == other.cause:
        return "cause"
    if one.terminal == other.terminal:
        return "reading"
    return "moment" if one.clip == other.clip and abs(one.media_s - other.media_s) < SAME_MOMENT_S else ""


def read_written(text: str) -> tuple[datetime, float]:
    """A device's time as written, and its precision in seconds."""
    at = datetime.fromisoformat(text.strip().replace("/", "-"))
    seconds = text.strip().count(":") == 2
    fraction = text.rsplit(".", 1)[1] if seconds and "." in text else ""
    precision = 60.0 if not seconds else 10.0 ** -len(fraction) if fraction else 1.0
    return at.replace(tzinfo=None), precision


def read_at(anchors: pd.DataFrame, written: Iterable[str], within_s: float = OWN_EVENT_S) -> pd.DataFrame:
    """Anchors whose reading of a clock was taken at one of these written times.

    Such a reading rests on the event that wrote the time: a screen that shows
    somebody's clock-in tells the clock by that very clock-in.
    """
    times = [datetime.fromisoformat(one).replace(tzinfo=None, microsecond=0) for one in written]
    own = []
    for told in anchors["device_time"]:
        at, precision = (None, MINUTE_S) if missing(told) else read_written(str(told))
        own.append(
            at is not None
            and precision < MINUTE_S
            and any(abs((at.replace(microsecond=0) - one).total_seconds()) <= within_s for one in times)
        )
    return anchors[np.array(own, bool)]
