"""Picture search: was one still picture presented on two occasions, and is a presentation a copy of a known photograph?

Every presentation is compared with those of other visits and with the case's
photographs; what a score is worth is told by the site's own live controls of
the same camera.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis.bodies.occasions import VisitTime, occasions
from toolkit.analysis.copies.reuse_words import Control, Spread, spread_of, standing_beside
from toolkit.analysis.reuse import (
    AGAIN,
    FARTHEST,
    LEAST_ALIKE,
    LEAST_PX,
    SOURCE,
    Comparison,
    Kind,
    Offered,
    middle_of,
    standing_of,
    worth_registering,
)
from toolkit.analysis.reuse import compare as compared
from toolkit.casebook.case import Case
from toolkit.clockin.beside.control_times import ControlTime
from toolkit.pipeline.compared_faces import FaceWork, ready, unpacked
from toolkit.pipeline.controls import is_table, site_controls
from toolkit.pipeline.cue_readings import faces_of, model_rows
from toolkit.pipeline.face_search import BACKGROUND
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate, zone_of
from toolkit.runners import Runner, local

VERSION = 1
NEARLY = 0.95  # a face is told too narrow where it is turned: of the least width that is worth making ready
PAIRS_A_PIECE, PIECES_AT_ONCE = 100, 8
INPUTS = ("presentations", "faces", "visits", "clips", "zones", "exhibits")
OUTPUTS = ("reuse", "reuse_searched", "models_compared")
NETWORKS = ("dlib_5_points", "dlib_resnet")  # which sort out unlike faces

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWork:
    """Some pairs of one kind to compare; ``key`` names them for an interrupted step."""

    key: str
    kind: Kind
    pairs: tuple[tuple[Offered, Offered], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Faces that are ready, the time of the frame of each, and how many had none that could be used."""

    faces: tuple[Offered, ...]
    media_s: dict[str, float]
    without: int

    def sized(self, kind: Kind) -> tuple[Offered, ...]:
        """Those large enough for anything to be said."""
        return tuple(one for one in self.faces if standing_of(kind, one.cut.width_px) is not None)


def shown_again(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Compare presentations with each other and with photographs.

    Returns
    -------
    DataFrame
        Table ``reuse``: a row for every pair that was registered or lies within
        one visit ("not assessable"). Pairs whose faces are too unlike to be one
        picture are counted in table ``reuse_searched``, as is what was too small.

    Raises
    ------
    StepTooEarly
        The step ``faces`` has not run.
    SetupError
        The network that sorts out unlike faces is missing: *not run*.
    """
    offered = case.read("presentations")
    inputs = [name for name in INPUTS if case.has(name)]
    params = {"version": VERSION, "farthest": FARTHEST, "least_alike": LEAST_ALIKE}
    if all(case.is_current(name, inputs=inputs, params=params) for name in OUTPUTS):
        return case.read("reuse")
    runner = run or local(1)
    least = NEARLY * min(px for px, _ in LEAST_PX[AGAIN])
    large = offered[offered["width_px"] >= least]
    tiny = int((offered["geometry"] != BACKGROUND).sum() - (large["geometry"] != BACKGROUND).sum())
    shown = _ready(case, _presentations(case, large), runner, progress)
    # Photographs and controls are made ready where something can be laid beside them.
    photos = _ready(case, _photographs(case) if shown.sized(SOURCE) else [], runner, progress)
    spreads = _spreads(case, runner, progress) if len(shown.sized(AGAIN)) > 1 else {}
    cameras = _cameras(case, offered)
    rows: list[Row] = []
    counted: list[Row] = []
    for kind, others in ((AGAIN, shown), (SOURCE, photos)):
        told, searched = _searched(case, kind, shown, others, runner, progress)
        media = {name: shown.media_s.get(name) for name in (one.name for one in shown.faces)}
        for first, second, comparison in told:
            spread = spreads.get(cameras[first]) if kind == AGAIN and cameras[first] == cameras[second] else None
            rows.append(_row(first, second, comparison, media, spread or Spread(), searched["pairs"]))
        told_small = {"faces": searched["faces"] + tiny, "small": searched["small"] + tiny}
        counted.append({**searched, **told_small, **_controls_counted(spreads.values())})
    case.record("reuse", tables.build("reuse", rows), inputs=inputs, params=params)
    case.record("reuse_searched", tables.build("reuse_searched", counted), inputs=inputs, params=params)
    used = model_rows(NETWORKS) if shown.faces else []
    case.record("models_compared", tables.build("models_compared", used), inputs=inputs, params=params)
    return case.read("reuse")


def _row(first: str, second: str, told: Comparison, media: dict[str, Any], spread: Spread, comparisons: int) -> Row:
    beside = standing_beside(told, spread, comparisons)
    return {
        "presentation_a": first, "other": second, "kind": told.kind, "media_a_s": media[first],
        "media_b_s": media.get(second), "size_px": told.size_px, "standing": told.standing, "score": told.score,
        "why_not": told.why_not, "facts": told.facts, **asdict(beside),
    }  # fmt: skip


def _controls_counted(spreads: Iterable[Spread]) -> Row:
    every = list(spreads)
    return {
        "controls_live": sum(len({name for one in each.live for name in (one.first, one.second)}) for each in every),
        "controls_prints": sum(len({one.who for one in each.again}) for each in every),
    }


def _presentations(case: Case, offered: pd.DataFrame) -> list[FaceWork]:
    visits = case.read("visits").set_index("visit_id")
    seen = {str(name): part for name, part in case.read("faces").groupby("presentation_id")}
    zones = case.read("zones") if case.has("zones") else tables.empty("zones")
    at = occasions(_visit_times(case))
    works = []
    for row in offered[offered["geometry"] != BACKGROUND].to_dict("records"):
        name, visit_id = str(row["presentation_id"]), str(row["visit_id"])
        if name not in seen:  # marked by a person: there are no points to lay it out by
            continue
        exhibit_id = str(visits.loc[visit_id, "exhibit_id"])
        zone = zone_of(zones, exhibit_id)
        works.append(
            FaceWork(
                name=name,
                occasion=at[visit_id],
                path=str(case.exhibit_path(exhibit_id)),
                frame_rate=declared_rate(case, exhibit_id),
                seen=faces_of(seen[name]),
                empty_s=() if zone is None else tuple((start + stop) / 2 for start, stop in zone.empty_media_s),
            )
        )
    return works


def _visit_times(case: Case) -> list[VisitTime]:
    starts = {
        str(row["exhibit_id"]): None if pd.isna(row["starts_at"]) else datetime.fromisoformat(str(row["starts_at"]))
        for row in case.read("clips").to_dict("records")
    }
    return [
        VisitTime(
            visit_id=str(row["visit_id"]),
            exhibit_id=str(row["exhibit_id"]),
            from_s=float(row["from_s"]),
            to_s=float(row["to_s"]),
            clip_starts=starts.get(str(row["exhibit_id"])),
        )
        for row in case.read("visits").to_dict("records")
    ]


def _cameras(case: Case, offered: pd.DataFrame) -> dict[str, str | None]:
    """The camera of each presentation; a photograph has none."""
    clip_of = case.read("visits").set_index("visit_id")["exhibit_id"]
    cameras = {
        str(row["exhibit_id"]): None if pd.isna(row["camera_id"]) else str(row["camera_id"])
        for row in case.read("exhibits").to_dict("records")
    }
    visit_of = zip(offered["presentation_id"], offered["visit_id"], strict=True)
    return {str(name): cameras[str(clip_of[visit_id])] for name, visit_id in visit_of}


def _photographs(case: Case) -> list[FaceWork]:
    exhibits = case.read("exhibits")
    ids = [str(one) for one in exhibits.loc[exhibits["kind"] == "photo", "exhibit_id"]]
    return [FaceWork(name=one, occasion=one, path=str(case.exhibit_path(one))) for one in ids]


def _spreads(case: Case, run: Runner, progress: Progress) -> dict[str | None, Spread]:
    """What live faces and prints of the site's control recordings give, by camera."""
    exhibits = [row for row in case.read("exhibits").to_dict("records") if row["kind"] == "controls"]
    films = {
        str(case.original_name(str(row["exhibit_id"])) or ""): row
        for row in exhibits
        if not is_table(str(case.original_name(str(row["exhibit_id"])) or ""))
    }
    times = [one for one in site_controls(case).times if one.medium in ("live", "print")]
    told = [(one, film) for one in times if (film := _film(one, films)) is not None]
    works = [
        FaceWork(
            name=f"C-{number:04d}",
            occasion=f"C-{number:04d}",
            path=str(case.exhibit_path(str(film["exhibit_id"]))),
            frame_rate=None if pd.isna(film["frame_rate"]) else float(film["frame_rate"]),
            span_s=(one.from_s, one.to_s),
            region_px=one.region_px,
        )
        for number, (one, film) in enumerate(told, 1)
    ]
    faces = {one.name: one for one in _ready(case, works, run, progress).faces}
    sides: dict[str | None, dict[str, list[Control]]] = {}
    for work, (one, film) in zip(works, told, strict=True):
        if work.name in faces:
            camera = None if pd.isna(film["camera_id"]) else str(film["camera_id"])
            who = one.person if one.medium == "live" else one.print_id
            side = sides.setdefault(camera, {"live": [], "print": []})
            side[one.medium].append(Control(who=who, day=one.day, face=faces[work.name]))
    return {camera: spread_of(side["live"], side["print"]) for camera, side in sides.items()}


def _film(one: ControlTime, films: dict[str, Any]) -> Any:
    """The recording that a row names; names are kept without their folder."""
    last = one.file.rpartition("/")[2]
    return next((row for name, row in films.items() if name.rpartition("/")[2] == last), None)


def _ready(case: Case, works: Sequence[FaceWork], run: Runner, progress: Progress) -> Faces:
    """Faces made ready; those of an interrupted step are taken from the scratch folder."""
    names = {work.name: f"compared/{_digest(work.told())}.npz" for work in works}
    told = {work.name: kept for work in works if (kept := case.kept(names[work.name])) is not None}
    missing = [work for work in works if work.name not in told]
    with progress("pictures", float(len(works)), float(len(told))) as advance:
        for first in range(0, len(missing), 4):
            batch = missing[first : first + 4]
            for work, content in zip(batch, run(ready, batch), strict=True):
                case.keep(names[work.name], content)
                told[work.name] = content
                advance(1.0)
    got = [unpacked(work, told[work.name]) for work in works]
    there = [one for one in got if not isinstance(one, str)]
    return Faces(
        faces=tuple(face for face, _ in there),
        media_s={face.name: at for face, at in there},
        without=len(got) - len(there),
    )


def _searched(
    case: Case, kind: Kind, shown: Faces, others: Faces, run: Runner, progress: Progress
) -> tuple[list[tuple[str, str, Comparison]], Row]:
    """Comparisons of one kind, and what was searched."""
    first, second = shown.sized(kind), others.sized(kind)
    every = list(_pairs(first, second, kind))
    middle = middle_of(shown.faces)
    near = [(a, b) for a, b in every if a.occasion == b.occasion or worth_registering(a, b, middle)]
    works = [_piece(kind, near[k : k + PAIRS_A_PIECE]) for k in range(0, len(near), PAIRS_A_PIECE)]
    told: list[tuple[str, str, Comparison]] = []
    with progress("pictures", float(len(near)), 0.0) as advance:
        for k in range(0, len(works), PIECES_AT_ONCE):
            batch = works[k : k + PIECES_AT_ONCE]
            kept = [case.kept(work.key) for work in batch]
            fresh = iter(run(compare_pairs, [work for work, one in zip(batch, kept, strict=True) if one is None]))
            for work, one in zip(batch, kept, strict=True):
                rows = next(fresh) if one is None else json.loads(one)
                if one is None:
                    case.keep(work.key, tables.canonical(rows).encode())
                pairs = zip(work.pairs, rows, strict=True)
                told += [(a.name, b.name, Comparison(**row)) for (a, b), row in pairs]
                advance(float(len(rows)))
    apart = sum(a.occasion != b.occasion for a, b in every)
    return told, {
        "kind": kind, "faces": len(shown.faces), "others": len(others.faces),
        "without_face": shown.without if kind == AGAIN else others.without,
        "small": len(shown.faces) - len(first),
        "pairs": apart, "looked_into": sum(one.why_not != "reuse_same_visit" for _, _, one in told),
    }  # fmt: skip


def _pairs(first: Sequence[Offered], second: Sequence[Offered], kind: Kind) -> Iterable[tuple[Offered, Offered]]:
    for number, one in enumerate(first):
        yield from ((one, other) for other in (second[number + 1 :] if kind == AGAIN else second))


def _piece(kind: Kind, pairs: Sequence[tuple[Offered, Offered]]) -> PairWork:
    told = {"kind": kind, "version": VERSION, "pairs": [[_of(a), _of(b)] for a, b in pairs]}
    return PairWork(key=f"compared/{_digest(told)}.json", kind=kind, pairs=tuple(pairs))


def _of(one: Offered) -> str:
    content = one.cut.grey.tobytes() + one.cut.points_px.tobytes() + one.cut.known.tobytes()
    return f"{one.name} {one.occasion} {hashlib.sha256(content).hexdigest()[:16]}"


def compare_pairs(work: PairWork) -> list[Row]:
    """Comparisons of some pairs as JSON values, in their order."""
    rows = []
    for first, second in work.pairs:
        told = asdict(compared(first, second, work.kind))
        told.pop("evidence")
        rows.append(told)
    return rows


def _digest(told: Any) -> str:
    return hashlib.sha256(tables.canonical({"version": VERSION, **told}).encode()).hexdigest()[:24]
