"""Frames of a presentation in which a turn can be seen, and how far it turned at least.

What every cue of relief needs first: frames that show something new, enough of
them, close enough together, of a face that is large enough.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.faces.crops import nose_offset
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

Floats = NDArray[np.float64]
Seen = tuple[float, Image, Face]  # time in s, crop, face in it

LEAST_FRAMES = 8
LEAST_RATE = 5.0  # frames a second
LEAST_FACE_PX = 30.0  # below it the detector's points jump by as much as a turn would move them
LEAST_OVER_NOISE = 8.0
SAME_PICTURE = 0.25  # mean difference in code values below which a frame shows nothing new
POSE_SHARE, POSE_FRAMES = 1 / 3, 3  # at each end of the range so many frames: two poses, not two slips
ENDS = (5, 95)  # percentiles of the nose offset between which its range lies
LENGTH_ENDS = (10, 90)
UNSURE = 2.0  # standard deviations of the noise that are taken off a foreshortening


def new_frames(sample: PresentationSample) -> list[Seen]:
    """Times, crops and faces of the frames that show something new.

    Recorders fill up to a stated rate by showing frames again; counted anew,
    they would hide the noise from frame to frame. Faces whose points lie on one
    line are slips of the detector.
    """
    kept: list[Seen] = []
    for at, crop, face in zip(sample.times_s.tolist(), sample.crops, sample.faces, strict=True):
        if face is None or not _has_plane(face):
            continue
        if not kept or not (kept[-1][2].landmarks_px == face.landmarks_px or _same(kept[-1][1], crop)):
            kept.append((at, crop, face))
    return kept


def require_enough(seen: Sequence[Seen]) -> float:
    """Refuse what no turn can be read from; returns the rate in frames a second.

    Raises
    ------
    CannotMeasure
        Fewer than 8 frames with the face, fewer than 5 a second, or a face of
        fewer than 30 px.
    """
    if len(seen) < LEAST_FRAMES:
        raise CannotMeasure("cue_few_frames", found=len(seen), least=LEAST_FRAMES)
    rate = (len(seen) - 1) / max(seen[-1][0] - seen[0][0], 1e-9)
    if rate < LEAST_RATE:
        raise CannotMeasure("cue_low_rate", found=f"{rate:.1f}", least=f"{LEAST_RATE:g}")
    width = float(np.median([face.box_px[2] - face.box_px[0] for *_, face in seen]))
    if width < LEAST_FACE_PX:
        raise CannotMeasure("cue_small_face", found=f"{width:.0f}", least=f"{LEAST_FACE_PX:g}")
    return rate


def swing(values: Floats) -> float:
    """Range of a course without its outermost twentieths."""
    low, high = np.percentile(values, ENDS)
    return float(high - low)


def swings(offsets: Floats, least: float) -> bool:
    """Whether the nose offset really swings: at least so far, 8 times the frame noise, with frames at both ends."""
    low, high = (float(v) for v in np.percentile(offsets, ENDS))
    span, noise = high - low, frame_noise(offsets)
    if span < least or not 0 < noise <= span / LEAST_OVER_NOISE:
        return False
    reach = POSE_SHARE * span
    return bool((offsets <= low + reach).sum() >= POSE_FRAMES and (offsets >= high - reach).sum() >= POSE_FRAMES)


def frame_noise(values: Floats | Sequence[float]) -> float:
    """Standard deviation from frame to frame, from second differences, so that a steady turn is no noise."""
    second = np.diff(np.asarray(values, np.float64), n=2)
    return float(1.4826 * np.median(np.abs(second)) / np.sqrt(6)) if second.size else 0.0


def least_turn_deg(lengths: Floats) -> float:
    """By how many degrees a face turned at least, from how much narrower it became.

    Parameters
    ----------
    lengths : (n, 2)
        Of the face across and along, in each frame.

    Notes
    -----
    A face that goes away becomes narrower and shorter, one that nods becomes
    shorter: the turn must show both in the width and in the width over the
    height, and the noise is taken off. It is told against the frame where the
    face was widest; if that one was turned already, the true turn was smaller
    than this says.
    """
    drops = []
    for course in (np.log(lengths[:, 0]), np.log(lengths[:, 0] / lengths[:, 1])):
        low, high = np.percentile(course, LENGTH_ENDS)
        drops.append(float(high - low) - UNSURE * frame_noise(course))
    return float(np.rad2deg(np.arccos(np.exp(-max(0.0, min(drops))))))


def _same(one: Image, other: Image) -> bool:
    if one.shape != other.shape or not other.any():
        return False
    return float(np.abs(one.astype(np.int16) - other).mean()) < SAME_PICTURE


def _has_plane(face: Face) -> bool:
    try:
        nose_offset(face)
    except CannotMeasure:
        return False
    return True
