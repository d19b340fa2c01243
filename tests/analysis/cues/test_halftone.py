"""Dots in the foretold band speak; coarser cloth, half-covered faces, small faces and wrong scales do not."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.analysis.patterns import picture, seen, skin, waves
from toolkit.analysis.cue import cues
from toolkit.analysis.cues.halftone import dot_band, halftone, where_halftone
from toolkit.analysis.evidence import drawn_over
from toolkit.analysis.faces.face_patches import Scale
from toolkit.errors import CannotMeasure
from toolkit.simulation.casting import head_picture
from toolkit.simulation.closeups import of_sheet, of_skin, shoot_closely
from toolkit.simulation.faces import identities
from toolkit.simulation.prints import PRESSES, print_picture, recipe
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.sensor import day_sensor

LASER = next(press for press in PRESSES if press.lpi == 85.0)


def dots(side: int, frequency: float) -> np.ndarray:
    """A square grid of dots turned by 30 degrees."""
    x, y = frequency * np.cos(0.52), frequency * np.sin(0.52)
    return waves(side, x, y) + waves(side, -y, x)


def test_a_laser_print_seen_closely_is_called_an_artefact_and_skin_is_not() -> None:
    rng = np.random.default_rng([TESTS[0], 1])
    who = identities("calibration")[0]
    shown, marks = head_picture(who)
    made = recipe(rng, presses=(LASER,), sheet="strip")
    sheet = print_picture(shown, width_m=0.085, recipe=made, rng=rng, landmarks_px=marks, kept_px_per_m=20_000.0)
    scale = 3.2 * 85 / 0.0254
    printed, face = shoot_closely(of_sheet(sheet, scale), scale, day_sensor(rng), rng)
    live_scale = 450 / 0.145
    live, own = shoot_closely(of_skin(who, live_scale, rng), live_scale, day_sensor(rng), rng)
    for px_per_m in (None, scale):
        sample = seen([printed], 1.0, px_per_m)
        told = halftone(type(sample)(times_s=sample.times_s, crops=(printed,), faces=(face,), px_per_m=px_per_m))
        assert told.statement == "artefact"
    bare = halftone(type(sample)(times_s=sample.times_s, crops=(live,), faces=(own,)))
    assert bare.statement == "nothing"
    assert bare.value < told.value - 10


@pytest.mark.parametrize("seed", range(4))
def test_dots_all_over_the_face_speak(seed: int) -> None:
    assert halftone(seen([picture(skin(700, seed) + dots(700, 0.37))], 500)).statement == "artefact"


def test_a_pattern_on_the_lower_half_is_cloth_over_the_mouth() -> None:
    plane = skin(700)
    plane[340:] += dots(700, 0.37)[340:]
    told = halftone(seen([picture(plane)], 500))
    assert told.statement == "nothing"
    assert told.value > 25


def test_a_coarser_pattern_that_is_stronger_is_cloth() -> None:
    net = dots(700, 0.13) * 2 + dots(700, 0.40)
    assert halftone(seen([picture(skin(700) + net)], 500)).statement == "nothing"


@pytest.mark.parametrize(("width", "frequency"), list(product((40, 80, 119, 120, 180, 240, 360), (0.15, 0.30, 0.45))))
def test_no_face_of_ordinary_footage_is_called_an_artefact(width: int, frequency: float) -> None:
    """Whatever scale was stated: rightly, not at all, or so wrongly that cloth would pass for dots."""
    sample = picture(skin(2 * width) + dots(2 * width, frequency))
    for px_per_m in (None, width / 0.145, 7_000.0, 12_000.0, 25_000.0):
        with pytest.raises(CannotMeasure) as reason:
            halftone(seen([sample], width, px_per_m))
        small = "cue_texture_small"
        assert reason.value.code == small if width < 120 else reason.value.code != small


def test_the_band_is_that_of_85_to_150_lines_an_inch() -> None:
    low, high = dot_band(Scale(low_px_per_m=13_000.0, high_px_per_m=13_000.0, width_px=900))
    assert low * 1.1 == pytest.approx(85 / 0.0254 / 13_000)
    assert high / 1.1 == pytest.approx(min(0.48 / 1.1, 150 / 0.0254 / 13_000))
    with pytest.raises(CannotMeasure) as reason:
        dot_band(Scale(low_px_per_m=500.0, high_px_per_m=500.0, width_px=72))
    assert reason.value.code == "cue_dots_too_fine"


def test_the_map_lies_on_the_face_and_shows_the_dots() -> None:
    image = picture(skin(700) + dots(700, 0.37))
    told = where_halftone(seen([image], 500))
    inside, outside = told.values[200:500, 200:500], told.values[:60, :60]
    assert np.nanmedian(inside) > told.lower
    assert np.isnan(outside).all()
    drawn = drawn_over(image, told)
    assert (drawn[:60, :60] == image[:60, :60]).all()
    assert (drawn[200:500, 200:500] != image[200:500, 200:500]).any(axis=2).mean() > 0.9


def test_it_never_speaks_for_a_live_face() -> None:
    assert cues["halftone"].says == ("artefact",)
