"""The range of colours in a face: narrowed by paper, none on a black printer's sheet, unknown at night."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.patterns import seen
from toolkit.analysis.cue import cues
from toolkit.analysis.cues.colour import colour, where_colour
from toolkit.errors import CannotMeasure

SIDE, WIDTH = 160, 80.0


def face(narrowed: float, brightness: float = 1.0) -> np.ndarray:
    """Skin with redder and paler parts, laid towards its grey by this share; a blue coat below."""
    rng = np.random.default_rng(3)
    red = 0.35 + 0.12 * np.sin(np.arange(SIDE) / 9)[:, None] + rng.normal(0, 0.004, (SIDE, SIDE))
    light = np.stack([red, 0.25 + 0 * red, 0.19 + 0 * red], axis=-1)
    gray = light.mean(axis=2, keepdims=True)
    light = (1 - narrowed) * light + narrowed * gray
    light[150:] = (0.05, 0.08, 0.30)
    return np.round(255 * np.clip(light * brightness, 0, 1) ** (1 / 2.2)).astype(np.uint8)


def test_a_narrowed_range_reads_lower_and_brightness_does_not_matter() -> None:
    whole, narrow = colour(seen([face(0.0)], WIDTH)), colour(seen([face(0.6)], WIDTH))
    assert narrow.value < 0.7 * whole.value
    assert colour(seen([face(0.0, 0.5)], WIDTH)).value == pytest.approx(whole.value, rel=0.1)


def test_a_black_print_held_by_somebody_in_colour_has_no_range() -> None:
    assert colour(seen([face(1.0)], WIDTH)).value < 0.05


def test_a_night_camera_is_not_assessable_and_no_print() -> None:
    gray = face(0.0).mean(axis=2).astype(np.uint8)
    with pytest.raises(CannotMeasure) as reason:
        colour(seen([np.ascontiguousarray(np.repeat(gray[..., None], 3, axis=2))], WIDTH))
    assert reason.value.code == "cue_no_colour"


def test_small_and_black_faces_are_not_assessable() -> None:
    for image, width, why in ((face(0.0), 25.0, "cue_small_face"), (face(0.0, 0.002), WIDTH, "cue_texture_flat")):
        with pytest.raises(CannotMeasure) as reason:
            colour(seen([image], width))
        assert reason.value.code == why


def test_it_says_nothing_whatever_it_reads() -> None:
    assert cues["colour"].says == ()
    assert {colour(seen([face(share)], WIDTH)).statement for share in (0.0, 0.5, 1.0)} == {"nothing"}


def test_the_map_shows_the_coloured_parts_of_the_face_alone() -> None:
    wide, narrow = where_colour(seen([face(0.0)], WIDTH)), where_colour(seen([face(0.6)], WIDTH))
    assert np.nanpercentile(wide.values, 90) > 1.4 * np.nanpercentile(narrow.values, 90)
    assert np.isnan(wide.values[:20]).all()
    assert np.isnan(wide.values[150:]).all()  # the coat is no part of the face
