"""Assess: pictures or clips without a case, for whoever asks first what can be told of a face at all.

Nothing is stored. Without recordings of live and printed faces from the same
camera there is no strength: each face gets readings, or the reasons why there
are none, and "undetermined" or "not assessable".
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from toolkit import __version__
from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.presentations import FaceSeen, FaceTrack, FaceTracker, faces_in, look_of, sample_of
from toolkit.analysis.reuse import Offered, compare, offered, sharpest
from toolkit.analysis.reuse_words import Spread, standing_beside
from toolkit.errors import CannotMeasure, ReadingError, SetupError
from toolkit.media.frames import read_frames
from toolkit.media.pictures import is_picture, read_picture
from toolkit.media.probe import probe
from toolkit.pipeline.cue_readings import MOST_FRAMES, readings_of, spread
from toolkit.pipeline.face_search import EVERY_S
from toolkit.pipeline.files import check_file
from toolkit.pipeline.progress import Progress, quiet
from toolkit.records import Image

SCHEMA = "papermask-assess-1"
NOT_ASSESSABLE, UNDETERMINED = "not assessable", "undetermined"
NOT_RUN = ("sheets",)  # questions that this version does not ask yet
REUSE_NEEDS = 2  # files: within one recording nothing is compared

Row = dict[str, Any]
Found = tuple[Row, PresentationSample]
Shown = tuple[str, PresentationSample]  # of which file, and what is seen of the face


def assess(files: Sequence[Path], *, frame_rate: float | None = None, progress: Progress = quiet) -> Row:
    """Every face of these files with what the cues read of it.

    Returns
    -------
    dict
        ``schema``, ``tool``, ``files`` and ``faces``: ``file``, ``box_px``
        (left, top, right, bottom), ``width_px``, ``media_s`` (null for a
        picture), ``from_s``, ``to_s``, ``frames``, ``outcome`` ("undetermined"
        or "not assessable"), ``log10_lr`` null, and ``cues``: ``cue``,
        ``group``, ``value``, ``unit``, ``statement``, ``why_not``, ``facts``.
        ``sheets`` is empty and named in ``not_run``. ``reuse``, where several
        files are given, tells of every pair of faces of different files: ``a``
        and ``b`` (numbers in ``faces``), ``verdict`` ("not calibrated", "nothing
        agrees" or "not assessable"), ``score`` or null with ``why_not`` and
        ``facts``, ``size_px``, ``standing``.

    Raises
    ------
    ReadingError
        A file cannot be read; nothing is told of the others.
    """
    described: list[Row] = []
    faces: list[Row] = []
    shown: list[Shown] = []
    for number, file in enumerate(files):
        check_file(file)
        picture = is_picture(file)
        about, found = _picture(file) if picture else _clip(file, frame_rate, progress)
        described.append(
            {"file": file.name, "sha256": _sha256(file), "kind": "picture" if picture else "clip", **about}
        )
        faces += [{"file": file.name, **one} for one, _ in found]
        shown += [(f"{number}", sample) for _, sample in found]
    return {
        "schema": SCHEMA,
        "tool": f"papermask {__version__}",
        "files": described,
        "faces": faces,
        "sheets": [],
        "reuse": _reuse(shown) if len(files) >= REUSE_NEEDS else [],
        "not_run": list(NOT_RUN) if len(files) >= REUSE_NEEDS else [*NOT_RUN, "reuse"],
    }


def _reuse(shown: Sequence[Shown]) -> list[Row]:
    """Every pair of faces of different files, compared as looks at one still picture; none is calibrated."""
    ready = [_offered(number, *one) for number, one in enumerate(shown)]
    rows = []
    for (a, one), (b, other) in combinations(enumerate(ready), 2):
        if shown[a][0] == shown[b][0]:
            continue
        missing = next((each for each in (one, other) if isinstance(each, CannotMeasure)), None)
        told: Row = {"a": a, "b": b}
        if isinstance(one, CannotMeasure) or isinstance(other, CannotMeasure):
            assert missing is not None
            told |= {"score": None, "why_not": missing.code, "facts": dict(missing.facts), "size_px": None,
                     "standing": None, "verdict": NOT_ASSESSABLE}  # fmt: skip
        else:
            found = compare(one, other)
            told |= {"score": found.score, "why_not": found.why_not, "facts": found.facts, "size_px": found.size_px,
                     "standing": found.standing, "verdict": standing_beside(found, Spread(), 1).verdict}  # fmt: skip
        rows.append(told)
    return rows


def _offered(number: int, file: str, sample: PresentationSample) -> Offered | CannotMeasure:
    pairs = [(crop, face) for crop, face in zip(sample.crops, sample.faces, strict=True) if face is not None]
    try:
        best = sharpest([crop for crop, _ in pairs], [face for _, face in pairs])
        return offered(str(number), file, *pairs[best])
    except CannotMeasure as reason:
        return reason
    except SetupError as missing:
        return CannotMeasure("reuse_not_run", reason=missing.what())


def _picture(file: Path) -> tuple[Row, list[Found]]:
    image = read_picture(file)
    high, wide = image.shape[:2]
    found = []
    for face in faces_in(image, (0, 0, wide, high)):
        seen = (FaceSeen(media_s=0.0, pts=0, face=face, look=look_of(image, face)),)
        sample = sample_of(seen, [(0.0, image)])
        found.append((_face(FaceTrack(list(seen)), sample, picture=True), sample))
    return {"picture_px": [wide, high], "duration_s": None}, found


def _clip(file: Path, frame_rate: float | None, progress: Progress) -> tuple[Row, list[Found]]:
    clip = probe(file, frame_rate=frame_rate)
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
    tracks = tracker.tracks()
    samples = _samples(file, frame_rate, tracks)
    pairs = zip(tracks, samples, strict=True)
    found = [(_face(track, sample, picture=False), sample) for track, sample in pairs]
    return {"picture_px": [clip.width_px, clip.height_px], "duration_s": clip.duration_s}, found


def _samples(file: Path, frame_rate: float | None, tracks: Sequence[FaceTrack]) -> list[PresentationSample]:
    """What cues see of each track: its frames decoded anew, one track at a time, so that memory stays small."""
    samples = []
    for track in tracks:
        chosen = spread(track.seen, MOST_FRAMES)
        wanted = {round(one.media_s, 6) for one in chosen}
        span = (chosen[0].media_s, chosen[-1].media_s)
        with read_frames(file, [span], frame_rate=frame_rate) as frames:
            images: list[tuple[float, Image]] = [
                (frame.media_s, np.asarray(frame.image))
                for frame in frames
                if frame.image is not None and not frame.corrupt and round(frame.media_s, 6) in wanted
            ]
        samples.append(sample_of(chosen, images))
    return samples


def _face(track: FaceTrack, sample: PresentationSample, *, picture: bool) -> Row:
    """One face; its box is that of the frame in which the detector was surest."""
    best = max(track.seen, key=lambda one: one.face.score)
    cues = readings_of(sample)
    answered = any(one["value"] is not None for one in cues)
    return {
        "box_px": [round(v, 1) for v in best.face.box_px],
        "width_px": round(track.width_px, 1),
        "media_s": None if picture else best.media_s,
        "from_s": None if picture else track.seen[0].media_s,
        "to_s": None if picture else track.last.media_s,
        "frames": len(track.seen),
        "outcome": UNDETERMINED if answered else NOT_ASSESSABLE,
        "log10_lr": None,
        "cues": cues,
    }


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as refused:
        raise ReadingError("file_unreadable", file=file.name) from refused
