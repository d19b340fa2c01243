"""Prints: the screen stands where its ruling says, and a camera's pixel sees the mean of the dots."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from toolkit.simulation.inks import mean_reflectance, separate
from toolkit.simulation.prints import (
    PAPERS,
    PRESSES,
    PX_PER_M,
    SIZES_M,
    Recipe,
    print_picture,
    recipe,
    reduced,
)
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.sheets import Sheet

pytestmark = pytest.mark.slow

SMOOTH = replace(PAPERS[0], grain=0.0)
BLACK = next(press for press in PRESSES if press.monochrome)
WIDTH_M = 0.05


def _recipe(press: object, **other: object) -> Recipe:
    made = Recipe(press=press, paper=SMOOTH, sheet="strip", border_m=0.004, wobble_m=0.0)  # type: ignore[arg-type]
    return replace(made, **other)  # type: ignore[arg-type]


@cache
def _grey(code: int, press: object, **asked: float) -> Sheet:
    picture = np.full((60, 60, 3), code, np.uint8)
    rng = np.random.default_rng(TESTS[1])
    return print_picture(picture, width_m=WIDTH_M, recipe=_recipe(press), rng=rng, **asked)  # type: ignore[arg-type]


def _inside(sheet: Sheet) -> np.ndarray:
    """The picture's texels without its rim."""
    height, width = sheet.alpha.shape
    x0, y0, x1, y1 = sheet.picture_box
    inset = round(0.004 * sheet.px_per_m)
    rows = slice(round(y0 * height) + inset, round(y1 * height) - inset)
    return sheet.texture[rows, round(x0 * width) + inset : round(x1 * width) - inset]


def _peak(plane: np.ndarray, px_per_m: float) -> tuple[float, float, float]:
    """Frequency in cycles a metre, its angle in 0-90 degrees, and its height over the spectrum's median."""
    side = min(plane.shape)
    plane = plane[:side, :side] - plane[:side, :side].mean()
    window = np.hanning(side)
    power = np.abs(np.fft.rfft2(plane * np.outer(window, window))) ** 2
    power[:3, :3] = power[-3:, :3] = 0
    row, column = np.unravel_index(int(power.argmax()), power.shape)
    fy = np.fft.fftfreq(side)[row] * px_per_m
    fx = float(column) / side * px_per_m
    return float(np.hypot(fx, fy)), float(np.rad2deg(np.arctan2(fy, fx)) % 90), float(power.max() / np.median(power))


@pytest.mark.parametrize("lpi", [85.0, 106.0, 150.0])
@pytest.mark.parametrize("angle", [45.0, 15.0])
def test_the_screen_stands_out_at_its_ruling_and_angle(lpi: float, angle: float) -> None:
    press = replace(BLACK, lpi=lpi, angles_deg=(0.0, 0.0, 0.0, angle))
    frequency, turn, height = _peak(_inside(_grey(128, press, kept_px_per_m=PX_PER_M))[..., 1], PX_PER_M)
    assert frequency == pytest.approx(lpi / 0.0254, rel=0.01)
    assert turn == pytest.approx(angle, abs=1.0)
    assert height > 1e5


def test_each_ink_has_its_own_angle() -> None:
    press = next(press for press in PRESSES if press.lpi == 106.0)
    # Light blue asks for cyan, seen in red; pink for magenta, seen in green.
    for code, channel, ink in (((150, 215, 250), 0, 0), ((250, 150, 200), 1, 1)):
        picture = np.full((60, 60, 3), code, np.uint8)
        rng = np.random.default_rng(TESTS[1])
        made = _recipe(replace(press, grey_replacement=0.0))
        sheet = print_picture(picture, width_m=WIDTH_M, recipe=made, rng=rng, kept_px_per_m=PX_PER_M)
        frequency, turn, _ = _peak(_inside(sheet)[..., channel], PX_PER_M)
        assert frequency == pytest.approx(106 / 0.0254, rel=0.01)
        assert turn == pytest.approx(press.angles_deg[ink], abs=1.0)


def test_a_camera_of_1000_px_per_m_sees_at_most_the_alias_that_a_square_pixel_lets_through() -> None:
    lpi, px_per_m = 85.0, 1_000.0
    press = replace(BLACK, lpi=lpi, angles_deg=(0.0, 0.0, 0.0, 0.0), banding=0.0)
    fine = _inside(_grey(128, press, kept_px_per_m=PX_PER_M))[..., 1]
    coarse = _inside(reduced(_grey(128, press, kept_px_per_m=PX_PER_M), px_per_m))[..., 1]
    frequency, _, _ = _peak(coarse, px_per_m)
    ruling = lpi / 0.0254
    folded = abs(ruling - px_per_m * round(ruling / px_per_m))
    assert frequency == pytest.approx(folded, rel=0.05)
    # The box filter lets sinc(f / fs) of the amplitude through.
    let_through = abs(np.sinc(ruling / px_per_m))
    assert coarse.std() / fine.std() < 2.0 * let_through
    assert coarse.std() < 0.16 * fine.std()


def test_a_camera_of_250_px_per_m_sees_no_dots() -> None:
    sheet = _grey(128, replace(BLACK, banding=0.0), kept_px_per_m=PX_PER_M)
    assert _inside(reduced(sheet, 250.0)).std() < 0.03 * _inside(sheet).std()


def test_an_inkjet_shows_no_lone_frequency() -> None:
    inkjet = next(press for press in PRESSES if press.lpi is None)
    *_, scattered = _peak(_inside(_grey(150, inkjet, kept_px_per_m=PX_PER_M))[..., 1], PX_PER_M)
    *_, clustered = _peak(_inside(_grey(150, BLACK, kept_px_per_m=PX_PER_M))[..., 1], PX_PER_M)
    assert scattered < clustered / 1000


def test_an_inkjets_dots_keep_away_from_each_other() -> None:
    inkjet = next(press for press in PRESSES if press.lpi is None)
    plane = _inside(_grey(150, replace(inkjet, banding=0.0), kept_px_per_m=PX_PER_M))[:512, :512, 1]
    power = np.abs(np.fft.fft2(plane - plane.mean())) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(512), np.fft.fftfreq(512)))
    low = power[(frequency > 0.01) & (frequency < 0.08)].mean()
    assert low < 0.6 * power[(frequency > 0.2) & (frequency < 0.4)].mean()


@pytest.mark.parametrize("press", PRESSES, ids=lambda press: press.name)
@pytest.mark.parametrize("code", [60, 128, 200])
def test_dots_return_the_light_that_theory_says(press: object, code: int) -> None:
    got = _inside(_grey(code, press)).mean(axis=(0, 1))
    cover = separate(np.full((1, 1, 3), code, np.uint8), press, SMOOTH)  # type: ignore[arg-type]
    theory = mean_reflectance(cover[0].astype(float), press, SMOOTH)[0]  # type: ignore[arg-type]
    assert got == pytest.approx(theory, rel=0.12)


@pytest.mark.parametrize("px_per_m", [1000.0, 500.0, 333.0, 250.0, 125.0])
def test_reduction_keeps_the_mean(px_per_m: float) -> None:
    sheet = _grey(150, PRESSES[0])
    cut = replace(sheet, alpha=(np.indices(sheet.alpha.shape).sum(axis=0) < 270).astype(np.float32), coarser={})
    small = reduced(cut, px_per_m)
    assert small.px_per_m == px_per_m
    for whole, part in (
        (cut.alpha.mean(), small.alpha.mean()),
        ((cut.texture * cut.alpha[..., None]).mean(), (small.texture * small.alpha[..., None]).mean()),
    ):
        assert part == pytest.approx(whole, rel=1e-3)


def test_a_reduced_texel_is_the_mean_of_those_below_it() -> None:
    sheet = _grey(128, BLACK)
    step = round(sheet.px_per_m / 400)
    small = reduced(sheet, 400.0)
    block = sheet.texture[10 * step : 11 * step, 12 * step : 13 * step]
    assert sheet.texture.shape[0] % step == sheet.texture.shape[1] % step == 2
    assert small.texture[10, 12] == pytest.approx(block.mean(axis=(0, 1)), rel=0.02)


def test_reduction_is_remembered_and_never_enlarges() -> None:
    sheet = _grey(128, BLACK)
    assert reduced(sheet, 250.0) is reduced(sheet, 250.0)
    assert reduced(sheet, 8_000.0) is sheet


def test_kept_means_are_the_means_of_the_dots() -> None:
    fine, coarse = _grey(100, PRESSES[1], kept_px_per_m=PX_PER_M), _grey(100, PRESSES[1])
    assert coarse.px_per_m == 4_000.0
    assert (fine.width_m, fine.height_m) == pytest.approx((coarse.width_m, coarse.height_m), abs=3e-4)
    assert _inside(coarse).mean() == pytest.approx(_inside(fine).mean(), rel=2e-3)


def test_the_same_state_prints_the_same_sheet_and_another_state_another() -> None:
    picture = np.random.default_rng(TESTS[3]).integers(0, 256, (30, 30, 3)).astype(np.uint8)

    def printed(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return print_picture(picture, width_m=0.04, recipe=recipe(rng, sheet="strip"), rng=rng).texture

    assert np.array_equal(printed(TESTS[4]), printed(TESTS[4]))
    assert not np.array_equal(printed(TESTS[4]), printed(TESTS[5]))


@pytest.mark.parametrize("name", list(SIZES_M))
def test_sheets_have_their_size_and_hold_the_picture(name: str) -> None:
    picture = np.zeros((50, 40, 3), np.uint8)
    made = _recipe(BLACK, sheet=name)
    sheet = print_picture(picture, width_m=0.12, recipe=made, rng=np.random.default_rng(0), kept_px_per_m=1_000)
    assert (sheet.width_m, sheet.height_m) == pytest.approx(SIZES_M[name], abs=1e-3)
    x0, y0, x1, y1 = sheet.picture_box
    assert 0 < x0 < x1 < 1
    assert 0 < y0 < y1 < 1
    assert (x1 - x0) * sheet.width_m == pytest.approx(0.12, abs=1e-3)
    ink = sheet.texture[..., 1] < 0.3
    assert ink.mean() == pytest.approx((x1 - x0) * (y1 - y0), rel=0.02)
    assert sheet.texture[:5].mean(axis=(0, 1)) == pytest.approx(np.array(SMOOTH.white), rel=0.02)


def test_a_picture_too_wide_for_its_sheet_goes_on_a_larger_one() -> None:
    made = _recipe(BLACK, sheet="A5")
    picture = np.zeros((50, 40, 3), np.uint8)
    sheet = print_picture(picture, width_m=0.19, recipe=made, rng=np.random.default_rng(0), kept_px_per_m=500)
    assert (sheet.width_m, sheet.height_m) == pytest.approx(SIZES_M["A4"], abs=2e-3)


def test_landmarks_lie_where_the_picture_shows_them() -> None:
    picture = np.full((80, 64, 3), 255, np.uint8)
    places = np.array([(20, 30), (44, 30), (32, 42), (22, 56), (42, 56)], float)
    for x, y in places.astype(int):
        picture[y - 1 : y + 2, x - 1 : x + 2] = 0
    made = _recipe(BLACK, sheet="A4")
    rng = np.random.default_rng(TESTS[6])
    sheet = print_picture(picture, width_m=0.16, recipe=made, rng=rng, landmarks_px=places, kept_px_per_m=2_000)
    assert sheet.landmarks is not None
    for x, y in sheet.landmarks * (sheet.alpha.shape[1], sheet.alpha.shape[0]):
        near = sheet.texture[int(y) - 15 : int(y) + 16, int(x) - 15 : int(x) + 16, 1] < 0.4
        rows, columns = np.nonzero(near)
        assert (rows.mean() - 15, columns.mean() - 15) == pytest.approx((y % 1, x % 1), abs=1.0)


def test_recipes_vary_in_press_paper_and_gain() -> None:
    rng = np.random.default_rng(TESTS[7])
    drawn = [recipe(rng) for _ in range(60)]
    assert {made.press.name for made in drawn} == {press.name for press in PRESSES}
    assert {made.paper.name for made in drawn} == {paper.name for paper in PAPERS}
    assert {made.sheet for made in drawn} >= {"A4", "A5", "strip"}
    assert len({made.press.gain for made in drawn}) == 60
    assert all(0.75 <= share <= 0.88 for made in drawn for share in made.paper.white)
