"""What a frame shows of the empty place is left out, and what a recorder writes over it; a presented face is not."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from toolkit.analysis.bodies.empty_scene import unknown_in

RNG = np.random.default_rng(8)
WALL = np.clip(gaussian_filter(RNG.normal(120, 90, (120, 160, 3)), (4, 4, 0)) + 20, 0, 255)


def frame(gain: float = 1.0, face: bool = False, digits: int | None = None) -> np.ndarray:
    image = WALL * gain + RNG.normal(0, 2, WALL.shape)
    if face:
        image[30:90, 50:110] = gaussian_filter(RNG.normal(60, 60, (60, 60, 3)), (2, 2, 0))
    if digits is not None:
        image[4:14, 6:46] = 30
        image[4:14, 6 + 10 * digits : 14 + 10 * digits] = 240
    return np.clip(image, 0, 255).astype(np.uint8)


def test_the_wall_is_left_out_and_the_face_is_kept() -> None:
    unknown = unknown_in(frame(face=True), [frame()])
    assert unknown[95:, :].mean() > 0.95
    assert unknown[30:90, 50:110].mean() < 0.15


def test_another_exposure_is_still_the_wall() -> None:
    unknown = unknown_in(frame(gain=1.2, face=True), [frame()])
    assert unknown[95:, :].mean() > 0.9


def test_digits_that_change_are_left_out_where_they_stand() -> None:
    unknown = unknown_in(frame(face=True, digits=2), [frame(digits=0), frame(digits=1)])
    assert unknown[5:13, 8:24].all()


def test_without_an_empty_picture_everything_is_kept() -> None:
    assert not unknown_in(frame(face=True), []).any()
    assert not unknown_in(frame(face=True), [np.zeros((10, 10, 3), np.uint8)]).any()
