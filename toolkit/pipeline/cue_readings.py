"""Cues: every filed measurement on every presentation, with its reason where there is no answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd

import toolkit.analysis.cues  # files the cues
from toolkit import tables
from toolkit.analysis.cue import NOT_RUN, PresentationSample
from toolkit.analysis.cue import cues as filed
from toolkit.analysis.faces import geometry
from toolkit.analysis.faces.around_face import box_around, looks_among, presenter_of
from toolkit.analysis.faces.crops import Box, cut, middle_px
from toolkit.analysis.presentations import FaceSeen, box_of, faces_at, sample_of_crops
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure, ReadingError, SetupError, ToolkitError
from toolkit.media.frames import read_frames
from toolkit.pipeline.face_search import BACKGROUND
from toolkit.pipeline.marking import PERSON
from toolkit.pipeline.pieces import in_pieces
from toolkit.pipeline.plates import plate_at, stated_empty
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate, stated_scale, zone_of
from toolkit.records import Face, Image
from toolkit.runners import Runner, local
from toolkit.vision.models import slots

VERSION = 4
MOST_FRAMES = 100  # of one presentation that cues are measured on, spread over all of it
INPUTS = ("presentations", "faces", "visits", "zones")
OUTPUTS = ("cue_readings", "geometries", "models")
DETECTOR, NETWORKS = "centerface", {"learned": "minifasnet"}  # of the steps so far, and of cues that ask a network

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CueWork:
    """One presentation to measure: where its frames lie, where the face was seen, and when the place is empty."""

    presentation_id: str
    path: str
    frame_rate: float | None
    seen: tuple[FaceSeen, ...]
    empty_s: tuple[float, ...] = ()
    fewest_empty: int = 1
    px_per_m: float | None = None


def cues(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Measure every cue on every presentation.

    Returns
    -------
    DataFrame
        Table ``cue_readings``: a value with its unit, or why there is none
        ("not assessable" and "not run" are told apart). Faces of the empty scene
        are left out: nobody presents them.

    Raises
    ------
    StepTooEarly
        The step ``faces`` has not run.
    """
    offered = case.read("presentations")
    assert toolkit.analysis.cues
    params = {"version": VERSION, "cues": sorted(filed), "most_frames": MOST_FRAMES, "networks": networks_added()}
    inputs = [name for name in INPUTS if case.has(name)]
    if all(case.is_current(name, inputs=inputs, params=params) for name in OUTPUTS):
        return case.read("cue_readings")
    works = works_of(case, offered)
    found = in_pieces(
        case, "cues", works, measured, key=_key, run=run or local(1), progress=progress,
        size=lambda work: float(min(len(work.seen), MOST_FRAMES)),
    )  # fmt: skip
    rows = [*marked_rows(offered), *(row for part in found for row in part)]
    case.record("cue_readings", tables.build("cue_readings", rows), inputs=inputs, params=params)
    case.record(
        "geometries", tables.build("geometries", _geometries(offered, works, rows)), inputs=inputs, params=params
    )
    case.record("models", tables.build("models", _models_used(rows)), inputs=inputs, params=params)
    return case.read("cue_readings")


def _key(work: CueWork) -> str:
    """Names a presentation and everything that its readings depend on."""
    seen = [(one.pts, one.face.box_px, one.face.landmarks_px) for one in work.seen]
    place = [work.empty_s, work.fewest_empty, work.px_per_m]
    made = [VERSION, MOST_FRAMES, sorted(filed), networks_added()]
    told = [*made, work.presentation_id, PurePath(work.path).name, work.frame_rate, seen, place]
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]


def _geometries(offered: pd.DataFrame, works: Sequence[CueWork], rows: Sequence[Row]) -> list[Row]:
    """Where each face sits, background included: that hangs in the empty scene and is told so."""
    levels: dict[str, list[Row]] = {}
    for row in rows:
        levels.setdefault(str(row["presentation_id"]), []).append(row)
    seen = {work.presentation_id: [one.face for one in work.seen] for work in works}
    offers = [
        geometry.Offer(
            presentation_id=str(row["presentation_id"]), visit_id=str(row["visit_id"]), from_s=float(row["from_s"]),
            to_s=float(row["to_s"]), middle_px=_middle(seen[str(row["presentation_id"])]),
            width_px=float(row["width_px"]), levels=geometry.levels_of(levels.get(str(row["presentation_id"]), [])),
        )
        for row in offered.to_dict("records")
        if str(row["presentation_id"]) in seen
    ]  # fmt: skip
    told = geometry.geometries(offers)
    return [
        {"presentation_id": str(one), "geometry": told.get(str(one), str(where))}
        for one, where in zip(offered["presentation_id"], offered["geometry"], strict=True)
    ]


def _middle(faces: Sequence[Face]) -> tuple[float, float]:
    x, y = np.median([middle_px(face) for face in faces], axis=0)
    return float(x), float(y)


def networks_added() -> dict[str, str | None]:
    """Hash of each network that a cue asks; another file gives other readings."""
    return {one.name: one.sha256 for one in slots() if one.name in NETWORKS.values()}


def _models_used(rows: Sequence[Row]) -> list[Row]:
    answered = {row["cue"] for row in rows if row["value"] is not None}
    return model_rows({DETECTOR} | {slot for name, slot in NETWORKS.items() if name in answered})


def model_rows(names: Collection[str]) -> list[Row]:
    """Rows of a table of models for those of these slots that are there."""
    return [
        {"name": one.name, "sha256": one.sha256, "answers": one.answers, "tested": bool(one.tested),
         "licence": one.licence_recorded or one.licence, "allowed_use": one.allowed_use}
        for one in slots()
        if one.name in names and one.sha256 is not None
    ]  # fmt: skip


def works_of(case: Case, offered: pd.DataFrame) -> list[CueWork]:
    """The presentations of a table that somebody presented: faces of the empty scene are left out."""
    offered = offered[offered["geometry"] != BACKGROUND]
    visits = case.read("visits").set_index("visit_id")
    zones = case.read("zones") if case.has("zones") else tables.empty("zones")
    seen = {str(name): part for name, part in case.read("faces").groupby("presentation_id")}
    scales = {str(one): stated_scale(case, zones, str(one)) for one in set(visits["exhibit_id"])}
    works = []
    for presentation_id, visit_id in zip(offered["presentation_id"], offered["visit_id"], strict=True):
        if str(presentation_id) not in seen:  # marked by a person: there are no points to measure on
            continue
        exhibit_id = str(visits.loc[visit_id, "exhibit_id"])
        track = faces_of(seen[str(presentation_id)])
        works.append(
            CueWork(
                presentation_id=str(presentation_id),
                path=str(case.exhibit_path(exhibit_id)),
                frame_rate=declared_rate(case, exhibit_id),
                seen=track,
                empty_s=stated_empty(zone_of(zones, exhibit_id), track[len(track) // 2].media_s),
                px_per_m=scales[exhibit_id],
            )
        )
    return works


def faces_of(rows: pd.DataFrame) -> tuple[FaceSeen, ...]:
    """Where a face was seen, from rows of the table ``faces`` of one presentation."""
    columns = zip(rows["media_s"], rows["pts"], rows["box_px"], rows["landmarks_px"], rows["score"], strict=True)
    return tuple(
        FaceSeen(
            media_s=float(media_s),
            pts=int(pts),
            face=Face(
                box_px=tuple(json.loads(box)),
                score=float(score),
                landmarks_px=tuple((x, y) for x, y in json.loads(marks)),
            ),
        )
        for media_s, pts, box, marks, score in columns
    )


def spread(seen: Sequence[FaceSeen], most: int = MOST_FRAMES) -> tuple[FaceSeen, ...]:
    """As many of these as are wanted: all, or the middle stretch at full rate, which cues of movement need."""
    if len(seen) <= most:
        return tuple(seen)
    first = (len(seen) - most) // 2
    return tuple(seen[first : first + most])


def load(work: CueWork, *, presenter: bool = False) -> PresentationSample:
    """The sample of one presentation, decoded anew at the camera's own resolution.

    With ``presenter``, a few wider pictures of whoever presents it as well.

    Whole frames are cut as they come: a hundred of them would take half a gigabyte.

    Raises
    ------
    CannotMeasure, ReadingError
        No frame of it can be decoded.
    """
    chosen = spread(work.seen)
    wanted = {round(one.media_s, 6) for one in chosen}
    looked = {round(chosen[k].media_s, 6) for k in looks_among(len(chosen))}
    crops: list[tuple[float, Image]] = []
    wide: list[tuple[float, Image]] = []
    place: Box | None = None
    span = (chosen[0].media_s, chosen[-1].media_s)
    with read_frames(Path(work.path), [span], frame_rate=work.frame_rate) as frames:
        for frame in frames:
            if frame.image is None or frame.corrupt or round(frame.media_s, 6) not in wanted:
                continue
            image = np.asarray(frame.image)
            box, place = box_of(chosen, image.shape), box_around([one.face for one in chosen], image.shape)
            crops.append((frame.media_s, cut(image, box)))
            if presenter and round(frame.media_s, 6) in looked:
                wide.append((frame.media_s, cut(image, place)))
    if place is None:
        raise CannotMeasure("cue_no_face")
    if not presenter:
        return sample_of_crops(chosen, crops, box, px_per_m=work.px_per_m)
    times = [at for at, _ in wide]
    plate = plate_at(work.path, work.empty_s, work.frame_rate, work.fewest_empty)
    empty = None if plate is None else cut(plate, place)
    pictures, faces = [image for _, image in wide], faces_at(chosen, times)
    whom = presenter_of(times, pictures, faces, place, empty)  # its scale by the face, as controls have it
    return sample_of_crops(chosen, crops, box, whom, work.px_per_m)


def measured(work: CueWork) -> list[Row]:
    """Rows of ``cue_readings`` of one presentation."""
    try:
        rows = [_with_group(one) for one in readings_of(load(work, presenter=True))]
    except (CannotMeasure, ReadingError) as reason:
        rows = blanks(reason)
    return [{"presentation_id": work.presentation_id, **one} for one in rows]


def marked_rows(offered: pd.DataFrame) -> list[Row]:
    """Rows of presentations that a person marked: they have no points, and no cue can be measured on them."""
    reason = CannotMeasure("cue_no_points")
    marked = offered.loc[offered["basis"] == PERSON, "presentation_id"]
    return [{"presentation_id": str(name), **one} for name in marked for one in blanks(reason)]


def blanks(reason: ToolkitError) -> list[Row]:
    """Rows of every filed cue without an answer, for one reason."""
    return [_with_group(_blank(name, reason)) for name in sorted(filed)]


def _with_group(reading: Row) -> Row:
    return {"cue_group": reading["group"], **{name: value for name, value in reading.items() if name != "group"}}


def readings_of(sample: PresentationSample) -> list[Row]:
    """Every filed cue on one sample: ``cue``, ``group``, ``value``, ``unit``, ``statement``, ``why_not``, ``facts``."""
    return [_reading(name, sample) for name in sorted(filed)]


def _reading(name: str, sample: PresentationSample) -> Row:
    one = filed[name]
    try:
        reading = one.measure(sample)
    except (CannotMeasure, SetupError) as reason:
        return _blank(name, reason)
    facts = dict(reading.facts) | ({} if reading.remark is None else {"remark": reading.remark})
    told: Row = {"value": reading.value, "statement": reading.statement, "why_not": None, "facts": facts}
    return {"cue": name, "group": one.group, "unit": one.unit, **told}


def _blank(name: str, reason: ToolkitError) -> Row:
    """Without an answer: a missing model is "not run", everything else "not assessable"."""
    one = filed[name]
    state = "not_run" if isinstance(reason, SetupError) or reason.code in NOT_RUN else "not_assessable"
    told: Row = {"value": None, "statement": state, "why_not": reason.code, "facts": dict(reason.facts)}
    return {"cue": name, "group": one.group, "unit": one.unit, **told}
