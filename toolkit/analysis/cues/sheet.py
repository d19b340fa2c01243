"""Sheet: was a sheet in hands before the terminal, and was there a face on it?

The plain rule asserts: four straight sides with a hand at the left or right one,
and on the sheet brought upright a face of detector score .70 or more, in three
pictures over a second, at about one place. Weaker statements are kept apart
from it: a flat object, a sheet in hands, a picture on it. The first two are
neutral (a notice, a notebook and a phone are held too) and raise nothing.

A face on a sheet may be a print, a phone, a badge or a photograph that somebody
shows for a good reason; the rule cannot tell which. An outline is shown as a
candidate, never as the sheet's true border.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.bodies.foreground import front_of
from toolkit.analysis.faces.visit_faces import LEAST_LASTS_S, LEAST_PICTURES, picked, scale_of
from toolkit.analysis.faces.visit_sample import Level, VisitReading, VisitSample, visit_cue
from toolkit.analysis.sheets.held_sheets import FAR_POORER, LEAST_AREA_M2, TOUCHING, Candidate, Look, look_at
from toolkit.analysis.sheets.quads import overlap
from toolkit.errors import CannotMeasure

Floats = NDArray[np.float64]

MOST_LOOKS = 10  # pictures of a visit that are looked at, spread over it
PLACE_M = 0.30  # how far a sheet's middle may lie from where it mostly is
CONTENT = 0.16  # unevenness of light and dark from which there is a picture; writing has .05
CLEAR = 0.80  # share of the outline that is seen, for the neutral statements
FACE_FIT = 0.70  # and for the plain rule, which asks for more besides
NESTED = 0.06  # how much less of the outline the larger of two nested candidates may show
ORDER: tuple[Level, ...] = ("face_on_it", "picture_on_it", "sheet_in_hands", "flat_object")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """What one picture of the visit gave."""

    at_s: float
    look: Look


@visit_cue("sheet", unit="1", group="edge")
def sheet(sample: VisitSample) -> VisitReading:
    """How surely a sheet with a face on it was in hands during a visit.

    Returns
    -------
    VisitReading
        ``value`` 0-1 ranks visits (third best picture; outline, hand and face
        together) and asserts nothing. ``statement`` "artefact" by the plain rule
        only. ``level`` one of none, flat_object, sheet_in_hands, picture_on_it,
        face_on_it. ``evidence``: scale, one entry a picture with the chosen
        candidate's corners, sides seen, hidden and missing, grip runs, area,
        the face's box on the upright sheet.

    Raises
    ------
    CannotMeasure
        ``sheet_no_plate``, ``sheet_plate_differs``, ``sheet_few_pictures``,
        ``sheet_no_scale``, ``sheet_nobody``, ``sheet_no_colour``: hands cannot
        be told. ``sheet_small``, ``sheet_cut_off``: all that is held is seen
        under .010 m2, or reaches the border of the picture.

    Notes
    -----
    A high value does not prove a print: phones, badges and photographs shown
    for a good reason have faces on them. "None" does not prove empty hands:
    sheets seen edge-on, from behind, without a visible border, or held by
    gloved hands are missed. Outlines of which two sides were sought
    (:mod:`toolkit.analysis.sheets.closed_pairs`) serve the plain rule only.
    """
    scale = scale_of(sample)
    moments = looked(sample, scale)
    if not any(one.look.front.any() for one in moments):
        raise CannotMeasure("sheet_nobody")
    levels = {level: _chosen(moments, rule, scale) for level, rule in RULES.items()}
    in_hands = levels["sheet_in_hands"]
    levels["picture_on_it"] = [(at, one) for at, one in in_hands if one.content >= CONTENT]
    level: Level = next((one for one in ORDER if _holds(levels[one])), "none")
    if level in ("none", "flat_object"):
        _refuse(moments, scale)
    shown = levels[level] if level != "none" else []
    return VisitReading(
        value=_score(moments),
        statement="artefact" if level == "face_on_it" else "nothing",
        level=level,
        evidence={
            "px_per_m": round(scale, 1), "pictures": len(moments),
            "frames": [{"media_s": round(at, 3), **one.told()} for at, one in shown],
        },
    )  # fmt: skip


def looked(sample: VisitSample, scale: float) -> list[Moment]:
    """Up to ten pictures of the visit, looked at.

    Raises
    ------
    CannotMeasure
        Fewer than three pictures, or less than a second from first to last.
    """
    return [
        Moment(at_s=float(sample.times_s[k]), look=_looked_at(sample, k, scale)) for k in picked(sample, MOST_LOOKS)
    ]


def _looked_at(sample: VisitSample, number: int, scale: float) -> Look:
    """One picture; where a face is asked about, only what it lies on.

    A notebook under a live face says nothing of that face, and where the face
    was not seen nothing is on it.
    """
    picture = sample.pictures[number]
    if not sample.about:
        return look_at(picture, sample.plate, scale)
    place = sample.about[number]
    if place is None:
        return Look(front=front_of(picture, sample.plate), has_colour=False, candidates=())
    return look_at(picture, sample.plate, scale, place)


Rule = Callable[[Candidate], bool]


def _large(one: Candidate) -> bool:
    return one.area_m2 >= LEAST_AREA_M2 and not one.cut_off


def _is_clear(one: Candidate) -> bool:
    """Four sides that were found: sought ones count with a face only, for arms and legs have two long sides too."""
    return one.fit >= CLEAR and not one.sought


RULES: dict[Level, Rule] = {
    "face_on_it": lambda one: _large(one) and one.held and one.shows_face and one.fit >= FACE_FIT,
    "sheet_in_hands": lambda one: _large(one) and one.held and _is_clear(one),
    "flat_object": lambda one: _large(one) and _is_clear(one),
}


def _chosen(moments: Sequence[Moment], rule: Rule, scale: float) -> list[tuple[float, Candidate]]:
    """One candidate a picture that follows the rule, at about one place over the visit."""
    found = [(one.at_s, kept) for one in moments if (kept := clear(one.look.candidates, rule))]
    if not found:
        return []
    first = [(at, outermost(kept)) for at, kept in found]
    middle = np.median([one.corners_px.mean(axis=0) for _, one in first], axis=0)
    chosen = []
    for at, kept in found:
        near = [one for one in kept if np.linalg.norm(one.corners_px.mean(axis=0) - middle) <= PLACE_M * scale]
        if near:
            chosen.append((at, outermost(near)))
    return chosen


def clear(candidates: Sequence[Candidate], rule: Rule) -> list[Candidate]:
    """Those that follow the rule, without what overlaps one of whose outline much more is seen.

    A sought outline stands against other sought ones only. One sheet has one
    outline; a loose frame around a printed shirt reaches to the neck, whose skin
    is no hand.
    """
    return [
        one
        for one in candidates
        if rule(one)
        and not any(
            other.fit > one.fit + FAR_POORER
            and (one.sought or not other.sought)
            and overlap(one.corners_px, other.corners_px) > TOUCHING
            for other in candidates
        )
    ]


def outermost(candidates: Sequence[Candidate]) -> Candidate:
    """The best seen candidate, or the largest around it of which nearly as much is seen.

    A sheet with a rim holds a picture with four sides of its own.
    """
    best = max(candidates, key=lambda one: one.fit)
    around = [
        one
        for one in candidates
        if one.fit >= best.fit - NESTED
        and one.area_m2 >= best.area_m2
        and overlap(one.corners_px, best.corners_px) > TOUCHING
    ]
    return max(around, key=lambda one: one.fit + 0.15 * min(one.area_m2 / best.area_m2, 2.0))


def _holds(chosen: Sequence[tuple[float, Candidate]]) -> bool:
    return len(chosen) >= LEAST_PICTURES and chosen[-1][0] - chosen[0][0] >= LEAST_LASTS_S - 1e-6


def _score(moments: Sequence[Moment]) -> float:
    """The third best picture's best candidate: one slip of the detector does not rank a visit."""
    best = sorted(
        (max((one.score for one in moment.look.candidates if _large(one)), default=0.0) for moment in moments),
        reverse=True,
    )
    return float(best[LEAST_PICTURES - 1])


def _refuse(moments: Sequence[Moment], scale: float) -> None:
    """Raise where nothing is said because nothing could be."""
    if not any(one.look.has_colour for one in moments):
        raise CannotMeasure("sheet_no_colour")
    held: Rule = lambda one: one.held and _is_clear(one)  # noqa: E731
    small = _chosen(moments, lambda one: held(one) and one.area_m2 < LEAST_AREA_M2, scale)
    cut_off = _chosen(moments, lambda one: held(one) and one.cut_off, scale)
    if _holds(cut_off):
        raise CannotMeasure("sheet_cut_off")
    if _holds(small):
        area = float(np.median([one.area_m2 for _, one in small]))
        raise CannotMeasure("sheet_small", found=f"{area:.4f}", least=f"{LEAST_AREA_M2:.3f}")


def told(reading: VisitReading) -> dict[str, Any]:
    """The reading as plain values for JSON."""
    return {
        "value": round(reading.value, 4), "statement": reading.statement, "level": reading.level,
        "evidence": dict(reading.evidence),
    }  # fmt: skip
