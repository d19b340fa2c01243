"""A phone's pixels speak where they are seen as they are at a stated scale; prints and folded grids do not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.patterns import picture, seen, skin, waves
from toolkit.analysis.cue import PresentationSample, cues
from toolkit.analysis.cues.moire import grid_band, moire, where_moire
from toolkit.analysis.faces.face_patches import Scale
from toolkit.analysis.statements.fd1_rivals import PAPER_RIVALS
from toolkit.errors import CannotMeasure
from toolkit.simulation.casting import head_picture
from toolkit.simulation.closeups import of_sheet, shoot_closely
from toolkit.simulation.faces import identities
from toolkit.simulation.phones import phone_screen
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.sensor import day_sensor


@pytest.fixture(scope="module")
def near_phone() -> PresentationSample:
    """So near that 400 pixels an inch are .43 cycles a pixel."""
    scale = 37_000.0
    rng = np.random.default_rng([TESTS[0], 2])
    shown, marks = head_picture(identities("calibration")[0])
    sheet = phone_screen(shown, rng=rng, landmarks_px=marks, kept_px_per_m=48_000.0)
    image, face = shoot_closely(of_sheet(sheet, scale), scale, day_sensor(rng), rng)
    return PresentationSample(times_s=np.zeros(1), crops=(image,), faces=(face,), px_per_m=scale)


@pytest.mark.slow
def test_a_phone_so_near_that_its_pixels_are_seen_is_called_an_artefact(near_phone: PresentationSample) -> None:
    assert moire(near_phone).statement == "artefact"
    map_ = where_moire(near_phone)
    assert np.nanmax(map_.values) > map_.lower


def test_without_a_stated_scale_nothing_is_said(near_phone: PresentationSample) -> None:
    unstated = PresentationSample(times_s=near_phone.times_s, crops=near_phone.crops, faces=near_phone.faces)
    assert moire(unstated).statement == "nothing"


def test_what_it_speaks_for_is_a_rival_of_the_paper_print() -> None:
    assert cues["moire"].rival in PAPER_RIVALS
    assert cues["halftone"].rival is None


def test_a_print_whose_dots_are_stronger_than_their_overtones_is_no_screen() -> None:
    scale = 17_000.0
    frequency = 85 / 0.0254 / scale
    plane = skin(1200) + waves(1200, frequency, 0.03, 9.0) + waves(1200, 2.2 * frequency, 0.06, 3.0)
    assert moire(seen([picture(plane)], 1000, scale)).statement == "nothing"


def test_a_grid_that_is_folded_is_shown_and_not_asserted() -> None:
    _, as_it_is = grid_band(Scale(low_px_per_m=12_000.0, high_px_per_m=12_000.0, width_px=700))
    assert not as_it_is
    plane = skin(900) + waves(900, 0.31, 0.05, 9.0)
    told = moire(seen([picture(plane)], 700, 12_000.0))
    assert told.value > 25
    assert told.statement == "nothing"


@pytest.mark.parametrize("px_per_m", [None, 250.0, 500.0, 1000.0])
def test_at_the_scales_of_ordinary_footage_it_is_not_assessable(px_per_m: float | None) -> None:
    width = 150 if px_per_m is None else 0.145 * px_per_m
    with pytest.raises(CannotMeasure):
        moire(seen([picture(skin(400))], width, px_per_m))
