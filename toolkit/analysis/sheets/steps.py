"""Steps between neighbouring pixels, and how much of a line or an outline a picture shows by them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image, Mask

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

SAMPLES = 24  # places along a side
ASIDE_PX = (-1.0, 0.0, 1.0)  # how far from a line a step may lie
STEP, LEAST_STEP = 7.0, 3.5  # grey levels a pixel across a side that is seen; in a dull picture less
DULL = 45.0  # spread (5th to 95th percentile) of lightness before the empty place, below which a picture is dull


@dataclass(frozen=True, slots=True, eq=False)
class Gradient:
    """Step of the channel that steps most, per pixel: float32 (h, w) each."""

    across: Floats32
    down: Floats32
    step: float = STEP


def gradient_of(picture: Image, front: Mask) -> Gradient:
    """Gradient in grey levels a pixel, of L, a and b of Lab, whichever is strongest; colour counts double."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    across, down, strongest = (np.zeros(front.shape, np.float32) for _ in range(3))
    for channel, scale in enumerate((1 / 32, 2 / 32, 2 / 32)):
        plane = np.ascontiguousarray(lab[..., channel])
        x, y = cv2.Scharr(plane, cv2.CV_32F, 1, 0, scale=scale), cv2.Scharr(plane, cv2.CV_32F, 0, 1, scale=scale)
        strength = x * x + y * y
        more = (strength > strongest).astype(np.uint8)
        for kept, new in ((across, x), (down, y), (strongest, strength)):
            cv2.copyTo(new, more, kept)
    light = np.percentile(lab[..., 0][front], (5, 95)) if front.any() else np.zeros(2)
    step = float(np.clip(STEP * (light[1] - light[0]) / DULL, LEAST_STEP, STEP))
    return Gradient(across, down, step)


def sides_seen(gradient: Gradient, corners: Floats) -> NDArray[np.bool_]:
    """Where along each side the picture steps across it: bool (n, 4, 24), for corners (n, 4, 2)."""
    ways = np.concatenate([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 4)
    return seen_along(gradient, ways).reshape(len(corners), 4, SAMPLES)


def seen_along(gradient: Gradient, lines: Floats, samples: int = SAMPLES) -> NDArray[np.bool_]:
    """Where along lines (n, 4) the picture steps across them, within a pixel: bool (n, samples)."""
    return np.asarray(strength_along(gradient, lines, samples) >= gradient.step, np.bool_)


def strength_along(gradient: Gradient, lines: Floats, samples: int) -> Floats32:
    """The strongest step across lines (n, 4) within a pixel, in grey levels a pixel: float32 (n, samples)."""
    share = (np.arange(samples) + 0.5) / samples
    start, way = lines[:, :2], lines[:, 2:] - lines[:, :2]
    unit = way / (np.linalg.norm(way, axis=1, keepdims=True) + 1e-9)
    normal = np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
    places = start[:, None] + way[:, None] * share[None, :, None]
    return np.asarray(strength_beside(gradient, places, normal).max(axis=0), np.float32)


def strength_beside(gradient: Gradient, places: Floats, normal: Floats) -> Floats32:
    """Step across lines of such normals (n, 2) at places (n, k, 2) and a pixel to either side: float32 (3, n, k)."""
    height, width = gradient.across.shape
    strength = np.empty((3, *places.shape[:2]), np.float32)
    for number, off in enumerate(ASIDE_PX):
        at = np.round(places + off * normal[:, None]).astype(np.int64)
        inside = (at[..., 0] >= 0) & (at[..., 0] < width) & (at[..., 1] >= 0) & (at[..., 1] < height)
        x, y = np.clip(at[..., 0], 0, width - 1), np.clip(at[..., 1], 0, height - 1)
        step = gradient.across[y, x] * normal[:, None, 0] + gradient.down[y, x] * normal[:, None, 1]
        strength[number] = np.abs(step) * inside
    return strength
