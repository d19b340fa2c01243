"""Rates and areas: exact intervals, and what chance looks like."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.analysis.rates import area_of, equal_error, rate_of, roc


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # Clopper and Pearson's two-sided 95 % limits: of none, one minus the n-th root of .025; 5 of 20 from their tables.
    [(0, 20, 0.0, 1 - 0.025 ** (1 / 20)), (20, 20, 0.025 ** (1 / 20), 1.0), (5, 20, 0.0866, 0.4910)],
)
def test_intervals_are_exact(hits: int, trials: int, low: float, high: float) -> None:
    assert rate_of(hits, trials).interval == pytest.approx((low, high), abs=5e-5)


def test_without_trials_nothing_is_known() -> None:
    told = rate_of(0, 0)
    assert (told.rate, told.interval) == (None, (0.0, 1.0))
    with pytest.raises(ValueError, match="3 of 2"):
        rate_of(3, 2)


def test_the_interval_of_a_rate_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = [a <= 0.1 <= b for a, b in (rate_of(int(k), 40).interval for k in rng.binomial(40, 0.1, 2000))]
    assert np.mean(held) >= 0.95


def test_the_interval_of_an_area_holds_chance_when_the_sides_are_alike() -> None:
    rng = np.random.default_rng(2)
    held = []
    for _ in range(400):
        area = area_of([(rng.normal(size=30), rng.normal(size=50)), (rng.normal(3, 1, 10), rng.normal(3, 1, 10))])
        assert area.interval is not None
        held.append(area.interval[0] <= 0.5 <= area.interval[1])
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.parametrize(("n", "least"), [(10, 0.91), (30, 0.94)])
def test_the_interval_holds_an_area_near_one_about_as_often_as_it_says(n: int, least: float) -> None:
    """One live face in twenty lies beyond all prints: a true area of .95, often a perfect split by luck."""
    rng = np.random.default_rng(9)
    held = []
    for _ in range(600):
        live = rng.uniform(0, 1, n) + 10 * (rng.random(n) < 0.05)
        area = area_of([(live, rng.uniform(2, 3, n))])
        assert area.interval is not None
        held.append(area.interval[0] <= 0.95 <= area.interval[1])
    assert np.mean(held) >= least


def test_strata_that_differ_in_level_are_compared_within() -> None:
    """Pooled, the second side would read higher only because it has more of the high stratum."""
    rng = np.random.default_rng(3)
    strata = [(rng.normal(0, 1, 90), rng.normal(0, 1, 10)), (rng.normal(5, 1, 10), rng.normal(5, 1, 90))]
    area = area_of(strata)
    assert area.interval is not None
    assert area.interval[0] < 0.5 < area.interval[1]
    assert area.sides == (100, 100)


def test_a_perfect_split_is_one_and_its_interval_is_not_empty() -> None:
    area = area_of([([0.0, 1.0, 2.0], [5.0, 6.0, 7.0])])
    assert area.area == 1.0
    assert area.interval is not None
    assert area.interval[0] < 1.0
    assert area_of([([1.0], [])]).area is None


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30), st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_swapping_the_sides_turns_the_area_round(first: list[int], second: list[int]) -> None:
    one, other = area_of([(first, second)]).area, area_of([(second, first)]).area
    assert one is not None
    assert other is not None
    assert one + other == pytest.approx(1.0)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30), st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_a_roc_curve_runs_from_all_to_none(live: list[int], attack: list[int]) -> None:
    points = roc(live, attack)
    assert points[0] == (1.0, 0.0)
    assert points[-1] == (0.0, 1.0)
    assert all(a[0] >= b[0] and a[1] <= b[1] for a, b in pairwise(points))
    error = equal_error(points)
    assert error is not None
    assert 0 <= error <= 1


def test_equal_error_of_a_perfect_split_is_nothing() -> None:
    assert equal_error(roc([0, 1], [5, 6])) == 0.0
    assert equal_error(roc([], [1.0])) is None
