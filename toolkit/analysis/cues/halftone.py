"""Halftone: does the face carry the regular dots of a printer?

Offset presses and laser printers lay ink in dots at 85 to 150 lines an inch;
skin does not repeat. A camera must resolve the dots to see them, which takes
6,700 px/m and more: a terminal's own snapshot or a close-up, hardly ever CCTV.
So the band in which dots could lie is foretold from the scale at the face, and
where it lies beyond what pixels carry, the answer is "not assessable".
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.evidence import EvidenceMap, blocks, evidence_map
from toolkit.analysis.faces.face_patches import Scale, clearest, scale_at, sharpest, square_at, square_of
from toolkit.analysis.spectrum import height_at, heights_nearby, power, strongest_peak
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

LEAST_FACE_PX = 120.0  # real prints at 120 px and below were no different from faces
LINES_PER_M = (85 / 0.0254, 150 / 0.0254)
PRINTED_SIZES = (0.4, 1.3)  # of life size: from a photograph on a card to a poster held up
LOWEST, HIGHEST = 0.06, 0.48  # cycles per pixel: below lies the face itself, above it the edge of what pixels carry
SLACK = 1.1  # dots of a sheet that is tilted stand closer than the scale says
LEAST_DB, LEAST_HALF_DB = 25.0, 15.0
COARSER_DB = 3.0  # by so much the band's peak must stand above anything coarser, which must stay below it
BEST_FRAMES = 5
MAP_TILE_PX, MAP_DB = 48, (10.0, 35.0)


@cue("halftone", unit="dB", group="texture", high="artefact", says=("artefact",))
def halftone(sample: PresentationSample) -> Reading:
    """Height of the strongest lone peak in the band of printers' dots, median over the five best frames.

    Returns
    -------
    Reading
        ``value`` in dB over the surroundings of the peak; faces give 5 to 14.
        The statement "artefact" from 25 dB on, where the pattern lies on the
        upper and on the lower half of the face and nothing coarser repeats: scarf
        and mask cover one half, cloth and nets are coarser.

    Raises
    ------
    CannotMeasure
        No face; fewer than 120 px; the dots of every usual screen would be
        finer than pixels carry at this scale; the stated scale cannot be that
        of the face; one flat value.

    Notes
    -----
    A high value says "a fine regular pattern lies on the face", not "this is a
    paper print": a monitor's pixels lie in the same band, and so do the threads
    of a thin veil over all of the face. A low value says nothing at all for a
    live face: inkjets scatter their dots, and lens, shake and codec remove
    regular ones.

    References
    ----------
    Garcia and de Queiroz, IEEE TIFS 10 (2015), doi 10.1109/TIFS.2015.2411394.
    """
    seen = sharpest(sample, BEST_FRAMES)
    band = dot_band(scale_at(sample, seen, LEAST_FACE_PX, PRINTED_SIZES))
    found = [_pattern(crop, face, band) for crop, face in seen]
    value, coarser, weaker_half = (float(np.median([one[k] for one in found])) for k in range(3))
    finest = coarser < LEAST_DB and value >= coarser + COARSER_DB
    dots = value >= LEAST_DB and finest and weaker_half >= LEAST_HALF_DB
    return Reading(value=value, statement="artefact" if dots else "nothing")


def dot_band(scale: Scale) -> tuple[float, float]:
    """Frequencies, cycles per pixel, at which dots of 85 to 150 lines an inch lie at this scale.

    Raises
    ------
    CannotMeasure
        All of them are finer than two pixels a dot.
    """
    low = max(LOWEST, LINES_PER_M[0] / scale.high_px_per_m / SLACK)
    high = min(HIGHEST, LINES_PER_M[1] / scale.low_px_per_m * SLACK)
    if low >= HIGHEST:
        least = LINES_PER_M[0] / SLACK / HIGHEST
        raise CannotMeasure("cue_dots_too_fine", found=f"{scale.high_px_per_m:.0f}", least=f"{least:.0f}")
    if high <= LOWEST:
        raise CannotMeasure("cue_texture_no_band", lowest=f"{low:.2f}", highest=f"{high:.2f}")
    return low, high


def gray(crop: Image) -> NDArray[np.float32]:
    """Luma as the recorder stored it, the only channel that video keeps at full resolution."""
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.float32)


def _pattern(crop: Image, face: Face, band: tuple[float, float]) -> tuple[float, float, float]:
    """Heights in dB: the peak in the band, the strongest one that is coarser, and the first on its weaker half."""
    square = square_of(gray(crop), face)
    middle = len(square) // 2
    halves = [power(part) for part in (square[:middle], square[middle:])]
    side = min(len(one) for one in halves)
    if any(len(one) != side for one in halves):
        halves = [power(part[:side, :]) for part in (square[:middle], square[middle:])]
    whole = np.asarray(halves[0] + halves[1], np.float32)
    fine = strongest_peak(whole, *band)
    coarser = strongest_peak(whole, LOWEST, band[0]).height_db if band[0] > LOWEST * SLACK else 0.0
    return fine.height_db, coarser, min(height_at(one, fine) for one in halves)


@evidence_map("halftone")
def where_halftone(sample: PresentationSample) -> EvidenceMap:
    """Where the pattern that was found lies on the face in the sharpest frame, in dB over its surroundings.

    Raises
    ------
    CannotMeasure
        As :func:`halftone` does.
    """
    number, (crop, face) = clearest(sample)
    band = dot_band(scale_at(sample, [(crop, face)], LEAST_FACE_PX, PRINTED_SIZES))
    square = square_of(gray(crop), face)
    peak = strongest_peak(power(square), *band)
    corners, heights = heights_nearby(square, peak, MAP_TILE_PX)
    left, top = square_at(face)
    boxes = [(left + x, top + y, left + x + MAP_TILE_PX, top + y + MAP_TILE_PX) for y, x in corners]
    values = blocks(crop.shape, boxes, heights)
    return EvidenceMap(values=values, lower=MAP_DB[0], upper=MAP_DB[1], unit="dB", frame=number)
