"""Pictures of textured surfaces that turn: a plane, a rolled sheet, a head; truth comes from their formulas."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from toolkit.analysis.cue import PresentationSample
from toolkit.records import Face

Height = Callable[[np.ndarray, np.ndarray], np.ndarray]

# Eyes, nose tip and corners of the mouth in face widths, from the middle between eyes and mouth.
MARKS = np.array([[-0.2128, -0.225], [0.2128, -0.225], [0.0, 0.045], [-0.17, 0.225], [0.17, 0.225]])
SIDE_WIDTHS = 3.0
SWING_DEG = 12 * np.sin(np.arange(30) * 0.2)


def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.zeros_like(x)


def rolled(x: np.ndarray, y: np.ndarray, radius: float = 0.79) -> np.ndarray:
    """A sheet worn before a face: bent about its upright axis with 115 mm of radius."""
    return np.sqrt(np.clip(radius**2 - x**2, 0.01, None)) - radius


def head(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """An egg with a nose; not the mean head that the cue lays beside it."""
    egg = 0.5 * np.sqrt(np.clip(1 - (x / 0.5) ** 2 - (y / 0.7) ** 2, 0.05, None))
    return egg + 0.14 * np.exp(-((x / 0.085) ** 2) - ((y - 0.06) / 0.13) ** 2)


def turning(
    height: Height, turns_deg: np.ndarray, *, width: float = 90.0, noise: float = 1.0, rate: float = 10.0,
    jitter_px: float = 0.15, seed: int = 3,
) -> PresentationSample:  # fmt: skip
    """A sample of a surface that turns about its upright axis, seen from far away."""
    rng = np.random.default_rng(seed)
    side = round(SIDE_WIDTHS * width)
    texture = _texture(rng, side)
    rows, columns = np.mgrid[0:side, 0:side]
    across, down = (columns - side / 2) / width, (rows - side / 2) / width
    crops, faces = [], []
    for turn in np.deg2rad(turns_deg):
        own = across
        for _ in range(12):  # which place of the surface is seen here
            own = 0.5 * own + 0.5 * (across - height(own, down) * np.sin(turn)) / np.cos(turn)
        places = ((own * width + side / 2).astype(np.float32), rows.astype(np.float32))
        seen = cv2.remap(texture, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        gray = np.clip(seen + rng.normal(0, noise, seen.shape), 0, 255).astype(np.uint8)
        crops.append(np.repeat(gray[..., None], 3, axis=2))
        x = MARKS[:, 0] * np.cos(turn) + height(MARKS[:, 0], MARKS[:, 1]) * np.sin(turn)
        marks = np.column_stack([x, MARKS[:, 1]]) * width + side / 2 + rng.normal(0, jitter_px, (5, 2))
        faces.append(_face(marks, width))
    times = np.arange(len(crops)) / rate
    return PresentationSample(times_s=times, crops=tuple(crops), faces=tuple(faces))


def _texture(rng: np.random.Generator, side: int) -> np.ndarray:
    """Blotches of several sizes, as skin, brows and lips have them."""
    made = np.full((side, side), 128.0, np.float32)
    for cells in (side // 4, side // 8, side // 16):
        coarse = rng.normal(0, 18, (cells, cells)).astype(np.float32)
        made += cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.clip(made, 0, 255)


def _face(marks: np.ndarray, width: float) -> Face:
    middle = marks.mean(axis=0)
    (left, top), (right, bottom) = middle - width / 2, middle + width / 2
    told = tuple((float(x), float(y)) for x, y in marks)
    return Face(box_px=(float(left), float(top), float(right), float(bottom)), score=0.9, landmarks_px=told)
