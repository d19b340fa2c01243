"""From drawn shots to truth: which body fills the zone from when to when, and one line for each frame.

The ends of a visit are measured on the bodies that were drawn and not on the
plan, because a body grows into the zone and shrinks out of it.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image, Mask
from toolkit.simulation.plan import ClipPlan
from toolkit.simulation.truth import TOLERANCE_S, BodyLine, FaceLine, FrameLine, VisitTruth

IN_ZONE = 0.01  # least share of the zone that counts as being in it at all
EMPTY = 0.0005  # largest share of a single body in a zone that is called empty
LEAST_EMPTY_S, EDGE_S = 1.0, 0.25
ROLES: dict[str, Any] = {"spot": "presenter", "beside": "beside", "behind": "behind", "passes": "passer-by"}
Zone = Sequence[Sequence[int]]


class FaceDrawn(Protocol):
    """A face in a frame, as the renderer tells it."""

    @property
    def bearer(self) -> str: ...
    @property
    def shows(self) -> str: ...
    @property
    def employee_id(self) -> str | None: ...
    @property
    def medium(self) -> str: ...
    @property
    def geometry(self) -> str: ...
    @property
    def box_px(self) -> Sequence[float]: ...
    @property
    def landmarks_px(self) -> NDArray[np.floating[Any]] | None: ...
    @property
    def turn_deg(self) -> float: ...
    @property
    def px_per_m(self) -> float: ...
    @property
    def visible(self) -> float: ...


class ShotDrawn(Protocol):
    """A frame with its truth; ``bodies`` is the number of the act to the body's pixels."""

    @property
    def t_s(self) -> float: ...
    @property
    def image(self) -> Image: ...
    @property
    def faces(self) -> Sequence[FaceDrawn]: ...
    @property
    def bodies(self) -> Mapping[int, Mask]: ...


@dataclass(slots=True)
class Watched:
    """What is kept of a clip's frames while they are written: no pixels."""

    frames: list[tuple[float, tuple[FaceLine, ...], tuple[BodyLine, ...]]] = field(default_factory=list)


def watch(plan: ClipPlan, zone: Zone, shots: Iterator[ShotDrawn], kept: Watched) -> Iterator[tuple[float, Image]]:
    """Hand the pictures on to the writer, each at its planned time, and keep their truth.

    Raises
    ------
    ValueError
        The renderer gave more or fewer shots than the plan has frames.
    """
    inside: Mask | None = None
    for media_s, shot in zip(plan.times_s, shots, strict=True):
        if inside is None:
            inside = zone_mask(zone, shot.image.shape[1], shot.image.shape[0])
        bodies = tuple(
            line
            for act, mask in sorted(shot.bodies.items())
            if (line := _body(act, plan.clip.acts[act].person, mask, inside)) is not None
        )
        kept.frames.append((media_s, tuple(_face(one) for one in shot.faces), bodies))
        yield media_s, shot.image


def zone_mask(zone: Zone, width_px: int, height_px: int) -> Mask:
    """Pixels of the zone, bool (h, w)."""
    mask = np.zeros((height_px, width_px), np.uint8)
    cv2.fillPoly(mask, [np.array(zone, np.int32)], 1)
    return mask.astype(bool)


def visits_of(plan: ClipPlan, kept: Watched, before: int) -> tuple[VisitTruth, ...]:
    """The visits of a clip, by their beginning; ``before`` were numbered already.

    An act without a pixel in the zone keeps its planned times where its person
    stands, and is no visit where the person only passes.
    """
    found = []
    for number, act in enumerate(plan.clip.acts):
        ends = _ends(number, kept)
        if ends is None and act.leaves_s is None:
            continue
        planned = (act.arrives_s, act.arrives_s if act.leaves_s is None else act.leaves_s)
        start, stop = ends or planned
        found.append((start, stop, number, planned, "plan" if ends is None else "picture"))
    found.sort(key=operator.itemgetter(0, 2))
    return tuple(
        VisitTruth(
            visit_id=f"V-{before + k + 1:03d}",
            clip=plan.clip.clip,
            act=number,
            person=plan.clip.acts[number].person,
            role=ROLES[plan.clip.acts[number].place],
            from_s=round(start, 3),
            to_s=round(stop, 3),
            tolerance_s=TOLERANCE_S,
            basis="picture" if basis == "picture" else "plan",
            stands_s=planned,
        )
        for k, (start, stop, number, planned, basis) in enumerate(found)
    )


def _ends(act: int, kept: Watched) -> tuple[float, float] | None:
    """First and last moment at which the body fills half of its usual share of the zone."""
    series = [(at, sum(one.zone_share for one in bodies if one.act == act)) for at, _, bodies in kept.frames]
    there = [share for _, share in series if share > IN_ZONE]
    if not there:
        return None
    level = 0.5 * float(np.median(there))
    inside = [at for at, share in series if share >= level]
    return inside[0], inside[-1]


def empty_spans(plan: ClipPlan, kept: Watched) -> tuple[tuple[float, float], ...]:
    """Stretches of at least a second in which no body is in the zone and no frame is lost."""
    spans: list[tuple[float, float]] = []
    start: float | None = None
    last = 0.0
    for at, _, bodies in kept.frames:
        broken = any(last < b and a < at for a, b in plan.clip.lost_spans)
        if any(one.zone_share > EMPTY for one in bodies) or broken:
            if start is not None:
                spans.append((start, last))
            start = None
        if start is None and not any(one.zone_share > EMPTY for one in bodies):
            start = at
        last = at
    if start is not None:
        spans.append((start, last))
    # Soft edges and shadows reach beyond a body's pixels.
    shrunk = [(0.0 if a == 0 else round(a + EDGE_S, 3), round(b - EDGE_S, 3)) for a, b in spans]
    return tuple((a, b) for a, b in shrunk if b - a >= LEAST_EMPTY_S)


def frame_lines(plan: ClipPlan, kept: Watched, visits: Sequence[VisitTruth]) -> Iterator[FrameLine]:
    """One line a frame, with the names of visits and presentations filled in."""
    by_act = {one.act: one for one in visits}
    for at, faces, bodies in kept.frames:
        yield FrameLine(
            media_s=at,
            at=plan.at(at).isoformat(timespec="milliseconds"),
            faces=tuple(_named(plan, one, at, visits) for one in faces),
            bodies=tuple(
                BodyLine(
                    act=one.act,
                    person=one.person,
                    visit_id=by_act[one.act].visit_id if one.act in by_act else None,
                    box_px=one.box_px,
                    zone_share=one.zone_share,
                )
                for one in bodies
            ),
        )


def _named(plan: ClipPlan, face: FaceLine, at: float, visits: Sequence[VisitTruth]) -> FaceLine:
    """The face with its visit (the bearer's nearest in time) and the presentation in progress."""
    own = [one for one in visits if one.person == face.bearer]
    visit = min(own, key=lambda one: max(one.from_s - at, at - one.to_s, 0.0), default=None)
    shown = next(
        (
            one.presentation_id
            for one in plan.shown
            if one.person == face.bearer and one.geometry == face.geometry and one.from_s <= at < one.to_s
        ),
        None,
    )
    return FaceLine(
        bearer=face.bearer,
        visit_id=None if visit is None else visit.visit_id,
        presentation_id=shown,
        shows=face.shows,
        employee_id=face.employee_id,
        medium=face.medium,
        geometry=face.geometry,
        box_px=face.box_px,
        landmarks_px=face.landmarks_px,
        turn_deg=face.turn_deg,
        px_per_m=face.px_per_m,
        visible=face.visible,
    )


def _face(one: FaceDrawn) -> FaceLine:
    x0, y0, x1, y1 = (round(float(v), 2) for v in one.box_px)
    marks = None
    if one.landmarks_px is not None:
        marks = tuple((round(float(x), 2), round(float(y), 2)) for x, y in one.landmarks_px)
    return FaceLine(
        bearer=one.bearer,
        visit_id=None,
        presentation_id=None,
        shows=one.shows,
        employee_id=one.employee_id,
        medium=one.medium,
        geometry=one.geometry,
        box_px=(x0, y0, x1, y1),
        landmarks_px=marks,
        turn_deg=round(float(one.turn_deg), 2),
        px_per_m=round(float(one.px_per_m), 2),
        visible=round(float(one.visible), 3),
    )


def _body(act: int, person: str, mask: Mask, inside: Mask) -> BodyLine | None:
    """None for a body of which nothing is in the picture."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return BodyLine(
        act=act,
        person=person,
        visit_id=None,
        box_px=(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1),
        zone_share=round(float((mask & inside).sum() / max(1, inside.sum())), 5),
    )
