"""Headroom: how far below the top of its bearer does a face begin?

The face of a head begins a hand's breadth below the top of whoever bears it. A
face on a sheet in hands begins far lower. So does one on a shirt, a badge or a
phone: "a face off its own head" says no more than that, and asserts nothing.
Before a camera from above a sheet loses its height and its face is not found as
it was filmed; where no face lies below the head, it is sought once more in
pictures drawn out in height (of whole visits; a presentation is one face that
was found). What is usual depends on the camera: the threshold is taken from visits of single
persons before the same camera where there are enough of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from toolkit.analysis.faces.crops import median_width_px
from toolkit.analysis.faces.second_look import faces_drawn_out
from toolkit.analysis.faces.visit_faces import (
    FaceThere,
    faces_there,
    faces_there_after,
    lasts,
    picked,
    scale_of,
    steady,
)
from toolkit.analysis.faces.visit_sample import VisitReading, VisitSample, visit_cue
from toolkit.errors import CannotMeasure

MOST_LOOKS = 8
THRESHOLD_M = 0.21  # where no single visits of the camera are known; chosen on development scenes
LEAST_SINGLES = 20
ABOVE_SINGLES_M = 0.03
STEADY_M = 0.25


@visit_cue("headroom", unit="m", group="edge", says=())
def headroom(sample: VisitSample) -> VisitReading:
    """The largest steady headroom of a face in a visit, in metres at the scale of the head.

    Returns
    -------
    VisitReading
        ``value`` in metres; ``level`` face_off_its_head from .21 m (for one
        camera: :func:`threshold_m`). ``evidence``: headroom in metres and in
        face widths, the threshold, and the faces it was told from.

    Raises
    ------
    CannotMeasure
        ``sheet_no_plate``, ``sheet_plate_differs``, ``sheet_no_scale``,
        ``sheet_few_pictures``; ``headroom_no_face``: no face in three pictures
        over a second.

    Notes
    -----
    A high value does not prove a print: a face on cloth or a badge, a taller
    person close behind, a raised arm or a hat give one too, and what is drawn
    out in height may look like a face where there is none. A low value does not
    prove a live face: a worn or raised print is where a head is.
    """
    return read_headroom(sample, THRESHOLD_M)


def read_headroom(sample: VisitSample, threshold: float) -> VisitReading:
    """As :func:`headroom`, with a camera's own threshold in metres."""
    scale = scale_of(sample)
    numbers = picked(sample, MOST_LOOKS)
    lowest = _lowest(faces_there(sample, numbers, scale))
    kept = _deep(lowest, threshold * scale, STEADY_M * scale)
    if not sample.about and not _is_off(kept, lowest):
        lowest = _lowest(lowest + faces_there_after(sample, numbers, scale, faces_drawn_out))
        kept = _deep(lowest, threshold * scale, STEADY_M * scale)
    if not lasts(lowest):
        raise CannotMeasure("headroom_no_face")
    off = _is_off(kept, lowest)
    shown = kept if off else steady(lowest, STEADY_M * scale) or lowest
    value = float(np.median([one.headroom_px for one in shown])) / scale
    return VisitReading(
        value=value,
        level="face_off_its_head" if off else "none",
        evidence={
            "px_per_m": round(scale, 1), "headroom_m": round(value, 3), "threshold_m": round(threshold, 3),
            "headroom_face_widths": round(value * scale / max(median_width_px([one.face for one in shown]), 1.0), 2),
            "frames": [
                {"media_s": round(one.at_s, 3), "headroom_m": round(one.headroom_px / scale, 3),
                 "box_px": [round(float(v), 1) for v in one.face.box_px], "score": round(one.face.score, 3)}
                for one in shown
            ],
        },
    )  # fmt: skip


def _lowest(found: list[FaceThere]) -> list[FaceThere]:
    """The lowest face of each picture, in the order of time."""
    ordered = sorted(found, key=lambda one: one.number)
    return [max(faces, key=lambda one: one.headroom_px) for _, faces in groupby(ordered, lambda one: one.number)]


def _is_off(kept: list[FaceThere], lowest: list[FaceThere]) -> bool:
    """Whether so far below the top there is a face in three pictures over a second, and in most that have a face."""
    return lasts(kept) and len(kept) >= len(lowest) / 2


def _deep(lowest: list[FaceThere], threshold_px: float, reach_px: float) -> list[FaceThere]:
    return steady([one for one in lowest if one.headroom_px > threshold_px], reach_px)


def threshold_m(singles: Sequence[float]) -> float:
    """A camera's own threshold, in metres, from the headroom of visits in which one person shows the own face.

    The largest of them and 3 cm; at least 20 are needed, which bounds the rate of
    false alarms at 14 % (exact, 95 %) and no better: more singles, better bound.

    Raises
    ------
    CannotMeasure
        ``headroom_few_singles``.
    """
    if len(singles) < LEAST_SINGLES:
        raise CannotMeasure("headroom_few_singles", found=len(singles), least=LEAST_SINGLES)
    return float(max(singles)) + ABOVE_SINGLES_M
