"""From decoded frames to what a cue sees: one crop around the presented face, and the detector's points in it.

One place is cut from all frames of a presentation, at the camera's own
resolution. Faces of fewer than 100 px are shown to the detector enlarged, as
the detector needs it; the points come back in pixels of the crop.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image
from toolkit.simulation.shooting import FaceTruth
from toolkit.vision.centerface import detect_faces

AROUND = 1.9  # reach of the crop from the middle of the face, in face widths
LOOKED_AT = 1.4  # and of what is shown to the detector, which needs less than cues do
SMALLEST_SIDE_PX = 16
SHOWN_AS_PX = 100.0  # width at which the detector is sure of a face
SAME = 0.45  # of a face width: farther from where it is expected it is another face
FACE_WIDTH_M = 0.145
EYES_ACROSS = 2.35  # face widths are that many distances between the eyes
LARGEST_STEP = 0.6  # of a face width from one frame to the next, for a track

Floats = NDArray[np.float64]
Box = tuple[int, int, int, int]


def sample_of_truth(times_s: Floats, images: Sequence[Image], truths: Sequence[FaceTruth | None]) -> PresentationSample:
    """The sample of a simulated presentation; truth says only which face is meant.

    Raises
    ------
    CannotMeasure
        The presented face is in no frame.
    """
    middles = [None if truth is None else truth.landmarks_px.mean(axis=0) for truth in truths]
    known = [truth for truth in truths if truth is not None]
    if not known:
        raise CannotMeasure("cue_no_face")
    width = FACE_WIDTH_M * float(np.median([truth.px_per_m for truth in known]))
    box = _around(np.array([truth.landmarks_px.mean(axis=0) for truth in known]), width, images[0].shape)
    crops = tuple(_cut(image, box) for image in images)
    faces = [
        None if middle is None else _face_at(crop, middle - np.array(box[:2]), width)
        for crop, middle in zip(crops, middles, strict=True)
    ]
    scale = float(np.median([truth.px_per_m for truth in known]))
    return PresentationSample(times_s=times_s, crops=crops, faces=tuple(faces), px_per_m=scale)


def sample_of_region(times_s: Floats, images: Sequence[Image], region_px: Box | None) -> PresentationSample:
    """The sample of a real recording: the one face of a region (or of the picture) followed from frame to frame.

    Parameters
    ----------
    region_px : (left, top, right, bottom), optional
        Where the presented face is, where a person said so.

    Raises
    ------
    CannotMeasure
        No face is found, or several are and nobody said which is meant.
    """
    first = _region(images[0].shape, region_px)
    enlarge = _enlargement([_cut(image, first) for image in images])
    tracks = _tracks([detect_faces(_cut(image, first), enlarge=enlarge) for image in images])
    long = [track for track in tracks if len(track) >= max(3, 0.3 * len(images))]
    if not long:
        raise CannotMeasure("cue_no_face")
    if len(long) > 1:
        raise CannotMeasure("cue_several_faces", found=len(long))
    track = long[0]
    marks = np.array([np.asarray(face.landmarks_px).mean(axis=0) for face in track.values()]) + np.array(first[:2])
    width = EYES_ACROSS * float(np.median([_eyes_apart(face) for face in track.values()]))
    box = _around(marks, width, images[0].shape)
    moved = np.array(first[:2]) - np.array(box[:2])
    faces = tuple(_moved(track[k], moved) if k in track else None for k in range(len(images)))
    return PresentationSample(times_s=times_s, crops=tuple(_cut(image, box) for image in images), faces=faces)


def follow(crops: Sequence[Image], middles: Sequence[Floats], like: Sequence[Face]) -> tuple[Face | None, ...]:
    """Faces found where they are expected, in crops of a place that is known already; sizes as ``like`` has them."""
    width = EYES_ACROSS * float(np.median([_eyes_apart(face) for face in like]))
    return tuple(_face_at(crop, middle, width) for crop, middle in zip(crops, middles, strict=True))


def _face_at(crop: Image, middle: Floats, width: float) -> Face | None:
    """The face that the detector finds where one is expected; shown to it are the surroundings of that place."""
    reach = LOOKED_AT * width
    left, top = np.maximum(0, np.floor(middle - reach)).astype(int).tolist()
    right, bottom = np.ceil(middle + reach).astype(int).tolist()
    around = _cut(crop, (left, top, min(right, crop.shape[1]), min(bottom, crop.shape[0])))
    if min(around.shape[:2]) < SMALLEST_SIDE_PX:
        return None
    corner = np.array([left, top])
    found = detect_faces(around, enlarge=max(1.0, SHOWN_AS_PX / max(width, 1.0)))
    near = _nearest(found, middle - corner, SAME * width)
    return None if near is None else _moved(near, corner)


def _enlargement(crops: Sequence[Image]) -> float:
    """How much to enlarge so that faces come to the size the detector is sure of, from a few frames."""
    for factor in (1.0, 2.0, 4.0):
        if max(crops[0].shape[:2]) * factor > 4096:
            break
        found = [face for crop in crops[:: max(1, len(crops) // 5)] for face in detect_faces(crop, enlarge=factor)]
        if found:
            width = EYES_ACROSS * float(np.median([_eyes_apart(face) for face in found]))
            return float(max(1.0, SHOWN_AS_PX / max(width, 1.0)))
    return 1.0


def _tracks(found: Sequence[Sequence[Face]]) -> list[dict[int, Face]]:
    """Faces linked from frame to frame by place: frame number to face."""
    tracks: list[dict[int, Face]] = []
    for number, faces in enumerate(found):
        free = list(faces)
        for track in tracks:
            last = track[max(track)]
            middle = np.asarray(last.landmarks_px).mean(axis=0)
            near = _nearest(free, middle, LARGEST_STEP * EYES_ACROSS * _eyes_apart(last))
            if near is not None and number - max(track) <= 5:
                track[number] = near
                free.remove(near)
        tracks += [{number: face} for face in free]
    return tracks


def _nearest(faces: Sequence[Face], middle: Floats, within_px: float) -> Face | None:
    apart = [(float(np.linalg.norm(np.asarray(face.landmarks_px).mean(axis=0) - middle)), face) for face in faces]
    near = [one for one in apart if one[0] <= within_px]
    return min(near, key=lambda one: one[0])[1] if near else None


def _eyes_apart(face: Face) -> float:
    left, right = np.asarray(face.landmarks_px[0]), np.asarray(face.landmarks_px[1])
    return float(np.linalg.norm(right - left))


def _around(middles: Floats, width: float, shape: tuple[int, ...]) -> Box:
    reach = AROUND * width
    left, top = np.maximum(0, np.floor(middles.min(axis=0) - reach)).astype(int).tolist()
    right, bottom = np.ceil(middles.max(axis=0) + reach).astype(int).tolist()
    return left, top, min(right, shape[1]), min(bottom, shape[0])


def _region(shape: tuple[int, ...], region_px: Box | None) -> Box:
    left, top, right, bottom = (0, 0, shape[1], shape[0]) if region_px is None else region_px
    return max(0, left), max(0, top), min(right, shape[1]), min(bottom, shape[0])


def _cut(image: Image, box: Box) -> Image:
    left, top, right, bottom = box
    return np.ascontiguousarray(image[top:bottom, left:right])


def _moved(face: Face, by: NDArray[np.int_]) -> Face:
    dx, dy = (float(v) for v in by)
    left, top, right, bottom = face.box_px
    return Face(
        box_px=(left + dx, top + dy, right + dx, bottom + dy),
        score=face.score,
        landmarks_px=tuple((x + dx, y + dy) for x, y in face.landmarks_px),
    )
