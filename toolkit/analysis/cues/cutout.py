"""Cut-out: does a face that is worn on a head have a rim of paper, or holes for the eyes?

A face cut out of a print by hand keeps a line of white around it in places. Along
rays from the middle of the face such a line is brighter than what lies on both
of its sides, and at nearly the same distance on neighbouring rays. Seen from
steep above the rim is hidden or foreshortened, and nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.faces.crops import middle_px, width_px
from toolkit.analysis.faces.second_look import faces_at_head
from toolkit.analysis.faces.visit_faces import FaceThere, faces_there, faces_there_after, lasts, picked, scale_of
from toolkit.analysis.faces.visit_sample import VisitReading, VisitSample, visit_cue
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

Floats = NDArray[np.float32]

MOST_LOOKS = 8
RAYS = 72
REACH = (0.42, 1.15)  # in face widths from the middle of the face: where a rim may lie
STEP_PX = 0.5
RIM_M = 0.012  # on either side of the line, where it must be darker
BRIGHTER = 20.0  # of 255, than the darkest within that reach on both sides
PALE = 12.0  # most chroma of paper, in Lab
AS_THE_FACE = 80  # percentile of the face's own lightness that paper reaches
NEIGHBOURS = 2
ALIKE = 0.05  # of a face width: how far the line may run in or out from ray to ray
LEAST_FACE_PX = 26.0
LEAST_UPRIGHT = 0.80  # way from eyes to mouth over the distance of the eyes: less is seen from steep above
OWN_HEAD_M = 0.30  # headroom of a face that is where a head is
SHARE = 0.20  # of the rays to either side, from which the rim is told
STEADY, OFTEN = 0.05, 0.6  # how far from its median distance (in face widths), and in which share of the pictures
BESIDE = 0.2  # cosine from which a ray runs to one side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rim:
    """A face's rim: which rays have one, at what distance in pixels, 0 for none; float32 (72,)."""

    distance_px: Floats

    @property
    def share(self) -> float:
        """Share of the rays that have one."""
        return float((self.distance_px > 0).mean())


def both_sides(rays: NDArray[np.bool_]) -> float:
    """Share of the rays to the left or to the right that have a rim, whichever is less.

    A lit cheek, a window's edge or a collar gives a line on one side.
    """
    aside = np.cos(np.arange(RAYS) * 2 * np.pi / RAYS)
    return float(min(rays[aside > BESIDE].mean(), rays[aside < -BESIDE].mean()))


def lasting(distance: Floats) -> NDArray[np.bool_]:
    """Rays whose line keeps its place on the face, bool (72,), from distances (n, 72) in face widths, 0 for none.

    A rim moves with the face; what lies behind a head does not.
    """
    there = distance > 0
    usual = np.nan_to_num(np.nanmedian(np.where(there.any(axis=0), np.where(there, distance, np.nan), 0.0), axis=0))
    near = there & (np.abs(distance - usual) <= STEADY)
    return np.asarray(near.mean(axis=0) >= OFTEN, np.bool_)


@visit_cue("cutout", unit="1", group="edge", says=())
def cutout(sample: VisitSample) -> VisitReading:
    """Share of rays to the left and right of a face on a head that cross a pale line, the lesser of the two.

    Of 72 rays; only those count whose line keeps its place on the face in three of five pictures.

    Returns
    -------
    VisitReading
        ``value`` 0-1; ``level`` picture_on_it from .20 ("a rim of paper around
        the face"). The statement is always "nothing": it ranks until a site's
        controls pass. ``evidence``: the rays with their distances.

    Raises
    ------
    CannotMeasure
        ``sheet_no_plate``, ``sheet_plate_differs``, ``sheet_no_scale``,
        ``sheet_few_pictures``; ``cutout_no_face``: no face on a head in three
        pictures over a second; ``cutout_small``: under 26 px wide;
        ``cutout_steep``: the face is seen from so steep that no rim can be
        measured.

    Notes
    -----
    A high value does not prove a cut-out: pale hair around a face, a hood, a
    scarf, a strap or a lit collar may run as a line. A low one proves nothing: a
    print cut close has no rim, and pale ground beside it hides one.
    """
    scale = scale_of(sample)
    found = _looked_for(sample, scale)
    if not lasts(found):
        raise CannotMeasure("cutout_no_face")
    best = [min(faces, key=lambda one: one.headroom_px) for _, faces in groupby(found, lambda one: one.number)]
    wide = float(np.median([width_px(one.face) for one in best]))
    if wide < LEAST_FACE_PX:
        raise CannotMeasure("cutout_small", found=f"{wide:.0f}", least=f"{LEAST_FACE_PX:g}")
    if float(np.median([upright(one.face) for one in best])) < LEAST_UPRIGHT:
        raise CannotMeasure("cutout_steep")
    rims = [rim_of(sample.pictures[one.number], one.face, scale) for one in best]
    rays = lasting(np.stack([rim.distance_px / width_px(one.face) for one, rim in zip(best, rims, strict=True)]))
    value = both_sides(rays)
    return VisitReading(
        value=value,
        level="picture_on_it" if value >= SHARE else "none",
        evidence={
            "px_per_m": round(scale, 1), "share": round(float(rays.mean()), 3), "both_sides": round(value, 3),
            "frames": [
                {"media_s": round(one.at_s, 3), "middle_px": [round(float(v), 1) for v in middle_px(one.face)],
                 "share": round(rim.share, 3), "rays_px": [round(float(v), 1) for v in rim.distance_px]}
                for one, rim in zip(best, rims, strict=True)
            ],
        },
    )  # fmt: skip


def _looked_for(sample: VisitSample, scale: float) -> list[FaceThere]:
    """Of one presentation its face, wherever it is; of a whole visit faces on heads, after a second look if need be."""
    numbers = picked(sample, MOST_LOOKS)
    found = faces_there(sample, numbers, scale)
    if sample.about:
        return found
    found = [one for one in found if _on_a_head(one, scale)]
    if lasts(found):
        return found
    again = faces_there_after(sample, numbers, scale, faces_at_head)
    return [one for one in again if _on_a_head(one, scale)]


def _on_a_head(one: FaceThere, scale: float) -> bool:
    return one.headroom_px < OWN_HEAD_M * scale


def upright(face: Face) -> float:
    """Way from the eyes' middle to the mouth's over the distance of the eyes: about 1.1 for a face seen level."""
    marks = np.asarray(face.landmarks_px, np.float64)
    down = marks[3:].mean(axis=0) - marks[:2].mean(axis=0)
    return float(np.linalg.norm(down) / max(float(np.linalg.norm(marks[1] - marks[0])), 1e-6))


def rim_of(picture: Image, face: Face, scale: float) -> Rim:
    """The rim of one face, by rays from its middle."""
    wide = width_px(face)
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    light = lab[..., 0]
    chroma = np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
    reach = max(3, round(RIM_M * scale / STEP_PX))
    first, last = REACH[0] * wide / STEP_PX, REACH[1] * wide / STEP_PX
    steps = np.arange(int(first) - reach, int(last) + reach + 1) * STEP_PX
    angle = np.arange(RAYS) * 2 * np.pi / RAYS
    x, y = middle_px(face)
    across = (x + np.cos(angle)[:, None] * steps).astype(np.float32)
    down = (y + np.sin(angle)[:, None] * steps).astype(np.float32)
    border = cv2.BORDER_REPLICATE
    bright = np.asarray(cv2.remap(light, across, down, cv2.INTER_LINEAR, borderMode=border), np.float32)
    pale = cv2.remap(chroma.astype(np.float32), across, down, cv2.INTER_LINEAR, borderMode=border) < PALE
    pale &= bright > _lit(light, face)
    within, beyond = (_darkest(bright, reach, side) for side in (-1, 1))
    stands_out = bright[:, reach : len(steps) - reach] - np.maximum(within, beyond)
    stands_out = np.where(pale[:, reach : len(steps) - reach], stands_out, 0.0)
    peak = stands_out.argmax(axis=1)
    distance = np.where(stands_out.max(axis=1) >= BRIGHTER, steps[reach + peak], 0.0)
    return Rim(distance_px=_continued(distance.astype(np.float32), ALIKE * wide))


def _darkest(bright: Floats, reach: int, side: int) -> Floats:
    """Least lightness within so many steps inwards (-1) or outwards (1) of each place that has them all."""
    count = bright.shape[1] - 2 * reach
    steps = range(1, reach + 1)
    return np.asarray(
        np.min([bright[:, reach + side * k : reach + side * k + count] for k in steps], axis=0), np.float32
    )


def _lit(light: Floats, face: Face) -> float:
    """How light the lit part of a face is."""
    left, top, right, bottom = (max(0, round(v)) for v in face.box_px)
    inside = light[top:bottom, left:right]
    return float(np.percentile(inside, AS_THE_FACE)) if inside.size else 255.0


def _continued(distance: Floats, alike_px: float) -> Floats:
    """Without rays that have no neighbour, one or two on, whose line lies at about their distance."""
    kept = np.zeros(len(distance), bool)
    for step in (1, NEIGHBOURS):
        for way in (step, -step):
            other = np.roll(distance, way)
            kept |= (distance > 0) & (other > 0) & (np.abs(distance - other) <= alike_px * step)
    return np.where(kept, distance, np.float32(0)).astype(np.float32)
