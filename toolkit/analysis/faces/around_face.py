"""What is seen around a presented face: its crop, and a few wider pictures of whoever presents it.

Cues of texture and relief look at the face; whether it is on a sheet in hands,
off its bearer's head or cut out of paper is told from the body and the empty
place. Both are cut at the camera's own resolution and never resized.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.analysis.faces.crops import Box, Floats, median_width_px, middle_px, moved
from toolkit.analysis.faces.visit_sample import VisitSample
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

# Reach from the middle of the face, in face widths: a bearer's head above a sheet, both arms, a sheet under a face.
UP, DOWN, ASIDE = 5.0, 4.5, 4.0
LOOKS = 6  # pictures of the presenter: twice as many as a rule needs


def presenter_box(middles: Floats, width: float, shape: tuple[int, ...]) -> Box:
    """The place (left, top, right, bottom) of a presenter in all frames, from the middles (n, 2) of the face."""
    low, high = middles.min(axis=0), middles.max(axis=0)
    return (
        max(0, int(low[0] - ASIDE * width)), max(0, int(low[1] - UP * width)),
        min(shape[1], int(high[0] + ASIDE * width) + 1), min(shape[0], int(high[1] + DOWN * width) + 1),
    )  # fmt: skip


def box_around(faces: Sequence[Face], shape: tuple[int, ...]) -> Box:
    """:func:`presenter_box` of the faces of a presentation.

    Raises
    ------
    CannotMeasure
        No face.
    """
    if not faces:
        raise CannotMeasure("cue_no_face")
    return presenter_box(np.array([middle_px(face) for face in faces]), median_width_px(faces), shape)


def looks_among(count: int, most: int = LOOKS) -> list[int]:
    """Numbers of up to so many of ``count`` pictures, spread over them."""
    return [int(k) for k in np.unique(np.round(np.linspace(0, count - 1, min(count, most))).astype(int))]


def presenter_of(
    times_s: Sequence[float],
    pictures: Sequence[Image],
    faces: Sequence[Face | None],
    box: Box,
    plate: Image | None,
    px_per_m: float | None = None,
) -> VisitSample:
    """The wider pictures of one presentation.

    Parameters
    ----------
    times_s : sequence of float
        Rising media seconds.
    pictures : sequence of uint8 (h, w, 3) RGB
        Cut at ``box``.
    faces : sequence of Face or None
        The presented face in each, in pixels of the whole frame.
    box : (left, top, right, bottom)
    plate : uint8 (h, w, 3) RGB or None
        The empty place, cut at ``box``.
    """
    shift = (-float(box[0]), -float(box[1]))
    there = [None if face is None else moved(face, shift) for face in faces]
    return VisitSample(
        times_s=np.asarray(times_s, np.float64),
        pictures=tuple(pictures),
        plate=plate,
        px_per_m=px_per_m,
        faces=tuple(() if face is None else (face,) for face in there),
        region_px=box,
        about=tuple(None if face is None else _middle(face) for face in there),
    )


def _middle(face: Face) -> tuple[float, float]:
    x, y = middle_px(face)
    return float(x), float(y)


def plate_of(empties: Sequence[Image]) -> Image | None:
    """The empty place from several looks at it, each pixel and channel the median; None of none."""
    alike = [one for one in empties if one.shape == empties[0].shape]
    if not alike:
        return None
    return alike[0] if len(alike) == 1 else np.asarray(np.median(np.stack(alike), axis=0), np.uint8)
