"""Mismatch: is the face as sharp as the body that bears it?

Face and body stand at one distance before one lens and go through one codec. A
print went through a lens and a press before: its finest detail is gone, or is
there at another scale. The number compares the face's fine detail with that of
the bearer's own clothes and neck in the same frames, so that lens, focus and
codec cancel; it means something against live faces of the same camera only.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.evidence import EvidenceMap, blocks, evidence_map
from toolkit.analysis.faces.crops import median_width_px
from toolkit.analysis.faces.face_patches import Seen, clearest, oval, place, sharpest
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

Plane = NDArray[np.float32]
Spot = NDArray[np.bool_]

LEAST_FACE_PX = 30.0
BEST_FRAMES = 7
FINE_PX, MID_PX = 3, 7  # detail finer than the first, and between both
INSIDE, OUTSIDE = 0.85, 1.6  # of the face's oval: well within it, and well away from it
LEAST_BODY = 0.5  # of the face's area below the chin: less is no body to compare with
MAP_TILE_PX, MAP_OCTAVES = 8, (-2.5, 0.0)
LEAST_DETAIL = 0.3  # code values: below it there is nothing but the codec's own smoothness


@cue("mismatch", unit="octaves", group="photometric", high="artefact", says=())
def mismatch(sample: PresentationSample) -> Reading:
    """By how much the face lacks fine detail that the bearer's body shows, median over the sharpest frames.

    Returns
    -------
    Reading
        ``value`` in octaves: log2 of fine over middle detail of the body, less
        that of the face. High for a face that is softer than its bearer. Never
        a statement.

    Raises
    ------
    CannotMeasure
        A face of fewer than 30 px, no body below it, or a body without detail.

    Notes
    -----
    A high value does not prove a print: patterned clothes, smooth skin, make-up
    and focus do it too; a terminal's lens set on the hand softens the face
    behind. It depends on the clothes, so it is to be read as a percentile of
    the same camera's live faces, in the clothes people wear there.
    """
    seen = sharpest(sample, BEST_FRAMES)
    width = median_width_px([face for _, face in seen])
    if width < LEAST_FACE_PX:
        raise CannotMeasure("cue_small_face", found=f"{width:.0f}", least=f"{LEAST_FACE_PX:g}")
    found = [gap for gap in (_gap(one) for one in seen) if gap is not None]
    if not found:
        raise CannotMeasure("cue_no_body")
    return Reading(value=float(np.median(found)))


def _gap(seen: Seen) -> float | None:
    """Octaves of one frame; None where no body, or none with detail, is in view."""
    crop, face = seen
    inside, body = oval(crop.shape, face, INSIDE), body_below(crop, face)
    if body.sum() < LEAST_BODY * max(1, inside.sum()):
        return None
    fine, middle = detail(crop)
    if min(_strength(middle, inside), _strength(middle, body)) < LEAST_DETAIL:
        return None
    return _octaves(fine, middle, body) - _octaves(fine, middle, inside)


def body_below(crop: Image, face: Face) -> Spot:
    """What lies below the chin and well away from the face: neck, clothes, hands that hold something."""
    rows = np.arange(crop.shape[0])[:, None]
    below = rows > float(place(face, 0.0, 1.9)[1])
    return np.asarray(below & ~oval(crop.shape, face, OUTSIDE))


def detail(crop: Image) -> tuple[Plane, Plane]:
    """Luma finer than 3 px, and between 3 and 7 px, in code values."""
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    soft = cv2.boxFilter(gray, -1, (FINE_PX, FINE_PX))
    return np.asarray(gray - soft, np.float32), np.asarray(
        soft - cv2.boxFilter(gray, -1, (MID_PX, MID_PX)), np.float32
    )  # fmt: skip


def _strength(plane: Plane, where: Spot) -> float:
    return float(np.sqrt((plane[where] ** 2).mean()))


def _octaves(fine: Plane, middle: Plane, where: Spot) -> float:
    return float(np.log2((_strength(fine, where) + 1e-3) / (_strength(middle, where) + 1e-3)))


@evidence_map("mismatch")
def where_mismatch(sample: PresentationSample) -> EvidenceMap:
    """Fine over middle detail of face and body in the sharpest frame, in octaves; what is neither is left out.

    Raises
    ------
    CannotMeasure
        The face is in no frame.
    """
    number, (crop, face) = clearest(sample)
    fine, middle = detail(crop)
    compared = oval(crop.shape, face, INSIDE) | body_below(crop, face)
    boxes, values = [], []
    for top in range(0, crop.shape[0] - MAP_TILE_PX + 1, MAP_TILE_PX):
        for left in range(0, crop.shape[1] - MAP_TILE_PX + 1, MAP_TILE_PX):
            tile = (slice(top, top + MAP_TILE_PX), slice(left, left + MAP_TILE_PX))
            if compared[tile].all() and _strength(middle[tile], compared[tile]) >= LEAST_DETAIL:
                boxes.append((left, top, left + MAP_TILE_PX, top + MAP_TILE_PX))
                values.append(_octaves(fine[tile], middle[tile], compared[tile]))
    drawn = blocks(crop.shape, boxes, values)
    return EvidenceMap(values=drawn, lower=MAP_OCTAVES[0], upper=MAP_OCTAVES[1], unit="octaves", frame=number)
