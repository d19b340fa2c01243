"""The empty place: floor, wall, a terminal on its post, and what hangs on the wall.

Everything that stands still is drawn once, with its depth, and copied for each
frame. Shadows of people on the floor are soft and cheap: they matter to a
detector of presence, not to a face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.camera import View
from toolkit.simulation.held import Placed, draw_sheet
from toolkit.simulation.solids import Cone, draw_cones, flattened
from toolkit.simulation.tracing import NOBODY, Canvas, Light

Floats = NDArray[np.float32]
Rng = np.random.Generator

WALL_Y_M = 1.5
TILE_M = 0.45
TERMINAL = (0.36, -0.42, 1.24)
SHADOW_SHRINK = 4  # shadows are drawn this many times smaller
SHADOW = 0.42
WALLS = ((0.58, 0.60, 0.63), (0.66, 0.62, 0.54), (0.50, 0.55, 0.53))
FLOORS = ((0.26, 0.17, 0.09), (0.20, 0.20, 0.19), (0.33, 0.29, 0.23))


@dataclass(frozen=True, slots=True)
class Plate:
    """The empty place through one camera: linear RGB, depth along each ray, the light in it."""

    image: Floats
    depth: Floats
    light: Light


def make_plate(view: View, rng: Rng, light: Light | None = None, on_wall: Sequence[Placed] = ()) -> Plate:
    """Floor, wall, door, terminal and what hangs on the wall, by chance but for the latter."""
    chosen = light or Light()
    image, depth = _room(view, rng, chosen)
    canvas = Canvas(view, image, chosen)
    canvas.depth = depth
    draw_cones(canvas, _terminal_parts())
    for sheet in on_wall:
        draw_sheet(canvas, sheet, NOBODY)
    return Plate(canvas.image, canvas.depth, chosen)


def _room(view: View, rng: Rng, light: Light) -> tuple[Floats, Floats]:
    rays, eye = view.rays, view.position
    with np.errstate(divide="ignore", invalid="ignore"):
        to_floor = np.where(rays[..., 2] < -1e-4, -eye[2] / rays[..., 2], 1e5)
        to_wall = np.where(rays[..., 1] > 1e-4, (WALL_Y_M - eye[1]) / rays[..., 1], 1e5)
    depth = np.minimum(to_floor, to_wall).astype(np.float32)
    points = eye + rays * depth[..., None]
    floor, wall = _floor(points, rng), _wall(points, rng)
    on_floor = (to_floor <= to_wall)[..., None]
    albedo = np.where(on_floor, floor, wall)
    normals = np.where(on_floor, np.array([0, 0, 1.0]), np.array([0, -1.0, 0])).astype(np.float32)
    lit = Canvas(view, albedo.astype(np.float32), light).shade(
        albedo.reshape(-1, 3).astype(np.float32), normals.reshape(-1, 3)
    )
    near_wall = np.clip((WALL_Y_M - points[..., 1]) / 0.5, 0, 1)[..., None]
    corner = np.where(on_floor, 0.75 + 0.25 * near_wall, 0.80 + 0.20 * np.clip(points[..., 2:] / 0.6, 0, 1))
    return np.asarray(lit.reshape(albedo.shape) * corner, np.float32), depth


def _floor(points: Floats, rng: Rng) -> Floats:
    tone = np.array(FLOORS[rng.integers(len(FLOORS))], np.float32)
    x, y = points[..., 0] / TILE_M, points[..., 1] / TILE_M
    cell = (np.floor(x).astype(np.int64) * 73 + np.floor(y).astype(np.int64) * 151) % 997
    shade = 0.88 + 0.24 * np.sin(cell * 12.9898) ** 2
    seam = (np.minimum(x % 1, 1 - x % 1) < 0.012) | (np.minimum(y % 1, 1 - y % 1) < 0.012)
    grain = 1 + 0.06 * np.sin(points[..., 0] * 61 + 3 * np.sin(points[..., 1] * 17)) * np.sin(points[..., 1] * 43)
    return np.asarray(tone * (shade * grain * np.where(seam, 0.55, 1.0))[..., None], np.float32)


def _wall(points: Floats, rng: Rng) -> Floats:
    tone = np.array(WALLS[rng.integers(len(WALLS))], np.float32)
    x, z = points[..., 0], points[..., 2]
    paint = np.broadcast_to(tone, points.shape).copy()
    paint *= (1 + 0.03 * np.sin(x * 7 + 2 * np.sin(z * 5)))[..., None]
    paint[z < 0.12] *= 0.45
    door = float(rng.uniform(-1.6, -1.1))
    inside = (x > door) & (x < door + 0.82) & (z < 2.02)
    paint[inside] *= np.array([0.62, 0.52, 0.42], np.float32)
    frame = (np.abs(x - door) < 0.03) | (np.abs(x - door - 0.82) < 0.03) | (np.abs(z - 2.02) < 0.03)
    paint[frame & (x > door - 0.05) & (x < door + 0.87) & (z < 2.05)] *= 0.5
    board = float(rng.uniform(0.75, 1.0))
    paint[(np.abs(x - board) < 0.26) & (np.abs(z - 1.62) < 0.18)] = np.array([0.10, 0.16, 0.24], np.float32)
    for k in range(3):
        note = board - 0.17 + 0.17 * k
        paint[(np.abs(x - note) < 0.055) & (np.abs(z - 1.60) < 0.085)] = np.array([0.70, 0.69, 0.64], np.float32)
    return paint


def _terminal_parts() -> list[Cone]:
    x, y, z = TERMINAL
    post: dict[str, Any] = {"radii": (0.022, 0.022), "colour": (0.22, 0.22, 0.23)}
    box: dict[str, Any] = {"radii": (0.030, 0.030), "colour": (0.035, 0.036, 0.04)}
    return [
        Cone(start=_at(x, y, 0.02), end=_at(x, y, z - 0.08), **post),
        Cone(start=_at(x, y, 0.012), end=_at(x, y, 0.015), radii=(0.11, 0.11), colour=(0.10, 0.10, 0.11),
             frame=flattened(_at(0, 0, 1), 0.12)),
        *(Cone(start=_at(x - 0.040, y, z + up), end=_at(x + 0.040, y, z + up), **box)
          for up in np.arange(-0.07, 0.09, 0.02)),
    ]  # fmt: skip


def _at(x: float, y: float, z: float) -> Floats:
    return np.array([x, y, z], np.float32)


def lamp_of_terminal(flash: float) -> list[Cone]:
    """The terminal's status light, brighter while it says that a clock-in succeeded (0-1)."""
    x, y, z = TERMINAL
    glow = 0.10 + 2.2 * flash
    return [Cone(start=_at(x - 0.03, y, z + 0.105), end=_at(x + 0.03, y, z + 0.105), radii=(0.010, 0.010),
                 colour=(0.08 * glow, 0.95 * glow, 0.25 * glow))]  # fmt: skip


def cast_shadows(image: Floats, view: View, feet: Sequence[tuple[float, float]]) -> None:
    """Darken the floor around feet, in place."""
    if not feet:
        return
    height, width = view.shape
    small = np.zeros((max(1, height // SHADOW_SHRINK), max(1, width // SHADOW_SHRINK)), np.float32)
    ring = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    for x, y in feet:
        circle = np.stack([x - 0.06 + 0.34 * np.cos(ring), y + 0.12 + 0.30 * np.sin(ring), 0 * ring], axis=1)
        pixels, away = view.project(circle)
        if away.min() > 0.2:
            cv2.fillConvexPoly(small, np.round(pixels / SHADOW_SHRINK).astype(np.int32), SHADOW)
    sigma = max(1.0, 0.07 * view.camera.px_per_m / SHADOW_SHRINK)
    x, y, w, h = cv2.boundingRect((small > 0).astype(np.uint8))
    if not w:
        return
    pad = int(np.ceil(3 * sigma))
    rows, columns = slice(max(0, y - pad), y + h + pad), slice(max(0, x - pad), x + w + pad)
    soft = cv2.GaussianBlur(small[rows, columns], (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    high, wide = soft.shape
    part = image[
        rows.start * SHADOW_SHRINK : (rows.start + high) * SHADOW_SHRINK,
        columns.start * SHADOW_SHRINK : (columns.start + wide) * SHADOW_SHRINK,
    ]
    grown = cv2.resize(soft, (wide * SHADOW_SHRINK, high * SHADOW_SHRINK), interpolation=cv2.INTER_LINEAR)
    part *= 1 - grown[: part.shape[0], : part.shape[1], None]
