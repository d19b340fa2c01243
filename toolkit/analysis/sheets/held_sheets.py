"""Sheets in one picture of a visit: candidates, how each is held, and what is on it.

Candidates come from three ways of looking (four straight edges, two long ones
closed at their ends, and regions of one brightness), because bright rims are
lost on bright clothes and short sides are lost from steep cameras. One that the
empty place shows as well is part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.bodies.foreground import front_of
from toolkit.analysis.sheets.grips import Sides, hands_in, sides_of
from toolkit.analysis.sheets.outlines import outlined
from toolkit.analysis.sheets.quads import Quad, apart, overlap, quads_in
from toolkit.analysis.sheets.rectified import NO_FACE, FaceOnSheet, content_of, face_on
from toolkit.analysis.sheets.steps import Gradient, gradient_of, sides_seen
from toolkit.records import Image, Mask

Floats = NDArray[np.float64]

AREA_M2 = (0.004, 0.13)  # from a badge to a sheet of A3 near to the camera
LEAST_AREA_M2 = 0.010  # as seen: below, three of four sheets were missed
LEAST_FIT = 0.62  # mean share of the sides that is seen
LEAST_SIDE = 0.30  # and of the poorest side
MOST = 16  # candidates looked at in a picture
MOST_SOUGHT = 14  # and of those whose short sides were sought
MOST_ASKED = 4  # of these are shown to the detector: the best seen at which there is a hand
NEARLY_SAME = 0.80  # overlap from which two of these are one: a sheet with a rim and the picture on it are two
OF_THE_PLACE = 0.55  # share of the outline that the empty place shows too
FACE_SCORE = 0.70
FAR_POORER, TOUCHING = 0.18, 0.25  # of two that overlap so, the one with so much less of its outline seen is none
MOSTLY = 0.5  # of their union, that two candidates for one sheet share
GAP_M = 0.012  # gaps of this width in a region are closed
EDGE_PX = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """One four-sided thing in one picture.

    ``fit`` mean share of its outline that is seen; ``area_m2`` as seen, at the
    scale of the head; ``cut_off`` whether it reaches the border of the picture;
    ``sought`` whether its short sides were put where most of them is seen;
    ``asked`` whether it was shown to the detector of faces.
    """

    corners_px: Floats
    fit: float
    area_m2: float
    sides: Sides
    content: float
    face: FaceOnSheet = NO_FACE
    cut_off: bool = False
    sought: bool = False
    asked: bool = False

    @property
    def held(self) -> bool:
        """A hand at its left or right side."""
        return self.sides.gripped

    @property
    def shows_face(self) -> bool:
        """A face of enough score on the rectified sheet."""
        return self.face.score >= FACE_SCORE

    @property
    def score(self) -> float:
        """For ranking only, 0-1: outline, hands and face together; a sought outline without a face says nothing."""
        if self.sought and self.face.score == 0:
            return 0.0
        return self.fit * (0.2 + 0.3 * self.held + 0.5 * self.face.score)

    def told(self) -> dict[str, Any]:
        """Plain values for the evidence map."""
        return {
            "corners_px": [[round(float(x), 1), round(float(y), 1)] for x, y in self.corners_px],
            "outline_seen": round(self.fit, 3), "area_m2": round(self.area_m2, 4), "content": round(self.content, 3),
            "face": self.face.told() if self.face.score > 0 else None, "cut_off": self.cut_off,
            "sought": self.sought, **self.sides.told(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """What one picture shows: where the bearer is, whether colours are told, and the candidates."""

    front: Mask
    has_colour: bool
    candidates: tuple[Candidate, ...]


def look_at(picture: Image, plate: Image | None, px_per_m: float, about: tuple[float, float] | None = None) -> Look:
    """Candidates of one picture, the best seen first; only those that this point lies on, where one is asked about.

    Raises
    ------
    CannotMeasure
        The empty place is not known, or is of another size.
    """
    front = front_of(picture, plate)
    assert plate is not None
    gradient, hands = gradient_of(picture, front), hands_in(picture, plate, front)
    quads = _candidates(picture, plate, Place(front, hands.skin, gradient), px_per_m)
    if about is not None:
        quads = [one for one in quads if one.holds(about)]
    sides = sides_of([one.corners_px for one in quads], gradient, hands, px_per_m)
    found: list[Candidate] = []
    left = MOST_ASKED
    for quad, side in zip(quads, sides, strict=True):
        ask = not any(spared(quad, one) for one in found) and (left > 0 or not quad.sought)
        found.append(_looked_at(picture, quad, side, px_per_m, ask=ask))
        left -= quad.sought and found[-1].asked
    return Look(front=front, has_colour=hands.has_colour, candidates=tuple(found))


def spared(quad: Quad, other: Candidate) -> bool:
    """Whether no detector need look, as another one with a face lies there.

    One of whose outline much more is seen is chosen, whatever this one shows;
    and one whose short sides were sought adds nothing to one that is better seen.
    """
    if not other.shows_face:
        return False
    shared = overlap(quad.corners_px, other.corners_px)
    return (shared > TOUCHING and other.fit > quad.fit + FAR_POORER) or (quad.sought and shared > MOSTLY)


def _looked_at(picture: Image, quad: Quad, sides: Sides, px_per_m: float, *, ask: bool) -> Candidate:
    limit = np.array(picture.shape[1::-1]) - 1 - EDGE_PX
    cut_off = bool((quad.corners_px < EDGE_PX).any() or (quad.corners_px > limit).any())
    area_m2 = quad.area_px / px_per_m**2
    # Only what a hand touches and is large enough is shown to the detector: the rule asks for all, detectors cost most.
    ask = ask and sides.gripped and not cut_off and area_m2 >= LEAST_AREA_M2
    face = face_on(picture, quad.corners_px, FACE_SCORE) if ask else NO_FACE
    return Candidate(
        corners_px=quad.corners_px, fit=quad.fit, area_m2=area_m2, sides=sides,
        content=0.0 if quad.sought and not face.score else content_of(picture, quad.corners_px), face=face,
        cut_off=cut_off, sought=quad.sought, asked=ask,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where to look in a picture: the bearer's hull, the colour of skin, and the steps between pixels."""

    front: Mask
    skin: Mask
    gradient: Gradient


def _candidates(picture: Image, plate: Image, place: Place, px_per_m: float) -> list[Quad]:
    front, gradient = place.front, place.gradient
    area = (AREA_M2[0] * px_per_m**2, AREA_M2[1] * px_per_m**2)
    before = gradient_of(plate, front)
    found = outlined(picture, front, gradient, before, px_per_m, area)
    regions = quads_in(picture, front, area, bare=place.skin, gap_px=GAP_M * px_per_m)
    if regions:
        seen = sides_seen(gradient, np.stack([one.corners_px for one in regions])).mean(axis=2)
        found += [
            Quad(corners_px=one.corners_px, fit=float(share.mean()))
            for one, share in zip(regions, seen, strict=True)
            if share.mean() >= LEAST_FIT and share.min() >= LEAST_SIDE
        ]
    found.sort(key=lambda one: -one.fit)
    kept = _new(apart([one for one in found if not one.sought], 2 * MOST), before)[:MOST]
    sought = [one for one in found if one.sought and not any(_is(one, other) for other in kept)]
    kept += _new(apart(sought, 2 * MOST_SOUGHT, NEARLY_SAME), before)[:MOST_SOUGHT]
    return sorted(kept, key=lambda one: -one.fit)


def _is(one: Quad, other: Quad) -> bool:
    return other.fit >= one.fit and overlap(one.corners_px, other.corners_px) >= NEARLY_SAME


def _new(quads: list[Quad], before: Gradient) -> list[Quad]:
    """Without those that are part of the empty place."""
    if not quads:
        return []
    there = sides_seen(before, np.stack([one.corners_px for one in quads])).mean(axis=(1, 2))
    return [one for one, share in zip(quads, there, strict=True) if share < OF_THE_PLACE]
