"""Anchors: moments of a clip at which a device's clock could be read.

A CSV with ``device, device_time, exhibit_sha256, media_s, uncertainty_s, how``
and optionally ``cause``: anchors of one cause (a beep and its log row) count once.
An anchor names its clip by SHA-256.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from toolkit import tables
from toolkit.clockin.stamps import Unreadable, read_stamp
from toolkit.clockin.tabular import read_table
from toolkit.errors import ReadingError

HEADINGS: dict[str, tuple[str, ...]] = {
    name: (name,) for name in ("device", "device_time", "media_s", "uncertainty_s", "how", "cause")
}
HEADINGS["exhibit_sha256"] = ("exhibit_sha256", "clip_sha256", "sha256")
NEEDED = ("device", "device_time", "exhibit_sha256", "media_s", "uncertainty_s")
END_SLACK_S = 0.5


def anchor_hashes(path: Path) -> list[tuple[int, str]]:
    """Row number and clip hash of every anchor."""
    return [(number, row["exhibit_sha256"].lower()) for number, row in read_table(path, HEADINGS, needed=NEEDED)]


def read_anchors(path: Path, *, exhibit_id: str, clips: Mapping[str, tuple[str, float]]) -> pd.DataFrame:
    """Table ``anchors``.

    Parameters
    ----------
    clips : mapping
        SHA-256 of a clip to its exhibit id and duration in seconds.

    Raises
    ------
    ReadingError
        An unknown clip, a moment outside the clip, an unreadable time or
        number: each with its row.
    """
    rows = []
    for number, row in read_table(path, HEADINGS, needed=NEEDED):
        clip = clips.get(row["exhibit_sha256"].lower())
        if clip is None:
            raise ReadingError("anchor_unknown_clip", file=path.name, row=number, hash=row["exhibit_sha256"][:16])
        media_s = _number(row["media_s"], "media_s", path, number)
        uncertainty_s = _number(row["uncertainty_s"], "uncertainty_s", path, number)
        if not 0 <= media_s <= clip[1] + END_SLACK_S:
            raise ReadingError(
                "anchor_outside_clip", file=path.name, row=number, at=media_s, duration=round(clip[1], 3)
            )
        if uncertainty_s <= 0:
            raise ReadingError("anchor_uncertainty", file=path.name, row=number, value=uncertainty_s)
        try:
            read_stamp(row["device_time"], "ymd")
        except Unreadable as wrong:
            raise ReadingError("anchor_time", file=path.name, row=number, text=row["device_time"]) from wrong
        rows.append(
            {
                "exhibit_id": exhibit_id,
                "row": number,
                "clip_exhibit_id": clip[0],
                "device": row["device"],
                "device_time": row["device_time"],
                "media_s": media_s,
                "uncertainty_s": uncertainty_s,
                "how": row.get("how", ""),
                "cause": row.get("cause", ""),
            }
        )
    if not rows:
        raise ReadingError("anchors_empty", file=path.name)
    return tables.build("anchors", rows)


def _number(text: str, column: str, path: Path, row: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ReadingError("anchor_number", file=path.name, row=row, column=column, text=text)
    return value
