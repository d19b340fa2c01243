"""Two looks at one plane are brought onto each other; what is no plane, or is hidden, is refused with its reason."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.analysis.looks import Look
from toolkit.analysis.copies.registration import (
    HIGH,
    INNER,
    WIDE,
    FaceCut,
    canvas_width_px,
    evened,
    face_cut,
    on_canvas,
    oval,
    register,
    registered_by,
    smoothed,
)
from toolkit.errors import CannotMeasure


def cut_of(look: Look) -> FaceCut:
    return face_cut(*look.taken())


def test_a_face_is_told_as_wide_as_it_is() -> None:
    for width in (48.0, 90.0, 200.0):
        assert cut_of(Look(seed=1, face_px=width)).width_px == pytest.approx(width, rel=0.10)


def test_the_canvas_is_as_wide_as_the_smaller_face_within_bounds() -> None:
    sizes = {width: cut_of(Look(seed=1, face_px=width)) for width in (30.0, 90.0, 200.0)}
    assert canvas_width_px(sizes[30.0], sizes[200.0]) == 48.0
    assert canvas_width_px(sizes[200.0], sizes[200.0]) == 128.0
    assert canvas_width_px(sizes[90.0], sizes[200.0]) == pytest.approx(90, rel=0.10)


@pytest.mark.parametrize("width", [48.0, 80.0, 200.0])
def test_two_looks_at_one_plane_come_to_lie_on_each_other(width: float) -> None:
    """The map that is found brings known points of the plane to one place, within a fiftieth of a face."""
    first, second = cut_of(Look(seed=11, face_px=width)), cut_of(Look(seed=12, face_px=width))
    pair = register(first, second)
    before = on_canvas(second, pair.first.face_px)
    inner = oval(pair.first.face_px, INNER) & pair.both

    def apart(laid: np.ndarray) -> float:
        return float(np.abs(pair.first.even - laid)[inner].mean())

    assert apart(pair.second.even) < 0.5 * apart(before.even)
    flow = cv2.calcOpticalFlowFarneback(
        *(np.clip(40 * one + 128, 0, 255).astype(np.uint8) for one in (pair.first.even, pair.second.even)),
        np.zeros((*pair.first.grey.shape, 2), np.float32), 0.5, 3, 15, 3, 5, 1.2, 0,
    )  # fmt: skip
    assert float(np.median(np.linalg.norm(flow, axis=2)[inner])) < pair.first.face_px / 50


def test_a_map_that_leaves_the_place_of_the_points_is_refused() -> None:
    first, second = (on_canvas(cut_of(Look(seed=seed)), 100.0) for seed in (1, 2))
    far = np.array([[1.0, 0, 60.0], [0, 1, 0], [0, 0, 1]])
    with pytest.raises(CannotMeasure) as refusal:
        registered_by(first, second, far)
    assert refusal.value.code == "reuse_not_registered"
    assert registered_by(first, second, np.eye(3)).corner_shift == 0.0


def test_a_face_that_cannot_be_told_from_the_empty_place_is_not_compared() -> None:
    image, face = Look(seed=1).taken()
    with pytest.raises(CannotMeasure) as refusal:
        register(face_cut(image, face, np.ones(image.shape[:2], bool)), cut_of(Look(seed=2)))
    assert refusal.value.code == "reuse_hidden"


def test_a_picture_without_anything_in_it_is_not_registered() -> None:
    image, face = Look(seed=1).taken()
    with pytest.raises(CannotMeasure) as refusal:
        register(face_cut(np.full_like(image, 90), face), cut_of(Look(seed=2)))
    assert refusal.value.code == "reuse_not_registered"


def test_light_and_ink_drop_out_where_contrast_is_evened() -> None:
    grey = on_canvas(cut_of(Look(seed=1)), 100.0).grey
    ramp = np.linspace(0.6, 1.3, grey.shape[1], dtype=np.float32)[None]
    before, after = evened(grey, 100.0), evened(grey * ramp + 12, 100.0)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.98


def test_what_is_not_known_stays_out_of_what_is_compared() -> None:
    image, face = Look(seed=1).taken()
    unknown = np.zeros(image.shape[:2], bool)
    unknown[:, : image.shape[1] // 3] = True
    pair = register(face_cut(image, face, unknown), cut_of(Look(seed=2)))
    assert not pair.both[:, : pair.both.shape[1] // 6].any()
    assert pair.both.any()


def test_the_canvas_has_its_shape_and_the_ovals_lie_inside_each_other() -> None:
    canvas = on_canvas(cut_of(Look(seed=1)), 60.0)
    assert canvas.grey.shape == (round(HIGH * 60), round(WIDE * 60))
    inner = oval(60.0, INNER)
    assert inner.any() and not inner[0].any() and not inner[:, 0].any()


def test_a_blur_keeps_the_mean_and_lowers_the_contrast() -> None:
    plane = np.random.default_rng(1).normal(100, 20, (60, 60)).astype(np.float32)
    soft = smoothed(plane, 1.5)
    assert soft.mean() == pytest.approx(plane.mean(), rel=0.01)
    assert soft.std() < 0.4 * plane.std()
