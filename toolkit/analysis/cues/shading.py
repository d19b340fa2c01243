"""Shading: does light move over the face as it turns?

On a head, cheeks, brow and chin face different ways, so they brighten and
darken against each other as it turns. A flat sheet has one way to face: it
brightens or darkens as a whole and its printed shadows stay where they are. In
flat light, or where nothing turns, there is nothing to be seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.evidence import EvidenceMap, blocks, evidence_map
from toolkit.analysis.faces.crops import median_width_px, nose_offset
from toolkit.analysis.faces.face_patches import SKIN, Seen, clearest, in_view, patch_box, patch_light, stops
from toolkit.errors import CannotMeasure

Floats = NDArray[np.float64]

LEAST_FRAMES = 8
LEAST_FACE_PX = 30.0
MAP_STOPS = (0.0, 0.5)
LEAST_CONTRAST = 0.10  # stops between the brightest and the darkest part: flatter light shows nothing
LEAST_TURN = 0.05  # change of the eyes' distance over the face's height, or of the nose between the eyes


@cue("shading", unit="stops", group="photometric", high="live", says=())
def shading(sample: PresentationSample) -> Reading:
    """How far parts of the face brighten and darken against each other through a presentation.

    Returns
    -------
    Reading
        ``value`` in stops: six small parts of the face, each less their mean in
        the same frame; spread over time (5th to 95th percentile), median of the
        parts. High for live. Never a statement: a number to be calibrated.

    Raises
    ------
    CannotMeasure
        Fewer than 8 frames, a face of fewer than 30 px, flat light, or a face
        that does not turn.

    Notes
    -----
    A high value does not prove a head: a sheet that bends, a shadow or a hand
    that passes over it, gloss, and points that slip onto the hair do the same.
    A low value does not prove a sheet: in soft light a head hardly changes.
    """
    seen = in_view(sample)
    if len(seen) < LEAST_FRAMES:
        raise CannotMeasure("cue_few_frames", found=len(seen), least=LEAST_FRAMES)
    width = median_width_px([face for _, face in seen])
    if width < LEAST_FACE_PX:
        raise CannotMeasure("cue_small_face", found=f"{width:.0f}", least=f"{LEAST_FACE_PX:g}")
    parts = _parts(seen)
    if float(np.ptp(np.median(parts, axis=0))) < LEAST_CONTRAST:
        raise CannotMeasure("cue_flat_light", least=f"{LEAST_CONTRAST:g}")
    if turn_seen(seen) < LEAST_TURN:
        raise CannotMeasure("cue_no_turn")
    return Reading(value=float(np.median(_change(parts))))


def _change(parts: Floats) -> Floats:
    """Spread over time of each part, in stops."""
    low, high = np.percentile(parts, [5, 95], axis=0)
    return np.asarray(high - low)


def _parts(seen: list[Seen]) -> Floats:
    """Brightness of each part less the mean of all parts of its frame, in stops: (frames, parts)."""
    light = np.array([stops(patch_light(crop, face, SKIN)) for crop, face in seen])
    light = light[np.isfinite(light).all(axis=1)]
    if len(light) < LEAST_FRAMES:
        raise CannotMeasure("cue_few_frames", found=len(light), least=LEAST_FRAMES)
    return np.asarray(light - light.mean(axis=1, keepdims=True))


def turn_seen(seen: list[Seen]) -> float:
    """How much the face turned: the larger range (5th to 95th percentile) of what a turn changes on sheet or head."""
    narrow, nose = [], []
    for _, face in seen:
        marks = np.asarray(face.landmarks_px, np.float64)
        tall = float(np.linalg.norm(marks[3:].mean(axis=0) - marks[:2].mean(axis=0)))
        narrow.append(float(np.linalg.norm(marks[1] - marks[0])) / max(tall, 1e-6))
        try:
            nose.append(nose_offset(face))
        except CannotMeasure:
            continue
    spans = [float(np.ptp(np.percentile(values, [5, 95]))) for values in (narrow, nose) if values]
    return max(spans)


@evidence_map("shading")
def where_shading(sample: PresentationSample) -> EvidenceMap:
    """How far each part of the face brightened and darkened against the others, shown on the sharpest frame, in stops.

    Raises
    ------
    CannotMeasure
        Fewer than 8 frames in which all parts are in view.
    """
    number, (crop, face) = clearest(sample)
    change = _change(_parts(in_view(sample))).tolist()
    values = blocks(crop.shape, [patch_box(face, across, down) for across, down in SKIN], change)
    return EvidenceMap(values=values, lower=MAP_STOPS[0], upper=MAP_STOPS[1], unit="stops", frame=number)
