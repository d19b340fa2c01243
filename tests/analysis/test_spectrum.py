"""Patterns of known frequency in pictures that fall off like faces: found where they are, and not where coding lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.patterns import skin, waves
from toolkit.analysis.spectrum import height_at, heights_nearby, power, strongest_peak
from toolkit.errors import CannotMeasure


@pytest.mark.parametrize("side", [96, 150, 256, 500])
@pytest.mark.parametrize(("x", "y"), [(0.21, 0.06), (-0.17, 0.30), (0.05, -0.33)])
def test_a_pattern_is_found_at_its_frequency(side: int, x: float, y: float) -> None:
    peak = strongest_peak(power(skin(side) + waves(side, x, y, 10.0)), 0.06, 0.48)
    assert peak.height_db > 20
    sign = 1 if peak.x * x + peak.y * y > 0 else -1
    assert (sign * peak.x, sign * peak.y) == pytest.approx((x, y), abs=1.5 / min(side, 256))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(64, 300))
def test_a_face_without_a_pattern_stays_low(seed: int, side: int) -> None:
    assert strongest_peak(power(skin(side, seed)), 0.06, 0.48).height_db < 20


@pytest.mark.parametrize("block", [4, 8])
@pytest.mark.parametrize("side", [120, 200, 333])
def test_edges_of_coding_blocks_are_no_pattern(block: int, side: int) -> None:
    edges = np.where((np.arange(side) % block == 0)[:, None] | (np.arange(side) % block == 0)[None, :], 12.0, 0.0)
    assert strongest_peak(power(skin(side) + edges), 0.06, 0.48).height_db < 20


def test_an_edge_across_the_face_is_no_pattern() -> None:
    rows, columns = np.mgrid[:200, :200]
    edge = np.where(columns + 0.4 * rows > 130, 60.0, 0.0)
    assert strongest_peak(power(skin(200) + edge), 0.06, 0.48).height_db < 20


def test_what_lies_outside_the_band_is_not_looked_at() -> None:
    spectrum = power(skin(200) + waves(200, 0.11, 0.02, 10.0))
    assert strongest_peak(spectrum, 0.06, 0.2).height_db > 20
    assert strongest_peak(spectrum, 0.2, 0.48).height_db < 20


def test_a_map_is_high_only_where_the_pattern_is() -> None:
    plane = skin(300)
    plane[150:] += waves(300, 0.21, 0.17, 12.0)[150:]
    peak = strongest_peak(power(plane), 0.06, 0.48)
    corners, heights = heights_nearby(plane, peak, 48)
    there = [height for (top, _), height in zip(corners, heights, strict=True) if top >= 150]
    elsewhere = [height for (top, _), height in zip(corners, heights, strict=True) if top + 48 <= 150]
    assert min(there) > np.percentile(elsewhere, 90)
    assert np.median(there) > 15


def test_the_height_at_a_known_peak_is_that_peak() -> None:
    spectrum = power(skin(256) + waves(256, 0.2, 0.07))
    peak = strongest_peak(spectrum, 0.06, 0.48)
    assert height_at(spectrum, peak) >= peak.height_db - 1e-3


def test_a_flat_or_tiny_patch_is_not_measured() -> None:
    for patch, code in ((np.full((200, 200), 9.0), "cue_texture_flat"), (skin(30), "cue_texture_small")):
        with pytest.raises(CannotMeasure) as reason:
            power(patch)
        assert reason.value.code == code


def test_a_band_without_room_is_told() -> None:
    with pytest.raises(CannotMeasure) as reason:
        strongest_peak(power(skin(64)), 0.4801, 0.4802)
    assert reason.value.code == "cue_texture_no_band"
