"""Sheets and screens in the room: flat, bent, worn or held, met by rays.

A sheet bends about one axis only, as paper does: it is flat or a piece of a
cylinder. Its texture is the print's, reduced beforehand to about one texel a
pixel, so that each pixel integrates the ink as the sensor would.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.sheets import Sheet, reduced
from toolkit.simulation.tracing import Canvas, Window

Floats = NDArray[np.float32]

FLATTEST_M = 4.0  # a bend radius beyond this is flat
BACK = (0.80, 0.79, 0.77)  # plain paper
SHOWS_THROUGH = 0.5
SHINE = 40.0
GLOSSIEST = 0.9  # what a glass gives back of the lamp, in units of a white's light


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A sheet somewhere.

    ``middle`` in metres; ``axes`` rows are its right (as read), up and towards
    the reader; ``bend_m`` the radius of its curve about the up axis, positive
    when the middle is nearest to the reader (infinite: flat).
    """

    sheet: Sheet
    middle: Floats
    axes: Floats
    bend_m: float = float("inf")

    def point(self, share: Floats) -> Floats:
        """World points of places on the sheet, shares (n, 2) of width and height from its upper left."""
        across = (share[:, 0] - 0.5) * self.sheet.width_m
        upward = (0.5 - share[:, 1]) * self.sheet.height_m
        if abs(self.bend_m) >= FLATTEST_M:
            local = np.stack([across, upward, np.zeros_like(across)], axis=1)
        else:
            angle = across / self.bend_m
            local = np.stack([self.bend_m * np.sin(angle), upward, self.bend_m * (np.cos(angle) - 1)], axis=1)
        return np.asarray(self.middle + local.astype(np.float32) @ self.axes, np.float32)


def draw_sheet(canvas: Canvas, placed: Placed, owner: int) -> None:
    """Draw a sheet where it is the nearest thing."""
    radius = float(np.hypot(placed.sheet.width_m, placed.sheet.height_m)) / 2
    window = canvas.windows(placed.middle[None], np.array([radius], np.float32))[0]
    if window is None:
        return
    rays = canvas.view.rays[window].reshape(-1, 3) @ placed.axes.T
    eye = placed.axes @ (canvas.view.position - placed.middle)
    bent = abs(placed.bend_m) < FLATTEST_M
    crossings = _cylinder(rays, eye, placed) if bent else _plane(rays, eye)
    small = reduced(placed.sheet, canvas.view.scale_at(placed.middle))
    for distance, across, outward in crossings:
        _lay(canvas, placed, small, window, rays, eye, distance, across, outward, owner)


Crossing = tuple[Floats, Floats, Floats]


def _plane(rays: Floats, eye: Floats) -> list[Crossing]:
    """Distance, place across, and normals in the sheet's axes."""
    slope = np.where(np.abs(rays[:, 2]) < 1e-6, 1e-6, rays[:, 2])
    distance = -eye[2] / slope
    normals = np.zeros_like(rays)
    normals[:, 2] = 1.0
    return [(distance.astype(np.float32), (eye[0] + rays[:, 0] * distance).astype(np.float32), normals)]


def _cylinder(rays: Floats, eye: Floats, placed: Placed) -> list[Crossing]:
    """Both crossings of the cylinder; the farther is drawn first, so that the nearer hides it."""
    radius = placed.bend_m
    x, z = eye[0], eye[2] + radius  # the axis lies behind the sheet by the radius
    a = rays[:, 0] ** 2 + rays[:, 2] ** 2
    b = rays[:, 0] * x + rays[:, 2] * z
    inside = b * b - a * (x * x + z * z - radius * radius)
    root = np.sqrt(np.maximum(inside, 0))
    found = []
    for sign in (1.0, -1.0):
        distance = np.where(inside > 0, (-b + sign * root) / np.maximum(a, 1e-9), -1.0)
        px, pz = x + rays[:, 0] * distance, z + rays[:, 2] * distance
        angle = np.arctan2(px, pz) if radius > 0 else np.arctan2(-px, -pz)
        normals = np.stack([px, np.zeros_like(px), pz], axis=1) / radius
        found.append((distance.astype(np.float32), (angle * radius).astype(np.float32), normals.astype(np.float32)))
    return found


def _lay(
    canvas: Canvas, placed: Placed, small: Sheet, window: Window, rays: Floats, eye: Floats,
    distance: Floats, across: Floats, outward: Floats, owner: int,
) -> None:  # fmt: skip
    upward = eye[1] + rays[:, 1] * distance
    u, v = across / placed.sheet.width_m + 0.5, 0.5 - upward / placed.sheet.height_m
    inside = (distance > 0.02) & (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
    height, width = small.alpha.shape
    picked = np.flatnonzero(inside)
    if not len(picked):
        return
    column, row = u[picked] * width - 0.5, v[picked] * height - 0.5
    ink = _read(small.alpha, column, row) > SHOWS_THROUGH
    picked, column, row = picked[ink], column[ink], row[ink]
    if not len(picked):
        return
    texture = _read(small.texture, column, row)
    front = np.einsum("ij,ij->i", outward[picked], rays[picked]) < 0
    normals = np.where(front[:, None], outward[picked], -outward[picked]) @ placed.axes
    albedo = np.where(front[:, None], texture, np.array(BACK, np.float32))
    colour = canvas.shade(albedo.astype(np.float32), normals.astype(np.float32))
    if small.glow is not None:
        colour = colour + front[:, None] * _read(small.glow, column, row)
    if small.gloss > 0:
        colour = colour + GLOSSIEST * small.gloss * _shine(canvas, normals, rays[picked] @ placed.axes)[:, None]
    canvas.put(window, picked, distance[picked], colour.astype(np.float32), owner)


def _shine(canvas: Canvas, normals: Floats, rays: Floats) -> Floats:
    """Mirror light of the lamp (Blinn 1977), which veils a glossy print where it falls."""
    lamp = np.array(canvas.light.direction, np.float32)
    half = lamp / np.linalg.norm(lamp) - rays
    half /= np.linalg.norm(half, axis=1, keepdims=True) + 1e-9
    return np.asarray(np.maximum(np.einsum("ij,ij->i", half, normals), 0) ** SHINE, np.float32)


def _read(plane: Floats, column: Floats, row: Floats) -> Floats:
    """Bilinear values at floats; in strips, because OpenCV's tables stop at 32767 rows."""
    column, row = np.asarray(column, np.float32), np.asarray(row, np.float32)
    parts = [
        cv2.remap(plane, column[k : k + 30_000, None], row[k : k + 30_000, None], cv2.INTER_LINEAR,
                  borderMode=cv2.BORDER_REPLICATE)
        for k in range(0, len(column), 30_000)
    ]  # fmt: skip
    joined = np.concatenate(parts)
    return np.asarray(joined.reshape(len(column), 3) if plane.ndim == 3 else joined.reshape(-1), np.float32)
