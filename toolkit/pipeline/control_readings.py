"""A site's own recordings, measured as case footage is: the same search, the same frames, the same cues.

A control that the search cannot tell apart from another face in its stretch is
not assessable; where a person stated the place, that is the face meant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

import toolkit.analysis.cues  # files the cues
from toolkit import tables
from toolkit.analysis.crops import Box, middle_px
from toolkit.analysis.cue import cues as filed
from toolkit.analysis.presentations import FaceTrack, FaceTracker
from toolkit.casebook.case import Case
from toolkit.clockin.control_times import ControlTime
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.frames import read_frames
from toolkit.media.probe import probe
from toolkit.pipeline.controls import recordings_of, site_controls
from toolkit.pipeline.cue_readings import CueWork, blanks, measured
from toolkit.pipeline.face_search import EVERY_S
from toolkit.pipeline.pieces import in_pieces
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate
from toolkit.runners import Runner, local

VERSION = 2
LONGEST_S = 10.0  # of one control that is looked at, from its beginning
LEAST_SHARE = 0.3  # of the stretch that the face of a control must be followed through
INPUTS = ("exhibits",)
TABLE = "control_readings"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlWork:
    """One control presentation: where its stretch lies, and the place of the face where a person stated it."""

    control_id: str
    path: str
    from_s: float
    to_s: float
    region_px: Box | None
    frame_rate: float | None


def control_readings(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Measure every cue on every control that the tables name and whose recording is there.

    Returns
    -------
    DataFrame
        Table ``control_readings``, shaped like ``cue_readings``; the number in
        ``control_id`` is the place among :func:`toolkit.pipeline.controls.site_controls`.
    """
    assert toolkit.analysis.cues
    works = _works(case)
    params = {"version": VERSION, "cues": sorted(filed), "controls": [_told(work) for work in works]}
    if case.is_current(TABLE, inputs=INPUTS, params=params):
        return case.read(TABLE)
    found = in_pieces(case, "controls", works, look_at, key=_key, run=run or local(1), progress=progress)
    rows = [{"control_id": work.control_id, **one} for work, part in zip(works, found, strict=True) for one in part]
    case.record(TABLE, tables.build(TABLE, rows), inputs=INPUTS, params=params)
    return case.read(TABLE)


def named(number: int) -> str:
    """The id of a control by its place among the case's."""
    return f"C-{number + 1:03d}"


def _works(case: Case) -> list[ControlWork]:
    where = recordings_of(case)
    works = []
    for number, row in enumerate(site_controls(case).times):
        exhibit_id = where[PurePath(row.file).name]
        works.append(
            ControlWork(
                control_id=named(number),
                path=str(case.exhibit_path(exhibit_id)),
                from_s=row.from_s,
                to_s=min(row.to_s, row.from_s + LONGEST_S),
                region_px=row.region_px,
                frame_rate=declared_rate(case, exhibit_id),
            )
        )
    return works


def look_at(work: ControlWork) -> list[Row]:
    """Rows of ``control_readings`` of one control, without its id."""
    try:
        track = _only(work, _tracks(work))
    except (CannotMeasure, ReadingError) as reason:
        return blanks(reason)
    seen = CueWork(presentation_id=work.control_id, path=work.path, frame_rate=work.frame_rate, seen=tuple(track.seen))
    return [{name: value for name, value in row.items() if name != "presentation_id"} for row in measured(seen)]


def _tracks(work: ControlWork) -> tuple[FaceTrack, ...]:
    path = Path(work.path)
    clip = probe(path, frame_rate=work.frame_rate)
    tracker = FaceTracker((0, 0, clip.width_px, clip.height_px))
    span = (work.from_s, work.to_s)
    with read_frames(path, [span], frame_rate=work.frame_rate, every_s=EVERY_S) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                tracker.follow(frame.media_s, frame.pts, frame.image)
    return tracker.tracks()


def _only(work: ControlWork, tracks: Sequence[FaceTrack]) -> FaceTrack:
    """The face that is meant; two that could be meant are none."""
    least = LEAST_SHARE * (work.to_s - work.from_s)
    long = [one for one in tracks if one.last.media_s - one.seen[0].media_s >= least]
    if work.region_px is not None:
        left, top, right, bottom = work.region_px
        places = [middle_px(one.seen[len(one.seen) // 2].face) for one in long]
        long = [one for one, (x, y) in zip(long, places, strict=True) if left <= x <= right and top <= y <= bottom]
    if not long:
        raise CannotMeasure("cue_no_face")
    if len(long) > 1:
        raise CannotMeasure("cue_several_faces", found=len(long))
    return long[0]


def _told(work: ControlWork) -> Row:
    return {
        "control_id": work.control_id, "file": PurePath(work.path).name, "from_s": work.from_s, "to_s": work.to_s,
        "region_px": work.region_px, "frame_rate": work.frame_rate,
    }  # fmt: skip


def _key(work: ControlWork) -> str:
    told = [VERSION, EVERY_S, sorted(filed), _told(work) | {"control_id": ""}]
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]


def span_hash(sha256: str, row: ControlTime) -> str:
    """Names what was measured: the recording and the stretch of it."""
    return f"{sha256}:{row.from_s:g}-{row.to_s:g}"
