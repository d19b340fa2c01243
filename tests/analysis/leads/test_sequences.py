"""FD6: speaks of one person who clocks in several ids, not of car-pools, copies or short logs; says when it cannot."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from tests.analysis.logs import RING, by_hand, log, office, pool, ring, written
from toolkit.analysis.leads.log_days import AGAIN_S, counted, exchanged, log_days
from toolkit.analysis.leads.sequence_findings import sequence_findings
from toolkit.analysis.leads.sequences import ALPHA, implausible
from toolkit.simulation.logbooks import Stamp, punches

QUICK = 99


def test_one_person_who_clocks_in_four_ids_every_day_is_a_lead_with_its_rows() -> None:
    table = log(1, office(ring=ring(10)))
    (found,), missing, tested = sequence_findings(table)
    told = found["sensitivity"]
    assert (found["code"], found["state"], found["headline"]["words"]) == ("FD6", "lead", "no_ratio")
    assert set(found["employees"]) == set(RING) and missing == []
    assert (
        told["p"] <= ALPHA and told["times"] > 0.9 * told["meetings"] and tested["least_p"] == pytest.approx(told["p"])
    )
    assert 3 <= told["gap_least_s"] <= told["gap_most_s"] <= 10
    rows = table.set_index("punch_id").loc[told["punch_ids"]]
    assert set(rows["employee_id"]) == set(RING)
    assert [[a, b] for a, b in zip(rows["exhibit_id"], rows["row"], strict=True)] == told["rows"]
    assert found["propositions"]["rivals"] and "lead_only" in found["limits"]


def test_a_car_pool_that_always_comes_in_one_order_is_none() -> None:
    found, missing, tested = sequence_findings(log(2, office(days=20, pools=(pool(3),))))
    assert (found, missing) == ([], [])
    assert tested["why_not"] is None and tested["days"] == 20


@pytest.mark.full  # a second of computing
def test_what_one_person_writes_and_what_a_pair_side_by_side_writes_cannot_be_told_apart() -> None:
    apart = [sequence_findings(log(4, office(days=20, **one)))[0] for one in (
        {"ring": ring(20, size=2)}, {"pools": (pool(gap_s=(4.0, 9.0)),)},
    )]  # fmt: skip
    assert all(len(found) == 1 and "side_by_side" in found[0]["propositions"]["rivals"] for found in apart)


def test_a_short_log_is_silent_and_says_why() -> None:
    for short in (office(days=4, ring=ring(4)), office(staff=6, ring=ring(10))):
        found, (row,), tested = sequence_findings(log(5, short))
        assert found == [] and row["why"] == tested["why_not"] == "log_too_short"
        assert row["facts"]["least_days"] == 5 and row["facts"]["least_employees"] == 8


def test_minutes_allow_no_test_and_it_is_said() -> None:
    found, (row,), tested = sequence_findings(log(1, office(ring=ring(10)), precision_s=60.0))
    assert found == [] and row["why"] == tested["why_not"] == "gaps_need_seconds"
    assert row["facts"]["rows"] == tested["coarse"] > 0
    assert tested["least_p"] is None


def test_rows_to_the_minute_beside_others_are_left_out_and_told() -> None:
    fine, coarse = log(1, office()), log(6, office(days=2), precision_s=60.0, exhibit_id="E-0002")
    _, (row,), tested = sequence_findings(pd.concat([fine, coarse], ignore_index=True))
    assert row == {"what": "FD6", "why": "gaps_partly_to_the_minute", "facts": {"rows": tested["coarse"]}}


def test_no_clock_in_at_a_terminal_is_no_empty_result() -> None:
    table = log(1, office(days=5)).assign(record_kind="manual_entry")
    assert sequence_findings(table)[1][0]["why"] == "no_clock_ins_in_order"


def _sent_again(rows: tuple[Stamp, ...]) -> pd.DataFrame:
    late = [Stamp(employee_id=one.employee_id, at=one.at + timedelta(seconds=k % 2)) for k, one in enumerate(rows)]
    return punches([*rows, *late])


def test_a_log_that_was_sent_again_counts_each_event_once() -> None:
    rows = written(7, office(pools=(pool(3),)))
    once, twice = counted(punches(rows)), counted(_sent_again(rows))
    assert len(once) == len(twice) < len(rows) * 2
    assert sequence_findings(_sent_again(rows))[0] == []


def test_rows_that_a_server_stamped_are_no_sequence() -> None:
    """Ten ids at one second, or one after the other, every morning: faster than faces, or as all others do."""
    for step in (0, 5):
        rows = [(str(1001 + k), day, f"09:00:{step * k:02d}") for day in range(10) for k in range(10)]
        rows += [(str(1001 + k), day, f"17:{3 * k:02d}:00") for day in range(10) for k in range(10)]
        found, _, tested = sequence_findings(by_hand(rows))
        assert found == [], step
        assert (tested["faster"] > 0) == (step < 3)


def test_no_variation_over_days_but_minutes_apart_is_no_sequence() -> None:
    rows = [(str(1001 + k), day, f"08:{3 * k:02d}:00") for day in range(10) for k in range(10)]
    tested = implausible(list(log_days(counted(by_hand(rows)))), draws=QUICK)
    assert tested.looked_at == 0 and tested.why_not is None and tested.speaking() == []


def test_the_same_spacing_every_day_among_people_who_vary_is_a_lead() -> None:
    rng = np.random.default_rng(8)
    rows = []
    for day in range(12):
        base = 8 * 3600 + int(rng.integers(0, 3000))
        rows += [(str(1001 + k), day, _clock(base + 8 * k)) for k in range(3)]
        rows += [(str(2001 + k), day, _clock(8 * 3600 + int(rng.integers(0, 5400)))) for k in range(12)]
    (found,) = sequence_findings(by_hand(rows))[0]
    assert found["sensitivity"]["gap_cv"] == 0.0 and found["employees"] == ["1001", "1002", "1003"]


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def test_days_are_dealt_out_within_one_employee_one_end_of_the_day_and_one_shift() -> None:
    rows = [("1001", day, clock) for day in range(6) for clock in (f"0{6 + day % 2 * 3}:1{day}:00", f"17:0{day}:00")]
    (told,) = log_days(counted(by_hand([*rows, *(("1002", day, f"08:0{day}:30") for day in range(6))])))
    dealt = exchanged(np.random.default_rng(1), told)
    assert not np.array_equal(dealt, told.at_s)
    for one in set(told.stratum):
        mine = told.stratum == one
        assert len(set(told.who[mine])) == 1 and sorted(dealt[mine]) == sorted(told.at_s[mine])
        assert np.ptp(told.at_s[mine]) < 3600
    assert len(set(told.stratum[told.who == 0])) == 3  # early mornings, late mornings, evenings


def test_a_second_tap_and_a_failed_attempt_are_no_clock_ins_of_their_own() -> None:
    table = by_hand(
        [("1001", 0, "08:00:00"), ("1001", 0, "08:00:59"), ("1002", 0, "08:01:00"), ("1001", 0, "17:00:00")]
    )
    assert AGAIN_S == 60 and counted(table)["t_local"].str[11:].tolist() == ["08:00:00", "08:01:00", "17:00:00"]
    failed = table.assign(result=["fail", "pass", "pass", "pass"])
    assert counted(failed)["t_local"].str[11:].tolist() == ["08:00:59", "08:01:00", "17:00:00"]


def test_a_terminal_of_a_few_is_not_tested_beside_one_of_many() -> None:
    few = log(1, office(staff=6, ring=ring(10))).assign(terminal_id="T2", punch_id=lambda rows: "x" + rows["punch_id"])
    found, missing, tested = sequence_findings(pd.concat([log(9, office()), few], ignore_index=True))
    assert (found, missing, tested["terminals"]) == ([], [], 2)


def test_two_terminals_are_two_orders() -> None:
    table = log(1, office(ring=ring(10)))
    halves = table.assign(terminal_id=["T1" if k % 2 else "T2" for k in range(len(table))])
    logs = list(log_days(counted(halves)))
    assert [one.terminal_id for one in logs] == ["T1", "T2"]
    assert sum(len(one.who) for one in logs) >= len(next(iter(log_days(counted(table)))).who)
