"""Limbs and trunks: round cones, the shape of everything on a body but its face.

A round cone is the hull of two balls. Stretched along one axis it is a chest or
a palm, with equal balls a finger, with both balls in one place an ear. The
crossing of a ray and a round cone is known in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.tracing import NOBODY, Canvas

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]

TINY = 1e-9
TEXEL_M = 0.005
FARTHEST = np.float32(1e9)  # farther than the emptiness of a canvas, also once it is divided by a stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Cone:
    """Two balls and all between them.

    ``start`` and ``end`` are their middles in metres, ``radii`` theirs;
    ``frame`` (3, 3) maps world directions to the space in which the balls are
    round (None: they are). ``cloth`` is a texture (h, w, 3) wound around the
    axis, its row 0 at ``start`` and its middle column towards ``turn_rad`` (0
    faces the camera); without it the cone has one ``colour``. With an
    ``origin`` the cloth is not wound but hangs: one texel is
    :data:`TEXEL_M` wide, so that it goes on from cone to cone without a fan
    of folds where a ball closes one.
    """

    start: Floats
    end: Floats
    radii: tuple[float, float]
    colour: Colour = (0.5, 0.5, 0.5)
    frame: Floats | None = None
    cloth: Floats | None = None
    turn_rad: float = 0.0
    origin: Floats | None = None


def flattened(axis: Floats, by: float) -> Floats:
    """The frame in which a body that is thinner by this factor along ``axis`` is round."""
    unit = axis / np.linalg.norm(axis)
    return (np.eye(3) + (1.0 / by - 1.0) * np.outer(unit, unit)).astype(np.float32)


def draw_cones(canvas: Canvas, cones: Sequence[Cone], owner: int = NOBODY) -> None:
    """Draw round cones, each where it is the nearest thing."""
    if not cones:
        return
    ends = np.stack([end for cone in cones for end in (cone.start, cone.end)])
    stretch = [1.0 if cone.frame is None else 1.0 / _least_stretch(cone.frame) for cone in cones]
    reach = np.array([r * s for cone, s in zip(cones, stretch, strict=True) for r in cone.radii], np.float32)
    nearest = (np.linalg.norm(ends - canvas.view.position, axis=1) - reach).reshape(-1, 2).min(axis=1)
    for cone, window, near in zip(cones, canvas.windows(ends, reach, 2), nearest, strict=True):
        if window is not None and canvas.depth[window].max() > near:
            _draw(canvas, cone, window, owner)


def _least_stretch(frame: Floats) -> float:
    """A flattened frame stretches by 1 or more, so nothing reaches beyond its balls' radii times this inverse."""
    return float(np.sqrt(np.linalg.eigvalsh(frame.T @ frame)[0]))


def _draw(canvas: Canvas, cone: Cone, window: tuple[slice, slice], owner: int) -> None:
    rays = canvas.view.rays[window].reshape(-1, 3)
    eye, a, b = canvas.view.position, cone.start, cone.end
    directions, length = rays, None
    if cone.frame is not None:
        eye, a, b = cone.frame @ eye, cone.frame @ a, cone.frame @ b
        directions = rays @ cone.frame.T
        length = np.sqrt(np.einsum("ij,ij->i", directions, directions))
        directions /= length[:, None]
    distance = _crossing(directions, eye, a, b, cone.radii)
    along_ray = distance if length is None else distance / length
    picked = np.flatnonzero(along_ray < canvas.depth[window].reshape(-1))
    if not len(picked):
        return
    reach = along_ray[picked]
    points = eye + directions[picked] * distance[picked, None]
    normals, along = _normals(points, a, b, cone.radii)
    if cone.frame is not None:
        normals = normals @ cone.frame
    normals /= np.sqrt(np.einsum("ij,ij->i", normals, normals))[:, None] + TINY
    if cone.cloth is not None and cone.origin is not None:
        paint = _hung(cone, cone.cloth, canvas.view.position + rays[picked] * reach[:, None] - cone.origin)
    else:
        paint = _paint(cone, normals, along)
    canvas.put(window, picked, reach, canvas.shade(paint, normals), owner)


def _crossing(d: Floats, eye: Floats, a: Floats, b: Floats, radii: tuple[float, float]) -> Floats:
    """Distance along each ray to the round cone, FARTHEST where it passes by.

    A quadratic for the flank, and for each ball where the flank is left.
    """
    ra, rb = np.float32(radii[0]), np.float32(radii[1])
    axis, from_a, from_b = b - a, eye - a, eye - b
    long2, taper = axis @ axis, ra - rb
    m1, m5, m7 = axis @ from_a, from_a @ from_a, from_b @ from_b
    m2, m3, m6 = (d @ np.stack([axis, from_a, from_b], axis=1)).T
    slant = long2 - taper * taper
    found = np.full(len(d), FARTHEST, np.float32)
    foot = np.full(len(d), -1.0, np.float32)
    flank = np.zeros(len(d), bool)
    if slant > TINY:
        k2 = slant - m2 * m2
        k1 = slant * m3 - m2 * (m1 - taper * ra)
        inside = k1 * k1 - k2 * (slant * m5 - m1 * m1 + m1 * taper * ra * 2 - long2 * ra * ra)
        reach = (-np.sqrt(np.maximum(inside, 0)) - k1) / np.maximum(k2, TINY)
        foot = m1 - ra * taper + reach * m2
        flank = (inside >= 0) & (foot > 0) & (foot < slant) & (reach > 0)
        found[flank] = reach[flank]
    for part, square, radius in ((m3, m5, ra), (m6, m7, rb)):
        inside = part * part - (square - radius * radius)
        ball = np.flatnonzero((inside >= 0) & ~flank)
        reach = -part[ball] - np.sqrt(inside[ball])
        found[ball] = np.where(reach > 0, np.minimum(found[ball], reach), found[ball])
    return found


def _normals(points: Floats, a: Floats, b: Floats, radii: tuple[float, float]) -> tuple[Floats, Floats]:
    """Outward directions in the round space, and how far along the axis (0-1) each point lies."""
    axis = b - a
    long2 = max(float(axis @ axis), TINY)
    local = points - a
    along = (local @ axis) / np.float32(long2)
    met = along
    if radii[0] != radii[1]:
        # The normal meets the axis off the foot by the taper: a cone's flank leans.
        lean = np.float32((radii[0] - radii[1]) / long2)
        off = local - along[:, None] * axis
        met = along - lean * np.sqrt(np.einsum("ij,ij->i", off, off))
    return local - np.clip(met, 0.0, 1.0)[:, None] * axis, np.clip(along, 0.0, 1.0)


def _paint(cone: Cone, normals: Floats, along: Floats) -> Floats:
    if cone.cloth is None:
        return np.broadcast_to(np.array(cone.colour, np.float32), normals.shape)
    height, width = cone.cloth.shape[:2]
    around = (np.arctan2(normals[:, 0], -normals[:, 1]) - cone.turn_rad) / (2 * np.pi) + 0.5
    column = (around * width).astype(np.intp) % width
    row = np.minimum((along * height).astype(np.intp), height - 1)
    return np.asarray(cone.cloth[row, column], np.float32)


def _hung(cone: Cone, cloth: Floats, local: Floats) -> Floats:
    height, width = cloth.shape[:2]
    c, s = np.float32(np.cos(cone.turn_rad)), np.float32(np.sin(cone.turn_rad))
    across, away = c * local[:, 0] + s * local[:, 1], c * local[:, 1] - s * local[:, 0]
    column = (across / TEXEL_M + width / 2).astype(np.intp) % width
    row = ((np.abs(away) - local[:, 2]) / TEXEL_M).astype(np.intp) % height
    return np.asarray(cloth[row, column], np.float32)
