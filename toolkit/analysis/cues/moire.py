"""Moire: does the face carry the pixel grid of a phone or a tablet?

A screen's pixels stand in a square grid, far finer than printers' dots, and
each is made of a red, a green and a blue stripe: a camera that comes near
enough sees them as a pattern of colour or light. What is seen speaks for a
screen, which is a rival of the paper print and no support for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.evidence import EvidenceMap, blocks, evidence_map
from toolkit.analysis.faces.face_patches import Scale, clearest, scale_at, sharpest, square_at, square_of
from toolkit.analysis.spectrum import Peak, heights_nearby, power, strongest_peak
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

LEAST_FACE_PX = 120.0
PIXELS_PER_M = (200 / 0.0254, 600 / 0.0254)  # tablets to phones; a monitor's 90-110 an inch lie in the printers' band
SHOWN_SIZES = (0.25, 1.3)  # of life size: from a phone held upright to a large tablet
LOWEST, HIGHEST = 0.06, 0.48
FOLDED_FROM = 0.8  # a grid finer than that many cycles per pixel is gone before the pixels fold it back
LEAST_DB = 25.0
COARSER_DB = 3.0
BEST_FRAMES = 5
MAP_TILE_PX, MAP_DB = 48, (10.0, 35.0)


@cue("moire", unit="dB", group="texture", high="artefact", says=("artefact",), rival="phone_or_tablet")
def moire(sample: PresentationSample) -> Reading:
    """Height of the strongest lone peak in the band of screens' pixels, in light or colour, median of five frames.

    Returns
    -------
    Reading
        ``value`` in dB over the surroundings of the peak. The statement
        "artefact" from 25 dB on, only where a person stated a scale at which
        pixels are seen as they are and not folded, and where nothing coarser
        repeats as strongly. It means "a screen, or something as fine", never "a
        paper print".

    Raises
    ------
    CannotMeasure
        No face; fewer than 120 px; every usual screen would be finer than this
        scale carries; the stated scale cannot be that of the face; one flat
        value.

    Notes
    -----
    Without a statement a high value does not tell a screen from a print: dots,
    their overtones and folded grids share a band. A low value says nothing:
    glass, lens and codec remove the grid at almost every distance.

    References
    ----------
    Garcia and de Queiroz, IEEE TIFS 10 (2015), doi 10.1109/TIFS.2015.2411394.
    """
    seen = sharpest(sample, BEST_FRAMES)
    scale = scale_at(sample, seen, LEAST_FACE_PX, SHOWN_SIZES)
    band, as_it_is = grid_band(scale)
    peaks = [grid_peak(crop, face, band) for crop, face in seen]
    value = float(np.median([fine.height_db for fine, _ in peaks]))
    coarser = float(np.median([coarse for _, coarse in peaks]))
    screen = as_it_is and sample.px_per_m is not None and value >= LEAST_DB and value >= coarser + COARSER_DB
    return Reading(value=value, statement="artefact" if screen else "nothing")


def grid_band(scale: Scale) -> tuple[tuple[float, float], bool]:
    """Frequencies, cycles per pixel, at which grids of 200 to 600 pixels an inch are seen, and whether as they are.

    Grids between half a cycle and :data:`FOLDED_FROM` come back folded, coarser
    the finer they are; where none is coarse enough to be seen as it is, a peak
    may be anything.

    Raises
    ------
    CannotMeasure
        All of them are finer.
    """
    low, high = PIXELS_PER_M[0] / scale.high_px_per_m, PIXELS_PER_M[1] / scale.low_px_per_m
    if low > FOLDED_FROM:
        least = PIXELS_PER_M[0] / FOLDED_FROM
        raise CannotMeasure("cue_grid_too_fine", found=f"{scale.high_px_per_m:.0f}", least=f"{least:.0f}")
    as_it_is = low < HIGHEST
    lowest = max(LOWEST, low) if as_it_is else 1 - min(high, FOLDED_FROM)
    highest = min(high, HIGHEST)
    if highest <= lowest:
        raise CannotMeasure("cue_texture_no_band", lowest=f"{lowest:.2f}", highest=f"{highest:.2f}")
    return (lowest, highest), as_it_is


def planes(crop: Image) -> tuple[NDArray[np.float32], ...]:
    """Light, and two differences of colour, in code values."""
    red, green, blue = (crop[..., k].astype(np.float32) for k in range(3))
    return 0.299 * red + 0.587 * green + 0.114 * blue, red - green, blue - green


def grid_peak(crop: Image, face: Face, band: tuple[float, float]) -> tuple[Peak, float]:
    """The strongest peak of the three planes in the band, and the strongest one there that is coarser (0: no room)."""
    peak, coarse, _ = _in_planes(crop, face, band)
    return peak, coarse


def _in_planes(crop: Image, face: Face, band: tuple[float, float]) -> tuple[Peak, float, NDArray[np.float32]]:
    found: list[tuple[Peak, float, NDArray[np.float32]]] = []
    for plane in planes(crop):
        square = square_of(plane, face)
        try:
            spectrum = power(square)
        except CannotMeasure as reason:
            if reason.code != "cue_texture_flat":
                raise
            continue  # a camera without colour
        room = band[0] > LOWEST * 1.1
        coarse = strongest_peak(spectrum, LOWEST, band[0]).height_db if room else 0.0
        found.append((strongest_peak(spectrum, *band), coarse, square))
    if not found:
        raise CannotMeasure("cue_texture_flat")
    return max(found, key=lambda one: one[0].height_db)


@evidence_map("moire")
def where_moire(sample: PresentationSample) -> EvidenceMap:
    """Where the grid that was found lies on the face in the sharpest frame, in dB over its surroundings.

    Raises
    ------
    CannotMeasure
        As :func:`moire` does.
    """
    number, (crop, face) = clearest(sample)
    band, _ = grid_band(scale_at(sample, [(crop, face)], LEAST_FACE_PX, SHOWN_SIZES))
    peak, _, square = _in_planes(crop, face, band)
    corners, heights = heights_nearby(square, peak, MAP_TILE_PX)
    left, top = square_at(face)
    boxes = [(left + x, top + y, left + x + MAP_TILE_PX, top + y + MAP_TILE_PX) for y, x in corners]
    values = blocks(crop.shape, boxes, heights)
    return EvidenceMap(values=values, lower=MAP_DB[0], upper=MAP_DB[1], unit="dB", frame=number)
