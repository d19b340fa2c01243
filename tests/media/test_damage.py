"""Holes in a clip's times, and what a reading says it lost."""

from __future__ import annotations

import pytest

from toolkit.media.damage import holes, lost, missing_in

TIMES = [0.0, 0.1, 0.2, 0.6, 0.7]


def test_a_longer_step_is_a_hole_only_at_an_even_rate() -> None:
    assert holes(TIMES, 0.1, True, TIMES) == [(0.2, 0.6)]
    assert holes(TIMES, 0.1, False, TIMES) == []
    assert missing_in((0.2, 0.6), 0.1) == 3


def test_pictures_without_a_time_lie_in_a_hole_between_their_neighbours() -> None:
    assert holes(TIMES, 0.1, False, [0.0, 0.1, 0.2, None, None, 0.6, 0.7]) == [(0.2, 0.6)]


def test_lost_stretches_run_from_the_first_to_the_last_missing_frame() -> None:
    assert lost(TIMES, {0.0, 0.2, 0.6, 0.7}, [], 0.1, (0.0, 9.0)) == ((0.1, 0.1),)
    assert lost(TIMES, set(TIMES), [(0.2, 0.6)], 0.1, (0.0, 9.0))[0] == pytest.approx((0.3, 0.5))
    assert lost(TIMES, {0.0, 0.1, 0.7}, [(0.2, 0.6)], 0.1, (0.0, 9.0)) == ((0.2, 0.6),)


def test_lost_stretches_end_with_the_stretch_that_was_read() -> None:
    assert lost(TIMES, set(), [(0.2, 0.6)], 0.1, (0.15, 0.4)) == ((0.2, 0.4),)
    assert lost(TIMES, set(), [(0.2, 0.6)], 0.1, (0.75, 9.0)) == ()
