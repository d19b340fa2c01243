"""Faces of a visit, and the bearer they belong to: where is the top of whoever stands there?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.bodies.foreground import front_of
from toolkit.analysis.faces.crops import FACE_WIDTH_M, median_width_px, middle_px
from toolkit.analysis.faces.visit_sample import VisitSample
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image, Mask
from toolkit.vision.centerface import detect_faces

SHOWN_AS_PX = 64.0  # width of a face as it is shown to the detector
LARGEST_SHOWN_PX = 900
BESIDE_M = 0.20  # of the face's middle, to either side: where the top of its bearer is looked for
LEAST_PICTURES, LEAST_LASTS_S = 3, 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceThere:
    """A face before the empty place; ``headroom_px`` from the bearer's top down to the top of its box."""

    number: int
    at_s: float
    face: Face
    headroom_px: float


def scale_of(sample: VisitSample) -> float:
    """Pixels per metre at the head: as stated, or from the width of the faces.

    Raises
    ------
    CannotMeasure
        ``sheet_no_scale``: neither.
    """
    if sample.px_per_m is not None:
        return sample.px_per_m
    faces = [face for found in sample.faces for face in found]
    if not faces:
        raise CannotMeasure("sheet_no_scale")
    return median_width_px(faces) / FACE_WIDTH_M


def picked(sample: VisitSample, most: int) -> list[int]:
    """Numbers of up to so many pictures, spread over the visit.

    Raises
    ------
    CannotMeasure
        ``sheet_few_pictures``: fewer than three, or less than a second from first to last.
    """
    count = len(sample.pictures)
    lasts_s = float(sample.times_s[-1] - sample.times_s[0]) if count else 0.0
    if count < LEAST_PICTURES or lasts_s < LEAST_LASTS_S:
        raise CannotMeasure(
            "sheet_few_pictures",
            found=count,
            lasts=f"{lasts_s:.1f}",
            least=LEAST_PICTURES,
            least_s=f"{LEAST_LASTS_S:g}",
        )
    return [int(k) for k in np.unique(np.round(np.linspace(0, count - 1, min(count, most))).astype(int))]


def faces_there(sample: VisitSample, numbers: list[int], scale: float) -> list[FaceThere]:
    """Faces within what differs from the empty place, in the order of time.

    A portrait that hangs there is part of the empty place unless somebody stands
    before it.

    Raises
    ------
    CannotMeasure
        The empty place is not known, or of another size.
    """

    def first(number: int, _: Mask) -> Sequence[Face]:
        return sample.faces[number] if sample.faces else detected(sample.pictures[number], scale)

    return _seen(sample, numbers, scale, first)


SecondLook = Callable[[Image, Mask, float], list[Face]]


def faces_there_after(sample: VisitSample, numbers: list[int], scale: float, look: SecondLook) -> list[FaceThere]:
    """Faces of these pictures that a second look finds (:mod:`toolkit.analysis.faces.second_look`).

    Raises
    ------
    CannotMeasure
        The empty place is not known, or of another size.
    """
    return _seen(sample, numbers, scale, lambda number, front: look(sample.pictures[number], front, scale))


def _seen(
    sample: VisitSample, numbers: list[int], scale: float, look: Callable[[int, Mask], Sequence[Face]]
) -> list[FaceThere]:
    found = []
    for number in numbers:
        front = front_of(sample.pictures[number], sample.plate)
        found += _there(sample, number, look(number, front), front, scale)
    return found


def _there(sample: VisitSample, number: int, faces: Sequence[Face], front: Mask, scale: float) -> list[FaceThere]:
    rooms = [(face, _headroom_px(face, front, scale)) for face in faces]
    at_s = float(sample.times_s[number])
    return [
        FaceThere(number=number, at_s=at_s, face=face, headroom_px=room) for face, room in rooms if room is not None
    ]


def detected(picture: Image, scale: float) -> tuple[Face, ...]:
    """Faces of a picture of this scale, enlarged for the detector, in the picture's own pixels."""
    wanted = SHOWN_AS_PX / max(FACE_WIDTH_M * scale, 1.0)
    most = max(1.0, LARGEST_SHOWN_PX / max(picture.shape[:2]))
    return tuple(detect_faces(picture, enlarge=float(min(max(wanted, 1.0), most))))


def _headroom_px(face: Face, front: Mask, scale: float) -> float | None:
    x, y = middle_px(face)
    height, width = front.shape
    column, row = round(float(x)), round(float(y))
    if not (0 <= column < width and 0 <= row < height and front[row, column]):
        return None
    left, right = max(0, int(x - BESIDE_M * scale)), min(width, int(x + BESIDE_M * scale) + 1)
    rows: NDArray[np.int64] = np.flatnonzero(front[:, left:right].any(axis=1))
    return float(face.box_px[1] - rows[0])


def steady(found: list[FaceThere], reach_px: float) -> list[FaceThere]:
    """Those near to where most of them are: one that jumps about the picture is a slip of the detector."""
    if not found:
        return []
    middles = np.array([middle_px(one.face) for one in found])
    near = np.linalg.norm(middles - np.median(middles, axis=0), axis=1) <= reach_px
    return [one for one, kept in zip(found, near.tolist(), strict=True) if kept]


def lasts(found: list[FaceThere]) -> bool:
    """Whether they are of three pictures over a second."""
    pictures = {one.number for one in found}
    return len(pictures) >= LEAST_PICTURES and found[-1].at_s - found[0].at_s >= LEAST_LASTS_S - 1e-6
