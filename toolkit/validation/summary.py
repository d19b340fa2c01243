"""From rows to rates: what each cue got wrong, on what, from where, and what it did not answer.

An error is an attack that a cue calls live (APCER, ISO/IEC 30107-3) or a live
face that it calls an artefact (BPCER). Both are given over all presentations,
where no answer is no error, and over those on which the cue took a side;
abstentions stand beside. Rates are told kind by kind: a mean over kinds would
be that of no attack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, Literal

from toolkit.analysis.cue import Cue, answer_of
from toolkit.analysis.rates import area_of, equal_error, rate_of, roc
from toolkit.validation.kinds import ATTACK, BONA_FIDE, CONTROL_MOTIONS, RIVAL, WITHOUT_SCENES, WITHOUT_SCENES_LIVE

Row = dict[str, Any]

NO_FACE = "no face found"
BANDS_PX = (0, 30, 60, 80, 120, 200)
WRONG: dict[str, Literal["live", "artefact"]] = {ATTACK: "live", RIVAL: "live", BONA_FIDE: "artefact"}


def usual(rows: Iterable[Row]) -> list[Row]:
    """Rows of movements as people make them; controls are told apart."""
    return [row for row in rows if row["motion"] not in CONTROL_MOTIONS]


def band_of(face_px: float | None) -> str:
    """Size band of a face by the width of its box in pixels."""
    if face_px is None:
        return NO_FACE
    low = max(edge for edge in BANDS_PX if face_px >= edge)
    above = [edge for edge in BANDS_PX if edge > low]
    return f"{low}-{above[0]} px" if above else f"{low} px and more"


def not_run(rows: Iterable[Row], cues: Sequence[Cue]) -> list[Row]:
    """Cues that were not run on some presentation, because something is not installed here.

    Of such a cue no rates are told: "not run" tells of this machine, and
    counted as "not assessable" it would tell of the footage.
    """
    told = []
    for cue in cues:
        found = [row["readings"][cue.name] for row in rows]
        reasons = [one["why_not"] for one in found if answer_of(one["statement"], one.get("why_not")) == "not run"]
        if reasons:
            told.append({"cue": cue.name, "why_not": reasons[0], "presentations": len(reasons)})
    return told


def rates(rows: Sequence[Row], cues: Sequence[Cue]) -> list[Row]:
    """One entry a cue, geometry, kind and size band ("all" first)."""
    told = []
    for cue in cues:
        for (geometry, kind), group in grouped(usual(rows), lambda row: (row["geometry"], row["kind"])):
            told.append(_rate(cue, geometry, kind, "all", group))
            bands = grouped(group, lambda row: band_of(row["face_px"]))
            if len(bands) > 1:
                told += [_rate(cue, geometry, kind, band, part) for band, part in bands]
    return told


def pooled(rows: Sequence[Row], cues: Sequence[Cue]) -> list[Row]:
    """As :func:`rates`, kind by kind over all geometries together."""
    told = []
    for cue in cues:
        for kind, group in grouped(usual(rows), lambda row: row["kind"]):
            told.append(_rate(cue, "all", kind, "all", group))
    return told


def _rate(cue: Cue, geometry: str, kind: str, band: str, rows: Sequence[Row]) -> Row:
    side = rows[0]["side"]
    found = [row["readings"][cue.name] for row in rows]
    wrong = sum(one["statement"] == WRONG[side] for one in found)
    taken = sum(one["statement"] != "nothing" for one in found)
    blind = [one["why_not"] for one in found if one["value"] is None]
    return {
        "cue": cue.name,
        "geometry": geometry,
        "kind": kind,
        "side": side,
        "band": band,
        "presentations": len(rows),
        "people": len({row["bearer"] for row in rows}),
        "not_assessable": asdict(rate_of(len(blind), len(rows))),
        "reasons": {reason: blind.count(reason) for reason in sorted(set(blind))},
        "abstained": asdict(rate_of(len(rows) - taken, len(rows))),
        "wrong_of_all": asdict(rate_of(wrong, len(rows))),
        "wrong_of_assertive": asdict(rate_of(wrong, taken)),
    }


def worst(rates_of: Sequence[Row], row: Row) -> Row | None:
    """The geometry with most errors on this kind, for a mean is that of no camera; None where all are alike."""
    mine = [one for one in rates_of if (one["cue"], one["kind"], one["band"]) == (row["cue"], row["kind"], "all")]
    if len({one["wrong_of_all"]["rate"] for one in mine}) < 2:
        return None
    found = max(mine, key=lambda one: one["wrong_of_all"]["rate"])
    return {"geometry": found["geometry"], "wrong_of_all": found["wrong_of_all"]}


def areas(rows: Sequence[Row], cues: Sequence[Cue]) -> list[Row]:
    """How well each cue's value parts each kind of attack from live faces, within geometry and movement."""
    told = []
    for cue in cues:
        for geometry, group in [("all", usual(rows)), *grouped(usual(rows), lambda row: row["geometry"])]:
            for kind in sorted({row["kind"] for row in group if row["side"] != BONA_FIDE}):
                kept = [row for row in group if row["side"] == BONA_FIDE or row["kind"] == kind]
                side = next(row["side"] for row in kept if row["kind"] == kind)
                told.append({"cue": cue.name, "geometry": geometry, "kind": kind, **_area(cue, kept, side)})
            told.append({"cue": cue.name, "geometry": geometry, "kind": "any attack", **_area(cue, group)})
    return told


def _area(cue: Cue, rows: Sequence[Row], against: str = ATTACK) -> Row:
    """The area, with how many presentations of each side there were at all: none is untested, not unassessable."""
    strata = grouped(rows, lambda row: (row["geometry"], row["motion"]))
    area = area_of([(_values(cue, part, BONA_FIDE), _values(cue, part, against)) for _, part in strata])
    shown = [sum(row["side"] == side for row in rows) for side in (BONA_FIDE, against)]
    return {**asdict(area), "presentations": shown}


def _values(cue: Cue, rows: Iterable[Row], side: str) -> list[float]:
    """Values of a side, turned so that high speaks for an artefact."""
    sign = 1.0 if cue.high == "artefact" else -1.0
    found = [row["readings"][cue.name]["value"] for row in rows if row["side"] == side]
    return [sign * float(value) for value in found if value is not None]


def curves(rows: Sequence[Row], cues: Sequence[Cue]) -> list[Row]:
    """Corners of the ROC curve and the equal error rate of each cue, by geometry and movement."""
    told = []
    for cue in cues:
        for (geometry, motion), group in grouped(usual(rows), lambda row: (row["geometry"], row["motion"])):
            points = roc(_values(cue, group, BONA_FIDE), _values(cue, group, ATTACK))
            told.append({
                "cue": cue.name, "geometry": geometry, "motion": motion, "equal_error": equal_error(points),
                "points": [[round(a, 4), round(b, 4)] for a, b in points],
            })  # fmt: skip
    return told


def controls(rows: Sequence[Row], cues: Sequence[Cue]) -> list[Row]:
    """What each cue says where nothing turns: faces and prints that shift, nod or stand still."""
    told = []
    for cue in cues:
        for motion, group in grouped(rows, lambda row: row["motion"]):
            if motion not in CONTROL_MOTIONS:
                continue
            sides = {
                kind: _rate(cue, "all", kind, "all", part) for kind, part in grouped(group, lambda row: row["kind"])
            }
            told.append({"cue": cue.name, "motion": motion, "kinds": sides, "area": _area(cue, group)})
    return told


def detection(rows: Sequence[Row]) -> list[Row]:
    """In how many frames the detector finds the presented face, by geometry and kind."""
    return [
        {"geometry": geometry, "kind": kind,
         "frames": asdict(rate_of(sum(row["found"] for row in part), sum(row["frames"] for row in part))),
         "presentations": len(part)}
        for (geometry, kind), part in grouped(usual(rows), lambda row: (row["geometry"], row["kind"]))
    ]  # fmt: skip


def untested(rows: Sequence[Row], kinds: Iterable[str]) -> list[str]:
    """Kinds for which there is no presentation at all."""
    there = {row["kind"] for row in rows}
    return [kind for kind in (*kinds, *WITHOUT_SCENES, *WITHOUT_SCENES_LIVE) if kind not in there]


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> list[tuple[Any, list[Row]]]:
    """Rows by a key, in the order of the keys."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return sorted(groups.items(), key=lambda one: str(one[0]))
