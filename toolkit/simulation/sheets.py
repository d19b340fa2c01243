"""Sheets: flat things that carry a picture, and what is left of them at a camera's scale.

A sheet is a plane with a texture in linear light. A camera's pixel sees the
mean of the dots below it, so copies at a coarser scale are true area means,
never picked or smoothed samples: a screen above the new Nyquist limit folds
exactly as far as a square pixel lets it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Box = tuple[float, float, float, float]

SPARE = 4.0  # a pyramid level serves targets this many times coarser, so that its own pixels stay invisible


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """A flat bearer of a picture, x right and y down in its own plane.

    Attributes
    ----------
    texture : float32, shape (h, w, 3)
        Linear diffuse reflectance 0-1 in R, G, B.
    alpha : float32, shape (h, w)
        Share of each texel that there is material, 0-1.
    px_per_m : float
        Texels per metre.
    width_m, height_m : float
        Size of the whole texture.
    gloss : float
        0 matt to 1 like glass: strength of the mirror-like part.
    picture_box : (x0, y0, x1, y1)
        Where the picture lies, shares of the sheet's width and height.
    landmarks : float64, shape (5, 2), or None
        Eyes, nose tip, mouth corners, image-left first, shares of width and height.
    white : (r, g, b)
        Reflectance of the bare material.
    glow : float32, shape (h, w, 3), or None
        Light the sheet gives off itself (phones), in units of what a perfect
        white gives back under the scene's normal light. None for paper.
    """

    texture: Plane = field(repr=False)
    alpha: Plane = field(repr=False)
    px_per_m: float
    width_m: float
    height_m: float
    gloss: float
    picture_box: Box = (0.0, 0.0, 1.0, 1.0)
    landmarks: NDArray[np.float64] | None = field(default=None, repr=False)
    white: tuple[float, float, float] = (0.85, 0.85, 0.83)
    glow: Plane | None = field(default=None, repr=False)
    coarser: dict[float, Sheet] = field(default_factory=dict, repr=False)


def reduced(sheet: Sheet, px_per_m: float) -> Sheet:
    """The same sheet at a coarser scale, by area means (box filter).

    Parameters
    ----------
    sheet : Sheet
        Copies are remembered on it; dropping it drops them.
    px_per_m : float
        Texels per metre wanted. At or above the sheet's own scale the sheet
        itself comes back: nothing is ever enlarged.

    Returns
    -------
    Sheet
        The mean of reflectance times alpha, of alpha and of glow is that of the input
        (to one part in a thousand for whole sheets; the last row and column may be
        a fraction of a texel short).
    """
    if px_per_m >= sheet.px_per_m * 0.999:
        return sheet
    if px_per_m not in sheet.coarser:
        sheet.coarser[px_per_m] = _averaged(_level_above(sheet, px_per_m), px_per_m)
    return sheet.coarser[px_per_m]


def _level_above(sheet: Sheet, px_per_m: float) -> Sheet:
    """The coarsest level of the halving pyramid that is still much finer than the target."""
    level = sheet
    while level.px_per_m / 2 >= SPARE * px_per_m:
        half = level.px_per_m / 2
        if half not in sheet.coarser:
            sheet.coarser[half] = _averaged(level, half)
        level = sheet.coarser[half]
    return level


def _averaged(sheet: Sheet, px_per_m: float) -> Sheet:
    # Truth keeps its metres: the new grid covers the old texture, at a scale stated from its width.
    size = (max(1, round(sheet.width_m * px_per_m)), max(1, round(sheet.height_m * px_per_m)))
    alpha = _area(sheet.alpha, size)
    whole = bool(sheet.alpha.min() >= 1.0)
    texture = _area(sheet.texture if whole else sheet.texture * sheet.alpha[..., None], size)
    if not whole:
        texture /= np.maximum(alpha, 1e-6)[..., None]
    glow = None
    if sheet.glow is not None:
        glow = _area(sheet.glow * sheet.alpha[..., None], size)
        glow /= np.maximum(alpha, 1e-6)[..., None]
    return replace(sheet, texture=texture, alpha=alpha, glow=glow, px_per_m=px_per_m, coarser={})


def _area(plane: Plane, size: tuple[int, int]) -> Plane:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def cropped(sheet: Sheet, box: Box) -> Sheet:
    """The part of a sheet within (x0, y0, x1, y1), shares of its size; boxes and landmarks follow."""
    height, width = sheet.alpha.shape
    x0, y0 = max(0, int(box[0] * width)), max(0, int(box[1] * height))
    x1, y1 = min(width, int(np.ceil(box[2] * width))), min(height, int(np.ceil(box[3] * height)))
    scale = np.array([width / (x1 - x0), height / (y1 - y0)])
    shift = np.array([x0 / width, y0 / height])
    corners = (np.array(sheet.picture_box).reshape(2, 2) - shift) * scale
    marks = None if sheet.landmarks is None else (sheet.landmarks - shift) * scale
    return replace(
        sheet,
        texture=np.ascontiguousarray(sheet.texture[y0:y1, x0:x1]),
        alpha=np.ascontiguousarray(sheet.alpha[y0:y1, x0:x1]),
        glow=None if sheet.glow is None else np.ascontiguousarray(sheet.glow[y0:y1, x0:x1]),
        width_m=(x1 - x0) / sheet.px_per_m,
        height_m=(y1 - y0) / sheet.px_per_m,
        picture_box=(float(corners[0, 0]), float(corners[0, 1]), float(corners[1, 0]), float(corners[1, 1])),
        landmarks=marks,
        coarser={},
    )
