"""Maps are drawn where something was measured, in their own bounds, without a value between two blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import toolkit.analysis.cues  # files the maps
from toolkit.analysis.cue import cues
from toolkit.analysis.evidence import EvidenceMap, blocks, drawn_over, maps


def told(values: np.ndarray) -> EvidenceMap:
    return EvidenceMap(values=values.astype(np.float32), lower=10.0, upper=30.0, unit="dB", frame=0)


def test_what_was_not_measured_is_left_as_it_was() -> None:
    crop = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    values = np.full((40, 50), np.nan)
    values[10:20, 10:20] = 25
    drawn = drawn_over(crop, told(values))
    outside = np.ones((40, 50), bool)
    outside[10:20, 10:20] = False
    assert (drawn[outside] == crop[outside]).all()
    assert (drawn[~outside] != crop[~outside]).any(axis=1).all()


@given(st.lists(st.floats(-50, 90), min_size=2, max_size=6, unique=True))
def test_a_block_has_one_colour_on_plain_ground_and_bounds_hold(heights: list[float]) -> None:
    crop = np.full((10, 10 * len(heights), 3), 128, np.uint8)
    boxes = [(10 * k, 0, 10 * k + 10, 10) for k in range(len(heights))]
    drawn = drawn_over(crop, told(blocks(crop.shape, boxes, heights)))
    colours = [drawn[:, 10 * k : 10 * k + 10].reshape(-1, 3) for k in range(len(heights))]
    assert all((one == one[0]).all() for one in colours)
    beyond = [tuple(one[0]) for one, height in zip(colours, heights, strict=True) if height >= 30]
    assert len(set(beyond)) <= 1


def test_where_blocks_overlap_the_higher_one_is_shown() -> None:
    drawn = blocks((8, 8), [(0, 0, 6, 6), (2, 2, 8, 8)], [5.0, 9.0])
    assert (drawn[0, 0], drawn[3, 3], drawn[7, 7]) == (5.0, 9.0, 9.0)
    assert np.isnan(drawn[0, 7])


def test_a_map_of_another_crop_is_refused() -> None:
    with pytest.raises(ValueError, match="crop"):
        drawn_over(np.zeros((5, 5, 3), np.uint8), told(np.zeros((6, 5))))


def test_every_map_belongs_to_a_cue() -> None:
    assert toolkit.analysis.cues
    assert set(maps) <= set(cues)
    assert {"colour", "halftone", "mismatch", "moire", "shading", "stillness"} <= set(maps)
