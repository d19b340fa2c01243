"""Relief: does the nose run ahead of eyes and mouth when the face turns?

Five points of a sheet keep their affine relation whatever the sheet does; on a
head the nose stands out, so its place between eyes and mouth moves with the
turn. A face that does not turn tells nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.crops import nose_offset
from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

Floats = NDArray[np.float64]

LEAST_FRAMES = 8
LEAST_RATE = 5.0  # frames a second
LEAST_FACE_PX = 30.0  # below it the detector's points jump by as much as a turn would move them
LEAST_RANGE, LEAST_OVER_NOISE = 0.16, 8.0
SAME_PICTURE = 0.25  # mean difference in code values below which a frame shows nothing new
POSE_SHARE, POSE_FRAMES = 1 / 3, 3  # at each end of the range so many frames: two poses, not two slips


@cue("nose_range", unit="1", group="geometry", high="live", says=("live",))
def nose_range(sample: PresentationSample) -> Reading:
    """Range (5th to 95th percentile) of the affine nose offset over a presentation.

    Returns
    -------
    Reading
        ``value`` in distances between the eyes, 0 for a sheet that is neither
        bent nor badly seen. The statement "live" ("relief seen") where the
        range is at least 0.16 and 8 times the frame noise, in two poses.

    Raises
    ------
    CannotMeasure
        Fewer than 8 frames with the face, fewer than 5 a second, or a face of
        fewer than 30 px.

    Notes
    -----
    A high value does not prove a live person: a video on a screen carries the
    relief of whoever was filmed, and a sheet rolled to a cylinder bends a
    little. A low value proves nothing: most people do not turn. Never "print"
    from this alone.
    """
    seen = _distinct(sample)
    if len(seen) < LEAST_FRAMES:
        raise CannotMeasure("cue_few_frames", found=len(seen), least=LEAST_FRAMES)
    times = np.array([t for t, _ in seen])
    rate = (len(seen) - 1) / max(float(times[-1] - times[0]), 1e-9)
    if rate < LEAST_RATE:
        raise CannotMeasure("cue_low_rate", found=f"{rate:.1f}", least=f"{LEAST_RATE:g}")
    width = float(np.median([face.box_px[2] - face.box_px[0] for _, face in seen]))
    if width < LEAST_FACE_PX:
        raise CannotMeasure("cue_small_face", found=f"{width:.0f}", least=f"{LEAST_FACE_PX:g}")
    offsets = np.array([nose_offset(face) for _, face in seen])
    low, high = (float(v) for v in np.percentile(offsets, [5, 95]))
    span = high - low
    noise = frame_noise(offsets)
    relief = span >= LEAST_RANGE and 0 < noise <= span / LEAST_OVER_NOISE and _two_poses(offsets, low, high)
    return Reading(value=span, statement="live" if relief else "nothing")


def _distinct(sample: PresentationSample) -> list[tuple[float, Face]]:
    """Times and faces of the frames that show something new.

    Recorders fill up to a stated rate by showing frames again; counted anew,
    they would hide the noise from frame to frame. Faces whose points lie on one
    line are slips of the detector.
    """
    kept: list[tuple[float, Face]] = []
    before: Image | None = None
    for at, crop, face in zip(sample.times_s.tolist(), sample.crops, sample.faces, strict=True):
        if face is None or not _has_plane(face):
            continue
        again = kept and (kept[-1][1].landmarks_px == face.landmarks_px or _same(before, crop))
        if not again:
            kept.append((at, face))
            before = crop
    return kept


def _same(one: Image | None, other: Image) -> bool:
    if one is None or one.shape != other.shape or not other.any():
        return False
    return float(np.abs(one.astype(np.int16) - other).mean()) < SAME_PICTURE


def _has_plane(face: Face) -> bool:
    try:
        nose_offset(face)
    except CannotMeasure:
        return False
    return True


def frame_noise(values: Floats | Sequence[float]) -> float:
    """Standard deviation from frame to frame, from second differences, so that a steady turn is no noise."""
    second = np.diff(np.asarray(values, np.float64), n=2)
    return float(1.4826 * np.median(np.abs(second)) / np.sqrt(6)) if second.size else 0.0


def _two_poses(offsets: Floats, low: float, high: float) -> bool:
    reach = POSE_SHARE * (high - low)
    return bool((offsets <= low + reach).sum() >= POSE_FRAMES and (offsets >= high - reach).sum() >= POSE_FRAMES)
