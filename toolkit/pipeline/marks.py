"""What a person marks by hand where the detector fails: five points of a face, or a region without points.

A covered, tilted or very small face is seen by a person first. Five points let
cues be measured that need them; a region lets none, and says so. Either is told
as "marked by a person" wherever it goes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from toolkit.analysis.faces.crops import EYES_ACROSS
from toolkit.errors import ReadingError
from toolkit.records import Face

FOUND, MARKED = "found by the detector", "marked by a person"
LEAST_EYES_PX = 4.0
TALL = 1.2  # height of a face's box over its width
POINTS = 5

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A marked face or region, in pixels; ``at_s`` is the moment of a clip.

    ``points_px``: both eyes, the tip of the nose, both corners of the mouth, the
    picture's left first. ``region_px``: left, top, right, bottom.
    """

    points_px: tuple[tuple[float, float], ...] | None = None
    region_px: Box | None = None
    at_s: float | None = None


def parse_mark(face: str | None, region: str | None, at_s: float | None) -> Mark | None:
    """A mark from what was typed: ten or four numbers divided by commas; None where nothing was.

    Raises
    ------
    ReadingError
        ``mark_shape``: not so many numbers, eyes that are not the picture's left
        first, points on one line, or a region without area.
    """
    if face is None and region is None:
        return None
    if face is not None:
        x = np.array(_numbers(face, 2 * POINTS)).reshape(POINTS, 2)
        down, across = x[3:].mean(axis=0) - x[:2].mean(axis=0), x[1] - x[0]
        upright = across[0] * down[1] - across[1] * down[0] > 0
        if not upright or np.linalg.norm(across) < LEAST_EYES_PX or np.linalg.norm(down) < LEAST_EYES_PX:
            raise ReadingError("mark_shape", given=face)
        return Mark(points_px=tuple((float(a), float(b)) for a, b in x), at_s=at_s)
    assert region is not None
    left, top, right, bottom = _numbers(region, 4)
    if right - left < 1 or bottom - top < 1:
        raise ReadingError("mark_shape", given=region)
    return Mark(region_px=(left, top, right, bottom), at_s=at_s)


def parse_stretch(given: str) -> tuple[float, float]:
    """A stretch "from,to" in seconds; ReadingError ``stretch_shape`` for anything else."""
    try:
        start, stop = _numbers(given, 2)
    except (ReadingError, ValueError) as wrong:
        raise ReadingError("stretch_shape", given=given) from wrong
    return start, stop


def _numbers(given: str, count: int) -> list[float]:
    try:
        numbers = [float(one) for one in given.split(",")]
    except ValueError as wrong:
        raise ReadingError("mark_shape", given=given) from wrong
    if len(numbers) != count or not all(math.isfinite(one) for one in numbers):
        raise ReadingError("mark_shape", given=given)
    return numbers


def check_inside(mark: Mark, width: int, height: int) -> None:
    """Raise ReadingError ``mark_outside`` for a mark beyond a picture of this size."""
    box = mark.region_px
    corners = () if box is None else ((box[0], box[1]), (box[2], box[3]))
    for x, y in (*(mark.points_px or ()), *corners):
        if not (0 <= x <= width and 0 <= y <= height):
            raise ReadingError("mark_outside", x=f"{x:g}", y=f"{y:g}", width=width, height=height)


def face_of(mark: Mark) -> Face | None:
    """The marked face, with a box as a detector would give; None for a region. Its score 1 is nobody's measurement."""
    if mark.points_px is None:
        return None
    marks = np.array(mark.points_px)
    half = EYES_ACROSS * float(np.linalg.norm(marks[1] - marks[0])) / 2
    x, y = (float(v) for v in marks.mean(axis=0))
    box = (x - half, y - TALL * half, x + half, y + TALL * half)
    return Face(box_px=box, score=1.0, landmarks_px=mark.points_px)
