"""A square to paint on, in lengths of a face, and the few strokes that painting needs.

Everything is float32 and linear; nothing here knows what a face is.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Tint = NDArray[np.float32]  # (h, w, 3)
SUBPIXEL = 4  # binary places of a stroke's ends


class Canvas:
    """A square of pixels with coordinates in eye distances.

    Parameters
    ----------
    side_px : int
    eye_line : float
        Height of v = 0 as a share of the side.
    eye_distance : float
        Length of one unit as a share of the side.
    """

    def __init__(self, side_px: int, eye_line: float, eye_distance: float) -> None:
        self.side_px = side_px
        self.unit = side_px * eye_distance
        self._middle = (side_px / 2, side_px * eye_line)
        rows, columns = np.mgrid[0:side_px, 0:side_px].astype(np.float32) + 0.5
        self.u: Plane = (columns - self._middle[0]) / self.unit
        self.v: Plane = (rows - self._middle[1]) / self.unit

    def place(self, u: float, v: float) -> tuple[float, float]:
        """Pixel coordinates (x, y), edges of the picture at 0, of a place."""
        return self._middle[0] + u * self.unit, self._middle[1] + v * self.unit

    def window(self, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        """Rows and columns of a part of the canvas: small things need not be computed everywhere."""
        (x0, y0), (x1, y1) = self.place(left, top), self.place(right, bottom)
        x0, y0, x1, y1 = (int(min(max(edge, 0), self.side_px)) for edge in (x0, y0, x1, y1))
        return slice(y0, y1), slice(x0, x1)

    def noise(self, rng: np.random.Generator, size: float) -> Plane:
        """Smooth noise, standard deviation 1, with grains of this size in eye distances."""
        cells = max(int(np.ceil(self.side_px / max(size * self.unit, 1.0))) + 3, 4)
        coarse = rng.standard_normal((cells, cells)).astype(np.float32)
        fine = cv2.resize(coarse, (self.side_px, self.side_px), interpolation=cv2.INTER_CUBIC)
        return np.asarray(fine / max(float(fine.std()), 1e-6), dtype=np.float32)

    def stroke(self, layer: Plane, start: tuple[float, float], end: tuple[float, float], width: float) -> None:
        """A hair drawn with full strength, ``width`` in eye distances."""
        ends = [tuple(round((x - 0.5) * 2**SUBPIXEL) for x in point) for point in (start, end)]
        cv2.line(layer, ends[0], ends[1], 1.0, max(round(width * self.unit), 1), cv2.LINE_AA, SUBPIXEL)


def soft(edge: NDArray[np.floating]) -> Plane:
    """A soft step: 0 below -1, 1 above 1, in units of the edge's own softness."""
    t = np.clip(edge / 2 + 0.5, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def bump(u: Plane, v: Plane, at: tuple[float, float], spread: tuple[float, float]) -> Plane:
    """A smooth hill of height 1."""
    return np.asarray(np.exp(-0.5 * (((u - at[0]) / spread[0]) ** 2 + ((v - at[1]) / spread[1]) ** 2)), np.float32)


def pair(u: Plane, v: Plane, at: tuple[float, float], spread: tuple[float, float]) -> Plane:
    """Two hills, the second mirrored at u = 0; smooth there, unlike one hill over the absolute value of u."""
    return bump(u, v, at, spread) + bump(-u, v, at, spread)


def smooth(plane: Plane, sigma_px: float) -> Plane:
    """Gaussian blur."""
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), max(sigma_px, 0.3)), dtype=np.float32)


def mixed(picture: Tint, paint: NDArray[np.float32], share: Plane) -> None:
    """Lay a colour or a picture over ``picture``, in place, with the share of each pixel."""
    picture += (paint - picture) * share[..., None]
