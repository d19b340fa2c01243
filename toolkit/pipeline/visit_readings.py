"""Visit readings: cues that look at a whole visit, and so find a sheet in hands where no face is found."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd

import toolkit.analysis.cues  # files the cues
from toolkit import tables
from toolkit.analysis.faces.crops import Box, cut, moved
from toolkit.analysis.faces.visit_sample import VisitSample, visit_cues
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure, ReadingError, ToolkitError
from toolkit.media.frames import read_frames, still
from toolkit.pipeline.cue_readings import faces_of
from toolkit.pipeline.face_search import BACKGROUND, region_of
from toolkit.pipeline.pieces import in_pieces
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate, stated_scale, zone_of
from toolkit.records import Face, Image
from toolkit.runners import Runner, local

VERSION = 5
PICTURES = 12  # of a visit that are handed to the cues, spread over it
NEAR_S = 0.06  # a face seen so near in time belongs to a picture
INPUTS = ("visits", "zones", "presentations", "faces")
TABLE = "visit_readings"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitWork:
    """One visit to measure: where it lies, when the place is empty, and the faces that were seen."""

    visit_id: str
    path: str
    frame_rate: float | None
    from_s: float
    to_s: float
    region_px: Box
    empty_s: float | None
    seen: tuple[tuple[float, Face], ...]
    px_per_m: float | None = None


def visit_readings(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Measure every cue of visits on every visit.

    Returns
    -------
    DataFrame
        Table ``visit_readings``: value, statement and level with its evidence,
        or why there is none.

    Raises
    ------
    StepTooEarly
        The steps ``scan`` and ``faces`` have not run.
    """
    assert toolkit.analysis.cues
    params = {"version": VERSION, "cues": sorted(visit_cues), "pictures": PICTURES}
    inputs = [name for name in INPUTS if case.has(name)]
    if case.is_current(TABLE, inputs=inputs, params=params):
        return case.read(TABLE)
    works = _works(case)
    found = in_pieces(case, "sheets", works, measured, key=_key, run=run or local(1), progress=progress)
    rows = [{"visit_id": work.visit_id, **one} for work, part in zip(works, found, strict=True) for one in part]
    case.record(TABLE, tables.build(TABLE, rows), inputs=inputs, params=params)
    return case.read(TABLE)


def _works(case: Case) -> list[VisitWork]:
    zones = case.read("zones") if case.has("zones") else tables.empty("zones")
    offered, faces = case.read("presentations"), case.read("faces")
    shown = offered.loc[offered["geometry"] != BACKGROUND, ["presentation_id", "visit_id"]]
    seen = faces.merge(shown, on="presentation_id")
    works = []
    for row in case.read("visits").to_dict("records"):
        exhibit_id = str(row["exhibit_id"])
        zone = zone_of(zones, exhibit_id)
        if zone is None:  # pragma: no cover - a visit is found in a zone
            continue
        empty = zone.empty_media_s
        mine = faces_of(seen[seen["visit_id"] == row["visit_id"]])
        works.append(
            VisitWork(
                visit_id=str(row["visit_id"]),
                path=str(case.exhibit_path(exhibit_id)),
                frame_rate=declared_rate(case, exhibit_id),
                from_s=float(row["from_s"]),
                to_s=float(row["to_s"]),
                region_px=region_of(zone),
                empty_s=(empty[0][0] + empty[0][1]) / 2 if empty else None,
                px_per_m=stated_scale(case, zones, exhibit_id),
                seen=tuple((one.media_s, one.face) for one in mine),
            )
        )
    return works


def measured(work: VisitWork) -> list[Row]:
    """Rows of ``visit_readings`` of one visit, without its id."""
    try:
        sample = load(work)
    except (CannotMeasure, ReadingError) as reason:
        return unread(reason)
    return [_reading(name, sample) for name in sorted(visit_cues)]


def _reading(name: str, sample: VisitSample) -> Row:
    one = visit_cues[name]
    try:
        told = one.measure(sample)
    except CannotMeasure as reason:
        return _blank(name, reason)
    return {
        "cue": name, "cue_group": one.group, "value": float(told.value), "unit": one.unit,
        "statement": told.statement, "level": told.level, "why_not": None, "facts": dict(told.evidence),
    }  # fmt: skip


def unread(reason: ToolkitError) -> list[Row]:
    """Rows of every cue of visits without an answer, for one reason."""
    return [_blank(name, reason) for name in sorted(visit_cues)]


def _blank(name: str, reason: ToolkitError) -> Row:
    one = visit_cues[name]
    return {
        "cue": name, "cue_group": one.group, "value": None, "unit": one.unit, "statement": "not_assessable",
        "level": "none", "why_not": reason.code, "facts": dict(reason.facts),
    }  # fmt: skip


def load(work: VisitWork) -> VisitSample:
    """The pictures of a visit, decoded anew at the camera's own resolution and cut at one region.

    Raises
    ------
    CannotMeasure, ReadingError
        No frame can be decoded.
    """
    path = Path(work.path)
    every_s = max((work.to_s - work.from_s) / PICTURES, 0.0)
    times: list[float] = []
    pictures: list[Image] = []
    with read_frames(path, [(work.from_s, work.to_s)], frame_rate=work.frame_rate, every_s=every_s) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                times.append(frame.media_s)
                pictures.append(cut(np.asarray(frame.image), work.region_px))
    if not pictures:
        raise CannotMeasure("cue_no_face")
    corner = (-float(work.region_px[0]), -float(work.region_px[1]))
    faces = tuple(tuple(moved(face, corner) for face in _faces_at(work, at)) for at in times)
    return VisitSample(
        times_s=np.array(times), pictures=tuple(pictures), plate=_plate(work), px_per_m=work.px_per_m, faces=faces
    )


def _faces_at(work: VisitWork, media_s: float) -> list[Face]:
    return [face for at, face in work.seen if abs(at - media_s) <= NEAR_S]


def _plate(work: VisitWork) -> Image | None:
    if work.empty_s is None:
        return None
    try:
        frame = still(Path(work.path), work.empty_s, frame_rate=work.frame_rate)
    except CannotMeasure:
        return None
    return None if frame.image is None else cut(np.asarray(frame.image), work.region_px)


def _key(work: VisitWork) -> str:
    told = [VERSION, PICTURES, sorted(visit_cues), {**asdict(work), "path": PurePath(work.path).name}]
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]
