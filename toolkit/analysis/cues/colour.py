"""Colour: how wide is the range of colours in the face?

Inks on paper reach fewer colours than skin, lips and eyes have, white paper
shines through all of them, and a black printer has none. The number is the
range of colour within the face, whatever its brightness.
"""

from __future__ import annotations

import cv2
import numpy as np

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.evidence import EvidenceMap, evidence_map
from toolkit.analysis.faces.crops import median_width_px
from toolkit.analysis.faces.face_patches import DARKEST, Seen, chroma, clearest, linear, oval, sharpest
from toolkit.errors import CannotMeasure

LEAST_FACE_PX = 30.0
BEST_FRAMES = 7
SMOOTH_PX = 3  # recorders keep colour at half resolution; single pixels hold codec noise
SHARE = 90  # percentile of the departures from the face's own middle colour
COLOURLESS = 1.0  # code values between channels: night mode and grey recordings
MAP_STOPS = (0.0, 1.0)
DIM = 4 * DARKEST  # darker places have no colour worth the name


@cue("colour", unit="stops", group="photometric", high="live", says=())
def colour(sample: PresentationSample) -> Reading:
    """Range of colours within the face, median over the sharpest frames.

    Returns
    -------
    Reading
        ``value`` in stops: log2 of red over green and of blue over green, 90th
        percentile of the distance from the face's median colour. High for
        live. Never a statement.

    Raises
    ------
    CannotMeasure
        No face, fewer than 30 px, or a picture without colour.

    Notes
    -----
    A high value does not prove a live face: photo inkjets and screens reach as
    far, make-up and a coloured lamp widen the range. A low value does not prove
    a print: pale or evenly made-up skin in soft light has little. White balance
    and saturation of the camera move it: to be read against the same camera.
    On development scenes the depth of the blacks and the distance of the
    face's colour from other skin in view parted nothing and were left out.
    """
    seen = sharpest(sample, BEST_FRAMES)
    width = median_width_px([face for _, face in seen])
    if width < LEAST_FACE_PX:
        raise CannotMeasure("cue_small_face", found=f"{width:.0f}", least=f"{LEAST_FACE_PX:g}")
    if not any(_coloured(one) for one in seen):
        raise CannotMeasure("cue_no_colour")
    found = [spread for spread in (_spread(one) for one in seen) if spread is not None]
    if not found:
        raise CannotMeasure("cue_texture_flat")
    return Reading(value=float(np.median(found)))


def _coloured(seen: Seen) -> bool:
    """Whether channels differ anywhere in the crop: a face on a black printer's sheet has no colour, its bearer has."""
    crop = seen[0].astype(np.int16)
    return float(np.abs(crop[..., 0] - crop[..., 2]).mean()) >= COLOURLESS


def _spread(seen: Seen) -> float | None:
    crop, face = seen
    light = cv2.boxFilter(linear(crop), -1, (SMOOTH_PX, SMOOTH_PX))
    inside = light[oval(crop.shape, face)]
    inside = inside[inside.min(axis=1) >= DIM]
    if len(inside) < SMOOTH_PX**2:
        return None
    colours = chroma(np.asarray(inside, np.float64))
    return float(np.percentile(np.hypot(*(colours - np.median(colours, axis=0)).T), SHARE))


@evidence_map("colour")
def where_colour(sample: PresentationSample) -> EvidenceMap:
    """How far each place of the face departs from the face's median colour in the sharpest frame, in stops.

    Raises
    ------
    CannotMeasure
        The face is in no frame, or too dark for any colour.
    """
    number, (crop, face) = clearest(sample)
    light = cv2.boxFilter(linear(crop), -1, (SMOOTH_PX, SMOOTH_PX))
    known = oval(crop.shape, face) & (light.min(axis=2) >= DIM)
    if not known.any():
        raise CannotMeasure("cue_texture_flat")
    colours = chroma(np.asarray(light[known], np.float64))
    values = np.full(crop.shape[:2], np.nan, np.float32)
    values[known] = np.hypot(*(colours - np.median(colours, axis=0)).T)
    return EvidenceMap(values=values, lower=MAP_STOPS[0], upper=MAP_STOPS[1], unit="stops", frame=number)
