"""Faces: what was held or turned to the terminal in each visit, as presentations that cues can be measured on.

Looked at are the visits and the region around the zone, at the camera's own
resolution, ten times a second. A visit is one piece of work; what is found of
it is put down, so that an interrupted step goes on.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis.faces.crops import Box, width_px
from toolkit.analysis.presentations import FaceTrack, FaceTracker, belongs_to_scene, faces_in
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure
from toolkit.media.frames import read_frames, still
from toolkit.pipeline.marking import DETECTOR, UNDETERMINED, marked_presentations
from toolkit.pipeline.pieces import in_pieces
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate, zone_of
from toolkit.records import Face, Zone
from toolkit.runners import Runner, local
from toolkit.vision.models import weights

VERSION = 2
EVERY_S = 0.095
REACH = 0.5  # of the zone's width, beyond its sides and above it: a hand may hold a sheet beside the body
REACH_BELOW = 0.1
BACKGROUND = "background"  # a face that hangs in the empty scene and that nobody presents
INPUTS = ("clips", "zones", "visits", "marks")
OUTPUTS = ("presentations", "faces")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitWork:
    """One visit to look at: where it lies, and the faces that the empty scene shows."""

    visit_id: str
    presenter_id: str
    path: str
    from_s: float
    to_s: float
    region_px: Box
    frame_rate: float | None
    scene: tuple[Face, ...]


def faces(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Find the faces offered in every visit.

    Returns
    -------
    DataFrame
        Table ``presentations``; where each face was seen lies in table
        ``faces``. A visit without a row is one in which no face was found,
        which does not say that none was offered. What a person marked
        (:mod:`toolkit.pipeline.marking`) is a presentation of basis "person"
        without rows in ``faces``.

    Raises
    ------
    StepTooEarly
        The step ``scan`` has not run.
    ReadingError
        A mark lies in no visit any more.
    SetupError
        The detector's weights are missing or other ones: faces were *not run*.
    """
    visits = case.read("visits")
    weights("centerface")
    params = {"version": VERSION, "every_s": EVERY_S, "reach": REACH}
    inputs = [name for name in INPUTS if case.has(name)]
    if all(case.is_current(name, inputs=inputs, params=params) for name in OUTPUTS):
        return case.read("presentations")
    works = _works(case, visits)
    found = in_pieces(case, "faces", works, look_at, key=_key, run=run or local(1), progress=progress, size=_lasts_s)
    offered: list[Row] = []
    seen: list[Row] = []
    for work, tracks in zip(works, found, strict=True):
        for track in tracks:
            presentation_id = f"PR-{len(offered) + 1:03d}"
            rows = track.pop("seen")
            offered.append({"presentation_id": presentation_id, "visit_id": work.visit_id,
                            "presenter_id": work.presenter_id, "medium": UNDETERMINED, "basis": DETECTOR,
                            **track})  # fmt: skip
            seen += [{"presentation_id": presentation_id, **row} for row in rows]
    for marked in marked_presentations(case, visits):
        offered.append({"presentation_id": f"PR-{len(offered) + 1:03d}", **marked})
    case.record("presentations", tables.build("presentations", offered), inputs=inputs, params=params)
    case.record("faces", tables.build("faces", seen), inputs=inputs, params=params)
    return case.read("presentations")


def _works(case: Case, visits: pd.DataFrame) -> list[VisitWork]:
    zones = case.read("zones") if case.has("zones") else tables.empty("zones")
    works: list[VisitWork] = []
    scenes: dict[str, tuple[Face, ...]] = {}
    for row in visits.to_dict("records"):
        exhibit_id = str(row["exhibit_id"])
        zone = zone_of(zones, exhibit_id)
        if zone is None:  # pragma: no cover - a visit is found in a zone
            continue
        path, rate = case.exhibit_path(exhibit_id), declared_rate(case, exhibit_id)
        region = region_of(zone)
        if exhibit_id not in scenes:
            scenes[exhibit_id] = _scene(path, zone, region, rate)
        works.append(
            VisitWork(
                visit_id=str(row["visit_id"]),
                presenter_id=str(row["presenter_id"]),
                path=str(path),
                from_s=float(row["from_s"]),
                to_s=float(row["to_s"]),
                region_px=region,
                frame_rate=rate,
                scene=scenes[exhibit_id],
            )
        )
    return works


def region_of(zone: Zone) -> Box:
    """Where the faces of a visit may be: the zone and its surroundings, inside the picture."""
    xs, ys = zip(*zone.polygon_px, strict=True)
    wide, (picture_w, picture_h) = max(xs) - min(xs), zone.image_size_px
    reach = REACH * wide
    return (
        max(0, int(min(xs) - reach)), max(0, int(min(ys) - reach)),
        min(picture_w, int(max(xs) + reach) + 1), min(picture_h, int(max(ys) + REACH_BELOW * wide) + 1),
    )  # fmt: skip


def _scene(path: Path, zone: Zone, region: Box, rate: float | None) -> tuple[Face, ...]:
    """Faces that the place shows while nobody stands there, from the middle of the empty stretches."""
    shown: list[Face] = []
    for start, stop in zone.empty_media_s:
        try:
            frame = still(path, (start + stop) / 2, frame_rate=rate)
        except CannotMeasure:
            continue
        if frame.image is not None:
            shown += faces_in(frame.image, region)
    return tuple(shown)


def _lasts_s(work: VisitWork) -> float:
    return work.to_s - work.from_s


def _key(work: VisitWork) -> str:
    told = {**asdict(work), "path": "", "version": VERSION, "every_s": EVERY_S}
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]


def look_at(work: VisitWork) -> list[Row]:
    """Presentations of one visit as rows without ids: ``from_s``, ``to_s``, ``geometry``, ``width_px``, ``seen``."""
    tracker = FaceTracker(work.region_px)
    span = (work.from_s, work.to_s)
    with read_frames(Path(work.path), [span], frame_rate=work.frame_rate, every_s=EVERY_S) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                tracker.follow(frame.media_s, frame.pts, frame.image)
    return [_row(track, belongs_to_scene(track, work.scene)) for track in tracker.tracks()]


def _row(track: FaceTrack, background: bool) -> Row:
    return {
        "from_s": track.seen[0].media_s,
        "to_s": track.last.media_s,
        "geometry": BACKGROUND if background else UNDETERMINED,
        "width_px": round(track.width_px, 2),
        "seen": [
            {
                "media_s": one.media_s,
                "pts": one.pts,
                "box_px": [round(v, 2) for v in one.face.box_px],
                "landmarks_px": [[round(x, 3), round(y, 3)] for x, y in one.face.landmarks_px],
                "score": round(one.face.score, 4),
                "width_px": round(width_px(one.face), 2),
            }
            for one in track.seen
        ],
    }
