"""Faces made ready for comparing: of presentations, of photographs, and of a site's control recordings.

Of each presentation one frame is compared: the sharpest of some that lie around
the one in which the face was seen best. It is decoded anew at the camera's own
resolution; what shows the empty place is left out.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.analysis.bodies.empty_scene import unknown_in
from toolkit.analysis.copies.registration import FaceCut
from toolkit.analysis.faces.crops import width_px
from toolkit.analysis.presentations import FaceSeen, FaceTracker, faces_in
from toolkit.analysis.reuse import Offered, offered, sharpest
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.frames import read_frames, still
from toolkit.media.pictures import read_picture
from toolkit.media.probe import probe
from toolkit.records import Face, Image

AROUND_S = 1.0  # before and after the best sight, in which the sharpest frame is looked for
MOST_TRIED = 7
MOST_EMPTY = 3
CONTROL_S, EVERY_S = 10.0, 0.095  # what is looked at of one control presentation, and how often

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceWork:
    """One face to make ready.

    ``seen`` where it was seen (a presentation); none: it is looked for in the
    ``span_s`` and ``region_px`` of a recording, or in a picture (no span).
    ``empty_s`` moments at which the place is empty.
    """

    name: str
    occasion: str
    path: str
    frame_rate: float | None = None
    seen: tuple[FaceSeen, ...] = ()
    span_s: tuple[float, float] | None = None
    region_px: tuple[int, int, int, int] | None = None
    empty_s: tuple[float, ...] = ()

    def told(self) -> Row:
        """What of this work its result hangs on, as JSON values; the path aside."""
        rows = [(one.media_s, one.face.box_px, one.face.landmarks_px) for one in self.seen]
        kept = {key: value for key, value in asdict(self).items() if key not in ("path", "seen")}
        return kept | {"seen": rows}


def ready(work: FaceWork) -> bytes:
    """The face as the bytes of an archive (:func:`unpacked`): the cut, its points, its embedding, or why there is none.

    Raises
    ------
    SetupError
        The network for embeddings is missing.
    """
    try:
        image, face, media_s = _chosen(work)
        empties = [one for at in work.empty_s[:MOST_EMPTY] if (one := _empty(work, at)) is not None]
        unknown = unknown_in(image, empties) if empties else None
        return _packed(offered(work.name, work.occasion, image, face, unknown), media_s)
    except (CannotMeasure, ReadingError) as reason:
        return _archive(why_not=np.array(reason.code))


def _chosen(work: FaceWork) -> tuple[Image, Face, float]:
    """The frame to compare, with its face and its time (0 for a picture)."""
    if work.seen:
        return _sharpest_of(_decoded(work, _tried(work.seen)))
    if work.span_s is None:
        image = read_picture(Path(work.path))
        found = faces_in(image, (0, 0, image.shape[1], image.shape[0]))
        if not found:
            raise CannotMeasure("cue_no_face")
        return image, max(found, key=width_px), 0.0
    return _sharpest_of(_decoded(work, _tried(_followed(work))))


def _tried(seen: Sequence[FaceSeen]) -> tuple[FaceSeen, ...]:
    """Some sights around the best one of the middle; at its ends a sheet moves."""
    rim = len(seen) // 5
    middle = seen[rim : len(seen) - rim]
    best = max(middle, key=lambda one: (one.face.score, -one.media_s))
    near = [one for one in middle if abs(one.media_s - best.media_s) <= AROUND_S]
    picked = np.unique(np.linspace(0, len(near) - 1, MOST_TRIED).round().astype(int))
    return tuple(near[k] for k in picked)


def _decoded(work: FaceWork, seen: Sequence[FaceSeen]) -> list[tuple[Image, Face, float]]:
    faces = {round(one.media_s, 6): one.face for one in seen}
    span = (seen[0].media_s, seen[-1].media_s)
    with read_frames(Path(work.path), [span], frame_rate=work.frame_rate) as frames:
        return [
            (np.asarray(one.image), faces[round(one.media_s, 6)], one.media_s)
            for one in frames
            if one.image is not None and not one.corrupt and round(one.media_s, 6) in faces
        ]


def _sharpest_of(tried: Sequence[tuple[Image, Face, float]]) -> tuple[Image, Face, float]:
    return tried[sharpest([image for image, _, _ in tried], [face for _, face, _ in tried])]


def _followed(work: FaceWork) -> tuple[FaceSeen, ...]:
    """The one face of a control recording's stretch and place.

    Raises
    ------
    CannotMeasure
        No face is found, or several are and nobody said which is meant.
    """
    assert work.span_s is not None
    region = work.region_px
    if region is None:
        clip = probe(Path(work.path), frame_rate=work.frame_rate)
        region = (0, 0, clip.width_px, clip.height_px)
    tracker = FaceTracker(region)
    span = (work.span_s[0], min(work.span_s[1], work.span_s[0] + CONTROL_S))
    with read_frames(Path(work.path), [span], frame_rate=work.frame_rate, every_s=EVERY_S) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                tracker.follow(frame.media_s, frame.pts, frame.image)
    tracks = tracker.tracks()
    if not tracks:
        raise CannotMeasure("cue_no_face")
    if len(tracks) > 1 and work.region_px is None:
        raise CannotMeasure("cue_several_faces", found=len(tracks))
    return tuple(max(tracks, key=lambda track: len(track.seen)).seen)


def _empty(work: FaceWork, media_s: float) -> Image | None:
    try:
        return still(Path(work.path), media_s, frame_rate=work.frame_rate).image
    except CannotMeasure:
        return None


def _packed(one: Offered, media_s: float) -> bytes:
    return _archive(
        grey=one.cut.grey, points=one.cut.points_px, known=np.packbits(one.cut.known), width=one.cut.width_px,
        embedding=one.embedding, media_s=media_s,
    )  # fmt: skip


def _archive(**arrays: Any) -> bytes:
    target = io.BytesIO()
    np.savez_compressed(target, **arrays)
    return target.getvalue()


def unpacked(work: FaceWork, content: bytes) -> tuple[Offered, float] | str:
    """The face and the time of its frame from the bytes of :func:`ready`, or the code of why there is none."""
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        if "why_not" in kept:
            return str(kept["why_not"])
        grey = kept["grey"]
        known = np.unpackbits(kept["known"], count=grey.size).reshape(grey.shape).astype(bool)
        cut = FaceCut(grey=grey, points_px=kept["points"], known=known, width_px=float(kept["width"]))
        one = Offered(name=work.name, occasion=work.occasion, cut=cut, embedding=kept["embedding"])
        return one, float(kept["media_s"])
