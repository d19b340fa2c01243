"""Cutting: outlines wander a little, rims have their width, holes lie over the eyes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from toolkit.errors import SetupError
from toolkit.simulation.cutting import cut_out, eye_holes, face_outline, snipped, trimmed
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.sheets import Sheet

PX_PER_M = 2_000.0
WHITE = (0.85, 0.84, 0.80)
INK = (0.3, 0.2, 0.15)


def _sheet(landmarks: bool = True) -> Sheet:
    """A sheet 0.24 x 0.30 m all covered with one ink, eyes 63 mm apart."""
    shape = (600, 480)
    places = np.array([(88.5, 130), (151.5, 130), (120, 165), (96, 200), (144, 200)]) / (240, 300)
    return Sheet(
        texture=np.full((*shape, 3), INK, np.float32),
        alpha=np.ones(shape, np.float32),
        px_per_m=PX_PER_M,
        width_m=0.24,
        height_m=0.30,
        gloss=0.1,
        landmarks=places if landmarks else None,
        white=WHITE,
    )


def _area_m2(sheet: Sheet) -> float:
    return float(sheet.alpha.sum()) / sheet.px_per_m**2


def _rng() -> np.random.Generator:
    return np.random.default_rng(TESTS[8])


def test_the_outline_has_the_size_of_a_head() -> None:
    wide, high = np.ptp(face_outline(_sheet(), with_hair=False), axis=0)
    assert 0.135 < wide < 0.160
    assert 0.19 < high < 0.23


def test_a_cut_out_leaves_a_white_rim_of_the_stated_width() -> None:
    head = cv2.contourArea(face_outline(_sheet()).astype(np.float32))
    length = cv2.arcLength(face_outline(_sheet()).astype(np.float32), True)
    for rim in (0.003, 0.006):
        cut = cut_out(_sheet(), rng=_rng(), rim_m=rim, wobble_m=0.0)
        assert _area_m2(cut) == pytest.approx(head + rim * length, rel=0.02)
        bare = (cut.texture[..., 0] > 0.7) & (cut.alpha > 0.5)
        assert bare.sum() / PX_PER_M**2 == pytest.approx(rim * length, rel=0.25)
        assert cut.texture[bare].mean(axis=0) == pytest.approx(WHITE, rel=0.03)


def test_without_a_white_rim_the_picture_runs_to_the_edge() -> None:
    cut = cut_out(_sheet(), rng=_rng(), white_rim=False)
    assert cut.texture.max() <= INK[0] + 1e-6


def test_a_cut_out_is_no_larger_than_its_outline_and_keeps_its_landmarks() -> None:
    sheet = _sheet()
    cut = cut_out(sheet, rng=_rng())
    assert cut.width_m < sheet.width_m
    assert cut.landmarks is not None
    assert sheet.landmarks is not None
    before, after = (one.landmarks * (one.width_m, one.height_m) for one in (sheet, cut))  # type: ignore[operator]
    assert np.ptp(after - before, axis=0) == pytest.approx((0, 0), abs=1e-9)
    assert cut.alpha[0].max() > 0
    assert cut.alpha[:, 0].max() > 0


def test_holes_lie_over_the_eyes_and_nowhere_else() -> None:
    sheet = _sheet()
    holed = eye_holes(sheet, rng=_rng())
    assert holed.landmarks is not None
    height, width = holed.alpha.shape
    x, y = (holed.landmarks * (width, height)).astype(int).T
    assert np.all(holed.alpha[y[:2], x[:2]] == 0)
    assert np.all(holed.alpha[y[2:], x[2:]] == 1)
    count, _, stats, _ = cv2.connectedComponentsWithStats((holed.alpha < 0.5).astype(np.uint8))
    assert count == 3
    assert np.all((stats[1:, 2] / PX_PER_M > 0.02) & (stats[1:, 2] / PX_PER_M < 0.045))
    assert np.all(sheet.alpha == 1)


def test_scissors_stray_as_far_as_told() -> None:
    circle = np.stack([f(np.linspace(0, 2 * np.pi, 200, endpoint=False)) for f in (np.cos, np.sin)], axis=1) * 0.1
    strays = {}
    for wobble in (0.0005, 0.002):
        rng = _rng()
        ends = np.concatenate([snipped(circle, rng, wobble) for _ in range(40)])
        strays[wobble] = float((np.hypot(*ends.T) - 0.1).std())
        assert strays[wobble] == pytest.approx(wobble, rel=0.2)


def test_a_trimmed_sheet_is_nearly_whole_and_not_quite_straight() -> None:
    cut = trimmed(_sheet(), _rng(), 0.0012)
    assert 0.93 < cut.alpha.mean() < 0.995
    left = (cut.alpha > 0.5).argmax(axis=1)[40:-40]
    assert 0.2 < left.std() / PX_PER_M * 1e3 < 3.0


def test_a_sheet_without_landmarks_is_refused_with_advice() -> None:
    for attempt in (cut_out, eye_holes):
        with pytest.raises(SetupError) as refused:
            attempt(_sheet(landmarks=False), rng=_rng())  # type: ignore[operator]
        assert "landmarks" in str(refused.value)
