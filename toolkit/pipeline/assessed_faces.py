"""Faces of files without a case: found or marked, with what the cues read of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.presentations import FaceSeen, FaceTrack, FaceTracker, look_of, sample_of
from toolkit.errors import CannotMeasure
from toolkit.media.frames import read_frames
from toolkit.pipeline.cue_readings import MOST_FRAMES, blanks, readings_of, spread
from toolkit.pipeline.face_search import EVERY_S
from toolkit.pipeline.marks import FOUND, MARKED, Mark, face_of
from toolkit.pipeline.progress import Progress
from toolkit.records import Clip, Face, Image

NOT_ASSESSABLE, UNDETERMINED = "not assessable", "undetermined"

Row = dict[str, Any]
Found = tuple[Row, PresentationSample | None]
Frames = list[tuple[float, Image]]


def tracks_of(file: Path, clip: Clip, frame_rate: float | None, progress: Progress) -> tuple[FaceTrack, ...]:
    """Every face of a clip, followed through it."""
    tracker = FaceTracker((0, 0, clip.width_px, clip.height_px))
    with (
        progress("faces", clip.duration_s, 0.0) as advance,
        read_frames(file, frame_rate=frame_rate, every_s=EVERY_S) as frames,
    ):
        before = 0.0
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                tracker.follow(frame.media_s, frame.pts, frame.image)
            advance(frame.media_s - before)
            before = frame.media_s
    return tracker.tracks()


def decoded(file: Path, frame_rate: float | None, track: FaceTrack) -> tuple[PresentationSample, Frames]:
    """What cues see of a track, and the whole frames of it, decoded anew."""
    chosen = spread(track.seen, MOST_FRAMES)
    wanted = {round(one.media_s, 6) for one in chosen}
    span = (chosen[0].media_s, chosen[-1].media_s)
    with read_frames(file, [span], frame_rate=frame_rate) as frames:
        images: Frames = [
            (frame.media_s, np.asarray(frame.image))
            for frame in frames
            if frame.image is not None and not frame.corrupt and round(frame.media_s, 6) in wanted
        ]
    return sample_of(chosen, images), images


def of_track(track: FaceTrack, sample: PresentationSample) -> Found:
    """One face of a clip; its box is that of the frame in which the detector was surest."""
    best = max(track.seen, key=lambda one: one.face.score)
    spans = (best.media_s, track.seen[0].media_s, track.last.media_s, len(track.seen))
    return _row(FOUND, best.face.box_px, track.width_px, spans, readings_of(sample)), sample


def of_still(face: Face, image: Image, at_s: float | None, basis: str = FOUND) -> Found:
    """One face of a picture, or of one moment of a clip."""
    seen = (FaceSeen(media_s=at_s or 0.0, pts=0, face=face, look=look_of(image, face)),)
    sample = sample_of(seen, [(at_s or 0.0, image)])
    width = FaceTrack(list(seen)).width_px
    return _row(basis, face.box_px, width, (at_s, at_s, at_s, 1), readings_of(sample)), sample


def of_mark(mark: Mark, image: Image, at_s: float | None) -> Found:
    """What a person marked: measured on its five points; a region has none, and nothing is measured on it."""
    face = face_of(mark)
    if face is not None:
        return of_still(face, image, at_s, MARKED)
    assert mark.region_px is not None
    cues = [_with_group(one) for one in blanks(CannotMeasure("cue_no_points"))]
    return _row(MARKED, mark.region_px, None, (at_s, at_s, at_s, 1), cues), None


def _with_group(reading: Row) -> Row:
    return {("group" if name == "cue_group" else name): value for name, value in reading.items()}


def _row(
    basis: str,
    box: Sequence[float],
    width: float | None,
    when: tuple[float | None, float | None, float | None, int],
    cues: list[Row],
) -> Row:
    at, start, stop, frames = when
    return {
        "basis": basis,
        "box_px": [round(float(v), 1) for v in box],
        "width_px": None if width is None else round(width, 1),
        "media_s": at,
        "from_s": start,
        "to_s": stop,
        "frames": frames,
        "outcome": UNDETERMINED if any(one["value"] is not None for one in cues) else NOT_ASSESSABLE,
        "log10_lr": None,
        "cues": cues,
    }
