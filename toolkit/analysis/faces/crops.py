"""Where a face is expected: finding it there again, and cutting its surroundings out as they are.

Pictures are cut at the camera's own resolution and never resized; only what is
shown to the detector is enlarged, because it is sure of faces of some 100 px.
Points come back in pixels of the picture that was handed in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image
from toolkit.vision.centerface import detect_faces

AROUND = 1.9  # reach of a crop from the middle of the face, in face widths
LOOKED_AT = 1.4  # and of what is shown to the detector, which needs less than cues do
SMALLEST_SIDE_PX = 16
SHOWN_AS_PX = 100.0  # width at which the detector is sure of a face
SAME = 0.45  # of a face width: farther from where it is expected it is another face
FACE_WIDTH_M = 0.145  # of a grown person
EYES_ACROSS = 2.35  # face widths are that many distances between the eyes

Floats = NDArray[np.float64]
Box = tuple[int, int, int, int]


def middle_px(face: Face) -> Floats:
    """Middle of the five points, (x, y)."""
    return np.asarray(np.asarray(face.landmarks_px, np.float64).mean(axis=0))


def width_px(face: Face) -> float:
    """Width of a face told by the distance of its eyes; a face that is turned aside is told too narrow."""
    left, right = np.asarray(face.landmarks_px[0]), np.asarray(face.landmarks_px[1])
    return EYES_ACROSS * float(np.linalg.norm(right - left))


def median_width_px(faces: Sequence[Face]) -> float:
    """Median of :func:`width_px`."""
    return float(np.median([width_px(face) for face in faces]))


def nose_offset(face: Face) -> float:
    """Where the nose stands across the face, in distances between the eyes from the middle line.

    The solution a of ``nose - eyes = a (right eye - left eye) + b (mouth - eyes)``
    with the middles of eyes and mouth; it does not change under any affine map
    of a plane.

    Raises
    ------
    CannotMeasure
        The points lie on one line: a slip of the detector.
    """
    marks = np.asarray(face.landmarks_px, np.float64)
    eyes, mouth = marks[:2].mean(axis=0), marks[3:].mean(axis=0)
    axes = np.stack([marks[1] - marks[0], mouth - eyes], axis=1)
    if abs(float(np.linalg.det(axes))) < 1e-6:
        raise CannotMeasure("cue_no_plane")
    return float(np.linalg.solve(axes, marks[2] - eyes)[0])


def enlargement(width: float) -> float:
    """How much to enlarge so that faces of this width come to the size that the detector is sure of; at least 1."""
    return max(1.0, SHOWN_AS_PX / max(width, 1.0))


def around(middles: Floats, width: float, shape: tuple[int, ...]) -> Box:
    """One place (left, top, right, bottom) around a face in all frames, inside a picture of this shape."""
    reach = AROUND * width
    left, top = np.maximum(0, np.floor(middles.min(axis=0) - reach)).astype(int).tolist()
    right, bottom = np.ceil(middles.max(axis=0) + reach).astype(int).tolist()
    return left, top, min(right, shape[1]), min(bottom, shape[0])


def cut(image: Image, box: Box) -> Image:
    """That part of a picture, as it is."""
    left, top, right, bottom = box
    return np.ascontiguousarray(image[top:bottom, left:right])


def moved(face: Face, by: Sequence[float] | NDArray[np.int_]) -> Face:
    """The same face with its place told in a picture whose origin lies elsewhere."""
    dx, dy = (float(v) for v in by)
    left, top, right, bottom = face.box_px
    return Face(
        box_px=(left + dx, top + dy, right + dx, bottom + dy),
        score=face.score,
        landmarks_px=tuple((x + dx, y + dy) for x, y in face.landmarks_px),
    )


def nearest(faces: Sequence[Face], middle: Floats, within_px: float) -> Face | None:
    """The face nearest to a place, None when all are farther away."""
    apart = [(float(np.linalg.norm(middle_px(face) - middle)), face) for face in faces]
    near = [one for one in apart if one[0] <= within_px]
    return min(near, key=lambda one: one[0])[1] if near else None


def face_at(image: Image, middle: Floats, width: float) -> Face | None:
    """The face that the detector finds where one is expected; shown to it are the surroundings of that place."""
    reach = LOOKED_AT * width
    left, top = np.maximum(0, np.floor(middle - reach)).astype(int).tolist()
    right, bottom = np.ceil(middle + reach).astype(int).tolist()
    shown = cut(image, (left, top, min(right, image.shape[1]), min(bottom, image.shape[0])))
    if min(shown.shape[:2]) < SMALLEST_SIDE_PX:
        return None
    corner = np.array([left, top])
    near = nearest(detect_faces(shown, enlarge=enlargement(width)), middle - corner, SAME * width)
    return None if near is None else moved(near, corner)
