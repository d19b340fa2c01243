"""Patches: parts of a face and what lies around it, as they are in the picture, for cues of texture, light and colour.

Places are told by the detector's five points and cut at the camera's own
resolution. Nothing here resizes, and nothing knows what a patch means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.faces.crops import Box, median_width_px, middle_px, width_px
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

Floats = NDArray[np.float64]
Seen = tuple[Image, Face]
Number = TypeVar("Number", bound=np.generic)

LIFE_M = 0.145  # cheek to cheek of a life-size face
SHARPNESS_PX = 64  # middle of a face on which frames are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Between which scales, in px/m, a face lies; equal where a person stated it. ``width_px`` is the face's."""

    low_px_per_m: float
    high_px_per_m: float
    width_px: float


def scale_at(sample: PresentationSample, seen: Sequence[Seen], least_px: float, sizes: tuple[float, float]) -> Scale:
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
        The face is smaller than ``least_px``, or a scale was stated at which
        the face would be smaller or larger than faces are shown: one of both is
        wrong, and cloth would be taken for something finer.
    """
    width = median_width_px([face for _, face in seen])
    if width < least_px:
        raise CannotMeasure("cue_texture_small", found=f"{width:.0f}", least=f"{least_px:g}")
    life = width / LIFE_M
    low, high, stated = life / sizes[1], life / sizes[0], sample.px_per_m
    if stated is None:
        return Scale(low_px_per_m=low, high_px_per_m=high, width_px=width)
    if not low <= stated <= high:
        size = 1000 * width / stated
        raise CannotMeasure("cue_scale_contradicts", stated=f"{stated:.0f}", size=f"{size:.0f}")
    return Scale(low_px_per_m=stated, high_px_per_m=stated, width_px=width)


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


def square_of(plane: NDArray[Number], face: Face, reach: float = 0.5) -> NDArray[Number]:
    """A square around the middle of the face's points, ``reach`` face widths to each side, inside the picture."""
    x, y = middle_px(face)
    half = reach * width_px(face)
    left, top = square_at(face, reach)
    return plane[top : max(top, round(y + half)), left : max(left, round(x + half))]


def square_at(face: Face, reach: float = 0.5) -> tuple[int, int]:
    """Left and top of :func:`square_of`."""
    x, y = middle_px(face)
    half = reach * width_px(face)
    return max(0, round(x - half)), max(0, round(y - half))


def clearest(sample: PresentationSample) -> tuple[int, Seen]:
    """The number of the frame in which the face is sharpest, and that view of it.

    Raises
    ------
    CannotMeasure
        The face is in no frame.
    """
    (best,) = sharpest(sample, 1)
    number = next(k for k, face in enumerate(sample.faces) if face is best[1] and sample.crops[k] is best[0])
    return number, best


# Places on and around a face in its own axes: eye distances to the right of the middle line, and the way from eyes
# to mouth downward from the eyes. They follow every turn and tilt of a plane.
FOREHEAD = ((-0.35, -0.55), (0.35, -0.55))
CHEEKS = ((-0.52, 0.50), (0.52, 0.50))
NOSE, CHIN = ((0.0, 0.30),), ((0.0, 1.50),)
SKIN = (*FOREHEAD, *CHEEKS, *NOSE, *CHIN)
PATCH = 0.16  # half a patch's side, in eye distances

_LINEAR = (np.arange(256) / 255).astype(np.float32)
_LINEAR = np.where(_LINEAR <= 0.04045, _LINEAR / 12.92, ((_LINEAR + 0.055) / 1.055) ** 2.4).astype(np.float32)
DARKEST = 1e-3  # of white: half a code value
LUMA = np.array([0.2126, 0.7152, 0.0722])


def linear(part: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Code values as linear light 0-1 (IEC 61966-2-1); a camera's own tone curve is not known and not undone."""
    return np.asarray(_LINEAR[part])


def place(face: Face, across: float, down: float) -> Floats:
    """A place in a face's own axes as (x, y) in the crop's pixels."""
    marks = np.asarray(face.landmarks_px, np.float64)
    eyes, mouth = marks[:2].mean(axis=0), marks[3:].mean(axis=0)
    return np.asarray(eyes + across * (marks[1] - marks[0]) + down * (mouth - eyes))


def patch_box(face: Face, across: float, down: float) -> Box:
    """The small square (left, top, right, bottom) around a place in a face's own axes."""
    apart = float(np.linalg.norm(np.subtract(face.landmarks_px[1], face.landmarks_px[0])))
    half = max(1, round(PATCH * apart))
    x, y = (round(float(v)) for v in place(face, across, down))
    return x - half, y - half, x + half + 1, y + half + 1


def patch_light(crop: Image, face: Face, places: Sequence[tuple[float, float]]) -> Floats:
    """Mean linear light of small squares at these places: float64 (n, 3), NaN where one leaves the picture."""
    found = np.full((len(places), 3), np.nan)
    for k, (across, down) in enumerate(places):
        left, top, right, bottom = patch_box(face, across, down)
        if min(left, top) >= 0 and right <= crop.shape[1] and bottom <= crop.shape[0]:
            found[k] = linear(crop[top:bottom, left:right]).reshape(-1, 3).mean(axis=0)
    return found


def stops(light: Floats) -> Floats:
    """Luminance of linear light (..., 3) in stops (log to base 2)."""
    return np.asarray(np.log2(np.maximum(light @ LUMA, DARKEST)))


def chroma(light: Floats) -> Floats:
    """Colour without brightness: log2 of red over green and of blue over green, (..., 2)."""
    safe = np.log2(np.maximum(light, DARKEST))
    return np.asarray(np.stack([safe[..., 0] - safe[..., 1], safe[..., 2] - safe[..., 1]], axis=-1))


def oval(shape: tuple[int, ...], face: Face, reach: float = 1.0) -> NDArray[np.bool_]:
    """Which pixels of a crop lie within the oval of the face, scaled by ``reach``."""
    middle = place(face, 0.0, 0.45)
    marks = np.asarray(face.landmarks_px, np.float64)
    turn = float(np.degrees(np.arctan2(*(marks[1] - marks[0])[::-1])))
    width = width_px(face)
    drawn = np.zeros(shape[:2], np.uint8)
    centre = (round(float(middle[0])), round(float(middle[1])))
    axes = (max(1, round(0.46 * reach * width)), max(1, round(0.62 * reach * width)))
    cv2.ellipse(drawn, centre, axes, turn, 0, 360, 1, -1)
    return drawn > 0
