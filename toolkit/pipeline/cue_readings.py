"""Cues: every filed measurement on every presentation, with its reason where there is no answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import toolkit.analysis.cues  # files the cues
from toolkit import tables
from toolkit.analysis.cue import NOT_RUN, PresentationSample
from toolkit.analysis.cue import cues as filed
from toolkit.analysis.presentations import FaceSeen, sample_of
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure, ReadingError, SetupError, ToolkitError
from toolkit.media.frames import read_frames
from toolkit.pipeline.face_search import BACKGROUND
from toolkit.pipeline.marking import PERSON
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate
from toolkit.records import Face
from toolkit.runners import Runner, local
from toolkit.vision.models import slots

VERSION = 1
MOST_FRAMES = 100  # of one presentation that cues are measured on, spread over all of it
INPUTS = ("presentations", "faces", "visits")
OUTPUTS = ("cue_readings", "models")
DETECTOR, NETWORKS = "centerface", {"learned": "minifasnet"}  # of the steps so far, and of cues that ask a network

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CueWork:
    """One presentation to measure: where its frames lie, and where the face was seen."""

    presentation_id: str
    path: str
    frame_rate: float | None
    seen: tuple[FaceSeen, ...]


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
    inputs = list(INPUTS)
    if all(case.is_current(name, inputs=inputs, params=params) for name in OUTPUTS):
        return case.read("cue_readings")
    works = works_of(case, offered)
    rows: list[Row] = marked_rows(offered)
    with progress("cues", float(len(works)), 0.0) as advance:
        for first in range(0, len(works), 4):
            batch = works[first : first + 4]
            for told in (run or local(1))(measured, batch):
                rows += told
                advance(1.0)
    case.record("cue_readings", tables.build("cue_readings", rows), inputs=inputs, params=params)
    case.record("models", tables.build("models", _models_used(rows)), inputs=inputs, params=params)
    return case.read("cue_readings")


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
    seen = {str(name): part for name, part in case.read("faces").groupby("presentation_id")}
    works = []
    for presentation_id, visit_id in zip(offered["presentation_id"], offered["visit_id"], strict=True):
        if str(presentation_id) not in seen:  # marked by a person: there are no points to measure on
            continue
        exhibit_id = str(visits.loc[visit_id, "exhibit_id"])
        works.append(
            CueWork(
                presentation_id=str(presentation_id),
                path=str(case.exhibit_path(exhibit_id)),
                frame_rate=declared_rate(case, exhibit_id),
                seen=faces_of(seen[str(presentation_id)]),
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


def load(work: CueWork) -> PresentationSample:
    """The sample of one presentation, decoded anew at the camera's own resolution.

    Raises
    ------
    CannotMeasure, ReadingError
        No frame of it can be decoded.
    """
    chosen = spread(work.seen)
    wanted = {round(one.media_s, 6) for one in chosen}
    images = []
    span = (chosen[0].media_s, chosen[-1].media_s)
    with read_frames(Path(work.path), [span], frame_rate=work.frame_rate) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt and round(frame.media_s, 6) in wanted:
                images.append((frame.media_s, np.asarray(frame.image)))
    return sample_of(chosen, images)


def measured(work: CueWork) -> list[Row]:
    """Rows of ``cue_readings`` of one presentation."""
    try:
        rows = [_with_group(one) for one in readings_of(load(work))]
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
    told: Row = {"value": reading.value, "statement": reading.statement, "why_not": None, "facts": {}}
    return {"cue": name, "group": one.group, "unit": one.unit, **told}


def _blank(name: str, reason: ToolkitError) -> Row:
    """Without an answer: a missing model is "not run", everything else "not assessable"."""
    one = filed[name]
    state = "not_run" if isinstance(reason, SetupError) or reason.code in NOT_RUN else "not_assessable"
    told: Row = {"value": None, "statement": state, "why_not": reason.code, "facts": dict(reason.facts)}
    return {"cue": name, "group": one.group, "unit": one.unit, **told}
