"""Phones: a picture on a lit screen behind glass."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.inks import to_linear
from toolkit.simulation.sheets import Plane, Sheet

Rng = np.random.Generator

PIXELS_PER_M = 400 / 0.0254
STRIPES = 3  # red, green and blue stripe side by side in each screen pixel
PHONE_M = (0.072, 0.152)
SCREEN_M = (0.0665, 0.1440)
LOWEST_ROW_FILL = 0.4  # share that shines in the lowest third of a stripe; the rest is wiring
GLASS = 0.025  # diffuse share that a smudged dark glass gives back


def phone_screen(
    picture: NDArray[np.uint8],
    *,
    rng: Rng,
    brightness: float | None = None,
    landmarks_px: NDArray[np.floating] | None = None,
    kept_px_per_m: float = 4_000.0,
) -> Sheet:
    """A picture shown full width on a phone held upright.

    Parameters
    ----------
    picture : uint8, shape (h, w, 3)
        sRGB-coded RGB; fills the screen's width, black above and below.
    brightness : float, optional
        Radiance of the screen's white in units of a perfect white under the
        scene's normal light. 400 cd/m2 in a room of 500 lx is 2.5; by chance 0.7-2.2.
    landmarks_px : shape (5, 2), optional
        Landmarks in the picture.
    kept_px_per_m : float
        Scale of the texture; at 3 x 400 texels an inch (47,244 per metre) and
        above every stripe is its own texel, below it stripes melt into area means.

    Returns
    -------
    Sheet
        ``texture`` holds the dark glass with its reflection, ``glow`` the light of
        the pixels. Gloss 1.
    """
    white = float(rng.uniform(0.7, 2.2)) if brightness is None else brightness
    lit, box = _screen(picture, white)
    px_per_m = min(kept_px_per_m, PIXELS_PER_M * STRIPES)
    edge = tuple(round((PHONE_M[k] - SCREEN_M[k]) / 2 * px_per_m) for k in (0, 1))
    # At the stripes' own scale the texture is the pixel grid itself: any other width would beat with it.
    columns, rows = lit.shape[1], lit.shape[0]
    striped = kept_px_per_m >= PIXELS_PER_M * STRIPES
    shown = (columns * STRIPES, rows * STRIPES) if striped else tuple(round(side * px_per_m) for side in SCREEN_M)
    size = (shown[0] + 2 * edge[0], shown[1] + 2 * edge[1])
    glow = np.zeros((size[1], size[0], 3), np.float32)
    glow[edge[1] : edge[1] + shown[1], edge[0] : edge[0] + shown[0]] = (
        _striped(lit) if striped else cv2.resize(lit, (shown[0], shown[1]), interpolation=cv2.INTER_AREA)
    )
    share = (np.array(box).reshape(2, 2) * shown + edge) / size
    marks = None
    if landmarks_px is not None:
        part = (np.asarray(landmarks_px, float) + 0.5) / (picture.shape[1], picture.shape[0])
        marks = share[0] + part * (share[1] - share[0])
    return Sheet(
        texture=_glass(rng, size),
        alpha=_rounded(size, round(0.009 * px_per_m)),
        px_per_m=px_per_m,
        width_m=size[0] / px_per_m,
        height_m=size[1] / px_per_m,
        gloss=1.0,
        picture_box=(float(share[0, 0]), float(share[0, 1]), float(share[1, 0]), float(share[1, 1])),
        landmarks=marks,
        white=(GLASS, GLASS, GLASS),
        glow=glow,
    )


def _screen(picture: NDArray[np.uint8], white: float) -> tuple[Plane, tuple[float, float, float, float]]:
    """Radiance of each screen pixel, (rows, columns, 3), and where the picture lies on the screen, 0-1."""
    columns, rows = (round(side * PIXELS_PER_M) for side in SCREEN_M)
    high = min(rows, round(columns * picture.shape[0] / picture.shape[1]))
    wide = min(columns, round(high * picture.shape[1] / picture.shape[0]))
    shrink = cv2.INTER_AREA if wide < picture.shape[1] else cv2.INTER_CUBIC
    fitted = to_linear(np.asarray(cv2.resize(picture, (wide, high), interpolation=shrink), np.uint8))
    # The backlight leaks: black is a thousandth of white.
    lit = np.full((rows, columns, 3), 0.001 * white, np.float32)
    left, top = (columns - wide) // 2, (rows - high) // 2
    lit[top : top + high, left : left + wide] += white * fitted * np.array([1.0, 0.985, 1.06], np.float32)
    return lit, (left / columns, top / rows, (left + wide) / columns, (top + high) / rows)


def _striped(lit: Plane) -> Plane:
    """The screen with each stripe a texel of its own: a third as wide, three times as bright, the mean stays."""
    rows, columns = lit.shape[:2]
    grid = np.zeros((rows * STRIPES, columns * STRIPES, 3), np.float32)
    fill = np.array([1.0, 1.0, LOWEST_ROW_FILL], np.float32)
    for row, gain in enumerate(STRIPES * fill * (STRIPES / fill.sum())):
        for channel in range(3):
            grid[row::STRIPES, channel::STRIPES, channel] = lit[..., channel] * gain
    return grid


def _glass(rng: Rng, size: tuple[int, int]) -> Plane:
    """Dark glass with the faint mirror image of a lamp or window and finger smears, (h, w, 3)."""
    # All of it is smooth: it is drawn small and enlarged.
    wide, high = 160, round(160 * size[1] / size[0])
    x = np.linspace(0, 1, wide, dtype=np.float32)[None, :]
    y = np.linspace(0, high / wide, high, dtype=np.float32)[:, None]
    slope, where = float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-0.3, 1.4))
    band = x + slope * y - where
    softness = float(rng.uniform(0.02, 0.12))
    window = 1 / (1 + np.exp(-np.clip(band / softness, -30, 30))) - 1 / (
        1 + np.exp(-np.clip((band - float(rng.uniform(0.25, 0.6))) / softness, -30, 30))
    )
    smear = cv2.resize(rng.random((9, 5), np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    plane = GLASS + float(rng.uniform(0.01, 0.10)) * window * (0.7 + 0.5 * smear) + 0.012 * smear
    tint = np.array([0.97, 1.0, 1.05], np.float32)
    small = np.asarray(np.maximum(plane, 0.01)[..., None] * tint, np.float32)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _rounded(size: tuple[int, int], radius: int) -> Plane:
    wide, high = size
    mask = np.zeros((high, wide), np.uint8)
    r = min(radius, wide // 2, high // 2)
    cv2.rectangle(mask, (r, 0), (wide - 1 - r, high - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (wide - 1, high - 1 - r), 255, -1)
    for cx in (r, wide - 1 - r):
        for cy in (r, high - 1 - r):
            cv2.circle(mask, (cx, cy), r, 255, -1, cv2.LINE_AA)
    return np.asarray(mask, np.float32) / np.float32(255)
