"""The camera's geometry: which ray of the world falls on which pixel?

World metres: x to the right, y away from the camera, z up; the head of a
presenter who stands at the spot is at :data:`HEAD`. The scale is stated where
it matters, at the head and not at the floor: from overhead the floor is half as
large in the picture. A fisheye is equidistant (angle proportional to distance
from the centre), the model most lens makers approximate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

HEAD = (0.0, 0.0, 1.62)  # middle of the head of somebody of medium height, in metres
HEAD_HEIGHT_IN_PICTURE = 0.30  # share of the picture's height above the head at the spot
ABOVE_HEAD_M = 0.27  # at least so much room above its middle, for tall people close to the lens
LOWEST = 0.48
FAR_M, NEAR_M = 2.7, 1.5  # from the head to a level camera, and to one under the ceiling
BEHIND = 0.05  # metres: what is nearer to the lens than this is not drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where a camera hangs and what it makes of the room.

    ``px_per_m`` is the scale at the head (along the radius for a fisheye);
    ``pitch_deg`` 0 is level, 90 straight down; ``lens`` pinhole or fisheye.
    """

    width_px: int = 960
    height_px: int = 540
    px_per_m: float = 250.0
    pitch_deg: float = 30.0
    lens: str = "pinhole"


@dataclass(frozen=True, slots=True)
class View:
    """A camera set up: position, axes (right, up, forward as rows), focal length in pixels, and one ray a pixel.

    ``rays`` float32 (h, w, 3), unit length, in world axes.
    """

    camera: Camera
    position: Vector
    axes: Vector
    focal_px: float
    rays: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.camera.height_px, self.camera.width_px

    def project(self, points: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Pixels (n, 2) as (x, y) of world points (n, 3), and their depth along the axis in metres.

        A pixel of a point behind the lens means nothing: look at the depth.
        """
        local = (np.asarray(points, np.float64).reshape(-1, 3) - self.position) @ self.axes.T.astype(np.float64)
        depth = local[:, 2]
        if self.camera.lens == "fisheye":
            wide = np.hypot(local[:, 0], local[:, 1])
            bent = np.arctan2(wide, depth) / np.maximum(wide, 1e-9)
        else:
            bent = 1.0 / np.where(np.abs(depth) < 1e-9, 1e-9, depth)
        x = (self.camera.width_px - 1) / 2 + self.focal_px * local[:, 0] * bent
        y = (self.camera.height_px - 1) / 2 - self.focal_px * local[:, 1] * bent
        return np.stack([x, y], axis=1), depth

    def scale_at(self, point: Any) -> float:
        """Pixels per metre at a world point, across the line of sight."""
        away = np.asarray(point, np.float64) - self.position
        along = float(away @ self.axes[2].astype(np.float64))
        reach = float(np.linalg.norm(away)) if self.camera.lens == "fisheye" else along
        return self.focal_px / max(reach, BEHIND)


def look_through(camera: Camera) -> View:
    """Set a camera up so that the head at the spot is in the upper part of the picture, at the stated scale."""
    pitch = np.deg2rad(camera.pitch_deg)
    forward = np.array([0.0, np.cos(pitch), -np.sin(pitch)])
    right = np.array([1.0, 0.0, 0.0])
    up = np.cross(right, forward)
    distance = FAR_M + (NEAR_M - FAR_M) * min(1.0, camera.pitch_deg / 85.0)
    height_m = camera.height_px / camera.px_per_m
    raised = (0.5 - min(LOWEST, max(HEAD_HEIGHT_IN_PICTURE, ABOVE_HEAD_M / height_m))) * height_m
    focal = camera.px_per_m * distance
    if camera.lens == "fisheye":
        angle = raised / distance  # the head is as many pixels above the middle as through a pinhole
        to_head = distance * (np.cos(angle) * forward + np.sin(angle) * up)
    else:
        to_head = distance * forward + raised * up
    position = np.array(HEAD) - to_head
    axes = np.stack([right, up, forward]).astype(np.float32)
    return View(camera, position.astype(np.float32), axes, focal, _rays(camera, focal, axes))


def _rays(camera: Camera, focal: float, axes: Vector) -> NDArray[np.float32]:
    x = (np.arange(camera.width_px) - (camera.width_px - 1) / 2) / focal
    y = ((camera.height_px - 1) / 2 - np.arange(camera.height_px)) / focal
    across, upward = np.meshgrid(x, y)
    if camera.lens == "fisheye":
        angle = np.hypot(across, upward)
        bend = np.sinc(angle / np.pi)  # sin(angle) / angle, and 1 in the middle
        local = np.stack([across * bend, upward * bend, np.cos(angle)], axis=2)
    else:
        local = np.stack([across, upward, np.ones_like(across)], axis=2)
        local /= np.linalg.norm(local, axis=2, keepdims=True)
    return np.ascontiguousarray((local @ axes.astype(np.float64)).astype(np.float32))
