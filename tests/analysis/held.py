"""Drawn visits: a body before a wall with tiles, hands, and what they hold. Plain enough for the truth to be known."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from toolkit.analysis.faces.visit_sample import VisitSample
from toolkit.simulation.casting import head_picture
from toolkit.simulation.faces import identities

PX_PER_M = 250.0
SIDE = 340
SKIN = (196, 150, 122)
SHIRT = (52, 60, 84)
PAPER = (226, 226, 222)
SHEET = (130, 150, 52, 68)  # left, top, width, height


@cache
def portrait() -> np.ndarray:
    """The head of a drawn person, uint8 (h, w, 3)."""
    return head_picture(identities("published")[0])[0]


def wall() -> np.ndarray:
    """The empty place: grey with tiles and some noise."""
    rng = np.random.default_rng(3)
    image = np.full((SIDE, SIDE, 3), 128.0) + rng.normal(0, 1.5, (SIDE, SIDE, 1))
    image[:, ::60] -= 30
    image[::60] -= 30
    return np.clip(image, 0, 255).astype(np.uint8)


def body(image: np.ndarray) -> None:
    cv2.ellipse(image, (156, 95), (24, 32), 0, 0, 360, SKIN, -1)
    cv2.ellipse(image, (156, 78), (26, 22), 0, 180, 360, (40, 30, 26), -1)
    cv2.ellipse(image, (156, 215), (62, 90), 0, 0, 360, SHIRT, -1)


def paper(size: tuple[int, int], content: str) -> np.ndarray:
    wide, high = size
    page = np.full((high * 4, wide * 4, 3), PAPER, np.uint8)
    if content == "face":
        rim = 14
        page[rim:-rim, rim:-rim] = cv2.resize(portrait(), (wide * 4 - 2 * rim, high * 4 - 2 * rim))
    elif content == "writing":
        for row in range(24, high * 4 - 20, 14):
            page[row : row + 4, 20 : wide * 4 - 24] = 110
    return cv2.resize(page, size, interpolation=cv2.INTER_AREA)


def hold(
    image: np.ndarray, content: str, *, box: tuple[int, int, int, int] = SHEET, hands: bool = True, shift: int = 0
) -> np.ndarray:
    """Draw a sheet with or without hands; its true corners, clockwise from the upper left."""
    left, top, wide, high = box
    left += shift
    image[top : top + high, left : left + wide] = paper((wide, high), content)
    if hands:
        middle = top + round(0.66 * high)
        for x in (left - 9, left + wide + 8):
            cv2.ellipse(image, (x, middle), (12, 8), 0, 0, 360, SKIN, -1)
    ring = [[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]]
    return np.array(ring, float) - 0.5


def visit(content: str, *, count: int = 6, every_s: float = 0.3, grey: bool = False, **held: object) -> VisitSample:
    """So many pictures of somebody who holds a sheet."""
    rng = np.random.default_rng(5)
    pictures = []
    for k in range(count):
        image = wall()
        body(image)
        if content != "nothing":
            hold(image, content, shift=k % 3, **held)  # type: ignore[arg-type]
        noisy = cv2.blur(image, (2, 2)) + rng.normal(0, 1.5, image.shape)
        picture = np.clip(noisy, 0, 255).astype(np.uint8)
        if grey:
            picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
        pictures.append(picture)
    return VisitSample(times_s=np.arange(count) * every_s, pictures=tuple(pictures), plate=wall(), px_per_m=PX_PER_M)
