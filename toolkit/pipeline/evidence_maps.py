"""Evidence maps: where the cues of FD1's candidates saw what their numbers tell, drawn from the exhibits anew.

Only what FD1 may be about is drawn. Pictures are kept as PNG at the camera's
own pixels (cues of a visit: each pixel repeated), so that a report needs no
footage for them and two reports show the same.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import toolkit.analysis.cues  # files the cues and their maps
from toolkit import tables
from toolkit.analysis.evidence import drawn_over, maps
from toolkit.analysis.faces.crops import Box, cut, middle_px, width_px
from toolkit.analysis.faces.face_patches import clearest
from toolkit.analysis.sheets.visit_evidence import DRAWINGS, around, drawn_visit, lies_on
from toolkit.analysis.statements.mask_findings import STATED, candidates
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure, ReadingError, ToolkitError
from toolkit.media.frames import as_png, read_frames
from toolkit.pipeline.cue_readings import CueWork, load, spread, works_of
from toolkit.pipeline.face_search import region_of
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.visit_readings import NEAR_S
from toolkit.pipeline.zones import declared_rate, zone_of
from toolkit.records import Face, Image
from toolkit.runners import Runner, local

VERSION = 1
TABLE = "evidence_maps"
INPUTS = ("presentations", "faces", "visits", "zones", "cue_readings", "visit_readings", "assessments")
PLAIN = "plain"  # the crop without colours, beside its maps
REACH = 1.6  # of what is shown, in face widths from the face's middle: as much as cues look at, seldom more
AT_S = 0.002  # times in evidence are whole milliseconds

Row = dict[str, Any]
BLANK: Row = dict.fromkeys(("lower", "upper", "highest", "measured", "px_per_m", "face_px", "why_not", "picture"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MapWork:
    """One presentation to draw: its frames, and the cues that have a map and gave a value."""

    visit_id: str
    exhibit_id: str
    cues: tuple[str, ...]
    frames: CueWork


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMapWork:
    """A visit or a presenter to draw: the region that its cues saw, and of each cue its evidence and the entry to show.

    ``owner_id`` is the visit or the presentation that the cues were asked about.
    """

    owner_id: str
    visit_id: str
    exhibit_id: str
    path: str
    frame_rate: float | None
    region_px: Box
    shown: tuple[tuple[str, str, Row, Row], ...]  # cue, unit, evidence, entry


def evidence_maps(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Draw the evidence of what FD1 may be about.

    Returns
    -------
    DataFrame
        Table ``evidence_maps``: of each presentation the plain crop (cue
        "plain"), each map with its bounds and the pictures of its presenter; of a
        visit without one the pictures of the cues of visits. A cue without a value has no row; a map that could not
        be made has the reason.

    Raises
    ------
    StepTooEarly
        The cues were not measured.
    """
    assert toolkit.analysis.cues
    params = {"version": VERSION, "maps": sorted(maps), "drawings": sorted(DRAWINGS), "reach": REACH}
    inputs = [name for name in INPUTS if case.has(name)]
    if case.is_current(TABLE, inputs=inputs, params=params):
        return case.read(TABLE)
    shown = _presentations(case)
    presenters = _presenters(case, shown)
    visits = _visits(case, {one.visit_id for one in presenters})
    works: list[MapWork | VisitMapWork] = [*shown, *presenters, *visits]
    rows: list[Row] = []
    with progress("maps", float(len(works)), 0.0) as advance:
        for told in (run or local(1))(drawn, works):
            rows += told
            advance(1.0)
    case.record(TABLE, tables.build(TABLE, rows), inputs=inputs, params=params)
    return case.read(TABLE)


def _stated(case: Case) -> pd.DataFrame:
    """Readings of visits that state an artefact by their rule."""
    readings = case.read("visit_readings")
    return readings[readings["statement"] == STATED]


def _presentations(case: Case) -> list[MapWork]:
    """FD1's candidates, and of a visit with a stated sheet the face that lies on it."""
    offered, readings = case.read("presentations"), case.read("cue_readings")
    wanted = candidates(readings, case.read("assessments"))
    visit_of = dict(zip(offered["presentation_id"].astype(str), offered["visit_id"].astype(str), strict=True))
    done = {visit_of[one] for one in wanted if one in visit_of}
    wanted |= {one for one in _on_sheets(case, offered, done) if one is not None}
    exhibit_of = dict(zip(case.read("visits")["visit_id"], case.read("visits")["exhibit_id"], strict=True))
    answered = readings[readings["value"].notna() & readings["cue"].isin(list(maps))]
    named = answered.groupby("presentation_id")["cue"].apply(lambda cues: tuple(sorted(str(one) for one in cues)))
    works = works_of(case, offered[offered["presentation_id"].isin(sorted(wanted))])
    return [
        MapWork(
            visit_id=visit_of[work.presentation_id],
            exhibit_id=str(exhibit_of[visit_of[work.presentation_id]]),
            cues=named.get(work.presentation_id, ()),
            frames=work,
        )
        for work in works
    ]


def _on_sheets(case: Case, offered: pd.DataFrame, done: set[str]) -> list[str | None]:
    """Of each visit with a stated sheet, the presentation whose face lies on it most often."""
    found: list[str | None] = []
    faces = case.read("faces").merge(offered[["presentation_id", "visit_id"]], on="presentation_id")
    for row in _stated(case).to_dict("records"):
        if row["cue"] != "sheet" or row["visit_id"] in done:
            continue
        region = _region(case, str(row["visit_id"]))
        mine = faces[faces["visit_id"] == row["visit_id"]]
        hits: dict[str, int] = {}
        for entry in json.loads(row["facts"]).get("frames", []):
            near = mine[(mine["media_s"] - entry["media_s"]).abs() <= NEAR_S]
            for name, marks in zip(near["presentation_id"], near["landmarks_px"], strict=True):
                middle = np.asarray(json.loads(marks), np.float64).mean(axis=0) - region[:2]
                hits[str(name)] = hits.get(str(name), 0) + lies_on(entry["corners_px"], middle)
        best = max(sorted(hits), key=lambda name: hits[name], default=None)
        found.append(best if best is not None and hits[best] else None)
    return found


def _region(case: Case, visit_id: str) -> Box:
    """Where the cues of a visit looked, in pixels of the whole picture."""
    visits = case.read("visits").set_index("visit_id")
    zone = zone_of(case.read("zones"), str(visits.loc[visit_id, "exhibit_id"]))
    assert zone is not None  # a visit is found in a zone
    return region_of(zone)


def _presenters(case: Case, shown: Sequence[MapWork]) -> list[VisitMapWork]:
    """Whoever presents what is drawn, as the cues of sheets, headroom and rims saw them."""
    readings = case.read("cue_readings")
    works = []
    for one in shown:
        mine = readings[readings["presentation_id"] == one.frames.presentation_id]
        told = _drawable(mine)
        if told:
            works.append(
                VisitMapWork(
                    owner_id=one.frames.presentation_id,
                    visit_id=one.visit_id,
                    exhibit_id=one.exhibit_id,
                    path=one.frames.path,
                    frame_rate=one.frames.frame_rate,
                    region_px=told[0][2]["region_px"],
                    shown=told,
                )
            )
    return works


def _drawable(readings: pd.DataFrame) -> tuple[tuple[str, str, Row, Row], ...]:
    told = [(str(one["cue"]), str(one["unit"]), json.loads(one["facts"])) for one in readings.to_dict("records")]
    shown = [(cue, unit, facts) for cue, unit, facts in told if cue in DRAWINGS and facts.get("frames")]
    return tuple((cue, unit, facts, _middle(facts["frames"])) for cue, unit, facts in shown)


def _visits(case: Case, drawn_already: set[str]) -> list[VisitMapWork]:
    """Visits with a stated sheet of which no presenter is drawn."""
    readings = case.read("visit_readings")
    wanted = set(_stated(case)["visit_id"]) - drawn_already
    exhibits = dict(zip(case.read("visits")["visit_id"], case.read("visits")["exhibit_id"], strict=True))
    works = []
    for visit_id, part in readings[readings["visit_id"].isin(wanted)].groupby("visit_id"):
        exhibit_id = str(exhibits[visit_id])
        works.append(
            VisitMapWork(
                owner_id=str(visit_id),
                visit_id=str(visit_id),
                exhibit_id=exhibit_id,
                path=str(case.exhibit_path(exhibit_id)),
                frame_rate=declared_rate(case, exhibit_id),
                region_px=_region(case, str(visit_id)),
                shown=_drawable(part),
            )
        )
    return works


def _middle(entries: Sequence[Row]) -> Row:
    return entries[len(entries) // 2]


def drawn(work: MapWork | VisitMapWork) -> list[Row]:
    """Rows of ``evidence_maps`` of one presentation or visit; footage that cannot be read is told with its reason."""
    try:
        return _of_visit(work) if isinstance(work, VisitMapWork) else _of_presentation(work)
    except (CannotMeasure, ReadingError) as reason:
        if isinstance(work, VisitMapWork):
            return [_missing_of_visit(work, cue, unit, entry, reason) for cue, unit, _, entry in work.shown]
        first = work.frames.seen[0]
        told: Row = {
            "media_s": first.media_s, "pts": first.pts, "crop_px": [round(v) for v in first.face.box_px],
            "why_not": reason.code, "facts": dict(reason.facts), "cue": PLAIN,
        }  # fmt: skip
        return [{**_about(work), **told}]


def _about(work: MapWork) -> Row:
    return {
        "owner_id": work.frames.presentation_id, "visit_id": work.visit_id, "exhibit_id": work.exhibit_id,
        "unit": "", "facts": {}, **BLANK,
    }  # fmt: skip


def _of_presentation(work: MapWork) -> list[Row]:
    sample, seen = load(work.frames), spread(work.frames.seen)
    number, (crop, face) = clearest(sample)
    about = _about(work)
    stamps = {round(one.media_s, 6): one.pts for one in seen}
    wholes = {round(one.media_s, 6): one.face for one in seen}

    def placed(frame: int, face: Face) -> tuple[Row, Box]:
        at = round(float(sample.times_s[frame]), 6)
        box = _around(face, sample.crops[frame].shape)
        corner = np.round(np.subtract(wholes[at].box_px[:2], face.box_px[:2])).astype(int)
        crop_px = [int(v) for v in (np.reshape(box, (2, 2)) + corner).ravel()]
        return {"media_s": at, "pts": stamps[at], "crop_px": crop_px, "face_px": round(width_px(face), 2)}, box

    where, box = placed(number, face)
    rows = [{**about, **where, "cue": PLAIN, "picture": _png(cut(crop, box))}]
    for cue in work.cues:
        try:
            told = maps[cue](sample)
        except CannotMeasure as reason:
            rows.append({**about, **where, "cue": cue, "why_not": reason.code, "facts": dict(reason.facts)})
            continue
        seen_there = sample.faces[told.frame] or face
        where, box = placed(told.frame, seen_there)
        values = told.values[box[1] : box[3], box[0] : box[2]]
        known = np.isfinite(values)
        rows.append(
            {
                **about, **where, "cue": cue, "unit": told.unit, "lower": float(told.lower), "upper": float(told.upper),
                "highest": round(float(values[known].max()), 4) if known.any() else None,
                "measured": round(float(known.mean()), 4), "px_per_m": sample.px_per_m,
                "picture": _png(cut(drawn_over(sample.crops[told.frame], told), box)),
            }
        )  # fmt: skip
    return rows


def _around(face: Face, shape: tuple[int, ...]) -> Box:
    """What is shown of a crop: the face with as much around it as cues look at."""
    reach, (x, y) = REACH * width_px(face), middle_px(face)
    return (
        max(0, int(x - reach)), max(0, int(y - reach)), min(shape[1], int(x + reach) + 1),
        min(shape[0], int(y + reach) + 1),
    )  # fmt: skip


def _of_visit(work: VisitMapWork) -> list[Row]:
    if not work.shown:
        return []
    moments = sorted({float(entry["media_s"]) for _, _, _, entry in work.shown})
    pictures: dict[float, tuple[int, float, Image]] = {}
    spans = [(max(0.0, at - AT_S), at + AT_S) for at in moments]
    with read_frames(Path(work.path), spans, frame_rate=work.frame_rate) as frames:
        for frame in frames:
            if frame.image is not None and not frame.corrupt:
                at = min(moments, key=lambda one: abs(one - frame.media_s))
                pictures[at] = (frame.pts, frame.media_s, cut(np.asarray(frame.image), work.region_px))
    left, top, right, bottom = work.region_px
    box = around([(cue, evidence, entry) for cue, _, evidence, entry in work.shown], (bottom - top, right - left))
    crop_px = [box[0] + left, box[1] + top, box[2] + left, box[3] + top]
    rows = []
    for cue, unit, evidence, entry in work.shown:
        if float(entry["media_s"]) not in pictures:
            lost = CannotMeasure("no_frame_here", at=entry["media_s"])
            rows.append(_missing_of_visit(work, cue, unit, entry, lost))
            continue
        pts, media_s, picture = pictures[float(entry["media_s"])]
        rows.append(
            {
                **BLANK, "owner_id": work.owner_id, "cue": cue, "visit_id": work.visit_id,
                "exhibit_id": work.exhibit_id, "media_s": media_s, "pts": pts, "crop_px": crop_px, "unit": unit,
                "facts": {}, "px_per_m": float(evidence["px_per_m"]),
                "picture": _png(drawn_visit(cue, picture, evidence, entry, box)),
            }
        )  # fmt: skip
    return rows


def _missing_of_visit(work: VisitMapWork, cue: str, unit: str, entry: Row, reason: ToolkitError) -> Row:
    return {
        **BLANK, "owner_id": work.owner_id, "cue": cue, "visit_id": work.visit_id, "exhibit_id": work.exhibit_id,
        "media_s": float(entry["media_s"]), "pts": None, "crop_px": list(work.region_px), "unit": unit,
        "why_not": reason.code, "facts": dict(reason.facts),
    }  # fmt: skip


def _png(picture: Image) -> str:
    return base64.b64encode(as_png(np.ascontiguousarray(picture))).decode()
