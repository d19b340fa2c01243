"""Sheets of files without a case: cues of visits where the empty place is known, two gripped sides where it is not.

A single picture, or a clip that never shows its place empty, cannot tell what is
held from what stands behind. What two hands hold on both sides of a face can be
told all the same (:mod:`toolkit.analysis.sheets.flanks`): as a lead where all of it is
seen, as "not assessable" with its reason where it leaves the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import toolkit.analysis.cues  # files the cues
from toolkit.analysis.faces.crops import Box, cut
from toolkit.analysis.faces.visit_faces import LEAST_LASTS_S, LEAST_PICTURES
from toolkit.analysis.faces.visit_sample import visit_cues
from toolkit.analysis.presentations import FaceSeen, FaceTrack
from toolkit.analysis.sheets.flanks import held_around
from toolkit.analysis.sheets.held_around import HeldAround, drawn_around
from toolkit.analysis.sheets.visit_evidence import DRAWINGS, around, drawn_visit
from toolkit.errors import CannotMeasure
from toolkit.media.frames import still
from toolkit.pipeline.assessed_places import Place
from toolkit.pipeline.face_search import region_of
from toolkit.pipeline.visit_readings import VisitWork, measured, unread
from toolkit.records import Face, Image

LOOKS = 8  # pictures of one face that are looked at
ONE_PICTURE, NO_PLACE = "one picture", "no empty place"
LEVELS = ("face_on_it", "face_off_its_head", "picture_on_it", "sheet_in_hands", "flat_object", "none")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """One picture of a face: what is held around it, or why that cannot be told."""

    at_s: float
    face: Face
    image: Image
    held: HeldAround | None = None
    refused: CannotMeasure | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """One entry of ``sheets``, and how its picture is drawn where there is one."""

    row: Row
    draw: Callable[[], Image] | None = None


def of_whole(region: Sequence[float], reason: CannotMeasure | None) -> Sheet:
    """A picture, or with a reason a clip, in which no face is found and no empty place is known."""
    why, basis = (CannotMeasure("sheet_picture_no_face"), ONE_PICTURE) if reason is None else (reason, NO_PLACE)
    return Sheet(row=_row(unread(why), region, basis))


def of_region(region: Sequence[float], at_s: float | None) -> Sheet:
    """A region that a person marked: sides are looked for around the points of a face, and it has none."""
    return Sheet(row=_row(unread(CannotMeasure("cue_no_points")), region, ONE_PICTURE, at=at_s))


def of_picture(image: Image, faces: Sequence[Face], at_s: float | None = None) -> list[Sheet]:
    """What each face of a picture (or of one moment of a clip) says of a sheet around it."""
    whole = (0.0, 0.0, float(image.shape[1]), float(image.shape[0]))
    sheets = [_of_looks([_look(0.0, face, image)], whole, ONE_PICTURE, None) for face in faces]
    for sheet in sheets:
        sheet.row["media_s"] = at_s
    return sheets


def around_track(seen: Sequence[FaceSeen], images: Sequence[tuple[float, Image]], reason: CannotMeasure) -> Sheet:
    """The same for a face of a clip whose empty place is not known, for ``reason``."""
    told = {round(one.media_s, 6): one.face for one in seen}
    there = [(at, image) for at, image in images if round(at, 6) in told]
    chosen = [there[k] for k in np.unique(np.linspace(0, len(there) - 1, LOOKS).round().astype(int))]
    looks = [_look(at, told[round(at, 6)], image) for at, image in chosen]
    high, wide = chosen[0][1].shape[:2]
    sheet = _of_looks(looks, (0.0, 0.0, float(wide), float(high)), NO_PLACE, reason)
    sheet.row.update(from_s=seen[0].media_s, to_s=seen[-1].media_s)
    return sheet


def of_place(
    file: Path, frame_rate: float | None, place: Place, tracks: Sequence[FaceTrack], px_per_m: float | None = None
) -> list[Sheet]:
    """Every stretch in which somebody is before the camera, by the cues of visits; the scale as stated, or by faces."""
    seen = tuple((one.media_s, one.face) for track in tracks for one in track.seen)
    works = [
        VisitWork(visit_id="", path=str(file), frame_rate=frame_rate, from_s=start, to_s=stop, px_per_m=px_per_m,
                  region_px=region_of(place.zone), empty_s=place.empty_s, seen=seen)
        for start, stop in place.spans
    ]  # fmt: skip
    return [_of_visit(work, place) for work in works]


def _look(at: float, face: Face, image: Image) -> Look:
    try:
        return Look(at_s=at, face=face, image=image, held=held_around(image, face))
    except CannotMeasure as reason:
        return Look(at_s=at, face=face, image=image, refused=reason)


def _of_looks(looks: Sequence[Look], whole: Sequence[float], basis: str, reason: CannotMeasure | None) -> Sheet:
    """What some pictures of one face say; a clip (which has a reason) must say it in three of them over a second."""
    cues = unread(reason or CannotMeasure("visit_one_picture"))
    if reason is None:
        cues = _replaced(cues, unread(CannotMeasure("sheet_one_picture")))
    enough = _lasts if reason is not None else bool
    held = [(one.held, one) for one in looks if one.held is not None]
    enclosed = [(around, one) for around, one in held if around.whole]
    if not enough([one for _, one in held]):
        refused = [one.refused for one in looks if one.refused is not None]
        return Sheet(
            row=_row(_replaced(cues, unread(refused[0])) if len(refused) == len(looks) else cues, whole, basis)
        )
    if enough([one for _, one in enclosed]):
        held, told = enclosed, [_lead(max(enclosed, key=_seen)[0])]
    elif any(around.borders for around, _ in held):
        held = [(around, one) for around, one in held if around.borders]
        told = unread(CannotMeasure("sheet_leaves_picture", count=len(max(held, key=_seen)[0].borders)))
    else:
        told = unread(CannotMeasure("sheet_outline_open"))
    best, shown = max(held, key=_seen)
    at = None if reason is None else shown.at_s
    row = _row(_replaced(cues, told), best.box_px, basis, evidence=best.told(), at=at)
    return Sheet(row=row, draw=lambda: drawn_around(shown.image, best, shown.face))


def _seen(one: tuple[HeldAround, Look]) -> float:
    return one[0].seen


def _lasts(looks: Sequence[Look]) -> bool:
    return len(looks) >= LEAST_PICTURES and looks[-1].at_s - looks[0].at_s >= LEAST_LASTS_S - 1e-6


def _lead(held: HeldAround) -> Row:
    """A lead and no statement: how often look-alikes give one is not measured well enough to assert."""
    one = visit_cues["sheet"]
    return {"cue": "sheet", "cue_group": one.group, "value": round(held.seen, 4), "unit": one.unit,
            "statement": "nothing", "level": "face_on_it", "why_not": None, "facts": {}}  # fmt: skip


def _replaced(cues: list[Row], others: Sequence[Row]) -> list[Row]:
    """The readings with that of the cue ``sheet`` taken from others."""
    own = next(one for one in others if one["cue"] == "sheet")
    return [own if one["cue"] == "sheet" else one for one in cues]


def _row(
    cues: list[Row], region: Sequence[float], basis: str, *, evidence: Row | None = None, at: float | None = None
) -> Row:
    """An entry without its file; ``level`` is null where no cue has an answer."""
    levels = [one["level"] for one in cues if one["value"] is not None]
    told = [{("group" if key == "cue_group" else key): value for key, value in one.items()} for one in cues]
    return {
        "faces": [],
        "region_px": [round(float(v), 1) for v in region],
        "media_s": at,
        "from_s": None,
        "to_s": None,
        "basis": basis,
        "level": min(levels, key=LEVELS.index) if levels else None,
        "evidence": evidence,
        "cues": [one if one["value"] is not None else {**one, "level": None} for one in told],
    }


def _of_visit(work: VisitWork, place: Place) -> Sheet:
    assert toolkit.analysis.cues
    cues = measured(work)
    entry = {**_row(cues, work.region_px, place.basis), "from_s": work.from_s, "to_s": work.to_s}
    shown = [one for one in cues if one["value"] is not None and one["cue"] in DRAWINGS and one["facts"].get("frames")]
    if not shown:
        return Sheet(row=entry)
    chosen = min(shown, key=lambda one: (LEVELS.index(one["level"]), one["cue"] != "sheet"))
    frame = chosen["facts"]["frames"][len(chosen["facts"]["frames"]) // 2]
    entry["media_s"] = frame["media_s"]
    return Sheet(row=entry, draw=lambda: _visit_picture(work, chosen, frame))


def _visit_picture(work: VisitWork, reading: Row, frame: Row) -> Image:
    image = still(Path(work.path), frame["media_s"], frame_rate=work.frame_rate).image
    region: Box = work.region_px
    assert image is not None
    picture = cut(np.asarray(image), region)
    box = around([(reading["cue"], reading["facts"], frame)], picture.shape)
    return drawn_visit(reading["cue"], picture, reading["facts"], frame, box)
