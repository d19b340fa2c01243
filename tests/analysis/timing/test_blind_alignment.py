"""The clock found without names: right where records and footage belong together, refused where they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from toolkit.analysis.timing.blind_alignment import BURST_GAP_S, Seen, coarse_offset, gumbel_p, log_gain, shuffled
from toolkit.analysis.timing.fine_alignment import fine_offset
from toolkit.simulation.mornings import Habits
from toolkit.simulation.mornings import days as drawn
from toolkit.simulation.seeds import MORNINGS

SEED = MORNINGS["tests"]


def days(seed: int, habits: Habits, **more: Any) -> tuple[Seen, NDArray[np.float64]]:
    told = drawn(seed, habits, **more)
    return Seen(visits=told.visits, watched=told.watched), told.written


@pytest.mark.parametrize("offset_s", [0.0, 97.3, -8 * 3600.0])
def test_forty_clock_ins_of_a_day_find_the_offset_also_across_a_wrong_zone(offset_s: float) -> None:
    seen, written = days(SEED, Habits(), offset_s=offset_s)
    found = coarse_offset(seen, written)
    assert found is not None and found.established
    assert abs(found.offset_s - offset_s) <= 3.0


def test_records_of_other_people_are_not_laid_upon_this_footage() -> None:
    for number in range(12):  # at p <= .01, one of twelve is seen in a tenth of such runs, two in none
        seen, written = days(SEED + 100 + number, Habits(related=False))
        found = coarse_offset(seen, written, seed=number)
        assert found is not None and not found.established


def test_nothing_to_compare_is_no_offset() -> None:
    seen, written = days(SEED, Habits())
    assert coarse_offset(Seen(visits=np.zeros((0, 2)), watched=seen.watched), written) is None
    assert coarse_offset(seen, written[:0]) is None


def test_the_null_keeps_bursts_whole() -> None:
    rng = np.random.default_rng(SEED)
    times = np.sort(np.concatenate([start + np.array([0.0, 4.0, 9.0]) for start in (1000.0, 3000.0, 9000.0, 9500.0)]))
    gaps = np.diff(np.sort(shuffled(times, rng)))
    assert sorted(np.round(gaps[gaps < BURST_GAP_S], 6)) == [4.0] * 4 + [5.0] * 4
    assert len(shuffled(times, rng)) == len(times)


def test_a_moment_within_a_visit_is_worth_more_than_chance_and_one_outside_less() -> None:
    seen = Seen(visits=np.array([[100.0, 110.0], [400.0, 410.0]]), watched=np.array([[0.0, 600.0]]))
    gain, first = log_gain(seen, precision_s=1.0, step_s=1.0)
    assert gain[round(105 - first)] > 1 and gain[round(250 - first)] < 0
    assert gain[0] == 0  # nobody watched


def test_a_score_in_the_middle_of_chance_is_no_evidence() -> None:
    null = np.random.default_rng(SEED).gumbel(10.0, 2.0, 400)
    assert gumbel_p(10.0, null) == pytest.approx(1 - np.exp(-1), abs=0.08)
    assert gumbel_p(10.0 + 2.0 * 4.6, null) == pytest.approx(0.01, abs=0.006)


@pytest.mark.parametrize("place", [(0.05, 0.35), (0.2, 0.9), (0.6, 0.95)])
def test_the_interval_holds_the_truth_wherever_in_a_visit_people_clock_in(place: tuple[float, float]) -> None:
    held = []
    for number in range(6):
        seen, written = days(SEED + 200 + number, Habits(place=place), offset_s=97.3)
        fine = fine_offset(seen, written, 97.0)
        held.append(fine.interval_s[0] <= 97.3 <= fine.interval_s[1])
        assert fine.interval_s[1] - fine.interval_s[0] < 6.0
    assert sum(held) >= 5


@pytest.mark.parametrize("ppm", [40.0, -17.0])
def test_a_clock_that_runs_fast_or_slow_over_a_week_is_followed_within_what_is_stated(ppm: float) -> None:
    """Both lie between two drifts of the first grid, which steps by two seconds a week."""
    seen, written = days(SEED + 300, Habits(clock_ins=20, passers=40), count=7, drift_ppm=ppm)
    fine = fine_offset(seen, written, 97.3 + 3.5 * 0.0864 * ppm)
    assert abs(fine.drift_ppm - ppm) <= 1.96 * fine.drift_sd_ppm
    assert fine.drift_sd_ppm < 2.5
    truth = 97.3 + ppm * 1e-6 * fine.middle_s
    assert fine.interval_s[0] <= truth <= fine.interval_s[1]


def test_minutes_give_a_wide_interval() -> None:
    seen, written = days(SEED + 400, Habits(), cut_s=60.0)
    fine = fine_offset(seen, written, 97.0, precision_s=60.0)
    assert fine.interval_s[0] <= 97.3 <= fine.interval_s[1]
    assert fine.interval_s[1] - fine.interval_s[0] > 4.0
