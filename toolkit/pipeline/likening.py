"""Likening: each presentation beside the photographs of the roster, ranked, with "none of these" as an answer.

A photograph belongs to the employee whose id is its file's name. A roster
that was not photographed, or of which few photographs are there, is told: a
person who is missing from it cannot come first.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit import tables
from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.faces.crops import nose_offset, width_px
from toolkit.analysis.identity import FARTHEST, Compared, Gallery, compare, moved_boxes
from toolkit.analysis.presentations import faces_in
from toolkit.casebook.case import Case
from toolkit.clockin.files.tabular import clean_id
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.pictures import read_picture
from toolkit.pipeline.cue_readings import CueWork, load, works_of
from toolkit.pipeline.pieces import in_pieces
from toolkit.pipeline.progress import Progress, quiet
from toolkit.records import Face, Image
from toolkit.runners import Runner, local
from toolkit.vision.dlib_faces import embed
from toolkit.vision.models import weights

VERSION = 4
METRIC, BACKEND = "distance", "dlib_resnet"
MOST_FRAMES, APART_S = 4, 0.25  # frames of a presentation that are compared, and how far apart
FURTHER = re.compile(r"[ _-]\(?\d{1,2}\)?$")  # of several photographs of one person
LARGEST_BY = 1.7  # a photograph's face must be so much wider than any other in it
INPUTS = ("presentations", "faces", "visits", "roster", "exhibits")
OUTPUTS = ("likenesses", "comparisons", "photographs")

Row = dict[str, Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """A roster photograph, or why it cannot be compared with."""

    exhibit_id: str
    employee_id: str | None
    row: tuple[float, ...] | None
    why_not: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoWork:
    """A photograph to look at; ``nobody`` is the reason that is told where it belongs to no employee."""

    exhibit_id: str
    employee_id: str | None
    path: str
    nobody: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessWork:
    """One presentation and the photographs that it is compared with."""

    shown: CueWork
    gallery: Gallery


def likenesses(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Compare every presentation with every photographed employee.

    Returns
    -------
    DataFrame
        Table ``likenesses``: each employee's distance and rank; what follows
        from them lies in table ``comparisons``, a row a presentation.

    Raises
    ------
    StepTooEarly
        The step ``faces`` has not run.
    SetupError
        The network's weights are missing: likeness was *not run*.
    """
    offered = case.read("presentations")
    weights(BACKEND)
    inputs = [name for name in INPUTS if case.has(name)]
    params = {"version": VERSION, "backend": BACKEND, "frames": MOST_FRAMES}
    if all(case.is_current(name, inputs=inputs, params=params) for name in OUTPUTS):
        return case.read("likenesses")
    photographs = photographs_of(case, run or local(1))
    ranked: list[Row] = []
    compared: list[Row] = []
    if any(one.row is not None for one in photographs):
        gallery = _gallery(photographs)
        works = [LikenessWork(shown=one, gallery=gallery) for one in works_of(case, offered)]
        every = in_pieces(case, "compare", works, apart, key=_key, run=run or local(1), progress=progress)
        for work, rows in zip(works, every, strict=True):
            _place(work.shown.presentation_id, rows, gallery.people, ranked, compared)
    case.record("likenesses", tables.build("likenesses", ranked), inputs=inputs, params=params)
    case.record("comparisons", tables.build("comparisons", compared), inputs=inputs, params=params)
    case.record("photographs", tables.build("photographs", _told(photographs)), inputs=inputs, params=params)
    return case.read("likenesses")


def photographs_of(case: Case, run: Runner) -> list[Photograph]:
    """The photographs of a case with the employees they belong to, by their file names."""
    exhibits = case.read("exhibits")
    known = set(case.read("roster")["employee_id"]) if case.has("roster") else set()
    nobody = "photo_of_nobody" if case.has("roster") else "photo_without_roster"
    works = [
        PhotoWork(
            exhibit_id=str(exhibit_id),
            employee_id=_owner(PurePath(case.original_name(str(exhibit_id)) or "").stem, known),
            path=str(case.exhibit_path(str(exhibit_id))),
            nobody=nobody,
        )
        for exhibit_id in exhibits.loc[exhibits["kind"] == "photo", "exhibit_id"]
    ]
    return run(photograph, works)


def _owner(stem: str, known: Collection[str]) -> str | None:
    """The employee whose id a file's name is, a number behind it aside (``1003_2``); None when nobody's."""
    whole, first = clean_id(stem), clean_id(FURTHER.sub("", stem))
    return next((one for one in (whole, first) if one in known), None)


def photograph(work: PhotoWork) -> Photograph:
    """A photograph with its embedding, or why it has none."""
    told: dict[str, Any] = {"exhibit_id": work.exhibit_id, "employee_id": work.employee_id}
    try:
        if work.employee_id is None:
            raise CannotMeasure(work.nobody)
        row = embed(*_only_face(read_picture(Path(work.path))))
    except (CannotMeasure, ReadingError) as reason:
        return Photograph(**told, row=None, why_not=reason.code, facts=dict(reason.facts))
    return Photograph(**told, row=tuple(float(v) for v in row))


def _only_face(image: Image) -> tuple[Image, Face]:
    """The face of a photograph; one with several of like size could be of anybody in it."""
    high, wide = image.shape[:2]
    found = sorted(faces_in(image, (0, 0, wide, high)), key=width_px, reverse=True)
    if not found:
        raise CannotMeasure("photo_no_face")
    if len(found) > 1 and width_px(found[0]) < LARGEST_BY * width_px(found[1]):
        raise CannotMeasure("photo_many_faces", found=len(found))
    return image, found[0]


def _gallery(photographs: Sequence[Photograph]) -> Gallery:
    told = [(one.employee_id, one.row) for one in photographs if one.employee_id is not None and one.row is not None]
    return Gallery(employees=tuple(name for name, _ in told), rows=np.array([row for _, row in told], np.float64))


def apart(work: LikenessWork) -> list[Row]:
    """Distances of a presentation's best frames to everybody, or ``why_not`` with its ``facts``.

    Each row has ``media_s``, ``width_px`` and ``distances`` (boxes, people).
    Only distances leave this function: templates of faces are written nowhere.
    """
    try:
        sample = load(work.shown)
        chosen = best_frames(sample)
        if not chosen:
            raise CannotMeasure("likeness_no_frame")
        rows = [_apart(sample, k, work.gallery) for k in chosen]
        if np.median([row["distances"][0] for row in rows], axis=0).min() <= FARTHEST:
            rows[0]["distances"] += _moved(sample, chosen[0], work.gallery)
        return rows
    except (CannotMeasure, ReadingError) as reason:
        return [{"why_not": reason.code, "facts": dict(reason.facts)}]


def _apart(sample: PresentationSample, k: int, gallery: Gallery) -> Row:
    face = sample.faces[k]
    assert face is not None
    return {
        "media_s": float(sample.times_s[k]),
        "width_px": width_px(face),
        "distances": [_distances(sample.crops[k], face, gallery)],
    }


def _moved(sample: PresentationSample, k: int, gallery: Gallery) -> list[list[float]]:
    """Distances with the box moved: in the best frame only and where somebody is near, for an embedding is dear."""
    face = sample.faces[k]
    assert face is not None
    return [_distances(sample.crops[k], one, gallery) for one in moved_boxes(face)[1:]]


def _distances(crop: Image, face: Face, gallery: Gallery) -> list[float]:
    return [round(float(one), 6) for one in gallery.distances(embed(crop, face).astype(np.float64))]


def best_frames(sample: PresentationSample) -> list[int]:
    """Which frames are compared, the best first: sharp, turned to the camera, and not of one moment."""
    worth = {k: _worth(sample.crops[k], face) for k, face in enumerate(sample.faces) if face is not None}
    chosen: list[int] = []
    for k in sorted(worth, key=lambda one: (-worth[one], one)):
        if all(abs(sample.times_s[k] - sample.times_s[other]) >= APART_S for other in chosen):
            chosen.append(k)
        if len(chosen) == MOST_FRAMES:
            break
    return chosen


def _worth(crop: Image, face: Face) -> float:
    """How well a frame serves: the detector's score, less for a turned face, more for a sharp one."""
    left, top, right, bottom = (round(v) for v in face.box_px)
    grey = crop[max(0, top) : bottom, max(0, left) : right].mean(axis=2)
    if min(grey.shape) < 4:
        return 0.0
    edges = float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())
    try:
        turned = abs(nose_offset(face))
    except CannotMeasure:
        turned = 1.0
    return face.score * float(np.log1p(edges)) / (1.0 + 2.0 * turned)


def _place(
    presentation_id: str, rows: Sequence[Row], people: tuple[str, ...], ranked: list[Row], compared: list[Row]
) -> None:
    try:
        if "why_not" in rows[0]:
            raise CannotMeasure(rows[0]["why_not"], **rows[0]["facts"])
        width = float(np.median([one["width_px"] for one in rows]))
        told = compare([np.array(one["distances"], np.float64) for one in rows], people, width)
    except CannotMeasure as reason:
        compared.append({**_blank(presentation_id), "why_not": reason.code, "facts": dict(reason.facts)})
        return
    ranked += [
        {"presentation_id": presentation_id, "employee_id": one.employee_id, "score": round(one.score, 6),
         "metric": METRIC, "rank": one.rank, "backend": BACKEND}
        for one in told.ranked
    ]  # fmt: skip
    compared.append(_row(presentation_id, told, width, len(rows)))


def _row(presentation_id: str, told: Compared, width: float, frames: int) -> Row:
    return {
        "presentation_id": presentation_id,
        "standing": told.standing,
        "margin": round(told.margin, 6),
        "cohort_z": None if told.cohort_z is None else round(told.cohort_z, 4),
        "agree": round(told.agree, 4),
        "width_px": round(width, 2),
        "frames": frames,
        "people": len(told.ranked),
        "why_not": None,
        "facts": {},
    }


def _blank(presentation_id: str) -> Row:
    empty = dict.fromkeys(("margin", "cohort_z", "agree", "width_px"))
    return {"presentation_id": presentation_id, "standing": "not assessable", **empty, "frames": 0, "people": 0}


def _told(photographs: Sequence[Photograph]) -> list[Row]:
    return [
        {"exhibit_id": one.exhibit_id, "employee_id": one.employee_id, "why_not": one.why_not, "facts": dict(one.facts)}
        for one in photographs
    ]


def _key(work: LikenessWork) -> str:
    shown, gallery = work.shown, work.gallery
    told = [
        VERSION, PurePath(shown.path).name, shown.frame_rate, [(one.pts, one.face.landmarks_px) for one in shown.seen],
        gallery.employees, gallery.rows.round(5).tolist(),
    ]  # fmt: skip
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]
