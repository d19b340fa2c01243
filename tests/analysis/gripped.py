"""A drawn picture of a printed portrait between two hands, whose sides are known."""

from __future__ import annotations

import cv2
import numpy as np

from tests.analysis.held import SKIN, portrait
from toolkit.analysis.presentations import faces_in
from toolkit.records import Face, Image

SHEET = (150, 90, 300, 400)  # left, top, width, height in a picture of 600 x 600


def scene(*, hands: str = "left right", seed: int = 5, high: int = 600) -> Image:
    """A printed portrait in front of somebody's shirt, held where hands are named."""
    rng = np.random.default_rng(seed)
    image = np.full((high, 600, 3), 96.0) + rng.normal(0, 2, (high, 600, 1))
    left, top, wide, tall = SHEET
    page = np.full((tall, wide, 3), 214.0)
    page[30:-30, 24:-24] = cv2.resize(portrait(), (wide - 48, tall - 60))
    image[top : top + tall, left : left + wide] = page
    for name in hands.split():
        x = left - 16 if name == "left" else left + wide + 15
        cv2.ellipse(image, (x, top + 210), (30, 24), 0, 0, 360, SKIN, -1)
    return np.clip(cv2.blur(image, (2, 2)), 0, 255).astype(np.uint8)


def face_in(image: Image) -> Face:
    found = faces_in(image, (0, 0, image.shape[1], image.shape[0]))
    assert len(found) == 1
    return found[0]
