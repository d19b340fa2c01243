"""Textured people seen from behind, drawn once for each step of their gait.

Nobody real is shown: bodies are polygons with cloth textures, heads are hair.
A sprite is RGBA float32 at a reference height; the camera scales it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT_PX = 240
WIDTH_PX = 150
PHASES = 12
STANDING = PHASES  # index of the standing sprite
REACHING = PHASES + 1  # an arm out towards the terminal

Sprite = NDArray[np.float32]
Colour = tuple[float, float, float]
Rng = np.random.Generator

SHIRTS: tuple[Colour, ...] = (
    (28, 30, 36), (24, 26, 44), (120, 32, 38), (52, 92, 68), (150, 152, 156), (190, 170, 140),
    (64, 84, 130), (210, 206, 198), (96, 70, 110), (38, 40, 42),
)  # fmt: skip
TROUSERS: tuple[Colour, ...] = ((30, 34, 48), (24, 24, 26), (70, 74, 84), (110, 96, 78), (46, 54, 80))
HAIR: tuple[Colour, ...] = ((26, 20, 18), (44, 32, 24), (88, 62, 40), (120, 112, 106), (18, 18, 20))
SKIN: tuple[Colour, ...] = ((214, 172, 146), (196, 150, 122), (168, 122, 96), (226, 190, 166))
CLOTHS = ("plain", "stripes", "checks", "knit", "panel")


@dataclass(frozen=True, slots=True)
class Clothes:
    """What an actor wears; the same clothes make a uniform."""

    shirt: Colour
    trousers: Colour
    cloth: str
    texture_seed: int


@dataclass(frozen=True, slots=True)
class Actor:
    """A body: build, hair, clothes and its sprites."""

    height: float
    sprites: tuple[Sprite, ...] = field(repr=False)


def dress(rng: Rng) -> Clothes:
    """Clothes by chance; dark ones are common, as they are at work."""
    return Clothes(
        SHIRTS[rng.integers(len(SHIRTS))],
        TROUSERS[rng.integers(len(TROUSERS))],
        CLOTHS[rng.integers(len(CLOTHS))],
        int(rng.integers(1 << 30)),
    )


def make_actor(rng: Rng, clothes: Clothes | None = None) -> Actor:
    """An actor by chance, in these clothes or in others of their own."""
    worn = clothes or dress(rng)
    build = float(rng.uniform(0.88, 1.14))
    hair, skin = HAIR[rng.integers(len(HAIR))], SKIN[rng.integers(len(SKIN))]
    long_hair = bool(rng.random() < 0.4)
    cloth = _cloth(worn)
    poses = [2 * math.pi * k / PHASES for k in range(PHASES)]
    walking = tuple(_draw(build, hair, skin, long_hair, worn, cloth, swing=pose, reach=0.0) for pose in poses)
    standing = _draw(build, hair, skin, long_hair, worn, cloth, swing=None, reach=0.0)
    reaching = _draw(build, hair, skin, long_hair, worn, cloth, swing=None, reach=1.0)
    return Actor(float(rng.uniform(0.92, 1.08)), (*walking, standing, reaching))


def _cloth(worn: Clothes) -> NDArray[np.float32]:
    """Shirt texture over the whole sprite, (h, w, 3): pattern, folds and weave."""
    rng = np.random.default_rng(worn.texture_seed)
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    base = np.empty((HEIGHT_PX, WIDTH_PX, 3), np.float32)
    base[:] = worn.shirt
    period = float(rng.uniform(9, 16))
    if worn.cloth == "stripes":
        base *= (1 + 0.35 * (np.sin(2 * np.pi * y / period) > 0.2))[..., None]
    elif worn.cloth == "checks":
        base *= (1 + 0.25 * (np.sin(2 * np.pi * x / period) > 0) + 0.25 * (np.sin(2 * np.pi * y / period) > 0))[
            ..., None
        ]
    elif worn.cloth == "panel":
        base *= np.where(np.abs(x - WIDTH_PX / 2) < 12, 1.5, 1.0)[..., None]
    grain = 10 if worn.cloth == "knit" else 4
    weave = _smooth(rng.normal(0, grain, (HEIGHT_PX, WIDTH_PX)), 1.0)
    folds = _smooth(rng.normal(0, 120, (HEIGHT_PX, WIDTH_PX)), 7.0)
    spread = 0.10 * float(np.mean(worn.shirt)) + 5
    base += (weave * 1.6 + folds / max(1e-6, float(folds.std())) * spread)[..., None]
    return np.clip(base, 4, 250)


def _smooth(plane: NDArray[np.floating[Any]], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(plane.astype(np.float32), (0, 0), sigma), np.float32)


def _draw(
    build: float, hair: Colour, skin: Colour, long_hair: bool, worn: Clothes, cloth: NDArray[np.float32],
    *, swing: float | None, reach: float,
) -> Sprite:  # fmt: skip
    """One sprite, four times over-sampled by OpenCV's own smoothing of edges."""
    colour = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.float32)
    alpha = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    middle, shoulder, hip = WIDTH_PX / 2, 46.0, 132.0
    step = math.sin(swing) if swing is not None else 0.0
    for side in (-1, 1):
        foot = (middle + side * 11 * build + side * step * 6, HEIGHT_PX - 4 - max(0.0, side * step) * 12)
        knee = (middle + side * 11 * build + side * step * 3, 184 - max(0.0, side * step) * 8)
        _limb(colour, alpha, [(middle + side * 10 * build, hip - 8), knee, foot], 19 * build, worn.trousers)
        _limb(colour, alpha, [foot, (foot[0] + side * 3, foot[1] + 1)], 13, (20, 18, 18))
    torso = np.array(
        [
            (middle - 27 * build, shoulder), (middle + 27 * build, shoulder), (middle + 30 * build, 84),
            (middle + 24 * build, hip + 6), (middle - 24 * build, hip + 6), (middle - 30 * build, 84),
        ]
    )  # fmt: skip
    _shape(colour, alpha, torso, cloth)
    for side in (-1, 1):
        out = reach if side > 0 else 0.15 * reach
        elbow = (middle + side * (32 + 10 * out) * build, 86 - 14 * out - side * step * 3)
        hand = (middle + side * (32 + 14 * out) * build - side * 4 * (1 - out), 124 - 66 * out - side * step * 9)
        _limb(colour, alpha, [(middle + side * 25 * build, shoulder + 9), elbow, hand], 13 * build, cloth=cloth)
        _limb(colour, alpha, [hand, (hand[0], hand[1] + 4)], 9, skin)
    _limb(colour, alpha, [(middle, 30), (middle, 44)], 14, skin)
    cv2.ellipse(alpha, (round(middle), 20), (14, 18), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    cv2.ellipse(colour, (round(middle), 20), (15, 19), 0, 0, 360, hair, -1)
    if long_hair:
        _limb(colour, alpha, [(middle, 18), (middle, 54)], 27, hair)
    shade = 0.84 + 0.16 * np.cos((np.arange(WIDTH_PX) - middle * 0.8) / 34.0)
    return np.dstack([np.clip(colour * shade[None, :, None], 0, 255), np.clip(alpha, 0, 1)]).astype(np.float32)


def _limb(
    colour: NDArray[np.float32], alpha: NDArray[np.float32], points: list[tuple[float, float]], width: float,
    plain: Colour = (0, 0, 0), cloth: NDArray[np.float32] | None = None,
) -> None:  # fmt: skip
    mask = np.zeros_like(alpha)
    line = np.round(np.array(points) * 8).astype(np.int32)[:, None, :]
    cv2.polylines(mask, [line], False, 1.0, max(1, round(width)), cv2.LINE_AA, 3)
    _lay(colour, alpha, mask, np.array(plain, np.float32) if cloth is None else cloth * 0.92)


def _shape(
    colour: NDArray[np.float32], alpha: NDArray[np.float32], corners: NDArray[np.float64], cloth: NDArray[np.float32]
) -> None:
    mask = np.zeros_like(alpha)
    cv2.fillPoly(mask, [np.round(corners * 8).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
    _lay(colour, alpha, _smooth(mask, 1.2), cloth)


def _lay(
    colour: NDArray[np.float32], alpha: NDArray[np.float32], mask: NDArray[np.float32], paint: NDArray[np.float32]
) -> None:
    over = mask[..., None]
    colour[:] = colour * (1 - over) + paint * over
    np.maximum(alpha, mask, out=alpha)
