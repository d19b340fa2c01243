"""What a site's controls say of each presentation: a ratio with its bound, or the reason why there is none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from toolkit import tables
from toolkit.analysis.calibration import NotCalibrated, SiteRatio, calibrate
from toolkit.analysis.statements.fd1_rivals import Fd1, fd1_rivals
from toolkit.analysis.tested import frozen_weights, weights_hash
from toolkit.analysis.weighing.calibration_told import as_row
from toolkit.analysis.weighing.calibration_words import rival_sentences, sentences
from toolkit.analysis.weighing.fusion import CaseReading, ControlReading, FrozenWeights, Readings, Recorded, averaged
from toolkit.casebook.case import Case
from toolkit.clockin.beside.control_times import ControlTime
from toolkit.language import LANGUAGES
from toolkit.pipeline.control_readings import control_frames, named, span_hash
from toolkit.pipeline.controls import countable, recorded_as, recordings_of, site_controls
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.together import PAIRS, PLACES, joined

VERSION = 4
INPUTS = ("presentations", "faces", "visits", "clips", "cue_readings", "control_readings")
JOINING = (PAIRS, PLACES)  # tables that a case may lack: nothing is joined then
TABLE = "assessments"
UNDETERMINED, NOT_ASSESSABLE = "undetermined", "not assessable"
LEAST_SHARE = 0.8  # of a control's frames that a presentation must have
FACE_WIDTH_M = 0.145  # cheek to cheek, as 2.35 distances between the eyes
ABOVE = ("headroom", "paper_edge")  # cues that a second body beside or behind the presenter makes read high
ALONE = "none"  # verdict on a companion
OUTCOMES = {"print": "artefact", "live": "live", "neither": UNDETERMINED}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A control as it was written down, the recording it lies in, and what the cues read of it."""

    told: ControlTime
    sha256: str
    reading: ControlReading


def weigh(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Table ``assessments``: what the readings of each presentation are worth by this site's own recordings.

    Raises
    ------
    StepTooEarly
        The cues were not measured.
    """
    read = {name: case.read(name) for name in INPUTS}
    inputs = (*INPUTS, *(name for name in JOINING if case.has(name)))
    frozen = frozen_weights()
    params = {"version": VERSION, "weights": None if frozen is None else weights_hash()}
    if case.is_current(TABLE, inputs=inputs, params=params):
        return case.read(TABLE)
    groups = joined(case, read["presentations"])
    material = _material(case, read, frozen)
    rows: list[Row] = []
    with progress("weigh", float(len(groups)), 0.0) as advance:
        for group in groups:
            rows += material.rows(group)
            advance(1.0)
    case.record(TABLE, tables.build(TABLE, rows), inputs=inputs, params=params)
    return case.read(TABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that presentations are weighed with; keys are ids of presentations, visits and exhibits."""

    frozen: FrozenWeights | None
    controls: list[Measured]
    offered: Mapping[str, Mapping[Any, Any]]
    readings: Mapping[str, Readings]
    seen: Mapping[str, int]
    least_seen: float
    exhibits: Mapping[str, str]
    beside: Mapping[str, bool]
    hashes: Mapping[str, str]
    clips: pd.DataFrame

    def rows(self, group: Sequence[str]) -> list[Row]:
        """Rows of ``assessments`` of presentations of one face: one measurement, told of each of them."""
        long = [name for name in group if self.seen.get(name, 0) >= self.least_seen]
        pieces = [self.offered[name] for name in long or group]
        mine = averaged(self.readings.get(str(one["presentation_id"]), {}) for one in pieces)
        visit_id = pieces[0]["visit_id"]
        exhibit_id = self.exhibits[visit_id]
        shown = CaseReading(
            readings=_without_above(mine) if self.beside[visit_id] else mine,
            day=_day(self.clips, exhibit_id),
            file_hashes=_own_hashes(self.controls, self.hashes[exhibit_id], _spans(pieces)),
            recorded=_recorded(self.clips, exhibit_id, [float(one["width_px"]) for one in pieces]),
        )
        told = _told(self.frozen, [one.reading for one in self.controls], shown, not long)
        return [_row(name, told, mine, group) for name in group]


def _material(case: Case, read: Mapping[str, pd.DataFrame], frozen: FrozenWeights | None) -> Material:
    visits = read["visits"]
    return Material(
        frozen=frozen,
        controls=_controls(case, read["control_readings"]),
        offered={str(row["presentation_id"]): row for row in read["presentations"].to_dict("records")},
        readings=_by_owner(read["cue_readings"], "presentation_id"),
        seen={str(one): int(count) for one, count in read["faces"]["presentation_id"].value_counts().items()},
        least_seen=LEAST_SHARE * control_frames(case),
        exhibits=dict(zip(visits["visit_id"], visits["exhibit_id"].astype(str), strict=True)),
        beside=dict(zip(visits["visit_id"], visits["companion"] != ALONE, strict=True)),
        hashes=_hashes(case),
        clips=read["clips"],
    )


def _spans(pieces: Sequence[Mapping[Any, Any]]) -> list[tuple[float, float]]:
    return [(float(one["from_s"]), float(one["to_s"])) for one in pieces]


def _without_above(readings: Readings) -> dict[str, float | None]:
    """Where somebody else may have stood there: whose top is above the face is not known."""
    return {name: None if name in ABOVE else value for name, value in readings.items()}


def _told(
    frozen: FrozenWeights | None, controls: list[ControlReading], reading: CaseReading, short: bool
) -> SiteRatio | NotCalibrated:
    if not controls:
        return NotCalibrated(reason="no_controls")
    if short:  # some cues grow with the time they see: a shorter look than the controls' reads flatter
        return NotCalibrated(reason="too_short")
    if frozen is None:
        return NotCalibrated(reason="no_weights")
    return calibrate(frozen, controls, reading)


def _controls(case: Case, table: pd.DataFrame) -> list[Measured]:
    """Bare live faces and prints of the site with what the cues read of them; rivals set no ratio."""
    where = recordings_of(case)
    hashes = _hashes(case)
    readings = _by_owner(table, "control_id")
    widths = {str(one): width for one, width in zip(table["control_id"], table["width_px"], strict=True)}
    made_by: dict[str, tuple[str, str]] = {}
    made = []
    for number, told in enumerate(site_controls(case).times):
        own = countable([told])
        exhibit_id = where.get(PurePath(told.file).name)
        if not own or exhibit_id is None or named(number) not in readings:
            continue
        if exhibit_id not in made_by:
            made_by[exhibit_id] = recorded_as(case, exhibit_id)
        camera, codec = made_by[exhibit_id]
        reading = ControlReading(
            control=own[0],
            readings=readings[named(number)],
            file_hash=span_hash(hashes[exhibit_id], told),
            recorded=Recorded(camera=camera, codec=codec, px_per_m=_scale(widths[named(number)])),
        )
        made.append(Measured(told=told, sha256=hashes[exhibit_id], reading=reading))
    return made


def _own_hashes(controls: Sequence[Measured], sha256: str, spans: Sequence[tuple[float, float]]) -> frozenset[str]:
    """Names of what was measured, with those of controls that were cut out of the very same stretch.

    A control must not judge the presentation that it shows.
    """
    same = {
        one.reading.file_hash
        for one in controls
        for from_s, to_s in spans
        if one.sha256 == sha256 and one.told.from_s < to_s and from_s < one.told.to_s
    }
    return frozenset({*(f"{sha256}:{from_s:g}-{to_s:g}" for from_s, to_s in spans), *same})


def _hashes(case: Case) -> dict[str, str]:
    exhibits = case.read("exhibits")
    return dict(zip(exhibits["exhibit_id"].astype(str), exhibits["sha256"].astype(str), strict=True))


def _by_owner(table: pd.DataFrame, owner: str) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for one, cue, value in zip(table[owner], table["cue"], table["value"], strict=True):
        found.setdefault(str(one), {})[str(cue)] = None if pd.isna(value) else float(value)
    return found


def _clip(clips: pd.DataFrame, exhibit_id: str) -> Mapping[Any, Any] | None:
    rows = clips[clips["exhibit_id"] == exhibit_id].to_dict("records")
    return rows[0] if rows else None


def _day(clips: pd.DataFrame, exhibit_id: str) -> date | None:
    clip = _clip(clips, exhibit_id)
    if clip is None or pd.isna(clip["starts_at"]):
        return None
    return datetime.fromisoformat(str(clip["starts_at"])).date()


def _recorded(clips: pd.DataFrame, exhibit_id: str, widths_px: Sequence[float]) -> Recorded:
    clip, width_px = _clip(clips, exhibit_id), float(np.median(widths_px))
    if clip is None:
        return Recorded(px_per_m=_scale(width_px))
    camera = "" if pd.isna(clip["camera_id"]) else str(clip["camera_id"])
    return Recorded(camera=camera, codec=str(clip["codec"]), px_per_m=_scale(width_px))


def _scale(width_px: float | None) -> float | None:
    """Pixels per metre at a face, as its width tells; nobody need state it for the site or the case."""
    return None if width_px is None or pd.isna(width_px) else float(width_px) / FACE_WIDTH_M


def _row(presentation_id: str, told: SiteRatio | NotCalibrated, readings: Readings, group: Sequence[str]) -> Row:
    answered = any(value is not None for value in readings.values())
    fd1 = fd1_rivals(told)
    detail: Row = {"sentences": _sentences(told, fd1), "fd1": _fd1(fd1), "calibration": as_row(told)}
    detail["together"] = list(group)
    blank: Row = {"presentation_id": presentation_id, "detail": detail}
    if isinstance(told, NotCalibrated):
        return blank | {
            "outcome": UNDETERMINED if answered else NOT_ASSESSABLE, "log10_lr": None, "lower_log10": None,
            "upper_log10": None, "words": "no_ratio", "reason": told.reason, "calibration_id": None,
        }  # fmt: skip
    detail["leaves_candidate"] = told.leaves_candidate
    return blank | {
        "outcome": OUTCOMES[told.direction], "log10_lr": round(told.point_log10, 6),
        "lower_log10": round(told.lower_log10, 6), "upper_log10": round(told.upper_log10, 6), "words": told.words,
        "reason": None, "calibration_id": _calibration_id(told),
    }  # fmt: skip


def _sentences(told: SiteRatio | NotCalibrated, fd1: Fd1) -> dict[str, list[str]]:
    return {one: [*sentences(told, one), *rival_sentences(fd1, one)] for one in LANGUAGES}


def _fd1(fd1: Fd1) -> Row:
    return {
        "object": {"rivals": _rivals(fd1.object_rivals), "headline": fd1.object_headline},
        "paper": {"rivals": _rivals(fd1.paper_rivals), "headline": fd1.paper_headline},
    }


def _rivals(rivals: Iterable[Any]) -> list[Row]:
    return [one.as_row() for one in rivals]


def _calibration_id(told: SiteRatio) -> str:
    """Names what the ratio was made from: the weights, and how many controls of whom."""
    made = [told.source, weights_hash(), told.unlocks.level, told.unlocks.live, told.unlocks.prints_shown, told.kinds]
    return hashlib.sha256(tables.canonical(made).encode()).hexdigest()[:12]
