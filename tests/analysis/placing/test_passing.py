"""Only the visits in reach of each punch are looked at: the same probabilities as with all visits at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.analysis.association import solve
from toolkit.analysis.placing.likelihood import Timeline, densities, emissions, local_rate, offset_grid
from toolkit.analysis.placing.passing import bands


def plain(told: Timeline, m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Every state at every punch, written as the recursion stands in a textbook."""
    visit, nobody, outside = emissions(densities(told), m, local_rate(told))
    grid, count, number = visit.shape
    visit = np.concatenate([np.zeros((grid, count, 1)), visit], axis=2)
    stay = nobody + outside
    before = np.zeros((count + 1, grid, number + 1))
    before[0, :, 0] = 1.0
    for i in range(count):
        before[i + 1] = np.cumsum(before[i], axis=1) * visit[:, i] + before[i] * stay[:, i, None]
    evidence = before[count].sum(axis=1)
    weight = told.weights / (told.weights * evidence).sum()
    after = np.ones((grid, number + 1))
    seen, unseen, beyond = np.zeros((count, number)), np.zeros(count), np.zeros(count)
    for i in reversed(range(count)):
        seen[i] = (weight[:, None] * (np.cumsum(before[i], axis=1) * visit[:, i] * after)[:, 1:]).sum(axis=0)
        kept = weight * (before[i] * after).sum(axis=1)
        unseen[i], beyond[i] = (kept * nobody[:, i]).sum(), (kept * outside[:, i]).sum()
        later = np.cumsum((visit[:, i] * after)[:, ::-1], axis=1)[:, ::-1]
        after = later + after * stay[:, i, None]
    return seen, unseen, beyond, float(np.log((told.weights * evidence).sum()))


def drawn(seed: int, punches: int, visits: int, length_s: float) -> Timeline:
    """Visits of all lengths, some inside others, some far apart; punches anywhere; a hole in the coverage."""
    rng = np.random.default_rng(seed)
    starts = np.sort(rng.uniform(0, length_s, visits))
    ends = starts + rng.choice([0.5, 3.0, 12.0, 90.0], visits) * rng.uniform(0.5, 1.5, visits)
    at = np.sort(rng.uniform(-40, length_s + 40, punches))
    wide = rng.choice([1.0, 1.0, 60.0])
    begin = np.floor(at / wide) * wide
    offsets, weights = offset_grid(float(rng.choice([0.3, 2.0])), 9)
    return Timeline(
        windows=np.stack([begin, begin + wide], axis=1),
        employees=tuple(str(k) for k in range(punches)),
        visits=np.stack([starts, ends], axis=1).reshape(-1, 2),
        covered=((0.0, 0.4 * length_s), (0.5 * length_s, length_s)),
        offsets=offsets,
        weights=weights,
        log_s=at,
        drifts=offsets * 1e-3,
        middle_s=length_s / 2,
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    punches=st.integers(0, 12),
    visits=st.integers(0, 9),
    length_s=st.sampled_from([20.0, 200.0, 3000.0]),
)
def test_the_bands_change_nothing(seed: int, punches: int, visits: int, length_s: float) -> None:
    told = drawn(seed, punches, visits, length_s)
    seen, unseen, beyond, log_evidence = plain(told, 0.1)
    posterior = solve(told, m=0.1)
    np.testing.assert_allclose(posterior.visits, seen, atol=1e-7)
    np.testing.assert_allclose(posterior.nobody, unseen, atol=1e-7)
    np.testing.assert_allclose(posterior.outside, beyond, atol=1e-7)
    assert posterior.log_evidence == pytest.approx(log_evidence, abs=1e-6)


def test_a_long_day_is_held_in_narrow_bands_and_many_blocks() -> None:
    told = drawn(5, 300, 100, 36_000.0)
    known = bands(told)
    assert known.visits.shape[2] <= 25
    assert sum(len(rows) for rows in known.steps) == 300
    assert len(known.steps) < 150


def test_the_last_visit_is_remembered_through_punches_with_nobody_in_view() -> None:
    """V2 surely took the first punch; the second was made with nobody in view; V1 cannot take the third.

    Where the memory is dropped at the second, the third goes to V1, which still stands there.
    """
    offsets, weights = np.zeros(1), np.ones(1)
    told = Timeline(
        windows=np.array([[30.0, 31.0], [60.0, 61.0], [90.0, 91.0]]),
        employees=("a", "b", "c"),
        visits=np.array([[80.0, 95.0], [25.0, 35.0]]),  # in the order of the queue, V1 first
        covered=((0.0, 200.0),),
        offsets=offsets,
        weights=weights,
        log_s=np.array([30.5, 60.5, 90.5]),
    )
    posterior = solve(told, m=0.1)
    assert posterior.visits[0, 1] + posterior.visits[2, 0] == pytest.approx(1.0, abs=0.05)
    assert posterior.visits[0, 1] * posterior.visits[2, 0] < 0.26
    assert posterior.nobody[1] > 0.999


def test_the_average_over_a_minute_is_exact_and_not_taken_at_a_few_moments() -> None:
    """A visit of four seconds in a minute: the density is the share of the minute, wherever the visit lies in it."""
    windows = np.array([[0.0, 60.0]])
    for start in (3.0, 11.3, 28.0, 47.9):
        told = Timeline(
            windows=windows, employees=("a",), visits=np.array([[start, start + 4.0]]), covered=((0.0, 60.0),),
            offsets=np.zeros(1), weights=np.ones(1), log_s=np.array([30.0]),
        )  # fmt: skip
        assert densities(told).visits[0, 0, 0] == pytest.approx(1 / 60, rel=1e-4)


@pytest.mark.parametrize("begin", [0.0, 20.0, 60.0])
@pytest.mark.parametrize("covered", [((42.0, 90.0),), ((0.0, 44.0), (50.0, 72.0), (73.0, 90.0))], ids=["end", "holes"])
def test_a_minute_that_was_filmed_in_part_is_the_mean_of_its_seconds(
    begin: float, covered: tuple[tuple[float, float], ...]
) -> None:
    def told(windows: np.ndarray) -> Timeline:
        count = len(windows)
        return Timeline(
            windows=windows, employees=("1",) * count, visits=np.array([[48.0, 58.0], [70.0, 76.0]]),
            covered=covered, offsets=np.zeros(1), weights=np.ones(1), log_s=np.array([50.0]),
        )  # fmt: skip

    minute = densities(told(np.array([[begin, begin + 60.0]])))
    starts = np.arange(begin, begin + 60.0)
    seconds = densities(told(np.stack([starts, starts + 1.0], axis=1)))
    assert np.allclose(minute.visits[0, 0], seconds.visits[0].mean(axis=0), rtol=1e-9)
    assert np.isclose(minute.cover[0, 0], seconds.cover[0].mean())
