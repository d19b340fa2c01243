"""Close-ups keep true scale: dots stand as close as the press laid them, nets as wide as they were knotted."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.analysis.faces.crops import width_px
from toolkit.analysis.faces.face_patches import square_of
from toolkit.analysis.spectrum import power, strongest_peak
from toolkit.simulation.casting import head_picture
from toolkit.simulation.closeups import Flat, dithered, knitwear, net, of_sheet, of_skin, shoot_closely
from toolkit.simulation.faces import identities
from toolkit.simulation.prints import PRESSES, print_picture, recipe
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.sensor import day_sensor

WHO = identities("calibration")[0]
SCALE = 450 / 0.145


def rng_of(number: int) -> np.random.Generator:
    return np.random.default_rng([TESTS[1], number])


def plain(px_per_m: float) -> Flat:
    """A grey card of 6 cm with marks of a face."""
    side = round(0.06 * px_per_m)
    marks = np.array([[0.35, 0.4], [0.65, 0.4], [0.5, 0.55], [0.4, 0.7], [0.6, 0.7]]) * side
    return Flat(light=np.full((side, side, 3), 0.3, np.float32), px_per_m=px_per_m, marks_px=marks)


@pytest.mark.parametrize("lpi", [85.0, 106.0])
def test_dots_are_as_far_apart_as_the_press_laid_them(lpi: float) -> None:
    rng = rng_of(1)
    shown, marks = head_picture(WHO)
    made = recipe(rng, presses=tuple(press for press in PRESSES if press.lpi == lpi), sheet="strip")
    sheet = print_picture(shown, width_m=0.05, recipe=made, rng=rng, landmarks_px=marks, kept_px_per_m=20_000.0)
    scale = 3.5 * lpi / 0.0254
    image, face = shoot_closely(of_sheet(sheet, scale), scale, day_sensor(rng), rng)
    peak = strongest_peak(power(square_of(image[..., 1].astype(np.float32), face)), 0.1, 0.48)
    assert peak.height_db > 25
    assert peak.frequency == pytest.approx(1 / 3.5, rel=0.12)  # a tilt of 25 degrees brings dots nearer to each other


def test_a_net_repeats_at_its_own_period_and_skin_does_not() -> None:
    rng = rng_of(2)
    bare = of_skin(WHO, SCALE, rng)
    heights = []
    for flat in (bare, net(bare, rng, period_m=0.0015, turn_deg=20)):
        image, face = shoot_closely(flat, SCALE, day_sensor(rng), rng)
        peak = strongest_peak(power(square_of(image[..., 1].astype(np.float32), face)), 0.06, 0.48)
        heights.append(peak.height_db)
    assert heights[0] < 16 < 22 < heights[1]
    overtone = peak.frequency * SCALE * 0.0015  # 1 for the period itself; a tilt brings threads nearer
    assert overtone == pytest.approx(round(overtone), rel=0.12)


def test_a_live_close_up_is_as_wide_as_a_face() -> None:
    rng = rng_of(3)
    _, face = shoot_closely(of_skin(WHO, SCALE, rng), SCALE, day_sensor(rng), rng)
    assert width_px(face) / SCALE == pytest.approx(0.145, rel=0.12)


def test_knitwear_leaves_the_eyes_bare() -> None:
    flat = plain(4_000.0)
    worn = knitwear(flat, rng_of(4), period_m=0.004, turn_deg=5)
    eyes = round(float(flat.marks_px[:2, 1].mean()))
    assert (worn.light[:eyes] == flat.light[:eyes]).all()
    assert worn.light[-20:].std() > 0.01


@pytest.mark.parametrize(("ordered", "colours"), [(True, 27), (True, 64), (False, 16), (False, 64)])
def test_a_dithered_picture_has_few_colours_and_keeps_its_mean(ordered: bool, colours: int) -> None:
    image = np.random.default_rng(6).integers(90, 140, (60, 80, 3), dtype=np.uint8)
    few = dithered(image, colours, ordered=ordered)
    assert len(np.unique(few.reshape(-1, 3), axis=0)) <= colours
    assert few.mean() == pytest.approx(image.mean(), abs=8)


def test_a_sheet_without_a_face_is_refused() -> None:
    rng = rng_of(5)
    made = recipe(rng, presses=PRESSES[:1], sheet="strip")
    sheet = print_picture(np.full((40, 30, 3), 90, np.uint8), width_m=0.01, recipe=made, rng=rng)
    with pytest.raises(ValueError, match="landmarks"):
        of_sheet(sheet, 1_000.0)
