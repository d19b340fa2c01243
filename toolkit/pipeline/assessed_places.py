"""The empty place of a clip without a case: as a person marked it, or as the clip itself shows it beyond doubt.

A plate that is not empty makes a sheet part of the ground, or a person who
stood still part of every visit. Unmarked, it is therefore taken only where one
state of the place recurs in separated periods, as
:mod:`toolkit.analysis.bodies.proposal` asks for, and only if no face was seen in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from toolkit.analysis import presence
from toolkit.analysis.bodies.proposal import MOST_FRAMES, THUMB_WIDTH_PX, propose
from toolkit.analysis.presentations import FaceTrack
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.frames import read_frames
from toolkit.pipeline.zones import LEAST_STEP_S, empty_place
from toolkit.records import Clip, Zone

MARKED, SEEN_EMPTY = "marked by a person", "recurs in the clip"
OFTEN = 0.1  # share of the looks in which a place differs from the marked empty one, to belong to where people stand
Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where people stand, when the place is empty, and the stretches in which somebody is there."""

    zone: Zone
    spans: tuple[Span, ...]
    basis: str

    @property
    def empty_s(self) -> float:
        """A moment in which the place is empty."""
        start, stop = self.zone.empty_media_s[0]
        return (start + stop) / 2


def place_of(
    file: Path, clip: Clip, frame_rate: float | None, tracks: Sequence[FaceTrack], empty: Span | None
) -> Place:
    """The place before the camera and the stretches in which it is occupied.

    Parameters
    ----------
    empty : (from_s, to_s), optional
        A stretch in which, as a person says, nobody stands before the camera.

    Raises
    ------
    CannotMeasure
        ``sheet_no_plate``: nobody marked a stretch, and the clip does not show
        one beyond doubt. ``sheet_nobody``: nothing differs from the empty place.
        As :func:`toolkit.analysis.presence.make_plate` where a marked stretch is
        not empty.
    ReadingError
        ``empty_outside``: the marked stretch lies outside the clip.
    """
    if empty is not None:
        if not 0 <= empty[0] < empty[1] <= clip.duration_s + LEAST_STEP_S:
            raise ReadingError("empty_outside", start=empty[0], stop=empty[1], duration=round(clip.duration_s, 2))
        zone = _around_what_moves(file, _zone(clip, ((0.0, 0.0), (1.0, 1.0)), (empty,), MARKED), frame_rate)
    else:
        zone = _proposed(file, clip, frame_rate, tracks)
    plate = empty_place(file, zone, frame_rate)
    times, fills = [], []
    with read_frames(file, frame_rate=frame_rate, width_px=presence.WIDTH_PX, every_s=presence.STEP_S) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                times.append(frame.media_s)
                fills.append(presence.look(frame.image, plate).fill)
    apart = presence.apart_s(max(clip.frame_interval_s, presence.STEP_S))
    found = presence.occupied(np.array(times), np.array(fills), plate.noise_fill, apart=apart)
    if not found:
        raise CannotMeasure("sheet_nobody")
    return Place(zone=zone, spans=tuple((one.from_s, one.to_s) for one in found), basis=zone.basis)


def _proposed(file: Path, clip: Clip, frame_rate: float | None, tracks: Sequence[FaceTrack]) -> Zone:
    step = max(clip.duration_s / MOST_FRAMES, LEAST_STEP_S)
    with read_frames(file, frame_rate=frame_rate, width_px=THUMB_WIDTH_PX, every_s=step) as frames:
        sound = [(one.media_s, one.image) for one in frames if one.image is not None and not one.corrupt]
    if not sound:
        raise CannotMeasure("sheet_no_plate")
    try:
        told = propose(np.array([at for at, _ in sound]), np.stack([image for _, image in sound]))
    except CannotMeasure as unclear:
        raise CannotMeasure("sheet_no_plate") from unclear
    seen = sorted(one.media_s for track in tracks for one in track.seen)
    if any(start <= at <= stop for start, stop in told.empty_media_s for at in seen):
        raise CannotMeasure("sheet_no_plate")
    corners = (told.polygon[0], told.polygon[2])
    return _zone(clip, corners, told.empty_media_s, SEEN_EMPTY)


def _zone(clip: Clip, corners: tuple[Span, Span], empty: tuple[Span, ...], basis: str) -> Zone:
    """A box, its corners given in shares of the picture's width and height."""
    size = (clip.width_px, clip.height_px)
    (left, top), (right, bottom) = ((x * size[0], y * size[1]) for x, y in corners)
    ring = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Zone(polygon_px=ring, image_size_px=size, empty_media_s=empty, terminal_fully_in_view=None,
                stated_by=None, basis=basis)  # fmt: skip


def _around_what_moves(file: Path, whole: Zone, frame_rate: float | None) -> Zone:
    """The box around the places that often differ from the marked empty place."""
    plate = empty_place(file, whole, frame_rate)
    differs: list[np.ndarray] = []
    with read_frames(file, frame_rate=frame_rate, width_px=presence.WIDTH_PX, every_s=presence.STEP_S) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                differs.append(presence.foreground(frame.image, plate))
    often = np.mean(differs, axis=0) >= OFTEN
    if not often.any():
        raise CannotMeasure("sheet_nobody")
    scale = whole.image_size_px[0] / often.shape[1]
    rows, columns = np.flatnonzero(often.any(axis=1)), np.flatnonzero(often.any(axis=0))
    left, right = columns[0] * scale, min((columns[-1] + 1) * scale, whole.image_size_px[0])
    top, bottom = rows[0] * scale, min((rows[-1] + 1) * scale, whole.image_size_px[1])
    ring = tuple((float(x), float(y)) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)))
    return Zone(polygon_px=ring, image_size_px=whole.image_size_px, empty_media_s=whole.empty_media_s,
                terminal_fully_in_view=None, stated_by=None, basis=whole.basis)  # fmt: skip
