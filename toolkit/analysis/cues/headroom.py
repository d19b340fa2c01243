"""Headroom: how far below the top of its bearer does a face begin?

The face of a head begins a hand's breadth below the top of whoever bears it. A
face on a sheet in hands begins far lower. So does one on a shirt, a badge or a
phone: "a face off its own head" says no more than that, and asserts nothing.
What is usual depends on the camera: the threshold is taken from visits of single
persons before the same camera where there are enough of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from toolkit.analysis.faces.crops import median_width_px
from toolkit.analysis.faces.visit_faces import FaceThere, faces_there, lasts, picked, scale_of, steady
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
    person close behind, a raised arm or a hat give one too. A low value does not
    prove a live face: a worn or raised print is where a head is.
    """
    return read_headroom(sample, THRESHOLD_M)


def read_headroom(sample: VisitSample, threshold: float) -> VisitReading:
    """As :func:`headroom`, with a camera's own threshold in metres."""
    scale = scale_of(sample)
    found = faces_there(sample, picked(sample, MOST_LOOKS), scale)
    if not lasts(found):
        raise CannotMeasure("headroom_no_face")
    lowest = [max(faces, key=lambda one: one.headroom_px) for _, faces in groupby(found, lambda one: one.number)]
    kept = _deep(lowest, threshold * scale, STEADY_M * scale)
    off = lasts(kept) and len(kept) >= len(lowest) / 2
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
