"""One body, several clock-ins: what may be claimed, what is no finding, and what a ratio cannot rest on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.queues import timeline as timeline_of
from tests.analysis.test_timing import (
    RATES,
    anchor_table,
    clip_table,
    examined_table,
    punch_table,
    timeline,
    visit_table,
)
from toolkit import tables
from toolkit.analysis import clocks
from toolkit.analysis.association import associate, outcomes, solve
from toolkit.analysis.findings import conclude, one_spelling_each
from toolkit.analysis.placing.bursts import one_of_each
from toolkit.analysis.placing.likelihood import local_rate
from toolkit.analysis.placing.stating import MOST_TO_THE_MINUTE, to_the_minute
from toolkit.analysis.presenters import Continuity
from toolkit.analysis.statements.one_body import ChanceRatio, chance_ratio, share_without
from toolkit.analysis.statements.rivals import fd2_headline, fd2_rivals
from toolkit.simulation.queues import NOBODY, Habits, morning
from toolkit.simulation.seeds import QUEUES

CERTAIN = ChanceRatio(at_m=9.0, at_3m=8.0, clock_early=9.0, clock_late=9.0, leave_one_out={}, m=0.05)
QUEUE = [(30.0, 33.0), (34.5, 37.5), (39.0, 42.0), (43.5, 46.5), (48.0, 51.0)]


def concluded(
    stamps: list[tuple[str, float]], visits: list[tuple[float, float]], rates: dict[str, Any] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    punches, clips, seen = punch_table(stamps), clip_table(200.0), visit_table(visits)
    fitted = clocks.align(punches, clips, anchor_table([(40.0, 40.0), (180.0, 180.0)]))
    body = Continuity(certified=True, risk=0.01, weakest_s=80.0, lineage=0.95)
    return conclude(
        punches=punches, visits=seen, clips=clips, clocks=fitted,
        associations=associate(punches, seen, clips, fitted, examined_table()), integrity=tables.empty("integrity"),
        examined=examined_table(), continuity=lambda visit, a, b: body, rates=RATES if rates is None else rates,
    )  # fmt: skip


def test_an_honest_queue_of_five_quick_staff_gives_no_finding() -> None:
    for into in (0.6, 1.5, 2.4):
        findings, _ = concluded([(str(k), a + into) for k, (a, _) in enumerate(QUEUE)], QUEUE)
        assert list(findings["code"]) == ["FD10"]


def test_a_held_log_that_is_stamped_on_arrival_is_one_sending_and_no_finding() -> None:
    """Nine people clocked in while the line was down; it came back while the tenth stood there, honestly."""
    held = [(f"{k}", 75.0 + 0.2 * k) for k in range(9)]
    findings, missing = concluded([*held, ("tenth", 150.0)], [(70.0, 90.0), (145.0, 155.0)])
    assert list(findings["code"]) == ["FD10"]
    told = missing[missing["why"] == "one_sending"]
    assert json.loads(told["facts"].iloc[0]) == {"visit": "V-001", "clock_ins": 9}


def test_a_log_that_is_sent_again_with_its_own_times_changes_nothing() -> None:
    stamps = [("1", 74.0), ("2", 150.0)]
    once, _ = concluded(stamps, [(70.0, 90.0), (145.0, 155.0)])
    twice, _ = concluded([*stamps, *stamps], [(70.0, 90.0), (145.0, 155.0)])
    assert list(once["code"]) == list(twice["code"]) == ["FD10"]


def test_a_sending_counts_once_beside_clock_ins_that_were_made_one_by_one() -> None:
    windows = np.array([[10.0, 11.0], [14.0, 15.0], [15.0, 16.0], [15.0, 16.0], [19.0, 20.0]])
    assert one_of_each([0, 1, 2, 3, 4], windows) == [0, 1, 4]


@pytest.mark.parametrize(("switches", "reaches"), [(60, False), (200, False), (349, False), (420, True)])
def test_a_hundred_needs_about_350_switches_without_an_error(switches: int, reaches: bool) -> None:
    rates = {
        "switch": {"ordinary": {"scenes": switches, "certified": 0}},
        "stay": {"scenes": 1000, "certified": 850},
        "companion": {"scenes": 100_000, "flagged": 100_000},
        "basis": "simulated",
    }
    top = fd2_headline(fd2_rivals(CERTAIN, "none", rates))
    assert (top["interval"][0] >= 2.0) == reaches
    assert top["words"] == "moderate"  # rates from other footage carry no more


def test_without_a_tested_switch_there_is_no_ratio_at_all() -> None:
    top = fd2_headline(fd2_rivals(CERTAIN, "none", None))
    assert (top["rival"], top["interval"], top["words"]) == (None, None, "no_ratio")
    assert "switch" in top["not_assessed"]


def queue(extra: tuple[float, ...] = ()) -> Any:
    """Twelve visits with a clock-in each; ``extra`` clock-ins of other ids in the fifth."""
    visits = [(20.0 + 25 * k, 32.0 + 25 * k) for k in range(12)]
    at = sorted([(a + 6.0, f"{k:02d}") for k, (a, _) in enumerate(visits)] + [(t, f"x{t}") for t in extra])
    return timeline([(np.floor(t), np.floor(t) + 1) for t, _ in at], [who for _, who in at], visits)


def test_one_id_in_a_visit_is_claimed_two_are_not_and_five_are() -> None:
    alone = outcomes(queue(), [1.0] * 12)
    assert alone[:, :12].max(axis=1).min() > 0.97
    pair = outcomes(queue((122.0,)), [1.0] * 13)
    assert (pair[[4, 5], 4] < 0.9).all()
    assert (pair[[4, 5], 4] > 0.4).all()
    assert np.delete(pair, [4, 5], axis=0)[:, :12].max(axis=1).min() > 0.97
    many = outcomes(queue((121.5, 123.5, 128.5, 130.5)), [1.0] * 16)
    assert (many[4:9, 4] > 0.97).all()
    np.testing.assert_allclose(many.sum(axis=1), 1.0)


def test_two_rows_of_one_id_are_no_two_ids() -> None:
    told = queue((122.0,))
    same = replace(told, employees=tuple("04" if one.startswith("x") else one for one in told.employees))
    assert (outcomes(same, [1.0] * 13)[[4, 5], 4] > 0.97).all()


def test_records_to_the_minute_claim_nothing_whatever_fits() -> None:
    sure = np.array([0.995, 0.0, 0.004, 0.001])
    told = to_the_minute(sure)
    assert told[0] == MOST_TO_THE_MINUTE < 0.9
    assert told.sum() == pytest.approx(1.0)
    assert told[2] / told[3] == pytest.approx(4.0)
    nobody = to_the_minute(np.array([0.0, 0.0, 1.0, 0.0]))
    assert nobody[2] < 0.9
    outside = np.array([0.0, 0.0, 0.0, 1.0])  # the place outside coverage does not hang on the minute
    assert (to_the_minute(outside) == outside).all()


def test_rate_and_share_unseen_come_without_the_tested_clock_ins() -> None:
    told = queue((121.5, 123.5, 128.5, 130.5))
    mine = list(range(4, 9))
    rest = replace(
        told,
        windows=np.delete(told.windows, mine, axis=0),
        employees=tuple(one for k, one in enumerate(told.employees) if k not in mine),
        log_s=np.delete(told.log_s, mine),
    )
    np.testing.assert_allclose(local_rate(told, len(mine))[:4], local_rate(rest)[:4])
    assert share_without(told, mine) >= solve(rest).m
    louder = replace(told, log_s=np.concatenate([told.log_s, told.log_s[mine]]))  # a log that holds them twice
    assert chance_ratio(louder, 4, mine, 0.3).at_m < chance_ratio(told, 4, mine, 0.3).at_m


def test_the_clock_from_anchors_does_not_see_a_single_clock_in() -> None:
    clips, anchors = clip_table(), anchor_table([(40.0, 87.0), (1500.0, 1547.0)])
    one = clocks.align(punch_table([("1", 100.0)]), clips, anchors)
    other = clocks.align(punch_table([("1", 100.0), ("2", 103.0), ("3", 107.0)]), clips, anchors)
    pd.testing.assert_frame_equal(one, other)


def test_claims_on_simulated_mornings_are_right_and_calibrated() -> None:
    habits, said, right = Habits(), [], []
    for number in range(20):
        told = morning(QUEUES["tests"] + number, habits)
        shares = outcomes(timeline_of(told, habits), [1.0] * len(told.whose))
        best = shares.argmax(axis=1)
        said += list(shares.max(axis=1))
        right += list(best == np.where(told.whose == NOBODY, shares.shape[1] - 2, told.whose))
    sure = np.array(said) >= 0.9
    assert sure.sum() > 600
    assert np.array(right)[sure].mean() >= 0.98
    assert abs(np.mean(said) - np.mean(right)) <= 0.03


def test_spellings_of_one_id_count_once_where_several_ids_are_the_point() -> None:
    ids = ["1003", "0001003", "1003\u200b", "\uff11\uff10\uff10\uff13", "1004", "a1", "A1", "a-1", "000", "0"]
    assert one_spelling_each(range(10), ids) == [0, 4, 5, 7, 8]
    assert one_spelling_each([1, 0, 1], ids) == [1, 1]  # a second clock-in under the same spelling stays


def test_two_spellings_in_one_visit_are_no_finding_and_told() -> None:
    """The visit of a presenter who clocked in for three, and one of a person whom two exports spell differently."""
    spans = [(70.0, 90.0), (145.0, 155.0)]
    three, _ = concluded([("1003", 74.0), ("1004", 79.0), ("1005", 84.0), ("9", 150.0)], spans)
    assert list(three["code"]) == ["FD2", "FD10"]
    alike, missing = concluded([("1003", 74.0), ("0001003", 79.0), ("1003\u200b", 84.0), ("9", 150.0)], spans)
    assert list(alike["code"]) == ["FD10"]
    told = json.loads(missing.loc[missing["why"] == "ids_alike", "facts"].iloc[0])
    assert told == {"visit": "V-001", "ids": 3}  # how many, not which: editions without ids show this sentence, too
