"""What is nearest on each pixel's ray, and how bright it is.

Bodies, sheets and heads are met by rays instead of being cut into triangles:
every lens, also a fisheye, is then the same to them, edges are exact, and the
depth of every pixel is known for the truth. Light is Lambert with an ambient
part that is stronger from above, as under a ceiling; colours are linear.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.camera import View

Floats = NDArray[np.float32]
Index = NDArray[np.intp]
Window = tuple[slice, slice]

FAR = np.float32(1e6)
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """``direction`` points to the lamp; ``ambient`` and ``lamp`` are linear RGB of the two parts."""

    direction: tuple[float, float, float] = (0.30, -0.68, 0.67)
    ambient: tuple[float, float, float] = (0.54, 0.55, 0.58)
    lamp: tuple[float, float, float] = (0.50, 0.48, 0.44)


@dataclass(slots=True)
class Canvas:
    """A picture in the making: linear RGB, depth along each ray in metres, and whose body each pixel shows."""

    view: View
    image: Floats
    light: Light
    depth: Floats = field(init=False)
    owner: NDArray[np.int16] = field(init=False)
    _lamp: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Start with nothing near, nobody there."""
        self.depth = np.full(self.view.shape, FAR, np.float32)
        self.owner = np.full(self.view.shape, NOBODY, np.int16)
        lamp = np.array(self.light.direction, np.float32)
        self._lamp = lamp / np.linalg.norm(lamp)

    def windows(self, centres: Floats, radii: Floats, group: int = 1) -> list[Window | None]:
        """Rows and columns that each group of balls can touch; None when out of the picture."""
        pixels, depth = self.view.project(centres)
        reach = (self.view.focal_px * radii / np.maximum(depth - radii, 0.02) + 1.0)[:, None]
        low = (pixels - reach).reshape(-1, group, 2).min(axis=1)
        high = (pixels + reach).reshape(-1, group, 2).max(axis=1) + 2
        near = (depth < radii + 0.02).reshape(-1, group).any(axis=1)
        edge = np.array([self.view.shape[1], self.view.shape[0]])
        starts, stops = np.clip(low, 0, edge).astype(int), np.clip(high, 0, edge).astype(int)
        starts[near], stops[near] = 0, edge
        return [
            (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None
            for (x0, y0), (x1, y1) in zip(starts.tolist(), stops.tolist(), strict=True)
        ]

    def shade(self, albedo: Floats, normals: Floats) -> Floats:
        """Linear RGB (n, 3) of surfaces of this reflectance and these unit normals."""
        facing = np.maximum(normals @ self._lamp, 0.0)[:, None]
        above = (0.72 + 0.28 * normals[:, 2])[:, None]
        light = above * np.array(self.light.ambient, np.float32) + facing * np.array(self.light.lamp, np.float32)
        return np.asarray(albedo * light, np.float32)

    def put(self, window: Window, picked: Index, distance: Floats, colour: Floats, owner: int) -> None:
        """Draw what is nearer than what is there; ``picked`` are flat indices into the window."""
        rows, columns = window
        y = picked // (columns.stop - columns.start)
        spot = picked + (y * (self.view.shape[1] - columns.stop + columns.start) + rows.start * self.view.shape[1])
        spot += columns.start
        depth = self.depth.reshape(-1)
        near = np.flatnonzero(distance < depth[spot])
        spot = spot[near]
        depth[spot] = distance[near]
        self.image.reshape(-1, 3)[spot] = colour[near]
        self.owner.reshape(-1)[spot] = owner
