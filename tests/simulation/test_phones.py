"""Phones: stripes melt into the picture, the rim is dark, the glass mirrors a little."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.simulation.inks import to_linear
from toolkit.simulation.phones import PIXELS_PER_M, phone_screen
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.sheets import Sheet, cropped, reduced


def _phone(picture: np.ndarray, **asked: float) -> Sheet:
    return phone_screen(picture, rng=np.random.default_rng(TESTS[9]), **asked)  # type: ignore[arg-type]


def _glow(sheet: Sheet) -> np.ndarray:
    assert sheet.glow is not None
    return sheet.glow


def test_the_pixel_grid_stands_out_close_up_and_is_gone_at_a_cameras_scale() -> None:
    grey = np.full((40, 40, 3), 180, np.uint8)
    fine = _phone(grey, kept_px_per_m=1e6, brightness=1.0)
    height, width = fine.alpha.shape
    row = _glow(fine)[height // 2, width // 2 - 600 : width // 2 + 600, 1]
    power = np.abs(np.fft.rfft(row - row.mean()))
    assert power.argmax() / 1200 * fine.px_per_m == pytest.approx(PIXELS_PER_M, rel=0.01)
    middle = _glow(reduced(cropped(fine, (0.3, 0.45, 0.7, 0.55)), 1_000.0))
    assert middle.std(axis=(0, 1)).max() < 0.01 * middle.mean()


def test_stripes_and_means_give_the_same_light() -> None:
    picture = np.random.default_rng(TESTS[9]).integers(0, 256, (30, 24, 3)).astype(np.uint8)
    fine, coarse = (_phone(picture, kept_px_per_m=scale, brightness=1.0) for scale in (1e6, 2_000.0))
    assert _glow(fine).mean(axis=(0, 1)) == pytest.approx(_glow(coarse).mean(axis=(0, 1)), rel=0.02)


def test_brightness_is_the_radiance_of_white() -> None:
    white = np.full((20, 20, 3), 255, np.uint8)
    for level in (0.8, 2.0):
        sheet = _phone(white, brightness=level)
        height, width = sheet.alpha.shape
        assert _glow(sheet)[height // 2, width // 2].mean() == pytest.approx(level, rel=0.03)


def test_the_rim_gives_no_light_and_the_picture_lies_in_its_box() -> None:
    sheet = _phone(np.full((30, 24, 3), 200, np.uint8), brightness=1.0)
    height, width = sheet.alpha.shape
    assert _glow(sheet)[:, :3].max() == 0
    x0, y0, x1, y1 = sheet.picture_box
    lit = _glow(sheet)[..., 1] > 0.5 * float(to_linear(np.uint8([200]))[0])  # type: ignore[arg-type]
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    assert (rows[0] / height, (rows[-1] + 1) / height) == pytest.approx((y0, y1), abs=3 / height)
    assert (columns[0] / width, (columns[-1] + 1) / width) == pytest.approx((x0, x1), abs=3 / width)
    assert sheet.gloss == 1.0
    assert 0.005 < sheet.texture.mean() < 0.2


def test_landmarks_follow_the_picture() -> None:
    picture = np.zeros((60, 48, 3), np.uint8)
    picture[20:23, 30:33] = 255
    marks = np.array([(31, 21)] * 5, float)
    sheet = phone_screen(picture, rng=np.random.default_rng(0), brightness=1.0, landmarks_px=marks)
    assert sheet.landmarks is not None
    rows, columns = np.nonzero(_glow(sheet)[..., 1] > 0.5)
    height, width = sheet.alpha.shape
    place = sheet.landmarks[0] * (width, height)
    assert (columns.mean(), rows.mean()) == pytest.approx(place, abs=2.0)
