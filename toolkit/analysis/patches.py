"""Patches: parts of a face and what lies around it, as they are in the picture, for cues of texture, light and colour.

Places are told by the detector's five points and cut at the camera's own
resolution. Nothing here resizes, and nothing knows what a patch means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.crops import median_width_px, middle_px, width_px
from toolkit.analysis.cue import PresentationSample
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

Floats = NDArray[np.float64]
Seen = tuple[Image, Face]

LIFE_M = 0.145  # cheek to cheek of a life-size face
SHARPNESS_PX = 64  # middle of a face on which frames are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Between which scales, in px/m, a face lies; equal where a person stated it. ``width_px`` is the face's."""

    low_px_per_m: float
    high_px_per_m: float
    width_px: float


def scale_at(
    sample: PresentationSample, seen: Sequence[Seen], least_px: float, sizes: tuple[float, float]
) -> Scale:
    """Scale at the face: as stated, else told by its width and the sizes in which faces are shown.

    Parameters
    ----------
    least_px : float
        Width below which nothing may be asked.
    sizes : (smallest, largest)
        In life sizes.

    Raises
    ------
    CannotMeasure
        The face is smaller than ``least_px``.
    """
    width = median_width_px([face for _, face in seen])
    if width < least_px:
        raise CannotMeasure("cue_texture_small", found=f"{width:.0f}", least=f"{least_px:g}")
    if sample.px_per_m is not None:
        return Scale(low_px_per_m=sample.px_per_m, high_px_per_m=sample.px_per_m, width_px=width)
    life = width / LIFE_M
    return Scale(low_px_per_m=life / sizes[1], high_px_per_m=life / sizes[0], width_px=width)


def sharpest(sample: PresentationSample, frames: int) -> list[Seen]:
    """The sharpest view of the face in each of so many equal stretches.

    Raises
    ------
    CannotMeasure
        The face is in no frame.
    """
    there = in_view(sample)
    edges = np.linspace(0, len(there), min(frames, len(there)) + 1).astype(int).tolist()
    return [max(there[a:b], key=_sharpness) if b - a > 1 else there[a] for a, b in pairwise(edges)]


def in_view(sample: PresentationSample) -> list[Seen]:
    """Crops with a face, in the order of time.

    Raises
    ------
    CannotMeasure
        There is none.
    """
    there = [(crop, face) for crop, face in zip(sample.crops, sample.faces, strict=True) if face is not None]
    if not there:
        raise CannotMeasure("cue_no_face")
    return there


def _sharpness(seen: Seen) -> float:
    """Spread of the Laplacian in the middle of the face; for choosing among frames, never a reading."""
    crop, face = seen
    x, y = (round(float(v)) for v in middle_px(face))
    half = min(SHARPNESS_PX // 2, max(8, round(width_px(face) / 3)))
    part = crop[max(0, y - half) : y + half, max(0, x - half) : x + half, 1]
    return float(cv2.Laplacian(part, cv2.CV_32F).std()) if min(part.shape) >= 3 else 0.0


def square_of(plane: NDArray[np.uint8], face: Face, reach: float = 0.5) -> NDArray[np.uint8]:
    """A square around the middle of the face's points, ``reach`` face widths to each side, inside the picture."""
    x, y = middle_px(face)
    half = reach * width_px(face)
    left, top = max(0, round(x - half)), max(0, round(y - half))
    return plane[top : max(top, round(y + half)), left : max(left, round(x + half))]
