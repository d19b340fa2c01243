"""Contact sheet: a picture with a palette of its own, small, in the colours of what was drawn."""

from __future__ import annotations

import cv2
import numpy as np

from toolkit.simulation.contact import _palette_png


def _picture() -> np.ndarray:
    y, x = np.mgrid[0:120, 0:160]
    picture = np.stack([x, 2 * y, 255 - x], axis=2).astype(np.uint8)
    picture[:20] = 255
    picture[100:] = (250, 254, 255)  # near white, where rounding up would overflow
    return np.asarray(picture, np.uint8)


def test_a_palette_keeps_every_colour_near_and_white_white() -> None:
    picture = _picture()
    packed = _palette_png(picture, 96)
    read = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_COLOR)
    assert read is not None
    away = np.abs(read[..., ::-1].astype(int) - picture.astype(int))
    assert away.mean() < 8
    assert away[:20].max() <= 6
    assert away[100:].max() <= 6
    assert len(np.unique(read.reshape(-1, 3), axis=0)) <= 96


def test_fewer_colours_make_a_smaller_file() -> None:
    noisy = np.random.default_rng(1).normal(128, 20, (120, 160, 3)).clip(0, 255).astype(np.uint8)
    assert len(_palette_png(noisy, 16)) < 0.8 * len(_palette_png(noisy, 96))
