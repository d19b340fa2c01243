"""Learned: what do two small networks make of the face, and does their answer hold when the box moves a little?

The networks are weak: measured on nine photographs, never on a clock-in camera.
So the cue gives a number to be calibrated with a site's own recordings and
asserts nothing by itself. Where the networks are not there it was *not run*,
which is another answer than *not assessable*.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.errors import CannotMeasure, SetupError
from toolkit.records import Face, Image
from toolkit.vision.minifasnet import SMALLEST_FACE_PX, LiveScore, live_score, open_networks

BEST_FRAMES = 5
LARGEST_SPREAD = 0.5  # half of the scale: such a face is live or not by where the detector drew the box


@cue("learned", unit="1", group="learned", high="live", says=())
def learned(sample: PresentationSample) -> Reading:
    """Mean live score of MiniFASNet over seven boxes in the five best frames of a presentation.

    Returns
    -------
    Reading
        ``value`` 0-1, high for live; ``spread`` is the median over the frames
        of greatest less least score when the box is moved or scaled by 15 %.
        The statement is always "nothing".

    Raises
    ------
    CannotMeasure
        ``learned_not_run``: the networks are missing or not those that were
        added. Otherwise not assessable: no face, a face of fewer than 60 px, no
        colour, or a spread over .5.

    Notes
    -----
    A high value does not prove a live person, a low one no print: on nine good
    photographs a re-shot face reached .64 and a live one fell to .84, the one
    paper print was too unsteady for a score, and a crop that ends close to the
    face moved that of a live one from .91 to .58.
    """
    try:
        open_networks()  # first of all: what is not run here is so on every presentation, whatever it shows
    except SetupError as missing:
        raise CannotMeasure("learned_not_run", reason=missing.what()) from missing
    seen = best_frames(sample)
    if not seen:
        raise CannotMeasure("cue_no_face")
    height = float(np.median([face.height_px for _, face in seen]))
    if height < SMALLEST_FACE_PX:
        raise CannotMeasure("learned_small_face", found=f"{height:.0f}", least=f"{SMALLEST_FACE_PX:g}")
    found = _scores(seen)
    spread = float(np.median([one.spread for one in found]))
    if spread > LARGEST_SPREAD:
        raise CannotMeasure("learned_unsteady", found=f"{spread:.2f}", most=f"{LARGEST_SPREAD:g}")
    return Reading(value=float(np.mean([one.mean for one in found])), spread=spread)


def best_frames(sample: PresentationSample) -> list[tuple[Image, Face]]:
    """The surest large face in each of five equal stretches, so that one good second is not all that is asked."""
    there = [(crop, face) for crop, face in zip(sample.crops, sample.faces, strict=True) if face is not None]
    edges = np.linspace(0, len(there), min(BEST_FRAMES, len(there)) + 1).astype(int).tolist()
    return [max(there[first:last], key=lambda one: one[1].score * one[1].height_px) for first, last in pairwise(edges)]


def _scores(seen: list[tuple[Image, Face]]) -> list[LiveScore]:
    """Scores of the frames that are large enough; the last refusal where none is."""
    found, refused = [], CannotMeasure("cue_no_face")
    for crop, face in seen:
        try:
            found.append(live_score(crop, face))
        except CannotMeasure as reason:
            refused = reason
    if not found:
        raise refused
    return found
