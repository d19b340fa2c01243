"""Stillness: do eyes and mouth do anything by themselves, once the face is held in place?

A live face blinks, speaks and breathes; on a still picture eyes and mouth move
with cheeks and nose and in no other way. Supporting only: people can hold
still, a video on a screen blinks, and a hand that shakes a sheet leaves
residues everywhere. Nothing here is a pulse, and no beat is looked for.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.evidence import EvidenceMap, evidence_map
from toolkit.analysis.faces.crops import median_width_px
from toolkit.analysis.faces.face_patches import Seen, clearest, in_view
from toolkit.errors import CannotMeasure
from toolkit.records import Face

Floats32 = NDArray[np.float32]

LEAST_FRAMES = 12
LEAST_S = 1.0
LEAST_FACE_PX = 30.0
SIDE_PX = 64  # of the face once it is held in place
EYE_LINE, MOUTH_LINE, EYE_APART = 0.34, 0.76, 0.44  # where eyes and mouth come to lie, in sides
FEATURES = ((0.20, 0.26, 0.80, 0.42), (0.28, 0.66, 0.72, 0.90))  # lids, lips: left, top, right, bottom
REST = ((0.10, 0.48, 0.40, 0.64), (0.60, 0.48, 0.90, 0.64), (0.28, 0.04, 0.72, 0.20))  # cheeks, brow
SMOOTH_PX = 3
MAP_UPPER = 60.0


@cue("stillness", unit="dB", group="motion", high="artefact", says=())
def stillness(sample: PresentationSample) -> Reading:
    """How little lids and lips change beyond what cheeks and forehead change, through the whole presentation.

    Returns
    -------
    Reading
        ``value`` in dB: change over time of cheeks and forehead over that of
        lids and lips, each against its own contrast. High for a rigid face.
        Never a statement.

    Raises
    ------
    CannotMeasure
        Fewer than 12 frames, less than a second, or a face of fewer than 30 px.

    Notes
    -----
    A high value does not prove a print: somebody who looks at a terminal for
    two seconds may do neither blink nor speak. A low value does not prove a
    live face: an eye-holed mask, a video and a badly seen sheet do the same.
    """
    there = [at for at, face in zip(sample.times_s.tolist(), sample.faces, strict=True) if face is not None]
    seen = in_view(sample)
    if len(seen) < LEAST_FRAMES or there[-1] - there[0] < LEAST_S:
        raise CannotMeasure("cue_few_frames", found=len(seen), least=LEAST_FRAMES)
    width = median_width_px([face for _, face in seen])
    if width < LEAST_FACE_PX:
        raise CannotMeasure("cue_small_face", found=f"{width:.0f}", least=f"{LEAST_FACE_PX:g}")
    change = change_map(seen)
    own, rest = (float(np.mean([_part(change, box).mean() for box in boxes])) for boxes in (FEATURES, REST))
    return Reading(value=float(10 * np.log10(max(rest, 1e-6) / max(own, 1e-6))))


def change_map(seen: list[Seen]) -> Floats32:
    """Variance over time of each place of the face held in place, over its own contrast: float32 (64, 64).

    Brightness of the whole face is taken out frame by frame.
    """
    frames = np.stack([_held(one) for one in seen])
    change = frames.var(axis=0)
    mean = frames.mean(axis=0)
    slope = cv2.Sobel(mean, cv2.CV_32F, 1, 0) ** 2 + cv2.Sobel(mean, cv2.CV_32F, 0, 1) ** 2
    # Points slip by parts of a pixel, so places with edges change whatever the face does.
    return np.asarray(change / (1.0 + slope / 64), np.float32)


@evidence_map("stillness")
def where_still(sample: PresentationSample) -> EvidenceMap:
    """Change over time of each place of the face, shown on the sharpest frame; blocks of a 64th of the face.

    Raises
    ------
    CannotMeasure
        The face is in no frame.
    """
    number, (crop, face) = clearest(sample)
    change = change_map(in_view(sample))
    turn = cv2.invertAffineTransform(_to_place(face))
    size = (crop.shape[1], crop.shape[0])
    drawn = cv2.warpAffine(
        change, turn, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=float("nan")
    )  # fmt: skip
    return EvidenceMap(values=np.asarray(drawn, np.float32), lower=0.0, upper=MAP_UPPER, unit="1", frame=number)


def _to_place(face: Face) -> NDArray[np.float64]:
    """The affine map (2, 3) that brings eyes and mouth of a face to where they are compared."""
    marks = np.asarray(face.landmarks_px, np.float64)
    eyes, mouth = marks[:2].mean(axis=0), marks[3:].mean(axis=0)
    source = np.stack([marks[0], marks[1], marks[0] + mouth - eyes]).astype(np.float32)
    left = 0.5 - EYE_APART / 2
    goal = np.array([(left, EYE_LINE), (1 - left, EYE_LINE), (left, MOUTH_LINE)], np.float32) * SIDE_PX
    return np.asarray(cv2.getAffineTransform(source, goal), np.float64)


def _held(seen: Seen) -> Floats32:
    crop, face = seen
    turn = _to_place(face)
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    held = cv2.warpAffine(gray, turn, (SIDE_PX, SIDE_PX), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    held = cv2.blur(held, (SMOOTH_PX, SMOOTH_PX))
    spread = float(held.std())
    return np.asarray(40 * (held - held.mean()) / max(spread, 1.0), np.float32)


def _part(plane: Floats32, box: tuple[float, float, float, float]) -> Floats32:
    left, top, right, bottom = (round(v * SIDE_PX) for v in box)
    return plane[top:bottom, left:right]
