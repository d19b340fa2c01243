"""Proposals: the empty state must recur clearly and people must share a place, or nothing is proposed."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.analysis.bodies.proposal import propose
from toolkit.errors import CannotMeasure

H, W = 72, 128


def clip(visits: list[tuple[int, int, int]], count: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Thumbnails with bodies (first, last, left) of their own colours before one textured place."""
    rng = np.random.default_rng(3)
    place = np.repeat(np.repeat(rng.integers(60, 200, (H // 4, W // 4, 3), dtype=np.uint8), 4, 0), 4, 1)
    frames = np.repeat(place[None], count, axis=0)
    for k, (first, last, left) in enumerate(visits):
        frames[first : last + 1, 12:70, left : left + 18] = (20 + 37 * k % 200, 255 - 41 * k % 200, 60 * k % 250)
    return np.arange(count) * 0.5, frames


def test_zone_and_empty_stretches_are_proposed_where_both_are_clear() -> None:
    times, frames = clip([(10, 25, 50), (32, 50, 52), (58, 75, 51), (84, 100, 50)])
    told = propose(times, frames)
    left, right = told.polygon[0][0] * W, told.polygon[1][0] * W
    assert left <= 50 <= 70 <= right
    for a, b in told.empty_media_s:
        assert not any(first * 0.5 <= t <= last * 0.5 for first, last, _ in [(10, 25, 0), (32, 50, 0)] for t in (a, b))


def test_a_place_that_is_never_empty_gets_no_proposal() -> None:
    times, frames = clip([(0, 39, 20), (40, 79, 60), (80, 119, 90)])
    with pytest.raises(CannotMeasure) as refusal:
        propose(times, frames)
    assert refusal.value.code == "proposal_no_empty_state"
    assert "empty_media_s" in refusal.value.advice()


def test_people_who_stand_in_different_places_get_no_proposal() -> None:
    times, frames = clip([(10, 25, 4), (32, 50, 40), (58, 75, 72), (84, 100, 104)])
    with pytest.raises(CannotMeasure) as refusal:
        propose(times, frames)
    assert refusal.value.code == "proposal_no_common_place"


def test_a_few_frames_are_too_few() -> None:
    times, frames = clip([], count=10)
    with pytest.raises(CannotMeasure):
        propose(times, frames)
