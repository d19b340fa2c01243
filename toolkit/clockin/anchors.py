"""Anchors: moments of a clip at which a device's clock could be read.

A CSV with ``device, device_time, exhibit_sha256, media_s, how`` and optionally
``uncertainty_s`` and ``cause``. ``how`` names a kind
(:mod:`toolkit.clockin.beside.anchor_kinds`), whose uncertainty stands where the row
states none. Anchors of one cause (a beep and its log row) count once, and an
empty cause is a cause of its own. An anchor names its clip by SHA-256.

A beep, a flash or a voice whose time on the device is not known has an empty
``device_time``: it is no anchor, and tells that somebody was at the terminal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from toolkit import tables
from toolkit.clockin.beside.anchor_kinds import KINDS, SIGNALS, kind_of
from toolkit.clockin.fields.stamps import Unreadable, plain_text, read_stamp
from toolkit.clockin.files.tabular import read_table
from toolkit.errors import ReadingError

HEADINGS: dict[str, tuple[str, ...]] = {
    name: (name,) for name in ("device", "device_time", "media_s", "uncertainty_s", "how", "cause")
}
HEADINGS["exhibit_sha256"] = ("exhibit_sha256", "clip_sha256", "sha256")
NEEDED = ("device", "device_time", "exhibit_sha256", "media_s", "how")
STATED, BY_KIND = "stated", "kind"  # where an uncertainty comes from
END_SLACK_S = 0.5
# A clock is read to a millisecond at best; off by more than an hour it says nothing about a clip.
UNCERTAINTY_S = (0.001, 3600.0)
SHOWN_HASH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchor:
    """One row, checked as far as it can be without its clip."""

    row: int
    sha256: str
    device: str
    device_time: str | None
    media_s: float
    uncertainty_s: float
    uncertainty_basis: str
    how: str
    kind: str
    cause: str


def anchor_hashes(path: Path) -> list[tuple[int, str]]:
    """Row number and clip hash (lower case) of every anchor.

    Raises
    ------
    ReadingError
        Whatever can be wrong with the file without looking at its clips:
        missing columns, no rows, an unreadable time or number, an unknown kind.
    """
    return [(anchor.row, anchor.sha256) for anchor in _anchors(path)]


def read_anchors(path: Path, *, exhibit_id: str, clips: Mapping[str, tuple[str, float]]) -> pd.DataFrame:
    """Table ``anchors``.

    Parameters
    ----------
    clips : mapping
        SHA-256 of a clip to its exhibit id and duration in seconds.

    Returns
    -------
    DataFrame
        ``device_time`` is written as ``2026-03-03 08:21:49`` with as many
        digits as the file states; the file itself stays in the case. It is
        missing for signals without a time. ``uncertainty_basis`` is "stated" or
        "kind".

    Raises
    ------
    ReadingError
        An unknown clip, a moment outside the clip, an unreadable time or
        number: each with its row.
    """
    rows = []
    for anchor in _anchors(path):
        clip_id, duration_s = _clip_of(anchor, clips, path)
        if not 0 <= anchor.media_s <= duration_s + END_SLACK_S:
            raise ReadingError(
                "anchor_outside_clip",
                file=path.name,
                row=anchor.row,
                at=anchor.media_s,
                duration=round(duration_s, 3),
            )
        rows.append(
            {
                "exhibit_id": exhibit_id,
                "row": anchor.row,
                "clip_exhibit_id": clip_id,
                "device": anchor.device,
                "device_time": anchor.device_time,
                "media_s": anchor.media_s,
                "uncertainty_s": anchor.uncertainty_s,
                "uncertainty_basis": anchor.uncertainty_basis,
                "how": anchor.how,
                "kind": anchor.kind,
                "cause": anchor.cause,
            }
        )
    return tables.build("anchors", rows)


def _anchors(path: Path) -> Iterator[_Anchor]:
    row = None
    for row, cells in read_table(path, HEADINGS, needed=NEEDED):
        if not cells["device"]:
            raise ReadingError("anchor_no_device", file=path.name, row=row)
        kind = _kind(cells["how"], path, row)
        uncertainty_s, basis = _uncertainty(cells.get("uncertainty_s", ""), kind, path, row)
        yield _Anchor(
            row=row,
            sha256=cells["exhibit_sha256"].lower(),
            device=cells["device"],
            device_time=_time(cells["device_time"], kind, path, row),
            media_s=_number(cells["media_s"], "media_s", path, row),
            uncertainty_s=uncertainty_s,
            uncertainty_basis=basis,
            how=cells["how"],
            kind=kind,
            cause=cells.get("cause", ""),
        )
    if row is None:
        raise ReadingError("anchors_empty", file=path.name)


def _clip_of(anchor: _Anchor, clips: Mapping[str, tuple[str, float]], path: Path) -> tuple[str, float]:
    clip = clips.get(anchor.sha256)
    if clip is None:
        raise ReadingError("anchor_unknown_clip", file=path.name, row=anchor.row, hash=anchor.sha256[:SHOWN_HASH])
    return clip


def _kind(how: str, path: Path, row: int) -> str:
    kind = kind_of(how)
    if kind is None:
        raise ReadingError("anchor_kind", file=path.name, row=row, text=how, known=", ".join(KINDS))
    return kind


def _uncertainty(text: str, kind: str, path: Path, row: int) -> tuple[float, str]:
    """Seconds, and whether the row states them."""
    if not text:
        return KINDS[kind].uncertainty_s, BY_KIND
    value = _number(text, "uncertainty_s", path, row)
    least, most = UNCERTAINTY_S
    if not least <= value <= most:
        raise ReadingError("anchor_uncertainty", file=path.name, row=row, value=value, most=f"{most:g}")
    return value, STATED


def _time(text: str, kind: str, path: Path, row: int) -> str | None:
    """The device's time; an offset is refused, for a device shows none and it would not be used."""
    if not text and kind in SIGNALS:
        return None
    try:
        stamp = read_stamp(text)
    except Unreadable as wrong:
        raise ReadingError("anchor_time", file=path.name, row=row, text=text) from wrong
    if stamp.offset is not None:
        raise ReadingError("anchor_time", file=path.name, row=row, text=text)
    return plain_text(stamp)


def _number(text: str, column: str, path: Path, row: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ReadingError("anchor_number", file=path.name, row=row, column=column, text=text)
    return value
