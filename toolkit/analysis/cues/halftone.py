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
from toolkit.analysis.patches import Scale, scale_at, sharpest, square_of
from toolkit.analysis.spectrum import Peak, power, strongest_peak
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

LEAST_FACE_PX = 120.0  # real prints at 120 px and below were no different from faces
LINES_PER_M = (85 / 0.0254, 150 / 0.0254)
PRINTED_SIZES = (0.4, 1.3)  # of life size: from a photograph on a card to a poster held up
LOWEST, HIGHEST = 0.06, 0.48  # cycles per pixel: below lies the face itself, above it the edge of what pixels carry
SLACK = 1.1  # dots of a sheet that is tilted stand closer than the scale says
LEAST_DB = 30.0
COARSER_DB = 3.0  # by so much the band's peak must stand above any coarser pattern
BEST_FRAMES = 5


@cue("halftone", unit="dB", group="texture", high="artefact", says=("artefact",))
def halftone(sample: PresentationSample) -> Reading:
    """Height of the strongest lone peak in the band of printers' dots, median over the five best frames.

    Returns
    -------
    Reading
        ``value`` in dB over the surroundings of the peak; faces give 8 to 20.
        The statement "artefact" from 30 dB on, where no coarser pattern is as
        strong: cloth and nets repeat more coarsely than printers do.

    Raises
    ------
    CannotMeasure
        No face; fewer than 120 px; the dots of every usual screen would be
        finer than pixels carry at this scale; one flat value.

    Notes
    -----
    A high value says "a fine regular pattern lies on the face", not "this is a
    paper print": a monitor's pixels lie in the same band, and fine net may. A
    low value says nothing at all for a live face: inkjets scatter their dots,
    and lens, shake and codec remove regular ones.

    References
    ----------
    Garcia and de Queiroz, IEEE TIFS 10 (2015), doi 10.1109/TIFS.2015.2411394.
    """
    seen = sharpest(sample, BEST_FRAMES)
    scale = scale_at(sample, seen, LEAST_FACE_PX, PRINTED_SIZES)
    band = dot_band(scale)
    peaks = [_peaks(crop, face, band) for crop, face in seen]
    value = float(np.median([fine.height_db for fine, _ in peaks]))
    coarser = float(np.median([coarse for _, coarse in peaks]))
    found = value >= LEAST_DB and value >= coarser + COARSER_DB
    return Reading(value=value, statement="artefact" if found else "nothing")


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


def gray(crop: Image) -> NDArray[np.uint8]:
    """Luma as the recorder stored it, the only channel that video keeps at full resolution."""
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)


def _peaks(crop: Image, face: Face, band: tuple[float, float]) -> tuple[Peak, float]:
    """The peak in the band, and the height of the strongest one that is coarser (0 where there is no room)."""
    spectrum = power(square_of(gray(crop), face))
    fine = strongest_peak(spectrum, *band)
    if band[0] <= LOWEST * SLACK:
        return fine, 0.0
    return fine, strongest_peak(spectrum, LOWEST, band[0]).height_db
