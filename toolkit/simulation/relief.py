"""The shape of a head: how far from its middle is its surface, in every direction?

A head is a star-shaped surface: one distance a direction, kept on two square
maps (front and back half) by the projection ``x / (1 + |y|), z / (1 + |y|)``,
which has no poles. The distances go through the 68 points of the mean shape
that insightface ships (made symmetric, 145 mm from jaw corner to jaw corner)
and through a skull around them; between them they follow a thin-plate spline.

Head axes: x to the left of the picture when the head looks into the camera is
negative, y away from the face, z up; the middle lies between the ears.
The mean shape is used for these scenes only: a cue that measured with the same
mesh would be tested on its own assumption.

The nose is a shape of its own (ridge, ball, wings): a spline through the nine
points of the mean shape makes a tent of it, and a detector that finds no nose
on a turned face puts its mark beyond the face.

What was traded: the detector's affine nose offset hardly follows the depth of
the nose; it follows how the whole face falls away to the sides. The mean shape
is therefore taken flatter between brows, eyes and mouth, as far as the result
still looks like a face. The offset grows somewhat faster with the turn than on
the one real head-pose clip that turns, most so from level cameras (figures:
docs/scenarios.md), though the nose marks stand only 18-23 mm before the plane
of eyes and mouth. A cue's gain is calibrated on real clips.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

Floats = NDArray[np.float32]

SIDE = 224  # texels of a map's side
RIM = 8  # texels beyond any direction
JAW_M = 0.145
RELIEF = 0.90  # depth of the mean shape
MOUTH = 0.55  # and of its lips, which it purses
FLATTER_M = (0.0115, 0.050)  # how much of the fall towards the temples is taken from brows, eyes and mouth, and where
LENGTH = 0.95  # eyes to mouth against the mean shape, as real detections have it
MIDDLE = (-0.20, -0.35)  # of the mean shape's own axes (down, towards the viewer): between the ears
JAW = (1.0, 0.90, 0.90, 0.97)  # narrower than the mean shape's, from the chin to before the ears
CHEEKS_M = ((0.048, -0.070, -0.006), (0.044, -0.068, -0.026), (0.040, -0.066, -0.045))
SKULL_AXES = (0.076, 0.098, 0.098)
CHEEKS = 0.10  # how far full cheeks widen the outline
NOSE_POWER = 0.35  # how much of a told nose height is taken
UNDER_CHIN_M = (
    (0.0, -0.052, -0.090), (0.0, -0.020, -0.082), (0.030, -0.030, -0.078), (0.042, 0.005, -0.072), (0.0, 0.020, -0.080),
    (0.046, 0.045, -0.066), (0.0, 0.070, -0.070),
)  # fmt: skip
HAIRLINE_M = 0.064  # above the middle of the head, in front
NOSE_M = 0.016  # how far the tip stands out over the cheeks' surface
NOSE_ROOT = 0.12  # share of that at the root, between the eyes
NOSE_SHARE = 0.61  # of the way from eyes to mouth: the lower edge of the tip
TIP_ABOVE, BASE_BELOW = 0.03, 0.09  # of the same way: the tip's middle, and where the upper lip begins
RIDGE_M = (0.0060, 0.0100)  # half width of the nose at root and tip
WINGS_M = (0.0135, 0.0048, 0.0052, 0.0075)  # how far aside, half width, half height, how far out
NOSE_BED_M = ((0.0, -0.0885, 0.000), (0.0, -0.0905, -0.012), (0.016, -0.0835, 0.000), (0.017, -0.0850, -0.012),
              (0.020, -0.0850, -0.024))  # fmt: skip
FACTORS = ("face_width", "jaw_width", "chin_length", "forehead", "cheeks", "nose_height", "depth")
SKULL_MIDDLE = (0.0, 0.018, 0.030)
FEATURES = (range(36, 42), range(42, 48), (48,), (54,))
FACE_POINTS = [*range(28), *range(36, 68)]  # without the nose, which is a shape of its own


@dataclass(frozen=True, slots=True)
class Relief:
    """Surface of a head.

    ``radius`` float32 (2, SIDE, SIDE) in metres and ``normals`` (2, SIDE, SIDE,
    3): front half first. ``features`` float32 (5, 3): eyes, nose tip, mouth
    corners in head axes, as the picture shows them from left to right;
    ``outline`` (27, 3): jaw and brows.
    """

    radius: Floats
    normals: Floats
    features: Floats
    outline: Floats

    @property
    def reach_m(self) -> float:
        """How far from its middle the head reaches; corners of the maps, which no direction comes near, left out."""
        inner = self.radius[:, RIM : SIDE - RIM, RIM : SIDE - RIM]
        return float(inner.max()) + 0.002


def directions() -> Floats:
    """Unit direction of every texel, (2, SIDE, SIDE, 3)."""
    axis = (np.arange(SIDE) + 0.5) / SIDE * 2.2 - 1.1
    u, v = np.meshgrid(axis, -axis)
    square = u * u + v * v
    front = np.stack([2 * u, -(1 - square), 2 * v], axis=2) / (1 + square)[..., None]
    back = front * np.array([1.0, -1.0, 1.0])
    return np.stack([front, back]).astype(np.float32)


def texels(points: Floats) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Whether each point (n, 3) lies on the back map, and its column and row there (floats)."""
    length = np.sqrt(np.einsum("ij,ij->i", points, points)) + 1e-9
    spread = 1.0 / (length + np.abs(points[:, 1]))
    column = (points[:, 0] * spread + 1.1) * (SIDE / 2.2) - 0.5
    row = (1.1 - points[:, 2] * spread) * (SIDE / 2.2) - 0.5
    return points[:, 1] > 0, column.astype(np.float32), row.astype(np.float32)


def make_relief(shape: Mapping[str, float] | None = None) -> Relief:
    """A head of this build.

    Parameters
    ----------
    shape : mapping, optional
        Factors around 1: ``face_width``, ``jaw_width``, ``chin_length``,
        ``forehead`` (height), ``cheeks`` (fullness), ``nose_height``, ``depth``
        (of the whole relief). Missing ones are 1.
    """
    told = {**dict.fromkeys(FACTORS, 1.0), "nose_share": NOSE_SHARE, **(shape or {})}
    points = _landmarks(told)
    bed = np.array([*NOSE_BED_M, *CHEEKS_M]) * np.array([1.0, told["depth"] ** 0.2, 1.0])
    anchors = np.concatenate([points[FACE_POINTS], bed, bed[2:] * np.array([-1.0, 1.0, 1.0]), _skull(told)])
    reach = np.linalg.norm(anchors, axis=1)
    spline = RBFInterpolator(anchors / reach[:, None], reach, kernel="thin_plate_spline")
    every = directions()
    radius = spline(every.reshape(-1, 3)).reshape(2, SIDE, SIDE).astype(np.float32)
    features = np.stack([points[list(rows)].mean(axis=0) for rows in FEATURES])
    # The points lie on the surface that is drawn, not on the one they were read from.
    along = features / np.linalg.norm(features, axis=1, keepdims=True)
    features = along * spline(along)[:, None]
    radius[0], nose = _nosed(every[0], radius[0], features, told)
    features = np.insert(features, 2, nose, axis=0)
    return Relief(radius, _normals(every, radius), features.astype(np.float32), points[:27].astype(np.float32))


def _nosed(
    every: Floats, bare: Floats, features: NDArray[np.float64], told: Mapping[str, float]
) -> tuple[Floats, NDArray[np.float64]]:
    """Distances of the front half with a nose on it, and the point where its tip ends below.

    A spline through the few points that a mean shape has on a nose makes a
    tent of it, without flanks or wings, which nobody turned aside has.
    """
    radius = bare.copy()
    for _ in range(8):  # what stands out lies farther from the axis: find the height that belongs there
        surface = every * radius[..., None]
        radius = np.asarray(bare + _nose(surface[..., 0], surface[..., 2], features, told), np.float32)
    eyes, mouth = features[:2, 2].mean(), features[2:, 2].mean()
    low = eyes + (mouth - eyes) * told["nose_share"]
    surface = every * radius[..., None]
    middle = surface[:, SIDE // 2]
    front = middle[middle[:, 1] < -0.05]
    return radius, np.array([0.0, float(np.interp(low, front[::-1, 2], front[::-1, 1])), low])


def _nose(x: Floats, z: Floats, features: NDArray[np.float64], told: Mapping[str, float]) -> Floats:
    """How far a nose stands out at these places, in metres: ridge, ball and wings."""
    eyes, mouth = features[:2, 2].mean(), features[2:, 2].mean()
    way = (eyes - z) / (eyes - mouth)
    tip, base = told["nose_share"] - TIP_ABOVE, told["nose_share"] + BASE_BELOW
    down = np.clip(way / tip, -0.4, 1)
    out = (NOSE_ROOT + (1 - NOSE_ROOT) * np.maximum(down, 0) ** 1.15) * _ramp(down, -0.4, 0.1)
    out = out * (1 - _ramp(way, tip, base + 0.02))
    half = RIDGE_M[0] + (RIDGE_M[1] - RIDGE_M[0]) * np.clip(down, 0, 1)
    ridge = out * np.exp(-((np.abs(x) / half) ** 2.4))
    aside, wide, high, far = WINGS_M
    low = eyes + (mouth - eyes) * (tip + 0.055)
    wings = np.exp(-(((np.abs(x) - aside) / wide) ** 2) - ((z - low) / high) ** 2) * far
    tall = told["nose_height"] ** NOSE_POWER * told["depth"]
    return np.asarray(NOSE_M * tall * ridge + wings, np.float32)


def hairline_m(y: Any) -> NDArray[np.float64]:
    """Height above the middle at which hair begins, by how far back (metres)."""
    return HAIRLINE_M - 0.040 * _ramp(y, -0.060, -0.015) - 0.095 * _ramp(y, -0.010, 0.055)


def with_hair(relief: Relief, thickness_m: float) -> Relief:
    """The head with hair of this thickness on it."""
    every = directions()
    surface = every * relief.radius[..., None]
    grown = _ramp(surface[..., 2] - hairline_m(surface[..., 1]), -0.004, 0.022)
    radius = (relief.radius + thickness_m * grown).astype(np.float32)
    return Relief(radius, _normals(every, radius), relief.features, relief.outline)


def _ramp(values: Any, low: float, high: float) -> NDArray[np.float64]:
    t = np.clip((np.asarray(values, np.float64) - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _landmarks(told: Mapping[str, float]) -> NDArray[np.float64]:
    mean = mean_shape()
    scale = JAW_M / float(np.ptp(mean[:17, 0]))
    down, near = mean[:, 1] - MIDDLE[0], mean[:, 2] - MIDDLE[1]
    x = mean[:, 0] * scale * told["face_width"]
    chin = np.exp(-(((np.arange(17) - 8) / 4.5) ** 2))  # 1 at the chin, 0 at the ears: no corner may stick out
    x[:17] *= np.interp(np.abs(np.arange(17) - 8), (0, 4, 6, 8), JAW)
    x[:17] *= 1 + (told["jaw_width"] - 1) * chin + CHEEKS * (told["cheeks"] - 1) * (1 - chin)
    z = -down * scale * LENGTH
    z[:17] = z[48] + (z[:17] - z[48]) * (1 + (told["chin_length"] - 1) * chin)
    flat = float(np.median(near[17:48]))
    near = flat + (near - flat) * RELIEF * told["depth"]
    corner = float(near[[48, 54]].mean())
    near[48:] = corner + (near[48:] - corner) * MOUTH
    aside = np.minimum(np.abs(x[17:]) / FLATTER_M[1], 1.0)
    near[17:] += aside**2 * FLATTER_M[0] / scale
    return np.stack([x, -near * scale, z], axis=1)


def _skull(told: Mapping[str, float]) -> NDArray[np.float64]:
    """Points of the skull where the mean shape has none: crown, back, temples, under the chin."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rise = np.deg2rad([-35, -10, 15, 40, 62, 82])
    around, up = (grid.ravel() for grid in np.meshgrid(turn, rise))
    unit = np.stack([np.cos(up) * np.sin(around), -np.cos(up) * np.cos(around), np.sin(up)], axis=1)
    points = unit * np.array(SKULL_AXES) * np.array([told["face_width"], 1.0, told["forehead"]]) + np.array(
        SKULL_MIDDLE
    )
    behind = points[:, 1] > 0.005
    forehead = (points[:, 2] > 0.062) & (points[:, 1] <= 0.005)
    # From the chin the floor of the mouth runs back and up to the throat, where the neck begins.
    below = np.array(UNDER_CHIN_M) * np.array([told["face_width"], 1.0, told["chin_length"]])
    mirrored = below[below[:, 0] > 0] * np.array([-1.0, 1.0, 1.0])
    return np.concatenate([points[behind & (points[:, 2] > -0.05)], points[forehead], below, mirrored])


def _normals(every: Floats, radius: Floats) -> Floats:
    surface = every * radius[..., None]
    across = np.gradient(surface, axis=2)
    downward = np.gradient(surface, axis=1)
    normals = np.cross(downward, across)
    outward = np.sign(np.einsum("kijc,kijc->kij", normals, every))[..., None]
    normals = normals * outward
    return np.asarray(normals / (np.linalg.norm(normals, axis=3, keepdims=True) + 1e-12), np.float32)


@cache
def mean_shape() -> NDArray[np.float64]:
    """The 68 points (x, down, towards the viewer) in their own unit, made symmetric."""
    raw = (resources.files("insightface") / "data" / "objects" / "meanshape_68.pkl").read_bytes()
    points = np.asarray(_ArraysOnly(io.BytesIO(raw)).load(), np.float64)
    mirrored = points[MIRROR] * np.array([-1.0, 1.0, 1.0])
    return np.asarray((points + mirrored) / 2)


MIRROR = [
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37, 36,
    41, 40, 54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
]  # fmt: skip


class _ArraysOnly(pickle.Unpickler):
    """Reads a pickle that holds one array and refuses to call anything else."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("numpy") and name in ("_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")
