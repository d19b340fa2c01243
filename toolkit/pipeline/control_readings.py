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

import numpy as np
import pandas as pd

import toolkit.analysis.cues  # files the cues
from toolkit import tables
from toolkit.analysis.cue import cues as filed
from toolkit.analysis.faces.crops import Box, middle_px
from toolkit.analysis.presentations import FaceTrack, FaceTracker
from toolkit.casebook.case import Case
from toolkit.clockin.beside.control_times import ControlTime
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.frames import read_frames
from toolkit.media.probe import probe
from toolkit.pipeline.controls import lasts_s, named_in_tables, recordings_of, site_controls
from toolkit.pipeline.cue_readings import MOST_FRAMES, CueWork, blanks, measured, networks_added
from toolkit.pipeline.face_search import EVERY_S, region_of
from toolkit.pipeline.pieces import in_pieces
from toolkit.pipeline.plates import FEWEST, between
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate, stated_scale, zones_of_camera
from toolkit.runners import Runner, local

VERSION = 8
LONGEST_S = 6.0  # of one control that is looked at, in its middle
SHORT_QUANTILE, LEAST_FRAMES = 0.25, 8
APART_S, APART_WIDTHS = 1.0, 0.6  # pieces of one face follow each other so soon and so near
MARGIN = 1.4  # more than the frames that are measured, for some are lost
LEAST_SHARE = 0.3  # of the stretch that the face of a control must be followed through
INPUTS = ("exhibits", "faces", "zones")
TABLE, NAMES = "control_readings", "control_recordings"

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
    frames: int = MOST_FRAMES
    empty_s: tuple[float, ...] = ()
    px_per_m: float | None = None
    search_px: Box | None = None


def control_readings(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Measure every cue on every control that the tables name and whose recording is there.

    Returns
    -------
    DataFrame
        Table ``control_readings``, shaped like ``cue_readings``; the number in
        ``control_id`` is the place among :func:`toolkit.pipeline.controls.site_controls`.
    """
    assert toolkit.analysis.cues
    works, nameless = _works(case)
    params = {
        "version": VERSION, "cues": sorted(filed), "networks": networks_added(),
        "controls": [_told(work) for work in works], "nameless": nameless,
    }  # fmt: skip
    inputs = [name for name in INPUTS if case.has(name)]
    if case.has(NAMES) and case.is_current(TABLE, inputs=inputs, params=params):
        return case.read(TABLE)
    found = in_pieces(case, "controls", works, look_at, key=_key, run=run or local(1), progress=progress)
    rows = [{"control_id": work.control_id, **one} for work, part in zip(works, found, strict=True) for one in part]
    twice = [{**row, "width_px": None} for row in blanks(CannotMeasure("control_name_twice"))]
    rows += [{"control_id": control_id, **row} for control_id in nameless for row in twice]
    case.record(TABLE, tables.build(TABLE, rows), inputs=inputs, params=params)
    case.record(NAMES, named_in_tables(case), inputs=["exhibits"], params={"version": VERSION})
    return case.read(TABLE)


def named(number: int) -> str:
    """The id of a control by its place among the case's."""
    return f"C-{number + 1:03d}"


def _works(case: Case) -> tuple[list[ControlWork], list[str]]:
    """What is to be measured, and the ids of controls whose recording cannot be told by its name."""
    where = recordings_of(case)
    frames = control_frames(case)
    works, nameless = [], []
    times = site_controls(case).times
    zones = case.read("zones") if case.has("zones") else tables.empty("zones")
    scales = {exhibit_id: stated_scale(case, zones, exhibit_id) for exhibit_id in where.values()}
    drawn = {exhibit_id: zones_of_camera(case, zones, exhibit_id) for exhibit_id in where.values()}
    regions = {exhibit_id: region_of(some[0]) if some else None for exhibit_id, some in drawn.items()}
    empty = {name: _between(case, exhibit_id, name, times) for name, exhibit_id in where.items()}
    for number, row in enumerate(times):
        exhibit_id = where.get(PurePath(row.file).name)
        if exhibit_id is None:
            nameless.append(named(number))
            continue
        middle = (row.from_s + row.to_s) / 2
        reach = min(row.to_s - row.from_s, LONGEST_S, MARGIN * frames * EVERY_S) / 2
        works.append(
            ControlWork(
                control_id=named(number),
                path=str(case.exhibit_path(exhibit_id)),
                from_s=middle - reach,
                to_s=middle + reach,
                region_px=row.region_px,
                frame_rate=declared_rate(case, exhibit_id),
                frames=frames,
                empty_s=empty[PurePath(row.file).name],
                px_per_m=scales[exhibit_id],
                search_px=_search(regions[exhibit_id], row.region_px),
            )
        )
    return works, nameless


def _search(region: Box | None, stated: Box | None) -> Box | None:
    """Where faces of a control are looked for: as in the case, unless a person said that it was shown elsewhere."""
    if region is None or stated is None:
        return region
    inside = region[0] <= stated[0] and region[1] <= stated[1] and stated[2] <= region[2] and stated[3] <= region[3]
    return region if inside else None


def _between(case: Case, exhibit_id: str, name: str, times: Sequence[ControlTime]) -> tuple[float, ...]:
    stretches = [(row.from_s, row.to_s) for row in times if PurePath(row.file).name == name]
    until_s = lasts_s(case.exhibit_path(exhibit_id)) if stretches else None
    return () if until_s is None else between(stretches, until_s)


def control_frames(case: Case) -> int:
    """How many frames of a control are measured: as many as short presentations of the case have.

    Some cues grow with the time they see; controls that are seen for longer
    than the case would make every short presentation look flat.
    """
    if not case.has("faces") or case.read("faces").empty:
        return MOST_FRAMES
    counts = case.read("faces").groupby("presentation_id").size().to_numpy()
    return int(np.clip(np.quantile(counts, SHORT_QUANTILE), LEAST_FRAMES, MOST_FRAMES))


def look_at(work: ControlWork) -> list[Row]:
    """Rows of ``control_readings`` of one control, without its id."""
    try:
        track = _only(work, _tracks(work))
    except (CannotMeasure, ReadingError) as reason:
        return blanks(reason)
    seen = CueWork(
        presentation_id=work.control_id, path=work.path, frame_rate=work.frame_rate, seen=tuple(track.seen),
        empty_s=work.empty_s, fewest_empty=FEWEST, px_per_m=work.px_per_m,
    )  # fmt: skip
    return [{name: value for name, value in row.items() if name != "presentation_id"} for row in measured(seen)]


def _tracks(work: ControlWork) -> tuple[FaceTrack, ...]:
    path = Path(work.path)
    clip = probe(path, frame_rate=work.frame_rate)
    tracker = FaceTracker(work.search_px or (0, 0, clip.width_px, clip.height_px))
    span = (work.from_s, work.to_s)
    with read_frames(path, [span], frame_rate=work.frame_rate, every_s=EVERY_S) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                tracker.follow(frame.media_s, frame.pts, frame.image)
    return tracker.tracks()


def _only(work: ControlWork, tracks: Sequence[FaceTrack]) -> FaceTrack:
    """The face that is meant; two that could be meant are none."""
    least = LEAST_SHARE * (work.to_s - work.from_s)
    meant = joined([one for one in tracks if _inside(one, work.region_px)])
    long = [one for one in meant if one.last.media_s - one.seen[0].media_s >= least]
    if not long:
        raise CannotMeasure("cue_no_face")
    if len(long) > 1:
        raise CannotMeasure("cue_several_faces", found=len(long))
    return long[0]


def _inside(track: FaceTrack, region_px: Box | None) -> bool:
    if region_px is None:
        return True
    left, top, right, bottom = region_px
    x, y = middle_px(track.seen[len(track.seen) // 2].face)
    return bool(left <= x <= right and top <= y <= bottom)


def joined(tracks: Sequence[FaceTrack]) -> list[FaceTrack]:
    """Tracks with those made one that follow each other at one place: a head that turns is often parted.

    A control holds one presentation, so what follows at its place is the same face.
    """
    made: list[FaceTrack] = []
    for track in sorted(tracks, key=lambda one: one.seen[0].media_s):
        before = next((one for one in made if _follows(track, one)), None)
        if before is None:
            made.append(FaceTrack(list(track.seen)))
        else:
            before.seen.extend(track.seen)
    return made


def _follows(track: FaceTrack, before: FaceTrack) -> bool:
    gap = track.seen[0].media_s - before.last.media_s
    far = np.linalg.norm(middle_px(track.seen[0].face) - middle_px(before.last.face))
    return bool(0 < gap <= APART_S and far <= APART_WIDTHS * before.width_px)


def _told(work: ControlWork) -> Row:
    return {
        "control_id": work.control_id, "file": PurePath(work.path).name, "from_s": work.from_s, "to_s": work.to_s,
        "region_px": work.region_px, "frame_rate": work.frame_rate, "frames": work.frames,
        "empty_s": work.empty_s, "px_per_m": work.px_per_m, "search_px": work.search_px,
    }  # fmt: skip


def _key(work: ControlWork) -> str:
    told = [VERSION, EVERY_S, sorted(filed), networks_added(), _told(work) | {"control_id": ""}]
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]


def span_hash(sha256: str, row: ControlTime) -> str:
    """Names what was measured: the recording, the stretch of it, and the place where one was stated."""
    return f"{sha256}:{row.from_s:g}-{row.to_s:g}:{row.region_px or ''}"
