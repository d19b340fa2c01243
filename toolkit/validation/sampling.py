"""From decoded frames to what a cue sees: one crop around the presented face, and the detector's points in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.faces.around_face import box_around, looks_among, plate_of, presenter_of
from toolkit.analysis.faces.crops import (
    Box,
    Floats,
    around,
    cut,
    enlargement,
    face_at,
    median_width_px,
    middle_px,
    moved,
    nearest,
    width_px,
)
from toolkit.analysis.faces.visit_sample import VisitSample
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image
from toolkit.simulation.shooting import FaceTruth
from toolkit.vision.centerface import detect_faces

FACE_WIDTH_M = 0.145
LARGEST_STEP = 0.6  # of a face width from one frame to the next, for a track


def sample_of_truth(
    times_s: Floats,
    images: Sequence[Image],
    truths: Sequence[FaceTruth | None],
    empties: Sequence[Image] = (),
) -> PresentationSample:
    """The sample of a simulated presentation; truth says only which face is meant, and its scale.

    Parameters
    ----------
    empties : sequence of Image
        Frames of the empty place; without them nothing is said of who presents it.

    Raises
    ------
    CannotMeasure
        The presented face is in no frame.
    """
    middles = [None if truth is None else truth.landmarks_px.mean(axis=0) for truth in truths]
    known = [truth for truth in truths if truth is not None]
    if not known:
        raise CannotMeasure("cue_no_face")
    scale = float(np.median([truth.px_per_m for truth in known]))
    width = FACE_WIDTH_M * scale
    box = around(np.array([truth.landmarks_px.mean(axis=0) for truth in known]), width, images[0].shape)
    crops = tuple(cut(image, box) for image in images)
    faces = [
        None if middle is None else face_at(crop, middle - np.array(box[:2]), width)
        for crop, middle in zip(crops, middles, strict=True)
    ]
    whole = [None if face is None else moved(face, box[:2]) for face in faces]
    return PresentationSample(
        times_s=times_s, crops=crops, faces=tuple(faces), px_per_m=scale,
        presenter=_presenter(times_s, images, whole, empties) if any(whole) and len(empties) else None,
    )  # fmt: skip


def _presenter(
    times_s: Floats, images: Sequence[Image], faces: Sequence[Face | None], empties: Sequence[Image]
) -> VisitSample:
    """A few wider pictures, as many as are looked at in a case; the scale is told from the faces there too."""
    place = box_around([face for face in faces if face is not None], images[0].shape)
    looks = looks_among(len(images))
    plate = plate_of([cut(one, place) for one in empties])
    pictures = [cut(images[k], place) for k in looks]
    return presenter_of([float(times_s[k]) for k in looks], pictures, [faces[k] for k in looks], place, plate)


def sample_of_region(
    times_s: Floats, images: Sequence[Image], region_px: Box | None, plate: Image | None = None
) -> PresentationSample:
    """The sample of a real recording: the one face of a region (or of the picture) followed from frame to frame.

    Parameters
    ----------
    region_px : (left, top, right, bottom), optional
        Where the presented face is, where a person said so.
    plate : Image, optional
        The empty place; without it nothing is said of who presents it.

    Raises
    ------
    CannotMeasure
        No face is found, or several are and nobody said which is meant.
    """
    first = _region(images[0].shape, region_px)
    enlarge = _enlargement([cut(image, first) for image in images])
    tracks = _tracks([detect_faces(cut(image, first), enlarge=enlarge) for image in images])
    long = [track for track in tracks if len(track) >= max(3, 0.3 * len(images))]
    if not long:
        raise CannotMeasure("cue_no_face")
    if len(long) > 1:
        raise CannotMeasure("cue_several_faces", found=len(long))
    track = long[0]
    marks = np.array([middle_px(face) for face in track.values()]) + np.array(first[:2])
    width = median_width_px(list(track.values()))
    box = around(marks, width, images[0].shape)
    shift = np.array(first[:2]) - np.array(box[:2])
    faces = tuple(moved(track[k], shift) if k in track else None for k in range(len(images)))
    whole = [moved(track[k], first[:2]) if k in track else None for k in range(len(images))]
    return PresentationSample(
        times_s=times_s, crops=tuple(cut(image, box) for image in images), faces=faces,
        presenter=None if plate is None else _presenter(times_s, images, whole, [plate]),
    )  # fmt: skip


def follow(crops: Sequence[Image], middles: Sequence[Floats], like: Sequence[Face]) -> tuple[Face | None, ...]:
    """Faces found where they are expected, in crops of a place that is known already; sizes as ``like`` has them."""
    width = median_width_px(like)
    return tuple(face_at(crop, middle, width) for crop, middle in zip(crops, middles, strict=True))


def _enlargement(crops: Sequence[Image]) -> float:
    """How much to enlarge so that faces come to the size the detector is sure of, from a few frames."""
    for factor in (1.0, 2.0, 4.0):
        if max(crops[0].shape[:2]) * factor > 4096:
            break
        found = [face for crop in crops[:: max(1, len(crops) // 5)] for face in detect_faces(crop, enlarge=factor)]
        if found:
            width = median_width_px(found)
            return enlargement(width)
    return 1.0


def _tracks(found: Sequence[Sequence[Face]]) -> list[dict[int, Face]]:
    """Faces linked from frame to frame by place: frame number to face."""
    tracks: list[dict[int, Face]] = []
    for number, faces in enumerate(found):
        free = list(faces)
        for track in tracks:
            last = track[max(track)]
            middle = middle_px(last)
            near = nearest(free, middle, LARGEST_STEP * width_px(last))
            if near is not None and number - max(track) <= 5:
                track[number] = near
                free.remove(near)
        tracks += [{number: face} for face in free]
    return tracks


def _region(shape: tuple[int, ...], region_px: Box | None) -> Box:
    left, top, right, bottom = (0, 0, shape[1], shape[0]) if region_px is None else region_px
    return max(0, left), max(0, top), min(right, shape[1]), min(bottom, shape[0])
